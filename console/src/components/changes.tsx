import { Anchor, Badge, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { path } from '../api/client.ts';
import type { FeedItem } from '../api/types.ts';
import { colorOf } from './kind-colors.ts';
import { Time } from './time.tsx';
import { Value } from './value.tsx';
import { Wide } from './wide.tsx';

export const Changes = ({ items }: { items: readonly FeedItem[] }) => (
  <Wide>
    <Table verticalSpacing="xs" miw={720}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>When</Table.Th>
          <Table.Th>Change</Table.Th>
          <Table.Th>Of</Table.Th>
          <Table.Th miw={260}>Old and new values</Table.Th>
          <Table.Th>By</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((item) => (
          <Row key={item.cursor} item={item} />
        ))}
      </Table.Tbody>
    </Table>
  </Wide>
);

const Row = ({ item }: { item: FeedItem }) => (
  <Table.Tr>
    <Table.Td>
      <Time at={item.at} />
    </Table.Td>
    <Table.Td>
      <Badge variant="light" color={colorOf(item.kind)}>
        {item.kind}
      </Badge>
    </Table.Td>
    <Table.Td>
      <Subject item={item} />
    </Table.Td>
    <Table.Td style={{ overflowWrap: 'anywhere' }}>
      <Values item={item} />
    </Table.Td>
    <Table.Td>
      {item.principal.name}
      <Text size="sm" c="dimmed">
        through {item.via}
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
    </Table.Td>
  </Table.Tr>
);

type Pointer = NonNullable<FeedItem['record']>;

const To = ({ record }: { record: Pointer }) => (
  <Anchor component={Link} size="sm" to={path`/records/${record.type}/${record.id}`}>
    {record.type} {record.number}
  </Anchor>
);

function Subject({ item: { record, link, type } }: { item: FeedItem }) {
  if (record !== null) return <To record={record} />;
  if (link === null) return type;
  return (
    <>
      <Text size="sm">{link.link}</Text>
      <To record={link.left} /> – <To record={link.right} />
    </>
  );
}

/** Each field that changed: what was set has no old value, what was taken away no new one. */
function Values({ item: { before, after, forced } }: { item: FeedItem }) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.map((name) => (
    <Text size="sm" key={name}>
      {name}: {name in before && <Value value={before[name]} />}
      {name in before && name in after && ' → '}
      {name in after && <Value value={after[name]} />}
      {name in before && !(name in after) && ' → unset'}
      {forced.includes(name) && (
        <Badge size="xs" color="orange" variant="light" ml={6}>
          forced
        </Badge>
      )}
    </Text>
  ));
}
