/** Places in the change feed as the tokens that readers keep. */
import type { WorkspaceId } from '../../model/ids.ts';
import { lastRow, type Place } from '../../store/changes/feed.ts';
import { decodeCursor, encodeCursor } from '../read/cursor.ts';

const feedOf = (workspace: WorkspaceId): unknown => [workspace, 'changes'];

export const beginning: Place = { commit: 0, row: lastRow };

export const encodePlace = (workspace: WorkspaceId, { commit, row }: Place): string =>
  encodeCursor(feedOf(workspace), row === lastRow ? [commit] : [commit, row]);

/** The empty text is the beginning. undefined: no token of this feed. */
export function decodePlace(workspace: WorkspaceId, token: string): Place | undefined {
  if (token === '') return beginning;
  const [commit, row = lastRow, ...rest] = decodeCursor(feedOf(workspace), token) ?? [];
  return isCount(commit) && isCount(row) && row <= lastRow && rest.length === 0 ? { commit, row } : undefined;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether something behind the place is no longer kept. Whoever asks for the beginning means that of what is kept. */
export function isBehindRetention(place: Place, { last, oldest }: { last: number; oldest: number | null }): boolean {
  if (place === beginning) return false;
  const next = place.row === lastRow ? place.commit + 1 : place.commit;
  return oldest === null ? next <= last : next < oldest;
}
