import { Anchor, Button, Stack, Table, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { path } from '../../api/client.ts';
import { runsQuery } from '../../api/interfaces.ts';
import type { ListedInterface, ShownRun } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { Select } from '../../components/select.tsx';
import { Time } from '../../components/time.tsx';
import { count, duration } from '../../components/words.ts';
import { RunState, stateColors } from '../runs/run-state.tsx';
import { RunCharts, tookMs } from './run-charts.tsx';

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

const shown = ['received', 'created', 'updated', 'unchanged', 'rejected', 'deleted'] as const;

/** What is no complete set. */
const What = ({ is }: { is: string }) => (
  <Text span size="xs" c="dimmed" ml={6}>
    {is}
  </Text>
);

const List = ({ runs }: { runs: readonly ShownRun[] }) => (
  <div className="scroll">
    <Table verticalSpacing={6} horizontalSpacing={6} fz="sm" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Run</Table.Th>
          <Table.Th>State</Table.Th>
          {shown.map((name) => (
            <Table.Th key={name} ta="right">
              {name}
            </Table.Th>
          ))}
          <Table.Th ta="right">issues</Table.Th>
          <Table.Th ta="right">Took</Table.Th>
          <Table.Th>Received</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map((run) => (
          <Table.Tr key={run.id}>
            <Table.Td>
              <Anchor component={Link} size="sm" to={path`/runs/${run.id}`}>
                {count(run.number)}
              </Anchor>
              {run.replays !== null && <What is="replay" />}
              {run.reverts !== null && <What is="revert" />}
            </Table.Td>
            <Table.Td>
              <RunState run={run} />
            </Table.Td>
            {shown.map((name) => (
              <Table.Td key={name} ta="right">
                {count(run.counts[name])}
              </Table.Td>
            ))}
            <Table.Td ta="right">{count(run.issues)}</Table.Td>
            <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
              {run.finished_at === null ? '–' : duration(tookMs(run))}
            </Table.Td>
            <Table.Td>
              <Time at={run.received_at} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </div>
);
