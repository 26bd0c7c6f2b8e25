import { Alert, List, Text } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/client.ts';

const mostShown = 10;

type Shown = {
  readonly fault: unknown;
  readonly title?: string;
  /** What was sent is one text: each reason says where in it. */
  readonly saysWhere?: boolean;
  /** What to do about it here, where the API's own words are for whoever calls it. */
  readonly remedy?: ReactNode;
};

/** What went wrong, and what to do: the API's own words where it has said something. */
export function ProblemAlert({ fault, title, saysWhere = false, remedy }: Shown) {
  const saidOf = saysWhere ? saidWithPath : saidWithRow;
  const problem = fault instanceof ApiProblem ? fault.problem : undefined;
  const one = problem?.violations[0];
  const several = problem !== undefined && problem.violations.length > 1 ? problem.violations : [];
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      icon={<CircleAlert size={18} />}
      title={title ?? problem?.title ?? 'That did not work'}
    >
      {several.length === 0 && <Text size="sm">{one === undefined ? messageOf(fault) : saidOf(one)}</Text>}
      {several.length > 0 && (
        <List size="sm">
          {several.slice(0, mostShown).map((violation) => (
            <List.Item key={`${violation.path} ${violation.message}`}>{saidOf(violation)}</List.Item>
          ))}
          {several.length > mostShown && <List.Item>and {several.length - mostShown} more</List.Item>}
        </List>
      )}
      {problem !== undefined && (
        <Text component="div" size="sm" mt="xs" c="dimmed">
          {remedy ?? problem.remedy}
        </Text>
      )}
    </Alert>
  );
}

/** Of a set it says which row, as the remedy counts them; a field is told where it is typed. */
const saidWithRow = ({ path, message }: { path: string | null; message: string }): string =>
  path?.startsWith('[') ? `Row ${path}: ${message}` : message;

const saidWithPath = ({ path, message }: { path: string | null; message: string }): string =>
  path === null || message.startsWith(path) ? message : `${path}: ${message}`;

const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
