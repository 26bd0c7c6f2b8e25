import { Alert, Anchor, Group, Loader, Stack, Tabs, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { path } from '../../api/client.ts';
import { interfaceQuery } from '../../api/interfaces.ts';
import { isUnderWay, runQuery } from '../../api/runs.ts';
import type { ShownRun } from '../../api/types.ts';
import { PageHead } from '../../components/page-head.tsx';
import { Time } from '../../components/time.tsx';
import { counted } from '../../components/words.ts';
import { Elements } from './elements.tsx';
import { Funnel } from './funnel.tsx';
import { Held } from './held.tsx';
import { HeldResult } from './held-result.tsx';
import { RunIssues } from './issues.tsx';
import { Revert } from './revert.tsx';
import { RunState } from './run-state.tsx';

export function Page() {
  const { run: id = '' } = useParams();
  const { data: run } = useSuspenseQuery(runQuery(id));
  const { data: on } = useSuspenseQuery(interfaceQuery(run.interface));
  const [parameters, setParameters] = useSearchParams();
  const outcome = parameters.get('outcome');
  const tab = outcome === null ? (parameters.get('tab') ?? 'issues') : 'elements';
  return (
    <>
      <PageHead
        title={`Run ${run.number} of ${on.name}`}
        lead={<Happened run={run} />}
        actions={<Revert run={run} />}
      />
      <Stack gap="lg">
        <State run={run} />
        {run.held !== null && <Held run={run} />}
        <Funnel run={run} shown={outcome} />
        <Tabs value={tab} onChange={(name) => setParameters({ tab: name ?? 'issues' }, { replace: true })}>
          <Tabs.List>
            <Tabs.Tab value="issues">Sync issues ({run.issues})</Tabs.Tab>
            <Tabs.Tab value="elements">Elements</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="issues" pt="md">
            {tab === 'issues' && <RunIssues run={run} />}
          </Tabs.Panel>
          <Tabs.Panel value="elements" pt="md">
            {tab === 'elements' && <Elements run={run} outcome={outcome ?? 'rejected'} />}
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </>
  );
}

const Happened = ({ run }: { run: ShownRun }) => (
  <>
    Sent by {run.principal.name} through {run.via}, <Time at={run.received_at} />.{' '}
    {run.reverts !== null && (
      <Anchor component={Link} to={path`/runs/${run.reverts}`}>
        It takes back an earlier run.
      </Anchor>
    )}
  </>
);

function State({ run }: { run: ShownRun }) {
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <RunState run={run} />
        {isUnderWay(run) && (
          <Group gap="xs" role="status">
            <Loader size="xs" aria-hidden />
            <Text size="sm">
              {run.queue_position === null
                ? `${counted(run.counts.received, 'element')} received so far`
                : `Waits at place ${run.queue_position}`}
            </Text>
          </Group>
        )}
        {run.finished_at !== null && (
          <Text size="sm" c="dimmed">
            Ended <Time at={run.finished_at} />
          </Text>
        )}
      </Group>
      {run.failure !== null && (
        <Alert color="red" title="Nothing of it was applied">
          {run.failure}
        </Alert>
      )}
      {run.held_result !== null && <HeldResult result={run.held_result} />}
      {run.superseded_by !== null && (
        <Alert color="gray" title="A newer set took its place before it was applied">
          <Anchor component={Link} to={path`/runs/${run.superseded_by}`}>
            See the newer run
          </Anchor>
        </Alert>
      )}
    </Stack>
  );
}
