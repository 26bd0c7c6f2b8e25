/** Waits for the end of a run that is queued, whichever server applies it. */
import type { WorkspaceId } from '../../../model/ids.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { findRun, type RunRow } from '../../../store/sync/runs.ts';

const firstPauseMs = 20;
const longestPauseMs = 400;

/** @returns the run as it is when it has ended, or when the time is over. */
export async function untilEnded(
  database: Database,
  workspace: WorkspaceId,
  row: RunRow,
  waitMs: number,
): Promise<RunRow> {
  const until = performance.now() + waitMs;
  let seen = row;
  for (let pauseMs = firstPauseMs; seen.state === 'queued'; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const left = until - performance.now();
    if (left <= 0) return seen;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, left)));
    seen = (await database.inWorkspace(workspace, (tx) => findRun(tx, workspace, row.run))) ?? seen;
  }
  return seen;
}
