import { Badge, Card, Group, Text, Timeline, Title } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import type { RecordType } from '../../../api/catalogue.ts';
import { useNames, type Wanted } from '../../../api/names.ts';
import { historyQuery } from '../../../api/record-details.ts';
import type { ShownChange, ShownRecord } from '../../../api/types.ts';
import { ChangedValues } from '../../../components/changed-values.tsx';
import { colorOf } from '../../../components/kind-colors.ts';
import { More } from '../../../components/more.tsx';
import { Time } from '../../../components/time.tsx';

/** What was done to the record and its links, newest first: old and new values, who did it, and through what. */
export function History({ type, record }: { type: RecordType; record: ShownRecord }) {
  const query = useSuspenseInfiniteQuery(historyQuery(type.key, record.id));
  const changes = query.data.pages.flatMap(({ items }) => items);
  const names = useNames(lookedUp(type, changes));
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
            <ChangedValues type={change.link === null ? type : undefined} change={change} names={names} />
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

/** The records that its lookups point at, or did so. */
const lookedUp = ({ fields }: RecordType, changes: readonly ShownChange[]): Wanted[] =>
  fields.flatMap(({ key, to }) => {
    const ids = changes
      .filter(({ link }) => link === null)
      .flatMap(({ before, after }) => [before[key], after[key]])
      .filter((id) => typeof id === 'string');
    return to === undefined ? [] : [{ type: to, ids }];
  });

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
