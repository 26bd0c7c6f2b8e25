import { ActionIcon, Anchor, Button, Card, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { Link } from 'react-router';
import { own } from '../../../../api/own.ts';
import { addressOf } from '../../address.ts';
import { Columns } from './columns.tsx';
import { useSchemaForm } from './context.ts';
import { type Change, changed, type RoleDocument, withRoles } from './document.ts';
import { PartHead } from './part-head.tsx';
import { Removed } from './removed.tsx';

/** What a linked record can be to the other. */
export function RoleListForm({ name }: { name: string }) {
  const { schema, stored, said, change } = useSchemaForm();
  const at = `role_lists.${name}`;
  const roles = own(schema.role_lists ?? {}, name);
  const before = own(stored.role_lists ?? {}, name);
  if (roles === undefined)
    return <Removed what={`The role list ${name}`} putBack={() => change(withRoles(schema, name, before), at)} />;
  const set = (to: RoleDocument[]): void => change(withRoles(schema, name, to), at);
  const uses = Object.entries(schema.links ?? {}).filter(([, link]) => link.roles === name);
  return (
    <Card withBorder component="section" aria-label={name}>
      <Stack>
        <PartHead
          at={at}
          title={name}
          isNew={before === undefined}
          remove={() => change(withRoles(schema, name, undefined), at)}
        />
        <Text size="sm">
          {uses.length === 0 ? 'No link type has it yet: choose it in the form of one.' : 'The roles of '}
          {uses.map(([key], index) => (
            <span key={key}>
              {index > 0 && ', '}
              <Anchor component={Link} size="sm" to={addressOf(`links.${key}`)}>
                {key}
              </Anchor>
            </span>
          ))}
        </Text>
        {roles.length > 0 && (
          <Columns
            of={[
              ['Name', { flex: 2 }],
              ['External id', { flex: 1 }],
              ['Number', { w: 90 }],
            ]}
          />
        )}
        {roles.map((role, index) => (
          <Role
            // biome-ignore lint/suspicious/noArrayIndexKey: a role is its place while it is typed
            key={index}
            role={role}
            index={index}
            errorOf={(member) => said.get(`${at}[${index}].${member}`)}
            error={said.get(`${at}[${index}]`)}
            set={(to) => set(roles.map((one, place) => (place === index ? to : one)))}
            remove={() => set(roles.filter((_, place) => place !== index))}
          />
        ))}
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<Plus size={14} aria-hidden />}
          style={{ alignSelf: 'start' }}
          onClick={() => set([...roles, { name: '' }])}
        >
          Add a role
        </Button>
      </Stack>
    </Card>
  );
}

type Shown = {
  readonly role: RoleDocument;
  readonly index: number;
  readonly error: string | undefined;
  readonly errorOf: (member: keyof RoleDocument) => string | undefined;
  readonly set: (to: RoleDocument) => void;
  readonly remove: () => void;
};

function Role({ role, index, error, errorOf, set, remove }: Shown) {
  const { name, external_id: externalId, number } = role;
  const place = `role ${index + 1}`;
  const change = (to: Change<RoleDocument>): void => set({ ...changed(role, to), name: to.name ?? name ?? '' });
  return (
    <Group gap="xs" wrap="nowrap" align="start">
      <TextInput
        aria-label={`Name of ${place}`}
        placeholder="name"
        flex={2}
        error={errorOf('name') ?? error}
        value={String(name ?? '')}
        onChange={({ currentTarget }) => change({ name: currentTarget.value })}
      />
      <TextInput
        aria-label={`External id of ${place}`}
        placeholder="external id"
        flex={1}
        error={errorOf('external_id')}
        value={String(externalId ?? '')}
        onChange={({ currentTarget }) => change({ external_id: currentTarget.value || undefined })}
      />
      <NumberInput
        aria-label={`Number of ${place}`}
        placeholder="next"
        allowDecimal={false}
        w={90}
        hideControls
        error={errorOf('number')}
        value={number ?? ''}
        onChange={(to) => change({ number: typeof to === 'number' ? to : undefined })}
      />
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Remove ${place}`} onClick={remove}>
        <Trash2 size={16} />
      </ActionIcon>
    </Group>
  );
}
