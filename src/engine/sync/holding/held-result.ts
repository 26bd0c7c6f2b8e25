/** What became of what a run held: its view, its issue, the feed and refusals say it in the same words. */

import { guidOf, principalId, type WorkspaceId } from '../../../model/ids.ts';
import type { HeldResult } from '../../../model/runs.ts';
import { count } from '../../../model/text.ts';
import { isoTime } from '../../../model/time.ts';
import type { RunRow } from '../../../store/sync/runs.ts';

type Decided = Pick<
  RunRow,
  'held_end' | 'held_end_at' | 'held_end_by' | 'held_end_name' | 'held_end_run' | 'held_deletes' | 'held_whole'
>;

/** null while it waits, and for a run that held nothing. */
export function heldResult(workspace: WorkspaceId, row: Decided): HeldResult | null {
  if (row.held_end === null || row.held_end_at === null) return null;
  const result = {
    outcome: row.held_end,
    deletes: row.held_deletes,
    whole: row.held_whole !== null,
    by: row.held_end_by === null ? null : { id: principalId(row.held_end_by), name: row.held_end_name ?? '' },
    at: row.held_end_at,
    run: row.held_end_run === null ? null : guidOf('run', workspace, row.held_end_run),
  };
  return { ...result, message: inWords(result) };
}

function inWords({ outcome, deletes, whole, by, at, run }: Omit<HeldResult, 'message'>): string {
  const what = whole
    ? `The set, which was held as a whole with ${count(deletes, 'delete')},`
    : `What the run held, ${count(deletes, 'delete')},`;
  const fate = whole ? 'nothing of it was applied' : 'the records stay until the next set without them';
  const time = isoTime(at);
  const who = by === null ? '' : ` by ${by.name} (${by.id})`;
  switch (outcome) {
    case 'approved':
      return `${what} was approved${who} at ${time}.`;
    case 'cancelled':
      return `${what} was cancelled${who} at ${time}: ${fate}.`;
    case 'overtaken':
      return `${what} was overtaken at ${time} by a newer set of the interface, run ${run}, which says anew what is to be deleted.`;
    case 'expired':
      return `${what} was not approved in time, until ${time}: ${fate}.`;
  }
}
