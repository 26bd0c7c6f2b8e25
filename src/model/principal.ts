import type { PrincipalId, WorkspaceId } from './ids.ts';

/** Workspace roles. `admin` may do all; `power` all but users, grants and keys; `member` what its grants say. */
export type WorkspaceRole = 'admin' | 'power' | 'member';

/**
 * `attach:contact` on record type `claim`: may link contacts to claims and remove such links. `force` comes on top of those that a write
 * needs anyway: it may then change what another owns.
 */
export type GrantAction = 'read' | 'create' | 'edit' | 'delete' | 'force' | `attach:${string}`;

/** Grants by record type key; `*` stands for every record type, and `attach:*` for every right-hand type. */
export type Grants = Readonly<Record<string, readonly GrantAction[]>>;

/** Who asks: a user or an API credential, of one workspace. */
export type Principal = {
  readonly id: PrincipalId;
  readonly workspace: WorkspaceId;
  readonly kind: 'user' | 'key';
  readonly name: string;
  /** Users only. */
  readonly email: string | null;
  readonly role: WorkspaceRole;
  readonly grants: Grants;
};

/** The Idempotency-Key of a request whose body is read as it arrives. */
export type StreamedOnce = {
  readonly key: string;
  /** Of all that the request asks. Reads what is left of its body. */
  fingerprint(): Promise<string>;
};

/** One request by a principal: what the engine needs to judge it and to write it into the change rows. */
export type Caller = {
  readonly principal: Principal;
  /** The dialect it came through: `native`, `zendesk`, … */
  readonly via: string;
  readonly requestId: string;
  /** The Idempotency-Key of a write, and a fingerprint of all that it asks. */
  readonly once?: { readonly key: string; readonly fingerprint: string };
};
