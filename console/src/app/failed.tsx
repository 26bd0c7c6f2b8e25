import { Button, Container, Stack } from '@mantine/core';
import { useRouteError } from 'react-router';
import { ProblemAlert } from '../components/problem-alert.tsx';

/** A page that cannot be shown says why, and the rest of the console stays. */
export function Failed() {
  const fault = useRouteError();
  return (
    <Container size="sm" py="xl">
      <Stack align="start">
        <ProblemAlert fault={fault} title="This page cannot be shown" />
        <Button onClick={() => window.location.reload()}>Try again</Button>
      </Stack>
    </Container>
  );
}
