import { Badge, Button, Group, Modal, PasswordInput, Stack, Table, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useDisableUser, useMakeUser, usersQuery } from '../../api/access.ts';
import { useMe } from '../../api/session.ts';
import type { ShownUser } from '../../api/types.ts';
import { Confirm } from '../../components/confirm.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Select } from '../../components/select.tsx';
import { Wide } from '../../components/wide.tsx';
import { EditUser } from './edit-user.tsx';
import { GrantsInWords } from './grants-in-words.tsx';

export function Page() {
  const { data } = useSuspenseQuery(usersQuery);
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <PageHead
        title="Users and grants"
        lead="People who sign in. Administrators do all, power users configure, members do what their grants say."
        actions={
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={open}>
            New user
          </Button>
        }
      />
      <Wide>
        <Table verticalSpacing="sm" miw={720}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>E-mail</Table.Th>
              <Table.Th>Role</Table.Th>
              <Table.Th>Grants</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.items.map((user) => (
              <UserRow key={user.id} user={user} />
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
      <Modal opened={isOpen} onClose={close} title="New user" closeButtonProps={{ 'aria-label': 'Close' }}>
        <MakeUser close={close} />
      </Modal>
    </>
  );
}

function UserRow({ user }: { user: ShownUser }) {
  const me = useMe();
  const disable = useDisableUser(user.id);
  return (
    <Table.Tr>
      <Table.Td>{user.name}</Table.Td>
      <Table.Td>{user.email}</Table.Td>
      <Table.Td>{user.role}</Table.Td>
      <Table.Td>
        {user.role === 'member' ? <GrantsInWords grants={user.grants ?? {}} /> : <Text c="dimmed">all</Text>}
      </Table.Td>
      <Table.Td>
        {user.disabled ? (
          <Badge color="gray">disabled</Badge>
        ) : (
          <Group gap="xs" justify="end" wrap="nowrap">
            <EditUser user={user} />
            {user.id !== me.principal.id && (
              <Confirm
                label="Disable"
                name={`Disable ${user.name}`}
                title={`Disable ${user.name}?`}
                stay="Not now"
                write={disable}
                act={(options) => disable.mutate(undefined, options)}
              >
                <Text size="sm">
                  Whatever {user.name} has open ends at once. The name stays with what was done; it cannot be taken
                  back.
                </Text>
              </Confirm>
            )}
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function MakeUser({ close }: { close: () => void }) {
  const make = useMakeUser();
  const form = useForm({
    initialValues: { name: '', email: '', password: '', role: 'member' as 'member' | 'power' | 'admin' },
    validate: {
      name: (text) => (text.trim() === '' ? 'Give the name.' : null),
      email: (text) => (/^[^@\s]+@[^@\s]+$/.test(text) ? null : 'An e-mail address: it is the user name.'),
      password: (text) => (text.length >= 8 ? null : 'At least 8 characters.'),
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((user) =>
        make.mutate({ ...user, grants: user.role === 'member' ? { '*': ['read'] } : {} }, { onSuccess: close }),
      )}
    >
      <Stack>
        {make.isError && <ProblemAlert fault={make.error} title="The user was not made" />}
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <TextInput label="E-mail" required autoComplete="off" {...form.getInputProps('email')} />
        <PasswordInput label="Password" required autoComplete="new-password" {...form.getInputProps('password')} />
        <Select
          label="Role"
          description="A member reads every type; further grants are given once it is made."
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
