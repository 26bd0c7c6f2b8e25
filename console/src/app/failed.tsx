import { Anchor, Button, Container, Stack } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { ApiProblem, NothingThere } from '../api/client.ts';
import type { Problem } from '../api/types.ts';
import { Empty } from '../components/empty.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { remedyOf } from '../components/remedies.ts';

/** A page that cannot be shown says why, and the rest of the console stays. */
export function Failed() {
  const fault = useRouteError();
  if (fault instanceof ApiProblem && fault.problem.status === 403) return <NotForYou problem={fault.problem} />;
  if (fault instanceof NothingThere) return <NotThere said={fault.message} />;
  if (fault instanceof ApiProblem && isOfAddress(fault.problem))
    return <NotThere said={fault.message} remedy={remedyOf(fault.problem)} />;
  return (
    <Container size="sm" py="xl">
      <Stack align="start">
        <ProblemAlert fault={fault} title="This page cannot be shown" />
        <Button onClick={() => window.location.reload()}>Try again</Button>
      </Stack>
    </Container>
  );
}

/** What the address names is gone, or could not be: to load the page again would be no help. */
const isOfAddress = ({ status, path }: Problem): boolean => status === 404 || path?.startsWith('path.') === true;

const NotThere = ({ said, remedy }: { said: string; remedy?: string }) => (
  <Empty title="Nothing is at this address" action={<ToOverview />}>
    {said} {remedy}
  </Empty>
);

const ToOverview = () => (
  <Anchor component={Link} to="/">
    Go to the overview
  </Anchor>
);

/** The menu does not lead here; an address that somebody sent may. */
const NotForYou = ({ problem: { code, detail } }: { problem: Problem }) => (
  <Empty
    title={code === 'grant_missing' ? 'You lack the grant for this page' : 'This page is not for your role'}
    action={<ToOverview />}
  >
    {code === 'grant_missing' ? detail : 'An administrator can give you another one, in Users and grants.'}
  </Empty>
);
