import { Anchor, Text } from '@mantine/core';
import { usePrefetchQuery, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { recordCountsQuery } from '../../api/overview.ts';
import { may, mayConfigure } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { Empty } from '../../components/empty.tsx';
import { OwnerBadge } from '../../components/owner-badge.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Wide } from '../../components/wide.tsx';
import { count } from '../../components/words.ts';

const column = {
  type: 'Type element',
  records: 'Records',
  key: 'Key',
  owner: 'Owner',
  foundBy: 'Found by',
  linkedWith: 'Linked with',
} as const;

/** The types that one may read. */
export function Page() {
  const me = useMe();
  // The page does not wait for them: millions take a moment.
  usePrefetchQuery(recordCountsQuery);
  const { data: counts } = useQuery({ ...recordCountsQuery, refetchInterval: false });
  const catalogue = useCatalogue();
  const types = [...catalogue.values()].filter(({ key }) => may(me, 'read', key));
  return (
    <>
      <PageHead
        title="Type elements"
        lead="What this workspace keeps records of. Who owns a type creates and deletes its records: people and APIs here, or an external application by its interface."
      />
      {types.length === 0 ? (
        <Empty title="No type element to see">
          {mayConfigure(me)
            ? 'The schema has no type yet: add one there, with its fields and who owns them.'
            : 'You may read none. An administrator gives grants by type in Users and grants.'}
        </Empty>
      ) : (
        <Wide>
          <StackingTable
            columns={Object.values(column)}
            numbers={[column.records]}
            highlightOnHover
            fz="sm"
            aria-label="Type elements"
          >
            {types.map((type) => (
              <StackingRow key={type.key}>
                <StackingCell of={column.type} isPlain>
                  <Anchor component={Link} size="sm" fw={500} to={path`/records/${type.key}`}>
                    {type.plural}
                  </Anchor>
                  {type.description !== '' && (
                    <Text size="sm" c="dimmed" maw={420}>
                      {type.description}
                    </Text>
                  )}
                </StackingCell>
                <StackingCell of={column.records} isNumber>
                  {inWords(counts?.items.find((one) => one.type === type.key))}
                </StackingCell>
                <StackingCell of={column.key}>{type.key}</StackingCell>
                <StackingCell of={column.owner}>
                  <OwnerBadge owner={type.owner} />
                </StackingCell>
                <StackingCell of={column.foundBy}>
                  {type.fields.flatMap(({ unique, label }) => (unique ? [label] : [])).join(', ')}
                </StackingCell>
                <StackingCell of={column.linkedWith}>
                  {[...new Set(type.links.map(({ other }) => catalogue.get(other)?.plural ?? other))].join(', ')}
                </StackingCell>
              </StackingRow>
            ))}
          </StackingTable>
        </Wide>
      )}
    </>
  );
}

const inWords = (counted: { records: number; at_least: boolean } | undefined): string =>
  counted === undefined ? '' : `${count(counted.records)}${counted.at_least ? '+' : ''}`;
