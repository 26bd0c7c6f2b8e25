/** How a field can be filtered, in words. */
import type { FieldType } from '../../../api/catalogue.ts';

const textual: readonly FieldType[] = ['text', 'textarea', 'regexp', 'enum'];
const unordered: readonly FieldType[] = ['boolean', 'lookup', 'multi_enum'];
const timed: readonly FieldType[] = ['date', 'datetime'];

type Operator = { readonly value: string; readonly label: string };

const isUnset: Operator = { value: 'null', label: 'is unset' };

/** The same as the API takes, by the type of the field. */
export function operatorsFor(type: FieldType): readonly Operator[] {
  if (type === 'multi_enum') return [{ value: 'contains', label: 'contains' }, isUnset];
  const equal = [
    { value: 'eq', label: 'is' },
    { value: 'ne', label: 'is not' },
  ];
  const several = [{ value: 'in', label: 'is one of' }];
  const parts = [
    { value: 'contains', label: 'contains' },
    { value: 'starts', label: 'begins with' },
    { value: 'ends', label: 'ends with' },
  ];
  const [more, less] = timed.includes(type) ? ['after', 'before'] : ['more than', 'less than'];
  const orders = [
    { value: 'gt', label: `is ${more}` },
    { value: 'gte', label: `is, or is ${more}` },
    { value: 'lt', label: `is ${less}` },
    { value: 'lte', label: `is, or is ${less}` },
  ];
  return [
    ...equal,
    ...(textual.includes(type) && type !== 'enum' ? parts : []),
    ...(type === 'boolean' ? [] : several),
    ...(unordered.includes(type) || textual.includes(type) ? [] : orders),
    isUnset,
  ];
}

const words: Readonly<Record<string, string>> = Object.fromEntries(
  (['text', 'integer'] as const).flatMap((type) => operatorsFor(type).map(({ value, label }) => [value, label])),
);

/** `status is open`, `premium is more than 100`. */
export const filterInWords = (label: string, operator: string, value: string): string =>
  operator === 'null'
    ? `${label} is ${value === 'false' ? 'set' : 'unset'}`
    : `${label} ${words[operator] ?? operator} ${value}`;
