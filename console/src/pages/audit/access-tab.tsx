import { Anchor, Button, Group, Text } from '@mantine/core';
import {
  useMutation,
  usePrefetchInfiniteQuery,
  useSuspenseInfiniteQuery,
  useSuspenseQueries,
} from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { Link } from 'react-router';
import { keysQuery, usersQuery } from '../../api/access.ts';
import { type AccessFilter, accessAuditQuery, saveAccessAudit } from '../../api/audit.ts';
import { dialectsQuery } from '../../api/dialects.ts';
import type { AuditEntry } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Through } from '../../components/through.tsx';
import { Time } from '../../components/time.tsx';
import { Wide } from '../../components/wide.tsx';
import { actions, concernedKinds, Details, Told } from './access-in-words.tsx';
import { Choice, LookAgain, type Options, principals, useFilter, When } from './filters.tsx';

const filters = ['action', 'concerned', 'principal', 'since', 'until'] as const;

const column = { at: 'When', told: 'What was done', by: 'How' } as const;

/** What was done to access and configuration. */
export function AccessTab() {
  const { filter, isFiltered, change } = useFilter(filters, 'access');
  usePrefetchInfiniteQuery(accessAuditQuery(filter)); // beside what the filters are chosen from, not after it
  const [{ data: users }, { data: keys }] = useSuspenseQueries({ queries: [usersQuery, keysQuery, dialectsQuery] });
  const save = useMutation({ mutationFn: () => saveAccessAudit(filter) });
  return (
    <>
      <Group align="end" mb="md">
        <Choice label="Action" data={actions} value={filter.action} change={(value) => change('action', value)} />
        <Choice
          label="Done to"
          data={concernedOptions(filter.concerned)}
          value={filter.concerned}
          change={(value) => change('concerned', value)}
        />
        <Choice
          label="By"
          data={principals(users, keys, filter.principal)}
          value={filter.principal}
          change={(value) => change('principal', value)}
        />
        <When label="From" value={filter.since} change={(value) => change('since', value)} />
        <When label="Until" value={filter.until} change={(value) => change('until', value)} />
        <LookAgain />
        <Button
          variant="default"
          leftSection={<Download size={16} aria-hidden />}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          Export as CSV
        </Button>
      </Group>
      {save.isError && <ProblemAlert fault={save.error} title="Not exported" />}
      <Found filter={filter} isFiltered={isFiltered} />
    </>
  );
}

/** @param chosen may be one thing, which is not offered else. */
function concernedOptions(chosen: string | undefined): Options {
  const isKind = concernedKinds.some(({ value }) => value === chosen);
  return chosen === undefined || isKind
    ? concernedKinds
    : [{ value: chosen, label: chosen.replace(':', ' ') }, ...concernedKinds];
}

function Found({ filter, isFiltered }: { filter: AccessFilter; isFiltered: boolean }) {
  const query = useSuspenseInfiniteQuery(accessAuditQuery(filter));
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0)
    return (
      <Empty title={isFiltered ? 'None of these' : 'Nothing is kept'}>
        {isFiltered
          ? 'Nothing that is kept is as the filters say.'
          : 'Whatever is done to users, keys, grants, interfaces, webhooks and the schema from now on has its line here.'}
      </Empty>
    );
  return (
    <>
      <Wide>
        <StackingTable columns={Object.values(column)} aria-label="What was done to access">
          {items.map((entry) => (
            <Row key={entry.number} entry={entry} />
          ))}
        </StackingTable>
      </Wide>
      <More query={query} />
    </>
  );
}

function Row({ entry }: { entry: AuditEntry }) {
  const { kind, id, name } = entry.concerned;
  const toAllOfIt = `?${new URLSearchParams({ tab: 'access', concerned: `${kind}:${id ?? name}` })}`;
  return (
    <StackingRow>
      <StackingCell of={column.at}>
        <Time at={entry.at} />
      </StackingCell>
      <StackingCell of={column.told} className="long" room={320}>
        <Told
          entry={entry}
          named={
            <Anchor component={Link} size="sm" underline="always" to={toAllOfIt}>
              {name}
            </Anchor>
          }
        />
        <Details entry={entry} />
      </StackingCell>
      <StackingCell of={column.by} room={190}>
        <Text size="sm">
          <Through via={entry.via} />
        </Text>
        <Text size="xs" c="dimmed" title="request">
          {entry.request_id}
        </Text>
      </StackingCell>
    </StackingRow>
  );
}
