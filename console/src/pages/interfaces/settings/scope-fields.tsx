import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { Plus, Trash2 } from 'lucide-react';
import { ownedOf } from '../../../api/ownership.ts';
import type { Schema } from '../../../api/types.ts';
import { Select } from '../../../components/select.tsx';
import type { Values } from './values.ts';

type Shown = { form: UseFormReturnType<Values>; schema: Schema; type: string };

/** What its sets are everything of: values by field, references by relation. */
export function ScopeFields({ form, schema, type }: Shown) {
  const members = ownedOf(schema, type).flatMap(({ member, label }) =>
    member === undefined ? [] : [{ value: member.name, label }],
  );
  return (
    <Fieldset legend="Scope">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {form.values.scope.length === 0
            ? 'Its sets are everything that the interface keeps. A scope makes them everything of a part: nothing outside of it is deleted.'
            : 'Its sets are everything of this; nothing outside of it is deleted.'}
        </Text>
        {form.values.scope.map((_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          <Group key={index} align="start" wrap="nowrap">
            <Select
              aria-label="Field or relation"
              placeholder="field or relation"
              data={members}
              searchable
              {...form.getInputProps(`scope.${index}.member`)}
            />
            <TextInput
              aria-label="Value"
              placeholder="value, or external_id:C-1"
              flex={1}
              {...form.getInputProps(`scope.${index}.value`)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Remove line ${index + 1} of the scope`}
              onClick={() => form.removeListItem('scope', index)}
            >
              <Trash2 size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<Plus size={14} aria-hidden />}
          onClick={() => form.insertListItem('scope', { member: '', value: '' })}
          style={{ alignSelf: 'start' }}
        >
          Add to the scope
        </Button>
      </Stack>
    </Fieldset>
  );
}
