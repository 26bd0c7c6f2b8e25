import { Alert, Anchor, List, Text } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import { type ReactNode, useCallback } from 'react';
import { Link } from 'react-router';
import { ApiProblem, prefix } from '../api/client.ts';
import type { Problem } from '../api/types.ts';
import { remedyOf } from './remedies.ts';
import { placeIn } from './said-where.ts';

const mostShown = 10;

type Shown = {
  readonly fault: unknown;
  readonly title?: string;
  /** What was sent is one text: each reason says where in it. */
  readonly saysWhere?: boolean;
  /** The address where what is refused at a place is mended, where there is one. */
  readonly wayTo?: ((path: string) => string | undefined) | undefined;
  /** What to do about it here, where something else is to be done than of all such refusals. */
  readonly remedy?: ReactNode;
};

/** What went wrong, and what to do: the API's own words where it has said something. */
export function ProblemAlert({ fault, title, saysWhere = false, wayTo, remedy }: Shown) {
  const saidOf = (one: Violation): ReactNode =>
    saysWhere ? <SaidWithPath {...one} wayTo={wayTo} /> : saidWithRow(one);
  const problem = fault instanceof ApiProblem ? fault.problem : undefined;
  const isSignedOut = problem?.code === 'unauthenticated';
  const one = problem?.violations[0];
  const several = problem !== undefined && problem.violations.length > 1 ? problem.violations : [];
  // A form is longer than its dialog: who presses its button would see nothing happen.
  const which = problem?.request_id ?? fault;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another fault is shown anew, what is left of the same one is not
  const seen = useCallback((alert: HTMLElement | null) => alert?.scrollIntoView({ block: 'nearest' }), [which]);
  return (
    <Alert
      ref={seen}
      style={{ scrollMargin: 16 }}
      color="red"
      variant="light"
      role="alert"
      icon={<CircleAlert size={18} />}
      title={title ?? problem?.title ?? 'That did not work'}
    >
      {isSignedOut && <SignedOut />}
      {!isSignedOut && several.length === 0 && (
        <Text size="sm" component="div">
          {one === undefined ? messageOf(fault) : saidOf(one)}
        </Text>
      )}
      {several.length > 0 && (
        <List size="sm">
          {several.slice(0, mostShown).map((violation) => (
            <List.Item key={`${violation.path} ${violation.message}`}>{saidOf(violation)}</List.Item>
          ))}
          {several.length > mostShown && <List.Item>and {several.length - mostShown} more</List.Item>}
        </List>
      )}
      {problem !== undefined && !isSignedOut && (
        <Text component="div" size="sm" mt="xs" c="dimmed">
          {remedy ?? remedyOf(problem)}
        </Text>
      )}
    </Alert>
  );
}

/** What was typed is still there, and can be sent once there is a session again. */
const SignedOut = () => (
  <Text size="sm">
    Your session has ended.{' '}
    <Anchor href={`${prefix}/sign-in`} target="_blank" size="sm" c="inherit" underline="always">
      Sign in in another window
    </Anchor>
    , and do this again here: what you typed is kept.
  </Text>
);

type Violation = Pick<Problem['violations'][number], 'path' | 'message'>;

/** Of a set it says which row; a field is told where it is typed. */
function saidWithRow({ path, message }: Violation): string {
  const place = placeIn(path);
  return place === undefined ? message : `${place}: ${message}`;
}

function SaidWithPath({ path, message, wayTo }: Violation & Pick<Shown, 'wayTo'>) {
  if (path === null) return message;
  const text = message.startsWith(path) ? message.slice(path.length) : `: ${message}`;
  const to = wayTo?.(path);
  return (
    <>
      {to === undefined ? (
        path
      ) : (
        <Anchor component={Link} to={to} size="sm" c="inherit" underline="always">
          {path}
        </Anchor>
      )}
      {text}
    </>
  );
}

const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
