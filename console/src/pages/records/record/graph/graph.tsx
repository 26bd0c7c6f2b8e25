import { Card, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { RecordType } from '../../../../api/catalogue.ts';
import type { SeenLink } from '../../../../api/links.ts';
import { titleOf } from '../../../../api/records.ts';
import type { ShownRecord } from '../../../../api/types.ts';
import { useCatalogue } from '../../../../api/use-catalogue.ts';
import { nameOf } from '../neighbours.ts';
import { Edges } from './edges.tsx';
import classes from './graph.module.css';
import { box, layoutOf, type Point } from './layout.ts';
import { GraphNode } from './node.tsx';
import { neighbourhoodOf, type Pointer } from './tree.ts';
import { useOpened } from './use-opened.ts';

/** The record amid those that it is linked with: on the right what its own links lead to, on the left what links to it. Each of them shows
 *  its own links when it is opened up. */
export function Graph({
  type,
  record,
  links,
  hasMore,
  names,
}: {
  type: RecordType;
  record: ShownRecord;
  links: readonly SeenLink[];
  hasMore: boolean;
  names: ReadonlyMap<string, string>;
}) {
  const catalogue = useCatalogue();
  const [asked, setAsked] = useState<readonly Pointer[]>([]);
  const opened = useOpened(asked);
  const around = neighbourhoodOf(record, { links, hasMore }, opened.known);
  const { width, height, center, placed } = layoutOf(around);
  const scroller = useCentred(center);
  if (links.length === 0) return null;
  const places = new Map<string, Point>(placed.map((one) => [one.node.pointer.id, one]));
  const isOpen = ({ id }: Pointer): boolean => asked.some((one) => one.id === id);
  const toggle = (pointer: Pointer): void =>
    setAsked(isOpen(pointer) ? asked.filter(({ id }) => id !== pointer.id) : [...asked, pointer]);
  return (
    <Card withBorder component="section" aria-labelledby="neighbourhood">
      <Title order={2} size="h4" id="neighbourhood" mb="sm">
        Neighbourhood
      </Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by the keyboard */}
      <section ref={scroller} className={classes.scroller} tabIndex={0} aria-label="Neighbourhood as a picture">
        <div className={classes.graph} style={{ width, height }}>
          <svg width={width} height={height} aria-hidden>
            <Edges
              placed={placed}
              crossings={around.crossings}
              placeOf={(id) => (id === record.id ? center : places.get(id))}
            />
          </svg>
          <div className={classes.node} data-center style={{ left: center.x, top: center.y, ...box }}>
            <span className={classes.name}>{titleOf(type, record)}</span>
          </div>
          {placed.map((one) => {
            const { pointer } = one.node;
            return (
              <GraphNode
                key={pointer.id}
                placed={one}
                name={names.get(pointer.id) ?? nameOf(pointer, opened.names)}
                kind={catalogue.get(pointer.type)?.label ?? pointer.type}
                isOpen={isOpen(pointer)}
                toggle={() => toggle(pointer)}
              />
            );
          })}
        </div>
      </section>
      {around.hasMore && (
        <Text size="sm" c="dimmed" mt="xs">
          Not all of its links are in the picture: the list below has them.
        </Text>
      )}
    </Card>
  );
}

/** On a narrow page the record itself is what is seen first, and stays where it is when something is opened up beside it. */
function useCentred({ x }: Point) {
  const scroller = useRef<HTMLElement>(null);
  const before = useRef<number>(undefined);
  useEffect(() => {
    const { current } = scroller;
    if (current === null) return;
    current.scrollLeft =
      before.current === undefined
        ? x - (current.clientWidth - box.width) / 2
        : current.scrollLeft + x - before.current;
    before.current = x;
  }, [x]);
  return scroller;
}
