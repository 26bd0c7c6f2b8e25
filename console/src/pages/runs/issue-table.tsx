import { Badge, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ShownIssue } from '../../api/types.ts';
import { keyStyle } from '../../components/key-style.ts';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Told } from '../../components/told.tsx';
import { KeyCell } from './key-cell.tsx';

type Shown = {
  readonly issues: readonly ShownIssue[];
  /** What can be done about one here, beside what its sender could do. */
  readonly action?: (issue: ShownIssue) => ReactNode;
};

const columns = ['Severity', 'Key', 'Member', 'Value', 'What is wrong, and what to do'] as const;
const [severity, key, member, value, wrong] = columns;
const mend = 'Mend it';

export const IssueTable = ({ issues, action }: Shown) => (
  <StackingTable columns={action === undefined ? columns : [...columns, mend]} aria-label="Sync issues">
    {issues.map((issue, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: issues have no id, and the list only grows at its end
      <StackingRow key={index}>
        <StackingCell of={severity}>
          <Badge variant="light" color={severityColors[issue.severity]}>
            {issue.severity}
          </Badge>
        </StackingCell>
        <KeyCell of={key} sent={issue} />
        <StackingCell of={member} style={keyStyle(issue.member)}>
          {issue.member}
        </StackingCell>
        <StackingCell of={value} style={keyStyle(issue.value)}>
          {issue.value}
        </StackingCell>
        <StackingCell of={wrong} isPlain>
          <Text size="sm">
            <Told text={issue.message} />
          </Text>
          <Text size="sm" c="dimmed">
            <Told text={issue.remedy} />
          </Text>
        </StackingCell>
        {action !== undefined && (
          <StackingCell of={mend} isPlain>
            {action(issue)}
          </StackingCell>
        )}
      </StackingRow>
    ))}
  </StackingTable>
);

export const severityColors: Readonly<Record<ShownIssue['severity'], string>> = { error: 'red', warning: 'yellow' };
