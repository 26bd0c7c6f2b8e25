import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { keysQuery } from '../../api/access.ts';
import { path } from '../../api/client.ts';
import { useCreateInterface } from '../../api/interfaces.ts';
import { schemaQuery } from '../../api/schema.ts';
import type { Schema } from '../../api/types.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Select } from '../../components/select.tsx';

const initiators = [
  { value: 'external_application', label: 'External application (via API request)' },
  { value: 'upload', label: 'Power user (via upload)' },
] as const;

type Initiator = (typeof initiators)[number]['value'];

/** Only what another application owns can be synchronised with one. */
const externalTypes = (schema: Schema | undefined): { value: string; label: string }[] =>
  Object.entries(schema?.types ?? {})
    .filter(([, { owner }]) => owner !== undefined && owner !== 'internal')
    .map(([value, { label }]) => ({ value, label: label ?? value }));

/** As Relatics' dialog has it, word for word. */
export function CreateDialog({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      size="lg"
      title="Create interface for synchronizing with an external application"
    >
      <Form close={close} />
    </Modal>
  );
}

function Form({ close }: { close: () => void }) {
  const { data: schema } = useQuery(schemaQuery);
  const { data: keys } = useQuery(keysQuery);
  const create = useCreateInterface();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: {
      name: '',
      type: null as string | null,
      initiator: 'external_application' as Initiator,
      api_key: null as string | null,
      endpoint: '',
    },
    validate: {
      name: (text) => (text.trim() === '' ? 'Give the interface a name.' : null),
      type: (type) => (type === null ? 'Choose the type element that is synchronised.' : null),
      endpoint: (text) =>
        /^[A-Za-z0-9_-]{1,100}$/.test(text)
          ? null
          : 'Up to 100 letters, digits, hyphens and underscores; it becomes part of the URL.',
    },
  });
  const types = externalTypes(schema);
  const keyOptions = (keys?.items ?? []).flatMap(({ client_id: value, label, kind, revoked_at }) =>
    kind === 'client' && value !== undefined && !revoked_at ? [{ value, label }] : [],
  );
  const submit = form.onSubmit(({ type, api_key, ...values }) =>
    create.mutate(
      { ...values, type: type ?? '', direction: 'synchronising', api_keys: api_key === null ? [] : [api_key] },
      { onSuccess: ({ endpoint }) => navigate(path`/interfaces/${endpoint}`) },
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {create.isError && <ProblemAlert fault={create.error} title="The interface was not created" />}
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <Select
          label="Type element (with ownership in an external application)"
          required
          searchable
          data={types}
          nothingFoundMessage="No type element is owned by an external application: set its owner in the schema."
          {...form.getInputProps('type')}
        />
        <Select label="Setup" data={[{ value: 'custom', label: 'Custom' }]} value="custom" allowDeselect={false} />
        <Select label="Initiator" data={[...initiators]} allowDeselect={false} {...form.getInputProps('initiator')} />
        <Select
          label="Relatics API key for requests by external application"
          description="Made in Application authentications. Without one, whoever may write the records may send them."
          data={keyOptions}
          clearable
          {...form.getInputProps('api_key')}
        />
        <TextInput
          label="Endpoint"
          description="Part of the URL to which the application sends its set."
          required
          {...form.getInputProps('endpoint')}
        />
        <Group justify="end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending || create.isSuccess}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
