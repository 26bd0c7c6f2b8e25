/** Values of one match field as they were sent, and nothing else of its records. */
import { int8Array, textArray } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';
import { externalIdField } from './records.ts';

export type MatchFieldPlace = { readonly type: number; readonly field: number };
/** `spelling`: the value as it was sent. */
export type Spelled = { readonly number: number; readonly spelling: string };

/** Of a record. @param field a parameter. */
const spellingSql = (field: string): string =>
  `case when ${field} = '${externalIdField}' then coalesce(data ->> ${field}, external_id) else data ->> ${field} end as spelling`;

/** Of the field's values in live records, or in tombstones, those beyond the number `after`. */
export const readSpellings = (
  tx: Transaction,
  workspace: number,
  { type, field }: MatchFieldPlace,
  { live, after, limit }: { live: boolean; after: number; limit: number },
): Promise<Spelled[]> =>
  tx.query<Spelled>(
    `select number, spelling from (
       select number, ${spellingSql('$3')} from record
       where workspace_id = $1 and type = $2 and number > $4 and deleted_at is ${live ? '' : 'not '}null
         and (jsonb_exists(data, $3) or ($3 = '${externalIdField}' and external_id is not null))
       order by number limit $5) s`,
    [workspace, type, String(field), after, limit],
  );

// Whether a record is deleted is asked outside of its look-up: in it, the index of all that are live could seem as good as that of the key.

/** Of these records; those that are deleted, or have no value, are not in the answer. */
export const readSpellingsOf = (
  tx: Transaction,
  workspace: number,
  field: number,
  numbers: readonly number[],
): Promise<Spelled[]> =>
  tx.query<Spelled>(
    {
      name: 'read_spellings_of',
      text: `
        select n.number, r.spelling from unnest($2::bigint[]) n (number) cross join lateral (
          select deleted_at, ${spellingSql('$3::text')} from record where workspace_id = $1 and number = n.number offset 0) r
        where r.deleted_at is null and r.spelling is not null`,
    },
    [workspace, int8Array(numbers), String(field)],
  );

/** Of the live records that have these keys, which are in the form that the rule of the field makes of them. */
export const findSpellings = (
  tx: Transaction,
  workspace: number,
  { type, field }: MatchFieldPlace,
  forms: readonly string[],
): Promise<Spelled[]> =>
  tx.query<Spelled>(field === externalIdField ? spellingsOfExternalIds : spellingsOfKeys, [
    workspace,
    type,
    String(field),
    textArray(forms),
  ]);

const spellingsOfExternalIds = {
  name: 'spellings_of_external_ids',
  text: `
    select r.number, r.spelling from unnest($4::text[]) w (form) cross join lateral (
      select number, deleted_at, ${spellingSql('$3::text')} from record
      where workspace_id = $1 and type = $2 and external_id = w.form offset 0) r
    where r.deleted_at is null`,
};

const spellingsOfKeys = {
  name: 'spellings_of_keys',
  text: `
    select k.number, r.spelling from unnest($4::text[]) w (form) cross join lateral (
      select number from record_key
      where workspace_id = $1 and type = $2 and field = $3::text::int and value = w.form offset 0) k
    cross join lateral (
      select deleted_at, ${spellingSql('$3::text')} from record where workspace_id = $1 and number = k.number offset 0) r
    where r.deleted_at is null`,
};
