/** Puts the engine together. The only file that knows how each call of the hub is done. */
import type { Catalogue } from '../model/catalogue.ts';
import type { SetReaders } from '../model/commands.ts';
import type { WorkspaceId } from '../model/ids.ts';
import type {
  DeleteOutcome,
  LinkOutcome,
  Rejected,
  StaleLink,
  UnlinkOutcome,
  UpsertOutcome,
} from '../model/outcomes.ts';
import type { DeferOutcome, WithdrawOutcome } from '../model/pending.ts';
import type { Caller } from '../model/principal.ts';
import type { RecordView } from '../model/record.ts';
import type { Database } from '../store/database.ts';
import { readFeedBounds } from '../store/feed.ts';
import { readNumbering } from '../store/numberings.ts';
import { countRecords } from '../store/records.ts';
import { createAccess } from './access/create-access.ts';
import { may } from './access/grants.ts';
import { Vault } from './access/secrets.ts';
import { shownOutcome } from './access/shown.ts';
import { Batcher } from './batcher.ts';
import { Catalogues } from './catalogues.ts';
import { changes, type FeedContext } from './changes/changes.ts';
import { latestChanges } from './changes/latest.ts';
import { FeedWatch } from './changes/watch.ts';
import { erase } from './erasure/erase.ts';
import type { Hub } from './hub.ts';
import { startImport } from './import/import.ts';
import { revertImport } from './import/revert.ts';
import { createJobs } from './jobs/jobs.ts';
import { merge } from './keys/merge.ts';
import { mayBeMerged, namingSurvivor } from './keys/merged-away.ts';
import { answersOnce } from './once/answers.ts';
import { applyImportByPlan, planImport } from './plan/plan-import.ts';
import { planReplay, replayByPlan } from './plan/plan-replay.ts';
import { planRevert, revertByPlan } from './plan/plan-revert.ts';
import { applySetByPlan, planSet } from './plan/plan-set.ts';
import { applyWrite, planWrite } from './plan/plan-write.ts';
import { activity } from './read/activity.ts';
import { findByAnyKey } from './read/by-any-key.ts';
import { listElements } from './read/elements.ts';
import { exportRows } from './read/export.ts';
import { heldDeletes } from './read/held.ts';
import { getImport, listImports, rejectedRows } from './read/imports.ts';
import { listIssues } from './read/issues.ts';
import { keysOf } from './read/keys.ts';
import { history, links } from './read/links.ts';
import { forgetPending, listPending } from './read/pending.ts';
import { findPlanView, listPlanItems, planOfRun } from './read/plans.ts';
import { isRejected } from './read/readable.ts';
import { RecordCounts } from './read/record-counts.ts';
import { countListed, findAll, findRecord, list, type Sought } from './read/records.ts';
import { getRun, listInterfaces, listRuns } from './read/runs.ts';
import { listUnchanged } from './read/unchanged.ts';
import { why } from './read/why.ts';
import { type CleaningContext, clean, cleanAll } from './retention/clean.ts';
import { startCleaner } from './retention/cleaner.ts';
import { applySchema, planSchema } from './schema/apply.ts';
import { transferOwnership } from './schema/transfer.ts';
import type { RunsContext } from './sync/at-run.ts';
import { approveHeld, cancelHeld } from './sync/held.ts';
import { ReceivingGate } from './sync/receiving-gate.ts';
import { type ReplayContext, replay } from './sync/replay.ts';
import { revertRun } from './sync/revert.ts';
import { RunQueue } from './sync/run-queue.ts';
import { type SyncContext, sync } from './sync/sync.ts';
import { RunsUnderWay } from './sync/under-way.ts';
import type { RevertWatch } from './undo/watch.ts';
import { startDeliverer } from './webhooks/deliverer.ts';
import { createWebhooks } from './webhooks/webhooks.ts';
import { createWorkspaces } from './workspaces.ts';
import { publicFault, type WriteContext } from './write/attempt.ts';
import type { WriteCommand } from './write/commands.ts';
import { WriteLane } from './write/lane.ts';
import { NumberPool } from './write/number-pool.ts';
import { isOfOwner, keepRefusals, type Refused } from './write/refusals.ts';
import { StaleCatalogue, type WriteOutcome } from './write/run-batch.ts';

type Found = RecordView | undefined;

const mostReads = 5;

export function createHub(parts: {
  database: Database;
  secretKey: string;
  /** Whether webhooks may reach addresses that are not public; no, unless said. */
  webhooksAllowPrivate?: boolean;
  /** How the elements of queued sets are read, by format: those of other formats are left to other servers. */
  setReaders?: SetReaders;
}): Hub {
  const { database: raw, secretKey, webhooksAllowPrivate: allowPrivate = false, setReaders = {} } = parts;
  const database = withPublicFaults(raw);
  const catalogues = new Catalogues(database);
  const vault = new Vault(secretKey);
  const access = createAccess(database, vault);
  const doors = new Map<
    WorkspaceId,
    { readonly writes: WriteLane; readonly reads: Batcher<Sought, Found>; readonly refusals: Batcher<Refused, void> }
  >();
  const numbers = new NumberPool();
  const counts = new RecordCounts(database);
  const gate = new ReceivingGate();
  const underWay = new RunsUnderWay();
  const queue = new RunQueue(
    {
      database: raw,
      access,
      secretKey,
      readers: setReaders,
      underWay,
      catalogue: async (workspace) => catalogues.get(workspace),
      staleCatalogue: (workspace) => catalogues.drop(workspace),
    },
    gate,
  );
  const watch = new FeedWatch(async (workspace) => {
    const { last } = await database.inWorkspace(workspace, (tx) => readFeedBounds(tx, workspace));
    return last;
  });
  let closing: Promise<void> | undefined;

  const writeContext = (workspace: WorkspaceId): WriteContext => ({
    database: raw,
    apart: raw,
    workspace,
    catalogue: async () => catalogues.get(workspace),
    staleCatalogue: () => catalogues.drop(workspace),
    numbers,
  });

  const feedContext = (workspace: WorkspaceId): FeedContext => ({
    database,
    watch,
    catalogue: async () => catalogues.get(workspace),
    staleCatalogue: () => catalogues.drop(workspace),
  });

  /** Where the single writes and the reads by ref of a workspace queue up to go in batches. */
  function doorsOf(workspace: WorkspaceId) {
    const known = doors.get(workspace);
    if (known !== undefined) return known;
    const context = writeContext(workspace);
    const made = {
      writes: new WriteLane(context),
      reads: new Batcher<Sought, Found>({
        async run(sought) {
          const current = await context.catalogue();
          return database.inWorkspace(workspace, (tx) => findAll(tx, current, sought));
        },
        fail(batch, fault) {
          for (const { reject } of batch) reject(fault);
        },
        touches: () => [],
      }),
      refusals: new Batcher<Refused, void>({
        async run(refused) {
          const current = await context.catalogue();
          await database.inWorkspace(workspace, (tx) => keepRefusals(tx, current, refused));
          return refused.map(() => undefined);
        },
        fail(batch, fault) {
          for (const { reject } of batch) reject(fault);
        },
        touches: () => [],
      }),
    };
    doors.set(workspace, made);
    return made;
  }

  const write = (caller: Caller, command: WriteCommand): Promise<WriteOutcome> =>
    doorsOf(caller.principal.workspace)
      .writes.submit({ caller, command })
      .then((outcome) => shownOutcome(caller.principal, outcome));

  /** The refusal is answered whether it could be kept or not. */
  const keepRefusal = async (refused: Refused): Promise<Rejected> => {
    await doorsOf(refused.caller.principal.workspace)
      .refusals.submit(refused)
      .catch(() => {});
    return refused.outcome;
  };

  const writeLink = async <Outcome extends { kind: string }>(
    caller: Caller,
    command: WriteCommand & { readonly kind: 'link' | 'unlink' },
  ): Promise<Outcome | Rejected> => {
    const outcome = (await write(caller, command)) as Outcome | Rejected;
    return isRejected(outcome) && isOfOwner(outcome) ? keepRefusal({ caller, command, outcome }) : outcome;
  };

  const explained = <Outcome extends { kind: string }>(
    caller: Caller,
    outcome: Outcome | Rejected,
  ): Outcome | Rejected | Promise<Rejected> =>
    isRejected(outcome) && mayBeMerged(outcome)
      ? catalogueOf(caller).then((catalogue) => namingSurvivor(database, catalogue, outcome))
      : outcome;

  const apply: Hub['applySchema'] = async (caller, change, options) => {
    const outcome = await applySchema(database, caller, change, options);
    if (outcome.kind === 'applied') catalogues.put(outcome.catalogue);
    return outcome;
  };

  const catalogueOf = async (caller: Caller) => catalogues.get(caller.principal.workspace);

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

  /** A planned import holds a connection while its body arrives, as a run does. */
  const withPlace = async <Result>(
    { principal: { workspace } }: Caller,
    work: (context: WriteContext) => Promise<Result>,
  ): Promise<Result> => {
    const leave = await gate.enter(workspace);
    return work(writeContext(workspace)).catch(rethrowPublic).finally(leave);
  };

  const syncContext = (caller: Caller): SyncContext => ({
    ...runsContext(caller),
    access,
    gate,
    secretKey,
    underWay,
  });

  const cleaning: CleaningContext = {
    database: raw,
    catalogue: async (workspace) => catalogues.get(workspace),
    staleCatalogue: (workspace) => catalogues.drop(workspace),
  };

  const runsContext = (caller: Caller): RunsContext => ({
    database: raw,
    catalogue: () => catalogueOf(caller),
    staleCatalogue: () => catalogues.drop(caller.principal.workspace),
    queue,
  });

  const replayContext = (caller: Caller): ReplayContext => ({ ...runsContext(caller), access, readers: setReaders });

  const revertOfRun = (caller: Caller, run: string) => (watch?: RevertWatch) =>
    revertRun(runsContext(caller), caller, run, watch);
  const revertOfImport = (caller: Caller, id: string) => (watch?: RevertWatch) =>
    revertImport(writeContext(caller.principal.workspace), caller, id, watch);

  return {
    access,
    workspaces: createWorkspaces(database, vault),
    webhooks: createWebhooks({
      database,
      vault,
      allowPrivate,
      catalogue: async (workspace) => catalogues.get(workspace),
    }),
    catalogue: async (workspace) => catalogues.get(workspace),
    jobs: createJobs(database),
    answerOnce: (...asked) => answersOnce(raw, gate, vault)(...asked).catch(rethrowPublic),
    plans: {
      write: (caller, command) =>
        planWrite(writeContext(caller.principal.workspace), caller, command)
          .catch(rethrowPublic)
          .then((outcome) => explained(caller, outcome)),
      applyWrite: (caller, command, plan, body) =>
        applyWrite(writeContext(caller.principal.workspace), caller, command, plan, body).catch(rethrowPublic),
      set: (caller, endpoint, open) => planSet(syncContext(caller), caller, endpoint, open).catch(rethrowPublic),
      applySet: (caller, endpoint, open, plan, once) =>
        applySetByPlan(syncContext(caller), caller, endpoint, open, plan, once).catch(rethrowPublic),
      import: (caller, command, rows) => withPlace(caller, (context) => planImport(context, caller, command, rows)),
      applyImport: (caller, command, rows, plan, once) =>
        withPlace(caller, (context) => applyImportByPlan(context, caller, command, rows, plan, once)),
      revert: (caller, run) => planRevert(raw, caller, revertOfRun(caller, run)).catch(rethrowPublic),
      applyRevert: (caller, run, plan) => revertByPlan(caller, plan, revertOfRun(caller, run)).catch(rethrowPublic),
      revertImport: (caller, id) => planRevert(raw, caller, revertOfImport(caller, id)).catch(rethrowPublic),
      applyImportRevert: (caller, id, plan) =>
        revertByPlan(caller, plan, revertOfImport(caller, id)).catch(rethrowPublic),
      replay: (caller, run, command) => planReplay(replayContext(caller), caller, run, command).catch(rethrowPublic),
      applyReplay: (caller, run, command, plan) =>
        replayByPlan(replayContext(caller), caller, run, command, plan).catch(rethrowPublic),
      find: async (caller, plan) => findPlanView(database, await catalogueOf(caller), caller, plan),
      items: async (caller, plan, query) => listPlanItems(database, await catalogueOf(caller), caller, plan, query),
      ofRun: async (caller, endpoint, run) => planOfRun(database, await catalogueOf(caller), caller, endpoint, run),
    },

    find: async (caller, type, ref) =>
      findRecord(await catalogueOf(caller), caller, type, ref, (sought) =>
        doorsOf(caller.principal.workspace).reads.submit(sought),
      ).then((outcome) => explained(caller, outcome)),
    findByAnyKey: async (caller, text) => findByAnyKey(database, await catalogueOf(caller), caller, text),
    list: (caller, query) => byCurrent(caller, (catalogue) => list(raw, catalogue, caller, query)),
    countListed: (caller, query) => byCurrent(caller, (catalogue) => countListed(raw, catalogue, caller, query)),
    recordCounts: async (caller) => counts.view(await catalogueOf(caller), caller),
    async count(caller, typeKey) {
      const { workspace } = caller.principal;
      const type = (await catalogues.get(workspace)).types.get(typeKey);
      if (type === undefined || !may(caller.principal, 'read', typeKey)) return 0;
      return database.inWorkspace(workspace, (tx) => countRecords(tx, workspace, type.id));
    },

    async nextNumber(caller, typeKey, key) {
      const { workspace } = caller.principal;
      const type = (await catalogueOf(caller)).types.get(typeKey);
      const field = type?.fieldsByKey.get(key);
      if (type === undefined || field === undefined || field.numbered === null) return undefined;
      const place = { type: type.id, field: field.id };
      const next = await database.inWorkspace(workspace, (tx) => readNumbering(tx, workspace, place));
      return Math.max(next ?? 0, field.numbered.first);
    },

    // The lane answers each command with the outcome of its own kind.
    upsert: (caller, command) =>
      (write(caller, { kind: 'upsert', ...command }) as Promise<UpsertOutcome>).then((outcome) =>
        outcome.kind === 'rejected' && isOfOwner(outcome)
          ? keepRefusal({ caller, command, outcome })
          : explained(caller, outcome),
      ),
    import: (caller, command, rows, options) =>
      startImport(writeContext(caller.principal.workspace), caller, command, rows, options),
    imports: (caller, query) => listImports(database, caller, query),
    revertImport: (caller, id) => revertOfImport(caller, id)().catch(rethrowPublic),
    findImport: (caller, id) => getImport(database, caller, id),
    rejectedRows: (caller, id, query) => rejectedRows(database, caller, id, query),
    export: async (caller, query) => exportRows(database, await catalogueOf(caller), caller, query),
    delete: (caller, command) =>
      (write(caller, { kind: 'delete', ...command }) as Promise<DeleteOutcome>).then((outcome) =>
        explained(caller, outcome),
      ),
    link: (caller, command) => writeLink<LinkOutcome>(caller, { kind: 'link', ...command }),
    unlink: (caller, command) => writeLink<UnlinkOutcome>(caller, { kind: 'unlink', ...command }),
    linkOrDefer: (caller, command) =>
      writeLink<LinkOutcome | StaleLink | DeferOutcome>(caller, { kind: 'link', ...command }),
    unlinkOrWithdraw: (caller, command) =>
      writeLink<UnlinkOutcome | StaleLink | WithdrawOutcome | DeferOutcome>(caller, {
        kind: 'unlink',
        ...command,
        withdraw: true,
      }),
    pendingLinks: async (caller, query) => listPending(database, await catalogueOf(caller), caller, query),
    forgetPendingLink: async (caller, number) => forgetPending(database, await catalogueOf(caller), caller, number),

    links: async (caller, query) => links(database, await catalogueOf(caller), caller, query),
    history: async (caller, query) => history(database, await catalogueOf(caller), caller, query),

    changes: (caller, query) => changes(feedContext(caller.principal.workspace), caller, query),
    activity: (caller, from, hours) => activity(database, caller.principal.workspace, from, hours),
    latestChanges: (caller, query) => latestChanges(feedContext(caller.principal.workspace), caller, query),

    merge: (caller, command, options) =>
      merge(writeContext(caller.principal.workspace), caller, command, options).catch(rethrowPublic),
    erase: (caller, record, options) =>
      erase(writeContext(caller.principal.workspace), caller, record, options)
        .catch(rethrowPublic)
        .then((outcome) => explained(caller, outcome)),
    keysOf: async (caller, record) => keysOf(database, await catalogueOf(caller), caller, record),
    why: async (caller, query) => why(database, await catalogueOf(caller), caller, query),

    planSchema: (caller, change, options) => planSchema(database, caller, change, options),
    applySchema: apply,
    transferOwnership: async (caller, command, { plan }) =>
      transferOwnership(database, await catalogueOf(caller), caller, command, (change) =>
        plan ? planSchema(database, caller, change) : apply(caller, change, { allowLoss: false }),
      ),

    sync: (caller, endpoint, open, options) =>
      sync(syncContext(caller), caller, endpoint, open, options).catch(rethrowPublic),
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
      approveHeld({ ...runsContext(caller), secretKey, readers: setReaders }, caller, run, deletes).catch(
        rethrowPublic,
      ),
    cancelHeld: (caller, run) => cancelHeld(runsContext(caller), caller, run).catch(rethrowPublic),
    replay: (caller, run, command) => replay(replayContext(caller), caller, run, command).catch(rethrowPublic),
    revertRun: (caller, run) => revertOfRun(caller, run)().catch(rethrowPublic),

    workOnRuns: (options) => queue.start(options),
    deliverWebhooks: (options) => startDeliverer({ database, vault, allowPrivate, feed: feedContext }, options),

    clean: (caller, options) => clean(cleaning, caller, options).catch(rethrowPublic),
    cleanAll: (options) => cleanAll(cleaning, options).catch(rethrowPublic),
    keepClean: (options) => startCleaner(cleaning, options),

    ping: () => database.ping(),
    close() {
      closing ??= Promise.all([
        queue.close(),
        ...[...doors.values()].flatMap(({ writes, reads }) => [writes.idle(), reads.idle()]),
      ]).then(() => raw.close());
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
