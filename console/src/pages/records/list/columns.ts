/** What a list can show, filter and sort by: the fields of the type, and what every record has. */
import type { Field, FieldType, RecordType } from '../../../api/catalogue.ts';

export type Column = Pick<Field, 'key' | 'label' | 'type' | 'options' | 'to' | 'unique' | 'filterable'>;

const ofEveryRecord: readonly Column[] = (
  [
    ['number', 'Number', 'integer'],
    ['version', 'Version', 'integer'],
    ['created_at', 'Created', 'datetime'],
    ['updated_at', 'Updated', 'datetime'],
  ] as const
).map(([key, label, type]) => {
  const isNumber = key === 'number';
  return { key, label, type, options: [], to: undefined, unique: isNumber, filterable: isNumber };
});

/** A field that has the name of one of them comes first, as in the API. */
export const columnsOf = ({ fields }: RecordType): readonly Column[] => [
  ...fields,
  ...ofEveryRecord.filter(({ key }) => fields.every((field) => field.key !== key)),
];

const mostAtFirst = 6;

/** Name and keys, what follows in the schema, and when it was changed. */
export function usualColumns(type: RecordType): string[] {
  const keys = type.fields.filter(({ unique, key }) => unique && key !== 'sync_key').map(({ key }) => key);
  const others = type.fields.flatMap(({ key, type: kind }) => (kind === 'textarea' ? [] : [key]));
  const first = [...new Set(['name', ...keys, ...others.filter((key) => key !== 'sync_key')])];
  return [...first.slice(0, mostAtFirst), 'updated_at'];
}

const widths: Partial<Record<FieldType, number>> = {
  integer: 120,
  decimal: 130,
  boolean: 110,
  date: 130,
  datetime: 210,
  enum: 150,
  textarea: 320,
};
export const widthOf = ({ type }: Column): number => widths[type] ?? 180;

export const isSortable = ({ type }: Column): boolean => type !== 'multi_enum';
