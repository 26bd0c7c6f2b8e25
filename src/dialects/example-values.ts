/** A few fields of a type with values that it takes, for calls that people copy. */
import type { Field, Interface, RecordType } from '../model/catalogue.ts';

const mostShown = 3;

function exampleOf({ type, maxLength, scale, options }: Field): unknown {
  switch (type) {
    case 'text':
    case 'textarea':
      return 'An example'.slice(0, maxLength ?? undefined);
    case 'integer':
      return 1;
    case 'decimal':
      return scale === 0 ? 1 : 1.5;
    case 'boolean':
      return true;
    case 'date':
      return '2026-01-31';
    case 'datetime':
      return '2026-01-31T09:00:00Z';
    case 'enum':
      return options[0]?.value;
    default:
      return undefined; // what a pattern takes, or a lookup leads to, is not known
  }
}

/** Those that an interface may write, but for its key: such as every record must have, and some more. */
export function exampleFields(
  type: RecordType | undefined,
  { endpoint }: Pick<Interface, 'endpoint'>,
): { field: Field; value: unknown }[] {
  const all = (type?.fields ?? [])
    .filter(({ unique, owner }) => !unique && (owner === 'external' || owner === `interface:${endpoint}`))
    .flatMap((field) => {
      const value = exampleOf(field);
      return value === undefined ? [] : [{ field, value }];
    });
  const [needed, others] = [all.filter(({ field }) => field.required), all.filter(({ field }) => !field.required)];
  return [...needed, ...others].slice(0, Math.max(needed.length, mostShown));
}
