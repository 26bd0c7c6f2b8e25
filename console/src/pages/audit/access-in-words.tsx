/** What was done to access and configuration, as one person tells it to another. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { AuditEntry, Grants } from '../../api/types.ts';
import { ChangedValues } from '../../components/changed-values.tsx';
import { Time } from '../../components/time.tsx';
import { grantsInText } from '../access/grants-in-words.tsx';
import { nameOfRole } from '../access/roles.ts';

type Action = AuditEntry['action'];

const names: Record<Action, string> = {
  workspace_created: 'workspace made',
  key_created: 'key made',
  key_revoked: 'key revoked',
  user_created: 'user made',
  user_disabled: 'user disabled',
  role_changed: 'role changed',
  grants_changed: 'grants changed',
  password_changed: 'password changed',
  sign_in_locked: 'user name locked',
  schema_applied: 'schema applied',
  interface_created: 'interface made',
  interface_changed: 'interface changed',
  interface_removed: 'interface removed',
  webhook_created: 'webhook made',
  webhook_changed: 'webhook changed',
  webhook_removed: 'webhook removed',
};
export const actions = (Object.keys(names) as Action[]).map((value) => ({ value, label: names[value] }));

const kinds: Record<AuditEntry['concerned']['kind'], string> = {
  user: 'users',
  key: 'keys',
  schema: 'the schema',
  interface: 'interfaces',
  webhook: 'webhooks',
  workspace: 'the workspace',
};
export const concernedKinds = Object.entries(kinds).map(([value, label]) => ({ value, label }));

/** @param named the name of what it was done to. */
export const Told = ({ entry, named }: { entry: AuditEntry; named: ReactNode }) => (
  <Text size="sm" component="div">
    {entry.principal !== null && (
      <>
        <bdi>{entry.principal.name}</bdi>{' '}
      </>
    )}
    {sentenceOf(entry, <bdi>{named}</bdi>)}
  </Text>
);

function sentenceOf({ action, before, after }: AuditEntry, named: ReactNode): ReactNode {
  const [was, is] = [(before ?? {}) as Told, (after ?? {}) as Told];
  const role = is.role && ` with the role ${nameOfRole(is.role)}`;
  switch (action) {
    case 'workspace_created':
      return <>made the workspace {named}</>;
    case 'key_created':
      return (
        <>
          made the key {named}
          {role}
        </>
      );
    case 'key_revoked':
      return <>revoked the key {named}</>;
    case 'user_created':
      return (
        <>
          made the user {named}
          {role}
        </>
      );
    case 'user_disabled':
      return <>disabled the user {named}</>;
    case 'role_changed':
      return (
        <>
          changed the role of {named} from {was.role && nameOfRole(was.role)} to {is.role && nameOfRole(is.role)}
        </>
      );
    case 'grants_changed':
      return <>changed the grants of {named}</>;
    case 'password_changed':
      return <>gave {named} a new password</>;
    case 'sign_in_locked':
      return (
        <>
          The user name of {named} was locked
          {is.until && (
            <>
              {' '}
              until <Time at={is.until} />
            </>
          )}
          : ten wrong passwords, the last from {is.from}
        </>
      );
    case 'schema_applied':
      return (
        <>
          applied version {is.schema_version} of the {named}, after {was.schema_version}
        </>
      );
    case 'interface_created':
      return <>made the interface {named}</>;
    case 'interface_changed':
      return <>changed the interface {named}</>;
    case 'interface_removed':
      return <>removed the interface {named}</>;
    case 'webhook_created':
      return <>made a webhook to {named}</>;
    case 'webhook_changed':
      return <>changed a webhook to {named}</>;
    case 'webhook_removed':
      return <>removed a webhook to {named}</>;
  }
}

/** What of `before` and `after` is told. */
type Told = {
  readonly role?: 'admin' | 'power' | 'member';
  readonly grants?: Grants;
  readonly until?: string;
  readonly from?: string;
  readonly schema_version?: number;
  readonly changes?: readonly { readonly action: 'add' | 'change' | 'remove'; readonly path: string }[];
  readonly more?: number;
};

/** What the sentence has no room for. */
export function Details({ entry }: { entry: AuditEntry }) {
  const { action, concerned } = entry;
  const [was, is] = [(entry.before ?? {}) as Told, (entry.after ?? {}) as Told];
  if (concerned.kind === 'interface' || concerned.kind === 'webhook')
    return <ChangedValues type={undefined} change={settingsOf(entry)} names={noNames} />;
  if (action === 'schema_applied') return <Steps {...is} />;
  if (action === 'grants_changed')
    return (
      <>
        <Held grants={was.grants} as="before" />
        <Held grants={is.grants} as="since then" />
      </>
    );
  return is.role === 'member' ? <Held grants={is.grants} as="may" /> : null;
}

const noNames: ReadonlyMap<string, string> = new Map();

/** A description that is empty is none. */
const said = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''));

/** Of what is gone, what it had. */
function settingsOf({ before, after }: AuditEntry) {
  const { schema_version: _was, ...old } = before ?? {};
  const { schema_version: _is, ...now } = after ?? {};
  return after === null ? { before: {}, after: said(old) } : { before: said(old), after: said(now) };
}

const Held = ({ grants = {}, as }: { grants: Grants | undefined; as: string }) => (
  <Text size="sm" c="dimmed" component="div">
    {as}: {grantsInText(grants)}
  </Text>
);

const verbs = { add: 'added', change: 'changed', remove: 'removed' } as const;
const mostSteps = 8;

function Steps({ changes = [], more = 0 }: Told) {
  const left = changes.length - mostSteps + more;
  return (
    <Text size="sm" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>
      {changes.slice(0, mostSteps).map(({ action, path }) => (
        <div key={path}>
          {verbs[action]} {path}
        </div>
      ))}
      {left > 0 && `and ${left} more`}
    </Text>
  );
}
