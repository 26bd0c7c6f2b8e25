import { Alert, Button, Card, Checkbox, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useRemoveInterface } from '../../../api/interfaces.ts';
import { usePlanSchema } from '../../../api/schema.ts';
import type { ListedInterface, Schema } from '../../../api/types.ts';
import { ProblemAlert } from '../../../components/problem-alert.tsx';

/** The end of an interface, after it was said what would be lost. */
export function Remove({ on, schema }: { on: ListedInterface; schema: Schema }) {
  const [isOpen, { open, close }] = useDisclosure();
  const plan = usePlanSchema();
  const ask = (): void => {
    open();
    const { [on.endpoint]: _removed, ...others } = schema.interfaces ?? {};
    plan.mutate({ ...schema, interfaces: others });
  };
  const losses = plan.data?.changes.flatMap(({ loss }) => loss ?? []);
  return (
    <Card withBorder component="section" aria-labelledby="remove-title">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h4" id="remove-title">
            Remove the interface
          </Title>
          <Text size="sm" c="dimmed">
            Its records stay as they are; no interface is responsible for them any more.
          </Text>
        </div>
        <Button variant="default" onClick={ask}>
          Remove
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={close} title={`Remove ${on.name}?`}>
        {plan.isError && <ProblemAlert fault={plan.error} title="It cannot be removed" />}
        {losses !== undefined && <Confirm on={on} losses={losses} close={close} />}
      </Modal>
    </Card>
  );
}

function Confirm({ on, losses, close }: { on: ListedInterface; losses: readonly string[]; close: () => void }) {
  const remove = useRemoveInterface(on.endpoint);
  const navigate = useNavigate();
  const [isAccepted, setAccepted] = useState(false);
  const loses = losses.length > 0;
  return (
    <Stack>
      {loses ? (
        <Alert color="red" title="This would be lost">
          {losses.map((loss) => (
            <Text size="sm" key={loss}>
              {loss}
            </Text>
          ))}
        </Alert>
      ) : (
        <Text size="sm">Nothing would be lost. The application that sends its sets is refused from then on.</Text>
      )}
      {loses && (
        <Checkbox
          label="Let go of it"
          checked={isAccepted}
          onChange={({ currentTarget }) => setAccepted(currentTarget.checked)}
        />
      )}
      {remove.isError && <ProblemAlert fault={remove.error} title="It was not removed" />}
      <Group justify="end">
        <Button variant="default" onClick={close} data-autofocus>
          Keep it
        </Button>
        <Button
          color="red.9"
          disabled={loses && !isAccepted}
          loading={remove.isPending}
          onClick={() => remove.mutate(isAccepted, { onSuccess: () => navigate('/interfaces') })}
        >
          Remove the interface
        </Button>
      </Group>
    </Stack>
  );
}
