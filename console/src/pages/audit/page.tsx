import { Tabs } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { isAdmin } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import { PageHead } from '../../components/page-head.tsx';
import { AccessTab } from './access-tab.tsx';
import { RecordsTab } from './records-tab.tsx';

const lead = {
  records:
    'Every change of every record and link, the newest first: what it was, what it is, who did it, and by which request.',
  access:
    'Who made, changed and removed users, keys, grants, interfaces, webhooks and the schema, the newest first, and which user names were locked.',
} as const;

export function Page() {
  const maySeeAccess = isAdmin(useMe());
  const [parameters, setParameters] = useSearchParams();
  const tab = maySeeAccess && parameters.get('tab') === 'access' ? 'access' : 'records';
  const shown = tab === 'access' ? <AccessTab /> : <RecordsTab />;
  return (
    <>
      <PageHead title="Audit" lead={lead[tab]} />
      {maySeeAccess ? (
        // The filters of the one are not those of the other.
        <Tabs value={tab} onChange={(name) => setParameters(name === 'access' ? { tab: name } : {}, { replace: true })}>
          <Tabs.List mb="md">
            <Tabs.Tab value="records">Records</Tabs.Tab>
            <Tabs.Tab value="access">Access</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value={tab}>{shown}</Tabs.Panel>
        </Tabs>
      ) : (
        shown
      )}
    </>
  );
}
