import { Button, Checkbox, Group, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { schemaTextQuery, useApplySchema, usePlanSchema } from '../../api/schema.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { SchemaChanges } from '../../components/schema-changes.tsx';

/** The whole schema as text: what a change of it would do comes first, and what would be lost is to be agreed to. */
export function Editor() {
  const { data: stored } = useSuspenseQuery(schemaTextQuery);
  /** null: as it is stored. */
  const [edited, setEdited] = useState<string | null>(null);
  const [isAccepted, setAccepted] = useState(false);
  const plan = usePlanSchema();
  const apply = useApplySchema();
  const text = edited ?? stored;
  const changes = plan.data?.changes;
  const loses = changes?.some(({ loss }) => loss !== null) ?? false;
  const edit = (to: string | null): void => {
    setEdited(to);
    setAccepted(false);
    plan.reset();
    apply.reset();
  };
  const onApplied = ({ version }: { version: number }): void => {
    edit(null);
    notifications.show({ message: `The schema is applied. It is version ${version}.` });
  };
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        What the text leaves out is removed. All of it is applied, or nothing.
      </Text>
      <Textarea
        label="Schema as YAML"
        autosize
        minRows={12}
        maxRows={28}
        spellCheck={false}
        autoComplete="off"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, whiteSpace: 'pre' } }}
        value={text}
        onChange={({ currentTarget }) => edit(currentTarget.value)}
      />
      {plan.isError && <ProblemAlert fault={plan.error} title="The schema cannot be so" />}
      {changes !== undefined && <SchemaChanges changes={changes} />}
      {loses && (
        <Checkbox
          label="Lose what it says"
          checked={isAccepted}
          onChange={({ currentTarget }) => setAccepted(currentTarget.checked)}
        />
      )}
      {apply.isError && <ProblemAlert fault={apply.error} title="The schema was not applied" />}
      <Group>
        <Button
          variant={changes === undefined ? 'filled' : 'default'}
          loading={plan.isPending}
          onClick={() => plan.mutate(text)}
        >
          See what it would do
        </Button>
        <Button
          disabled={changes === undefined || changes.length === 0 || (loses && !isAccepted)}
          loading={apply.isPending}
          onClick={() => apply.mutate({ document: text, allowLoss: isAccepted }, { onSuccess: onApplied })}
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
