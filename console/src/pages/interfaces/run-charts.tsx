import { SimpleGrid } from '@mantine/core';
import { path } from '../../api/client.ts';
import { tookMs } from '../../api/runs.ts';
import type { ShownRun } from '../../api/types.ts';
import { type Bar, BarChart } from '../../components/bar-chart.tsx';
import { count, counted, duration } from '../../components/words.ts';
import { stateColors } from '../runs/run-state.tsx';

/** How the last runs went, the oldest of them first; plans are none. @param runs newest first, as they are listed. */
export function RunCharts({ runs }: { runs: readonly ShownRun[] }) {
  const ended = runs.filter(({ finished_at, state }) => finished_at !== null && state !== 'planned').reverse();
  const [first, last] = [ended[0], ended.at(-1)];
  if (first === undefined || last === undefined) return null;
  const ends = [`Runs ${first.number} to ${last.number}`, 'the newest'] as const;
  const barOf = (run: ShownRun, amount: number, color: string, said: string): Bar => ({
    key: run.id,
    parts: [{ amount, color }],
    title: `Run ${run.number}, ${run.state}: ${said}`,
    to: path`/runs/${run.id}`,
  });
  const longest = Math.max(...ended.map(tookMs));
  const issues = ended.reduce((sum, run) => sum + run.issues, 0);
  const ofThem = `Of the last ${counted(ended.length, 'run')}`;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <BarChart
        title="How long the last runs took"
        bars={ended.map((run) => barOf(run, tookMs(run), stateColors[run.state], duration(tookMs(run))))}
        inWords={duration}
        ends={ends}
        summary={`${ofThem} the longest took ${duration(longest)}, the newest ${duration(tookMs(last))}.`}
        nothing="Less than a millisecond."
      />
      <BarChart
        title="Sync issues of the last runs"
        bars={ended.map((run) => barOf(run, run.issues, 'orange', counted(run.issues, 'issue')))}
        inWords={count}
        ends={ends}
        summary={`${ofThem} the issues are ${count(issues)} together, ${count(last.issues)} in the newest.`}
        nothing="They found no sync issue."
      />
    </SimpleGrid>
  );
}
