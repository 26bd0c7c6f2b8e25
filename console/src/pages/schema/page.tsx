import { Anchor, Button, Tabs, Text } from '@mantine/core';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Link, useSearchParams } from 'react-router';
import { mayConfigure } from '../../api/rights.ts';
import { saveFile } from '../../api/save-file.ts';
import { schemaQuery, schemaTextQuery, yamlType } from '../../api/schema.ts';
import { useMe } from '../../api/session.ts';
import { Loading } from '../../app/loading.tsx';
import { Empty } from '../../components/empty.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { LinkTable } from './link-table.tsx';
import { RoleLists } from './role-lists.tsx';
import { TypeTables } from './type-tables.tsx';
import { useEditing } from './use-editing.ts';

/** It brings the layout of graphs with it. */
const Diagram = lazy(async () => ({ default: (await import('./diagram.tsx')).Diagram }));

/** And this, the reader of YAML. */
const Editing = lazy(async () => ({ default: (await import('./editing/editing.tsx')).Editing }));

const tabs = ['diagram', 'types', 'links', 'roles', 'form', 'edit'] as const;
const forEditing: readonly string[] = ['form', 'edit'];

export function Page() {
  const queries = useQueryClient();
  const mayEdit = mayConfigure(useMe());
  const editing = useEditing();
  const [parameters, setParameters] = useSearchParams();
  const save = useMutation({ mutationFn: () => saveFile('/v1/schema', yamlType, 'schema.yaml') });
  const asked = tabs.find((name) => name === parameters.get('tab'));
  const tab = asked === undefined || (forEditing.includes(asked) && !mayEdit) ? 'diagram' : asked;
  const isEditing = forEditing.includes(tab);
  /** The part that is shown stays the same. */
  const to = (name: string) => {
    const at = parameters.get('at');
    return { tab: name, ...(at !== null && { at }) };
  };
  const isUnasked = queries.getQueryState(schemaTextQuery.queryKey) === undefined;
  if (isEditing && isUnasked) void queries.prefetchQuery(schemaTextQuery); // beside the other, not after it
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
      <Tabs value={tab} onChange={(name) => setParameters(to(name ?? 'diagram'), { replace: true })}>
        <Tabs.List mb="md">
          <Tabs.Tab value="diagram">Diagram</Tabs.Tab>
          <Tabs.Tab value="types">Types and fields</Tabs.Tab>
          <Tabs.Tab value="links">Links</Tabs.Tab>
          <Tabs.Tab value="roles">Roles</Tabs.Tab>
          {mayEdit && <Tabs.Tab value="form">Edit by form</Tabs.Tab>}
          {mayEdit && <Tabs.Tab value="edit">Edit as YAML</Tabs.Tab>}
        </Tabs.List>
        {editing.draft !== null && !isEditing && (
          <Text size="sm" mb="md" role="status">
            Changes are begun that are not applied: this is the schema without them.{' '}
            <Anchor component={Link} size="sm" to="?tab=form" replace>
              Go on with them
            </Anchor>
          </Text>
        )}
        <Tabs.Panel value="diagram">
          {tab === 'diagram' &&
            (isEmpty ? (
              <Empty title="No record type yet">
                Make the first one under “Edit by form”, or write the schema under “Edit as YAML”; see what it would do,
                apply it.
              </Empty>
            ) : (
              <Suspense fallback={<Loading />}>
                <Diagram schema={schema} mayEdit={mayEdit} />
              </Suspense>
            ))}
        </Tabs.Panel>
        <Tabs.Panel value="types">
          {tab === 'types' && <TypeTables schema={schema} at={parameters.get('at')} mayEdit={mayEdit} />}
        </Tabs.Panel>
        <Tabs.Panel value="links">{tab === 'links' && <LinkTable schema={schema} mayEdit={mayEdit} />}</Tabs.Panel>
        <Tabs.Panel value="roles">{tab === 'roles' && <RoleLists schema={schema} />}</Tabs.Panel>
        {(['form', 'edit'] as const).map((name) => (
          <Tabs.Panel key={name} value={name}>
            {tab === name && (
              <Suspense fallback={<Loading />}>
                <Editing by={name === 'form' ? 'form' : 'text'} editing={editing} />
              </Suspense>
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
