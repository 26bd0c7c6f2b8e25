import { Anchor, Group, SimpleGrid, Stack, Title } from '@mantine/core';
import { usePrefetchQuery, useSuspenseQueries } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { Link } from 'react-router';
import { dialectsQuery } from '../../api/dialects.ts';
import { interfacesQuery } from '../../api/interfaces.ts';
import {
  activityOf,
  heldRunsQuery,
  lastChangesQuery,
  lastRunsQuery,
  recordCountsQuery,
  waitingQuery,
  webhooksOf,
} from '../../api/overview.ts';
import { may, mayConfigure } from '../../api/rights.ts';
import { schemaQuery } from '../../api/schema.ts';
import { useMe } from '../../api/session.ts';
import { Changes } from '../../components/changes.tsx';
import { Empty } from '../../components/empty.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { count } from '../../components/words.ts';
import { beginOfDay, hoursOfDay, lastDay, sumOf } from './by-hour.ts';
import { DayCharts } from './day-charts.tsx';
import { Figure } from './figure.tsx';
import { RecordCounts } from './record-counts.tsx';

type Listed = { readonly items: readonly unknown[]; readonly next: string | null };

/** A page may not have all of them. */
const atLeast = (number: number, { next }: Listed): string => (next === null ? count(number) : `${count(number)}+`);

/** How the workspace is doing: whatever asks for somebody is here, and leads to where it is dealt with. */
export function Page() {
  const me = useMe();
  const isConfiguring = mayConfigure(me);
  usePrefetchQuery(schemaQuery); // what is drawn last is asked for with all else
  usePrefetchQuery(recordCountsQuery);
  usePrefetchQuery(dialectsQuery);
  // A new hour is shown once its figures are there: until then the page stays as it is.
  const begin = new Date(useDeferredValue(beginOfDay().getTime()));
  const [
    { data: runs },
    { data: held },
    { data: waiting },
    { data: interfaces },
    { data: changes },
    { data: webhooks },
    { data: activity },
  ] = useSuspenseQueries({
    queries: [
      lastRunsQuery,
      heldRunsQuery,
      waitingQuery,
      interfacesQuery,
      lastChangesQuery,
      webhooksOf(isConfiguring),
      activityOf(isConfiguring, begin, hoursOfDay),
    ],
  });
  const hours = lastDay(runs.items, begin);
  const today = hours.flatMap((hour) => hour.runs);
  // The oldest of those that were listed is of the last day: there may be more.
  const ofDay = today.length < runs.items.length ? { ...runs, next: null } : runs;
  const overdue = interfaces.items.filter(({ overdue_since }) => overdue_since !== null);
  const failing = webhooks.items.filter(
    ({ state, failures }) => state === 'disabled' || (state === 'active' && failures > 0),
  );
  const [oneHeld, oneOverdue] = [held.items[0], overdue[0]];
  return (
    <>
      <PageHead title="Overview" lead={`How the workspace ${me.workspace.name} is doing.`} />
      <Stack gap="md">
        <SimpleGrid cols={{ base: 2, sm: 3, lg: isConfiguring ? 6 : 5 }}>
          <Figure
            label="Runs in 24 hours"
            value={atLeast(today.length, ofDay)}
            to={isConfiguring ? '/interfaces' : undefined}
          />
          <Figure
            label="Sync issues in 24 hours"
            value={atLeast(
              sumOf(today, (run) => run.issues),
              ofDay,
            )}
            to={isConfiguring ? '/interfaces' : undefined}
          />
          <Figure
            label="Held for approval"
            value={atLeast(held.items.length, held)}
            isAlarming={held.items.length > 0}
            to={oneHeld && `/runs/${oneHeld.id}`}
          />
          <Figure
            label="Overdue interfaces"
            value={count(overdue.length)}
            isAlarming={overdue.length > 0}
            to={isConfiguring ? (oneOverdue ? `/interfaces/${oneOverdue.endpoint}` : '/interfaces') : undefined}
          />
          <Figure label="Waiting links" value={atLeast(waiting.items.length, waiting)} to="/waiting-links" />
          {isConfiguring && (
            <Figure
              label="Failing webhooks"
              value={count(failing.length)}
              isAlarming={failing.length > 0}
              to="/webhooks"
            />
          )}
        </SimpleGrid>
        <DayCharts hours={hours} activity={activity.items} />
        {may(me, 'read') && <RecordCounts />}
        <Stack gap="xs">
          <Group justify="space-between">
            <Title order={2} size="h4">
              Last changes
            </Title>
            {isConfiguring && (
              <Anchor component={Link} to="/audit">
                All of them
              </Anchor>
            )}
          </Group>
          {changes.items.length === 0 ? (
            <Empty title="No change yet">
              Whatever is written, by people, keys or complete sets, has its line here.
            </Empty>
          ) : (
            <Changes items={changes.items} />
          )}
        </Stack>
      </Stack>
    </>
  );
}
