/** Former keys, which still find their record; and duplicates that went into another record. */
import { int4Array, int8Array, textArray } from '../postgres/arrays.ts';
import type { Sender, Transaction } from '../postgres/database.ts';
import type { Key } from './records.ts';

/** `spelling`: as it was sent. */
export type Alias = Key & { readonly number: number; readonly spelling: string };

const keyArrays = (keys: readonly Key[]): Buffer[] => [
  int4Array(keys.map((key) => key.type)),
  int4Array(keys.map((key) => key.field)),
  textArray(keys.map((key) => key.value)),
];

/** Which of the keys are former keys, and of which records. */
export async function readAliases(tx: Transaction, workspace: number, keys: readonly Key[]): Promise<Alias[]> {
  if (keys.length === 0) return [];
  return tx.query<Alias>(
    {
      name: 'read_aliases',
      text: `
        select w.type, w.field, w.value, a.number, coalesce(a.spelling, w.value) as spelling from unnest($2::int[], $3::int[], $4::text[]) w (type, field, value)
        cross join lateral (
          select number, spelling from record_alias
          where workspace_id = $1 and type = w.type and field = w.field and value = w.value offset 0) a`,
    },
    [workspace, ...keyArrays(keys)],
  );
}

/** Former keys of one record. */
export const readAliasesOf = (tx: Transaction, workspace: number, number: number): Promise<Alias[]> =>
  tx.query<Alias>(
    {
      name: 'read_aliases_of',
      text: `select type, field, value, number, coalesce(spelling, value) as spelling from record_alias
             where workspace_id = $1 and number = $2 order by 2, 3`,
    },
    [workspace, number],
  );

/** A value that was another record's former key becomes this one's. Give them in order. */
export function putAliases(tx: Sender, workspace: number, aliases: readonly Alias[]): void {
  tx.send(
    {
      name: 'put_aliases',
      text: `
        insert into record_alias (workspace_id, type, field, value, number, spelling)
        select $1, n.* from unnest($2::int[], $3::int[], $4::text[], $5::bigint[], $6::text[]) n
        on conflict (workspace_id, type, field, value) do update set number = excluded.number, spelling = excluded.spelling`,
    },
    [
      workspace,
      ...keyArrays(aliases),
      int8Array(aliases.map((alias) => alias.number)),
      textArray(aliases.map(({ value, spelling }) => (spelling === value ? null : spelling))),
    ],
  );
}

/** Give them in order. */
export function deleteAliases(tx: Sender, workspace: number, keys: readonly Key[]): void {
  tx.send(
    {
      name: 'delete_aliases',
      text: `
        delete from record_alias using (
          select a.place from unnest($2::int[], $3::int[], $4::text[]) d (type, field, value) cross join lateral (
            select ctid as place from record_alias
            where workspace_id = $1 and type = d.type and field = d.field and value = d.value offset 0) a
          offset 0) gone
        where record_alias.ctid = gone.place and record_alias.workspace_id = $1`,
    },
    [workspace, ...keyArrays(keys)],
  );
}

export function putMerge(tx: Sender, workspace: number, duplicate: number, survivor: number): void {
  tx.send(
    {
      name: 'put_merge',
      text: 'insert into record_merge (workspace_id, number, into_number) values ($1, $2, $3)',
    },
    [workspace, duplicate, survivor],
  );
}

/** The record in which a duplicate lives on, through further merges; undefined: it was not merged. */
export async function readSurvivor(tx: Transaction, workspace: number, number: number): Promise<number | undefined> {
  const [row] = await tx.query<{ number: number }>(
    {
      name: 'read_survivor',
      text: `
        with recursive step as (
          select into_number as number, 1 as depth from record_merge where workspace_id = $1 and number = $2
          union all
          select m.into_number, step.depth + 1 from step
          join record_merge m on m.workspace_id = $1 and m.number = step.number where step.depth < 1000
        )
        select number from step order by depth desc limit 1`,
    },
    [workspace, number],
  );
  return row?.number;
}
