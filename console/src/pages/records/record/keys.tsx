import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import type { RecordType } from '../../../api/catalogue.ts';
import { recordKeysQuery } from '../../../api/record-details.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { CopiedText } from '../../../components/copied-text.tsx';

/** Everything that finds the record: id, number, keys, and what were its keys. */
export function Keys({ type, record }: { type: RecordType; record: ShownRecord }) {
  const { items } = useSuspenseQuery(recordKeysQuery(type.key, record.id)).data;
  const labelOf = (key: string): string => type.fields.find((field) => field.key === key)?.label ?? key;
  return (
    <Card withBorder component="section" aria-labelledby="keys">
      <Title order={2} size="h4" id="keys" mb="sm">
        Keys
      </Title>
      <Stack gap="xs">
        <Key label="Id" value={record.id} />
        <Key label="Number" value={String(record.number)} />
        {items.map(({ field, value, former }) => (
          <Key key={`${field} ${value}`} label={labelOf(field)} value={value} former={former} />
        ))}
      </Stack>
    </Card>
  );
}

const Key = ({ label, value, former = false }: { label: string; value: string; former?: boolean }) => (
  <Group gap="xs" justify="space-between">
    <Group gap="xs">
      <Text size="sm">{label}</Text>
      {former && (
        <Badge variant="light" color="gray">
          former
        </Badge>
      )}
    </Group>
    <CopiedText text={value} what={`${former ? 'former ' : ''}${label.toLowerCase()} ${value}`} />
  </Group>
);
