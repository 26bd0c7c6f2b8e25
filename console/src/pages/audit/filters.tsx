import { Button, TextInput } from '@mantine/core';
import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { useSearchParams } from 'react-router';
import { auditKey } from '../../api/audit.ts';
import type { KeyList, UserList } from '../../api/types.ts';
import { Select } from '../../components/select.tsx';

/** What is asked for, as the address says. @param tab that is in the address beside it. */
export function useFilter<Name extends string>(names: readonly Name[], tab?: string) {
  const [parameters, setParameters] = useSearchParams();
  const set = names.flatMap((name) => {
    const value = parameters.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const filter = Object.fromEntries(set) as { readonly [_ in Name]?: string };
  return {
    filter,
    isFiltered: set.length > 0,
    change(name: Name, value: string | null): void {
      const { [name]: _before, ...others } = filter;
      setParameters({ ...(tab && { tab }), ...others, ...(value && { [name]: value }) }, { replace: true });
    },
  };
}

type Option = { value: string; label: string };
export type Options = readonly (string | Option | { group: string; items: Option[] })[];
type Chosen = { label: string; data: Options; value: string | undefined; change: (value: string | null) => void };

export const Choice = ({ label, data, value, change }: Chosen) => (
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
export function principals({ items: users }: UserList, { items: keys }: KeyList, chosen: string | undefined): Options {
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
export const When = ({ label, value, change }: Moment) => (
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

export function LookAgain() {
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
