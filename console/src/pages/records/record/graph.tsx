import { Card, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { type RecordType, useCatalogue } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import type { SeenLink } from '../../../api/links.ts';
import { titleOf } from '../../../api/records.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { counted } from '../../../components/words.ts';
import classes from './graph.module.css';
import { nameOf } from './neighbours.ts';

/** More would be no picture any more: the list of links has all. */
const mostOnASide = 12;
const [nodeWidth, nodeHeight, gap, reach] = [220, 36, 14, 150];

type Placed = { readonly seen: SeenLink; readonly x: number; readonly y: number; readonly center: number };

/** The record amid those that it is linked with: on the right what its own links lead to, on the left what links to it. */
export function Graph({
  type,
  record,
  links,
  names,
}: {
  type: RecordType;
  record: ShownRecord;
  links: readonly SeenLink[];
  names: ReadonlyMap<string, string>;
}) {
  const catalogue = useCatalogue();
  const sides = (['right', 'left'] as const).map((side) => inOrder(links.filter(({ end }) => end.side === side)));
  const shown = sides.map((some) => some.slice(0, mostOnASide));
  const height = Math.max(90, ...shown.map((some) => some.length * (nodeHeight + gap) + gap));
  const middle = height / 2;
  const [onTheLeft = [], onTheRight = []] = shown;
  // A side on which nobody is takes no room.
  const center = onTheLeft.length > 0 ? nodeWidth + reach : 0;
  const width = center + nodeWidth + (onTheRight.length > 0 ? reach + nodeWidth : 0);
  const placed = [...place(onTheLeft, 0, center, height), ...place(onTheRight, width - nodeWidth, center, height)];
  const left = links.length - placed.length;
  if (links.length === 0) return null;
  return (
    <Card withBorder component="section" aria-labelledby="neighbourhood">
      <Title order={2} size="h4" id="neighbourhood" mb="sm">
        Neighbourhood
      </Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by the keyboard */}
      <section className={classes.scroller} tabIndex={0} aria-label="Neighbourhood as a picture">
        <svg
          className={classes.graph}
          viewBox={`0 0 ${width} ${height}`}
          style={{ maxWidth: width, minWidth: width * 0.7 }}
        >
          <title>Linked records</title>
          {placed.map((one) => (
            <Edge key={one.seen.link.id} {...one} middle={middle} />
          ))}
          <g className={classes.center} transform={`translate(${center} ${middle - nodeHeight / 2})`}>
            <rect width={nodeWidth} height={nodeHeight} rx={8} />
            <text x={nodeWidth / 2} y={22} textAnchor="middle">
              {shorten(titleOf(type, record))}
            </text>
          </g>
          {placed.map(({ seen: { link, other }, x, y }) => (
            <Link key={link.id} to={path`/records/${other.type}/${other.id}`} className={classes.node}>
              <g transform={`translate(${x} ${y})`}>
                <rect width={nodeWidth} height={nodeHeight} rx={8} />
                <text x={10} y={16}>
                  {shorten(nameOf(other, names))}
                </text>
                <text x={10} y={29} className={classes.kind}>
                  {catalogue.get(other.type)?.label ?? other.type}
                </text>
              </g>
            </Link>
          ))}
        </svg>
      </section>
      {left > 0 && (
        <Text size="sm" c="dimmed">
          {counted(left, 'more', 'more')} in the list of links.
        </Text>
      )}
    </Card>
  );
}

const inOrder = (links: readonly SeenLink[]): SeenLink[] => links.toSorted((a, b) => (a.end.key < b.end.key ? -1 : 1));

/** One below the other, in the middle of the height. */
const place = (links: readonly SeenLink[], x: number, center: number, height: number): Placed[] =>
  links.map((seen, index) => ({
    seen,
    x,
    center,
    y: (height - links.length * (nodeHeight + gap) + gap) / 2 + index * (nodeHeight + gap),
  }));

function Edge({ seen: { end, link }, x, y, center, middle }: Placed & { middle: number }) {
  const isOnTheLeft = x < center;
  const from = isOnTheLeft ? nodeWidth : x;
  const to = isOnTheLeft ? center : center + nodeWidth;
  const at = y + nodeHeight / 2;
  const bend = (from + to) / 2;
  return (
    <g>
      <path className={classes.edge} d={`M ${from} ${at} C ${bend} ${at}, ${bend} ${middle}, ${to} ${middle}`} />
      <text
        className={classes.label}
        x={isOnTheLeft ? from + 6 : from - 6}
        y={at - 5}
        textAnchor={isOnTheLeft ? 'start' : 'end'}
      >
        {shorten(link.role === null ? end.label : link.role, 20)}
      </text>
    </g>
  );
}

const shorten = (text: string, most = 30): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
