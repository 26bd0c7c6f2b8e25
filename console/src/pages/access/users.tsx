import { Button, Group, Modal, PasswordInput, Select, Stack, Table, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useMakeUser, usersQuery } from '../../api/access.ts';
import { PageHead } from '../../components/page-head.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';

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
      <div className="scroll">
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>E-mail</Table.Th>
              <Table.Th>Role</Table.Th>
              <Table.Th>Grants</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.items.map((user) => (
              <Table.Tr key={user.id}>
                <Table.Td>{user.name}</Table.Td>
                <Table.Td>{user.email}</Table.Td>
                <Table.Td>{user.role}</Table.Td>
                <Table.Td>
                  {Object.entries(user.grants ?? {}).map(([type, actions]) => (
                    <div key={type}>
                      {type === '*' ? 'every type' : type}: {actions.join(', ')}
                    </div>
                  ))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Modal opened={isOpen} onClose={close} title="New user" closeButtonProps={{ 'aria-label': 'Close' }}>
        <MakeUser close={close} />
      </Modal>
    </>
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
          description="A member reads every type; further grants are given by the command line or the API."
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
