import { Badge, Button, Code, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import type { ShownDelivery, ShownWebhook } from '../../api/types.ts';
import { deliveriesQuery, useReplayWebhook } from '../../api/webhooks.ts';
import { Empty } from '../../components/empty.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Select } from '../../components/select.tsx';
import { Time } from '../../components/time.tsx';
import { Wide } from '../../components/wide.tsx';

const colors = { delivered: 'green', failing: 'orange', waiting: 'blue' } as const;

/** What became of each event, the last ones first. */
export function Deliveries({ webhook }: { webhook: ShownWebhook }) {
  const [parameters, setParameters] = useSearchParams();
  const state = parameters.get('state') ?? '';
  const { data } = useSuspenseQuery(deliveriesQuery(String(webhook.id), state));
  const replay = useReplayWebhook(webhook.id);
  return (
    <Stack>
      <Group justify="space-between" align="end">
        <Title order={2} size="h4">
          Deliveries
        </Title>
        <Select
          label="State"
          placeholder="all"
          clearable
          data={Object.keys(colors)}
          value={state === '' ? null : state}
          onChange={(wanted) => setParameters(wanted ? { state: wanted } : {}, { replace: true })}
        />
      </Group>
      {replay.isError && <ProblemAlert fault={replay.error} title="It will not be delivered again" />}
      {data.items.length === 0 ? (
        <Empty title={state === '' ? 'Nothing was delivered yet' : 'None of these'}>
          Each change that the webhook is told of has its line here for some days: what was answered, and how often it
          was tried.
        </Empty>
      ) : (
        <Wide>
          <Table verticalSpacing="xs" miw={760}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Event</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th ta="right">Attempts</Table.Th>
                <Table.Th>Last answer</Table.Th>
                <Table.Th>Last tried</Table.Th>
                <Table.Th aria-label="Actions" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((delivery) => (
                <Row
                  key={delivery.id}
                  delivery={delivery}
                  isReplaying={replay.isPending && replay.variables?.delivery === delivery.id}
                  again={() => replay.mutate({ delivery: delivery.id })}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Wide>
      )}
    </Stack>
  );
}

type Shown = { delivery: ShownDelivery; isReplaying: boolean; again: () => void };

const Row = ({ delivery, isReplaying, again }: Shown) => (
  <Table.Tr>
    <Table.Td>
      {delivery.event}
      <Text size="xs" c="dimmed">
        {delivery.id}
      </Text>
    </Table.Td>
    <Table.Td>
      <Badge variant="light" color={colors[delivery.state]}>
        {delivery.state}
      </Badge>
    </Table.Td>
    <Table.Td ta="right">{delivery.attempts}</Table.Td>
    <Table.Td style={{ overflowWrap: 'anywhere' }}>
      {delivery.status} {delivery.answer && <Code>{delivery.answer}</Code>}
      {delivery.failure !== null && <Text size="sm">{delivery.failure}</Text>}
    </Table.Td>
    <Table.Td>{delivery.attempted_at !== null && <Time at={delivery.attempted_at} />}</Table.Td>
    <Table.Td ta="right">
      <Button
        size="compact-sm"
        variant="subtle"
        loading={isReplaying}
        onClick={again}
        aria-label={`Deliver ${delivery.id} again`}
      >
        Replay
      </Button>
    </Table.Td>
  </Table.Tr>
);
