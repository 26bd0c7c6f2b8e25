import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMakeKey } from '../../api/access.ts';
import { path } from '../../api/client.ts';
import { schemaQuery } from '../../api/schema.ts';
import { useMe } from '../../api/session.ts';
import type { Grants, MadeKey, NewKey } from '../../api/types.ts';
import { CopiedText } from '../../components/copied-text.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { SecretDialog } from '../../components/secret-dialog.tsx';
import { Select } from '../../components/select.tsx';
import { GrantsEditor } from './grants-editor.tsx';
import { roles } from './roles.ts';

export type Kind = { readonly value: NonNullable<NewKey['kind']>; readonly label: string };

type Dialog = { readonly title: string; readonly kinds: readonly [Kind, ...Kind[]] };

/** Two dialogs: what the key is to be, and then its secret, this once. */
export function MakeKey({ title, kinds, isOpen, close }: Dialog & { isOpen: boolean; close: () => void }) {
  const [made, setMade] = useState<MadeKey | null>(null);
  return (
    <>
      <Modal opened={isOpen} onClose={close} size="xl" title={title}>
        <Form
          kinds={kinds}
          done={(key) => {
            close();
            setMade(key);
          }}
        />
      </Modal>
      {made !== null && <Secrets made={made} close={() => setMade(null)} />}
    </>
  );
}

/** What an interface asks of whoever calls it. */
const usualGrants: Grants = { '*': ['read', 'create', 'edit', 'delete', 'attach:*'] };

function Form({ kinds, done }: Pick<Dialog, 'kinds'> & { done: (made: MadeKey) => void }) {
  const make = useMakeKey();
  const { data: schema } = useQuery(schemaQuery);
  const [grants, setGrants] = useState(usualGrants);
  const form = useForm({
    initialValues: { label: '', kind: kinds[0].value, role: 'member' as 'member' | 'power' | 'admin' },
    validate: { label: (text) => (text.trim() === '' ? 'Give the key a name.' : null) },
  });
  const submit = form.onSubmit(({ label, kind, role }) =>
    make.mutate({ label, kind, role, grants: role === 'member' ? grants : {} }, { onSuccess: done }),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {make.isError && <ProblemAlert fault={make.error} title="The key was not made" />}
        <TextInput label="Name" required data-autofocus {...form.getInputProps('label')} />
        {kinds.length > 1 && (
          <Select label="Kind" data={[...kinds]} allowDeselect={false} {...form.getInputProps('kind')} />
        )}
        <Select
          label="Role"
          description="A member does what is granted; a power user reads and writes everything, and configures."
          data={roles}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        {form.values.role === 'member' && (
          <GrantsEditor grants={grants} types={Object.keys(schema?.types ?? {})} change={setGrants} />
        )}
        {form.values.kind === 'client' && <TokenEndpoint />}
        <Group justify="end">
          <Button type="submit" loading={make.isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Where a client asks for its tokens: Relatics calls the workspace its realm. */
function TokenEndpoint() {
  const { workspace } = useMe();
  const address = path`/auth/realms/${workspace.name}/protocol/openid-connect/token`;
  return <Shown label="Token endpoint URL" text={`${window.location.origin}${address}`} />;
}

const Shown = ({ label, text, isFirst = false }: { label: string; text: string; isFirst?: boolean }) => (
  <div>
    <Text size="sm" fw={600}>
      {label}
    </Text>
    <CopiedText text={text} what={label} isFirst={isFirst} />
  </div>
);

function Secrets({ made, close }: { made: MadeKey; close: () => void }) {
  const { kind, client_id } = made.key;
  const secretName = kind === 'bearer' ? 'Key' : 'Client Secret';
  const shown = [
    ['Client ID', kind === 'bearer' ? null : client_id],
    [secretName, made.secret],
    ['Token ID', made.token_id],
    ['Token secret', made.token_secret],
  ] as const;
  return (
    <SecretDialog
      title={secretName}
      toCopy={made.token_secret === null ? made.secret : null}
      lead="It is stored as a hash and cannot be shown again."
      close={close}
    >
      {shown.map(
        ([label, text]) => text && <Shown key={label} label={label} text={text} isFirst={label === secretName} />,
      )}
      {kind === 'client' && <TokenEndpoint />}
    </SecretDialog>
  );
}
