import { Alert, Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { type Owned, usePlanTransfer, useTransfer } from '../../../api/ownership.ts';
import type { ListedInterface, Transfer, TransferAnswer } from '../../../api/types.ts';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { counted } from '../../../components/words.ts';

type Shown = { on: ListedInterface; owned: Owned; isOpen: boolean; close: () => void };

export const TransferDialog = ({ on, owned, isOpen, close }: Shown) => (
  <Modal opened={isOpen} onClose={close} title={`Transfer the ownership of ${owned.label}`}>
    <Choose on={on} owned={owned} close={close} />
  </Modal>
);

/** Another owner; whom that would touch is said before it is done. */
function Choose({ on, owned, close }: Omit<Shown, 'isOpen'>) {
  const plan = usePlanTransfer();
  const transfer = useTransfer();
  const [owner, setOwner] = useState<string | null>(null);
  const owners = [
    ['internal', 'People and APIs, here'],
    ['external', 'Any interface'],
    [`interface:${on.endpoint}`, `The interface ${on.name} alone`],
  ] as const;
  const wish = (chosen: string): Transfer => ({
    type: on.type,
    ...(owned.member && { [owned.member.kind]: owned.member.name }),
    owner: chosen as Transfer['owner'],
  });
  const choose = (chosen: string): void => {
    setOwner(chosen);
    transfer.reset();
    plan.mutate(wish(chosen));
  };
  return (
    <Stack>
      <Radio.Group label="New owner" value={owner} onChange={choose}>
        <Stack gap="xs" mt="xs">
          {owners
            .filter(([value]) => value !== owned.owner)
            .map(([value, label], place) => (
              <Radio key={value} value={value} label={label} {...(place === 0 && { 'data-autofocus': true })} />
            ))}
        </Stack>
      </Radio.Group>
      {plan.isError && <ProblemAlert fault={plan.error} title="It cannot be transferred" />}
      {plan.data !== undefined && <Preview plan={plan.data} />}
      {transfer.isError && <ProblemAlert fault={transfer.error} title="It was not transferred" />}
      <Group justify="end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          disabled={owner === null || plan.data === undefined}
          loading={transfer.isPending || plan.isPending}
          onClick={() => owner !== null && transfer.mutate(wish(owner), { onSuccess: close })}
        >
          Transfer
        </Button>
      </Group>
    </Stack>
  );
}

const Preview = ({ plan: { before, after, holding, gains, loses } }: { plan: TransferAnswer }) => (
  <Alert color="blue" title={`From ${before} to ${after}`}>
    <Text size="sm">
      {counted(holding, 'value is there, and stays as it is', 'values are there, and stay as they are')}.
    </Text>
    <Text size="sm">
      {gains.length > 0 ? `May write it from then on: ${gains.join(', ')}.` : 'No interface gains it.'}
    </Text>
    <Text size="sm">{loses.length > 0 ? `May no longer: ${loses.join(', ')}.` : 'No interface loses it.'}</Text>
  </Alert>
);
