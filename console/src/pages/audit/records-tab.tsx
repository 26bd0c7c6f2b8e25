import { Group, TextInput } from '@mantine/core';
import { usePrefetchInfiniteQuery, useSuspenseInfiniteQuery, useSuspenseQueries } from '@tanstack/react-query';
import { keysQuery, usersQuery } from '../../api/access.ts';
import { type AuditFilter, auditQuery } from '../../api/audit.ts';
import { dialectsQuery } from '../../api/dialects.ts';
import { schemaQuery } from '../../api/schema.ts';
import { Changes } from '../../components/changes.tsx';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { Choice, LookAgain, principals, useFilter, When } from './filters.tsx';
import { kinds } from './kinds.ts';

const filters = ['type', 'kind', 'cause', 'principal', 'run', 'since', 'until'] as const;

const sets = [
  { value: 'run', label: 'complete sets' },
  { value: '-run', label: 'all but complete sets' },
] as const;

/** Every change of every record and link. */
export function RecordsTab() {
  const { filter, isFiltered, change } = useFilter(filters);
  usePrefetchInfiniteQuery(auditQuery(filter)); // beside what the filters are chosen from, not after it
  const [{ data: schema }, { data: dialects }, { data: users }, { data: keys }] = useSuspenseQueries({
    queries: [schemaQuery, dialectsQuery, usersQuery, keysQuery],
  });
  const causes = [...sets, ...dialects.items.map(({ name: value, title: label }) => ({ value, label }))];
  const types = Object.entries(schema.types ?? {}).map(([value, { label = value }]) => ({ value, label }));
  return (
    <>
      <Group align="end" mb="md">
        <Choice label="Type" data={types} value={filter.type} change={(value) => change('type', value)} />
        <Choice label="Kind" data={kinds} value={filter.kind} change={(value) => change('kind', value)} />
        <Choice label="Cause" data={causes} value={filter.cause} change={(value) => change('cause', value)} />
        <Choice
          label="By"
          data={principals(users, keys, filter.principal)}
          value={filter.principal}
          change={(value) => change('principal', value)}
        />
        <When label="From" value={filter.since} change={(value) => change('since', value)} />
        <When label="Until" value={filter.until} change={(value) => change('until', value)} />
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
      <Found filter={filter} isFiltered={isFiltered} />
    </>
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
            ? 'No change that is kept is as the filters say.'
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
