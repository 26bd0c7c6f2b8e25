import { Alert, Button, FileInput, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { RecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { cutShortImport, type ImportFile, underWayQuery, useImport, usePlanImport } from '../../../api/imports.ts';
import { useMe } from '../../../api/session.ts';
import { PlanView } from '../../../components/plan-view.tsx';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { Select } from '../../../components/select.tsx';
import { Sending, type Sent, useSending } from '../../../components/sending.tsx';
import { isOfNumbers } from '../../../csv/number-fields.ts';
import { CsvSettings } from '../../../csv/settings.tsx';
import { WhichSign } from '../../../csv/which-sign.tsx';
import { media, useChosenFile } from './chosen-file.ts';
import { countRows } from './count-rows.ts';
import { Mapping } from './mapping.tsx';
import type { Mode } from './modes.ts';

/** File, columns, plan, import. What became of it has a page of its own. */
export function Wizard({ type, modes }: { type: RecordType; modes: readonly [Mode, ...Mode[]] }) {
  const matchFields = type.fields.filter(({ unique }) => unique);
  const [key, setKey] = useState('external_id');
  const [mode, setMode] = useState<string>(modes[0].value);
  const plan = usePlanImport();
  const run = useImport();
  const navigate = useNavigate();
  const forget = (): void => {
    plan.reset();
    run.reset();
  };
  const chosen = useChosenFile(type, forget);
  const { file, csv, contentType } = chosen;
  const [rows, setRows] = useState<number>();
  const sending = useSending();
  const prepared = async (): Promise<ImportFile> => {
    sending.begin();
    const { rows: counted, ...ready } = await chosen.prepared();
    setRows(counted);
    if (counted === undefined) void countRows(ready.content, ready.media === media.json).then(setRows);
    return { type: type.key, key, mode, ...ready };
  };
  const asked = { prepared, onSent: sending.onSent };
  const lacksKey = csv !== undefined && !csv.fields.includes(key);
  const lacksSign = csv !== undefined && csv.sign === undefined;
  const isReady =
    contentType !== undefined && !lacksKey && !lacksSign && (csv !== undefined || contentType !== media.csv);
  const goOn = cutShortImport(run.error);
  return (
    <Stack maw={900}>
      <FileInput
        label="File"
        description="CSV with a header, as any spreadsheet saves it; NDJSON; or one JSON array."
        placeholder="Choose a file"
        clearable
        clearButtonProps={{ 'aria-label': 'Clear the file' }}
        accept={Object.keys(media)
          .map((end) => `.${end}`)
          .join(',')}
        leftSection={<FileUp size={16} aria-hidden />}
        value={file}
        onChange={(next) => void chosen.choose(next)}
      />
      {file !== null && contentType === undefined && (
        <Alert color="red" role="alert">
          The name of the file ends in none of {Object.keys(media).join(', ')}, so that its format is not known.
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
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
          data={[...modes]}
          value={mode}
          allowDeselect={false}
          onChange={(value) => {
            setMode(value ?? mode);
            forget();
          }}
        />
      </SimpleGrid>
      {csv !== undefined && (
        <>
          <CsvSettings
            form={csv.form}
            partBy={(delimiter) => void chosen.partBy(delimiter)}
            {...(csv.fields.some((field) => isOfNumbers(type, field)) && {
              sign: { value: csv.sign, choose: chosen.say },
            })}
          />
          <Mapping type={type} columns={csv.columns} fields={csv.fields} sign={csv.sign} onChange={chosen.match} />
        </>
      )}
      {lacksKey && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          No column is the field that rows are found by: choose one, or another key.
        </Text>
      )}
      {lacksSign && <WhichSign numbers={csv.numbers} />}
      {plan.isPending && <Sending label="The file is looked through" sent={sending.sent} />}
      {plan.isError && <ProblemAlert fault={plan.error} title="The file cannot be imported" />}
      {plan.isSuccess && <PlanView plan={plan.data} />}
      {run.isPending &&
        // What a plan showed is done in one go, of which nobody sees a part.
        (plan.isSuccess ? (
          <Sending label="The import is under way" sent={sending.sent} />
        ) : (
          <UnderWay type={type} sent={sending.sent} rows={rows} />
        ))}
      {run.isError && <ProblemAlert fault={run.error} title="The import was cut short" />}
      <Group>
        <Button
          variant={plan.isSuccess ? 'default' : 'filled'}
          disabled={!isReady || run.isPending || run.isSuccess}
          loading={plan.isPending}
          onClick={() => plan.mutate(asked)}
        >
          See what it would do
        </Button>
        <Button
          variant={plan.isSuccess ? 'filled' : 'default'}
          disabled={!isReady}
          loading={run.isPending || run.isSuccess} // until its page is there
          onClick={() =>
            run.mutate(
              {
                ...asked,
                ...(plan.isSuccess && { planId: plan.data.plan_id }),
                ...(goOn !== undefined && { goOn }),
              },
              { onSuccess: ({ import: id }) => navigate(path`/imports/${id}`) },
            )
          }
        >
          {goOn === undefined ? 'Import' : 'Go on with it'}
        </Button>
      </Group>
    </Stack>
  );
}

type Under = { readonly type: RecordType; readonly sent: Sent | undefined; readonly rows: number | undefined };

function UnderWay({ type, sent, rows }: Under) {
  const { data } = useQuery(underWayQuery(type.key, useMe().principal.id));
  const done = data?.rows_done ?? 0;
  return (
    <Sending
      label="The import is under way"
      sent={sent}
      rows={done > 0 && rows !== undefined ? { done, of: rows } : undefined}
    />
  );
}
