/**
 * A complete set from its receipt on. When its interface is free it is applied while its body arrives, in one transaction (ADR 0010); when
 * another run is at work there, or the sender does not wait, it is queued (ADR 0015). The run itself is recorded before, in a transaction of
 * its own, so that one that fails is seen to have failed.
 */
import type { Catalogue, Interface } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { SetSource, SetTarget } from '../../model/commands.ts';
import { guidOf } from '../../model/ids.ts';
import type { Caller, StreamedOnce } from '../../model/principal.ts';
import type { FailedRun, SyncOutcome } from '../../model/runs.ts';
import {
  type Database,
  isRaceLost,
  isUniqueViolation,
  mayIdle,
  type Transaction,
  waitLongerForLocks,
} from '../../store/postgres/database.ts';
import { readSchemaVersion } from '../../store/schemas.ts';
import { holdRun, reserveRun } from '../../store/sync/run-queue.ts';
import { findRun, insertRun, lockInterface, type RunRow, tryLockInterface } from '../../store/sync/runs.ts';
import type { Access } from '../access/access.ts';
import { callViolations } from '../access/grants.ts';
import { noCounts } from '../balance.ts';
import { type First, onceBegun } from '../once/begun.ts';
import { PlanNotMet } from '../plan/kept-plan.ts';
import { rejectedFor } from '../write/judging/rejected.ts';
import { StaleCatalogue } from '../write/run-batch.ts';
import type { PlannedRun, RunContext } from './applying/apply.ts';
import { applySet } from './applying/apply-set.ts';
import { resolveScope } from './applying/scope.ts';
import { admitStamp } from './applying/set-stamp.ts';
import { failLostRuns, runsOf } from './queue/lost-runs.ts';
import { queueSet } from './queue/queue-set.ts';
import type { RunQueue } from './queue/run-queue.ts';
import { untilEnded } from './queue/until-ended.ts';
import { MalformedSet } from './receiving/malformed-set.ts';
import { readingSet } from './receiving/reading-set.ts';
import type { ReceivingGate } from './receiving/receiving-gate.ts';
import { RefusedSet } from './receiving/refused-set.ts';
import { failRun, UnreadableSet } from './runs/fail-run.ts';
import { runView } from './runs/run-view.ts';
import type { Progress, RunsUnderWay } from './runs/under-way.ts';

const maxAttempts = 5;
/** Longer than any body may take to arrive. */
const idleSeconds = 1_000;
const lockSeconds = 60;
const defaultWaitMs = 60_000;

export type SyncContext = {
  readonly database: Database;
  readonly access: Access;
  readonly gate: ReceivingGate;
  readonly queue: Pick<RunQueue, 'tryNow'>;
  readonly secretKey: string;
  readonly underWay: RunsUnderWay;
  readonly catalogue: () => Promise<Catalogue>;
  readonly staleCatalogue: () => void;
};

/** `waitMs`: how long to wait for the end of a run that must queue; 0: any run is queued, and nobody waits. A request with the same key as
 *  one before (`once`) is answered by the run of that. */
export type SyncOptions = { readonly waitMs: number; readonly once?: StreamedOnce | undefined };

/** Lets a run do just what its plan says. Such a run waits for its interface, and never in the queue, where its plan would be forgotten. */
type ByPlan = (context: RunContext) => PlannedRun;

/** Reads a body by the schema as it is then. */
export type OpenSet = (at: SetTarget) => SetSource;

type Admitted = Pick<RunContext, 'catalogue' | 'on' | 'type'>;

export const sync = (
  context: SyncContext,
  caller: Caller,
  endpoint: string,
  open: OpenSet,
  { waitMs, once }: SyncOptions = { waitMs: defaultWaitMs },
): Promise<SyncOutcome> =>
  onceRun(context, caller, endpoint, { waitMs, once }, (first) =>
    submit(context, caller, endpoint, open, { waitMs, first }),
  );

/** @param begin receives the set, unless its request is a repetition. */
export async function onceRun<Refused>(
  context: SyncContext,
  caller: Caller,
  endpoint: string,
  { waitMs = defaultWaitMs, once }: Partial<SyncOptions>,
  begin: (first?: First) => Promise<SyncOutcome | Refused>,
): Promise<SyncOutcome | Refused> {
  if (once === undefined) return begin();
  const known = await admit(context, caller, endpoint);
  if ('kind' in known) return known;
  const { workspace } = known.catalogue;
  const recall = async (run: number): Promise<SyncOutcome> => {
    const row = await context.database.inWorkspace(workspace, (tx) => findRun(tx, workspace, run));
    if (row === undefined) throw new Error(`Run ${run} is gone`);
    return shown(context, endpoint, row, waitMs);
  };
  return onceBegun(context.database, caller, once, runsOf(workspace), { begin, recall });
}

type Submission = { readonly waitMs?: number; readonly byPlan?: ByPlan; readonly first?: First | undefined };

export async function submit(
  context: SyncContext,
  caller: Caller,
  endpoint: string,
  open: OpenSet,
  { waitMs = defaultWaitMs, ...how }: Submission = {},
): Promise<SyncOutcome> {
  const known = await admit(context, caller, endpoint);
  if ('kind' in known) return known;
  const { workspace } = known.catalogue;
  const outcome = await receive(context, caller, endpoint, open, { ...how, waitMs }).finally(() =>
    context.queue.tryNow(workspace, known.on.id),
  );
  return 'kind' in outcome ? outcome : shown(context, endpoint, outcome, waitMs);
}

/** At its end, or as it is when the time is over. */
async function shown(context: SyncContext, endpoint: string, row: RunRow, waitMs: number): Promise<SyncOutcome> {
  const catalogue = await context.catalogue();
  const ended = await untilEnded(context.database, catalogue.workspace, row, waitMs);
  return { kind: 'done', run: runView(await context.catalogue(), endpoint, ended) };
}

async function receive(
  context: SyncContext,
  caller: Caller,
  endpoint: string,
  open: OpenSet,
  { waitMs, byPlan, first }: Submission & { readonly waitMs: number },
): Promise<RunRow | SyncOutcome> {
  const { gate } = context;
  const { workspace } = caller.principal;
  const leave = await (byPlan === undefined ? gate.enter(workspace) : gate.enterToApply(workspace));
  try {
    for (let attempt = 1; ; attempt++) {
      const admitted = await admit(context, caller, endpoint);
      if ('kind' in admitted) return admitted;
      const receipt = new Receipt(context, caller, admitted, { byPlan, first });
      try {
        return await receipt.receive(open, waitMs > 0 && keepsNothing(admitted.on));
      } catch (fault) {
        if (fault instanceof StaleCatalogue) context.staleCatalogue();
        await receipt.fail(fault);
        if (fault instanceof StaleCatalogue && !receipt.isRecorded && attempt < maxAttempts) continue;
        const refused = setRefusal(fault);
        if (refused === undefined) throw fault;
        return { ...refused, ...receipt.failedRun };
      }
    }
  } finally {
    leave();
  }
}

export async function admit(context: SyncContext, caller: Caller, endpoint: string): Promise<Admitted | SyncOutcome> {
  const catalogue = await context.catalogue();
  const on = catalogue.interfaces.get(endpoint);
  const type = on === undefined ? undefined : catalogue.types.get(on.type);
  if (on === undefined || type === undefined || on.direction !== 'synchronising')
    return { kind: 'unknown_interface', endpoint };
  if (await context.access.mayCall(caller.principal, on)) return { catalogue, on, type };
  const ungranted = rejectedFor(callViolations(caller.principal, on));
  if (ungranted) return ungranted;
  return {
    kind: 'forbidden',
    message: `${caller.principal.name} may not call the interface ${on.endpoint}. Use one of its API keys, or have this one added to it.`,
  };
}

/** One set on its way in. */
class Receipt {
  readonly #context: SyncContext;
  readonly #caller: Caller;
  readonly #admitted: Admitted;
  readonly #byPlan: ByPlan | undefined;
  readonly #first: First | undefined;
  readonly #progress: Progress = { received: 0 };
  #run: number | undefined;
  isRecorded = false;

  constructor(
    context: SyncContext,
    caller: Caller,
    admitted: Admitted,
    { byPlan, first }: { byPlan: ByPlan | undefined; first: First | undefined },
  ) {
    this.#byPlan = byPlan;
    this.#first = first;
    this.#context = context;
    this.#caller = caller;
    this.#admitted = admitted;
  }

  /** @param mayApply whether it may be applied at once, if its interface is free. By a plan it is in any case, when its turn comes. */
  async receive(open: OpenSet, mayApply: boolean): Promise<RunRow> {
    const { database, gate, secretKey } = this.#context;
    const { catalogue, on, type } = this.#admitted;
    const { workspace } = catalogue;
    const stopApplying = mayApply && this.#byPlan === undefined ? gate.tryApply(workspace) : undefined;
    try {
      const run = await database.inWorkspace(workspace, (tx) => reserveRun(tx, workspace, on.id, clock.now()));
      this.#run = run;
      const receiveIt = async (tx: Transaction): Promise<RunRow> => {
        waitLongerForLocks(tx, lockSeconds);
        mayIdle(tx, idleSeconds);
        await holdRun(tx, workspace, run);
        if (this.#byPlan !== undefined) await lockInterface(tx, workspace, on.id);
        const isFree =
          this.#byPlan !== undefined || (stopApplying !== undefined && (await tryLockInterface(tx, workspace, on.id)));
        if (!isFree) stopApplying?.();
        if ((await readSchemaVersion(tx, workspace)) !== catalogue.version) throw new StaleCatalogue();
        await this.#record(run, isFree);
        return readingSet(this.#open(open, { catalogue, interface: on, type }), async (source) => {
          checkFormat(on, source);
          const scope = await resolveScope(tx, this.#admitted, source.scope);
          const at = { ...this.#admitted, caller: this.#caller, scope, run };
          const context = this.#byPlan === undefined ? at : { ...at, planned: this.#byPlan(at) };
          if (source.stamp !== undefined) admitStamp(tx, context, source.stamp);
          const row = await (isFree
            ? applySet(tx, context, source, this.#progress, secretKey)
            : queueSet(tx, context, source, this.#progress));
          this.#first?.end(tx, run);
          return row;
        });
      };
      return await this.#context.underWay.during(workspace, run, this.#progress, () =>
        database.inWorkspace(workspace, receiveIt),
      );
    } finally {
      stopApplying?.();
    }
  }

  #open(open: OpenSet, at: SetTarget): SetSource {
    const source = open(at);
    return this.#first === undefined ? source : { ...source, elements: this.#first.reading(source.elements) };
  }

  /** In a transaction of its own: it must be seen whatever becomes of the run. */
  async #record(run: number, isStarted: boolean): Promise<void> {
    const { catalogue, on } = this.#admitted;
    const receivedAt = clock.now();
    await this.#context.database.inWorkspace(catalogue.workspace, async (tx) => {
      const lost = await failLostRuns(tx, catalogue.workspace, [on.id]);
      await insertRun(tx, catalogue.workspace, {
        run,
        interface: on.id,
        counts: noCounts,
        received_at: receivedAt,
        started_at: isStarted ? receivedAt : null,
        principal_id: this.#caller.principal.id,
        via: this.#caller.via,
        request: this.#caller.requestId,
      });
      await this.#first?.begin(tx, run);
      lost?.commit(receivedAt);
    });
    this.isRecorded = true;
  }

  get failedRun(): FailedRun {
    const { workspace } = this.#admitted.catalogue;
    return this.isRecorded && this.#run !== undefined ? { run: guidOf('run', workspace, this.#run) } : {};
  }

  /** If that cannot be written either, whoever looks next will find that the run was lost. */
  async fail(fault: unknown): Promise<void> {
    if (this.#run === undefined) return;
    const { workspace } = this.#admitted.catalogue;
    const { database } = this.#context;
    const ending = { run: this.#run, received: this.#progress.received, failure: this.#reason(fault) };
    await failRun(database, workspace, ending, this.#first).catch(() => {});
  }

  #reason(fault: unknown): string {
    if (fault instanceof RefusedSet) return fault.message;
    if (fault instanceof MalformedSet) return fault.inWords;
    if (fault instanceof UnreadableSet) return `The body could not be read to its end: ${fault.message}`;
    if (fault instanceof PlanNotMet) return fault.message;
    if (fault instanceof StaleCatalogue) return 'The schema was changed while the set was received: send it again.';
    if (isRaceLost(fault) && !isUniqueViolation(fault))
      return 'Other writes held its records for too long: send the set again.';
    return `An internal error, or no connection to the database: see the log for request ${this.#caller.requestId}.`;
  }
}

/** Whether a set of the interface may be applied while it arrives: not where all of it may have to be held. */
const keepsNothing = ({ guard }: Interface): boolean => guard.onTrip === 'hold_deletes';

export function checkFormat({ endpoint, formats }: Interface, { body }: SetSource): void {
  if (formats.includes(body)) return;
  const message = `The interface ${endpoint} takes ${formats.join(', ')}, and the body is ${body}.`;
  throw new RefusedSet({ kind: 'format_refused', formats, message });
}

/** What its sender is told of a set that is none; undefined for faults that are not the set's. */
export function setRefusal(fault: unknown): Exclude<SyncOutcome, { kind: 'done' }> | undefined {
  if (fault instanceof RefusedSet) return fault.outcome;
  if (fault instanceof MalformedSet) return { kind: 'malformed', faults: fault.faults };
  return fault instanceof UnreadableSet ? { kind: 'unreadable', cause: fault.cause } : undefined;
}
