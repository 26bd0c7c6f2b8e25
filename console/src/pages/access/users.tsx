import { Badge, Button, Group, Modal, PasswordInput, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useSearchParams } from 'react-router';
import { useDisableUser, useMakeUser, usersQuery } from '../../api/access.ts';
import { isAdmin } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import type { ShownUser } from '../../api/types.ts';
import { Confirm } from '../../components/confirm.tsx';
import { keyStyle } from '../../components/key-style.ts';
import { NotForYou } from '../../components/not-for-you.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Select } from '../../components/select.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Wide } from '../../components/wide.tsx';
import { EditUser } from './edit-user.tsx';
import { GrantsInWords } from './grants-in-words.tsx';
import { Rights } from './rights.tsx';
import { nameOfRole, roles } from './roles.ts';

const column = { name: 'Name', email: 'E-mail', role: 'Role', grants: 'Grants', action: 'What to do' } as const;

/** Others are told no more of users than their names. */
export const Page = () => (isAdmin(useMe()) ? <UsersAndGrants /> : <NotForYou />);

function UsersAndGrants() {
  const [isOpen, { open, close }] = useDisclosure();
  const [parameters, setParameters] = useSearchParams();
  const tab = parameters.get('tab') === 'rights' ? 'rights' : 'users';
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
      <Tabs value={tab} onChange={(name) => setParameters(name === 'rights' ? { tab: name } : {}, { replace: true })}>
        <Tabs.List mb="md">
          <Tabs.Tab value="users">Users</Tabs.Tab>
          <Tabs.Tab value="rights">Who may do what</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={tab}>{tab === 'rights' ? <Rights /> : <Users />}</Tabs.Panel>
      </Tabs>
      <Modal opened={isOpen} onClose={close} title="New user">
        <MakeUser close={close} />
      </Modal>
    </>
  );
}

function Users() {
  const { data } = useSuspenseQuery(usersQuery);
  return (
    <Wide>
      <StackingTable columns={Object.values(column)} verticalSpacing="sm" fz="sm" aria-label="Users">
        {data.items.map((user) => (
          <UserRow key={user.id} user={user} />
        ))}
      </StackingTable>
    </Wide>
  );
}

function UserRow({ user }: { user: ShownUser }) {
  const me = useMe();
  const disable = useDisableUser(user.id);
  return (
    <StackingRow>
      <StackingCell of={column.name} style={keyStyle(user.name)}>
        {user.name}
      </StackingCell>
      <StackingCell of={column.email} style={keyStyle(user.email)}>
        {user.email}
      </StackingCell>
      <StackingCell of={column.role}>{user.role && nameOfRole(user.role)}</StackingCell>
      <StackingCell of={column.grants}>
        {user.role === 'member' ? (
          <GrantsInWords grants={user.grants ?? {}} />
        ) : (
          <Text c="dimmed" size="sm">
            all
          </Text>
        )}
      </StackingCell>
      <StackingCell of={column.action} isPlain>
        {user.disabled ? (
          <Badge color="gray">disabled</Badge>
        ) : (
          <Group gap="xs" wrap="nowrap">
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
                  Whatever <bdi>{user.name}</bdi> has open ends at once. The name stays with what was done; it cannot be
                  taken back.
                </Text>
              </Confirm>
            )}
          </Group>
        )}
      </StackingCell>
    </StackingRow>
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
          data={roles}
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
