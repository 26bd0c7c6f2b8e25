/** Workspaces, principals and their credentials: the global tables, read before a workspace is known. */
import type { Grants, WorkspaceRole } from '../../model/principal.ts';
import { isStorableText } from '../../model/text.ts';
import { int8Array } from '../postgres/arrays.ts';
import { type Transaction, waitLongerForLocks } from '../postgres/database.ts';

export type WorkspaceRow = { readonly workspace_id: number; readonly guid: string; readonly name: string };

export type PrincipalRow = {
  readonly principal_id: number;
  readonly workspace_id: number;
  readonly kind: 'user' | 'key';
  readonly name: string;
  readonly email: string | null;
  readonly role: WorkspaceRole;
  readonly grants: Grants;
  readonly password_hash: string | null;
  readonly disabled_at: Date | null;
};

const principalColumns =
  'p.principal_id, p.workspace_id, p.kind, p.name, p.email, p.role, p.grants, p.password_hash, p.disabled_at';

/** undefined: the name or GUID is taken. */
export async function insertWorkspace(
  tx: Transaction,
  workspace: { guid: string; name: string; at: Date },
): Promise<WorkspaceRow | undefined> {
  const [row] = await tx.query<WorkspaceRow>(
    `insert into workspace (guid, name, created_at) values ($1, $2, $3) on conflict do nothing
     returning workspace_id, guid, name`,
    [workspace.guid, workspace.name, workspace.at],
  );
  return row;
}

/** The stored value; `value` itself when there was none before. */
export async function settleInstallation(tx: Transaction, name: string, value: Buffer): Promise<Buffer> {
  await tx.query('insert into installation (name, value) values ($1, $2) on conflict do nothing', [name, value]);
  const [row] = await tx.query<{ value: Buffer }>('select value from installation where name = $1', [name]);
  return row?.value ?? value;
}

/** Until the transaction ends, nobody else sets up workspaces. */
export async function lockSetUp(tx: Transaction): Promise<void> {
  waitLongerForLocks(tx, 60);
  await tx.query("select pg_advisory_xact_lock(hashtext('keyway set-up'))");
}

export const readWorkspaces = (tx: Transaction): Promise<WorkspaceRow[]> =>
  tx.query<WorkspaceRow>('select workspace_id, guid, name from workspace order by workspace_id');

/** By GUID, number or name; a name that is written in another case finds its workspace too, unless one is written just so. */
export async function findWorkspace(tx: Transaction, name: string): Promise<WorkspaceRow | undefined> {
  if (!isStorableText(name)) return undefined;
  const [row] = await tx.query<WorkspaceRow>(
    {
      name: 'find_workspace',
      text: `select workspace_id, guid, name from workspace
             where guid::text = lower($1) or workspace_id::text = $1 or lower(name) = lower($1)
             order by (guid::text = lower($1)) desc, (workspace_id::text = $1) desc, (name = $1) desc limit 1`,
    },
    [name],
  );
  return row;
}

export async function findPrincipal(tx: Transaction, workspace: number, id: number): Promise<PrincipalRow | undefined> {
  const [row] = await tx.query<PrincipalRow>(
    {
      name: 'find_principal',
      text: `select ${principalColumns} from principal p where p.workspace_id = $1 and p.principal_id = $2`,
    },
    [workspace, id],
  );
  return row;
}

/** Users with this e-mail address, or with `short` this part before the @; in one workspace, or in all. */
export async function findUsers(
  tx: Transaction,
  name: string,
  options: { workspace: number | null; short: boolean },
): Promise<PrincipalRow[]> {
  if (!isStorableText(name)) return [];
  return tx.query<PrincipalRow>(
    {
      name: 'find_users',
      text: `select ${principalColumns} from principal p
             where (lower(p.email) = lower($1) or ($3 and lower(split_part(p.email, '@', 1)) = lower($1)))
               and ($2::bigint is null or p.workspace_id = $2) and p.kind = 'user' and p.disabled_at is null
             order by (lower(p.email) = lower($1)) desc, p.principal_id`,
    },
    [name, options.workspace, options.short],
  );
}

/** undefined: another user of the workspace has the address, perhaps since just now. */
export async function insertUser(
  tx: Transaction,
  user: Omit<NewPrincipal, 'kind'>,
  at: Date,
): Promise<PrincipalRow | undefined> {
  return insertUnlessTaken(tx, { ...user, kind: 'user' }, at);
}

/** Without an e-mail address, nobody is in its way. */
export async function insertKey(
  tx: Transaction,
  key: Omit<NewPrincipal, 'kind' | 'email' | 'password_hash'>,
  at: Date,
): Promise<PrincipalRow> {
  const row = await insertUnlessTaken(tx, { ...key, kind: 'key', email: null, password_hash: null }, at);
  if (row === undefined) throw new Error('insert gave no row');
  return row;
}

type NewPrincipal = Omit<PrincipalRow, 'principal_id' | 'disabled_at'>;

async function insertUnlessTaken(
  tx: Transaction,
  principal: NewPrincipal,
  at: Date,
): Promise<PrincipalRow | undefined> {
  const [row] = await tx.query<PrincipalRow>(
    `insert into principal as p (workspace_id, kind, name, email, role, grants, password_hash, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (workspace_id, lower(email)) where email is not null and disabled_at is null do nothing
     returning ${principalColumns}`,
    [
      principal.workspace_id,
      principal.kind,
      principal.name,
      principal.email,
      principal.role,
      JSON.stringify(principal.grants),
      principal.password_hash,
      at,
    ],
  );
  return row;
}

export const readPrincipals = (tx: Transaction, workspace: number): Promise<PrincipalRow[]> =>
  tx.query<PrincipalRow>(
    `select ${principalColumns} from principal p where p.workspace_id = $1 order by p.principal_id`,
    [workspace],
  );

export type CredentialRow = {
  readonly credential_id: number;
  readonly workspace_id: number;
  readonly principal_id: number;
  readonly kind: 'bearer' | 'client' | 'oauth1' | 'hmac' | 'jwt';
  readonly label: string;
  readonly lookup: string;
  readonly client_id: string;
  readonly token_id: string | null;
  readonly secret_hash: Buffer | null;
  readonly secret_sealed: Buffer | null;
  readonly token_secret_sealed: Buffer | null;
  readonly public_key: string | null;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
};

/** A credential with its principal, whose own kind is under another name. */
export type CredentialOfPrincipal = CredentialRow &
  Omit<PrincipalRow, 'kind'> & { readonly principal_kind: PrincipalRow['kind'] };

const credentialColumns = `c.credential_id, c.workspace_id, c.principal_id, c.kind, c.label, c.lookup, c.client_id, c.token_id,
  c.secret_hash, c.secret_sealed, c.token_secret_sealed, c.public_key, c.created_at, c.revoked_at`;

/** The credential that is in force under this look-up text, with its principal. */
export async function findCredential(
  tx: Transaction,
  kind: CredentialRow['kind'],
  lookup: string,
): Promise<CredentialOfPrincipal | undefined> {
  if (!isStorableText(lookup)) return undefined;
  const [row] = await tx.query<CredentialOfPrincipal>(
    {
      name: 'find_credential',
      text: `select ${credentialColumns}, p.name, p.email, p.role, p.grants, p.password_hash, p.disabled_at, p.kind as principal_kind
             from credential c join principal p on p.principal_id = c.principal_id
             where c.kind = $1 and c.lookup = $2 and c.revoked_at is null and p.disabled_at is null`,
    },
    [kind, lookup],
  );
  return row;
}

export async function insertCredential(
  tx: Transaction,
  credential: Omit<CredentialRow, 'credential_id' | 'created_at' | 'revoked_at'>,
  at: Date,
): Promise<number> {
  const [row] = await tx.query<{ credential_id: number }>(
    `insert into credential (workspace_id, principal_id, kind, label, lookup, client_id, token_id, secret_hash, secret_sealed,
       token_secret_sealed, public_key, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning credential_id`,
    [
      credential.workspace_id,
      credential.principal_id,
      credential.kind,
      credential.label,
      credential.lookup,
      credential.client_id,
      credential.token_id,
      credential.secret_hash,
      credential.secret_sealed,
      credential.token_secret_sealed,
      credential.public_key,
      at,
    ],
  );
  if (row === undefined) throw new Error('insert gave no row');
  return row.credential_id;
}

/** Who can come in at all, in the order of their numbers, behind one: users, and keys of which one is in force, with all of their client ids. */
export const readPrincipalsInForce = (
  tx: Transaction,
  workspace: number,
  { only, after }: { readonly only: number | null; readonly after: number },
): Promise<(PrincipalRow & { readonly client_ids: readonly string[] })[]> =>
  tx.query(
    `select ${principalColumns}, c.client_ids from principal p cross join lateral (
       select coalesce(array_agg(client_id), '{}') as client_ids, count(*) filter (where revoked_at is null) as in_force
       from credential where principal_id = p.principal_id and workspace_id = $1 offset 0) c
     where p.workspace_id = $1 and p.disabled_at is null and (p.kind = 'user' or c.in_force > 0)
       and ($2::bigint is null or p.principal_id = $2) and p.principal_id > $3
     order by p.principal_id`,
    [workspace, only, after],
  );

export type CredentialListRow = CredentialRow & {
  readonly principal_name: string;
  readonly principal_role: WorkspaceRole;
};

export const readCredentials = (tx: Transaction, workspace: number): Promise<CredentialListRow[]> =>
  tx.query<CredentialListRow>(
    `select ${credentialColumns}, p.name as principal_name, p.role as principal_role
     from credential c join principal p on p.principal_id = c.principal_id
     where c.workspace_id = $1 order by c.credential_id`,
    [workspace],
  );

export async function readClientIds(tx: Transaction, workspace: number, principal: number): Promise<string[]> {
  const rows = await tx.query<{ client_id: string }>(
    { name: 'read_client_ids', text: 'select client_id from credential where workspace_id = $1 and principal_id = $2' },
    [workspace, principal],
  );
  return rows.map((row) => row.client_id);
}

export type RevokedCredential = Pick<CredentialRow, 'principal_id' | 'kind' | 'label' | 'client_id'> &
  Pick<PrincipalRow, 'role' | 'grants'>;

/** Its sessions end with it. undefined: there was none in force. */
export async function revokeCredential(
  tx: Transaction,
  workspace: number,
  id: number,
  at: Date,
): Promise<RevokedCredential | undefined> {
  const [row] = await tx.query<RevokedCredential>(
    `update credential c set revoked_at = $3 from principal p
     where c.workspace_id = $1 and c.credential_id = $2 and c.revoked_at is null and p.principal_id = c.principal_id
     returning c.principal_id, c.kind, c.label, c.client_id, p.role, p.grants`,
    [workspace, id, at],
  );
  if (row !== undefined)
    await tx.query(
      `delete from session s using principal p
       where s.principal_id = $1 and p.principal_id = s.principal_id and p.kind = 'key'`,
      [row.principal_id],
    );
  return row;
}

/** As it is until the transaction ends. undefined: there is no such user that may still log in. */
export async function lockUser(tx: Transaction, workspace: number, id: number): Promise<PrincipalRow | undefined> {
  const [row] = await tx.query<PrincipalRow>(
    `select ${principalColumns} from principal p
     where p.workspace_id = $1 and p.principal_id = $2 and p.kind = 'user' and p.disabled_at is null for no key update`,
    [workspace, id],
  );
  return row;
}

/** A new password ends the sessions; null leaves the one that there is. */
export async function updateUser(
  tx: Transaction,
  workspace: number,
  id: number,
  { role, grants, password_hash }: Pick<PrincipalRow, 'role' | 'grants' | 'password_hash'>,
): Promise<void> {
  await tx.query(
    `update principal set role = $3, grants = $4, password_hash = coalesce($5, password_hash)
     where workspace_id = $1 and principal_id = $2`,
    [workspace, id, role, JSON.stringify(grants), password_hash],
  );
  if (password_hash !== null) await deleteSessions(tx, id);
}

/** Until the transaction ends, nobody changes it: a session that is opened meanwhile is there to be ended. @returns false: it is another one by now. */
export async function holdPassword(tx: Transaction, id: number, passwordHash: string): Promise<boolean> {
  const rows = await tx.query(
    'select 1 from principal where principal_id = $1 and password_hash = $2 and disabled_at is null for share',
    [id, passwordHash],
  );
  return rows.length > 0;
}

/** Its sessions end with it. undefined: there was no such user that might still log in. */
export async function disableUser(
  tx: Transaction,
  workspace: number,
  id: number,
  at: Date,
): Promise<PrincipalRow | undefined> {
  const [row] = await tx.query<PrincipalRow>(
    `update principal p set disabled_at = $3
     where workspace_id = $1 and principal_id = $2 and kind = 'user' and disabled_at is null returning ${principalColumns}`,
    [workspace, id, at],
  );
  if (row !== undefined) await deleteSessions(tx, id);
  return row;
}

async function deleteSessions(tx: Transaction, principal: number): Promise<void> {
  await tx.query('delete from session where principal_id = $1', [principal]);
}

export const findPrincipals = (tx: Transaction, workspace: number, ids: readonly number[]): Promise<PrincipalRow[]> =>
  tx.query<PrincipalRow>(
    {
      name: 'find_principals',
      text: `select ${principalColumns} from unnest($2::bigint[]) w (id) cross join lateral (
               select * from principal where principal_id = w.id and workspace_id = $1 offset 0) p`,
    },
    [workspace, int8Array(ids)],
  );
