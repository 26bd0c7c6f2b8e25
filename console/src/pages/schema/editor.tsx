import { Alert, Button, Checkbox, Group, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiProblem } from '../../api/client.ts';
import { type SchemaText, schemaTextQuery, useApplyText, usePlanText } from '../../api/schema.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { SchemaChanges } from '../../components/schema-changes.tsx';

const hasMoved = (fault: unknown): boolean => fault instanceof ApiProblem && fault.problem.code === 'version_mismatch';

const isUnreadable = (fault: unknown): fault is ApiProblem =>
  fault instanceof ApiProblem && fault.problem.code === 'malformed_body';

/** The whole schema as text: what a change of it would do comes first, and what would be lost is to be agreed to. */
export function Editor() {
  const queries = useQueryClient();
  const { data: stored } = useSuspenseQuery(schemaTextQuery);
  /** With the version that it was begun from, which is stored no longer when somebody else was quicker; null: as it is stored. */
  const [edited, setEdited] = useState<SchemaText | null>(null);
  const [isAccepted, setAccepted] = useState(false);
  const plan = usePlanText();
  const apply = useApplyText();
  const shown = edited ?? stored;
  const changes = plan.data?.changes;
  const loses = changes?.some(({ loss }) => loss !== null) ?? false;
  const edit = (to: SchemaText | null): void => {
    setEdited(to);
    setAccepted(false);
    plan.reset();
    apply.reset();
  };
  const onApplied = ({ version }: { version: number }): void => {
    edit(null);
    notifications.show({ message: `The schema is applied. It is version ${version}.` });
  };
  const compareAnew = async (): Promise<void> => {
    const { etag } = await queries.fetchQuery({ ...schemaTextQuery, staleTime: 0 });
    const mine = { text: shown.text, etag };
    edit(mine);
    plan.mutate(mine);
  };
  const fault = plan.error ?? apply.error;
  const input = useRef<HTMLTextAreaElement>(null);
  /** @param line from 1. */
  const showLine = (line: number): void => {
    const before = shown.text
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length;
    const from = line === 1 ? 0 : before + 1;
    const end = shown.text.indexOf('\n', from);
    input.current?.focus();
    input.current?.setSelectionRange(from, end === -1 ? shown.text.length : end);
  };
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        What the text leaves out is removed. All of it is applied, or nothing.
      </Text>
      <Textarea
        ref={input}
        label="Schema as YAML"
        autosize
        minRows={12}
        maxRows={28}
        spellCheck={false}
        autoComplete="off"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, whiteSpace: 'pre' } }}
        value={shown.text}
        onChange={({ currentTarget }) => edit({ text: currentTarget.value, etag: shown.etag })}
      />
      {hasMoved(fault) && <Moved compareAnew={() => void compareAnew()} />}
      {fault !== null && !hasMoved(fault) && (
        <ProblemAlert
          fault={fault}
          title={plan.isError ? 'The schema cannot be so' : 'The schema was not applied'}
          saysWhere
          {...(isUnreadable(fault) && { remedy: <Unreadable fault={fault} show={showLine} /> })}
        />
      )}
      {changes !== undefined && !hasMoved(fault) && <SchemaChanges changes={changes} />}
      {loses && (
        <Checkbox
          label="Lose what it says"
          checked={isAccepted}
          onChange={({ currentTarget }) => setAccepted(currentTarget.checked)}
        />
      )}
      <Group>
        <Button
          variant={changes === undefined ? 'filled' : 'default'}
          loading={plan.isPending}
          onClick={() => plan.mutate(shown)}
        >
          See what it would do
        </Button>
        <Button
          disabled={changes === undefined || changes.length === 0 || (loses && !isAccepted)}
          loading={apply.isPending}
          onClick={() => apply.mutate({ ...shown, allowLoss: isAccepted }, { onSuccess: onApplied })}
        >
          Apply
        </Button>
        <Button variant="subtle" color="gray" disabled={edited === null} onClick={() => edit(null)}>
          As it is stored
        </Button>
      </Group>
    </Stack>
  );
}

const Moved = ({ compareAnew }: { compareAnew: () => void }) => (
  <Alert color="orange" role="alert" title="Somebody changed the schema meanwhile">
    <Text size="sm" mb="sm">
      Your text was begun from what was stored before, and nothing of it is applied. Compare it with what is stored now:
      what they have added is shown as removed until it is in your text, too.
    </Text>
    <Button size="xs" variant="default" onClick={compareAnew}>
      Compare with what is stored now
    </Button>
  </Alert>
);

/** What is no YAML has a line where reading it ended: it is shown in the text, which has no numbers. */
function Unreadable({ fault, show }: { fault: ApiProblem; show: (line: number) => void }) {
  const line = Number(/\bline (\d+)/.exec(fault.message)?.[1] ?? 0);
  return (
    <>
      The text cannot be read as YAML. Mend it there, and look again.{' '}
      {line > 0 && (
        <Button size="compact-sm" variant="default" onClick={() => show(line)}>
          Show line {line}
        </Button>
      )}
    </>
  );
}
