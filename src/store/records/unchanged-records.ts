/** The records of an interface that one of its runs left as they were. */

import { type ListRow, ofTypeSql, readPage } from '../lists/list-sql.ts';
import { int8Array } from '../postgres/arrays.ts';
import type { Page, Transaction } from '../postgres/database.ts';

/** A newer set of the interface that came into force; undefined: there is none. */
export async function findNewerSet(
  tx: Transaction,
  workspace: number,
  { run, interface: on }: { readonly run: number; readonly interface: number },
): Promise<number | undefined> {
  const [row] = await tx.query<{ run: number }>(
    `select run from run
     where workspace_id = $1 and interface = $2 and run > $3 and reverts is null and replays is null
       and (state in ('applied', 'partial', 'reverted') or state = 'held' and held_whole is null)
     order by run limit 1`,
    [workspace, on, run],
  );
  return row?.run;
}

export type LookedAt = { readonly number: number; readonly unchanged: boolean };

/** In the order of their numbers, behind `after`; as many as `limit` are looked at, whatever is found. */
export const readUnchanged = (
  tx: Transaction,
  workspace: number,
  { run, interface: on }: { readonly run: number; readonly interface: number },
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<LookedAt[]> =>
  tx.query<LookedAt>(
    {
      name: 'read_unchanged',
      text: `
        select n.number,
          exists (select from record where workspace_id = $1 and number = n.number and deleted_at is null)
          and not exists (
            select from change where workspace_id = $1 and number = n.number
              and batch = any((select batches from run where workspace_id = $1 and run = $3)::bigint[]))
          and not exists (select from issue where workspace_id = $1 and number = n.number and run = $3)
          and not exists (select from held_delete where workspace_id = $1 and run = $3 and number = n.number) as unchanged
        from (
          select number from interface_record where workspace_id = $1 and interface = $2 and number > $4
          order by number limit $5) n
        order by n.number`,
    },
    [workspace, on, run, after, limit],
  );

/** Of these records as many as a page holds, in the order of their numbers. */
export const readLive = (
  tx: Transaction,
  workspace: number,
  type: number,
  numbers: readonly number[],
): Promise<Page<ListRow>> => {
  const byNumber = { term: { kind: 'column', column: 'number' }, descending: false } as const;
  const all = { type, filters: [], deletedToo: false, sort: [byNumber], backwards: false, place: null, skip: 0 };
  return readPage(tx, workspace, { ...all, limit: numbers.length, mayBeShort: true }, (parameters) => ({
    from: 'record r',
    where: [...ofTypeSql(all), `r.number = any(${parameters.add(int8Array(numbers), 'bigint[]')})`],
  }));
};
