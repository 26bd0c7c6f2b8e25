import { Badge, Group, Text } from '@mantine/core';
import type { Field } from '../api/catalogue.ts';
import type { ShownValue } from '../api/types.ts';
import { LongText } from './long-text.tsx';
import { Time } from './time.tsx';
import { ToRecord } from './to-record.tsx';

type Shown = Pick<Field, 'type' | 'options' | 'to'>;

/** A value as its field has it: options by label, times in the viewer's zone, other records by name with a link. */
export function FieldValue({
  field,
  value,
  names,
}: {
  field: Shown;
  value: ShownValue | undefined;
  names: ReadonlyMap<string, string>;
}) {
  if (value === null || value === undefined || value === '') {
    return (
      <Text span c="dimmed" size="sm" aria-label="unset">
        –
      </Text>
    );
  }
  const labelOf = (option: string): string => field.options.find((one) => one.value === option)?.label ?? option;
  switch (field.type) {
    case 'boolean':
      return value === true ? 'yes' : 'no';
    case 'datetime':
      return <Time at={String(value)} />;
    case 'enum':
      return (
        <Badge variant="light" color="gray">
          {labelOf(String(value))}
        </Badge>
      );
    case 'multi_enum':
      return (
        <Group gap={4} wrap="nowrap">
          {(Array.isArray(value) ? value : [value]).map((one) => (
            <Badge key={String(one)} variant="light" color="gray">
              {labelOf(String(one))}
            </Badge>
          ))}
        </Group>
      );
    case 'lookup':
      return (
        <ToRecord type={field.to ?? ''} id={String(value)} size="sm">
          {names.get(String(value)) ?? String(value)}
        </ToRecord>
      );
    default:
      return <LongText text={String(value)} />;
  }
}
