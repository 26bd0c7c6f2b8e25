import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { schemaQuery } from '../../api/schema.ts';
import type { MadeWebhook } from '../../api/types.ts';
import { useMakeWebhook } from '../../api/webhooks.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { MultiSelect } from '../../components/select.tsx';
import { events } from './events.ts';

export function CreateWebhook({ done, close }: { done: (made: MadeWebhook) => void; close: () => void }) {
  const { data: schema } = useQuery(schemaQuery);
  const make = useMakeWebhook();
  const form = useForm({
    initialValues: { url: '', description: '', types: [] as string[], events: [] as string[] },
    validate: { url: (text) => (URL.canParse(text) ? null : 'An address, as https://example.com/keyway.') },
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => make.mutate(values, { onSuccess: done }))}>
      <Stack>
        {make.isError && <ProblemAlert fault={make.error} title="The webhook was not made" />}
        <TextInput
          label="Address"
          description="Where changes are posted to."
          placeholder="https://example.com/keyway"
          required
          data-autofocus
          {...form.getInputProps('url')}
        />
        <TextInput label="Description" {...form.getInputProps('description')} />
        <MultiSelect
          label="Record types"
          description="None: all. A link is of both of its ends."
          data={Object.keys(schema?.types ?? {})}
          searchable
          clearable
          {...form.getInputProps('types')}
        />
        <MultiSelect
          label="Events"
          description="None: all."
          data={[...events]}
          searchable
          clearable
          {...form.getInputProps('events')}
        />
        <Group justify="end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
