/** How many live records there are of each type. */
import { int4Array } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';

/** Each type is counted in its part of an index, up to `most`: 50 ms for a million. */
export async function countByType(
  tx: Transaction,
  workspace: number,
  types: readonly number[],
  most: number,
): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.query<{ type: number; count: number }>(
    {
      name: 'count_by_type',
      text: `
        select t.type, c.count from unnest($2::int[]) t (type) cross join lateral (
          select count(*) as count from (
            select number from record where workspace_id = $1 and type = t.type and deleted_at is null order by number limit $3) r) c`,
    },
    [workspace, int4Array(types), most],
  );
  return new Map(rows.map(({ type, count }) => [type, count]));
}
