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
import { keysQuery, usersQuery } from '../../api/access.ts';
import { type AuditFilter, auditKey, auditQuery } from '../../api/audit.ts';
import { dialectsQuery } from '../../api/dialects.ts';
import { schemaQuery } from '../../api/schema.ts';
import type { KeyList, UserList } from '../../api/types.ts';
import { Changes } from '../../components/changes.tsx';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Select } from '../../components/select.tsx';
import { kinds } from './kinds.ts';

const filters = ['type', 'kind', 'cause', 'principal', 'run', 'since', 'until'] as const;

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
  const [{ data: schema }, { data: dialects }, { data: users }, { data: keys }] = useSuspenseQueries({
    queries: [schemaQuery, dialectsQuery, usersQuery, keysQuery],
  });
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
      <Found filter={filter} isFiltered={set.length > 0} />
    </>
  );
}

type Option = { value: string; label: string };
type Options = readonly (string | Option | { group: string; items: Option[] })[];
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

/** @param chosen may be none of them any more: what it did is there still. */
function principals({ items: users }: UserList, { items: keys }: KeyList, chosen: string | undefined): Options {
  const people = new Map(users.map(({ id, name }) => [String(id), name]));
  const systems = new Map<string, string>();
  for (const { principal_id, label } of keys) {
    const value = String(principal_id);
    const others = systems.get(value); // one may have several keys
    if (!people.has(value)) systems.set(value, others === undefined ? label : `${others}, ${label}`);
  }
  const isGone = chosen !== undefined && !people.has(chosen) && !systems.has(chosen);
  return [
    ...(isGone ? [{ value: chosen, label: `Number ${chosen}` }] : []),
    { group: 'People', items: optionsOf(people) },
    { group: 'Keys', items: optionsOf(systems) },
  ];
}

const optionsOf = (labels: ReadonlyMap<string, string>): Option[] =>
  [...labels].map(([value, label]) => ({ value, label }));

type Moment = { label: string; value: string | undefined; change: (value: string | null) => void };

/** In the viewer's zone; the address has it in UTC. */
const When = ({ label, value, change }: Moment) => (
  <TextInput
    label={label}
    type="datetime-local"
    max="9999-12-31T23:59" // a year takes no more digits then: what is typed behind it is the time
    defaultValue={value === undefined ? '' : asTyped(new Date(value))}
    onChange={({ currentTarget: { value: typed } }) => {
      const at = new Date(typed);
      change(isTime(at) ? at.toISOString() : null);
    }}
  />
);

const minuteMs = 60_000;

const isTime = (at: Date): boolean => !Number.isNaN(at.getTime());

const asTyped = (at: Date): string =>
  isTime(at)
    ? new Date(at.getTime() - at.getTimezoneOffset() * minuteMs).toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length)
    : '';

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
