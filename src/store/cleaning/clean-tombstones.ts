/** Takes away tombstones that nothing tells of any more. */
import { int8Array } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';

export type OldTombstone = { readonly number: number; readonly deleted_at: Date; readonly has_changes: boolean };

/** In the order of their deletion, behind one; those that nobody else holds. */
export const lockOldTombstones = (
  tx: Transaction,
  workspace: number,
  page: { readonly after: Date; readonly before: Date; readonly limit: number },
): Promise<OldTombstone[]> =>
  tx.query<OldTombstone>(
    {
      name: 'lock_old_tombstones',
      text: `
        select r.number, r.deleted_at, exists (
            select from change where workspace_id = $1 and number = r.number
            union all
            select from change where workspace_id = $1 and other_number = r.number) as has_changes
        from (
          select number, deleted_at from record
          where workspace_id = $1 and deleted_at is not null and deleted_at >= $2 and deleted_at < $3
          order by deleted_at limit $4 for update skip locked) r`,
    },
    [workspace, page.after, page.before, page.limit],
  );

/** With the keys that they kept, and all else that is only theirs. Their numbers are not given again. */
export async function deleteTombstones(tx: Transaction, workspace: number, numbers: readonly number[]): Promise<void> {
  const values = [workspace, int8Array(numbers)];
  await tx.query(
    {
      name: 'delete_tombstone_keys',
      text: `
        delete from record_key using (
          select k.place from unnest($2::bigint[]) n (number)
          cross join lateral (select number, type, data from record where workspace_id = $1 and number = n.number offset 0) r
          cross join lateral jsonb_each_text(r.data) v
          cross join lateral (
            select ctid as place from record_key
            where workspace_id = $1 and type = r.type and field = v.key::int and value = v.value and number = r.number offset 0) k
          offset 0) gone
        where record_key.ctid = gone.place and record_key.workspace_id = $1`,
    },
    values,
  );
  const each = (table: string): string => `
    delete from ${table} using (
      select t.place from unnest($2::bigint[]) n (number) cross join lateral (
        select ctid as place from ${table} where workspace_id = $1 and number = n.number offset 0) t
      offset 0) gone
    where ${table}.ctid = gone.place and ${table}.workspace_id = $1`;
  for (const table of ['record_alias', 'record_merge', 'refusal', 'record'])
    await tx.query({ name: `delete_tombstone_${table}`, text: each(table) }, values);
}
