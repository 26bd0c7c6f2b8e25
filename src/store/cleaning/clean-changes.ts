/** Takes away change rows: whole commits, the oldest first. */
import { int8Array } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';

/** The last of the commits behind `from` that are older, looking at so many; undefined when the first of them is younger, or there is none. */
export async function findOldCommit(
  tx: Transaction,
  workspace: number,
  from: number,
  before: Date,
  most: number,
): Promise<number | undefined> {
  const [row] = await tx.query<{ commit: number | null }>(
    {
      name: 'find_old_commit',
      text: `
        select max(commit) filter (where is_old) as commit from (
          select commit, bool_and(at < $3) over (order by commit) as is_old from (
            select commit, at from commit where workspace_id = $1 and commit >= $2 order by commit limit $4) c) s`,
    },
    [workspace, from, before, most],
  );
  return row?.commit ?? undefined;
}

export async function readChangesFrom(tx: Transaction, workspace: number): Promise<number> {
  const [row] = await tx.query<{ changes_from: number | null }>(
    { name: 'read_changes_from', text: 'select changes_from from cleaning where workspace_id = $1' },
    [workspace],
  );
  return row?.changes_from ?? 0;
}

/** From now on no reader is shown what stands before: it may be taken away in pieces. */
export async function keepChangesFrom(tx: Transaction, workspace: number, commit: number): Promise<void> {
  await tx.query(
    'update cleaning set changes_from = $2 where workspace_id = $1 and coalesce(changes_from, 0) < $2 returning 1',
    [workspace, commit],
  );
}

/** The rows of a batch go in their order: where the first one is there, all are. @returns how many change rows went, and whether there is more. */
export async function sweepChanges(
  tx: Transaction,
  workspace: number,
  before: number,
  most: number,
): Promise<{ readonly changes: number; readonly more: boolean }> {
  const commits = await tx.query<{ commit: number; batch: number }>(
    {
      name: 'read_swept_commits',
      text: 'select commit, batch from commit where workspace_id = $1 and commit < $2 order by commit limit 200',
    },
    [workspace, before],
  );
  if (commits.length === 0) return { changes: 0, more: false };
  const gone = await tx.query(
    {
      name: 'sweep_changes',
      text: `
        delete from change using (
          select c.place from unnest($2::bigint[]) b (batch) cross join lateral (
            select ctid as place from change where workspace_id = $1 and batch = b.batch order by row limit $3 offset 0) c
          limit $3) gone
        where change.ctid = gone.place and change.workspace_id = $1 returning 1`,
    },
    [workspace, int8Array(commits.map(({ batch }) => batch)), most],
  );
  if (gone.length === most) return { changes: gone.length, more: true };
  await tx.query(
    {
      name: 'sweep_commits',
      text: 'delete from commit where workspace_id = $1 and commit = any($2::bigint[]) returning 1',
    },
    [workspace, int8Array(commits.map(({ commit }) => commit))],
  );
  return { changes: gone.length, more: true };
}

export async function countOldChanges(
  tx: Transaction,
  workspace: number,
  before: number,
  most: number,
): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    {
      name: 'count_old_changes',
      text: `
        select count(*) as count from (
          select 1 from commit k cross join lateral (
            select 1 from change where workspace_id = $1 and batch = k.batch order by row offset 0) c
          where k.workspace_id = $1 and k.commit < $2 limit $3) gone`,
    },
    [workspace, before, most],
  );
  return row?.count ?? 0;
}
