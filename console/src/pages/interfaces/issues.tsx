import { Anchor, Stack, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { runQuery } from '../../api/runs.ts';
import type { ListedInterface } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { RunIssues } from '../runs/issues.tsx';

/** The log of the last run: what an earlier one could not take, the next set says anew. */
export function Issues({ on }: { on: ListedInterface }) {
  if (on.last_run === null) {
    return <Empty title="No sync issues">Whatever a run could not take is listed here, with what to do.</Empty>;
  }
  return <OfRun id={on.last_run.id} />;
}

function OfRun({ id }: { id: string }) {
  const { data: run } = useSuspenseQuery(runQuery(id));
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        Of the last run,{' '}
        <Anchor component={Link} to={path`/runs/${run.id}`}>
          number {run.number}
        </Anchor>
        .
      </Text>
      <RunIssues run={run} />
    </Stack>
  );
}
