import { Alert, Button, FileInput, Group, Stack, Text, Textarea } from '@mantine/core';
import { Upload as UploadIcon } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { path } from '../../api/client.ts';
import { type SentSet, usePlanSet, useSendSet } from '../../api/interfaces.ts';
import type { ListedInterface } from '../../api/types.ts';
import { PlanView } from '../../components/plan-view.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';

const mediaTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  xml: 'application/xml',
};

const endOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

/** A complete set from a file, or typed: what it would do comes first, and just that is done. */
export function Upload({ on }: { on: ListedInterface }) {
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState('');
  const plan = usePlanSet(on.endpoint);
  const send = useSendSet(on.endpoint);
  const navigate = useNavigate();
  const set = setOf(file, text);
  const planned = plan.data;
  const forget = (): void => {
    plan.reset();
    send.reset();
  };
  return (
    <Stack maw={900}>
      <Text size="sm" c="dimmed">
        The file is the complete set: what it leaves out is deleted, unless the guard holds it. It takes{' '}
        {on.formats.map((format) => format.toUpperCase()).join(', ')}. JSON is an array of rows, as below; a set in the
        form of the endpoint URL, with Elements and @externalid, is sent there.
      </Text>
      <FileInput
        label="File"
        placeholder="Choose a file"
        clearable
        clearButtonProps={{ 'aria-label': 'Clear the file' }}
        accept={on.formats.map((format) => `.${format}`).join(',')}
        leftSection={<UploadIcon size={16} aria-hidden />}
        value={file}
        onChange={(chosen) => {
          setFile(chosen);
          forget();
        }}
      />
      <Textarea
        label="Or the set itself, as JSON"
        placeholder='[{"external_id": "P-1", "name": "Pump 1"}]'
        autosize
        minRows={3}
        maxRows={12}
        disabled={file !== null}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          forget();
        }}
      />
      {file !== null && set === undefined && (
        <Alert color="red" role="alert">
          The name of the file ends in none of {Object.keys(mediaTypes).join(', ')}, so that its format is not known.
        </Alert>
      )}
      {plan.isError && <ProblemAlert fault={plan.error} title="The set cannot be applied" />}
      {planned !== undefined && <PlanView plan={planned} />}
      {send.isError && <ProblemAlert fault={send.error} title="The set was not applied" />}
      <Group>
        <Button
          variant={planned === undefined ? 'filled' : 'default'}
          disabled={set === undefined}
          loading={plan.isPending}
          onClick={() => set && plan.mutate(set)}
        >
          See what it would do
        </Button>
        <Button
          disabled={set === undefined || planned === undefined}
          loading={send.isPending}
          onClick={() =>
            set &&
            planned &&
            send.mutate({ ...set, planId: planned.plan_id }, { onSuccess: ({ id }) => navigate(path`/runs/${id}`) })
          }
        >
          Apply
        </Button>
      </Group>
    </Stack>
  );
}

function setOf(file: File | null, text: string): SentSet | undefined {
  if (file === null) return text.trim() === '' ? undefined : { content: text, type: 'application/json' };
  const type = mediaTypes[endOf(file.name)];
  return type === undefined ? undefined : { content: file, type };
}
