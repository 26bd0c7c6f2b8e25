import { Anchor, Button, Container, Stack } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { ApiProblem } from '../api/client.ts';
import type { Problem } from '../api/types.ts';
import { Empty } from '../components/empty.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';

/** A page that cannot be shown says why, and the rest of the console stays. */
export function Failed() {
  const fault = useRouteError();
  if (fault instanceof ApiProblem && fault.problem.status === 403) return <NotForYou problem={fault.problem} />;
  return (
    <Container size="sm" py="xl">
      <Stack align="start">
        <ProblemAlert fault={fault} title="This page cannot be shown" />
        <Button onClick={() => window.location.reload()}>Try again</Button>
      </Stack>
    </Container>
  );
}

/** The menu does not lead here; an address that somebody sent may. */
const NotForYou = ({ problem: { code, detail } }: { problem: Problem }) => (
  <Empty
    title={code === 'grant_missing' ? 'You lack the grant for this page' : 'This page is not for your role'}
    action={
      <Anchor component={Link} to="/">
        Go to the overview
      </Anchor>
    }
  >
    {code === 'grant_missing' ? detail : 'An administrator can give you another one, in Users and grants.'}
  </Empty>
);
