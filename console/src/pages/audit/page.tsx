import { Button, Group, TextInput } from '@mantine/core';
import {
  useIsFetching,
  usePrefetchInfiniteQuery,
  useQueryClient,
  useSuspenseInfiniteQuery,
  useSuspenseQueries,
} from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { useSearchParams } from 'react-router';
import { type AuditFilter, auditKey, auditQuery } from '../../api/audit.ts';
import { dialectsQuery } from '../../api/dialects.ts';
import { schemaQuery } from '../../api/schema.ts';
import { Changes } from '../../components/changes.tsx';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Select } from '../../components/select.tsx';
import { kinds } from './kinds.ts';

const filters = ['type', 'kind', 'cause', 'principal', 'run'] as const;

const sets = [
  { value: 'run', label: 'complete sets' },
  { value: '-run', label: 'all but complete sets' },
] as const;

export function Page() {
  const [parameters, setParameters] = useSearchParams();
  const set = filters.flatMap((name) => {
    const value = parameters.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const filter: AuditFilter = Object.fromEntries(set);
  usePrefetchInfiniteQuery(auditQuery(filter)); // beside what the filters are chosen from, not after it
  const [{ data: schema }, { data: dialects }] = useSuspenseQueries({ queries: [schemaQuery, dialectsQuery] });
  const change = (name: keyof AuditFilter, value: string | null): void => {
    const { [name]: _before, ...others } = filter;
    setParameters({ ...others, ...(value && { [name]: value }) }, { replace: true });
  };
  const causes = [...sets, ...dialects.items.map(({ name: value, title: label }) => ({ value, label }))];
  const types = Object.entries(schema.types ?? {}).map(([value, { label = value }]) => ({ value, label }));
  return (
    <>
      <PageHead
        title="Audit"
        lead="Every change of every record and link, the newest first: what it was, what it is, who did it, and by which request."
      />
      <Group align="end" mb="md">
        <Choice label="Type" data={types} value={filter.type} change={(value) => change('type', value)} />
        <Choice label="Kind" data={kinds} value={filter.kind} change={(value) => change('kind', value)} />
        <Choice label="Cause" data={causes} value={filter.cause} change={(value) => change('cause', value)} />
        <TextInput
          label="Run"
          placeholder="any"
          inputMode="numeric"
          w={90}
          defaultValue={filter.run ?? ''}
          onChange={({ currentTarget: { value } }) => {
            if (/^([1-9]\d{0,14})?$/.test(value)) change('run', value);
          }}
        />
        <LookAgain />
      </Group>
      <Found filter={filter} isFiltered={set.length > 0} />
    </>
  );
}

type Options = readonly (string | { value: string; label: string })[];
type Chosen = { label: string; data: Options; value: string | undefined; change: (value: string | null) => void };

const Choice = ({ label, data, value, change }: Chosen) => (
  <Select
    label={label}
    placeholder="all"
    clearable
    searchable
    w={190}
    data={[...data]}
    value={value ?? null}
    onChange={change}
  />
);

function LookAgain() {
  const queries = useQueryClient();
  return (
    <Button
      ms="auto"
      variant="default"
      leftSection={<RefreshCw size={16} aria-hidden />}
      loading={useIsFetching({ queryKey: auditKey }) > 0}
      onClick={() => void queries.invalidateQueries({ queryKey: auditKey })}
    >
      Look again
    </Button>
  );
}

function Found({ filter, isFiltered }: { filter: AuditFilter; isFiltered: boolean }) {
  const query = useSuspenseInfiniteQuery(auditQuery(filter));
  const items = query.data.pages.flatMap((page) => page.items);
  return (
    <>
      {items.length > 0 && <Changes items={items} />}
      {items.length === 0 && !query.hasNextPage && (
        <Empty title={isFiltered ? 'None of these' : 'No change yet'}>
          {isFiltered
            ? 'No change that is kept is of this type, kind and cause.'
            : 'Whatever is written from now on, by people, keys or complete sets, has its line here.'}
        </Empty>
      )}
      {items.length === 0 && query.hasNextPage && (
        <Empty title="None among the newest">Few changes are of these: go on to older ones.</Empty>
      )}
      <More query={query} />
    </>
  );
}
