import { Anchor, Badge, Button, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { interfacesQuery } from '../../api/interfaces.ts';
import { mayConfigure } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import { Empty } from '../../components/empty.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Time } from '../../components/time.tsx';
import { Wide } from '../../components/wide.tsx';
import { RunState } from '../runs/run-state.tsx';
import { CreateDialog } from './create-dialog.tsx';

export function Page() {
  const { data } = useSuspenseQuery(interfacesQuery);
  const [isOpen, { open, close }] = useDisclosure();
  const create = mayConfigure(useMe()) && (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={open}>
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
          <Table verticalSpacing="sm" highlightOnHover miw={720}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Endpoint</Table.Th>
                <Table.Th>Type element</Table.Th>
                <Table.Th>Direction</Table.Th>
                <Table.Th>Last run</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((one) => (
                <Table.Tr key={one.endpoint}>
                  <Table.Td>
                    <Anchor component={Link} to={path`/interfaces/${one.endpoint}`}>
                      {one.name}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>{one.endpoint}</Table.Td>
                  <Table.Td>{one.type}</Table.Td>
                  <Table.Td>{one.direction}</Table.Td>
                  <Table.Td>
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
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Wide>
      )}
      <CreateDialog isOpen={isOpen} close={close} />
    </>
  );
}
