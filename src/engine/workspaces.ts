/** What must be there before anybody can sign in: workspaces and their first credentials. */
import { randomUUID } from 'node:crypto';
import { clock } from '../model/clock.ts';
import { type WorkspaceId, workspaceId } from '../model/ids.ts';
import type { Caller, Principal } from '../model/principal.ts';
import { insertEvents } from '../store/access/audit.ts';
import * as principals from '../store/access/principals.ts';
import { type Database, enterWorkspace, type Transaction } from '../store/postgres/database.ts';
import { insertSchema } from '../store/schemas.ts';
import type { NewCredential, NewUser, WantedCredential } from './access/access.ts';
import { makeUser } from './access/administration.ts';
import { type FixedSecrets, makeCredential } from './access/credentials.ts';
import type { PasswordHashes } from './access/password-hashes.ts';
import type { Vault } from './access/secrets.ts';
import { toPrincipal } from './access/to-principal.ts';

type Workspace = { readonly id: WorkspaceId; readonly guid: string; readonly name: string };

/** For those who have the database itself in hand: the command line, the first start and the demo. No dialect offers it. */
export type Workspaces = {
  /** Whether this is the secret key that the database was set up with; the first to ask sets it. */
  isSecretKeyRight(): Promise<boolean>;
  list(): Promise<readonly Workspace[]>;
  /** Runs `work` while no other server or command sets anything up: of two first starts at once, the second finds it done. */
  oneAtATime<T>(work: () => Promise<T>): Promise<T>;
  /** With an empty schema and, unless `withKey` is false, an administrator key whose secret is shown this once. */
  create(wanted: {
    name: string;
    guid?: string;
    withKey?: boolean;
  }): Promise<{ kind: 'created'; workspace: Workspace; adminKey: string } | { kind: 'name_taken' }>;
  /** The principal that commands work as. It is made with the workspace, as the first that does something there. */
  commandLine(workspace: WorkspaceId): Promise<Principal>;
  addUser(workspace: WorkspaceId, user: NewUser): Promise<Principal>;
  /** `fixed`: demo data only, public credentials. `owner`: a principal that is there already. */
  addCredential(workspace: WorkspaceId, credential: NewKey): Promise<NewCredential>;
};

type NewKey = WantedCredential & { readonly fixed?: FixedSecrets; readonly owner?: Principal };

const commandLineName = 'Command line';
const secretKeyCheck = 'keyway';

export function createWorkspaces(database: Database, vault: Vault, hashes: PasswordHashes): Workspaces {
  const toWorkspace = (row: principals.WorkspaceRow): Workspace => ({
    id: workspaceId(row.workspace_id),
    guid: row.guid,
    name: row.name,
  });

  return {
    async isSecretKeyRight() {
      const stored = await database.global((tx) =>
        principals.settleInstallation(tx, 'secret_key_check', vault.seal(secretKeyCheck)),
      );
      try {
        return vault.open(stored) === secretKeyCheck;
      } catch {
        return false;
      }
    },
    oneAtATime: (work) =>
      database.global(async (tx) => {
        await principals.lockSetUp(tx);
        return work();
      }),
    list: async () => (await database.global(principals.readWorkspaces)).map(toWorkspace),

    async create({ name, guid = randomUUID(), withKey = true }) {
      const at = clock.now();
      // In one transaction: a workspace without a schema could be neither used nor made again.
      return database.global(async (tx) => {
        const row = await principals.insertWorkspace(tx, { guid, name, at });
        if (row === undefined) return { kind: 'name_taken' };
        const workspace = toWorkspace(row);
        enterWorkspace(tx, workspace.id);
        await insertSchema(tx, workspace.id, at);
        const caller = await commandLineIn(tx, workspace.id);
        const concerned = { kind: 'workspace', id: workspace.id, name } as const;
        insertEvents(
          tx,
          workspace.id,
          caller,
          [{ action: 'workspace_created', concerned, before: null, after: null }],
          at,
        );
        if (!withKey) return { kind: 'created', workspace, adminKey: '' };
        const label = 'First administrator key';
        const wanted = { kind: 'bearer', label, role: 'admin', grants: {} } as const;
        const key = await makeCredential(tx, vault, caller, workspace.id, wanted);
        return { kind: 'created', workspace, adminKey: key.secret };
      });
    },

    commandLine: async (workspace) =>
      (await database.inWorkspace(workspace, (tx) => commandLineIn(tx, workspace))).principal,

    async addUser(workspace, user) {
      const hash = await hashes.make(user.password, workspace);
      return database.inWorkspace(workspace, async (tx) => {
        const made = await makeUser(tx, await commandLineIn(tx, workspace), workspace, user, hash);
        if (made === undefined) throw new Error(`There is a user ${user.email} already.`);
        return toPrincipal(made);
      });
    },

    addCredential: (workspace, credential) =>
      database.inWorkspace(workspace, async (tx) =>
        makeCredential(tx, vault, await commandLineIn(tx, workspace), workspace, credential),
      ),
  };
}

/** Whoever has the database in hand is the command line of the workspace. */
async function commandLineIn(tx: Transaction, workspace: WorkspaceId): Promise<Caller> {
  const rows = await principals.readPrincipals(tx, workspace);
  const known = rows.find((row) => row.kind === 'key' && row.name === commandLineName);
  const row = { workspace_id: workspace, name: commandLineName, role: 'admin' as const, grants: {} };
  const made = known ?? (await principals.insertKey(tx, row, clock.now()));
  return { principal: toPrincipal(made), via: 'cli', requestId: randomUUID() };
}
