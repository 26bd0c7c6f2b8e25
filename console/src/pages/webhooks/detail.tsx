import { Alert, Button, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { usePrefetchQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { schemaQuery } from '../../api/schema.ts';
import type { ShownWebhook } from '../../api/types.ts';
import {
  deliveriesQuery,
  useChangeWebhook,
  useRemoveWebhook,
  useReplayWebhook,
  webhookQuery,
} from '../../api/webhooks.ts';
import { Confirm } from '../../components/confirm.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Time } from '../../components/time.tsx';
import { counted } from '../../components/words.ts';
import { Deliveries } from './deliveries.tsx';
import { WebhookState } from './state.tsx';

export function Page() {
  const { webhook: id = '' } = useParams();
  const [search] = useSearchParams();
  usePrefetchQuery(schemaQuery);
  usePrefetchQuery(deliveriesQuery(id, search.get('state') ?? ''));
  const { data: webhook } = useSuspenseQuery(webhookQuery(id));
  return (
    <>
      <PageHead
        title={webhook.description || 'Webhook'}
        lead={<span style={{ overflowWrap: 'anywhere' }}>{webhook.url}</span>}
        actions={<Actions webhook={webhook} />}
      />
      <Stack gap="lg">
        {webhook.reason !== null && (
          <Alert color="red" title="It was disabled">
            {webhook.reason} Resume it to go on from where it was.
          </Alert>
        )}
        <Facts webhook={webhook} />
        <Deliveries webhook={webhook} />
      </Stack>
    </>
  );
}

function Actions({ webhook }: { webhook: ShownWebhook }) {
  const change = useChangeWebhook(webhook.id);
  const replay = useReplayWebhook(webhook.id);
  const remove = useRemoveWebhook(webhook.id);
  const navigate = useNavigate();
  const isActive = webhook.state === 'active';
  const likeOthers = { size: 'sm', variant: 'default', color: 'gray' } as const;
  return (
    <Stack gap="xs" align="end">
      <Group gap="xs">
        <Button
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ state: isActive ? 'paused' : 'active' })}
        >
          {isActive ? 'Pause' : 'Resume'}
        </Button>
        <Confirm
          label="Replay all"
          title="Deliver all changes again?"
          stay="Not now"
          button={likeOthers}
          write={replay}
          act={(options) => replay.mutate({ after: '' }, options)}
        >
          <Text size="sm">
            It begins anew with the oldest change that is kept. Whoever receives them knows by the id of each what it
            has had.
          </Text>
        </Confirm>
        <Confirm
          label="Delete"
          title="Delete the webhook?"
          button={likeOthers}
          write={remove}
          act={() => remove.mutate(undefined, { onSuccess: () => navigate('/webhooks') })}
        >
          <Text size="sm">Nothing is sent to it any more, and its deliveries are forgotten.</Text>
        </Confirm>
      </Group>
      {change.isError && <ProblemAlert fault={change.error} />}
    </Stack>
  );
}

function Facts({ webhook }: { webhook: ShownWebhook }) {
  const { failures, failing_since, next_attempt_at } = webhook;
  return (
    <Card withBorder>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
        <Fact label="State">
          <WebhookState webhook={webhook} />
        </Fact>
        <Fact label="Record types">{webhook.types.join(', ') || 'all'}</Fact>
        <Fact label="Events">{webhook.events.join(', ') || 'all'}</Fact>
        <Fact label="Made">
          <Time at={webhook.created_at} />
        </Fact>
      </SimpleGrid>
      {failing_since !== null && (
        <Text size="sm" mt="md">
          {counted(failures, 'attempt')} failed since <Time at={failing_since} />
          {next_attempt_at !== null && (
            <>
              ; the next one is at <Time at={next_attempt_at} />
            </>
          )}
          .
        </Text>
      )}
    </Card>
  );
}

const Fact = ({ label, children }: { label: string; children: React.ReactNode }) => (
  <div>
    <Text size="sm" c="dimmed">
      {label}
    </Text>
    <div>{children}</div>
  </div>
);
