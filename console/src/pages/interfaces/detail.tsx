import { Card, Stack, Tabs, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';
import { interfaceQuery } from '../../api/interfaces.ts';
import { mayConfigure } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import type { ListedInterface, Me } from '../../api/types.ts';
import { CopiedText } from '../../components/copied-text.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Issues } from './issues.tsx';
import { Runs } from './runs.tsx';
import { Settings } from './settings/settings.tsx';
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
            {mayConfigure(me) && <Tabs.Tab value="settings">Settings</Tabs.Tab>}
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
            {tab === 'settings' && mayConfigure(me) && <Settings key={on.endpoint} on={on} />}
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
