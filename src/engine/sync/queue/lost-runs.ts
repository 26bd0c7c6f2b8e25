/** Runs whose server is gone before their input was committed: they failed, and say so. */
import { clock } from '../../../model/clock.ts';
import type { WorkspaceId } from '../../../model/ids.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { holdLostRuns } from '../../../store/sync/run-queue.ts';
import { findRun, type RunRow } from '../../../store/sync/runs.ts';
import { noCounts } from '../../balance.ts';
import type { Kind } from '../../once/begun.ts';
import { RunEnds } from '../runs/run-ends.ts';

const lostRun = 'The server stopped while the set was received: nothing of it was written. Send the set again.';

/** @returns how they are told in the feed, as the last statement of the transaction; undefined when none was lost. */
export async function failLostRuns(
  tx: Transaction,
  workspace: WorkspaceId,
  interfaces: readonly number[],
): Promise<RunEnds | undefined> {
  const lost = await holdLostRuns(tx, workspace, interfaces);
  if (lost.length === 0) return undefined;
  const ends = new RunEnds(tx, workspace);
  for (const { run, issues } of lost)
    await ends.end({ run, state: 'failed', counts: noCounts, issues, finished_at: clock.now(), failure: lostRun });
  return ends;
}

/** Reads again when one of them was lost. */
export async function settledRuns(
  tx: Transaction,
  workspace: WorkspaceId,
  read: () => Promise<RunRow[]>,
): Promise<RunRow[]> {
  const rows = await read();
  const said = new Set(rows.flatMap((row) => (row.state === 'received' ? [row.interface] : [])));
  const lost = said.size === 0 ? undefined : await failLostRuns(tx, workspace, [...said]);
  if (lost === undefined) return rows;
  const again = await read();
  lost.commit(clock.now());
  return again;
}

export async function findSettledRun(
  tx: Transaction,
  workspace: WorkspaceId,
  number: number,
): Promise<RunRow | undefined> {
  const [row] = await settledRuns(tx, workspace, async () => {
    const found = await findRun(tx, workspace, number);
    return found === undefined ? [] : [found];
  });
  return row;
}

/** Runs as what an Idempotency-Key can be of. */
export const runsOf = (workspace: WorkspaceId): Kind => ({
  name: 'run',
  async progressOf(tx, number) {
    const row = await findSettledRun(tx, workspace, number);
    if (row === undefined) return 'gone';
    return row.state === 'received' ? 'under way' : 'ended';
  },
});
