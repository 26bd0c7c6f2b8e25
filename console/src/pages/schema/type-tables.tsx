import { Badge, Card, Code, Group, Stack, Table, Text, Title } from '@mantine/core';
import type { Schema } from '../../api/types.ts';
import { OwnerBadge } from '../../components/owner-badge.tsx';
import { Wide } from '../../components/wide.tsx';
import { type ShownType, typesOf } from './model.ts';

type Field = NonNullable<ShownType['type']['fields']>[string];

/** Every type with its fields. */
export const TypeTables = ({ schema }: { schema: Schema }) => (
  <Stack>
    {typesOf(schema).map((one) => (
      <TypeCard key={one.key} one={one} />
    ))}
  </Stack>
);

const TypeCard = ({ one: { key, label, type } }: { one: ShownType }) => (
  <Card withBorder component="section" id={`type-${key}`} aria-label={label}>
    <Group gap="xs">
      <Title order={2} size="h4">
        {label}
      </Title>
      <Code>{key}</Code>
      <OwnerBadge owner={type.owner ?? 'internal'} />
    </Group>
    {type.description !== undefined && (
      <Text size="sm" c="dimmed">
        {type.description}
      </Text>
    )}
    <Wide>
      <Table mt="sm" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Field</Table.Th>
            <Table.Th>Type</Table.Th>
            <Table.Th>Rules</Table.Th>
            <Table.Th>Owner</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {Object.entries(type.fields ?? {}).map(([name, field]) => (
            <Table.Tr key={name}>
              <Table.Td>
                {name}
                {field.label !== undefined && field.label !== name && (
                  <Text size="sm" c="dimmed">
                    {field.label}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{field.to === undefined ? field.type : `${field.type} of ${field.to}`}</Table.Td>
              <Table.Td>
                <Group gap={6}>
                  {rulesOf(field).map((rule) => (
                    <Badge key={rule} variant="light" color="gray">
                      {rule}
                    </Badge>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>
                <OwnerBadge owner={field.owner ?? 'internal'} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  </Card>
);

const rulesOf = (field: Field): readonly string[] => [
  ...(field.required ? ['required'] : []),
  ...(field.unique ? ['match field'] : []),
  ...(field.key_rule ?? []),
  ...(field.max_length === undefined ? [] : [`at most ${field.max_length} characters`]),
  ...(field.scale === undefined ? [] : [`${field.scale} digits after the point`]),
  ...(field.pattern === undefined ? [] : [`matches ${field.pattern}`]),
  ...(field.options ?? []).map(({ value }) => value),
  ...(field.numbered === undefined ? [] : ['numbered']),
  ...(field.filterable ? ['filterable'] : []),
];
