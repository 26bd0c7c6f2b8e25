/** Puts the engine together: how each call of the hub is done. Plans are in plan/create-plans.ts, single writes in write/single-writes.ts. */
import type { Catalogue } from '../model/catalogue.ts';
import type { SetReaders } from '../model/commands.ts';
import type { Caller } from '../model/principal.ts';
import type { Database } from '../store/postgres/database.ts';
import { createAccess } from './access/create-access.ts';
import { type PasswordCost, PasswordHashes } from './access/password-hashes.ts';
import { rights } from './access/rights.ts';
import { Vault } from './access/secrets.ts';
import { audit } from './audit/audit.ts';
import { Catalogues } from './catalogues.ts';
import { changes } from './changes/changes.ts';
import { latestChanges } from './changes/latest.ts';
import { Contexts } from './contexts.ts';
import { Doors } from './doors.ts';
import { erase } from './erasure/erase.ts';
import type { Hub } from './hub.ts';
import { startImport } from './import/import.ts';
import { createJobs } from './jobs/jobs.ts';
import { merge } from './keys/merge.ts';
import { explainBy } from './keys/merged-away.ts';
import { answersOnce } from './once/answers.ts';
import { createPlans } from './plan/create-plans.ts';
import { rethrowPublic, withPublicFaults } from './public-faults.ts';
import { activity } from './read/activity.ts';
import { findByAnyKey } from './read/by-any-key.ts';
import { listElements } from './read/elements.ts';
import { exportRows } from './read/export.ts';
import { heldDeletes } from './read/held.ts';
import { getImport, listImports, rejectedRows } from './read/imports.ts';
import { listIssues } from './read/issues.ts';
import { keysOf } from './read/keys.ts';
import { history, links } from './read/links.ts';
import { nextNumber } from './read/next-number.ts';
import { forgetPending, listPending } from './read/pending.ts';
import { countLive, RecordCounts } from './read/record-counts.ts';
import { countListed, findRecord, list } from './read/records.ts';
import { getRun, listInterfaces, listRuns } from './read/runs.ts';
import { listUnchanged } from './read/unchanged.ts';
import { why } from './read/why.ts';
import { clean, cleanAll } from './retention/clean.ts';
import { startCleaner } from './retention/cleaner.ts';
import { applySchema, planSchema } from './schema/apply.ts';
import { transferOwnership } from './schema/transfer.ts';
import { approveHeld, cancelHeld } from './sync/holding/held.ts';
import { replay } from './sync/past-runs/replay.ts';
import { sync } from './sync/sync.ts';
import { revertOfImport, revertOfRun } from './undo/reverts.ts';
import { startDeliverer } from './webhooks/deliverer.ts';
import { createWebhooks } from './webhooks/webhooks.ts';
import { createWorkspaces } from './workspaces.ts';
import { StaleCatalogue } from './write/run-batch.ts';
import { singleWrites } from './write/single-writes.ts';

const mostReads = 5;

export function createHub(parts: {
  database: Database;
  secretKey: string;
  /** Whether webhooks may reach addresses that are not public; no, unless said. */
  webhooksAllowPrivate?: boolean;
  /** How the elements of queued sets are read, by format: those of other formats are left to other servers. */
  setReaders?: SetReaders;
  /** What it takes to guess at a password once; a quarter of a second, unless said. */
  passwordCost?: PasswordCost;
}): Hub {
  const { database: raw, secretKey, webhooksAllowPrivate: allowPrivate = false, setReaders = {} } = parts;
  const database = withPublicFaults(raw);
  const catalogues = new Catalogues(database);
  const vault = new Vault(secretKey);
  const hashes = new PasswordHashes(parts.passwordCost);
  const access = createAccess(database, vault, hashes);
  const contexts = new Contexts({ database: raw, access, secretKey, readers: setReaders, catalogues });
  const { queue, gate, underWay, cleaning } = contexts;
  const catalogueOf = (caller: Caller) => contexts.catalogueOf(caller);
  const explain = explainBy(database, catalogueOf);
  const doors = new Doors(database, (workspace) => contexts.write(workspace));
  const counts = new RecordCounts(database);
  let closing: Promise<void> | undefined;

  const apply: Hub['applySchema'] = async (caller, change, options) => {
    const outcome = await applySchema(database, caller, change, options);
    if (outcome.kind === 'applied') catalogues.put(outcome.catalogue);
    return outcome;
  };

  /** Reads once more when the schema, by which an index was used, has changed meanwhile. */
  const byCurrent = async <Outcome>(
    caller: Caller,
    read: (catalogue: Catalogue) => Promise<Outcome>,
  ): Promise<Outcome> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await read(await catalogueOf(caller));
      } catch (fault) {
        if (!(fault instanceof StaleCatalogue) || attempt === mostReads) return rethrowPublic(fault);
        catalogues.drop(caller.principal.workspace);
      }
    }
  };

  return {
    access,
    workspaces: createWorkspaces(database, vault, hashes),
    webhooks: createWebhooks({
      database,
      vault,
      allowPrivate,
      catalogue: async (workspace) => catalogues.get(workspace),
    }),
    catalogue: async (workspace) => catalogues.get(workspace),
    jobs: createJobs(database),
    answerOnce: (...asked) => answersOnce(raw, gate, vault)(...asked).catch(rethrowPublic),
    plans: createPlans(raw, database, contexts, explain),
    ...singleWrites(doors, explain),

    find: async (caller, type, ref) =>
      findRecord(await catalogueOf(caller), caller, type, ref, (sought) =>
        doors.of(caller.principal.workspace).reads.submit(sought),
      ).then((outcome) => explain(caller, outcome)),
    findByAnyKey: async (caller, text) => findByAnyKey(database, await catalogueOf(caller), caller, text),
    list: (caller, query) => byCurrent(caller, (catalogue) => list(raw, catalogue, caller, query)),
    countListed: (caller, query) => byCurrent(caller, (catalogue) => countListed(raw, catalogue, caller, query)),
    recordCounts: async (caller) => counts.view(await catalogueOf(caller), caller),
    count: async (caller, type) => countLive(database, await catalogueOf(caller), caller, type),
    nextNumber: async (caller, type, key) => nextNumber(database, await catalogueOf(caller), type, key),

    import: (caller, command, rows, options) =>
      startImport(contexts.write(caller.principal.workspace), caller, command, rows, options),
    imports: (caller, query) => listImports(database, caller, query),
    revertImport: (caller, id) => revertOfImport(contexts, caller, id)().catch(rethrowPublic),
    findImport: (caller, id) => getImport(database, caller, id),
    rejectedRows: (caller, id, query) => rejectedRows(database, caller, id, query),
    export: async (caller, query) => exportRows(database, await catalogueOf(caller), caller, query),
    pendingLinks: async (caller, query) => listPending(database, await catalogueOf(caller), caller, query),
    forgetPendingLink: async (caller, number) => forgetPending(database, await catalogueOf(caller), caller, number),

    links: async (caller, query) => links(database, await catalogueOf(caller), caller, query),
    history: async (caller, query) => history(database, await catalogueOf(caller), caller, query),

    changes: (caller, query) => changes(contexts.feed(caller.principal.workspace), caller, query),
    activity: (caller, from, hours) => activity(database, caller.principal.workspace, from, hours),
    latestChanges: (caller, query) => latestChanges(contexts.feed(caller.principal.workspace), caller, query),

    rights: async (caller, query) => rights(database, await catalogueOf(caller), caller, query),
    audit: (caller, query) => audit(database, caller, query),

    merge: (caller, command, options) =>
      merge(contexts.write(caller.principal.workspace), caller, command, options).catch(rethrowPublic),
    erase: (caller, record, options) =>
      erase(contexts.write(caller.principal.workspace), caller, record, options)
        .catch(rethrowPublic)
        .then((outcome) => explain(caller, outcome)),
    keysOf: async (caller, record) => keysOf(database, await catalogueOf(caller), caller, record),
    why: async (caller, query) => why(database, await catalogueOf(caller), caller, query),

    planSchema: (caller, change, options) => planSchema(database, caller, change, options),
    applySchema: apply,
    transferOwnership: async (caller, command, { plan }) =>
      transferOwnership(database, await catalogueOf(caller), caller, command, (change) =>
        plan ? planSchema(database, caller, change) : apply(caller, change, { allowLoss: false }),
      ),

    sync: (caller, endpoint, open, options) =>
      sync(contexts.sync(caller), caller, endpoint, open, options).catch(rethrowPublic),
    interfaces: async (caller) => listInterfaces(database, await catalogueOf(caller), caller),
    runs: async (caller, endpoint, page) =>
      listRuns(database, await catalogueOf(caller), underWay, caller, endpoint, page),
    run: async (caller, endpoint, run) => getRun(database, await catalogueOf(caller), underWay, caller, endpoint, run),
    issues: async (caller, endpoint, run, query) =>
      listIssues(database, await catalogueOf(caller), caller, endpoint, run, query),
    elements: async (caller, run, query) =>
      listElements(database, await catalogueOf(caller), setReaders, caller, run, query),
    unchanged: async (caller, run, query) => listUnchanged(database, await catalogueOf(caller), caller, run, query),
    findRun: async (caller, run) => getRun(database, await catalogueOf(caller), underWay, caller, null, run),
    heldDeletes: async (caller, run, query) => heldDeletes(database, await catalogueOf(caller), caller, run, query),
    approveHeld: (caller, run, deletes) =>
      approveHeld({ ...contexts.runs(caller), secretKey, readers: setReaders }, caller, run, deletes).catch(
        rethrowPublic,
      ),
    cancelHeld: (caller, run) => cancelHeld(contexts.runs(caller), caller, run).catch(rethrowPublic),
    replay: (caller, run, command) => replay(contexts.replay(caller), caller, run, command).catch(rethrowPublic),
    revertRun: (caller, run) => revertOfRun(contexts, caller, run)().catch(rethrowPublic),

    workOnRuns: (options) => queue.start(options),
    deliverWebhooks: (options) =>
      startDeliverer({ database, vault, allowPrivate, feed: (workspace) => contexts.feed(workspace) }, options),

    clean: (caller, options) => clean(cleaning, caller, options).catch(rethrowPublic),
    cleanAll: (options) => cleanAll(cleaning, options).catch(rethrowPublic),
    keepClean: (options) => startCleaner(cleaning, options),

    ping: () => database.ping(),
    close() {
      closing ??= Promise.all([queue.close(), doors.idle()]).then(() => raw.close());
      return closing;
    },
  };
}
