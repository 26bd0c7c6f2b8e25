/** A complete set says all: one that waits is of no use once a newer one is there. It ends as superseded, and says by which. */
import type { Catalogue, Interface, RecordType } from '../../../model/catalogue.ts';
import { clock } from '../../../model/clock.ts';
import { guidOf } from '../../../model/ids.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { insertIssues, type PlacedIssue } from '../../../store/sync/issues.ts';
import { holdQueuedRuns, readNewerSets } from '../../../store/sync/run-queue.ts';
import type { RunRow } from '../../../store/sync/runs.ts';
import { noCounts } from '../../balance.ts';
import { areDisjoint } from '../applying/scope.ts';
import type { RunEnds } from '../runs/run-ends.ts';

/**
 * Those of the interface that were received before and still wait, if the newer set is everything that they are of. One that is being
 * applied goes on: it comes first.
 */
export async function supersedeQueued(
  tx: Transaction,
  catalogue: Catalogue,
  on: Interface,
  newer: Pick<RunRow, 'run' | 'scope' | 'stamp'>,
  ends: RunEnds,
): Promise<void> {
  for (const row of await holdQueuedRuns(tx, catalogue.workspace, on.id, newer.run))
    if (covers(newer, row)) await supersede(tx, catalogue, row, newer.run, ends);
}

/** A set that was received later, waits or is applied already, and says all that this one says. */
export async function findNewer(tx: Transaction, workspace: number, row: RunRow): Promise<number | undefined> {
  const newer = await readNewerSets(tx, workspace, row);
  return newer.find((one) => covers(one, row))?.run;
}

/** The last set that was received later, is applied, and may have something to say of what this one said. */
export async function findApplied(
  tx: Transaction,
  workspace: number,
  type: RecordType,
  row: RunRow,
): Promise<number | undefined> {
  const newer = await readNewerSets(tx, workspace, row);
  const isApplied = ({ state, held_whole: whole }: (typeof newer)[number]): boolean =>
    state !== 'queued' && (state !== 'held' || whole === null);
  return newer.find((one) => isApplied(one) && !areDisjoint(type, one.scope, row.scope))?.run;
}

/** Whoever says everything of less conditions says everything of more. What came later may be older all the same, by what it says itself. */
const covers = (newer: Pick<RunRow, 'scope' | 'stamp'>, older: Pick<RunRow, 'scope' | 'stamp'>): boolean =>
  !(newer.stamp !== null && newer.stamp.kind === older.stamp?.kind && newer.stamp.at < older.stamp.at) &&
  Object.entries(newer.scope ?? {}).every(
    ([name, value]) => older.scope !== null && String(older.scope[name]) === String(value),
  );

export async function supersede(
  tx: Transaction,
  catalogue: Catalogue,
  { run, counts: { received }, issues }: Pick<RunRow, 'run' | 'counts' | 'issues'>,
  newer: number,
  ends: RunEnds,
): Promise<RunRow> {
  const at = clock.now();
  insertIssues(tx, catalogue.workspace, run, issues, [supersededIssue(catalogue, newer, received, at)]);
  return ends.end({
    run,
    state: 'superseded',
    counts: { ...noCounts, received, superseded: received },
    issues: issues + 1,
    finished_at: at,
    superseded_by: newer,
  });
}

const supersededIssue = (catalogue: Catalogue, newer: number, received: number, at: Date): PlacedIssue => ({
  severity: 'warning',
  code: 'set_superseded',
  key: null,
  number: null,
  path: null,
  member: null,
  value: null,
  message: `Run ${newer} (${guidOf('run', catalogue.workspace, newer)}) is a newer complete set of the interface and took the place of this one, which had not been applied yet.`,
  remedy: 'Nothing: see the newer run for what was applied.',
  at,
  place: received,
});
