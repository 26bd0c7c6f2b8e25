import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useChangeUser } from '../../api/access.ts';
import { schemaQuery } from '../../api/schema.ts';
import { useMe } from '../../api/session.ts';
import type { ShownUser } from '../../api/types.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Select } from '../../components/select.tsx';
import { GrantsEditor } from './grants-editor.tsx';
import { roles } from './roles.ts';

/** The role of a user, the grants of a member, and a password in place of one that was forgotten or is known to others. */
export function EditUser({ user }: { user: ShownUser }) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button size="compact-sm" variant="subtle" onClick={open} aria-label={`Edit ${user.name}`}>
        Edit
      </Button>
      <Modal opened={isOpen} onClose={close} size="xl" title={`Role and grants of ${user.name}`}>
        <Form user={user} close={close} />
      </Modal>
    </>
  );
}

function Form({ user, close }: { user: ShownUser; close: () => void }) {
  const me = useMe();
  const { data: schema } = useQuery(schemaQuery);
  const change = useChangeUser(user.id);
  const [role, setRole] = useState(user.role ?? 'member');
  const [grants, setGrants] = useState(user.grants ?? {});
  const [password, setPassword] = useState('');
  const isSelf = me.principal.id === user.id;
  return (
    <Stack>
      <Select
        label="Role"
        {...(!isSelf && { 'data-autofocus': true })}
        description={isSelf ? 'Your own: another administrator can change it.' : undefined}
        disabled={isSelf}
        data={roles}
        allowDeselect={false}
        value={role}
        onChange={(chosen) => chosen !== null && setRole(chosen as typeof role)}
      />
      {role === 'member' ? (
        <GrantsEditor grants={grants} types={Object.keys(schema?.types ?? {})} change={setGrants} />
      ) : (
        <Text size="sm" c="dimmed">
          {role === 'admin' ? 'An administrator' : 'A power user'} holds every grant.
        </Text>
      )}
      <PasswordInput
        label="New password"
        {...(isSelf && { 'data-autofocus': true })}
        description={`Empty: it stays. A new one, of 8 characters at least, ends whatever ${user.name} has open.`}
        autoComplete="new-password"
        value={password}
        onChange={({ currentTarget }) => setPassword(currentTarget.value)}
      />
      {change.isError && <ProblemAlert fault={change.error} title="Nothing was changed" />}
      <Group justify="end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          loading={change.isPending}
          disabled={password !== '' && password.length < 8}
          onClick={() =>
            change.mutate({ ...(!isSelf && { role }), grants, ...(password && { password }) }, { onSuccess: close })
          }
        >
          Save
        </Button>
      </Group>
    </Stack>
  );
}
