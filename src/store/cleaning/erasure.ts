/** Takes the values of records away wherever they stand under the records' own numbers. What merely mentions them: mentions.ts. */

import { numberField } from '../links/pending-links.ts';
import { int4Array, int8Array, textArray } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';
import type { Key } from '../records/records.ts';

/** The records and the duplicates that went into them, through further merges; with when each was erased. */
export const readWithDuplicates = (
  tx: Transaction,
  workspace: number,
  number: number,
): Promise<{ number: number; erased_at: Date | null }[]> =>
  tx.query(
    {
      name: 'read_with_duplicates',
      text: `
        with recursive one as (
          select $2::bigint as number
          union
          select m.number from one cross join lateral (
            select number from record_merge where workspace_id = $1 and into_number = one.number offset 0) m
        )
        select r.number, r.erased_at from one cross join lateral (
          select number, erased_at from record where workspace_id = $1 and number = one.number offset 0) r order by 1`,
    },
    [workspace, number],
  );

/** Every value that one of these fields ever had, as far as history is kept; fields by their ids. */
export async function readFormerValues(
  tx: Transaction,
  workspace: number,
  numbers: readonly number[],
  fields: readonly number[],
): Promise<string[]> {
  const rows = await tx.query<{ value: string }>(
    {
      name: 'read_former_values',
      text: `
        select distinct v.value from unnest($2::bigint[]) n (number)
        cross join lateral (
          select before, after from change where workspace_id = $1 and number = n.number and link_type is null offset 0) c
        cross join lateral (
          select value from jsonb_each_text(coalesce(c.before, '{}') || coalesce(c.after, '{}')) e where key = any($3::text[])
          union all
          select value from jsonb_each_text(coalesce(c.before, '{}')) e where key = any($3::text[])) v
        where v.value is not null`,
    },
    [workspace, int8Array(numbers), textArray(fields.map(String))],
  );
  return rows.map(({ value }) => value);
}

const counted = async (tx: Transaction, text: string, values: readonly unknown[]): Promise<number> => {
  const rows = await tx.query(text, values);
  return rows.length;
};

/** Of records that are tombstones. */
export const emptyRecords = (
  tx: Transaction,
  workspace: number,
  numbers: readonly number[],
  at: Date,
): Promise<number> =>
  counted(
    tx,
    `update record set external_id = null, data = '{}', stamps = null, erased_at = coalesce(erased_at, $3)
     where workspace_id = $1 and number = any($2::bigint[]) and erased_at is null returning number`,
    [workspace, int8Array(numbers), at],
  );

export const deleteAliasesOf = (tx: Transaction, workspace: number, numbers: readonly number[]): Promise<number> =>
  counted(tx, 'delete from record_alias where workspace_id = $1 and number = any($2::bigint[]) returning number', [
    workspace,
    int8Array(numbers),
  ]);

export const deleteRefusalsOf = (tx: Transaction, workspace: number, numbers: readonly number[]): Promise<number> =>
  counted(tx, 'delete from refusal where workspace_id = $1 and number = any($2::bigint[]) returning number', [
    workspace,
    int8Array(numbers),
  ]);

/** The hash of an element tells whether a guess of its content is right. */
export const forgetElements = (
  tx: Transaction,
  workspace: number,
  interfaces: readonly number[],
  numbers: readonly number[],
): Promise<number> =>
  counted(
    tx,
    `delete from interface_record where workspace_id = $1 and interface = any($2::int[]) and number = any($3::bigint[]) returning number`,
    [workspace, int4Array(interfaces), int8Array(numbers)],
  );

/** Who changed them, when and through what stays; what of them was changed goes, of their links too. */
export const emptyChanges = (tx: Transaction, workspace: number, numbers: readonly number[]): Promise<number> =>
  counted(
    tx,
    `update change set before = null, after = null, stamp = null
     from (
       select c.place from unnest($2::bigint[]) n (number) cross join lateral (
         select ctid as place from change
         where workspace_id = $1 and number = n.number and (before is not null or after is not null) offset 0) c
       union
       select c.place from unnest($2::bigint[]) n (number) cross join lateral (
         select ctid as place from change
         where workspace_id = $1 and other_number = n.number and link_type is not null and (before is not null or after is not null)
         offset 0) c
       offset 0) full_ones
     where change.ctid = full_ones.place and change.workspace_id = $1 returning change.row`,
    [workspace, int8Array(numbers)],
  );

/** What receivers answered, or why they did not, when they were told of these records. */
export const emptyDeliveries = (tx: Transaction, workspace: number, numbers: readonly number[]): Promise<number> =>
  counted(
    tx,
    `update webhook_delivery d set answer = null, failure = null
     from webhook w
       cross join lateral (
         select ctid as place, commit, row from webhook_delivery
         where workspace_id = $1 and webhook = w.webhook and (answer is not null or failure is not null)
         order by commit, row offset 0) told
       cross join lateral (select batch from commit where workspace_id = $1 and commit = told.commit offset 0) c
       cross join lateral (
         select number, other_number from change where workspace_id = $1 and batch = c.batch and row = told.row offset 0) h
     where w.workspace_id = $1 and (h.number = any($2::bigint[]) or h.other_number = any($2::bigint[]))
       and d.workspace_id = $1 and d.ctid = told.place
     returning d.row`,
    [workspace, int8Array(numbers)],
  );

/** Links that wait for one of the records, by a key on one of these sides or by its number. */
export const deletePendingOf = (
  tx: Transaction,
  workspace: number,
  sides: { readonly lefts: readonly number[]; readonly rights: readonly number[] },
  keys: readonly Key[],
  numbers: readonly number[],
): Promise<number> => {
  const named = [
    ...keys.map(({ field, value }) => ({ field, value })),
    ...numbers.map((number) => ({ field: numberField, value: String(number) })),
  ];
  return counted(
    tx,
    `delete from pending_link where workspace_id = $1 and ctid = any(array(
       select l.place from unnest($2::int[]) t (link_type) cross join unnest($4::int[], $5::text[]) k (field, value) cross join lateral (
         select ctid as place from pending_link
         where workspace_id = $1 and link_type = t.link_type and left_field = k.field and left_value = k.value offset 0) l
       union
       select l.place from unnest($3::int[]) t (link_type) cross join unnest($4::int[], $5::text[]) k (field, value) cross join lateral (
         select ctid as place from pending_link
         where workspace_id = $1 and link_type = t.link_type and right_field = k.field and right_value = k.value offset 0) l))
     returning number`,
    [
      workspace,
      int4Array(sides.lefts),
      int4Array(sides.rights),
      int4Array(named.map(({ field }) => field)),
      textArray(named.map(({ value }) => value)),
    ],
  );
};
