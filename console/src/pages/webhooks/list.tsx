import { Anchor, Button, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import type { MadeWebhook, ShownWebhook } from '../../api/types.ts';
import { webhooksQuery } from '../../api/webhooks.ts';
import { Empty } from '../../components/empty.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Wide } from '../../components/wide.tsx';
import { CreateWebhook } from './create.tsx';
import { Secret } from './secret.tsx';
import { WebhookState } from './state.tsx';

export function Page() {
  const { data } = useSuspenseQuery(webhooksQuery);
  const [isOpen, { open, close }] = useDisclosure();
  const [made, setMade] = useState<MadeWebhook | null>(null);
  const create = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={open}>
      New webhook
    </Button>
  );
  return (
    <>
      <PageHead
        title="Webhooks"
        lead="Addresses that are told of each change, in the order in which they happen, by signed requests."
        actions={data.items.length > 0 && create}
      />
      {data.items.length === 0 ? (
        <Empty title="No webhook yet" action={create}>
          Another application need not ask what is new: give its address, and every change is posted there, again and
          again until it is taken.
        </Empty>
      ) : (
        <List webhooks={data.items} />
      )}
      <Modal opened={isOpen} onClose={close} size="lg" title="New webhook">
        <CreateWebhook
          close={close}
          done={(webhook) => {
            close();
            setMade(webhook);
          }}
        />
      </Modal>
      {made !== null && <Secret made={made} close={() => setMade(null)} />}
    </>
  );
}

const columns = ['Address', 'State', 'Types', 'Events'] as const;

const List = ({ webhooks }: { webhooks: readonly ShownWebhook[] }) => (
  <Wide>
    <StackingTable columns={columns} verticalSpacing="sm" highlightOnHover fz="sm" aria-label="Webhooks">
      {webhooks.map((webhook) => (
        <StackingRow key={webhook.id}>
          <StackingCell of={columns[0]} className="long" room={200}>
            <Anchor component={Link} size="sm" to={path`/webhooks/${webhook.id}`}>
              {webhook.url}
            </Anchor>
            <Text size="sm" c="dimmed">
              {webhook.description}
            </Text>
          </StackingCell>
          <StackingCell of={columns[1]}>
            <WebhookState webhook={webhook} />
          </StackingCell>
          <StackingCell of={columns[2]}>{webhook.types.join(', ') || 'all'}</StackingCell>
          <StackingCell of={columns[3]}>{webhook.events.join(', ') || 'all'}</StackingCell>
        </StackingRow>
      ))}
    </StackingTable>
  </Wide>
);
