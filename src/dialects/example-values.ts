/** A few fields of a type with values that it takes, for calls that people copy. */
import type { Field, Interface, RecordType } from '../model/catalogue.ts';

const mostShown = 3;

const examples: Readonly<Partial<Record<Field['type'], unknown>>> = {
  text: 'An example',
  textarea: 'An example',
  integer: 1,
  decimal: 1.5,
  boolean: true,
  date: '2026-01-31',
  datetime: '2026-01-31T09:00:00Z',
};

/** Those that an interface may write, but for its key. */
export const exampleFields = (
  type: RecordType | undefined,
  { endpoint }: Pick<Interface, 'endpoint'>,
): { field: Field; value: unknown }[] =>
  (type?.fields ?? [])
    .filter(({ unique, owner }) => !unique && (owner === 'external' || owner === `interface:${endpoint}`))
    .flatMap((field) => {
      const value = field.type === 'enum' ? field.options[0]?.value : examples[field.type];
      return value === undefined || field.pattern !== null ? [] : [{ field, value }];
    })
    .slice(0, mostShown);
