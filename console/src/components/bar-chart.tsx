import { Card, Group, Text, VisuallyHidden } from '@mantine/core';
import { Link } from 'react-router';
import classes from './bar-chart.module.css';

export type Bar = {
  readonly key: string;
  /** From the bottom to the top. */
  readonly parts: readonly { readonly amount: number; readonly color: string }[];
  /** What the bar says when one points at it. */
  readonly title: string;
  /** Where a click on it leads. */
  readonly to?: string;
};

type Shown = {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly inWords: (amount: number) => string;
  /** What stands below the first bar and below the last. */
  readonly ends: readonly [string, string];
  /** What the picture says, for whoever does not see it. */
  readonly summary: string;
  /** What stands in the place of the bars when there are none to see. */
  readonly nothing: string;
};

const heightOf = ({ parts }: Bar): number => parts.reduce((sum, { amount }) => sum + amount, 0);

/** Amounts side by side. Whatever it shows stands in a table, too, or is said by its summary: it is hidden from who only hears the page. */
export function BarChart({ title, bars, inWords, ends, summary, nothing }: Shown) {
  const highest = Math.max(...bars.map(heightOf), 0);
  return (
    <Card withBorder component="figure" m={0} className={classes.figure} aria-label={title}>
      <Group justify="space-between" wrap="nowrap">
        <Text component="figcaption" size="sm" fw={600}>
          {title}
        </Text>
        <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {highest > 0 && `peak ${inWords(highest)}`}
        </Text>
      </Group>
      <VisuallyHidden>{summary}</VisuallyHidden>
      <div className={classes.bars} aria-hidden>
        {highest === 0 && (
          <Text size="sm" c="dimmed" m="auto">
            {nothing}
          </Text>
        )}
        {highest > 0 && bars.map((bar) => <OneBar key={bar.key} bar={bar} highest={highest} />)}
      </div>
      <Group justify="space-between" aria-hidden>
        <Text size="xs" c="dimmed">
          {ends[0]}
        </Text>
        <Text size="xs" c="dimmed">
          {ends[1]}
        </Text>
      </Group>
    </Card>
  );
}

function OneBar({ bar, highest }: { bar: Bar; highest: number }) {
  const parts = [...bar.parts]
    .reverse()
    .filter(({ amount }) => amount > 0)
    .map(({ amount, color }) => (
      <div
        key={color}
        className={classes.part}
        style={{ height: `${(amount / highest) * 100}%`, background: `var(--mantine-color-${color}-filled)` }}
      />
    ));
  return bar.to === undefined ? (
    <div className={classes.bar} title={bar.title}>
      {parts}
    </div>
  ) : (
    <Link className={classes.bar} title={bar.title} to={bar.to} tabIndex={-1}>
      {parts}
    </Link>
  );
}
