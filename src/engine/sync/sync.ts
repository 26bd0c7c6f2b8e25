/**
 * A run: makes an interface's records equal a complete set, in one transaction, while its body arrives. ADR 0010 has the reasons.
 * The run itself is recorded before that, in a transaction of its own, so that one that fails is seen to have failed.
 */
import type { Catalogue, Interface, RecordType } from '../../model/catalogue.ts';
import type { SetSource } from '../../model/commands.ts';
import type { RunView, SyncOutcome } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { insertCommit } from '../../store/changes.ts';
import { type Database, isRaceLost, mayIdle, type Transaction, waitLongerForLocks } from '../../store/database.ts';
import { overtakeHeldDeletes } from '../../store/held-deletes.ts';
import * as runs from '../../store/runs.ts';
import { readSchemaVersion } from '../../store/schemas.ts';
import type { Access } from '../access/access.ts';
import { checkBalance, noCounts } from '../balance.ts';
import { holdCatalogue, StaleCatalogue } from '../write/run-batch.ts';
import { Application, type Applied, type RunContext } from './apply.ts';
import { ElementHasher } from './element-hash.ts';
import { heldDays } from './guard.ts';
import { untilNoRaceIsLost } from './races.ts';
import { loadKnown, MalformedSet, receive } from './receive.ts';
import type { ReceivingGate } from './receiving-gate.ts';
import { RefusedSet } from './refused-set.ts';
import { endState, lostRun, runView } from './run-view.ts';
import { resolveScope } from './scope.ts';
import { UnknownElements } from './unknown-elements.ts';

const maxAttempts = 5;
/** Longer than any body may take to arrive. */
const idleSeconds = 1_000;
const lockSeconds = 60;

export type SyncContext = {
  readonly database: Database;
  readonly access: Access;
  readonly gate: ReceivingGate;
  readonly secretKey: string;
  readonly catalogue: () => Promise<Catalogue>;
  readonly staleCatalogue: () => void;
};

/** Reads a body by the schema as it is then. */
export type OpenSet = (at: { catalogue: Catalogue; interface: Interface; type: RecordType }) => SetSource;

type Admitted = Pick<RunContext, 'catalogue' | 'on' | 'type'>;

export async function sync(
  context: SyncContext,
  caller: Caller,
  endpoint: string,
  open: OpenSet,
): Promise<SyncOutcome> {
  const receivedAt = new Date();
  const known = await admit(context, caller, endpoint);
  if ('kind' in known) return known;
  // Whoever must wait does so before its body is read: what was known when it came is not, once the other run is done.
  const leave = await context.gate.enter(`${known.catalogue.workspace} ${known.on.id}`);
  try {
    for (let attempt = 1; ; attempt++) {
      const admitted = await admit(context, caller, endpoint);
      if ('kind' in admitted) return admitted;
      const run = new Run(context, caller, admitted, receivedAt);
      try {
        return { kind: 'done', run: await run.receive(open) };
      } catch (fault) {
        if (fault instanceof StaleCatalogue) context.staleCatalogue();
        if (fault instanceof StaleCatalogue && !run.isRecorded && attempt < maxAttempts) continue;
        await run.fail(fault);
        if (fault instanceof RefusedSet) return fault.outcome;
        if (fault instanceof MalformedSet) return { kind: 'malformed', path: fault.path, message: fault.message };
        throw fault instanceof UnreadableSet ? fault.cause : fault;
      }
    }
  } finally {
    leave();
  }
}

async function admit(context: SyncContext, caller: Caller, endpoint: string): Promise<Admitted | SyncOutcome> {
  const catalogue = await context.catalogue();
  const on = catalogue.interfaces.get(endpoint);
  const type = on === undefined ? undefined : catalogue.types.get(on.type);
  if (on === undefined || type === undefined || on.direction !== 'synchronising')
    return { kind: 'unknown_interface', endpoint };
  if (await context.access.mayCall(caller.principal, on)) return { catalogue, on, type };
  return {
    kind: 'forbidden',
    message: `${caller.principal.name} may not call the interface ${on.endpoint}. Use one of its API keys, or have this one added to it.`,
  };
}

/** Thrown through the transaction in place of what the body's reader threw, which might be taken for a fault of the database. */
class UnreadableSet extends Error {}

class Run {
  readonly #database: Database;
  readonly #secret: string;
  readonly #caller: Caller;
  readonly #admitted: Admitted;
  readonly #receivedAt: Date;
  #number: number | undefined;

  constructor({ database, secretKey }: SyncContext, caller: Caller, admitted: Admitted, receivedAt: Date) {
    this.#database = database;
    this.#secret = secretKey;
    this.#caller = caller;
    this.#admitted = admitted;
    this.#receivedAt = receivedAt;
  }

  get isRecorded(): boolean {
    return this.#number !== undefined;
  }

  receive(open: OpenSet): Promise<RunView> {
    const { catalogue, on, type } = this.#admitted;
    return this.#database.inWorkspace(catalogue.workspace, async (tx) => {
      waitLongerForLocks(tx, lockSeconds);
      mayIdle(tx, idleSeconds);
      await runs.lockInterface(tx, catalogue.workspace, on.id);
      if ((await readSchemaVersion(tx, catalogue.workspace)) !== catalogue.version) throw new StaleCatalogue();
      const run = await this.#record();
      const source = guarded(open({ catalogue, interface: on, type }));
      checkFormat(on, source);
      const scope = await resolveScope(tx, this.#admitted, source.scope);
      return this.#apply(tx, { ...this.#admitted, caller: this.#caller, scope, run }, source);
    });
  }

  /** In a transaction of its own: it must be seen whatever becomes of the run. */
  #record(): Promise<number> {
    const { catalogue, on } = this.#admitted;
    return this.#database.inWorkspace(catalogue.workspace, async (tx) => {
      await runs.failLostRuns(tx, catalogue.workspace, on.id, new Date(), lostRun);
      this.#number = await runs.insertRun(tx, catalogue.workspace, {
        interface: on.id,
        counts: noCounts,
        received_at: this.#receivedAt,
        principal_id: this.#caller.principal.id,
        via: this.#caller.via,
        request: this.#caller.requestId,
      });
      return this.#number;
    });
  }

  async #apply(tx: Transaction, context: RunContext, source: SetSource): Promise<RunView> {
    const { catalogue, on, scope, run } = context;
    const { workspace } = catalogue;
    const hasher = new ElementHasher(this.#secret, {
      format: source.format,
      schemaVersion: catalogue.version,
      workspace,
      interface: on.id,
      ...(scope.isEverything ? {} : { scope: scope.conditions }),
    });
    if (!scope.isEverything) runs.noteScope(tx, workspace, run, scope.words);
    const unknown = new UnknownElements(tx, workspace, run);
    let issues = 0;
    const received = await receive(
      source,
      await loadKnown(tx, workspace, on.id),
      hasher,
      unknown,
      on.duplicates,
      (found) => {
        if (found.length > 0) runs.insertIssues(tx, workspace, run, issues, found);
        issues += found.length;
      },
    );
    const waitedFor = await holdCatalogue(tx, catalogue);
    const applied = await untilNoRaceIsLost(tx, () =>
      new Application(tx, context, source, received, issues, waitedFor).apply(unknown),
    );
    unknown.forget();
    return this.#finish(tx, run, applied);
  }

  async #finish(tx: Transaction, run: number, applied: Applied): Promise<RunView> {
    const { catalogue, on } = this.#admitted;
    const { counts, issues, changes, heldDeletes } = applied;
    checkBalance(`Run ${run}`, counts);
    const finishedAt = new Date();
    const finished = {
      run,
      state: heldDeletes > 0 ? 'held' : endState(applied),
      counts,
      issues,
      finished_at: finishedAt,
      held_deletes: heldDeletes,
      held_until: heldDeletes > 0 ? new Date(finishedAt.getTime() + heldDays * 24 * 3_600_000) : null,
    } as const;
    await overtakeHeldDeletes(tx, catalogue.workspace, on.id, run);
    const row = await runs.finishRun(tx, catalogue.workspace, finished, changes);
    // Taken last: the counter is held by the commit only.
    if (changes > 0) insertCommit(tx, catalogue.workspace, finishedAt);
    return runView(catalogue, on.endpoint, row);
  }

  /** If that cannot be written either, whoever looks next will find that the run was lost. */
  async fail(fault: unknown): Promise<void> {
    const run = this.#number;
    if (run === undefined) return;
    const { workspace } = this.#admitted.catalogue;
    await this.#database
      .inWorkspace(workspace, (tx) => runs.failRun(tx, workspace, run, new Date(), this.#reason(fault)))
      .catch(() => {});
  }

  #reason(fault: unknown): string {
    if (fault instanceof RefusedSet) return fault.message;
    if (fault instanceof MalformedSet) return `${fault.path}: ${fault.message}`;
    if (fault instanceof UnreadableSet) return `The body could not be read to its end: ${fault.message}`;
    if (fault instanceof StaleCatalogue) return 'The schema was changed while the set was received: send it again.';
    if (isRaceLost(fault)) return 'Other writes held its records for too long: send the set again.';
    return `An internal error, or no connection to the database: see the log for request ${this.#caller.requestId}.`;
  }
}

function checkFormat({ endpoint, formats }: Interface, { body }: SetSource): void {
  if (formats.includes(body)) return;
  const message = `The interface ${endpoint} takes ${formats.join(', ')}, and the body is ${body}.`;
  throw new RefusedSet({ kind: 'format_refused', formats, message });
}

function guarded(source: SetSource): SetSource {
  const unreadable = (cause: unknown): unknown =>
    cause instanceof MalformedSet ? cause : new UnreadableSet(cause instanceof Error ? cause.message : '', { cause });
  return {
    ...source,
    elements: (async function* () {
      try {
        yield* source.elements;
      } catch (error) {
        throw unreadable(error);
      }
    })(),
    read(raw, place) {
      try {
        return source.read(raw, place);
      } catch (error) {
        throw unreadable(error);
      }
    },
  };
}
