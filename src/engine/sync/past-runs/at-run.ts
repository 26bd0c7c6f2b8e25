/** Work on a run that is over: in one transaction, with the interface to itself and the schema as it is. */
import type { Catalogue, Interface, RecordType } from '../../../model/catalogue.ts';
import type { Caller } from '../../../model/principal.ts';
import type { RunRefused } from '../../../model/runs.ts';
import { type Database, mayIdle, type Transaction, waitLongerForLocks } from '../../../store/postgres/database.ts';
import { findRun, lockInterface, type RunRow } from '../../../store/sync/runs.ts';
import { may, mayConfigure } from '../../access/grants.ts';
import { runNumber } from '../../read/runs.ts';
import { holdCatalogue, StaleCatalogue } from '../../write/run-batch.ts';
import type { RunContext } from '../applying/apply.ts';
import { untilNoRaceIsLost } from '../applying/races.ts';
import { everything } from '../applying/scope.ts';
import type { RunQueue } from '../queue/run-queue.ts';

const maxAttempts = 5;
const lockSeconds = 60;
const idleSeconds = 100;

export type RunsContext = {
  readonly database: Database;
  readonly catalogue: () => Promise<Catalogue>;
  readonly staleCatalogue: () => void;
  readonly queue: Pick<RunQueue, 'tryNow'>;
};

/** A run, and what the schema has for it. */
export type RunAt = { readonly row: RunRow; readonly on: Interface; readonly type: RecordType };

/** @param waitedFor the link types that links may be waiting of. */
type Work<Result> = (
  tx: Transaction,
  at: RunAt & { readonly context: RunContext; readonly waitedFor: ReadonlySet<number> },
) => Promise<Result>;

/** @param isAllowed unless said, administrators and power users are: a run may be of any interface. */
export async function atRun<Result>(
  { database, catalogue: current, staleCatalogue, queue }: RunsContext,
  caller: Caller,
  run: string,
  work: Work<Result>,
  isAllowed: (on: Interface) => boolean | Promise<boolean> = () => mayConfigure(caller.principal),
): Promise<Result | RunRefused> {
  for (let attempt = 1; ; attempt++) {
    const catalogue = await current();
    let held: Interface | undefined;
    try {
      return await database.inWorkspace(catalogue.workspace, async (tx): Promise<Result | RunRefused> => {
        const seen = await findAnyRun(tx, catalogue, caller, run);
        if (seen === undefined) return { kind: 'unknown_run' };
        if (!(await isAllowed(seen.on))) return { kind: 'forbidden' };
        waitLongerForLocks(tx, lockSeconds);
        mayIdle(tx, idleSeconds);
        await lockInterface(tx, catalogue.workspace, seen.on.id);
        held = seen.on;
        const waitedFor = await holdCatalogue(tx, catalogue);
        const at = (await findAnyRun(tx, catalogue, caller, run)) ?? seen;
        const { on, type } = at;
        const context = { catalogue, caller, on, type, scope: everything, run: at.row.run };
        return untilNoRaceIsLost(tx, () => work(tx, { ...at, context, waitedFor }));
      });
    } catch (fault) {
      if (!(fault instanceof StaleCatalogue) || attempt === maxAttempts) throw fault;
      staleCatalogue();
    } finally {
      if (held !== undefined) queue.tryNow(catalogue.workspace, held.id); // whatever came meanwhile was queued
    }
  }
}

/** undefined: there is none that the caller may see, or its interface is gone. */
export async function findAnyRun(
  tx: Transaction,
  catalogue: Catalogue,
  caller: Caller,
  run: string,
): Promise<RunAt | undefined> {
  const number = runNumber(catalogue, run);
  const row = number === undefined ? undefined : await findRun(tx, catalogue.workspace, number);
  const on = [...catalogue.interfaces.values()].find(({ id }) => id === row?.interface);
  const type = on && catalogue.types.get(on.type);
  if (row === undefined || on === undefined || type === undefined || !may(caller.principal, 'read', type.key))
    return undefined;
  return { row, on, type };
}
