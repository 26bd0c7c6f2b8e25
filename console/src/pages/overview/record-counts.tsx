import { Alert, Anchor, Card, Progress, Skeleton, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { recordCountsQuery } from '../../api/overview.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { Time } from '../../components/time.tsx';
import { count } from '../../components/words.ts';
import classes from './record-counts.module.css';

/** How many records there are of each type. The page does not wait for it: millions take a moment. */
export function RecordCounts() {
  const catalogue = useCatalogue();
  const { data, isError } = useQuery(recordCountsQuery);
  const items = data?.items ?? [];
  const most = Math.max(1, ...items.map(({ records }) => records));
  return (
    <Card withBorder component="section" aria-labelledby="records">
      <Title order={2} size="h4" id="records" mb="sm">
        Records
      </Title>
      {isError && <Alert color="red">They could not be counted.</Alert>}
      {data === undefined && !isError && <Skeleton h={catalogue.size * 34} />}
      <div className={classes.columns}>
        <Table verticalSpacing={4} withRowBorders={false} aria-label="Records of each type">
          <Table.Tbody>
            {items.map(({ type, records, at_least }) => (
              <Table.Tr key={type}>
                <Table.Td>
                  <Anchor component={Link} size="sm" to={path`/records/${type}`}>
                    {catalogue.get(type)?.plural ?? type}
                  </Anchor>
                </Table.Td>
                <Table.Td ta="end">
                  {count(records)}
                  {at_least && '+'}
                </Table.Td>
                <Table.Td w="45%" aria-hidden>
                  <Progress value={(records / most) * 100} aria-hidden />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {data && (
        <Text size="xs" c="dimmed" mt="xs">
          Counted <Time at={data.counted_at} />
        </Text>
      )}
    </Card>
  );
}
