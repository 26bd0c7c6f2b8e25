import { Button, type ButtonProps, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { schemaQuery } from '../api/schema.ts';
import type { ShownPlan } from '../api/types.ts';
import { useIsNarrow } from './narrow.ts';
import { PlanView } from './plan-view.tsx';
import { ProblemAlert } from './problem-alert.tsx';

type Shown = {
  /** What would be taken back: `run 8`. */
  readonly what: string;
  readonly plan: {
    readonly data: ShownPlan | undefined;
    readonly error: unknown;
    readonly isError: boolean;
    readonly isPending: boolean;
    mutate(): void;
  };
  readonly revert: {
    readonly error: unknown;
    readonly isError: boolean;
    readonly isPending: boolean;
    mutate(planId: string, options: { onSuccess: () => void }): void;
  };
  /** On the button, where there are several. */
  readonly name?: string;
  readonly button?: ButtonProps;
};

/** Takes something back, after showing what that would do. */
export function RevertButton({ what, plan, revert, name, button }: Shown) {
  const [isOpen, { open, close }] = useDisclosure();
  const isNarrow = useIsNarrow();
  const schema = useQuery({ ...schemaQuery, enabled: isOpen }); // in whose words the plan is shown
  const planned = schema.isSuccess ? plan.data : undefined;
  const ask = (): void => {
    open();
    plan.mutate();
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<Undo2 size={16} aria-hidden />}
        onClick={ask}
        {...(name !== undefined && { 'aria-label': name })}
        {...button}
      >
        Revert
      </Button>
      <Modal opened={isOpen} onClose={close} size="xl" fullScreen={isNarrow} title={`Revert ${what}?`}>
        <Stack>
          <Text size="sm">
            Records and links go back to what they were before {what}. What was changed since is left alone.
          </Text>
          {(plan.isError || schema.isError) && (
            <ProblemAlert fault={plan.error ?? schema.error} title="It cannot be reverted" />
          )}
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
