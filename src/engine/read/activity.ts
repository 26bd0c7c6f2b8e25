/** How much was changed in each of some hours, by whomever and through whatever. */
import type { WorkspaceId } from '../../model/ids.ts';
import { countChangesBefore } from '../../store/changes/activity.ts';
import type { Database } from '../../store/postgres/database.ts';

const hourMs = 3_600_000;

export type BusyHour = { readonly from: Date; readonly changes: number };

/** @param from where the first hour begins: hours begin elsewhere in zones that are half an hour off. */
export async function activity(
  database: Database,
  workspace: WorkspaceId,
  from: Date,
  hours: number,
): Promise<readonly BusyHour[]> {
  const times = Array.from({ length: hours + 1 }, (_, index) => new Date(from.getTime() + index * hourMs));
  const before = await database.inWorkspace(workspace, (tx) => countChangesBefore(tx, workspace, times));
  return times.slice(0, hours).map((at, index) => ({
    from: at,
    // A clock that was set back may have left times that do not grow.
    changes: Math.max(0, (before[index + 1] ?? 0) - (before[index] ?? 0)),
  }));
}
