import { Anchor, Badge, Button, Grid, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  usePrefetchInfiniteQuery,
  usePrefetchQuery,
  useSuspenseInfiniteQuery,
  useSuspenseQuery,
} from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import { Link, useParams } from 'react-router';
import type { RecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { dialectsQuery } from '../../../api/dialects.ts';
import { linksQuery, seenFrom } from '../../../api/links.ts';
import { historyQuery, recordKeysQuery } from '../../../api/record-details.ts';
import { recordQuery, titleOf } from '../../../api/records.ts';
import { may } from '../../../api/rights.ts';
import { useMe } from '../../../api/session.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { useRecordType } from '../../../api/use-catalogue.ts';
import { PageHead } from '../../../components/page-head.tsx';
import { Time } from '../../../components/time.tsx';
import { CopyCalls } from './copy-calls.tsx';
import { DeleteRecord } from './delete-record.tsx';
import { EditRecord } from './edit-record.tsx';
import { Fields } from './fields.tsx';
import { Graph } from './graph/graph.tsx';
import { History } from './history.tsx';
import { Keys } from './keys.tsx';
import { Links } from './links.tsx';
import { Merge } from './merge.tsx';
import { useNeighbourNames } from './neighbours.ts';
import { ToItsId } from './to-its-id.tsx';
import { WhyPanel } from './why.tsx';

export function Page() {
  const { type: key = '', ref = '' } = useParams();
  // All at once, not one after the other as each part is shown.
  usePrefetchQuery(recordQuery(key, ref));
  usePrefetchQuery(recordKeysQuery(key, ref));
  usePrefetchInfiniteQuery(linksQuery(key, ref));
  usePrefetchInfiniteQuery(historyQuery(key, ref));
  usePrefetchQuery(dialectsQuery);
  const type = useRecordType(key);
  const { data: record } = useSuspenseQuery(recordQuery(key, ref));
  // Its keys may change while the page is open; its id does not.
  if (ref !== record.id) return <ToItsId type={key} by={ref} id={record.id} />;
  return (
    <WhyPanel key={record.id} record={record}>
      <PageHead
        title={titleOf(type, record)}
        lead={<Told type={type} record={record} />}
        actions={<Actions type={type} record={record} />}
      />
      <Stack gap="md">
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <Fields type={type} record={record} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <Keys type={type} record={record} />
          </Grid.Col>
        </Grid>
        <Neighbours type={type} record={record} />
        <History type={type} record={record} />
      </Stack>
    </WhyPanel>
  );
}

const Told = ({ type, record }: { type: RecordType; record: ShownRecord }) => (
  <Group gap="xs" component="span">
    <Badge variant="light" component="span">
      {type.label} #{record.number}
    </Badge>
    <Text span size="sm">
      version {record.version}, made <Time at={record.created_at} />, changed <Time at={record.updated_at} />.{' '}
      <Anchor component={Link} size="sm" underline="always" to={path`/records/${type.key}`}>
        All {type.plural.toLowerCase()}
      </Anchor>
    </Text>
  </Group>
);

function Neighbours({ type, record }: { type: RecordType; record: ShownRecord }) {
  const query = useSuspenseInfiniteQuery(linksQuery(type.key, record.id));
  const pages = query.data.pages.map(({ items }) => seenFrom(type, record, items));
  const links = pages.flat();
  const names = useNeighbourNames(pages);
  return (
    <>
      <Graph {...{ type, record, links, names }} hasMore={query.hasNextPage} />
      <Links {...{ type, record, links, names, query }} />
    </>
  );
}

function Actions({ type, record }: { type: RecordType; record: ShownRecord }) {
  const me = useMe();
  const [isEditing, edit] = useDisclosure();
  const mayEdit = may(me, 'edit', type.key);
  const mayDelete = may(me, 'delete', type.key) && type.owner === 'internal';
  return (
    <Group gap="sm">
      <CopyCalls record={record} />
      {mayEdit && mayDelete && <Merge type={type} record={record} />}
      {mayDelete && <DeleteRecord type={type} record={record} />}
      {mayEdit && (
        <>
          <Button leftSection={<Pencil size={16} aria-hidden />} onClick={edit.open}>
            Edit
          </Button>
          <EditRecord type={type} record={record} isOpen={isEditing} close={edit.close} />
        </>
      )}
    </Group>
  );
}
