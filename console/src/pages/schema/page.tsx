import { Button, Tabs } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useSearchParams } from 'react-router';
import { mayConfigure } from '../../api/rights.ts';
import { saveFile } from '../../api/save-file.ts';
import { schemaQuery, schemaTextQuery, yamlType } from '../../api/schema.ts';
import { useMe } from '../../api/session.ts';
import { Loading } from '../../app/loading.tsx';
import { Empty } from '../../components/empty.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Editor } from './editor.tsx';
import { LinkTable } from './link-table.tsx';
import { RoleLists } from './role-lists.tsx';
import { TypeTables } from './type-tables.tsx';

/** It brings the layout of graphs with it. */
const Diagram = lazy(async () => ({ default: (await import('./diagram.tsx')).Diagram }));

const tabs = ['diagram', 'types', 'links', 'roles', 'edit'] as const;

export function Page() {
  const queries = useQueryClient();
  const isEditing = mayConfigure(useMe());
  const [parameters, setParameters] = useSearchParams();
  const save = useMutation({ mutationFn: () => saveFile('/v1/schema', yamlType, 'schema.yaml') });
  const tab = tabs.find((name) => name === parameters.get('tab') && (name !== 'edit' || isEditing)) ?? 'diagram';
  const isUnasked = queries.getQueryState(schemaTextQuery.queryKey) === undefined;
  if (tab === 'edit' && isUnasked) void queries.prefetchQuery(schemaTextQuery); // beside the other, not after it
  const { data: schema } = useSuspenseQuery(schemaQuery);
  const isEmpty = Object.keys(schema.types ?? {}).length === 0;
  return (
    <>
      <PageHead
        title="Schema"
        lead="What there is in the workspace: record types with their fields, how they are linked, in which roles, and who owns each."
        actions={
          <Button
            variant="default"
            leftSection={<Download size={16} aria-hidden />}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            Export as YAML
          </Button>
        }
      />
      {save.isError && <ProblemAlert fault={save.error} title="Not exported" />}
      <Tabs value={tab} onChange={(name) => setParameters({ tab: name ?? 'diagram' }, { replace: true })}>
        <Tabs.List mb="md">
          <Tabs.Tab value="diagram">Diagram</Tabs.Tab>
          <Tabs.Tab value="types">Types and fields</Tabs.Tab>
          <Tabs.Tab value="links">Links</Tabs.Tab>
          <Tabs.Tab value="roles">Roles</Tabs.Tab>
          {isEditing && <Tabs.Tab value="edit">Edit as YAML</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="diagram">
          {tab === 'diagram' &&
            (isEmpty ? (
              <Empty title="No record type yet">
                Write the schema under “Edit as YAML”, see what it would do, apply it.
              </Empty>
            ) : (
              <Suspense fallback={<Loading />}>
                <Diagram schema={schema} />
              </Suspense>
            ))}
        </Tabs.Panel>
        <Tabs.Panel value="types">{tab === 'types' && <TypeTables schema={schema} />}</Tabs.Panel>
        <Tabs.Panel value="links">{tab === 'links' && <LinkTable schema={schema} />}</Tabs.Panel>
        <Tabs.Panel value="roles">{tab === 'roles' && <RoleLists schema={schema} />}</Tabs.Panel>
        <Tabs.Panel value="edit">{tab === 'edit' && <Editor />}</Tabs.Panel>
      </Tabs>
    </>
  );
}
