import { Group, Text } from '@mantine/core';
import { useSuspenseInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { rightsQuery } from '../../api/access.ts';
import { actions } from '../../api/rights.ts';
import { schemaQuery } from '../../api/schema.ts';
import type { ShownRights } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { keyStyle } from '../../components/key-style.ts';
import { More } from '../../components/more.tsx';
import { Select } from '../../components/select.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Wide } from '../../components/wide.tsx';
import { nameOfRole } from './roles.ts';

/** Who may do what with the records of a type, over all users and keys. */
export function Rights() {
  const { data: schema } = useSuspenseQuery(schemaQuery);
  const [parameters, setParameters] = useSearchParams();
  const types = Object.entries(schema.types ?? {}).map(([value, { label = value }]) => ({ value, label }));
  const [first] = types;
  if (first === undefined) return <Empty title="No record type yet">Rights are granted by record type.</Empty>;
  const type = types.find(({ value }) => value === parameters.get('type'))?.value ?? first.value;
  const action = actions.find((one) => one === parameters.get('action')) ?? '';
  const ask = (asked: { type?: string; action?: string }): void => {
    const { action: chosen, ...rest } = { type, action, ...asked };
    setParameters({ tab: 'rights', ...rest, ...(chosen && { action: chosen }) }, { replace: true });
  };
  return (
    <>
      <Group align="end" mb="md">
        <Select
          label="Record type"
          data={types}
          value={type}
          searchable
          allowDeselect={false}
          onChange={(value) => value !== null && ask({ type: value })}
        />
        <Select
          label="Who may"
          placeholder="do anything"
          clearable
          data={[...actions]}
          value={action || null}
          onChange={(value) => ask({ action: value ?? '' })}
        />
      </Group>
      <Found type={type} action={action} />
      <Text size="sm" c="dimmed" mt="sm" maw={720}>
        What role, grants and interfaces come to. Whoever sends complete sets creates, edits and links records without a
        grant for it, and deletes what a set leaves out unless the interface keeps it. Who owns a value is judged beside
        it.
      </Text>
    </>
  );
}

const column = { who: 'Who', role: 'Role', attach: 'Attaches', sets: 'Sends sets to' } as const;

function Found({ type, action }: { type: string; action: string }) {
  const query = useSuspenseInfiniteQuery(rightsQuery(type, action));
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Empty title="Nobody">No user and no key may do that.</Empty>;
  return (
    <>
      <Wide>
        <StackingTable
          columns={[column.who, column.role, ...actions, column.attach, column.sets]}
          fz="sm"
          aria-label="Who may do what"
        >
          {items.map((one) => (
            <Row key={one.principal.id} rights={one} held={one.types[type] ?? []} />
          ))}
        </StackingTable>
      </Wide>
      <More query={query} />
    </>
  );
}

function Row({ rights: { principal, interfaces }, held }: { rights: ShownRights; held: readonly string[] }) {
  const attached = held.flatMap((one) => (one.startsWith('attach:') ? [one.slice('attach:'.length)] : []));
  return (
    <StackingRow>
      <StackingCell of={column.who} style={keyStyle(principal.name)}>
        {principal.name}
        <Text size="xs" c="dimmed">
          {principal.email ?? 'key'}
        </Text>
      </StackingCell>
      <StackingCell of={column.role}>{nameOfRole(principal.role)}</StackingCell>
      {actions.map((one) => (
        <StackingCell key={one} of={one}>
          {held.includes(one) && 'yes'}
        </StackingCell>
      ))}
      <StackingCell of={column.attach}>{attached.join(', ')}</StackingCell>
      <StackingCell of={column.sets}>{interfaces.join(', ')}</StackingCell>
    </StackingRow>
  );
}
