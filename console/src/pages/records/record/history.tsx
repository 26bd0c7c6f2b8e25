import { Badge, Card, Group, Text, Timeline, Title } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import type { RecordType } from '../../../api/catalogue.ts';
import { seenFrom } from '../../../api/links.ts';
import { useNames, type Wanted } from '../../../api/names.ts';
import { historyQuery } from '../../../api/record-details.ts';
import type { ShownChange, ShownRecord } from '../../../api/types.ts';
import { ChangedValues } from '../../../components/changed-values.tsx';
import { colorOf } from '../../../components/kind-colors.ts';
import { More } from '../../../components/more.tsx';
import { Through } from '../../../components/through.tsx';
import { Time } from '../../../components/time.tsx';
import { ToRecord } from '../../../components/to-record.tsx';
import { shortName } from '../../../components/words.ts';
import { nameOf, useNeighbourNames } from './neighbours.ts';

/** What was done to the record and its links, newest first: old and new values, who did it, and through what. */
export function History({ type, record }: { type: RecordType; record: ShownRecord }) {
  const query = useSuspenseInfiniteQuery(historyQuery(type.key, record.id));
  // What was asked of one page is not asked again with the next.
  const pages = query.data.pages.map(({ items }) => items);
  const names = useNames(pages.flatMap((changes) => lookedUp(type, changes)));
  const others = useNeighbourNames(
    pages.map((changes) =>
      seenFrom(
        type,
        record,
        changes.flatMap(({ link }) => link ?? []),
      ),
    ),
  );
  return (
    <Card withBorder component="section" aria-labelledby="history">
      <Title order={2} size="h4" id="history" mb="md">
        History
      </Title>
      <Timeline bulletSize={14} lineWidth={2} active={-1}>
        {pages.flat().map((change, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a change has no name, and what is shown of it no state
          <Timeline.Item key={index} title={<Happened {...{ type, record, change, names: others }} />}>
            <Text size="sm" c="dimmed">
              <bdi>{change.principal.name}</bdi> <Through via={change.via} />, <Time at={change.at} />
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

type Of = { readonly type: RecordType; readonly record: ShownRecord; readonly names: ReadonlyMap<string, string> };

const Happened = ({ change: { kind, link, merged, forced }, ...of }: Of & { readonly change: ShownChange }) => (
  <Group gap="xs">
    <Badge variant="light" color={colorOf(kind)}>
      {kind}
    </Badge>
    {link !== null && <Linked {...of} link={link} />}
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

/** As the record calls the link, and what it was linked with. */
function Linked({ type, record, names, link }: Of & { readonly link: NonNullable<ShownChange['link']> }) {
  const [seen] = seenFrom(type, record, [link]);
  if (seen === undefined) return <Text size="sm">{link.link}</Text>; // its link type is gone
  const { end, other } = seen;
  return (
    <Text size="sm">
      {end.label}:{' '}
      <ToRecord type={other.type} id={other.id} inherit underline="always">
        {shortName(nameOf(other, names))}
      </ToRecord>
    </Text>
  );
}
