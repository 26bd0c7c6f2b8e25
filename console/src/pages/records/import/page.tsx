import { Alert, Anchor, Button, FileInput, Group, Progress, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { type RecordType, useRecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { cutShortImport, type ImportFile, underWayQuery, useImport, usePlanImport } from '../../../api/imports.ts';
import { useMe } from '../../../api/session.ts';
import { PageHead } from '../../../components/page-head.tsx';
import { PlanView } from '../../../components/plan-view.tsx';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { counted } from '../../../components/words.ts';
import { columnsIn, withColumns } from './csv-columns.ts';
import { type FieldsOfColumns, guessed, Mapping } from './mapping.tsx';
import { Result } from './result.tsx';

const media: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
  json: 'application/json',
};

const modes = [
  { value: 'upsert', label: 'Make or change records' },
  { value: 'create', label: 'Only make new ones' },
  { value: 'update', label: 'Only change those that are there' },
];

const endOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

export function Page() {
  const { type: key = '' } = useParams();
  const type = useRecordType(key);
  return (
    <>
      <PageHead
        title={`Import ${type.plural.toLowerCase()}`}
        lead={
          <>
            A file of rows, each found by a key; what it leaves out stays as it is.{' '}
            <Anchor component={Link} underline="always" to={path`/records/${key}`}>
              Back to {type.plural.toLowerCase()}
            </Anchor>
          </>
        }
      />
      <Wizard key={key} type={type} />
    </>
  );
}

type Csv = { readonly columns: readonly string[]; readonly fields: FieldsOfColumns };

function Wizard({ type }: { type: RecordType }) {
  const matchFields = type.fields.filter(({ unique }) => unique);
  const [file, setFile] = useState<File | null>(null);
  const [csv, setCsv] = useState<Csv>();
  const [key, setKey] = useState('external_id');
  const [mode, setMode] = useState('upsert');
  const plan = usePlanImport();
  const run = useImport();
  const contentType = file === null ? undefined : media[endOf(file.name)];
  const forget = (): void => {
    plan.reset();
    run.reset();
  };
  const choose = async (chosen: File | null): Promise<void> => {
    forget();
    setFile(chosen);
    setCsv(undefined);
    if (chosen === null || endOf(chosen.name) !== 'csv') return;
    const columns = await columnsIn(chosen);
    setCsv({ columns, fields: guessed(type, columns) });
  };
  const prepared = async (): Promise<ImportFile> => {
    if (file === null || contentType === undefined) throw new Error('No file is chosen.');
    const content = csv === undefined ? file : await withColumns(file, csv.fields);
    return { type: type.key, key, mode, content, media: contentType };
  };
  const lacksKey = csv !== undefined && !csv.fields.includes(key);
  const isReady = contentType !== undefined && !lacksKey && (csv !== undefined || contentType !== media.csv);
  const goOn = cutShortImport(run.error);
  if (run.isSuccess) return <Result answer={run.data} />;
  return (
    <Stack maw={900}>
      <FileInput
        label="File"
        description="CSV with a header, NDJSON, or one JSON array."
        placeholder="Choose a file"
        clearable
        clearButtonProps={{ 'aria-label': 'Clear the file' }}
        accept={Object.keys(media)
          .map((end) => `.${end}`)
          .join(',')}
        leftSection={<FileUp size={16} aria-hidden />}
        value={file}
        onChange={(chosen) => void choose(chosen)}
      />
      {file !== null && contentType === undefined && (
        <Alert color="red" role="alert">
          The name of the file ends in none of {Object.keys(media).join(', ')}, so that its format is not known.
        </Alert>
      )}
      <Group grow align="start">
        <Select
          label="Found by"
          description="The match field that says which record a row is."
          data={matchFields.map(({ key: value, label }) => ({ value, label }))}
          value={key}
          allowDeselect={false}
          onChange={(value) => {
            setKey(value ?? key);
            forget();
          }}
        />
        <Select
          label="What it may do"
          description="Other rows are rejected."
          data={modes}
          value={mode}
          allowDeselect={false}
          onChange={(value) => {
            setMode(value ?? mode);
            forget();
          }}
        />
      </Group>
      {csv !== undefined && (
        <Mapping
          type={type}
          {...csv}
          onChange={(fields) => {
            setCsv({ ...csv, fields });
            forget();
          }}
        />
      )}
      {lacksKey && (
        <Text size="sm" c="red.9" role="alert">
          No column is the field that rows are found by: choose one, or another key.
        </Text>
      )}
      {plan.isError && <ProblemAlert fault={plan.error} title="The file cannot be imported" />}
      {plan.isSuccess && <PlanView plan={plan.data} />}
      {run.isPending && <UnderWay type={type} />}
      {run.isError && <ProblemAlert fault={run.error} title="The import was cut short" />}
      <Group>
        <Button
          variant={plan.isSuccess ? 'default' : 'filled'}
          disabled={!isReady || run.isPending}
          loading={plan.isPending}
          onClick={async () => plan.mutate(await prepared())}
        >
          See what it would do
        </Button>
        <Button
          variant={plan.isSuccess ? 'filled' : 'default'}
          disabled={!isReady}
          loading={run.isPending}
          onClick={async () =>
            run.mutate({
              file: await prepared(),
              ...(plan.isSuccess && { planId: plan.data.plan_id }),
              ...(goOn !== undefined && { goOn }),
            })
          }
        >
          {goOn === undefined ? 'Import' : 'Go on with it'}
        </Button>
      </Group>
    </Stack>
  );
}

function UnderWay({ type }: { type: RecordType }) {
  const { data } = useQuery(underWayQuery(type.key, useMe().principal.id));
  return (
    <Stack gap={4} role="status">
      <Progress value={100} animated aria-label="The import is under way" />
      <Text size="sm">{data ? `${counted(data.rows_done, 'row')} done` : 'Sending'}</Text>
    </Stack>
  );
}
