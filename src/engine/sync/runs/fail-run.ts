/** A run that came to nothing: it is recorded with what was received of it, and why. */
import { clock } from '../../../model/clock.ts';
import type { WorkspaceId } from '../../../model/ids.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { closeRun, holdRun } from '../../../store/sync/run-queue.ts';
import { findRun } from '../../../store/sync/runs.ts';
import { noCounts } from '../../balance.ts';
import type { First } from '../../once/begun.ts';
import { RunEnds } from './run-ends.ts';

/** Thrown through the transaction in place of what the reader of a set threw, which might be taken for a fault of the database. */
export class UnreadableSet extends Error {}

/** @param received how many of its elements came: none of them was applied. */
export const failRun = (
  database: Database,
  workspace: WorkspaceId,
  { run, received, failure }: { readonly run: number; readonly received: number; readonly failure: string },
  first?: First,
): Promise<void> =>
  database.inWorkspace(workspace, async (tx) => {
    await holdRun(tx, workspace, run);
    const row = await findRun(tx, workspace, run);
    if (row === undefined) return closeRun(tx, workspace, run);
    if (row.state !== 'received' && row.state !== 'queued') return; // it is over after all
    const ends = new RunEnds(tx, workspace);
    const finishedAt = clock.now();
    const counts = { ...noCounts, received, rejected: received };
    await ends.end({ run, state: 'failed', counts, issues: row.issues, finished_at: finishedAt, failure });
    first?.forget(tx, run);
    ends.commit(finishedAt);
  });
