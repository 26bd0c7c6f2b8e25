import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { interfaceQuery } from '../../api/interfaces.ts';
import { titleOf } from '../../api/records.ts';
import { unchangedQuery } from '../../api/runs.ts';
import type { ShownRecord, ShownRun } from '../../api/types.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { Empty } from '../../components/empty.tsx';
import { keyStyle } from '../../components/key-style.ts';
import { More } from '../../components/more.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Time } from '../../components/time.tsx';

const columns = ['Key', 'Stored now', 'Last written', 'Why'] as const;
const [key, stored, written, why] = columns;

/** Elements that say what is stored are not kept, but their records are there. @param others whether some are listed that are kept. */
export function Unchanged({ run, others }: { run: ShownRun; others: boolean }) {
  const query = useSuspenseInfiniteQuery(unchangedQuery(run.id));
  const { data: on } = useSuspenseQuery(interfaceQuery(run.interface));
  const type = useCatalogue().get(on.type);
  const [first] = query.data.pages;
  const records = query.data.pages.flatMap(({ items }) => items);
  const keyOf = (record: ShownRecord): string => String(record.fields[on.key] ?? titleOf(type, record));
  if (first?.known === false) {
    return (
      <Empty
        title="Which they were is not known any more"
        action={
          <Button component={Link} variant="default" to={path`/records/${on.type}`}>
            See the {(type?.plural ?? on.type).toLowerCase()}
          </Button>
        }
      >
        An element that says what is stored is not kept: it left its record as it was. {first.message}
      </Empty>
    );
  }
  if (records.length === 0 && !query.hasNextPage) return null;
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {others ? 'The others said' : 'They said'} what is stored, so that nothing of them is kept but their records, as
        these are now.
      </Text>
      <StackingTable columns={columns} aria-label="Unchanged records">
        {records.map((record) => (
          <StackingRow key={record.id}>
            <StackingCell of={key} style={keyStyle(keyOf(record))}>
              <Anchor component={Link} size="sm" to={path`/records/${record.type}/${record.id}`}>
                {keyOf(record)}
              </Anchor>
            </StackingCell>
            <StackingCell of={stored} w="100%">
              <Text size="sm" lineClamp={1} className="long">
                {inShort(record, on.key)}
              </Text>
            </StackingCell>
            <StackingCell of={written}>
              <Time at={record.updated_at} />
            </StackingCell>
            <StackingCell of={why} style={{ whiteSpace: 'nowrap' }}>
              {record.updated_at > run.received_at ? 'Sent as it was then; changed since' : 'Sent as it is stored'}
            </StackingCell>
          </StackingRow>
        ))}
      </StackingTable>
      <More query={query} />
    </Stack>
  );
}

const inShort = ({ fields }: ShownRecord, except: string): string =>
  Object.entries(fields)
    .filter(([name, value]) => name !== except && value !== null && value !== '')
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(' · ');
