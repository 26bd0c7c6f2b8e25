/**
 * What links were made, removed and pushed out as of, by writes that said so (engine/write/working/link-stamps.ts). Of a pair in a slot; of a
 * side that takes one link only where the other number is 0; of a pair in every slot where the slot is -1.
 */
import type { StampKind } from '../../model/stamp.ts';
import { int4Array, int8Array, jsonbArray } from '../postgres/arrays.ts';
import type { Sender, Transaction } from '../postgres/database.ts';

export type LinkStampPlace = {
  readonly link_type: number;
  readonly left_number: number;
  readonly right_number: number;
  readonly slot: number;
};

/** `said`: what two writes of one stamp are compared by. */
export type LinkStampRow = LinkStampPlace & {
  readonly stamp: { readonly kind: StampKind; readonly at: number; readonly said: string };
};

/** Of all slots. The caller has locked the records, so that nobody else changes them. */
export const readLinkStamps = (
  tx: Transaction,
  workspace: number,
  pairs: readonly Omit<LinkStampPlace, 'slot'>[],
): Promise<LinkStampRow[]> =>
  tx.query<LinkStampRow>(
    {
      name: 'read_link_stamps',
      text: `
        select s.link_type, s.left_number, s.right_number, s.slot, s.stamp
        from unnest($2::int[], $3::bigint[], $4::bigint[]) w (link_type, left_number, right_number) cross join lateral (
          select * from link_stamp
          where workspace_id = $1 and link_type = w.link_type and left_number = w.left_number and right_number = w.right_number
          offset 0) s`,
    },
    [workspace, ...numbersOf(pairs)],
  );

/** Each place at most once, in order. */
export function putLinkStamps(tx: Sender, workspace: number, rows: readonly LinkStampRow[]): void {
  tx.send(
    {
      name: 'put_link_stamps',
      text: `
        insert into link_stamp (workspace_id, link_type, left_number, right_number, slot, stamp)
        select $1, n.* from unnest($2::int[], $3::bigint[], $4::bigint[], $5::int[], $6::jsonb[]) n
        on conflict (workspace_id, link_type, left_number, right_number, slot) do update set stamp = excluded.stamp`,
    },
    [
      workspace,
      ...numbersOf(rows),
      int4Array(rows.map((row) => row.slot)),
      jsonbArray(rows.map((row) => JSON.stringify(row.stamp))),
    ],
  );
}

const numbersOf = (places: readonly Omit<LinkStampPlace, 'slot'>[]): Buffer[] => [
  int4Array(places.map((place) => place.link_type)),
  int8Array(places.map((place) => place.left_number)),
  int8Array(places.map((place) => place.right_number)),
];
