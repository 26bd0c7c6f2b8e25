/** The index of filterable fields: what of a value stands in it, and how it is written. What is asked of it: entry-conditions.ts. */
import { float8Array, int4Array, int8Array, textArray } from '../postgres/arrays.ts';
import type { Sender, Transaction } from '../postgres/database.ts';
import { type Columns, givenRows, statementOf } from '../postgres/rows.ts';
import type { RecordRow } from './records.ts';

/** A place in the order of a field's values. */
export type IndexedValue = { readonly number_value: number; readonly text_value: string };
export type Entry = IndexedValue & { readonly type: number; readonly field: number; readonly number: number };

/** Beyond every value there is. */
export const unset: IndexedValue = { number_value: Number.POSITIVE_INFINITY, text_value: '' };
export const indexedNumber = (value: number): IndexedValue => ({ number_value: value, text_value: '' });
export const indexedText = (value: string): IndexedValue => ({ number_value: 0, text_value: sortedPart(value) });

/**
 * Text is sorted by so many characters, with an index and without: an entry of an index is 2,704 bytes at most. A key has no more, so that
 * keys are sorted by all of theirs.
 */
export const sortedCharacters = 512;

/** A string has at most as many characters as UTF-16 units. */
const sortedPart = (text: string): string =>
  text.length <= sortedCharacters ? text : [...text].slice(0, sortedCharacters).join('');

export const isSortedWhole = (text: string): boolean =>
  text.length < sortedCharacters || [...text].length < sortedCharacters;

const entryColumns: Columns<Entry> = {
  type: { type: 'int', of: (entry) => entry.type },
  field: { type: 'int', of: (entry) => entry.field },
  number_value: { type: 'float8', of: (entry) => entry.number_value },
  text_value: { type: 'text', of: (entry) => entry.text_value },
  number: { type: 'bigint', of: (entry) => entry.number },
};

/** One that is there already stays: whoever fills an index comes by records that were written meanwhile. */
export function insertEntries(tx: Sender, workspace: number, entries: readonly Entry[]): void {
  const given = givenRows(entries, entryColumns, 2);
  const statement = statementOf(`insert_entries_${given.shape}`, () => {
    const names = Object.keys(entryColumns).join(', ');
    return `
      insert into field_index (workspace_id, ${names}) select $1, ${names} from ${given.sql()} n
      on conflict do nothing`;
  });
  tx.send(statement, [workspace, ...given.parameters]);
}

export function deleteEntries(tx: Sender, workspace: number, entries: readonly Entry[]): void {
  tx.send(
    {
      name: 'delete_entries',
      text: `
        delete from field_index using (
          select f.place from unnest($2::int[], $3::int[], $4::float8[], $5::text[], $6::bigint[]) d (type, field, number_value, text_value, number)
          cross join lateral (
            select ctid as place from field_index
            where workspace_id = $1 and type = d.type and field = d.field and number_value = d.number_value
              and text_value = d.text_value and number = d.number offset 0) f
          offset 0) gone
        where field_index.ctid = gone.place and field_index.workspace_id = $1`,
    },
    [
      workspace,
      int4Array(entries.map(({ type }) => type)),
      int4Array(entries.map(({ field }) => field)),
      float8Array(entries.map((entry) => entry.number_value)),
      textArray(entries.map((entry) => entry.text_value)),
      int8Array(entries.map(({ number }) => number)),
    ],
  );
}

export async function removeEntries(tx: Transaction, workspace: number, type: number, field: number): Promise<void> {
  await tx.query('delete from field_index where workspace_id = $1 and type = $2 and field = $3', [
    workspace,
    type,
    field,
  ]);
}

type Held = {
  readonly type: number;
  readonly fields: readonly number[];
  readonly after: number;
  readonly limit: number;
};

/**
 * Live records of a type beyond the number `after`: none of them is changed until the transaction ends. Of their values those of the fields,
 * and of text as much as is sorted by: of so many records at once, all of them might not go into the memory.
 */
export const holdForIndex = (
  tx: Transaction,
  workspace: number,
  { type, fields, after, limit }: Held,
): Promise<Pick<RecordRow, 'number' | 'external_id' | 'data'>[]> =>
  tx.query(
    {
      name: 'hold_for_index',
      text: `
        select r.number, r.external_id, (
            select coalesce(jsonb_object_agg(f, case jsonb_typeof(r.data -> f)
              when 'string' then to_jsonb(left(r.data ->> f, ${sortedCharacters})) else r.data -> f end), '{}')
            from unnest($5::text[]) f where jsonb_exists(r.data, f)) as data
        from record r
        where r.workspace_id = $1 and r.type = $2 and r.deleted_at is null and r.number > $3 order by r.number limit $4 for share of r`,
    },
    [workspace, type, after, limit, textArray(fields.map(String))],
  );
