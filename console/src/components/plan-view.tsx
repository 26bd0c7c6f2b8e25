import { Badge, Group, List, ScrollArea, Stack, Table, Text } from '@mantine/core';
import type { ShownPlan } from '../api/types.ts';
import { keyStyle } from './key-style.ts';
import { Value } from './value.tsx';
import { count, counted } from './words.ts';

type Item = ShownPlan['items'][number];

const colors: Readonly<Record<string, string>> = {
  create: 'green',
  update: 'blue',
  revive: 'cyan',
  delete: 'red',
  reject: 'red',
  hold: 'orange',
};
const mostShown = 200;

/** What a write would do: how much of each, and each thing with its old and new values. */
export function PlanView({ plan }: { plan: ShownPlan }) {
  const actions = Object.entries(plan.actions).filter(([, number]) => number > 0);
  return (
    <Stack gap="sm">
      {actions.length === 0 ? (
        <Text>Nothing would change.</Text>
      ) : (
        <Group gap="xs">
          {actions.map(([action, number]) => (
            <Badge key={action} size="lg" variant="light" color={colors[action] ?? 'gray'}>
              {action}: {count(number)}
            </Badge>
          ))}
        </Group>
      )}
      {plan.items.length > 0 && (
        <ScrollArea.Autosize mah={420}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Action</Table.Th>
                <Table.Th>Key</Table.Th>
                <Table.Th>What would change</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {plan.items.slice(0, mostShown).map((item, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a plan does not change
                <ItemRow key={index} item={item} />
              ))}
            </Table.Tbody>
          </Table>
          {plan.items_total > mostShown && (
            <Text size="sm" c="dimmed" p="xs">
              and {counted(plan.items_total - mostShown, 'more', 'more')}
            </Text>
          )}
        </ScrollArea.Autosize>
      )}
    </Stack>
  );
}

const ItemRow = ({ item }: { item: Item }) => (
  <Table.Tr>
    <Table.Td>
      <Badge variant="light" color={colors[item.action] ?? 'gray'}>
        {item.action}
      </Badge>
    </Table.Td>
    <Table.Td style={keyStyle(item.key)}>{item.key ?? item.record?.number}</Table.Td>
    <Table.Td className="long">
      {item.link !== null && <LinkChange link={item.link} />}
      {item.fields.map(({ field, before, after }) => (
        <Text size="sm" key={field}>
          {field}: <Value value={before} /> → <Value value={after} />
        </Text>
      ))}
      {item.issues.length > 0 && (
        <List size="sm">
          {item.issues.map(({ message, code, member }) => (
            <List.Item key={`${code} ${member}`}>{message}</List.Item>
          ))}
        </List>
      )}
    </Table.Td>
  </Table.Tr>
);

const LinkChange = ({ link }: { link: NonNullable<Item['link']> }) => (
  <Text size="sm">
    {link.link}: {link.left.key ?? link.left.number} to {link.right.key ?? link.right.number}
    {link.after?.role && ` as ${link.after.role}`}
  </Text>
);
