import { Badge, Text } from '@mantine/core';
import { type Field, labelOf, type RecordType } from '../api/catalogue.ts';
import { own } from '../api/own.ts';
import type { ShownValue } from '../api/types.ts';
import { FieldValue } from './field-value.tsx';
import { Value } from './value.tsx';

type Values = Readonly<Record<string, unknown>>;
type Names = ReadonlyMap<string, string>;

type Shown = {
  /** Of the record; undefined for a link, which has a role and attributes. */
  readonly type: RecordType | undefined;
  readonly change: { readonly before: Values; readonly after: Values };
  /** Of the records that lookups point at. */
  readonly names: Names;
  readonly forced?: readonly string[];
};

/** Each field that changed: what was set has no old value, what was taken away no new one. */
export function ChangedValues({ type, change: { before, after }, names, forced = [] }: Shown) {
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return members.map((member) => {
    const [old, now] = [own(before, member) ?? null, own(after, member) ?? null];
    if (isNothing(old) && isNothing(now)) return null;
    const field = type?.fields.find(({ key }) => key === member);
    return (
      <Text component="div" size="sm" key={member} style={{ overflowWrap: 'anywhere' }}>
        {field?.label ?? labelOf(member)}: {!isNothing(old) && <ChangedValue field={field} value={old} names={names} />}
        {!isNothing(old) && ' → '}
        <ChangedValue field={field} value={now} names={names} />
        {forced.includes(member) && (
          <Badge size="xs" color="orange" variant="light" ml={6}>
            forced
          </Badge>
        )}
      </Text>
    );
  });
}

const isNothing = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** What is told as its field shows it; text, which may be anything, stands out of the sentence. */
const asShown = new Set<Field['type']>(['boolean', 'datetime', 'enum', 'multi_enum', 'lookup']);

export const ChangedValue = ({ field, value, names }: { field: Field | undefined; value: unknown; names: Names }) =>
  field !== undefined && asShown.has(field.type) && !isNothing(value) ? (
    <FieldValue field={field} value={value as ShownValue} names={names} />
  ) : (
    <Value value={value} />
  );
