import { Anchor, Button, Modal, Table, Text } from '@mantine/core';
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
      <Modal opened={isOpen} onClose={close} size="lg" title="New webhook" closeButtonProps={{ 'aria-label': 'Close' }}>
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

const List = ({ webhooks }: { webhooks: readonly ShownWebhook[] }) => (
  <Wide>
    <Table verticalSpacing="sm" highlightOnHover miw={720}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Address</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Types</Table.Th>
          <Table.Th>Events</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {webhooks.map((webhook) => (
          <Table.Tr key={webhook.id}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <Anchor component={Link} to={path`/webhooks/${webhook.id}`}>
                {webhook.url}
              </Anchor>
              <Text size="sm" c="dimmed">
                {webhook.description}
              </Text>
            </Table.Td>
            <Table.Td>
              <WebhookState webhook={webhook} />
            </Table.Td>
            <Table.Td>{webhook.types.join(', ') || 'all'}</Table.Td>
            <Table.Td>{webhook.events.join(', ') || 'all'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Wide>
);
