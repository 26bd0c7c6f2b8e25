/** Runs whose server is gone before their input was committed: they failed, and say so. */
import { clock } from '../../model/clock.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import type { Transaction } from '../../store/database.ts';
import { holdLostRuns } from '../../store/run-queue.ts';
import { noCounts } from '../balance.ts';
import { RunEnds } from './run-ends.ts';

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
