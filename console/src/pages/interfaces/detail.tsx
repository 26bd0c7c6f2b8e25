import { Badge, Card, Group, SimpleGrid, Stack, Tabs, Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';
import { interfaceQuery } from '../../api/interfaces.ts';
import { useMe } from '../../api/session.ts';
import type { ListedInterface, Me } from '../../api/types.ts';
import { CopiedText } from '../../components/copied-text.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Issues } from './issues.tsx';
import { Runs } from './runs.tsx';
import { Upload } from './upload.tsx';

const tabs = ['runs', 'issues', 'upload', 'settings'] as const;

export function Page() {
  const { endpoint = '' } = useParams();
  const { data: on } = useSuspenseQuery(interfaceQuery(endpoint));
  const me = useMe();
  const [parameters, setParameters] = useSearchParams();
  const tab = tabs.find((name) => name === parameters.get('tab')) ?? 'runs';
  return (
    <>
      <PageHead
        title={on.name}
        lead={`Synchronises ${on.type}. ${on.initiator === 'upload' ? 'People upload its sets.' : 'An external application sends its sets.'}`}
      />
      <Stack gap="lg">
        <Address on={on} me={me} />
        <Tabs value={tab} onChange={(name) => setParameters({ tab: name ?? 'runs' }, { replace: true })}>
          <Tabs.List>
            <Tabs.Tab value="runs">Runs</Tabs.Tab>
            <Tabs.Tab value="issues">Sync issues</Tabs.Tab>
            {on.direction === 'synchronising' && <Tabs.Tab value="upload">Upload</Tabs.Tab>}
            <Tabs.Tab value="settings">Settings</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="runs" pt="md">
            {tab === 'runs' && <Runs endpoint={endpoint} />}
          </Tabs.Panel>
          <Tabs.Panel value="issues" pt="md">
            {tab === 'issues' && <Issues on={on} />}
          </Tabs.Panel>
          <Tabs.Panel value="upload" pt="md">
            {tab === 'upload' && <Upload on={on} />}
          </Tabs.Panel>
          <Tabs.Panel value="settings" pt="md">
            {tab === 'settings' && <Settings on={on} />}
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </>
  );
}

function Address({ on, me }: { on: ListedInterface; me: Me }) {
  const direction = on.direction === 'providing' ? 'providing' : 'synchronizing';
  const url = `${window.location.origin}/api/v1/workspaces/${me.workspace.id}/interfaces/${direction}/${on.endpoint}`;
  const curl = `curl -X POST '${url}' \\
  -H 'Authorization: Bearer <token>' \\
  -H 'Content-Type: application/json' \\
  --data-binary @set.json`;
  return (
    <Card withBorder>
      <Stack gap="sm">
        <div>
          <Text fw={600} size="sm" mb={4}>
            Endpoint URL
          </Text>
          <CopiedText text={url} what="endpoint URL" />
        </div>
        <div>
          <Text fw={600} size="sm" mb={4}>
            A call
          </Text>
          <CopiedText text={curl} what="cURL call" block />
        </div>
      </Stack>
    </Card>
  );
}

function Settings({ on }: { on: ListedInterface }) {
  const { guard, writes } = on;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card withBorder>
        <Title order={2} size="h5" mb="sm">
          Delete guard
        </Title>
        <Text size="sm">
          {guard.deletes === null && guard.percent === null
            ? 'Off: whatever a set leaves out is deleted.'
            : `Deletes are held for approval above ${[
                guard.deletes !== null && `${guard.deletes} records`,
                guard.percent !== null && `${guard.percent} %`,
              ]
                .filter(Boolean)
                .join(' or ')}.`}
        </Text>
        <Text size="sm">An empty set is {guard.empty_set === 'hold' ? 'held' : 'applied: it deletes everything'}.</Text>
      </Card>
      <Card withBorder>
        <Title order={2} size="h5" mb="sm">
          Ownership
        </Title>
        <Group gap="xs">
          {[...writes.fields, ...writes.relations].map(({ name, owner }) => (
            <Badge key={name} variant="light" color="gray" tt="none">
              {name}: {owner}
            </Badge>
          ))}
        </Group>
      </Card>
    </SimpleGrid>
  );
}
