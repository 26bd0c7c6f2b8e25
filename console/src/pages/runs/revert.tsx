import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Undo2 } from 'lucide-react';
import { mayConfigure } from '../../api/rights.ts';
import { usePlanRevert, useRevert } from '../../api/runs.ts';
import { useMe } from '../../api/session.ts';
import type { ShownRun } from '../../api/types.ts';
import { useIsNarrow } from '../../components/narrow.ts';
import { PlanView } from '../../components/plan-view.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';

const isRevertible = ({ state, reverts }: ShownRun): boolean =>
  (state === 'applied' || state === 'partial') && reverts === null;

/** Takes a run back, after showing what that would do. */
export function Revert({ run }: { run: ShownRun }) {
  const [isOpen, { open, close }] = useDisclosure();
  const plan = usePlanRevert(run.id);
  const revert = useRevert(run.id);
  const isNarrow = useIsNarrow();
  const me = useMe();
  if (!isRevertible(run) || !mayConfigure(me)) return null;
  const ask = (): void => {
    open();
    plan.mutate();
  };
  const planned = plan.data;
  return (
    <>
      <Button variant="default" leftSection={<Undo2 size={16} aria-hidden />} onClick={ask}>
        Revert
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        size="xl"
        fullScreen={isNarrow}
        title={`Revert run ${run.number}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <Text size="sm">
            Records, links and owners go back to what they were before the run. What was changed since is left alone.
          </Text>
          {plan.isError && <ProblemAlert fault={plan.error} title="It cannot be reverted" />}
          {planned !== undefined && <PlanView plan={planned} />}
          {revert.isError && <ProblemAlert fault={revert.error} title="Not reverted" />}
          <Group justify="end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button
              color="red.9"
              disabled={planned === undefined}
              loading={plan.isPending || revert.isPending}
              onClick={() => planned && revert.mutate(planned.plan_id, { onSuccess: close })}
            >
              Revert
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
