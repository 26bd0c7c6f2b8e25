import { Badge, Code, List, ScrollArea, Table, Text } from '@mantine/core';
import type { SchemaAnswer } from '../api/types.ts';

type Change = SchemaAnswer['changes'][number];

const colors: Readonly<Record<Change['action'], string>> = { add: 'green', change: 'blue', remove: 'red' };

/** What a change of the schema would do, and what would be lost by it. */
export const SchemaChanges = ({ changes }: { changes: readonly Change[] }) =>
  changes.length === 0 ? (
    <Text size="sm">Nothing would change.</Text>
  ) : (
    <ScrollArea.Autosize mah={420}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Action</Table.Th>
            <Table.Th>Where</Table.Th>
            <Table.Th>What would change</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map((change) => (
            <ChangeRow key={`${change.action} ${change.path}`} change={change} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );

const ChangeRow = ({ change: { action, path, before, after, loss } }: { change: Change }) => (
  <Table.Tr>
    <Table.Td>
      <Badge variant="light" color={colors[action]}>
        {action}
      </Badge>
    </Table.Td>
    <Table.Td style={{ overflowWrap: 'anywhere' }}>{path}</Table.Td>
    <Table.Td style={{ overflowWrap: 'anywhere' }}>
      {action !== 'add' && <Part value={before} />}
      {action === 'change' && ' → '}
      {action !== 'remove' && <Part value={after} />}
      {loss !== null && (
        <List size="sm">
          <List.Item>
            <Text size="sm" fw={600}>
              Lost: {loss}
            </Text>
          </List.Item>
        </List>
      )}
    </Table.Td>
  </Table.Tr>
);

const mostShown = 300;

function Part({ value }: { value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return <Code>{text.length > mostShown ? `${text.slice(0, mostShown)}…` : text}</Code>;
}
