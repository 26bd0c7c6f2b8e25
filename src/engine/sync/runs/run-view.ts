/** What a run shows of itself, and how it may end. */
import type { Catalogue } from '../../../model/catalogue.ts';
import { guidOf, principalId } from '../../../model/ids.ts';
import type { RunCounts, RunView } from '../../../model/runs.ts';
import { shownStamp } from '../../../model/stamp.ts';
import type { RunRow } from '../../../store/sync/runs.ts';
import { noCounts } from '../../balance.ts';
import { heldResult } from '../holding/held-result.ts';

export function runView(catalogue: Catalogue, endpoint: string, row: RunRow): RunView {
  return {
    id: guidOf('run', catalogue.workspace, row.run),
    number: row.run,
    interface: endpoint,
    state: row.state,
    counts: { ...noCounts, ...row.counts }, // in the order in which they are told: stored, they lose it
    issues: row.issues,
    receivedAt: row.received_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    sender: { id: principalId(row.principal_id), name: row.principal_name ?? '' },
    via: row.via,
    request: row.request,
    failure: row.failure,
    position: row.position,
    supersededBy: row.superseded_by === null ? null : guidOf('run', catalogue.workspace, row.superseded_by),
    held:
      row.state === 'held' && row.held_until !== null
        ? { deletes: row.held_deletes, whole: row.held_whole !== null, expiresAt: row.held_until }
        : null,
    heldResult: heldResult(catalogue.workspace, row),
    scope: row.scope,
    stamp: row.stamp && shownStamp(row.stamp),
    reverts: row.reverts === null ? null : guidOf('run', catalogue.workspace, row.reverts),
    revertedBy: row.reverted_by === null ? null : guidOf('run', catalogue.workspace, row.reverted_by),
    replays: row.replays === null ? null : guidOf('run', catalogue.workspace, row.replays),
  };
}

/** Of a run that holds nothing. */
export const endState = ({ counts, issues }: { readonly counts: RunCounts; readonly issues: number }) =>
  counts.rejected + counts.superseded > 0 || issues > 0 ? 'partial' : 'applied';
