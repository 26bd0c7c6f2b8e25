import { Alert, Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { revertOfQuery } from '../../api/runs.ts';
import type { ShownRun } from '../../api/types.ts';
import { Time } from '../../components/time.tsx';

/** By whom and when, where that is among the newest runs of the interface. */
export function TakenBack({ run }: { run: ShownRun }) {
  const { data: by } = useQuery(revertOfQuery(run));
  return (
    <Alert color="gray" title="It was taken back">
      <Text size="sm">
        {by ? (
          <>
            By {by.principal.name}, <Time at={by.received_at} />.{' '}
            <Anchor component={Link} size="sm" underline="always" to={path`/runs/${by.id}`}>
              See what that did
            </Anchor>
          </>
        ) : (
          'What it changed is as it was before, but for what was changed since.'
        )}
      </Text>
    </Alert>
  );
}
