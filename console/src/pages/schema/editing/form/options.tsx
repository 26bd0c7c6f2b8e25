import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { Columns } from './columns.tsx';
import { useSchemaForm } from './context.ts';
import type { FieldDocument } from './document.ts';
import type { Part } from './part.ts';

type Option = NonNullable<FieldDocument['options']>[number];

/** What one may choose among. A value that records hold and that goes is cleared there: the plan says of how many. */
export function Options({ part }: { part: Part<FieldDocument> }) {
  const { said } = useSchemaForm();
  const options = part.is.options ?? [];
  const set = (to: readonly Option[]): void => part.set({ options: [...to] });
  const change = (index: number, to: Option): void => set(options.map((one, at) => (at === index ? to : one)));
  const error = said.get(`${part.at}.options`);
  return (
    <Fieldset legend="Options">
      <Stack gap="xs">
        {options.length > 0 && (
          <Columns
            of={[
              ['Value', { flex: 1 }],
              ['Label', { flex: 1 }],
            ]}
          />
        )}
        {options.map(({ value, label }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place while it is typed
          <Group key={index} gap="xs" wrap="nowrap" align="start">
            <TextInput
              aria-label={`Value of option ${index + 1}`}
              placeholder="value"
              flex={1}
              error={said.get(`${part.at}.options[${index}].value`) ?? said.get(`${part.at}.options[${index}]`)}
              value={String(value ?? '')}
              onChange={({ currentTarget }) =>
                change(index, { value: currentTarget.value, ...(label !== undefined && { label }) })
              }
            />
            <TextInput
              aria-label={`Label of option ${index + 1}`}
              placeholder={value ? `label: ${value}` : 'label'}
              flex={1}
              error={said.get(`${part.at}.options[${index}].label`)}
              value={String(label ?? '')}
              onChange={({ currentTarget }) =>
                change(index, { value, ...(currentTarget.value !== '' && { label: currentTarget.value }) })
              }
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Remove option ${index + 1}`}
              onClick={() => set(options.filter((_, at) => at !== index))}
            >
              <Trash2 size={16} />
            </ActionIcon>
          </Group>
        ))}
        {error !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {error}
          </Text>
        )}
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<Plus size={14} aria-hidden />}
          style={{ alignSelf: 'start' }}
          onClick={() => set([...options, { value: '' }])}
        >
          Add an option
        </Button>
      </Stack>
    </Fieldset>
  );
}
