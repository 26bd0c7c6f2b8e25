import { Alert, Button, Collapse, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { heldQuery, useApprove, useCancel } from '../../api/runs.ts';
import type { ShownRun } from '../../api/types.ts';
import { keyStyle } from '../../components/key-style.ts';
import { More } from '../../components/more.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Time } from '../../components/time.tsx';
import { counted } from '../../components/words.ts';

/** Deletes that the guard held: which they are, and what to do with them. */
export function Held({ run }: { run: ShownRun }) {
  const [isListed, { toggle }] = useDisclosure();
  const [isAsked, { open, close }] = useDisclosure();
  const approve = useApprove(run.id);
  const cancel = useCancel(run.id);
  if (run.held === null) return null;
  const { deletes, expires_at, whole } = run.held;
  const records = counted(deletes, 'record');
  return (
    <Alert
      color="orange"
      variant="outline"
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
      title={`${records} would be deleted, and wait for approval`}
    >
      <Stack gap="sm">
        <Text size="sm">
          {whole
            ? 'Nothing of the set was applied: it leaves out more than its interface may delete unasked. Approve all of it, or let everything stay as it is.'
            : 'All else was applied. The set leaves out more than its interface may delete unasked: approve that, or let the records stay.'}
        </Text>
        <Text size="sm">
          Held until <Time at={expires_at} />. The next set of the interface says anew what is to be deleted.
        </Text>
        {cancel.isError && <ProblemAlert fault={cancel.error} title="Not cancelled" />}
        <Group>
          <Button color="red.9" onClick={open}>
            Approve
          </Button>
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            Cancel the deletes
          </Button>
          <Button variant="subtle" color="gray" onClick={toggle} aria-expanded={isListed}>
            {isListed ? 'Hide which' : 'Show which'}
          </Button>
        </Group>
        <Collapse expanded={isListed}>{isListed && <List run={run} />}</Collapse>
      </Stack>
      <Modal opened={isAsked} onClose={close} title={`Delete ${records}?`} closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack>
          <Text size="sm">
            They are those that the set left out. One that was changed, linked or supplied since stays. The run can be
            reverted afterwards.
          </Text>
          {approve.isError && <ProblemAlert fault={approve.error} title="Nothing was deleted" />}
          <Group justify="end">
            <Button variant="default" onClick={close} data-autofocus>
              Not now
            </Button>
            <Button
              color="red.9"
              loading={approve.isPending}
              onClick={() => approve.mutate(deletes, { onSuccess: close })}
            >
              Delete {records}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Alert>
  );
}

function List({ run }: { run: ShownRun }) {
  const query = useInfiniteQuery(heldQuery(run.id));
  if (query.isError) return <ProblemAlert fault={query.error} />;
  return (
    <div className="scroll">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Key</Table.Th>
            <Table.Th>Name</Table.Th>
            <Table.Th>Stays, as</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {query.data?.pages
            .flatMap(({ items }) => items)
            .map(({ record, key, name, stays }) => (
              <Table.Tr key={record.id}>
                <Table.Td style={keyStyle(key)}>{key ?? record.number}</Table.Td>
                <Table.Td className="long">{name}</Table.Td>
                <Table.Td>{stays}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
      <More query={query} />
    </div>
  );
}
