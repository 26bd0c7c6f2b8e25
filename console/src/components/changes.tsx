import { Anchor, Badge, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Catalogue } from '../api/catalogue.ts';
import { path } from '../api/client.ts';
import { useNames, type Wanted } from '../api/names.ts';
import type { FeedItem } from '../api/types.ts';
import { useCatalogue } from '../api/use-catalogue.ts';
import { ChangedValues } from './changed-values.tsx';
import { colorOf } from './kind-colors.ts';
import { StackingCell, StackingRow, StackingTable } from './stacking-table.tsx';
import { Subject } from './subject.tsx';
import { Through } from './through.tsx';
import { Time } from './time.tsx';
import { Wide } from './wide.tsx';

const column = { at: 'When', kind: 'Change', subject: 'Of', values: 'Old and new values', by: 'By' } as const;

type Names = ReadonlyMap<string, string>;
type Shown = { readonly item: FeedItem; readonly catalogue: Catalogue; readonly names: Names };

export function Changes({ items }: { items: readonly FeedItem[] }) {
  const catalogue = useCatalogue();
  const names = useNames(recordsIn(catalogue, items));
  return (
    <Wide>
      <StackingTable columns={Object.values(column)} aria-label="Changes">
        {items.map((item) => (
          <Row key={item.cursor} item={item} catalogue={catalogue} names={names} />
        ))}
      </StackingTable>
    </Wide>
  );
}

/** As many as a page has: what was asked of the first is not asked again with the next. */
const atOnce = 50;

/** The records that changes are of, and those that their lookups point at. */
function recordsIn(catalogue: Catalogue, items: readonly FeedItem[]): Wanted[] {
  const pieces = Array.from({ length: Math.ceil(items.length / atOnce) }, (_, place) =>
    items.slice(place * atOnce, (place + 1) * atOnce),
  );
  return pieces.flatMap((piece) => {
    const ids = new Map<string, string[]>();
    const add = (type: string, id: unknown): void => {
      if (typeof id === 'string') ids.set(type, [...(ids.get(type) ?? []), id]);
    };
    for (const { type, record, link, before, after } of piece) {
      for (const one of [record, link?.left, link?.right]) if (one) add(one.type, one.id);
      if (record === null) continue;
      for (const { key, to } of catalogue.get(type)?.fields ?? [])
        if (to !== undefined) for (const values of [before, after]) add(to, values[key]);
    }
    return [...ids].map(([type, of]) => ({ type, ids: of }));
  });
}

const Row = ({ item, catalogue, names }: Shown) => (
  <StackingRow>
    <StackingCell of={column.at}>
      <Time at={item.at} />
    </StackingCell>
    <StackingCell of={column.kind}>
      <Badge variant="light" color={colorOf(item.kind)}>
        {item.kind}
      </Badge>
    </StackingCell>
    <StackingCell of={column.subject} className="long" room={130}>
      <Subject item={item} catalogue={catalogue} names={names} />
    </StackingCell>
    <StackingCell of={column.values} room={260}>
      <ChangedValues
        type={item.record === null ? undefined : catalogue.get(item.type)}
        change={item}
        names={names}
        forced={item.forced}
      />
    </StackingCell>
    <StackingCell of={column.by} room={190}>
      {item.principal.name}
      <Text size="sm" c="dimmed">
        <Through via={item.via} />
        {item.run !== null && (
          <>
            ,{' '}
            <Anchor component={Link} size="sm" underline="always" to={path`/runs/${item.run}`}>
              run {item.run}
            </Anchor>
          </>
        )}
      </Text>
      <Text size="xs" c="dimmed" title="request">
        {item.request_id}
      </Text>
    </StackingCell>
  </StackingRow>
);
