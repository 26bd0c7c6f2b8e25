import { Alert, Button, FileInput, Group, Stack, Text, Textarea } from '@mantine/core';
import { Upload as UploadIcon } from 'lucide-react';
import { useNavigate } from 'react-router';
import { path } from '../../api/client.ts';
import { usePlanSet, useSendSet } from '../../api/interfaces.ts';
import type { ListedInterface } from '../../api/types.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { PlanView } from '../../components/plan-view.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Sending, useSending } from '../../components/sending.tsx';
import { CsvSettings } from '../../csv/settings.tsx';
import { WhichSign } from '../../csv/which-sign.tsx';
import { endings, useChosenSet } from './chosen-set.ts';

/** A complete set from a file, or typed: what it would do comes first, and just that is done. */
export function Upload({ on }: { on: ListedInterface }) {
  const plan = usePlanSet(on.endpoint);
  const send = useSendSet(on.endpoint);
  const sending = useSending();
  const navigate = useNavigate();
  const set = useChosenSet(useCatalogue().get(on.type), () => {
    plan.reset();
    send.reset();
  });
  const planned = plan.data;
  const told = { prepared: set.prepared, onSent: sending.onSent };
  return (
    <Stack maw={900}>
      <Text size="sm" c="dimmed">
        The set is complete: what it leaves out is deleted, unless the guard holds it. This interface takes{' '}
        {on.formats.map((format) => format.toUpperCase()).join(', ')}.
      </Text>
      <FileInput
        label="File"
        description="Rows by the keys of the fields, or a file that was made for Relatics."
        placeholder="Choose a file"
        clearable
        clearButtonProps={{ 'aria-label': 'Clear the file' }}
        accept={endings.map((end) => `.${end}`).join(',')}
        leftSection={<UploadIcon size={16} aria-hidden />}
        value={set.file}
        onChange={(chosen) => void set.choose(chosen)}
      />
      <Textarea
        label="Or the set itself, as JSON"
        placeholder={`[{"${on.key}": "P-1", "name": "Pump 1"}]`}
        autosize
        minRows={3}
        maxRows={12}
        disabled={set.file !== null}
        value={set.text}
        onChange={({ currentTarget }) => set.write(currentTarget.value)}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      />
      <HowItIsRead on={on} set={set} />
      {plan.isPending && <Sending label="The set is looked through" sent={sending.sent} />}
      {plan.isError && <ProblemAlert fault={plan.error} title="The set cannot be applied" />}
      {planned !== undefined && <PlanView plan={planned} />}
      {send.isPending && <Sending label="The set is applied" sent={sending.sent} />}
      {send.isError && <ProblemAlert fault={send.error} title="The set was not applied" />}
      <Group>
        <Button
          variant={planned === undefined ? 'filled' : 'default'}
          disabled={!set.isReady || send.isPending || send.isSuccess}
          loading={plan.isPending}
          onClick={() => {
            sending.begin();
            plan.mutate(told);
          }}
        >
          See what it would do
        </Button>
        <Button
          variant={planned === undefined ? 'default' : 'filled'}
          disabled={!set.isReady || planned === undefined}
          loading={send.isPending || send.isSuccess} // until its page is there
          onClick={() => {
            if (planned === undefined) return;
            sending.begin();
            send.mutate({ ...told, planId: planned.plan_id }, { onSuccess: ({ id }) => navigate(path`/runs/${id}`) });
          }}
        >
          Apply
        </Button>
      </Group>
    </Stack>
  );
}

/** What was recognised in it, to be put right where that is wrong. */
function HowItIsRead({ on, set }: { on: ListedInterface; set: ReturnType<typeof useChosenSet> }) {
  if (set.format === undefined) {
    return (
      <Alert color="red" role="alert">
        The name of the file ends in none of {endings.join(', ')}, so that its format is not known.
      </Alert>
    );
  }
  if (!on.formats.includes(set.format) && set.file !== null) {
    return (
      <Alert color="red" role="alert">
        The interface takes no {set.format.toUpperCase()}: its settings say which formats it takes.
      </Alert>
    );
  }
  if (set.form === 'relatics') {
    return (
      <Text size="sm">
        It is read in the form of Relatics: elements with an external id, properties by their labels.
      </Text>
    );
  }
  if (set.csv === undefined) return null;
  return (
    <>
      <CsvSettings
        form={set.csv.form}
        partBy={(delimiter) => void set.partBy(delimiter)}
        {...(set.numbers.length > 0 && { sign: { value: set.sign, choose: set.say } })}
      />
      {set.renamed.length > 0 && (
        <Text size="sm" className="long">
          Read as the fields of these labels: {set.renamed.join(', ')}.
        </Text>
      )}
      {set.sign === undefined && <WhichSign numbers={set.numbers} />}
    </>
  );
}
