import { Anchor, Table, Text } from '@mantine/core';
import { usePrefetchQuery, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useCatalogue } from '../../api/catalogue.ts';
import { path } from '../../api/client.ts';
import { recordCountsQuery } from '../../api/overview.ts';
import { may, mayConfigure } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import { Empty } from '../../components/empty.tsx';
import { OwnerBadge } from '../../components/owner-badge.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Wide } from '../../components/wide.tsx';
import { count } from '../../components/words.ts';

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
          <Table verticalSpacing="xs" highlightOnHover miw={760}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Type element</Table.Th>
                <Table.Th ta="right">Records</Table.Th>
                <Table.Th>Key</Table.Th>
                <Table.Th>Owner</Table.Th>
                <Table.Th>Found by</Table.Th>
                <Table.Th>Linked with</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {types.map((type) => (
                <Table.Tr key={type.key}>
                  <Table.Td>
                    <Anchor component={Link} size="sm" fw={500} to={path`/records/${type.key}`}>
                      {type.plural}
                    </Anchor>
                    {type.description !== '' && (
                      <Text size="sm" c="dimmed" maw={420}>
                        {type.description}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td ta="right">{inWords(counts?.items.find((one) => one.type === type.key))}</Table.Td>
                  <Table.Td>{type.key}</Table.Td>
                  <Table.Td>
                    <OwnerBadge owner={type.owner} />
                  </Table.Td>
                  <Table.Td>{type.fields.flatMap(({ unique, label }) => (unique ? [label] : [])).join(', ')}</Table.Td>
                  <Table.Td>
                    {[...new Set(type.links.map(({ other }) => catalogue.get(other)?.plural ?? other))].join(', ')}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Wide>
      )}
    </>
  );
}

const inWords = (counted: { records: number; at_least: boolean } | undefined): string =>
  counted === undefined ? '' : `${count(counted.records)}${counted.at_least ? '+' : ''}`;
