import { Alert, Anchor, Button, Collapse, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { path } from '../../api/client.ts';
import { mayConfigure } from '../../api/rights.ts';
import { heldQuery, useApprove, useCancel } from '../../api/runs.ts';
import { useMe } from '../../api/session.ts';
import type { ShownRun } from '../../api/types.ts';
import { keyStyle } from '../../components/key-style.ts';
import { More } from '../../components/more.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Time } from '../../components/time.tsx';
import { counted } from '../../components/words.ts';

/** Deletes that the guard held: which they are, and what to do with them. */
export function Held({ run }: { run: ShownRun }) {
  const [parameters, setParameters] = useSearchParams();
  const isListed = parameters.get('held') === 'listed';
  const toggle = (): void => {
    const { held: _, ...others } = Object.fromEntries(parameters);
    setParameters(isListed ? others : { ...others, held: 'listed' }, { replace: true });
  };
  const [isAsked, { open, close }] = useDisclosure();
  const approve = useApprove(run.id);
  const cancel = useCancel(run.id);
  const mayDecide = mayConfigure(useMe());
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
          {whole ? 'Nothing of the set was applied: it' : 'All else was applied. The set'} leaves out more than its
          interface may delete unasked. {!mayDecide && 'An administrator or power user decides on it.'}
          {mayDecide &&
            (whole ? 'Approve all of it, or let everything stay as it is.' : 'Approve that, or let the records stay.')}
        </Text>
        <Text size="sm">
          Held until <Time at={expires_at} />. The next set of the interface says anew what is to be deleted.
        </Text>
        {cancel.isError && <ProblemAlert fault={cancel.error} title="Not cancelled" />}
        <Group>
          {mayDecide && (
            <>
              <Button color="red.9" onClick={open}>
                Approve
              </Button>
              <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
                {whole ? 'Discard the set' : 'Cancel the deletes'}
              </Button>
            </>
          )}
          <Button variant="subtle" color="gray" onClick={toggle} aria-expanded={isListed}>
            {isListed ? 'Hide which' : 'Show which'}
          </Button>
        </Group>
        <Collapse expanded={isListed}>{isListed && <List run={run} />}</Collapse>
      </Stack>
      <Modal opened={isAsked} onClose={close} title={`Delete ${records}?`}>
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

const columns = ['Key', 'Name', 'What would become of it'] as const;

function List({ run }: { run: ShownRun }) {
  const query = useInfiniteQuery(heldQuery(run.id));
  if (query.isError) return <ProblemAlert fault={query.error} />;
  return (
    <>
      <StackingTable columns={columns} aria-label="Held deletes">
        {query.data?.pages
          .flatMap(({ items }) => items)
          .map(({ record, key, name, stays }) => (
            <StackingRow key={record.id}>
              <StackingCell of={columns[0]} style={keyStyle(key)}>
                <Anchor component={Link} size="sm" underline="always" to={path`/records/${record.type}/${record.id}`}>
                  {key ?? record.number}
                </Anchor>
              </StackingCell>
              <StackingCell of={columns[1]} className="long">
                {name}
              </StackingCell>
              <StackingCell of={columns[2]}>
                {stays === null ? 'It would be deleted' : `It stays: ${stays}`}
              </StackingCell>
            </StackingRow>
          ))}
      </StackingTable>
      <More query={query} />
    </>
  );
}
