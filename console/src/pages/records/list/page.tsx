import { Box, Button, Center, Group, Loader, Menu, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, usePrefetchInfiniteQuery } from '@tanstack/react-query';
import { Download, FileUp, Plus } from 'lucide-react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { type RecordType, useRecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { recordsQuery } from '../../../api/records.ts';
import { may } from '../../../api/rights.ts';
import { useMe } from '../../../api/session.ts';
import { Empty } from '../../../components/empty.tsx';
import { FindRecord } from '../../../components/find-record.tsx';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { counted } from '../../../components/words.ts';
import { CreateRecord } from '../form/create-record.tsx';
import { type Asked, listQueryOf, useAsked } from './asked.ts';
import { columnsOf } from './columns.ts';
import { AddFilter, ChooseColumns, FilterPills } from './filters.tsx';
import { Grid } from './grid.tsx';

export function Page() {
  const { type: key = '' } = useParams();
  const [search] = useSearchParams();
  usePrefetchInfiniteQuery(recordsQuery(key, listQueryOf(search))); // beside the schema, not after it
  const type = useRecordType(key);
  // Another type is another list: nothing that was typed for one is for the next.
  return <List key={key} type={type} />;
}

function List({ type }: { type: RecordType }) {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const asked = useAsked(type);
  const all = columnsOf(type);
  const query = useInfiniteQuery(recordsQuery(type.key, listQueryOf(search)));
  const pages = query.data?.pages ?? [];
  const shown = pages.reduce((sum, { items }) => sum + items.length, 0);
  return (
    <>
      <PageHead title={type.plural} lead={type.description || undefined} actions={<Actions type={type} />} />
      <Stack gap="sm">
        <Group gap="sm">
          <FindRecord
            type={type}
            label="Find by key"
            isLabelShown={false}
            onFound={({ id }) => navigate(path`/records/${type.key}/${id}`)}
          />
          <AddFilter all={all} asked={asked} />
          <ChooseColumns all={all} asked={asked} />
          <Export type={type} search={search} />
        </Group>
        <FilterPills all={all} asked={asked} />
        {query.isError && <ProblemAlert fault={query.error} title="The list cannot be shown" />}
        {query.isPending && (
          <Center h={320}>
            <Loader aria-label="Loading" />
          </Center>
        )}
        {query.isSuccess && shown === 0 && <Nothing type={type} asked={asked} />}
        {shown > 0 && (
          <>
            <Box opacity={query.isPlaceholderData ? 0.5 : 1} aria-busy={query.isPlaceholderData}>
              <Grid type={type} asked={asked} pages={pages} query={query} />
            </Box>
            <Text size="sm" c="dimmed" role="status">
              {query.isPlaceholderData
                ? 'Looking through the records …'
                : `${counted(shown, 'record')}${query.hasNextPage ? ' loaded; more follow as you scroll' : ''}`}
            </Text>
          </>
        )}
      </Stack>
    </>
  );
}

function Actions({ type }: { type: RecordType }) {
  const me = useMe();
  const [isOpen, { open, close }] = useDisclosure();
  const mayCreate = may(me, 'create', type.key);
  const mayImport = mayCreate || may(me, 'edit', type.key);
  return (
    <Group gap="sm">
      {mayImport && (
        <Button
          variant="default"
          component={Link}
          to={path`/records/${type.key}/import`}
          leftSection={<FileUp size={16} aria-hidden />}
        >
          Import
        </Button>
      )}
      {mayCreate && type.owner === 'internal' && (
        <>
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={open}>
            New {type.label.toLowerCase()}
          </Button>
          <CreateRecord type={type} isOpen={isOpen} close={close} />
        </>
      )}
    </Group>
  );
}

/** Plain links: the browser writes the file as it arrives, and the page holds nothing of it. */
function Export({ type, search }: { type: RecordType; search: URLSearchParams }) {
  const { sort: _sort, ...filters } = listQueryOf(search);
  const addressOf = (format: string): string =>
    `${path`/v1/records/${type.key}`}?${new URLSearchParams({ ...filters, format, ...(format === 'csv' && { spreadsheet: 'true' }) })}`;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<Download size={16} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>All records that pass the filters</Menu.Label>
        {['csv', 'ndjson'].map((format) => (
          <Menu.Item key={format} component="a" href={addressOf(format)} download={`${type.key}.${format}`}>
            {format.toUpperCase()}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const Nothing = ({ type, asked }: { type: RecordType; asked: Asked }) =>
  asked.filters.length > 0 ? (
    <Empty
      title="No record passes these filters"
      action={
        <Button variant="default" onClick={asked.clearFilters}>
          Clear the filters
        </Button>
      }
    >
      Text is compared exactly: with “contains” a part of it is enough.
    </Empty>
  ) : (
    <Empty title={`No ${type.plural.toLowerCase()} yet`}>
      {type.owner === 'internal'
        ? 'Make one here, import a file, or write them through any of the APIs, by your own keys.'
        : 'They are made by the external application that owns them: send a complete set to its interface.'}
    </Empty>
  );
