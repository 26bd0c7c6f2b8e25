import classes from './graph.module.css';
import { box, type Placed, type Point, reach } from './layout.ts';
import type { Crossing } from './tree.ts';

const half = box.height / 2;

/** The last part of a line, on which its label stands. */
const level = 90;

/** To the record at the further end, the last part level. */
function branch(from: Point, to: Point): string {
  const isRight = to.x > from.x;
  const [start, end] = isRight ? [from.x + box.width, to.x - level] : [from.x, to.x + box.width + level];
  const bend = (start + end) / 2;
  const [before, after] = [from.y + half, to.y + half];
  return `M ${start} ${before} C ${bend} ${before}, ${bend} ${after}, ${end} ${after} H ${isRight ? to.x : to.x + box.width}`;
}

/** From the one side of a box to the facing side of another; or around, where they stand in one column. */
function curve(a: Point, b: Point): string {
  const [from, to] = a.x <= b.x ? [a, b] : [b, a];
  const start = from.x + box.width;
  const end = from.x === to.x ? start : to.x;
  const bend = from.x === to.x ? start + reach / 2 : (start + end) / 2;
  return `M ${start} ${from.y + half} C ${bend} ${from.y + half}, ${bend} ${to.y + half}, ${end} ${to.y + half}`;
}

const shorten = (text: string): string => (text.length <= 14 ? text : `${text.slice(0, 13)}…`);

/** The lines of the picture. What they say stands at the records, too. */
export function Edges({
  placed,
  crossings,
  placeOf,
}: {
  placed: readonly Placed[];
  crossings: readonly Crossing[];
  placeOf: (id: string) => Point | undefined;
}) {
  return (
    <>
      {crossings.map(({ from, to }) => {
        const [a, b] = [placeOf(from), placeOf(to)];
        return a && b && <path key={`${from} ${to}`} className={classes.crossing} data-crossing d={curve(a, b)} />;
      })}
      {placed.map(({ node, side, x, y, from }) => (
        <g key={node.pointer.id}>
          <path className={classes.edge} d={branch(from, { x, y })} />
          <text
            className={classes.label}
            x={side === 'left' ? x + box.width + 6 : x - 6}
            y={y + half - 5}
            textAnchor={side === 'left' ? 'start' : 'end'}
          >
            {shorten(node.label)}
          </text>
        </g>
      ))}
    </>
  );
}
