import { Anchor, Badge, Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { usePrefetchQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { interfacesQuery } from '../../api/interfaces.ts';
import { mayConfigure } from '../../api/rights.ts';
import { schemaQuery } from '../../api/schema.ts';
import { useMe } from '../../api/session.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { Empty } from '../../components/empty.tsx';
import { keyStyle } from '../../components/key-style.ts';
import { PageHead } from '../../components/page-head.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Time } from '../../components/time.tsx';
import { Wide } from '../../components/wide.tsx';
import { RunState } from '../runs/run-state.tsx';
import { CreateDialog } from './create-dialog.tsx';

const column = {
  name: 'Name',
  endpoint: 'Endpoint',
  type: 'Type element',
  direction: 'Direction',
  lastRun: 'Last run',
} as const;

export function Page() {
  usePrefetchQuery(schemaQuery); // beside the interfaces, not after them
  const { data } = useSuspenseQuery(interfacesQuery);
  const catalogue = useCatalogue();
  const [isOpen, { open, close }] = useDisclosure();
  const create = mayConfigure(useMe()) && (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={open} className="wordy">
      New interface for synchronizing with an external application
    </Button>
  );
  return (
    <>
      <PageHead
        title="Application integration"
        lead="Interfaces by which other applications synchronise complete sets of records: what they send is stored, what they leave out is deleted."
        actions={data.items.length > 0 && create}
      />
      {data.items.length === 0 ? (
        <Empty title="No interface yet" action={create}>
          An interface takes the complete set of one type element from one application. Make one, and send it the set as
          JSON, CSV or XML.
        </Empty>
      ) : (
        <Wide>
          <StackingTable
            columns={Object.values(column)}
            verticalSpacing="sm"
            highlightOnHover
            fz="sm"
            aria-label="Interfaces"
          >
            {data.items.map((one) => (
              <StackingRow key={one.endpoint}>
                <StackingCell of={column.name} style={keyStyle(one.name)}>
                  <Anchor component={Link} size="sm" fw={500} to={path`/interfaces/${one.endpoint}`}>
                    {one.name}
                  </Anchor>
                </StackingCell>
                <StackingCell of={column.endpoint} style={keyStyle(one.endpoint)}>
                  {one.endpoint}
                </StackingCell>
                <StackingCell of={column.type}>{catalogue.get(one.type)?.label ?? one.type}</StackingCell>
                <StackingCell of={column.direction}>{one.direction}</StackingCell>
                <StackingCell of={column.lastRun}>
                  {one.last_run === null ? (
                    <Text size="sm" c="dimmed">
                      none
                    </Text>
                  ) : (
                    <>
                      <RunState run={one.last_run} /> <Time at={one.last_run.received_at} />
                    </>
                  )}
                  {one.overdue_since !== null && (
                    <Badge color="orange" ml="xs">
                      overdue
                    </Badge>
                  )}
                </StackingCell>
              </StackingRow>
            ))}
          </StackingTable>
        </Wide>
      )}
      <CreateDialog isOpen={isOpen} close={close} />
    </>
  );
}
