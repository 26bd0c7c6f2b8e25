/** What administrators do: users, and keys. Each act is told in the audit by the transaction that does it. */
import type { AccessEvent, Doer } from '../../model/audit.ts';
import { clock } from '../../model/clock.ts';
import { principalId } from '../../model/ids.ts';
import type { Caller } from '../../model/principal.ts';
import { insertEvents } from '../../store/access/audit.ts';
import * as principals from '../../store/access/principals.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import { sameJson } from '../schema/diff.ts';
import type { Access, CredentialView, NewUser, UserView } from './access.ts';
import { auditedKey, makeCredential } from './credentials.ts';
import type { PasswordHashes } from './password-hashes.ts';
import type { Vault } from './secrets.ts';
import { concernedUser } from './to-principal.ts';

type Administration = Pick<
  Access,
  'users' | 'createUser' | 'changeUser' | 'disableUser' | 'credentials' | 'createCredential' | 'revokeCredential'
>;

/** @param forget what is remembered of principals. It is called once their change is committed: whoever asked meanwhile made them known again. */
export function administration(
  database: Database,
  vault: Vault,
  hashes: PasswordHashes,
  forget: () => void,
): Administration {
  const administer = <T>({ principal }: Caller, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.inWorkspace(principal.workspace, work);

  return {
    async users({ workspace }) {
      const rows = await database.global((tx) => principals.readPrincipals(tx, workspace));
      return rows.filter((row) => row.kind === 'user').map(toUserView);
    },

    async createUser(caller, user) {
      mustBeAdministrator(caller);
      const { workspace } = caller.principal;
      const hash = await hashes.make(user.password, workspace);
      return administer(caller, async (tx) => {
        const made = await makeUser(tx, caller, workspace, user, hash);
        return made === undefined ? { kind: 'email_taken' } : toUserView(made);
      });
    },

    async changeUser(caller, id, { password, role, grants }) {
      mustBeAdministrator(caller);
      const { workspace } = caller.principal;
      const hash = password === undefined ? undefined : await hashes.make(password, workspace);
      const changed = await administer(caller, async (tx) => {
        const before = await principals.lockUser(tx, workspace, id);
        if (before === undefined) return undefined;
        const wanted = { role: role ?? before.role, grants: grants ?? before.grants };
        await principals.updateUser(tx, workspace, id, { ...wanted, password_hash: hash ?? null });
        const after = { ...before, ...wanted };
        insertEvents(tx, workspace, caller, changesOf(before, after, hash !== undefined), clock.now());
        return after;
      });
      forget();
      return changed && toUserView(changed);
    },

    async disableUser(caller, id) {
      mustBeAdministrator(caller);
      const { workspace } = caller.principal;
      const at = clock.now();
      const isDone = await administer(caller, async (tx) => {
        const user = await principals.disableUser(tx, workspace, id, at);
        if (user === undefined) return false;
        const before = { email: user.email, role: user.role, grants: user.grants };
        const event = { action: 'user_disabled', concerned: concernedUser(user), before, after: null } as const;
        insertEvents(tx, workspace, caller, [event], at);
        return true;
      });
      forget();
      return isDone;
    },

    async credentials({ workspace }) {
      const rows = await database.global((tx) => principals.readCredentials(tx, workspace));
      return rows.map(toCredentialView);
    },

    async createCredential(caller, wanted) {
      mustBeAdministrator(caller);
      return administer(caller, (tx) => makeCredential(tx, vault, caller, caller.principal.workspace, wanted));
    },

    async revokeCredential(caller, id) {
      mustBeAdministrator(caller);
      const { workspace } = caller.principal;
      const at = clock.now();
      const isDone = await administer(caller, async (tx) => {
        const key = await principals.revokeCredential(tx, workspace, id, at);
        if (key === undefined) return false;
        const before = auditedKey(key);
        const concerned = { kind: 'key', id, name: key.label } as const;
        insertEvents(tx, workspace, caller, [{ action: 'key_revoked', concerned, before, after: null }], at);
        return true;
      });
      forget();
      return isDone;
    },
  };
}

/** Who asks is answered by those above in their own words; whoever forgets to must not hand out the workspace. */
function mustBeAdministrator({ principal }: Caller): void {
  if (principal.role !== 'admin') throw new Error(`${principal.name} is no administrator`);
}

/** In a transaction that has entered the workspace. undefined: the address is taken. */
export async function makeUser(
  tx: Transaction,
  by: Doer,
  workspace: number,
  { email, name, role, grants }: Omit<NewUser, 'password'>,
  passwordHash: string,
): Promise<principals.PrincipalRow | undefined> {
  const at = clock.now();
  const row = { workspace_id: workspace, email, name, role, grants, password_hash: passwordHash };
  const user = await principals.insertUser(tx, row, at);
  if (user === undefined) return undefined;
  const after = { email, role, grants };
  const event = { action: 'user_created', concerned: concernedUser(user), before: null, after } as const;
  insertEvents(tx, workspace, by, [event], at);
  return user;
}

type Row = principals.PrincipalRow;

/** What was sent as it was is no change. */
function changesOf(before: Row, after: Row, hasNewPassword: boolean): AccessEvent[] {
  const concerned = concernedUser(before);
  const events: AccessEvent[] = [];
  if (before.role !== after.role)
    events.push({ action: 'role_changed', concerned, before: { role: before.role }, after: { role: after.role } });
  if (!sameJson(before.grants, after.grants)) {
    const [was, is] = [{ grants: before.grants }, { grants: after.grants }];
    events.push({ action: 'grants_changed', concerned, before: was, after: is });
  }
  if (hasNewPassword) events.push({ action: 'password_changed', concerned, before: null, after: null });
  return events;
}

const toUserView = (row: Row): UserView => ({
  id: principalId(row.principal_id),
  kind: row.kind,
  name: row.name,
  email: row.email,
  role: row.role,
  grants: row.grants,
  disabled: row.disabled_at !== null,
});

const toCredentialView = (row: principals.CredentialListRow): CredentialView => ({
  id: row.credential_id,
  kind: row.kind,
  label: row.label,
  clientId: row.client_id,
  principal: { id: principalId(row.principal_id), name: row.principal_name, role: row.principal_role },
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
});
