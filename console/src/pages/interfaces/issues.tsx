import { Badge, Table, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { issuesQuery } from '../../api/interfaces.ts';
import { Empty } from '../../components/empty.tsx';

export function Issues({ endpoint }: { endpoint: string }) {
  const { data } = useSuspenseQuery(issuesQuery(endpoint));
  if (data.items.length === 0) {
    return <Empty title="No sync issues">Whatever the last run could not take is listed here, with what to do.</Empty>;
  }
  return (
    <div className="scroll">
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Severity</Table.Th>
            <Table.Th>Key</Table.Th>
            <Table.Th>Member</Table.Th>
            <Table.Th>Value</Table.Th>
            <Table.Th>What is wrong, and what to do</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.items.map((issue, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: issues have no id, and the list is replaced as a whole
            <Table.Tr key={index}>
              <Table.Td>
                <Badge variant="light" color={issue.severity === 'error' ? 'red' : 'yellow'}>
                  {issue.severity}
                </Badge>
              </Table.Td>
              <Table.Td>{issue.key}</Table.Td>
              <Table.Td>{issue.member}</Table.Td>
              <Table.Td>{issue.value}</Table.Td>
              <Table.Td>
                <Text size="sm">{issue.message}</Text>
                <Text size="sm" c="dimmed">
                  {issue.remedy}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
