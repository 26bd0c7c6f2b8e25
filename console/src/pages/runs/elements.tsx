import { Anchor, Badge, Code, Group, Stack, Table, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { path } from '../../api/client.ts';
import { elementsQuery } from '../../api/runs.ts';
import type { ShownElement, ShownRun } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { Select } from '../../components/select.tsx';
import { EditAndReplay } from './edit-and-replay.tsx';
import { ReplayAll } from './replay-all.tsx';

const outcomes = ['created', 'updated', 'revived', 'rejected', 'superseded'];

export function Elements({ run, outcome }: { run: ShownRun; outcome: string }) {
  const query = useSuspenseInfiniteQuery(elementsQuery(run.id, outcome));
  const [, setParameters] = useSearchParams();
  const elements = query.data.pages.flatMap(({ items }) => items);
  return (
    <Stack>
      <Group align="end">
        <Select
          label="Outcome"
          data={outcomes}
          value={outcome}
          allowDeselect={false}
          onChange={(chosen) => setParameters({ outcome: chosen ?? 'rejected' }, { replace: true })}
        />
        {elements.some(mayBeReplayed) && <ReplayAll run={run} />}
      </Group>
      {elements.length === 0 ? (
        <Empty title={`No element was ${outcome}`}>
          Elements that were refused, have an issue or changed something are kept as they were sent.
        </Empty>
      ) : (
        <div className="scroll">
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Place</Table.Th>
                <Table.Th>Key</Table.Th>
                <Table.Th>Outcome</Table.Th>
                <Table.Th>As it was sent</Table.Th>
                <Table.Th>What to do</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {elements.map((element) => (
                <ElementRow key={element.place} run={run} element={element} />
              ))}
            </Table.Tbody>
          </Table>
          <More query={query} />
        </div>
      )}
    </Stack>
  );
}

const mayBeReplayed = ({ outcome, resolved_by }: ShownElement): boolean =>
  outcome === 'rejected' && resolved_by === null;

function ElementRow({ run, element }: { run: ShownRun; element: ShownElement }) {
  const { place, key, outcome, record, row, source, resolved_by } = element;
  return (
    <Table.Tr>
      <Table.Td>{place}</Table.Td>
      <Table.Td>{key}</Table.Td>
      <Table.Td>
        <Badge variant="light" color={outcome === 'rejected' ? 'red' : 'gray'}>
          {outcome}
        </Badge>
      </Table.Td>
      <Table.Td>
        {row === null && source === null ? (
          <Text size="sm" c="dimmed">
            not kept
          </Text>
        ) : (
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', maxWidth: 640 }}>
            {row === null ? source : JSON.stringify(row, null, 1)}
          </Code>
        )}
      </Table.Td>
      <Table.Td>
        {mayBeReplayed(element) && <EditAndReplay run={run} element={element} />}
        {resolved_by !== null && (
          <Anchor component={Link} to={path`/runs/${resolved_by}`}>
            Mended by a replay
          </Anchor>
        )}
        {record !== null && (
          <Anchor component={Link} to={path`/records/${record.type}/${record.id}`}>
            Open the record
          </Anchor>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
