/** Tells of interfaces that are overdue: once for each time, by whichever server is first. */
import { clock } from '../../../model/clock.ts';
import { workspaceId } from '../../../model/ids.ts';
import { insertChanges, insertCommit } from '../../../store/changes/changes.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { markTold, readUntold } from '../../../store/sync/overdue.ts';
import { overdueEvent } from '../../changes/events.ts';

export async function tellOverdue(database: Database): Promise<void> {
  for (const untold of await database.global((tx) => readUntold(tx, clock.now()))) {
    const workspace = workspaceId(untold.workspace_id);
    await database.inWorkspace(workspace, async (tx) => {
      const at = clock.now();
      const row = await markTold(tx, workspace, untold.interface, at);
      if (row === undefined) return;
      insertChanges(tx, workspace, { draws: true, before: 0 }, [overdueEvent(row.interface, row.due_at, at)]);
      insertCommit(tx, workspace, at, 1);
    });
  }
}
