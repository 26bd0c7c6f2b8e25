/** The change feed: every change that the reader may see, in the order of the commits, from any place on. */
import type { Catalogue } from '../../model/catalogue.ts';
import { type FeedKind, isEventKind } from '../../model/events.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import {
  type FeedPiece,
  type FeedRow,
  findCommitSince,
  lastRow,
  type Place,
  readFeed,
  readFeedBounds,
} from '../../store/changes/feed.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readSchemaVersion } from '../../store/schemas.ts';
import { grantViolations } from '../access/grants.ts';
import { rejectedFor, unknownRecordType } from '../write/judging/rejected.ts';
import { type FeedItem, feedItem, mayReadChange, type Subject, subjectOf, typesOf } from './feed-item.ts';
import { decodePlace, encodePlace, isBehindRetention } from './place.ts';
import type { FeedWatch } from './watch.ts';

export type ChangeFilter = {
  /** Record types; a link is of the types of both of its ends. undefined: all. */
  readonly types?: readonly string[];
  /** undefined: all changes of records and links. Events are given to those who name them only. */
  readonly kinds?: readonly FeedKind[];
  /** The dialects that changes came through, and `run`: those of complete sets. */
  readonly causes?: { readonly names: readonly string[]; readonly butThose: boolean };
  /** The users or keys that made them. */
  readonly principals?: readonly number[];
  /** The run that made them, by its number. */
  readonly run?: number;
};

export type ChangesQuery = ChangeFilter & {
  /** A token that the feed gave out; empty: the beginning of what is kept; a time: all since then; undefined: from now on. */
  readonly after?: string | Date;
  readonly limit: number;
  /** How long to wait for a change when there is none. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
};

export type PlacedItem = FeedItem & { readonly cursor: string };

export type ChangesOutcome =
  /** `more`: ask again at once. `next` is a place even when there was nothing. */
  | { readonly kind: 'changes'; readonly items: readonly PlacedItem[]; readonly next: string; readonly more: boolean }
  | { readonly kind: 'cursor_invalid' }
  /** What follows the place is no longer kept, or not all of it. */
  | { readonly kind: 'no_longer_kept' }
  | Rejected;

/** Rows that are looked at for one answer at most: a filter that passes little must not read the whole feed. */
export const mostRows = 10_000;
export const rowsAtOnce = 500;

export type FeedContext = {
  readonly database: Database;
  readonly watch: FeedWatch;
  readonly catalogue: () => Promise<Catalogue>;
  readonly staleCatalogue: () => void;
};

export type Wanted = (row: FeedRow, subject: Subject) => boolean;
type FeedPage = { items: PlacedItem[]; reached: Place; more: boolean };

export async function changes(context: FeedContext, caller: Caller, query: ChangesQuery): Promise<ChangesOutcome> {
  const { workspace } = caller.principal;
  const refusal = refuseTypes(await context.catalogue(), caller, query.types ?? []);
  if (refusal !== undefined) return refusal;
  let place = await placeNamed(context, workspace, query.after);
  if (place === undefined) return { kind: 'cursor_invalid' };
  const isWanted = wantedBy(caller, query);

  const until = performance.now() + query.waitMs;
  for (;;) {
    const page = await readPage(context, workspace, place, query.limit, isWanted);
    if (page === undefined) return { kind: 'no_longer_kept' };
    const left = until - performance.now();
    if (page.items.length > 0 || page.more || left <= 0 || query.signal?.aborted) {
      return { kind: 'changes', items: page.items, more: page.more, next: encodePlace(workspace, page.reached) };
    }
    place = page.reached;
    await context.watch.wait(workspace, place.commit, left, query.signal);
  }
}

export const wantedBy =
  (caller: Caller, filter: ChangeFilter): Wanted =>
  (row, subject) =>
    mayReadChange(caller.principal, subject) && passes(filter, row, subject);

export function refuseTypes(catalogue: Catalogue, caller: Caller, types: readonly string[]): Rejected | undefined {
  return rejectedFor(
    types.flatMap((type) =>
      catalogue.types.has(type)
        ? grantViolations(caller.principal, 'read', type)
        : [unknownRecordType(catalogue, type)],
    ),
  );
}

async function endOfFeed({ database }: FeedContext, workspace: WorkspaceId): Promise<Place> {
  const { last } = await database.inWorkspace(workspace, (tx) => readFeedBounds(tx, workspace));
  return { commit: last, row: lastRow };
}

/** undefined: no place of this feed. */
async function placeNamed(
  context: FeedContext,
  workspace: WorkspaceId,
  after: string | Date | undefined,
): Promise<Place | undefined> {
  if (after === undefined) return endOfFeed(context, workspace);
  if (typeof after === 'string') return decodePlace(workspace, after);
  const [{ last, oldest }, first] = await context.database.inWorkspace(workspace, (tx) =>
    Promise.all([readFeedBounds(tx, workspace), findCommitSince(tx, workspace, after)]),
  );
  // Where the oldest that is kept, if any, is of that time, those before it may have been, too.
  const isCut = oldest === null ? last > 0 : oldest > 1 && first === oldest;
  const next = first ?? last + 1;
  return { commit: Math.max(0, isCut ? next - 2 : next - 1), row: lastRow };
}

/** undefined: what follows the place is no longer kept. */
export async function readPage(
  context: FeedContext,
  workspace: WorkspaceId,
  after: Place,
  limit: number,
  isWanted: Wanted,
): Promise<FeedPage | undefined> {
  const items: PlacedItem[] = [];
  let reached = after;
  for (let looked = 0; looked < mostRows; ) {
    const piece = await readPiece(context, workspace, reached, looked === 0 ? Math.min(limit, rowsAtOnce) : rowsAtOnce);
    if (piece === undefined) return undefined;
    for (const row of piece.rows) {
      const subject = subjectOf(piece.catalogue, row);
      if (subject === undefined || !isWanted(row, subject)) continue;
      const place = { commit: row.commit, row: row.row };
      items.push({ ...feedItem(piece.catalogue, row, subject), cursor: encodePlace(workspace, place) });
      if (items.length < limit) continue;
      const isLast = row === piece.rows.at(-1);
      return { items, reached: isLast ? piece.reached : place, more: !isLast || !piece.atEnd };
    }
    looked += piece.rows.length;
    reached = piece.reached;
    if (piece.atEnd) return { items, reached, more: false };
    if (piece.isLarge && items.length > 0) break;
  }
  return { items, reached, more: true };
}

/** With a catalogue that is at least as new as the changes: a type that it did not know would be passed over. */
async function readPiece(
  context: FeedContext,
  workspace: WorkspaceId,
  after: Place,
  limit: number,
): Promise<(FeedPiece & { catalogue: Catalogue }) | undefined> {
  const [bounds, piece, version] = await context.database.inWorkspace(workspace, (tx) =>
    Promise.all([
      readFeedBounds(tx, workspace),
      readFeed(tx, workspace, after, limit),
      readSchemaVersion(tx, workspace),
    ]),
  );
  if (isBehindRetention(after, bounds)) return undefined;
  const catalogue = await catalogueOf(context, version);
  // Commits that are counted and not there were kept for long enough.
  const isBehind = piece.atEnd && piece.reached.commit < bounds.last;
  return { ...piece, ...(isBehind && { reached: { commit: bounds.last, row: lastRow } }), catalogue };
}

/** At least as new as this version. */
export async function catalogueOf(context: FeedContext, version: number | undefined): Promise<Catalogue> {
  const known = await context.catalogue();
  if (known.version >= (version ?? 0)) return known;
  context.staleCatalogue();
  return context.catalogue();
}

function passes({ types, kinds, causes, principals, run }: ChangeFilter, row: FeedRow, subject: Subject): boolean {
  if (types !== undefined && !typesOf(subject).some((type) => types.includes(type))) return false;
  if (kinds === undefined ? isEventKind(row.kind) : !kinds.includes(row.kind)) return false;
  if (principals !== undefined && !principals.includes(row.principal_id)) return false;
  if (run !== undefined && row.run !== run) return false;
  if (causes === undefined) return true;
  const isNamed = causes.names.includes(row.via) || (row.run !== null && causes.names.includes('run'));
  return isNamed !== causes.butThose;
}
