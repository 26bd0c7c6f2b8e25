import { Anchor, Stack, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { runsQuery } from '../../api/interfaces.ts';
import { isCompleteSet, isUnderWay } from '../../api/runs.ts';
import { Empty } from '../../components/empty.tsx';
import { Time } from '../../components/time.tsx';
import { count } from '../../components/words.ts';
import { RunIssues } from '../runs/issues.tsx';

/** The log of the last set: what an earlier one could not take, the next says anew. Replays and reverts are no sets, and mend some of it. */
export function Issues({ endpoint }: { endpoint: string }) {
  const { data } = useSuspenseInfiniteQuery(runsQuery(endpoint));
  const run = data.pages.flatMap(({ items }) => items).find((one) => isCompleteSet(one) && !isUnderWay(one));
  if (run === undefined) {
    return <Empty title="No sync issues">Whatever a set could not take is listed here, with what to do.</Empty>;
  }
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        Of the last set,{' '}
        <Anchor component={Link} size="sm" underline="always" to={path`/runs/${run.id}`}>
          run {count(run.number)}
        </Anchor>
        , received <Time at={run.received_at} />.
      </Text>
      <RunIssues key={run.id} run={run} />
    </Stack>
  );
}
