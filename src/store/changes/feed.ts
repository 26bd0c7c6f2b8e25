/** The change feed: change rows in the order of their commits. */

import type { FeedKind } from '../../model/events.ts';
import { int4Array, int8Array } from '../postgres/arrays.ts';
import type { Page, Transaction } from '../postgres/database.ts';
import type { ChangeRow } from './changes.ts';

/** After the change `row` of a commit. */
export type Place = { readonly commit: number; readonly row: number };

/** Of a commit that was read to its end. */
export const lastRow = 2 ** 31 - 1;

export type FeedRow = ChangeRow<FeedKind> & {
  readonly commit: number;
  /** Of the record, or of the left-hand one of a link; null when the record is gone altogether. */
  readonly type: number | null;
  /** null: nobody's doing. */
  readonly principal_name: string | null;
};

/** A cleaning that is at work, or was cut short, may have left some of what stands before. */
const firstKept = 'coalesce((select changes_from from cleaning where workspace_id = $1), 0)';

/** Where the feed ends, and where what is kept of it begins; `oldest` null: no commit is kept. Whoever cleans up takes away whole commits
 *  with their change rows, the oldest first: readers tell by `oldest` that something they have not read is gone. */
export async function readFeedBounds(
  tx: Transaction,
  workspace: number,
): Promise<{ last: number; oldest: number | null }> {
  const [row] = await tx.query<{ last: number; oldest: number | null }>(
    {
      name: 'read_feed_bounds',
      text: `
        select last_commit as last,
          (select commit from commit where workspace_id = $1 and commit >= ${firstKept} order by commit limit 1) as oldest
        from commit_counter where workspace_id = $1`,
    },
    [workspace],
  );
  if (row === undefined) throw new Error(`Workspace ${workspace} has no commit counter`);
  return row;
}

/** The first commit of that time or later, of those that are kept. */
export async function findCommitSince(tx: Transaction, workspace: number, since: Date): Promise<number | undefined> {
  const [row] = await tx.query<{ commit: number }>(
    `select commit from commit where workspace_id = $1 and commit >= ${firstKept} and at >= $2 order by commit limit 1`,
    [workspace, since],
  );
  return row?.commit;
}

export type FeedPiece = {
  readonly rows: readonly FeedRow[];
  /** How far it was read, rows or none. */
  readonly reached: Place;
  /** Nothing stands behind it yet. */
  readonly atEnd: boolean;
  /** They are large: who has some of them should not ask for more at once. */
  readonly isLarge: boolean;
};

/**
 * At most `limit` change rows behind a place. Commits become visible in the order of their numbers, as each holds the counter from when
 * it draws its number until it is visible: nothing can appear later between two that were read.
 */
export async function readFeed(tx: Transaction, workspace: number, after: Place, limit: number): Promise<FeedPiece> {
  const first = after.row === lastRow ? after.commit + 1 : after.commit;
  const commits = await tx.query<{ commit: number; batch: number }>(
    {
      name: 'read_feed_commits',
      text: `select commit, batch from commit where workspace_id = $1 and commit >= greatest($2, ${firstKept}) order by commit limit $3`,
    },
    [workspace, first, limit],
  );
  const last = commits.at(-1);
  if (last === undefined) return { rows: [], reached: after, atEnd: true, isLarge: false };
  const { rows, isMore: isLarge } = await readChangesOf(
    tx,
    workspace,
    'onwards',
    commits.map((one) => ({ ...one, bound: one.commit === after.commit ? after.row : -1 })),
    limit,
  );
  const lastRead = rows.at(-1);
  if ((isLarge || rows.length === limit) && lastRead !== undefined) {
    return { rows, reached: { commit: lastRead.commit, row: lastRead.row }, atEnd: false, isLarge };
  }
  return { rows, reached: { commit: last.commit, row: lastRow }, atEnd: commits.length < limit, isLarge };
}

/** The same the other way: at most `limit` change rows before a place, the newest first. What comes meanwhile stands before all of them. */
export async function readFeedBackwards(
  tx: Transaction,
  workspace: number,
  before: Place,
  limit: number,
): Promise<FeedPiece> {
  const commits = await tx.query<{ commit: number; batch: number }>(
    {
      name: 'read_feed_commits_backwards',
      text: `select commit, batch from commit where workspace_id = $1 and commit <= $2 and commit >= ${firstKept} order by commit desc limit $3`,
    },
    [workspace, before.commit, limit],
  );
  const last = commits.at(-1);
  if (last === undefined) return { rows: [], reached: before, atEnd: true, isLarge: false };
  const { rows, isMore: isLarge } = await readChangesOf(
    tx,
    workspace,
    'backwards',
    commits.map((one) => ({ ...one, bound: one.commit === before.commit ? before.row : lastRow })),
    limit,
  );
  const lastRead = rows.at(-1);
  if ((isLarge || rows.length === limit) && lastRead !== undefined) {
    return { rows, reached: { commit: lastRead.commit, row: lastRead.row }, atEnd: false, isLarge };
  }
  return { rows, reached: { commit: last.commit - 1, row: lastRow }, atEnd: commits.length < limit, isLarge };
}

/** One change of the feed, as long as it is kept. */
export async function readFeedChange(
  tx: Transaction,
  workspace: number,
  { commit, row }: Place,
): Promise<FeedRow | undefined> {
  const { rows } = await readFeed(tx, workspace, { commit, row: row - 1 }, 1);
  return rows.find((one) => one.commit === commit && one.row === row);
}

/** What happened, without its values, which may be large: the names of what changed by field id, or of a link; `after` of events alone. */
export type ChangeInShort = Pick<
  FeedRow,
  'commit' | 'row' | 'kind' | 'number' | 'link_type' | 'link_number' | 'other_number' | 'run' | 'type' | 'after'
> & { readonly changed: readonly string[] };

/** The changes at these places of the feed, as far as they are kept. */
export const readChangesAt = (tx: Transaction, workspace: number, places: readonly Place[]): Promise<ChangeInShort[]> =>
  tx.query<ChangeInShort>(
    {
      name: 'read_changes_at',
      text: `
        select w.commit, w.row, c.*, r.type
        from unnest($2::bigint[], $3::int[]) w (commit, row)
        cross join lateral (
          select batch from commit where workspace_id = $1 and commit = w.commit and commit >= ${firstKept} offset 0) k
        cross join lateral (
          select kind, number, link_type, link_number, other_number, run, case when number = 0 then after end as after,
            array(select jsonb_object_keys(coalesce(before, '{}') || coalesce(after, '{}'))) as changed
          from change where workspace_id = $1 and batch = k.batch and row = w.row offset 0) c
        left join lateral (select type from record where workspace_id = $1 and number = c.number offset 0) r on true`,
    },
    [workspace, int8Array(places.map(({ commit }) => commit)), int4Array(places.map(({ row }) => row))],
  );

type Direction = 'onwards' | 'backwards';

/** What stands behind the bound in the direction of reading, and in which order. */
const behind = {
  onwards: { rows: 'row > w.bound order by row', all: 'c.commit, c.row' },
  backwards: { rows: 'row < w.bound order by row desc', all: 'c.commit desc, c.row desc' },
} as const;

function readChangesOf(
  tx: Transaction,
  workspace: number,
  direction: Direction,
  commits: readonly { commit: number; batch: number; bound: number }[],
  limit: number,
): Promise<Page<FeedRow>> {
  // The rows are not sorted before the limit, which would read all of a commit of a million rows: it takes them as the loop comes by.
  return tx.page<FeedRow>(
    {
      name: `read_feed_${direction}`,
      text: `
        select c.*, p.name as principal_name from (
          select w.commit, c.row, c.kind, c.number, c.version, c.link_type, c.link_number, c.other_number, c.principal_id, c.via,
            c.request, c.run, c.at, c.before, c.after, c.forced, r.type
          from unnest($2::bigint[], $3::bigint[], $4::int[]) w (commit, batch, bound)
          cross join lateral (
            select * from change where workspace_id = $1 and batch = w.batch and ${behind[direction].rows} limit $5 offset 0) c
          left join lateral (select type from record where workspace_id = $1 and number = c.number offset 0) r on true
          limit $5
        ) c
        left join lateral (
          select name from principal where principal_id = c.principal_id and workspace_id = $1 offset 0) p on true
        order by ${behind[direction].all}`,
    },
    [
      workspace,
      int8Array(commits.map(({ commit }) => commit)),
      int8Array(commits.map(({ batch }) => batch)),
      int4Array(commits.map(({ bound }) => bound)),
      limit,
    ],
    limit,
  );
}
