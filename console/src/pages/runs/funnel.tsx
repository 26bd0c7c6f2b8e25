import { Card, Group, Text, UnstyledButton } from '@mantine/core';
import { Link } from 'react-router';
import type { ShownRun } from '../../api/types.ts';
import { count } from '../../components/words.ts';
import classes from './funnel.module.css';

/** What becomes of a received element: each is exactly one of these, so that they add up to what was received. */
const fates = [
  ['created', 'green'],
  ['updated', 'blue'],
  ['revived', 'cyan'],
  ['unchanged', 'gray'],
  ['superseded', 'grape'],
  ['rejected', 'red'],
  ['held', 'orange'],
] as const;

/** What became of the records that the set left out. */
const beside = ['deleted', 'unlinked', 'kept'] as const;

/** Elements that did nothing are not kept, so that there are none to be shown. */
const hasElements = (name: string): boolean => name !== 'unchanged' && name !== 'held';

/** The balance of a run as a picture: all that was received on top, and what became of it in widths below. */
export function Funnel({ run, shown }: { run: ShownRun; shown: string | null }) {
  const { counts } = run;
  const parts = fates.filter(([name]) => counts[name] > 0);
  return (
    <Card withBorder component="section" aria-label="Balance">
      <Text size="sm" c="dimmed">
        received
      </Text>
      <Text fz={28} fw={700} lh={1.2}>
        {count(counts.received)}
      </Text>
      <div className={classes.bar} aria-hidden>
        {parts.map(([name, color]) => (
          <div
            key={name}
            title={`${name}: ${count(counts[name])}`}
            style={{ flexGrow: counts[name], background: `var(--mantine-color-${color}-filled)` }}
          />
        ))}
      </div>
      <Group gap="lg" mt="sm">
        {fates.map(([name, color]) => (
          <Fate key={name} name={name} color={color} number={counts[name]} isShown={shown === name} />
        ))}
      </Group>
      <Text size="sm" c="dimmed" mt="sm">
        Left out by the set, and therefore{' '}
        {beside
          .filter((name) => name === 'deleted' || (counts[name] ?? 0) > 0)
          .map((name) => `${name}: ${count(counts[name] ?? 0)}`)
          .join(', ')}
      </Text>
    </Card>
  );
}

function Fate({ name, color, number, isShown }: { name: string; color: string; number: number; isShown: boolean }) {
  const figure = (
    <>
      <Group gap={6} wrap="nowrap">
        <span className={classes.dot} style={{ background: `var(--mantine-color-${color}-filled)` }} aria-hidden />
        <Text size="sm" td={number > 0 && hasElements(name) ? 'underline' : undefined}>
          {name}
        </Text>
      </Group>
      <Text fz="lg" fw={600}>
        {count(number)}
      </Text>
    </>
  );
  if (number === 0 || !hasElements(name)) return <div>{figure}</div>;
  return (
    <UnstyledButton component={Link} to={`?${new URLSearchParams({ outcome: name })}`} aria-current={isShown}>
      {figure}
    </UnstyledButton>
  );
}
