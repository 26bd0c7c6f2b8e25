import { Alert, Anchor, Badge, Button, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { usePrefetchQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import type { RecordType } from '../../api/catalogue.ts';
import { path } from '../../api/client.ts';
import { importQuery } from '../../api/imports.ts';
import { schemaQuery } from '../../api/schema.ts';
import type { ShownImport } from '../../api/types.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { PageHead } from '../../components/page-head.tsx';
import { TakenBack } from '../../components/taken-back.tsx';
import { Time } from '../../components/time.tsx';
import { count, counted } from '../../components/words.ts';
import { Rejected } from './rejected.tsx';
import { RevertImport } from './revert.tsx';
import { ImportState } from './state.tsx';

/** What became of the rows of an import, for as long as it is kept. */
export function Page() {
  const { import: id = '' } = useParams();
  usePrefetchQuery(importQuery(id));
  usePrefetchQuery(schemaQuery); // beside the import, not after it
  const { data: shown } = useSuspenseQuery(importQuery(id));
  const type = useCatalogue().get(shown.type ?? ''); // none: of links, or of a type that is gone
  const { received, ...outcomes } = shown.counts;
  return (
    <>
      <PageHead
        title={`Import ${count(shown.number)} of ${type?.plural.toLowerCase() ?? shown.type ?? `links ${shown.link}`}`}
        lead={<Happened shown={shown} type={type} />}
        actions={<RevertImport shown={shown} />}
      />
      <Stack>
        <State shown={shown} />
        <Title order={2} size="h4">
          {shown.reverts === null
            ? `${counted(received, rowOf(shown))} received`
            : `${counted(received + (outcomes.deleted ?? 0), rowOf(shown))} to take back`}
        </Title>
        <Group gap="xs">
          {Object.entries(outcomes)
            .filter(([, number]) => number > 0)
            .map(([outcome, number]) => (
              <Badge key={outcome} size="lg" variant="light" color={outcome === 'rejected' ? 'red' : 'gray'}>
                {outcome}: {count(number)}
              </Badge>
            ))}
        </Group>
        {type !== undefined && (
          <Group>
            <Button component={Link} to={path`/records/${type.key}`}>
              See the {type.plural.toLowerCase()}
            </Button>
            <Button variant="default" component={Link} to={path`/records/${type.key}/import`}>
              Import another file
            </Button>
          </Group>
        )}
        {outcomes.rejected > 0 && <Rejected shown={shown} />}
      </Stack>
    </>
  );
}

/** The rows of a revert are the changes that it takes back. */
const rowOf = ({ reverts }: ShownImport): string => (reverts === null ? 'row' : 'change');

const Happened = ({ shown, type }: { shown: ShownImport; type: RecordType | undefined }) => (
  <>
    {shown.reverts === null ? 'Sent' : 'Reverted'} by <bdi>{shown.principal.name}</bdi>, <Time at={shown.started_at} />.{' '}
    {type !== undefined && (
      <Anchor component={Link} underline="always" to={path`/records/${type.key}/import`}>
        All imports of {type.plural.toLowerCase()}
      </Anchor>
    )}
    {shown.reverts !== null && (
      <>
        {' · '}
        <Anchor component={Link} underline="always" to={path`/imports/${shown.reverts}`}>
          It takes back an earlier import
        </Anchor>
      </>
    )}
  </>
);

function ImportTakenBack({ by }: { by: string | null }) {
  const { data } = useQuery({ ...importQuery(by ?? ''), enabled: by !== null });
  return <TakenBack by={data && { name: data.principal.name, at: data.started_at, to: path`/imports/${data.id}` }} />;
}

const State = ({ shown }: { shown: ShownImport }) => (
  <>
    <Group gap="sm">
      <ImportState state={shown.state} />
      {shown.state === 'receiving' && (
        <Group gap="xs" role="status">
          <Loader size="xs" aria-hidden />
          <Text size="sm">{counted(shown.rows_done, rowOf(shown))} done so far</Text>
        </Group>
      )}
      {shown.finished_at !== null && (
        <Text size="sm" c="dimmed">
          Ended <Time at={shown.finished_at} />
        </Text>
      )}
    </Group>
    {shown.failure !== null && (
      <Alert
        color={shown.state === 'failed' ? 'red' : 'orange'}
        title={
          shown.rows_done === 0
            ? 'Nothing of it is written'
            : `Written so far: ${counted(shown.rows_done, rowOf(shown))}`
        }
      >
        <Text size="sm" className="long">
          {shown.failure}
        </Text>
      </Alert>
    )}
    {shown.state === 'reverted' && <ImportTakenBack by={shown.reverted_by} />}
  </>
);
