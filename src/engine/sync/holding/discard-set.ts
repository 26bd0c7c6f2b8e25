/** What is held and will not be applied any more: sets that are held as a whole and were cancelled, and whatever nobody approved in time. */
import { clock } from '../../../model/clock.ts';
import type { WorkspaceId } from '../../../model/ids.ts';
import { endHeldRuns } from '../../../store/cleaning/cleaning.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { findExpiredSets, forgetHeldDeletes, noteHeldEnd } from '../../../store/sync/held-deletes.ts';
import { findRun, type HeldEnd, type RunRow, tryLockInterface } from '../../../store/sync/runs.ts';
import { noCounts } from '../../balance.ts';
import { RunEnds } from '../runs/run-ends.ts';
import { heldResult } from './held-result.ts';

/** Nothing of it was applied, nor will be. The caller has the interface to itself. */
export async function discardSet(
  tx: Transaction,
  workspace: WorkspaceId,
  { run, counts: { received }, issues }: RunRow,
  end: HeldEnd,
): Promise<RunRow> {
  const ends = new RunEnds(tx, workspace);
  forgetHeldDeletes(tx, workspace, run);
  const decided = await noteHeldEnd(tx, workspace, run, end);
  const finishedAt = clock.now();
  const ended = await ends.end({
    run,
    state: 'failed',
    counts: { ...noCounts, received, rejected: received },
    issues,
    finished_at: finishedAt,
    failure: heldResult(workspace, decided)?.message ?? null,
  });
  ends.commit(finishedAt);
  return ended;
}

/** Ends one set whose time is over, and lets its elements go. One whose interface is at work is left for later. @returns whether there was one. */
export async function discardExpired(tx: Transaction, workspace: WorkspaceId, now: Date): Promise<boolean> {
  for (const { run, interface: on } of await findExpiredSets(tx, workspace, now)) {
    if (!(await tryLockInterface(tx, workspace, on))) continue;
    const row = await findRun(tx, workspace, run);
    if (row?.state !== 'held' || row.held_until === null) continue;
    await discardSet(tx, workspace, row, { outcome: 'expired', at: row.held_until });
    return true;
  }
  return false;
}

/** Ends the runs of which all but the deletes was applied, and whose time is over. Their lists are gone already. */
export async function endExpired(tx: Transaction, workspace: WorkspaceId, now: Date): Promise<void> {
  const ends = new RunEnds(tx, workspace);
  for (const row of await endHeldRuns(tx, workspace, now)) ends.tell(row);
  ends.commit(clock.now());
}
