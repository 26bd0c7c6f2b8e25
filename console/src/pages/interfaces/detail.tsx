import { Alert, Stack, Tabs, Text } from '@mantine/core';
import { usePrefetchInfiniteQuery, usePrefetchQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';
import { interfaceCallsQuery, interfaceQuery, runsQuery } from '../../api/interfaces.ts';
import { mayCall, mayConfigure } from '../../api/rights.ts';
import { schemaQuery } from '../../api/schema.ts';
import { useMe } from '../../api/session.ts';
import type { ListedInterface } from '../../api/types.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { PageHead } from '../../components/page-head.tsx';
import { Time } from '../../components/time.tsx';
import { counted } from '../../components/words.ts';
import { InterfaceCalls } from './calls.tsx';
import { Issues } from './issues.tsx';
import { Runs } from './runs.tsx';
import { Settings } from './settings/settings.tsx';
import { Upload } from './upload.tsx';

const tabs = ['runs', 'issues', 'upload', 'settings'] as const;

export function Page() {
  const { endpoint = '' } = useParams();
  // All at once, not one after the other as each part is shown.
  usePrefetchQuery(interfaceQuery(endpoint));
  usePrefetchQuery(interfaceCallsQuery(endpoint));
  usePrefetchInfiniteQuery(runsQuery(endpoint));
  usePrefetchQuery(schemaQuery);
  const { data: on } = useSuspenseQuery(interfaceQuery(endpoint));
  const me = useMe();
  const type = useCatalogue().get(on.type);
  const mayUpload = on.direction === 'synchronising' && mayCall(me, on);
  const [parameters, setParameters] = useSearchParams();
  const tab = tabs.find((name) => name === parameters.get('tab')) ?? 'runs';
  return (
    <>
      <PageHead
        title={on.name}
        lead={`${on.direction === 'providing' ? 'Provides' : 'Synchronises'} the type element ${type?.label ?? on.type}. ${on.initiator === 'upload' ? 'People upload its sets.' : 'An external application sends its sets.'}`}
      />
      <Stack gap="lg">
        <Overdue on={on} />
        <InterfaceCalls on={on} />
        <Tabs value={tab} onChange={(name) => setParameters({ tab: name ?? 'runs' }, { replace: true })}>
          <Tabs.List>
            <Tabs.Tab value="runs">Runs</Tabs.Tab>
            <Tabs.Tab value="issues">Sync issues</Tabs.Tab>
            {mayUpload && <Tabs.Tab value="upload">Upload</Tabs.Tab>}
            {mayConfigure(me) && <Tabs.Tab value="settings">Settings</Tabs.Tab>}
          </Tabs.List>
          <Tabs.Panel value="runs" pt="md">
            {tab === 'runs' && <Runs on={on} mayUpload={mayUpload} />}
          </Tabs.Panel>
          <Tabs.Panel value="issues" pt="md">
            {tab === 'issues' && <Issues endpoint={endpoint} />}
          </Tabs.Panel>
          <Tabs.Panel value="upload" pt="md">
            {tab === 'upload' && mayUpload && <Upload on={on} />}
          </Tabs.Panel>
          <Tabs.Panel value="settings" pt="md">
            {tab === 'settings' && mayConfigure(me) && <Settings key={on.endpoint} on={on} />}
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </>
  );
}

function Overdue({ on }: { on: ListedInterface }) {
  if (on.overdue_since === null) return null;
  return (
    <Alert color="orange" variant="outline" styles={{ title: { color: 'var(--mantine-color-text)' } }} title="Overdue">
      <Text size="sm">
        No complete set has come for longer than{' '}
        {typeof on.overdue_after === 'number' ? counted(on.overdue_after, 'second') : on.overdue_after}: it was due{' '}
        <Time at={on.overdue_since} />. See whether its application still sends, or change what is expected in the
        settings.
      </Text>
    </Alert>
  );
}
