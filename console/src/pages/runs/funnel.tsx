import { Card, Divider, Group, Text, UnstyledButton } from '@mantine/core';
import { Link } from 'react-router';
import { doneOf, isUnderWay, tookMs } from '../../api/runs.ts';
import type { ShownRun } from '../../api/types.ts';
import { count, duration } from '../../components/words.ts';
import classes from './funnel.module.css';
import { fates } from './outcomes.ts';

type Asked = Readonly<Record<string, string>>;

type Figure = {
  readonly name: string;
  readonly color: string;
  readonly number: number;
  /** What its rows are found by; undefined: there are none to be shown. */
  readonly asked: Asked | undefined;
};

/** The balance of a run as a picture: all that was received on top, and what became of it in widths below. Each number leads to its rows. */
export function Funnel({ run, shown }: { run: ShownRun; shown: Asked }) {
  const { counts } = run;
  const isShown = (asked: Asked): boolean => Object.entries(asked).every(([name, value]) => shown[name] === value);
  const parts = fates.filter(([name]) => counts[name] > 0);
  const partOf = (number: number): string => (counts.received > 0 ? percent(number / counts.received) : '');
  return (
    <Card withBorder component="section" aria-label="Balance" p="md">
      <Group justify="space-between" align="end">
        <div>
          <Text size="sm" c="dimmed">
            received
          </Text>
          <Text fz={28} fw={700} lh={1.2}>
            {count(counts.received)}
          </Text>
        </div>
        <Text size="sm" c="dimmed">
          {inTime(run)}
        </Text>
      </Group>
      <div className={classes.bar} aria-hidden>
        {parts.map(([name, color]) => (
          <div
            key={name}
            title={`${name}: ${count(counts[name])}`}
            style={{ flexGrow: counts[name], background: `var(--mantine-color-${color}-filled)` }}
          />
        ))}
        {doneOf(run) < counts.received && <div style={{ flexGrow: counts.received - doneOf(run) }} />}
      </div>
      <div className={classes.figures}>
        {fates.map(([name, color]) => {
          const asked = isShownYet(run) ? rowsOf(name) : undefined;
          const number = counts[name];
          return (
            <OneFigure
              key={name}
              figure={{ name, color, number, asked }}
              part={partOf(number)}
              isShown={asked !== undefined && isShown(asked)}
            />
          );
        })}
      </div>
      <Divider my="sm" />
      <div className={classes.beside}>
        <Text size="sm" c="dimmed">
          left out by the set, and therefore
        </Text>
        {besideOf(run).map((figure) => (
          <OneFigure key={figure.name} figure={figure} isShown={figure.asked !== undefined && isShown(figure.asked)} />
        ))}
      </div>
    </Card>
  );
}

/** Of a plan there is nothing but the plan; of a run that is at work its rows are there at its end. */
const isShownYet = (run: ShownRun): boolean => run.state !== 'planned' && !isUnderWay(run);

/** Of a set that is held as a whole the deletes are what there is to be seen. */
const rowsOf = (name: string): Asked | undefined => (name === 'held' ? { held: 'listed' } : { outcome: name });

/** What became of the records that the set left out. */
function besideOf(run: ShownRun): Figure[] {
  const { counts, held } = run;
  const figures = [
    { name: 'deleted', color: 'red', number: counts.deleted, asked: { tab: 'changes', kind: 'deleted' } },
    { name: 'unlinked', color: 'gray', number: counts.unlinked ?? 0, asked: { tab: 'changes', kind: 'unlinked' } },
    { name: 'kept', color: 'gray', number: counts.kept ?? 0, asked: { tab: 'changes', kind: 'updated' } },
    { name: 'waiting for approval', color: 'orange', number: held?.deletes ?? 0, asked: { held: 'listed' } },
  ];
  return figures
    .filter(({ name, number }) => name === 'deleted' || number > 0)
    .map((figure) => ({ ...figure, asked: isShownYet(run) ? figure.asked : undefined }));
}

function inTime(run: ShownRun): string {
  const { finished_at, counts } = run;
  if (finished_at === null) return '';
  const ms = tookMs(run);
  const aSecond =
    ms > 1_000 && counts.received > 1_000 ? `, ${count(Math.round(counts.received / (ms / 1_000)))} a second` : '';
  return `in ${duration(ms)}${aSecond}`;
}

/** One of a million is not none, and all but one are not all. */
function percent(part: number): string {
  if (part > 0 && part < 0.01) return '< 1%';
  return part < 1 && part > 0.99 ? '> 99%' : `${Math.round(part * 100)}%`;
}

function OneFigure({ figure, part, isShown }: { figure: Figure; part?: string; isShown: boolean }) {
  const { name, color, number, asked } = figure;
  const text = (
    <>
      <Group gap={6} wrap="nowrap">
        <span className={classes.dot} style={{ background: `var(--mantine-color-${color}-filled)` }} aria-hidden />
        <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
          {name}
        </Text>
      </Group>
      <Group gap={6} align="baseline" wrap="nowrap">
        <Text fz="lg" fw={600}>
          {count(number)}
        </Text>
        {part !== undefined && number > 0 && (
          <Text size="xs" c="dimmed" aria-hidden>
            {part}
          </Text>
        )}
      </Group>
    </>
  );
  if (number === 0 || asked === undefined)
    return <div className={number === 0 ? `${classes.figure} ${classes.none}` : classes.figure}>{text}</div>;
  return (
    <UnstyledButton
      component={Link}
      className={classes.figure}
      to={`?${new URLSearchParams(asked)}`}
      replace
      preventScrollReset
      aria-current={isShown}
    >
      {text}
    </UnstyledButton>
  );
}
