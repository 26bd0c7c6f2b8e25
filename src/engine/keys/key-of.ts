/** From a value as it was sent to the key that is stored and looked for: whoever claims a key and whoever seeks one goes through here. */
import type { Field, Interface, RecordType } from '../../model/catalogue.ts';
import { keyForm } from '../../model/key-rule.ts';
import type { Key } from '../../store/records/records.ts';

export const formOf = (field: Field, value: unknown): string => keyForm(field.keyRule, String(value));

export const keyOf = (type: RecordType, field: Field, value: unknown): Key => ({
  type: type.id,
  field: field.id,
  value: formOf(field, value),
});

/** Whether two values of a field, undefined where there is none, are one key. */
export const isSameKey = (field: Field, a: unknown, b: unknown): boolean =>
  a === b || (a !== undefined && b !== undefined && formOf(field, a) === formOf(field, b));

/** Of the key of an element: two spellings of one key are one element. */
export function formOfKey(type: RecordType, { key: field }: Interface, key: string): string {
  const known = type.fieldsByKey.get(field);
  return known === undefined ? key : formOf(known, key);
}
