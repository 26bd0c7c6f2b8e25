import { SimpleGrid } from '@mantine/core';
import type { Activity } from '../../api/types.ts';
import { type Bar, BarChart } from '../../components/bar-chart.tsx';
import { count } from '../../components/words.ts';
import { type Hour, sumOf } from './by-hour.ts';

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

const changed = [
  ['created', 'green'],
  ['updated', 'blue'],
  ['deleted', 'red'],
] as const;

/** What was written in the last day, hour by hour. @param activity empty for whoever may not see the whole of the workspace. */
export function DayCharts({ hours, activity }: { hours: readonly Hour[]; activity: Activity['items'] }) {
  const all = hours.flatMap(({ runs }) => runs);
  const changes: readonly Bar[] = hours.map(({ from, runs }) => ({
    key: from.toISOString(),
    parts: changed.map(([name, color]) => ({ amount: sumOf(runs, ({ counts }) => counts[name]), color })),
    title: `${time.format(from)}: ${changed
      .map(([name]) => `${name} ${count(sumOf(runs, ({ counts }) => counts[name]))}`)
      .join(', ')}`,
  }));
  const issues: readonly Bar[] = hours.map(({ from, runs }) => {
    const amount = sumOf(runs, (run) => run.issues);
    return {
      key: from.toISOString(),
      parts: [{ amount, color: 'orange' }],
      title: `${time.format(from)}: ${count(amount)}`,
    };
  });
  const first = hours[0];
  const ends = [first === undefined ? '' : time.format(first.from), 'now'] as const;
  const said = changed.map(([name]) => `${count(sumOf(all, ({ counts }) => counts[name]))} ${name}`).join(', ');
  return (
    <SimpleGrid cols={{ base: 1, md: activity.length > 0 ? 3 : 2 }}>
      {activity.length > 0 && (
        <BarChart
          title="All changes"
          bars={activity.map(({ from, changes: amount }) => ({
            key: from,
            parts: [{ amount, color: 'keyway' }],
            title: `${time.format(new Date(from))}: ${count(amount)}`,
          }))}
          inWords={count}
          ends={ends}
          summary={`In the last 24 hours: ${count(activity.reduce((sum, { changes: amount }) => sum + amount, 0))}.`}
          nothing="Nothing was changed."
        />
      )}
      <BarChart
        title="By complete sets"
        bars={changes}
        inWords={count}
        ends={ends}
        summary={`In the last 24 hours: ${said}.`}
        nothing="No complete set changed anything."
      />
      <BarChart
        title="Sync issues"
        bars={issues}
        inWords={count}
        ends={ends}
        summary={`In the last 24 hours: ${count(sumOf(all, (run) => run.issues))}.`}
        nothing="No sync issue was found."
      />
    </SimpleGrid>
  );
}
