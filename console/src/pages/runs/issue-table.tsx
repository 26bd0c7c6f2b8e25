import { Anchor, Badge, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import type { ShownIssue } from '../../api/types.ts';
import { keyStyle } from '../../components/key-style.ts';

type Shown = {
  readonly issues: readonly ShownIssue[];
  /** What can be done about one, beneath what its sender could do. */
  readonly action?: (issue: ShownIssue) => ReactNode;
};

export const IssueTable = ({ issues, action }: Shown) => (
  <div className="scroll">
    <Table verticalSpacing="xs" miw={720}>
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
        {issues.map((issue, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: issues have no id, and the list only grows at its end
          <Table.Tr key={index}>
            <Table.Td>
              <Badge variant="light" color={issue.severity === 'error' ? 'red' : 'yellow'}>
                {issue.severity}
              </Badge>
            </Table.Td>
            <Table.Td style={keyStyle(issue.key)}>
              {issue.record === null ? (
                issue.key
              ) : (
                <Anchor component={Link} size="sm" to={path`/records/${issue.record.type}/${issue.record.id}`}>
                  {issue.key}
                </Anchor>
              )}
            </Table.Td>
            <Table.Td>{issue.member}</Table.Td>
            <Table.Td className="long">{issue.value}</Table.Td>
            <Table.Td>
              <Text size="sm">{issue.message}</Text>
              <Text size="sm" c="dimmed">
                {issue.remedy}
              </Text>
              {action?.(issue)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </div>
);
