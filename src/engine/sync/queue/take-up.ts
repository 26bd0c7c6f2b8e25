/** Applies what waits at one interface, whichever server received it, in the order of arrival; one whose place a newer set takes ends so. */
import type { Catalogue } from '../../../model/catalogue.ts';
import { clock } from '../../../model/clock.ts';
import type { ElementReader, ElementSource, SetReaders } from '../../../model/commands.ts';
import { principalId, type WorkspaceId } from '../../../model/ids.ts';
import type { Caller } from '../../../model/principal.ts';
import {
  type Database,
  DatabaseUnavailable,
  isRaceLost,
  mayIdle,
  type Transaction,
  waitLongerForLocks,
} from '../../../store/postgres/database.ts';
import { findQueued, holdRun, markStarted } from '../../../store/sync/run-queue.ts';
import { findRun, type RunRow, tryLockInterface } from '../../../store/sync/runs.ts';
import type { Access } from '../../access/access.ts';
import { StaleCatalogue } from '../../write/run-batch.ts';
import type { RunContext } from '../applying/apply.ts';
import { applySet } from '../applying/apply-set.ts';
import { resolveScope } from '../applying/scope.ts';
import { MalformedSet } from '../receiving/malformed-set.ts';
import { RefusedSet } from '../receiving/refused-set.ts';
import { failRun, UnreadableSet } from '../runs/fail-run.ts';
import { RunEnds } from '../runs/run-ends.ts';
import type { Progress, RunsUnderWay } from '../runs/under-way.ts';
import { queuedElements } from './queue-set.ts';
import { findNewer, supersede } from './supersede.ts';

const lockSeconds = 60;
const idleSeconds = 100;
const maxAttempts = 5;
/** Whatever stops the server, or fails in the database, each time that it is begun would do so for ever, and hold up all that wait behind it. */
const mostBegun = 5;
const neverEnded = `It was begun ${mostBegun} times and never came to an end: the server stopped, or the database failed. See the log of the server; send the set again when the cause is mended.`;

export type TakeUpContext = {
  readonly database: Database;
  readonly access: Access;
  readonly secretKey: string;
  readonly readers: SetReaders;
  readonly underWay: RunsUnderWay;
  readonly catalogue: (workspace: WorkspaceId) => Promise<Catalogue>;
  readonly staleCatalogue: (workspace: WorkspaceId) => void;
};

/** It was accepted, and cannot be applied as things are now. */
class CannotBeApplied extends Error {}

/**
 * @returns whether another look is due: a run came to an end, or the interface was held in vain, and others that found it taken have left
 * theirs to us. Faults of the database leave a run queued, and are thrown.
 */
export async function takeUp(context: TakeUpContext, workspace: WorkspaceId, interfaceId: number): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const turn = new Turn(context, workspace, interfaceId, attempt > 1);
    try {
      return await turn.take(await context.catalogue(workspace));
    } catch (fault) {
      if (fault instanceof StaleCatalogue) context.staleCatalogue(workspace);
      if (fault instanceof StaleCatalogue && attempt < maxAttempts) continue;
      if (turn.row === undefined || isOfDatabase(fault)) throw fault;
      const { run, counts } = turn.row;
      const failure = reasonOf(fault, turn.row);
      await failRun(context.database, workspace, { run, received: counts.received, failure });
      if (!isOfSet(fault)) throw fault;
      return true;
    }
  }
}

const isOfDatabase = (fault: unknown): boolean =>
  fault instanceof DatabaseUnavailable || fault instanceof StaleCatalogue || isRaceLost(fault);

const isOfSet = (fault: unknown): fault is Error =>
  fault instanceof MalformedSet ||
  fault instanceof RefusedSet ||
  fault instanceof UnreadableSet ||
  fault instanceof CannotBeApplied;

function reasonOf(fault: unknown, { request }: RunRow): string {
  if (fault instanceof CannotBeApplied || fault instanceof RefusedSet) return fault.message;
  if (isOfSet(fault))
    return `The schema was changed since it was received, and it cannot be read any more: ${fault.message}`;
  return `An internal error: see the log of the server, and of request ${request}.`;
}

class Turn {
  readonly #context: TakeUpContext;
  readonly #workspace: WorkspaceId;
  readonly #interface: number;
  readonly #hasBegun: boolean;
  /** The run that is taken up. */
  row: RunRow | undefined;

  /** @param hasBegun with another schema, which is no attempt of its own. */
  constructor(context: TakeUpContext, workspace: WorkspaceId, interfaceId: number, hasBegun: boolean) {
    this.#hasBegun = hasBegun;
    this.#context = context;
    this.#workspace = workspace;
    this.#interface = interfaceId;
  }

  take(catalogue: Catalogue): Promise<boolean> {
    return this.#context.database.inWorkspace(this.#workspace, async (tx) => {
      waitLongerForLocks(tx, lockSeconds);
      mayIdle(tx, idleSeconds);
      // Before the lock is tried, which others would find taken.
      if ((await this.#next(tx)) === undefined) return false;
      if (!(await tryLockInterface(tx, this.#workspace, this.#interface))) return false;
      const row = await this.#claim(tx);
      if (row === undefined) return true;
      this.row = row;
      const newer = await findNewer(tx, this.#workspace, row);
      if (newer === undefined) await this.#apply(tx, catalogue, row);
      else await this.#giveWay(tx, catalogue, row, newer);
      return true;
    });
  }

  /** The next that waits. Whoever is ending it in favour of a newer one is waited for: the newer one may be found only then. */
  async #claim(tx: Transaction): Promise<RunRow | undefined> {
    const row = await this.#next(tx);
    if (row === undefined) return undefined;
    await holdRun(tx, this.#workspace, row.run);
    const held = await findRun(tx, this.#workspace, row.run);
    return held?.state === 'queued' ? held : undefined;
  }

  /** One of a format that this server does not know is left to those that do. */
  async #next(tx: Transaction): Promise<RunRow | undefined> {
    const row = await findQueued(tx, this.#workspace, this.#interface);
    return row !== undefined && Object.hasOwn(this.#context.readers, row.format ?? '') ? row : undefined;
  }

  async #apply(tx: Transaction, catalogue: Catalogue, row: RunRow): Promise<void> {
    const { readers, secretKey, underWay } = this.#context;
    const context = await this.#admit(tx, catalogue, row);
    const { on, type } = context;
    const format = row.format ?? '';
    const reader = readers[format]?.({ catalogue, interface: on, type });
    if (reader === undefined) throw new Error(`No reader for ${format}`);
    await this.#begin(row);
    const progress: Progress = { received: row.counts.received };
    const set = storedSet(tx, this.#workspace, row, reader);
    await underWay.during(this.#workspace, row.run, progress, () => applySet(tx, context, set, progress, secretKey));
  }

  /** In a transaction of its own, to be seen while it is at work, and counted should the server not outlive it. */
  async #begin({ run }: RunRow): Promise<void> {
    if (this.#hasBegun) return;
    const begun = await this.#context.database.inWorkspace(this.#workspace, (apart) =>
      markStarted(apart, this.#workspace, run, clock.now()),
    );
    if (begun > mostBegun) throw new CannotBeApplied(neverEnded);
  }

  async #giveWay(tx: Transaction, catalogue: Catalogue, row: RunRow, newer: number): Promise<void> {
    const ends = new RunEnds(tx, this.#workspace);
    await supersede(tx, catalogue, row, newer, ends);
    ends.commit(clock.now());
  }

  /** By the schema and the rights as they are now. */
  async #admit(tx: Transaction, catalogue: Catalogue, row: RunRow): Promise<RunContext> {
    const on = [...catalogue.interfaces.values()].find((one) => one.id === this.#interface);
    const type = on && catalogue.types.get(on.type);
    if (on === undefined || type === undefined || on.direction !== 'synchronising')
      throw new CannotBeApplied('Its interface was removed from the schema before it was applied.');
    const principal = await this.#context.access.principal(this.#workspace, principalId(row.principal_id));
    if (principal === undefined || !(await this.#context.access.mayCall(principal, on)))
      throw new CannotBeApplied('Whoever sent it may not call the interface any more.');
    const caller: Caller = { principal, via: row.via, requestId: row.request };
    const scope = await resolveScope(tx, { catalogue, on, type }, row.scope ?? {});
    return { catalogue, caller, on, type, scope, run: row.run };
  }
}

/** The set of a run whose elements were kept. */
export const storedSet = (tx: Transaction, workspace: number, row: RunRow, reader: ElementReader): ElementSource => ({
  ...readable(reader),
  format: row.format ?? '',
  stamp: row.stamp ?? undefined,
  elements: queuedElements(tx, workspace, row.run),
});

/** What a reader throws is told from faults of the database. */
export function readable<Reader extends { read(...at: never[]): unknown }>(reader: Reader): Reader {
  const read = (...at: Parameters<Reader['read']>): unknown => {
    try {
      return reader.read(...at);
    } catch (cause) {
      throw cause instanceof MalformedSet
        ? cause
        : new UnreadableSet(cause instanceof Error ? cause.message : '', { cause });
    }
  };
  return { ...reader, read };
}
