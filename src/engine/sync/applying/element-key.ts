/** By which an element of the interface would name a record: null for one that has no such value (any more). */
import type { Interface, RecordType } from '../../../model/catalogue.ts';

export function elementKey(
  type: RecordType,
  on: Pick<Interface, 'key'>,
  values: Readonly<Record<string, unknown>>,
): string | null {
  const field = type.fieldsByKey.get(on.key);
  const value = field && values[field.id];
  return value === undefined || value === null ? null : String(value);
}
