import { Card, Group, SegmentedControl, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { Schema } from '../../api/types.ts';
import { beginningOf, counted } from '../../components/words.ts';
import { addressOf } from './address.ts';
import classes from './diagram.module.css';
import { box, type Placed, place } from './layout.ts';

/** What the box of a type has room for. */
const mostOfLabel = 18;

/** Types and what leads from one to the other: the way to the form of each, or to its table. The tables beside it say the same in words. */
export function Diagram({ schema, mayEdit }: { schema: Schema; mayEdit: boolean }) {
  const placed = useMemo(() => place(schema), [schema]);
  const [scale, setScale] = useState('fit');
  /** The type that is pointed at: what leads to and from it stands out. */
  const [chosen, setChosen] = useState<string | null>(null);
  const { width, height, types, connections } = placed;
  return (
    <Card withBorder component="figure" m={0}>
      <Group justify="space-between" mb="sm" wrap="nowrap" align="start">
        <Text component="figcaption" size="sm" c="dimmed">
          {counted(types.length, 'type')}, {counted(connections.length, 'link or lookup', 'links and lookups')}. Framed
          in blue: an application owns it; dashed: a lookup. Point at a type to see what leads to it and from it; choose
          it to {mayEdit ? 'edit it' : 'see its fields'}.
        </Text>
        <SegmentedControl
          size="xs"
          aria-label="Size of the diagram"
          style={{ flexShrink: 0 }}
          data={[
            { value: 'fit', label: 'Fit' },
            { value: 'full', label: 'Full size' },
          ]}
          value={scale}
          onChange={setScale}
        />
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse must be able to scroll it */}
      <section className="scroll" tabIndex={0} aria-label="Diagram">
        {/* biome-ignore lint/a11y/useSemanticElements: a picture is no set of fields */}
        <svg
          className={classes.diagram}
          viewBox={`0 0 ${width} ${height}`}
          width={scale === 'fit' ? '100%' : width}
          style={{ maxWidth: scale === 'fit' ? width : undefined, minWidth: scale === 'fit' ? undefined : width }}
          role="group"
          aria-label={`The diagram of the schema: ${types.map(({ label }) => label).join(', ')}`}
        >
          <Lines placed={placed} chosen={chosen} />
          {types.map(({ key, label, type, x, y }) => (
            <Link
              key={key}
              to={addressOf(`types.${key}`, mayEdit ? 'form' : 'types')}
              className={classes.type}
              data-external={type.owner !== undefined && type.owner !== 'internal'}
              onMouseEnter={() => setChosen(key)}
              onMouseLeave={() => setChosen(null)}
              onFocus={() => setChosen(key)}
              onBlur={() => setChosen(null)}
            >
              <g transform={`translate(${x - box.width / 2} ${y - box.height / 2})`}>
                <rect width={box.width} height={box.height} rx={8} />
                <text x={14} y={25} className={classes.label}>
                  {beginningOf(label, mostOfLabel)}
                  {label.length > mostOfLabel && <title>{label}</title>}
                </text>
                <text x={14} y={44} className={classes.note}>
                  {counted(Object.keys(type.fields ?? {}).length, 'field')}
                  {type.owner !== undefined && type.owner !== 'internal' ? `, owned by ${type.owner}` : ''}
                </text>
              </g>
            </Link>
          ))}
        </svg>
      </section>
    </Card>
  );
}

function Lines({ placed, chosen }: { placed: Placed; chosen: string | null }) {
  return placed.connections.map(({ from, to, name, kind, points, at }) => (
    <g
      key={`${from}.${name}`}
      className={classes.line}
      data-kind={kind}
      data-shade={chosen === null ? undefined : from === chosen || to === chosen ? 'near' : 'far'}
    >
      <path d={wayThrough(points)} />
      <text x={at.x} y={at.y + 4}>
        {name}
      </text>
    </g>
  ));
}

/** A smooth line that goes through each of them, and is level there: so that its name stands on it. */
const wayThrough = (points: readonly { x: number; y: number }[]): string =>
  points
    .map((point, index) => {
      const before = points[index - 1];
      if (before === undefined) return `M ${point.x} ${point.y}`;
      const middle = (before.x + point.x) / 2;
      return `C ${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`;
    })
    .join(' ');
