/** What the index of filterable fields has of a record, and what of that a write changes. */
import type { Field, RecordType } from '../../../model/catalogue.ts';
import {
  type Entry,
  type IndexedValue,
  indexedNumber,
  indexedText,
  unset,
} from '../../../store/records/field-index.ts';
import { valuesOf } from '../../../store/records/records.ts';
import type { Values, WorkingRow } from './working-set.ts';

/** A list has an entry for each of its values; what has no value has one that says so. */
function indexedValues(value: unknown): readonly IndexedValue[] {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return [unset];
  if (Array.isArray(value)) return [...new Set(value)].map((one) => indexedText(String(one)));
  return [typeof value === 'number' ? indexedNumber(value) : indexedText(String(value))];
}

/** Of a live record. */
export const entriesOf = (
  { id: type }: RecordType,
  fields: readonly Field[],
  number: number,
  values: Values,
): readonly Entry[] =>
  fields.flatMap(({ id: field }) =>
    indexedValues(values[field]).map((value): Entry => ({ ...value, type, field, number })),
  );

export type ChangedEntries = { readonly gone: readonly Entry[]; readonly made: readonly Entry[] };

export function changedEntries(rows: readonly WorkingRow[]): ChangedEntries {
  const [gone, made]: [Entry[], Entry[]] = [[], []];
  for (const row of rows) {
    const { filterable } = row.type;
    if (filterable.length === 0) continue;
    const before = row.stored === null || row.stored.deleted_at !== null ? undefined : valuesOf(row.stored);
    const after = row.deletedAt === null ? row.values : undefined;
    const changed =
      before === undefined || after === undefined
        ? filterable
        : filterable.filter(({ id }) => before[id] !== after[id]);
    if (before !== undefined) gone.push(...entriesOf(row.type, changed, row.number, before));
    if (after !== undefined) made.push(...entriesOf(row.type, changed, row.number, after));
  }
  return { gone, made };
}
