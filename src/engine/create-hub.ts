/** Puts the engine together. The only file that knows how each call of the hub is done. */
import type { WorkspaceId } from '../model/ids.ts';
import type { DeleteOutcome, LinkOutcome, UnlinkOutcome, UpsertOutcome } from '../model/outcomes.ts';
import type { Caller } from '../model/principal.ts';
import type { Database } from '../store/database.ts';
import { countRecords } from '../store/records.ts';
import { createAccess } from './access/create-access.ts';
import { may } from './access/grants.ts';
import { Vault } from './access/secrets.ts';
import { Catalogues } from './catalogues.ts';
import type { Hub } from './hub.ts';
import { history, links } from './read/links.ts';
import { findRecord, list } from './read/records.ts';
import { getIssues, getRun, listRuns } from './read/runs.ts';
import { applySchema, planSchema } from './schema/apply.ts';
import { sync } from './sync/sync.ts';
import { createWorkspaces } from './workspaces.ts';
import type { WriteCommand } from './write/commands.ts';
import { publicFault, WriteLane } from './write/lane.ts';
import type { WriteOutcome } from './write/run-batch.ts';

export function createHub({ database: raw, secretKey }: { database: Database; secretKey: string }): Hub {
  const database = withPublicFaults(raw);
  const catalogues = new Catalogues(database);
  const vault = new Vault(secretKey);
  const access = createAccess(database, vault);
  const lanes = new Map<WorkspaceId, WriteLane>();
  let closing: Promise<void> | undefined;

  function write(caller: Caller, command: WriteCommand): Promise<WriteOutcome> {
    const { workspace } = caller.principal;
    let lane = lanes.get(workspace);
    if (lane === undefined) {
      lane = new WriteLane({
        database: raw,
        workspace,
        catalogue: async () => catalogues.get(workspace),
        staleCatalogue: () => catalogues.drop(workspace),
      });
      lanes.set(workspace, lane);
    }
    return lane.submit({ caller, command });
  }

  const catalogueOf = async (caller: Caller) => catalogues.get(caller.principal.workspace);

  return {
    access,
    workspaces: createWorkspaces(database, vault),
    catalogue: async (workspace) => catalogues.get(workspace),

    find: async (caller, type, ref) => findRecord(database, await catalogueOf(caller), caller, type, ref),
    list: async (caller, query) => list(database, await catalogueOf(caller), caller, query),
    async count(caller, typeKey) {
      const { workspace } = caller.principal;
      const type = (await catalogues.get(workspace)).types.get(typeKey);
      if (type === undefined || !may(caller.principal, 'read', typeKey)) return 0;
      return database.inWorkspace(workspace, (tx) => countRecords(tx, workspace, type.id));
    },

    // The lane answers each command with the outcome of its own kind.
    upsert: (caller, command) => write(caller, { kind: 'upsert', ...command }) as Promise<UpsertOutcome>,
    delete: (caller, command) => write(caller, { kind: 'delete', ...command }) as Promise<DeleteOutcome>,
    link: (caller, command) => write(caller, { kind: 'link', ...command }) as Promise<LinkOutcome>,
    unlink: (caller, command) => write(caller, { kind: 'unlink', ...command }) as Promise<UnlinkOutcome>,

    links: async (caller, query) => links(database, await catalogueOf(caller), caller, query),
    history: async (caller, query) => history(database, await catalogueOf(caller), caller, query),

    planSchema: (caller, change) => planSchema(database, caller, change),
    async applySchema(caller, change, options) {
      const outcome = await applySchema(database, caller, change, options);
      if (outcome.kind === 'applied') catalogues.put(outcome.catalogue);
      return outcome;
    },

    sync: (caller, endpoint, elements) =>
      sync(
        {
          database: raw,
          access,
          catalogue: () => catalogueOf(caller),
          staleCatalogue: () => catalogues.drop(caller.principal.workspace),
        },
        caller,
        endpoint,
        elements,
      ).catch(rethrowPublic),
    runs: async (caller, endpoint, limit) => listRuns(database, await catalogueOf(caller), caller, endpoint, limit),
    run: async (caller, endpoint, run) => getRun(database, await catalogueOf(caller), caller, endpoint, run),
    issues: async (caller, endpoint, run) => getIssues(database, await catalogueOf(caller), caller, endpoint, run),

    ping: () => database.ping(),
    close() {
      closing ??= Promise.all([...lanes.values()].map((lane) => lane.idle())).then(() => raw.close());
      return closing;
    },
  };
}

function rethrowPublic(fault: unknown): never {
  throw publicFault(fault);
}

/** Faults of the database in the words that the layers above know. */
function withPublicFaults(database: Database): Database {
  const translated = <T>(result: Promise<T>): Promise<T> => result.catch(rethrowPublic);
  return {
    inWorkspace: (workspace, work) => translated(database.inWorkspace(workspace, work)),
    global: (work) => translated(database.global(work)),
    ping: () => translated(database.ping()),
    close: () => database.close(),
  };
}
