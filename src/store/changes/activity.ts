/** How much was changed when, told by the commits alone: however many changes they have. */
import { timestampArray } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';

/**
 * How many changes had been committed before each of the times, as far as commits are kept. The commits have numbers without gaps and
 * times that grow with them, so that the first one of each time is found by halving what is between the first and the last of all.
 */
export async function countChangesBefore(
  tx: Transaction,
  workspace: number,
  times: readonly Date[],
): Promise<number[]> {
  const rows = await tx.query<{ changes: number }>(
    {
      name: 'count_changes_before',
      text: `
        with recursive kept as (
          select last_commit as last, changes,
            coalesce((select commit from commit where workspace_id = $1 and commit > 0 order by commit limit 1), last_commit + 1) as first
          from commit_counter where workspace_id = $1
        ), search (place, at, low, high) as (
          select t.place, t.at, kept.first, kept.last + 1 from kept cross join unnest($2::timestamptz[]) with ordinality t (at, place)
          union all
          select s.place, s.at, case when c.at < s.at then s.middle + 1 else s.low end, case when c.at < s.at then s.high else s.middle end
          from (select *, (low + high) / 2 as middle from search where low < high) s
          cross join lateral (select at from commit where workspace_id = $1 and commit = s.middle offset 0) c
        )
        select coalesce(c.changes_before, kept.changes) as changes
        from search s cross join kept
        left join lateral (select changes_before from commit where workspace_id = $1 and commit = s.low offset 0) c on true
        where s.low = s.high order by s.place`,
    },
    [workspace, timestampArray(times)],
  );
  return rows.map(({ changes }) => changes);
}
