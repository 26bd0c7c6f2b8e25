import { Badge, Card, Group, Text, Timeline, Title } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import type { RecordType } from '../../../api/catalogue.ts';
import { historyQuery } from '../../../api/record-details.ts';
import type { ShownChange, ShownRecord } from '../../../api/types.ts';
import { colorOf } from '../../../components/kind-colors.ts';
import { More } from '../../../components/more.tsx';
import { Time } from '../../../components/time.tsx';
import { Value } from '../../../components/value.tsx';

/** What was done to the record and its links, newest first: old and new values, who did it, and through what. */
export function History({ type, record }: { type: RecordType; record: ShownRecord }) {
  const query = useSuspenseInfiniteQuery(historyQuery(type.key, record.id));
  const changes = query.data.pages.flatMap(({ items }) => items);
  return (
    <Card withBorder component="section" aria-labelledby="history">
      <Title order={2} size="h4" id="history" mb="md">
        History
      </Title>
      <Timeline bulletSize={14} lineWidth={2} active={-1}>
        {changes.map((change, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a change has no name, and what is shown of it no state
          <Timeline.Item key={index} title={<Happened change={change} />}>
            <Text size="sm" c="dimmed">
              {change.principal.name} through {change.via}, <Time at={change.at} />
              {change.version !== null && `, version ${change.version}`}
            </Text>
            <Values type={type} change={change} />
          </Timeline.Item>
        ))}
      </Timeline>
      <More query={query} />
      {query.data.pages.at(-1)?.not_kept && (
        <Text size="sm" c="dimmed" mt="sm">
          There were older changes, which are not kept any more.
        </Text>
      )}
    </Card>
  );
}

const Happened = ({ change: { kind, link, merged, forced } }: { change: ShownChange }) => (
  <Group gap="xs">
    <Badge variant="light" color={colorOf(kind)}>
      {kind}
    </Badge>
    {link !== null && (
      <Text size="sm">
        {link.link}: {link.left.type} #{link.left.number} to {link.right.type} #{link.right.number}
      </Text>
    )}
    {merged !== null && (
      <Text size="sm">
        #{merged.from.number} went into #{merged.into.number}
      </Text>
    )}
    {forced.length > 0 && (
      <Badge variant="light" color="orange">
        with force
      </Badge>
    )}
  </Group>
);

function Values({ type, change: { before, after } }: { type: RecordType; change: ShownChange }) {
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const labelOf = (key: string): string => type.fields.find((field) => field.key === key)?.label ?? key;
  return members.map((member) => (
    <Text size="sm" key={member} style={{ overflowWrap: 'anywhere' }}>
      {labelOf(member)}: <Value value={before[member]} /> → <Value value={after[member]} />
    </Text>
  ));
}
