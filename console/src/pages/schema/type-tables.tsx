import { Anchor, Badge, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { Schema } from '../../api/types.ts';
import { keyStyle } from '../../components/key-style.ts';
import { OwnerBadge } from '../../components/owner-badge.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Wide } from '../../components/wide.tsx';
import { addressOf } from './address.ts';
import { type ShownType, typesOf } from './model.ts';

type Field = NonNullable<ShownType['type']['fields']>[string];

const columns = ['Field', 'Type', 'Rules', 'Owner'] as const;

/** Every type with its fields. @param at `types.claim`: the one that is asked for. */
export const TypeTables = ({ schema, at, mayEdit }: { schema: Schema; at: string | null; mayEdit: boolean }) => (
  <Stack>
    {typesOf(schema).map((one) => (
      <TypeCard key={one.key} one={one} isAsked={at === `types.${one.key}`} mayEdit={mayEdit} />
    ))}
  </Stack>
);

const toItsTop = (card: HTMLElement | null): void => card?.scrollIntoView({ block: 'start' });

type Shown = { readonly one: ShownType; readonly isAsked: boolean; readonly mayEdit: boolean };

const TypeCard = ({ one: { key, label, type }, isAsked, mayEdit }: Shown) => (
  <Card
    withBorder
    component="section"
    aria-label={label}
    ref={isAsked ? toItsTop : undefined}
    style={{ scrollMarginTop: 60 }}
  >
    <Group justify="space-between" wrap="nowrap" align="start">
      <Group gap="xs">
        <Title order={2} size="h4">
          {label}
        </Title>
        <Code>{key}</Code>
        <OwnerBadge owner={type.owner ?? 'internal'} />
      </Group>
      {mayEdit && (
        <Anchor component={Link} size="sm" to={addressOf(`types.${key}`)} aria-label={`Edit ${label}`}>
          Edit
        </Anchor>
      )}
    </Group>
    {type.description !== undefined && (
      <Text size="sm" c="dimmed">
        {type.description}
      </Text>
    )}
    <Wide>
      <StackingTable columns={columns} mt="sm" fz="sm" aria-label={`Fields of ${label}`}>
        {Object.entries(type.fields ?? {}).map(([name, field]) => (
          <StackingRow key={name}>
            <StackingCell of={columns[0]} style={keyStyle(name)}>
              {name}
              {field.label !== undefined && field.label !== name && (
                <Text size="sm" c="dimmed">
                  {field.label}
                </Text>
              )}
            </StackingCell>
            <StackingCell of={columns[1]}>
              {field.to === undefined ? field.type : `${field.type} of ${field.to}`}
            </StackingCell>
            <StackingCell of={columns[2]}>{rulesOf(field).length > 0 && <Rules of={field} />}</StackingCell>
            <StackingCell of={columns[3]}>
              <OwnerBadge owner={field.owner ?? 'internal'} />
            </StackingCell>
          </StackingRow>
        ))}
      </StackingTable>
    </Wide>
  </Card>
);

const Rules = ({ of }: { of: Field }) => (
  <Group gap={6}>
    {rulesOf(of).map((rule) => (
      <Badge key={rule} variant="light" color="gray">
        {rule}
      </Badge>
    ))}
  </Group>
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
