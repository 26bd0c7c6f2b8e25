import type { RecordType } from '../api/catalogue.ts';
import type { Column } from './columns.ts';

/** By the position of the column; undefined: it is left out. */
export type FieldsOfColumns = readonly (string | undefined)[];

const simple = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** A column that is called like a field, by key or label, is that field. Each field is taken once. */
export function guessed(type: RecordType, columns: readonly Column[]): FieldsOfColumns {
  const taken = new Set<string>();
  return columns.map((column) => {
    const field = type.fields.find(
      ({ key, label }) => !taken.has(key) && [key, label].some((name) => simple(name) === simple(column.name)),
    );
    if (field !== undefined) taken.add(field.key);
    return field?.key;
  });
}
