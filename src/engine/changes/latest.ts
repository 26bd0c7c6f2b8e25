/** The change feed read backwards: what happened last comes first. For people who look; readers that must miss nothing read onwards. */
import type { WorkspaceId } from '../../model/ids.ts';
import type { Caller } from '../../model/principal.ts';
import { findCommitSince, lastRow, type Place, readFeedBackwards } from '../../store/changes/feed.ts';
import { readSchemaVersion } from '../../store/schemas.ts';
import {
  type ChangeFilter,
  type ChangesOutcome,
  catalogueOf,
  type FeedContext,
  mostRows,
  type PlacedItem,
  refuseTypes,
  rowsAtOnce,
  wantedBy,
} from './changes.ts';
import { feedItem, subjectOf } from './feed-item.ts';
import { decodePlace, encodePlace } from './place.ts';

/** @param after the place that the answer before gave; undefined or empty: from the newest on. */
export type LatestQuery = ChangeFilter & Period & { readonly after?: string; readonly limit: number };

/** When they were committed: from a time on, and before a time. */
type Period = { readonly since?: Date; readonly until?: Date };

const newest: Place = { commit: Number.MAX_SAFE_INTEGER, row: lastRow };

export async function latestChanges(context: FeedContext, caller: Caller, query: LatestQuery): Promise<ChangesOutcome> {
  const { workspace } = caller.principal;
  const refusal = refuseTypes(await context.catalogue(), caller, query.types ?? []);
  if (refusal !== undefined) return refusal;
  let place = query.after ? decodePlace(workspace, query.after) : newest;
  if (place === undefined) return { kind: 'cursor_invalid' };
  const { first, end } = await commitsOf(context, workspace, query);
  if (place.commit >= end) place = { commit: end - 1, row: lastRow };
  const isWanted = wantedBy(caller, query);
  const items: PlacedItem[] = [];
  const answer = (reached: Place, more: boolean): ChangesOutcome => ({
    kind: 'changes',
    items,
    next: encodePlace(workspace, reached),
    more,
  });
  for (let looked = 0; looked < mostRows; ) {
    if (place.commit < first) return answer(place, false);
    const before: Place = place;
    const limit = looked === 0 ? Math.min(query.limit, rowsAtOnce) : rowsAtOnce;
    const [piece, version] = await context.database.inWorkspace(workspace, (tx) =>
      Promise.all([readFeedBackwards(tx, workspace, before, limit), readSchemaVersion(tx, workspace)]),
    );
    const catalogue = await catalogueOf(context, version);
    for (const row of piece.rows) {
      if (row.commit < first) break;
      const subject = subjectOf(catalogue, row);
      if (subject === undefined || !isWanted(row, subject)) continue;
      const at = { commit: row.commit, row: row.row };
      items.push({ ...feedItem(catalogue, row, subject), cursor: encodePlace(workspace, at) });
      if (items.length === query.limit) return answer(at, row !== piece.rows.at(-1) || !piece.atEnd);
    }
    looked += piece.rows.length;
    place = piece.reached;
    if (piece.atEnd) return answer(place, false);
    if (piece.isLarge && items.length > 0) break;
  }
  return answer(place, true);
}

/** The first commit of the period, and the one behind its last. */
async function commitsOf(
  { database }: FeedContext,
  workspace: WorkspaceId,
  { since, until }: Period,
): Promise<{ first: number; end: number }> {
  if (since === undefined && until === undefined) return { first: 0, end: Number.POSITIVE_INFINITY };
  const [first, end] = await database.inWorkspace(workspace, (tx) =>
    Promise.all([since && findCommitSince(tx, workspace, since), until && findCommitSince(tx, workspace, until)]),
  );
  // Of a time to come there is none.
  return { first: first ?? (since === undefined ? 0 : Number.POSITIVE_INFINITY), end: end ?? Number.POSITIVE_INFINITY };
}
