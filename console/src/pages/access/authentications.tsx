import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useId } from 'react';
import { keysQuery, useRevokeKey } from '../../api/access.ts';
import { isAdmin } from '../../api/rights.ts';
import { useMe } from '../../api/session.ts';
import type { ShownKey } from '../../api/types.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Empty } from '../../components/empty.tsx';
import { keyStyle } from '../../components/key-style.ts';
import { PageHead } from '../../components/page-head.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../components/stacking-table.tsx';
import { Time } from '../../components/time.tsx';
import { Wide } from '../../components/wide.tsx';
import { type Kind, MakeKey } from './make-key.tsx';
import { nameOfRole } from './roles.ts';

/** Interfaces name their callers by these. The words are those of Relatics' table. */
const requestKeys = {
  title: 'Relatics API keys for requests by external application(s)',
  make: 'New',
  dialog: 'New Relatics API key for requests by external application(s)',
  kinds: [{ value: 'client', label: 'Client ID and secret' }],
} as const;
const otherKeys = {
  title: 'Other API keys',
  make: 'New API key',
  dialog: 'New API key',
  kinds: [
    { value: 'bearer', label: 'Bearer key' },
    { value: 'oauth1', label: 'OAuth 1.0a consumer and token' },
    { value: 'hmac', label: 'HMAC key' },
  ],
} as const;

const column = {
  name: 'Name',
  kind: 'Kind',
  id: 'Client ID',
  role: 'Role',
  made: 'Made',
  action: 'What to do',
} as const;

/** Assertions are signed by the application: their keys are made by the API, or the command line. */
const nameOfKind = (kind: string): string =>
  otherKeys.kinds.find(({ value }) => value === kind)?.label ?? (kind === 'jwt' ? 'Signed assertions' : kind);

export function Page() {
  const { data } = useSuspenseQuery(keysQuery);
  const isForRequests = ({ kind }: ShownKey): boolean => kind === 'client';
  return (
    <>
      <PageHead
        title="Application authentications"
        lead="API keys by which other applications send and read records. A secret is shown once, when its key is made."
      />
      <Stack gap="xl">
        <Keys {...requestKeys} keys={data.items.filter(isForRequests)} />
        <Keys {...otherKeys} keys={data.items.filter((key) => !isForRequests(key))} />
      </Stack>
    </>
  );
}

type Section = {
  readonly title: string;
  readonly make: string;
  readonly dialog: string;
  readonly kinds: readonly [Kind, ...Kind[]];
  readonly keys: readonly ShownKey[];
};

function Keys({ title, make, dialog, kinds, keys }: Section) {
  const mayMake = isAdmin(useMe());
  const [isOpen, { open, close }] = useDisclosure();
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id={heading}>
          {title}
        </Title>
        {mayMake && (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={open}>
            {make}
          </Button>
        )}
      </Group>
      {keys.length === 0 ? (
        <Empty title="No API key yet">A key is the name under which an application works here.</Empty>
      ) : (
        <Wide>
          <StackingTable
            columns={[
              column.name,
              ...(kinds.length > 1 ? [column.kind] : []),
              column.id,
              ...(mayMake ? [column.role, column.made, column.action] : []),
            ]}
            verticalSpacing="sm"
            fz="sm"
            aria-label={title}
          >
            {keys.map((key) => (
              <KeyRow key={key.id} shown={key} showsKind={kinds.length > 1} mayRevoke={mayMake} />
            ))}
          </StackingTable>
        </Wide>
      )}
      <MakeKey title={dialog} kinds={kinds} isOpen={isOpen} close={close} />
    </section>
  );
}

type Row = { readonly shown: ShownKey; readonly showsKind: boolean; readonly mayRevoke: boolean };

function KeyRow({ shown: key, showsKind, mayRevoke }: Row) {
  const revoke = useRevokeKey();
  return (
    <StackingRow>
      <StackingCell of={column.name} style={keyStyle(key.label)}>
        {key.label}
      </StackingCell>
      {showsKind && <StackingCell of={column.kind}>{nameOfKind(key.kind)}</StackingCell>}
      <StackingCell of={column.id}>{key.client_id}</StackingCell>
      {mayRevoke && <StackingCell of={column.role}>{key.principal && nameOfRole(key.principal.role)}</StackingCell>}
      {mayRevoke && (
        <StackingCell of={column.made}>
          {key.created_at !== undefined && <Time at={key.created_at} isShort />}
        </StackingCell>
      )}
      {mayRevoke && (
        <StackingCell of={column.action} isPlain>
          {key.revoked_at ? (
            <Badge color="gray">revoked</Badge>
          ) : (
            <Confirm
              label="Revoke"
              name={`Revoke ${key.label}`}
              title={`Revoke ${key.label}?`}
              write={revoke}
              act={(options) => revoke.mutate(key.id, options)}
            >
              <Text size="sm">Whoever uses it is refused from now on. It cannot be taken back.</Text>
            </Confirm>
          )}
        </StackingCell>
      )}
    </StackingRow>
  );
}
