import { Box, Button, Center, Group, Loader, Menu, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Download, FileUp, Plus } from 'lucide-react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { RecordType } from '../../../api/catalogue.ts';
import { ApiProblem, path, prefix } from '../../../api/client.ts';
import { recordCountsQuery } from '../../../api/overview.ts';
import type { ListQuery } from '../../../api/records.ts';
import { may, mayMake } from '../../../api/rights.ts';
import { useMe } from '../../../api/session.ts';
import { useRecordType } from '../../../api/use-catalogue.ts';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { count, counted } from '../../../components/words.ts';
import { CreateRecord } from '../form/create-record.tsx';
import { useAsked } from './asked.ts';
import { columnsOf } from './columns.ts';
import { Cost } from './cost.tsx';
import { AddFilter, ChooseColumns, FilterPills } from './filters.tsx';
import { FindByKey } from './find-by-key.tsx';
import { Grid } from './grid.tsx';
import { Nothing } from './nothing.tsx';
import { useListed, usePrefetchListed } from './use-listed.ts';

export function Page() {
  const { type: key = '' } = useParams();
  const [search] = useSearchParams();
  usePrefetchListed(key, search); // beside the schema, not after it
  const type = useRecordType(key);
  // Another type is another list: nothing that was typed for one is for the next.
  return <List key={key} type={type} />;
}

function List({ type }: { type: RecordType }) {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const asked = useAsked(type);
  const all = columnsOf(type);
  const { query, found, listed, error } = useListed(type, search);
  // Without it there is nothing to be filtered or exported: the page says so as a whole.
  if (error instanceof ApiProblem && error.problem.code === 'grant_missing') throw error;
  const isNowhere = found?.length === 0;
  const isSettled = isNowhere || (query.isSuccess && !query.isPlaceholderData);
  const pages = isNowhere ? [] : (query.data?.pages ?? []);
  const total = useTotal(
    type,
    Object.keys(listed).every((name) => name === 'sort'),
  );
  const shown = pages.reduce((sum, { items }) => sum + items.length, 0);
  return (
    <>
      <PageHead title={type.plural} lead={type.description || undefined} actions={<Actions type={type} />} />
      <Stack gap="sm">
        <Group gap="sm">
          <FindByKey asked={asked} found={found} open={({ id }) => void navigate(path`/records/${type.key}/${id}`)} />
          <AddFilter all={all} asked={asked} />
          <ChooseColumns all={all} asked={asked} />
          <Export type={type} listed={listed} />
        </Group>
        <FilterPills all={all} asked={asked} />
        {error !== null && <ProblemAlert fault={error} title="The list cannot be shown" />}
        {!isSettled && shown === 0 && error === null && (
          <Center h={320}>
            <Stack align="center">
              <Loader aria-label="Loading" />
              <Cost all={all} asked={asked} />
            </Stack>
          </Center>
        )}
        {isSettled && shown === 0 && <Nothing type={type} asked={asked} isFound={found !== undefined && !isNowhere} />}
        {shown > 0 && (
          <>
            <Box opacity={query.isPlaceholderData ? 0.5 : 1} aria-busy={query.isPlaceholderData}>
              <Grid type={type} asked={asked} pages={pages} query={query} />
            </Box>
            <Text size="sm" c="dimmed" role="status">
              {query.isPlaceholderData
                ? 'Looking through the records …'
                : `${counted(shown, 'record')}${query.hasNextPage ? ` loaded${total}; more follow as you scroll` : ''}`}
            </Text>
            {query.isPlaceholderData && <Cost all={all} asked={asked} />}
          </>
        )}
      </Stack>
    </>
  );
}

/** ` of 20,002`, as it was counted last; nothing where something is left out of the list, which is not counted. */
function useTotal({ key }: RecordType, isWhole: boolean): string {
  const { data } = useQuery({ ...recordCountsQuery, enabled: isWhole, refetchInterval: false });
  const counts = isWhole ? data?.items.find(({ type }) => type === key) : undefined;
  return counts === undefined ? '' : ` of ${count(counts.records)}${counts.at_least ? '+' : ''}`;
}

function Actions({ type }: { type: RecordType }) {
  const me = useMe();
  const [isOpen, { open, close }] = useDisclosure();
  const mayCreate = mayMake(me, type);
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
      {mayCreate && (
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
function Export({ type, listed }: { type: RecordType; listed: ListQuery }) {
  const { sort: _sort, ...filters } = listed;
  const addressOf = (format: string): string =>
    `${prefix}${path`/v1/records/${type.key}`}?${new URLSearchParams({ ...filters, format, ...(format === 'csv' && { spreadsheet: 'true' }) })}`;
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
