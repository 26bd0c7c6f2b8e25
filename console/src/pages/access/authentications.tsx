import { Alert, Badge, Button, Group, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { keysQuery, useMakeKey, useRevokeKey } from '../../api/access.ts';
import { isAdmin } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import type { MadeKey, NewKey, ShownKey } from '../../api/types.ts';
import { CopiedText } from '../../components/copied-text.tsx';
import { Empty } from '../../components/empty.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Time } from '../../components/time.tsx';

const kinds: { value: NonNullable<NewKey['kind']>; label: string }[] = [
  { value: 'client', label: 'Relatics API key: client ID and secret' },
  { value: 'bearer', label: 'Bearer key' },
  { value: 'oauth1', label: 'OAuth 1.0a consumer and token' },
  { value: 'hmac', label: 'HMAC key' },
];

export function Page() {
  const me = useMe();
  const { data } = useSuspenseQuery(keysQuery);
  const [isOpen, { open, close }] = useDisclosure();
  const [made, setMade] = useState<MadeKey | null>(null);
  const mayMake = isAdmin(me);
  const create = mayMake && (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={open}>
      New API key
    </Button>
  );
  return (
    <>
      <PageHead
        title="Application authentications"
        lead="API keys by which other applications send and read records. A secret is shown once, when its key is made."
        actions={create}
      />
      {data.items.length === 0 ? (
        <Empty title="No API key yet">A key is the name under which an application works here.</Empty>
      ) : (
        <div className="scroll">
          <Table verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Kind</Table.Th>
                <Table.Th>Client ID</Table.Th>
                {mayMake && <Table.Th>Role</Table.Th>}
                {mayMake && <Table.Th>Made</Table.Th>}
                {mayMake && <Table.Th aria-label="Actions" />}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((key) => (
                <KeyRow key={key.id} shown={key} mayRevoke={mayMake} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <Modal opened={isOpen} onClose={close} title="New API key" closeButtonProps={{ 'aria-label': 'Close' }}>
        <MakeKey
          done={(key) => {
            close();
            setMade(key);
          }}
        />
      </Modal>
      <Modal
        opened={made !== null}
        onClose={() => setMade(null)}
        title="The secret, this once"
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {made !== null && <Secrets made={made} close={() => setMade(null)} />}
      </Modal>
    </>
  );
}

function KeyRow({ shown: key, mayRevoke }: { shown: ShownKey; mayRevoke: boolean }) {
  const revoke = useRevokeKey();
  const [isAsked, { open, close }] = useDisclosure();
  return (
    <Table.Tr>
      <Table.Td>{key.label}</Table.Td>
      <Table.Td>{key.kind}</Table.Td>
      <Table.Td>{key.client_id}</Table.Td>
      {mayRevoke && <Table.Td>{key.principal?.role}</Table.Td>}
      {mayRevoke && <Table.Td>{key.created_at !== undefined && <Time at={key.created_at} />}</Table.Td>}
      {mayRevoke && (
        <Table.Td ta="right">
          {key.revoked_at ? (
            <Badge color="gray">revoked</Badge>
          ) : (
            <Button size="compact-sm" variant="subtle" color="red" onClick={open} aria-label={`Revoke ${key.label}`}>
              Revoke
            </Button>
          )}
          <Modal
            opened={isAsked}
            onClose={close}
            title={`Revoke ${key.label}?`}
            closeButtonProps={{ 'aria-label': 'Close' }}
          >
            <Stack>
              <Text size="sm">Whoever uses it is refused from now on. It cannot be taken back.</Text>
              {revoke.isError && <ProblemAlert fault={revoke.error} />}
              <Group justify="end">
                <Button variant="default" onClick={close} data-autofocus>
                  Keep it
                </Button>
                <Button
                  color="red"
                  loading={revoke.isPending}
                  onClick={() => revoke.mutate(key.id, { onSuccess: close })}
                >
                  Revoke
                </Button>
              </Group>
            </Stack>
          </Modal>
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function MakeKey({ done }: { done: (made: MadeKey) => void }) {
  const make = useMakeKey();
  const form = useForm({
    initialValues: {
      label: '',
      kind: 'client' as NonNullable<NewKey['kind']>,
      role: 'member' as 'member' | 'power' | 'admin',
    },
    validate: { label: (text) => (text.trim() === '' ? 'Give the key a name.' : null) },
  });
  const submit = form.onSubmit(({ label, kind, role }) =>
    make.mutate(
      {
        label,
        kind,
        role,
        // What an interface asks of whoever calls it.
        grants: role === 'member' ? { '*': ['read', 'create', 'edit', 'delete', 'attach:*'] } : {},
      },
      { onSuccess: done },
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {make.isError && <ProblemAlert fault={make.error} title="The key was not made" />}
        <TextInput label="Name" required data-autofocus {...form.getInputProps('label')} />
        <Select label="Kind" data={kinds} allowDeselect={false} {...form.getInputProps('kind')} />
        <Select
          label="Role"
          description="A member reads and writes records; a power user configures as well."
          data={['member', 'power', 'admin']}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        <Group justify="end">
          <Button type="submit" loading={make.isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Secrets({ made, close }: { made: MadeKey; close: () => void }) {
  const shown = [
    ['Client ID', made.key.kind === 'bearer' ? null : made.key.client_id],
    [made.key.kind === 'bearer' ? 'Key' : 'Client secret', made.secret],
    ['Token ID', made.token_id],
    ['Token secret', made.token_secret],
  ] as const;
  return (
    <Stack>
      <Alert color="yellow">It is stored as a hash and cannot be shown again: copy it now.</Alert>
      {shown.map(
        ([label, text]) =>
          text && (
            <div key={label}>
              <Text size="sm" fw={600}>
                {label}
              </Text>
              <CopiedText text={text} what={label.toLowerCase()} />
            </div>
          ),
      )}
      <Group justify="end">
        <Button onClick={close}>I have copied it</Button>
      </Group>
    </Stack>
  );
}
