/** What the form calls the values of the document. */
import type { FieldDocument, LinkDocument } from './document.ts';
import type { Choice } from './members.tsx';

const namesOfKinds: Readonly<Record<FieldDocument['type'], string>> = {
  text: 'Text',
  textarea: 'Long text',
  integer: 'Whole number',
  decimal: 'Decimal number',
  boolean: 'Yes or no',
  date: 'Date',
  datetime: 'Date and time',
  enum: 'One of options',
  multi_enum: 'Several of options',
  regexp: 'Text of a pattern',
  lookup: 'Lookup: another record',
};

export const kinds: readonly Choice[] = Object.entries(namesOfKinds).map(([value, label]) => ({ value, label }));

export const nameOfKind = (kind: string): string => kinds.find(({ value }) => value === kind)?.label ?? kind;

export type NamesOfType = { readonly one: string; readonly many: string };

export const cardinalitiesOf = (
  from: NamesOfType,
  to: NamesOfType,
): readonly (Choice & { value: NonNullable<LinkDocument['cardinality']> })[] => [
  {
    value: 'many-to-many',
    label: `Many to many: each ${from.one} has any number of ${to.many}, and the other way round`,
  },
  {
    value: 'one-to-many',
    label: `One to many: each ${from.one} has any number of ${to.many}, each ${to.one} one ${from.one} at most`,
  },
  {
    value: 'many-to-one',
    label: `Many to one: each ${from.one} has one ${to.one} at most, each ${to.one} any number of ${from.many}`,
  },
  { value: 'one-to-one', label: `One to one: each ${from.one} has one ${to.one} at most, and the other way round` },
];

export const keySteps = [
  { value: 'trim', label: 'Spaces at the beginning and the end' },
  { value: 'fold', label: 'Capital and small letters' },
  { value: 'nfc', label: 'How accents are composed (Unicode NFC)' },
] as const;
