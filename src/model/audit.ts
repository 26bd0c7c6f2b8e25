/**
 * What is told of access and configuration: who may come in and do what, and what was set up by whom. A closed list, to which new actions are
 * added and from which none goes. Nothing in it is a secret, or the value of a record.
 */
import type { PrincipalId } from './ids.ts';
import type { Grants, WorkspaceRole } from './principal.ts';

export const auditActions = [
  'workspace_created',
  'key_created',
  'key_revoked',
  'user_created',
  'user_disabled',
  'role_changed',
  'grants_changed',
  'password_changed',
  'sign_in_locked',
  'schema_applied',
  'interface_created',
  'interface_changed',
  'interface_removed',
  'webhook_created',
  'webhook_changed',
  'webhook_removed',
] as const;
export type AuditAction = (typeof auditActions)[number];

export const concernedKinds = ['workspace', 'key', 'user', 'schema', 'interface', 'webhook'] as const;
export type ConcernedKind = (typeof concernedKinds)[number];

/** By the number that its own API calls it by, if it has one, and by its name as it was then. */
export type Concerned<Kind extends ConcernedKind = ConcernedKind> = {
  readonly kind: Kind;
  readonly id: number | null;
  readonly name: string;
};

type Rights = { readonly role: WorkspaceRole; readonly grants: Grants };
/** `client_id`: but for a bearer key, whose first characters stand there. `principal_id`: as whom it comes in. */
export type AuditedKey = Rights & {
  readonly kind: string;
  readonly principal_id: number;
  readonly client_id?: string;
};
/** Some of the settings of an interface or a webhook: those that are told. */
type Settings = Readonly<Record<string, unknown>>;
type Versioned = { readonly schema_version: number };

type Told<Action extends AuditAction, Kind extends ConcernedKind, Before, After> = {
  readonly action: Action;
  readonly concerned: Concerned<Kind>;
  readonly before: Before;
  readonly after: After;
};

export type AccessEvent =
  | Told<'workspace_created', 'workspace', null, null>
  | Told<'key_created', 'key', null, AuditedKey>
  | Told<'key_revoked', 'key', AuditedKey, null>
  | Told<'user_created', 'user', null, Rights & { readonly email: string | null }>
  | Told<'user_disabled', 'user', Rights & { readonly email: string | null }, null>
  | Told<'role_changed', 'user', Pick<Rights, 'role'>, Pick<Rights, 'role'>>
  | Told<'grants_changed', 'user', Pick<Rights, 'grants'>, Pick<Rights, 'grants'>>
  | Told<'password_changed', 'user', null, null>
  /** `from`: the address of the last wrong guess. */
  | Told<'sign_in_locked', 'user', null, { readonly until: string; readonly from: string }>
  | Told<
      'schema_applied',
      'schema',
      Versioned,
      Versioned & { readonly changes: readonly SchemaStep[]; readonly more: number }
    >
  | Told<'interface_created', 'interface', null, Versioned & Settings>
  | Told<'interface_changed', 'interface', Versioned & Settings, Versioned & Settings>
  | Told<'interface_removed', 'interface', Versioned & Settings, null>
  | Told<'webhook_created', 'webhook', null, Settings>
  | Told<'webhook_changed', 'webhook', Settings, Settings>
  | Told<'webhook_removed', 'webhook', Settings, null>;

/** Which part of the schema, and what became of it. */
type SchemaStep = { readonly action: 'add' | 'change' | 'remove'; readonly path: string };

/** An event as it is kept and shown. */
export type AuditEntry = {
  readonly number: number;
  readonly at: Date;
  /** null: nobody was signed in. */
  readonly principal: { readonly id: PrincipalId; readonly name: string } | null;
  readonly via: string;
  readonly requestId: string;
  readonly action: AuditAction;
  readonly concerned: Concerned;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
};

/** Whom an event is told of: a request, or somebody who is not known. */
export type Doer = {
  readonly principal: { readonly id: PrincipalId } | null;
  readonly via: string;
  readonly requestId: string;
};
