import { Alert, Anchor, Group, Loader, Stack, Tabs, Text } from '@mantine/core';
import { usePrefetchInfiniteQuery, usePrefetchQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { path } from '../../api/client.ts';
import { dialectsQuery } from '../../api/dialects.ts';
import { interfaceQuery } from '../../api/interfaces.ts';
import { doneOf, isUnderWay, openIssues, runIssuesQuery, runQuery } from '../../api/runs.ts';
import type { ListedInterface, ShownRun } from '../../api/types.ts';
import { Loading } from '../../app/loading.tsx';
import { Empty } from '../../components/empty.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { TakenBack } from '../../components/taken-back.tsx';
import { Through } from '../../components/through.tsx';
import { Time } from '../../components/time.tsx';
import { count, counted } from '../../components/words.ts';
import { Elements } from './elements.tsx';
import { Funnel } from './funnel.tsx';
import { Held } from './held.tsx';
import { HeldResult } from './held-result.tsx';
import { RunIssues } from './issues.tsx';
import { Revert } from './revert.tsx';
import { RunChanges } from './run-changes.tsx';
import { RunPlan } from './run-plan.tsx';
import { RunState } from './run-state.tsx';

const tabs = ['plan', 'issues', 'elements', 'changes'] as const;

export function Page() {
  const { run: id = '' } = useParams();
  // Beside the run, not after it: most that one looks at have issues.
  usePrefetchQuery(runQuery(id));
  usePrefetchInfiniteQuery(runIssuesQuery(id, openIssues));
  usePrefetchQuery(dialectsQuery);
  const { data: run } = useSuspenseQuery(runQuery(id));
  const { data: on } = useSuspenseQuery(interfaceQuery(run.interface));
  const [parameters, setParameters] = useSearchParams();
  const outcome = parameters.get('outcome');
  const first = run.state === 'planned' ? 'plan' : run.issues === 0 ? 'elements' : 'issues';
  const tab = outcome === null ? (tabs.find((name) => name === parameters.get('tab')) ?? first) : 'elements';
  return (
    <>
      <PageHead
        title={`Run ${count(run.number)} of ${on.name}`}
        lead={<Happened run={run} on={on} />}
        actions={<Revert run={run} />}
      />
      <Stack gap="lg">
        <State run={run} />
        {run.held !== null && <Held run={run} />}
        <Funnel run={run} shown={Object.fromEntries(parameters)} />
        <Tabs value={tab} onChange={(name) => setParameters({ tab: name ?? first }, { replace: true })}>
          <Tabs.List>
            {run.state === 'planned' && <Tabs.Tab value="plan">Plan</Tabs.Tab>}
            <Tabs.Tab value="issues">Sync issues ({count(run.issues)})</Tabs.Tab>
            <Tabs.Tab value="elements">Elements</Tabs.Tab>
            <Tabs.Tab value="changes">Changes</Tabs.Tab>
          </Tabs.List>
          <Suspense fallback={<Loading />}>
            <Tabs.Panel value={tab} pt="md">
              {isUnderWay(run) ? (
                <Empty title="It is at work">
                  What it could not take, what was sent and what it changed is shown as soon as it has ended.
                </Empty>
              ) : (
                <>
                  {tab === 'plan' && <RunPlan run={run} />}
                  {tab === 'issues' && <RunIssues run={run} />}
                  {tab === 'elements' && <Elements run={run} outcome={outcome ?? 'all'} />}
                  {tab === 'changes' && <RunChanges run={run} kind={parameters.get('kind')} />}
                </>
              )}
            </Tabs.Panel>
          </Suspense>
        </Tabs>
      </Stack>
    </>
  );
}

const Happened = ({ run, on }: { run: ShownRun; on: ListedInterface }) => (
  <>
    {run.state === 'planned' ? 'Planned' : 'Sent'} by <bdi>{run.principal.name}</bdi> <Through via={run.via} />,{' '}
    <Time at={run.received_at} />.{' '}
    <Anchor component={Link} underline="always" to={path`/interfaces/${on.endpoint}`}>
      All runs of {on.name}
    </Anchor>
    {run.reverts !== null && (
      <>
        {' · '}
        <Anchor component={Link} underline="always" to={path`/runs/${run.reverts}`}>
          It takes back an earlier run
        </Anchor>
      </>
    )}
    {run.replays !== null && (
      <>
        {' · '}
        <Anchor component={Link} underline="always" to={path`/runs/${run.replays}`}>
          It applies elements of an earlier run again
        </Anchor>
      </>
    )}
  </>
);

/** What is judged is counted as it goes, once the set is whole. */
function progressOf({ counts, queue_position, started_at }: ShownRun): string {
  if (queue_position !== null && started_at === null) return `Waits at place ${queue_position}`;
  const { received } = counts;
  const done = doneOf({ counts });
  return done === 0
    ? `${counted(received, 'element')} received so far`
    : `${count(done)} of ${counted(received, 'element')} done`;
}

function RunTakenBack({ by }: { by: string | null }) {
  const { data } = useQuery({ ...runQuery(by ?? ''), enabled: by !== null });
  return <TakenBack by={data && { name: data.principal.name, at: data.received_at, to: path`/runs/${data.id}` }} />;
}

function State({ run }: { run: ShownRun }) {
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <RunState run={run} />
        {isUnderWay(run) && (
          <Group gap="xs" role="status">
            <Loader size="xs" aria-hidden />
            <Text size="sm">{progressOf(run)}</Text>
          </Group>
        )}
        {run.finished_at !== null && (
          <Text size="sm" c="dimmed">
            Ended <Time at={run.finished_at} />
          </Text>
        )}
      </Group>
      {run.state === 'planned' && <Text size="sm">A plan says what a set would do. Nothing of it was written.</Text>}
      {run.failure !== null && (
        <Alert color="red" title="Nothing of it was applied">
          <Text size="sm" style={{ whiteSpace: 'pre-line' }} className="long">
            {run.failure}
          </Text>
        </Alert>
      )}
      {run.state === 'reverted' && <RunTakenBack by={run.reverted_by} />}
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
