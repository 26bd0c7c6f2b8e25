import { Button, Card, Group, SimpleGrid, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useChangeInterface } from '../../../api/interfaces.ts';
import type { KeyList, ListedInterface, Schema } from '../../../api/types.ts';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { MultiSelect, Select } from '../../../components/select.tsx';
import { GuardFields } from './guard-fields.tsx';
import { ScopeFields } from './scope-fields.tsx';
import { SetFields } from './set-fields.tsx';
import { changeOf, type Values, valuesOf } from './values.ts';

type Shown = { on: ListedInterface; schema: Schema; keys: KeyList['items'] };

export function Form({ on, schema, keys }: Shown) {
  const change = useChangeInterface(on.endpoint);
  const fields = schema.types?.[on.type]?.fields ?? {};
  const [before, setBefore] = useState(() => valuesOf(on));
  const form = useForm<Values>({
    initialValues: before,
    validate: {
      name: (text) => (text.trim() === '' ? 'Give the interface a name.' : null),
      formats: (formats) => (formats.length === 0 ? 'One at least.' : null),
      mark_field: (field, { delete_policy }) =>
        delete_policy === 'keep' && field === null ? 'Choose the field that says that a record is left out.' : null,
      scope: {
        member: (member) => (member === '' ? 'Choose a field or relation.' : null),
        value: (value) => (value === '' ? 'Give the value.' : null),
      },
    },
  });
  const takesSets = on.direction === 'synchronising';
  const wanted = changeOf(before, form.values, fields);
  const isChanged = Object.keys(wanted).length > 0;
  const submit = form.onSubmit(() =>
    change.mutate(wanted, {
      onSuccess: (saved) => {
        setBefore(valuesOf(saved));
        form.setValues(valuesOf(saved));
        notifications.show({ message: `The settings of ${saved.name} are saved.` });
      },
    }),
  );
  return (
    <Card withBorder component="section" aria-labelledby="settings-title">
      <form onSubmit={submit} noValidate>
        <Stack>
          <Title order={2} size="h4" id="settings-title">
            Settings
          </Title>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label="Name" required {...form.getInputProps('name')} />
            <Select
              label="Initiator"
              data={[
                { value: 'external_application', label: 'External application (via API request)' },
                { value: 'upload', label: 'Power user (via upload)' },
              ]}
              allowDeselect={false}
              {...form.getInputProps('initiator')}
            />
            <MultiSelect
              label="API keys"
              description="That may call it, beside administrators and power users; none: any with rights."
              data={keyOptions(keys, on.api_keys)}
              searchable
              clearable
              {...form.getInputProps('api_keys')}
            />
            <TextInput
              label="Overdue after"
              description="Without an applied set for so long, as 26h or 2d; empty: never."
              placeholder="never"
              {...form.getInputProps('overdue_after')}
            />
          </SimpleGrid>
          {takesSets && (
            <>
              <SetFields form={form} fields={fields} />
              <ScopeFields form={form} schema={schema} type={on.type} />
              <GuardFields form={form} />
            </>
          )}
          {change.isError && <ProblemAlert fault={change.error} title="The settings were not saved" />}
          <Group justify="end">
            <Button variant="default" disabled={!isChanged} onClick={() => form.setValues(before)}>
              Undo
            </Button>
            <Button type="submit" disabled={!isChanged} loading={change.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

/** The client keys in force; and those that are set, whatever became of them. */
function keyOptions(keys: KeyList['items'], set: readonly string[]): { value: string; label: string }[] {
  const offered = keys.flatMap(({ client_id: value, label, kind, revoked_at }) =>
    kind === 'client' && value !== undefined && (!revoked_at || set.includes(value))
      ? [{ value, label: revoked_at ? `${label} (revoked)` : label }]
      : [],
  );
  const others = set.filter((id) => !offered.some(({ value }) => value === id));
  return [...offered, ...others.map((value) => ({ value, label: value }))];
}
