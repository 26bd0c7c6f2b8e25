import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { path } from '../../api/client.ts';
import { runsQuery } from '../../api/interfaces.ts';
import { tookMs } from '../../api/runs.ts';
import type { ListedInterface, ShownRun } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { Select } from '../../components/select.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Time } from '../../components/time.tsx';
import { Wide } from '../../components/wide.tsx';
import { count, duration } from '../../components/words.ts';
import { RunState, stateColors } from '../runs/run-state.tsx';
import { RunCharts } from './run-charts.tsx';

/** The runs of an interface: how the last ones went as a picture, and all of them as a list, newest first. */
export function Runs({ on, mayUpload }: { on: ListedInterface; mayUpload: boolean }) {
  const { endpoint } = on;
  const [parameters, setParameters] = useSearchParams();
  const state = parameters.get('state') ?? '';
  const { data: all } = useSuspenseInfiniteQuery(runsQuery(endpoint));
  const query = useSuspenseInfiniteQuery(runsQuery(endpoint, state));
  const runs = query.data.pages.flatMap(({ items }) => items);
  const newest = all.pages[0]?.items ?? [];
  if (newest.length === 0) {
    return (
      <Empty
        title="No run yet"
        action={
          mayUpload && (
            <Button variant="default" onClick={() => setParameters({ tab: 'upload' })}>
              Upload a set
            </Button>
          )
        }
      >
        Each set that is sent to the endpoint URL, or uploaded, is a run: how long it took and what it could not take is
        drawn here, and each number of it leads to its rows.
      </Empty>
    );
  }
  return (
    <Stack>
      <RunCharts runs={newest} />
      <Select
        label="State"
        placeholder="all"
        clearable
        maw={240}
        data={Object.keys(stateColors)}
        value={state === '' ? null : state}
        onChange={(wanted) => setParameters({ tab: 'runs', ...(wanted && { state: wanted }) }, { replace: true })}
      />
      {runs.length === 0 ? (
        <Empty title="None of these">No run of the interface is {state}. Choose another state.</Empty>
      ) : (
        <>
          <List runs={runs} />
          <More query={query} />
        </>
      )}
    </Stack>
  );
}

const always = ['received', 'created', 'updated', 'unchanged', 'rejected', 'deleted'] as const;
/** Few runs have any: they share a column where one does, so that what it received adds up. */
const seldom = ['revived', 'superseded', 'held'] as const;
const column = { run: 'Run', state: 'State', others: 'others', issues: 'issues' } as const;

function List({ runs }: { runs: readonly ShownRun[] }) {
  const hasOthers = runs.some(({ counts }) => seldom.some((name) => counts[name] > 0));
  const numbers = [...always, column.issues];
  return (
    <Wide>
      <StackingTable
        columns={[column.run, column.state, ...always, ...(hasOthers ? [column.others] : []), column.issues]}
        numbers={numbers}
        verticalSpacing={6}
        horizontalSpacing={4}
        fz="sm"
        highlightOnHover
        aria-label="Runs"
      >
        {runs.map((run) => (
          <StackingRow key={run.id}>
            <StackingCell of={column.run}>
              <Anchor component={Link} size="sm" to={path`/runs/${run.id}`}>
                {count(run.number)}
              </Anchor>
              <Text size="xs" c="dimmed">
                <Time at={run.received_at} isShort />
              </Text>
              <Text size="xs" c="dimmed">
                {[whatOf(run), run.finished_at !== null && `in ${duration(tookMs(run))}`].filter(Boolean).join(' ')}
              </Text>
            </StackingCell>
            <StackingCell of={column.state}>
              <RunState run={run} />
            </StackingCell>
            {always.map((name) => (
              <StackingCell key={name} of={name} isNumber {...(run.counts[name] === 0 && { c: 'dimmed' })}>
                {count(run.counts[name])}
              </StackingCell>
            ))}
            {hasOthers && (
              <StackingCell of={column.others}>
                {seldom
                  .filter((name) => run.counts[name] > 0)
                  .map((name) => `${count(run.counts[name])} ${name}`)
                  .join(', ')}
              </StackingCell>
            )}
            <StackingCell of={column.issues} isNumber>
              {count(run.issues)}
            </StackingCell>
          </StackingRow>
        ))}
      </StackingTable>
    </Wide>
  );
}

/** Of what is no complete set. */
function whatOf({ replays, reverts }: ShownRun): string | null {
  if (replays !== null) return 'replay';
  return reverts === null ? null : 'revert';
}
