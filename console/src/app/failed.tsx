import { Button, Container, Stack } from '@mantine/core';
import { useRouteError } from 'react-router';
import { ApiProblem, NothingThere } from '../api/client.ts';
import type { Problem } from '../api/types.ts';
import { Empty } from '../components/empty.tsx';
import { NotForYou, ToOverview } from '../components/not-for-you.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { remedyOf } from '../components/remedies.ts';

/** A page that cannot be shown says why, and the rest of the console stays. */
export function Failed() {
  const fault = useRouteError();
  if (fault instanceof ApiProblem && fault.problem.status === 403)
    return <NotForYou lacks={fault.problem.code === 'grant_missing' ? fault.problem.detail : undefined} />;
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
