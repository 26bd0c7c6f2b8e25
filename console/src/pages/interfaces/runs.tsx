import { Anchor, Table } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { runsQuery } from '../../api/interfaces.ts';
import { Empty } from '../../components/empty.tsx';
import { Time } from '../../components/time.tsx';
import { count } from '../../components/words.ts';
import { RunState } from '../runs/run-state.tsx';

const shown = ['received', 'created', 'updated', 'unchanged', 'rejected', 'held', 'deleted'] as const;

export function Runs({ endpoint }: { endpoint: string }) {
  const { data } = useSuspenseQuery(runsQuery(endpoint));
  if (data.items.length === 0) {
    return <Empty title="No run yet">Send the complete set to the endpoint URL, or upload it here.</Empty>;
  }
  return (
    <div className="scroll">
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Run</Table.Th>
            <Table.Th>State</Table.Th>
            {shown.map((name) => (
              <Table.Th key={name} ta="right">
                {name}
              </Table.Th>
            ))}
            <Table.Th>Received</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.items.map((run) => (
            <Table.Tr key={run.id}>
              <Table.Td>
                <Anchor component={Link} to={path`/runs/${run.id}`}>
                  {run.number}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <RunState run={run} />
              </Table.Td>
              {shown.map((name) => (
                <Table.Td key={name} ta="right">
                  {count(run.counts[name])}
                </Table.Td>
              ))}
              <Table.Td>
                <Time at={run.received_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
