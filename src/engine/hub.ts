/**
 * The engine as everything above it sees it. Dialects translate to and from these calls and decide nothing;
 * `engine/create-hub.ts` puts together how each is done.
 */
import type { Catalogue } from '../model/catalogue.ts';
import type {
  CountQuery,
  DeleteCommand,
  ExportQuery,
  ImportCommand,
  LinkCommand,
  LinkListQuery,
  ListQuery,
  ReplayCommand,
  UnlinkCommand,
  UpsertCommand,
} from '../model/commands.ts';
import type { ErasureOutcome } from '../model/erasure.ts';
import type { WorkspaceId } from '../model/ids.ts';
import type { ImportListOutcome, ImportRevertOutcome, ImportView, RejectedRowsOutcome } from '../model/imports.ts';
import type { MergeCommand, MergeOutcome } from '../model/merge.ts';
import type {
  CountOutcome,
  DeleteOutcome,
  ExportOutcome,
  FindOutcome,
  HistoryOutcome,
  LinkListOutcome,
  LinkOutcome,
  ListOutcome,
  StaleLink,
  UnlinkOutcome,
  UpsertOutcome,
} from '../model/outcomes.ts';
import type {
  DeferOutcome,
  DeferrableLink,
  DeferrableUnlink,
  ForgetOutcome,
  PendingListOutcome,
  PendingListQuery,
  WithdrawOutcome,
} from '../model/pending.ts';
import type { Caller } from '../model/principal.ts';
import type { Ref } from '../model/ref.ts';
import type {
  ElementListOutcome,
  HeldListOutcome,
  HeldOutcome,
  InterfaceView,
  IssueListOutcome,
  ReplayOutcome,
  RevertOutcome,
  RunListOutcome,
  RunView,
  SyncOutcome,
  UnchangedOutcome,
} from '../model/runs.ts';
import type { SchemaDocument } from '../model/schema.ts';
import type { Access } from './access/access.ts';
import type { RightsOutcome, RightsQuery } from './access/rights.ts';
import type { AuditOutcome, AuditQuery } from './audit/audit.ts';
import type { ChangesOutcome, ChangesQuery } from './changes/changes.ts';
import type { LatestQuery } from './changes/latest.ts';
import type { Import, ImportOptions, RowSource } from './import/import.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { AnswerOnce } from './once/answers.ts';
import type { Plans } from './plan/plans.ts';
import type { BusyHour } from './read/activity.ts';
import type { KeyHit } from './read/by-any-key.ts';
import type { ElementQuery } from './read/elements.ts';
import type { IssueQuery } from './read/issues.ts';
import type { KeysOutcome } from './read/keys.ts';
import type { RecordCountsView } from './read/record-counts.ts';
import type { RunsPage } from './read/runs.ts';
import type { WhyOutcome, WhyQuery } from './read/why.ts';
import type { CleanedWorkspace, CleanOutcome } from './retention/clean.ts';
import type { Cleaner, CleanerOptions } from './retention/cleaner.ts';
import type { SchemaOutcome, SchemaPlan } from './schema/plan.ts';
import type { TransferCommand, TransferOutcome } from './schema/transfer.ts';
import type { QueueOptions, QueueWorker } from './sync/queue/run-queue.ts';
import type { OpenSet, SyncOptions } from './sync/sync.ts';
import type { Deliverer, DeliverOptions } from './webhooks/deliverer.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import type { Workspaces } from './workspaces.ts';

export type Hub = {
  readonly access: Access;
  readonly workspaces: Workspaces;
  readonly webhooks: Webhooks;
  readonly plans: Plans;
  readonly jobs: Jobs;
  /** Does what a request asks once, and answers its repetitions by what it was answered. */
  readonly answerOnce: AnswerOnce;

  /** The workspace's schema. Writes through this server show at once, those through another after at most 250 ms;
   *  every write is judged by the newest in any case. */
  catalogue(workspace: WorkspaceId): Promise<Catalogue>;

  find(caller: Caller, type: string, ref: Ref): Promise<FindOutcome>;
  /** Of whatever type and match field. */
  findByAnyKey(caller: Caller, text: string): Promise<readonly KeyHit[]>;
  list(caller: Caller, query: ListQuery): Promise<ListOutcome>;
  /** How many records a list of these filters would show in all. */
  countListed(caller: Caller, query: CountQuery): Promise<CountOutcome>;
  /** Of each type that the caller may read. What was counted serves for some seconds. */
  recordCounts(caller: Caller): Promise<RecordCountsView>;
  /** Live records of a type, exactly. */
  count(caller: Caller, type: string): Promise<number>;
  upsert(caller: Caller, command: UpsertCommand): Promise<UpsertOutcome>;
  /** The number that a numbered field gives to the next record that is made; undefined for any other field. */
  nextNumber(caller: Caller, type: string, field: string): Promise<number | undefined>;
  /** Rows are read as fast as they are written; the outcomes come in their order, each after its commit. The import is kept. */
  import(caller: Caller, command: ImportCommand, rows: RowSource, options?: ImportOptions): Promise<Import>;
  /** Newest first. A member sees the imports that it made, others all of the workspace. */
  imports(caller: Caller, query: { limit: number; cursor?: string; type?: string }): Promise<ImportListOutcome>;
  revertImport(caller: Caller, id: string): Promise<ImportRevertOutcome>;
  /** `id` is the import's id or number. undefined: no such import that the caller may see. */
  findImport(caller: Caller, id: string): Promise<ImportView | undefined>;
  /** In the order of the body. */
  rejectedRows(caller: Caller, id: string, query: { limit: number; cursor?: string }): Promise<RejectedRowsOutcome>;
  /** Every record of a type that passes the filters, or every link of a link type, as the rows that an import takes. */
  export(caller: Caller, query: ExportQuery): Promise<ExportOutcome>;
  delete(caller: Caller, command: DeleteCommand): Promise<DeleteOutcome>;

  link(caller: Caller, command: LinkCommand): Promise<LinkOutcome>;
  unlink(caller: Caller, command: UnlinkCommand): Promise<UnlinkOutcome>;
  /** Links two records, or waits for those that are not there: they are linked in the transaction that makes them. */
  linkOrDefer(caller: Caller, command: DeferrableLink): Promise<LinkOutcome | StaleLink | DeferOutcome>;
  /** Removes links, or takes back such as wait. */
  unlinkOrWithdraw(
    caller: Caller,
    command: DeferrableUnlink,
  ): Promise<UnlinkOutcome | StaleLink | WithdrawOutcome | DeferOutcome>;
  pendingLinks(caller: Caller, query: PendingListQuery): Promise<PendingListOutcome>;
  forgetPendingLink(caller: Caller, number: number): Promise<ForgetOutcome>;
  links(caller: Caller, query: LinkListQuery): Promise<LinkListOutcome>;

  /** Changes of one record and its links, newest first. */
  history(caller: Caller, query: { type: string; ref: Ref; limit: number; cursor?: string }): Promise<HistoryOutcome>;

  /** Every change that the caller may see, in the order of the commits, behind a place in the feed. */
  changes(caller: Caller, query: ChangesQuery): Promise<ChangesOutcome>;
  latestChanges(caller: Caller, query: LatestQuery): Promise<ChangesOutcome>;
  /** How much was changed in each of some hours: of the whole workspace, so that it is for those who see all of it. */
  activity(caller: Caller, from: Date, hours: number): Promise<readonly BusyHour[]>;

  /** Who may do what, by role, grants and interfaces, in the order of their numbers. For administrators. */
  rights(caller: Caller, query: RightsQuery): Promise<RightsOutcome>;
  /** What was done to access and configuration, newest first. For administrators. */
  audit(caller: Caller, query: AuditQuery): Promise<AuditOutcome>;

  /** `plan`: only says what would be done. */
  merge(caller: Caller, command: MergeCommand, options: { plan: boolean }): Promise<MergeOutcome>;
  /** Takes away all that is kept of a record, and of the duplicates that went into it, but that there was one. For administrators.
   *  `plan`: only says how much that is. */
  erase(
    caller: Caller,
    record: { readonly type: string; readonly ref: Ref },
    options: { plan: boolean },
  ): Promise<ErasureOutcome>;
  /** By what a live record is found. */
  keysOf(caller: Caller, record: { readonly type: string; readonly ref: Ref }): Promise<KeysOutcome>;
  /** Where the value of a field of a live record comes from. */
  why(caller: Caller, query: WhyQuery): Promise<WhyOutcome>;

  /** Plans or applies the change of an owner. */
  transferOwnership(caller: Caller, command: TransferCommand, options: { plan: boolean }): Promise<TransferOutcome>;

  /** Plans the change from the stored schema to the one that `change` returns. `ifVersion`: only of the schema at that version. */
  planSchema(
    caller: Caller,
    change: (current: SchemaDocument) => SchemaDocument,
    options?: { ifVersion?: number },
  ): Promise<SchemaPlan>;
  /** Plans and applies in one transaction; `allowLoss` lets it remove types and fields that hold data. */
  applySchema(
    caller: Caller,
    change: (current: SchemaDocument) => SchemaDocument,
    options: { allowLoss: boolean; ifVersion?: number },
  ): Promise<SchemaOutcome>;

  /** Makes the interface's records equal the complete set, once its body has come to a whole end; answered after the commit.
   *  One whose interface is busy is queued, and waited for. What the reading of the body throws is thrown here, and nothing was written. */
  sync(caller: Caller, endpoint: string, open: OpenSet, options?: SyncOptions): Promise<SyncOutcome>;
  /** All of the workspace, and how each is doing. */
  interfaces(caller: Caller): Promise<readonly InterfaceView[]>;
  /** Newest first. `endpoint` null: of every interface that the caller may read. */
  runs(caller: Caller, endpoint: string | null, page: RunsPage): Promise<RunListOutcome>;
  /** `run` is the run's number or id. undefined: no such run. */
  run(caller: Caller, endpoint: string, run: string): Promise<RunView | undefined>;
  /** In the order of the body. `endpoint` null: of a run of any interface. */
  issues(caller: Caller, endpoint: string | null, run: string, query: IssueQuery): Promise<IssueListOutcome>;
  /** Those that are kept, in the order of the body. */
  elements(caller: Caller, run: string, query: ElementQuery): Promise<ElementListOutcome>;
  /** The records that a run found as they were, as they are now. */
  unchanged(caller: Caller, run: string, query: { limit: number; cursor?: string }): Promise<UnchangedOutcome>;
  /** A run of any interface, by its number or id. undefined: no such run that the caller may see. */
  findRun(caller: Caller, run: string): Promise<RunView | undefined>;
  /** The deletes that a run holds. */
  heldDeletes(caller: Caller, run: string, query: { limit: number; cursor?: string }): Promise<HeldListOutcome>;
  /** Deletes what a run holds, if it still holds just as many as the caller was shown. */
  approveHeld(caller: Caller, run: string, deletes: number): Promise<HeldOutcome>;
  /** Lets what a run holds stay. */
  cancelHeld(caller: Caller, run: string): Promise<HeldOutcome>;
  /** Applies elements of a run again, as a run of its own, for whoever may call its interface. `plan`: only says what that would do. */
  replay(caller: Caller, run: string, command: ReplayCommand): Promise<ReplayOutcome>;
  /** Takes back what a run changed, but for what was changed since. `plan`: only says what that would be. */
  revertRun(caller: Caller, run: string): Promise<RevertOutcome>;

  /** Applies the queued runs of all workspaces and tells of interfaces that are overdue, beside other servers that do, until it is stopped. */
  workOnRuns(options: QueueOptions): QueueWorker;

  /** Delivers to the webhooks of all workspaces, beside other servers that do, until it is stopped. */
  deliverWebhooks(options: DeliverOptions): Deliverer;

  /** Takes away what is older than the caller's workspace keeps it; answered after some seconds at most. For administrators.
   *  `plan`: only says how much that is. */
  clean(caller: Caller, options: { plan: boolean }): Promise<CleanOutcome>;
  /** The same of all workspaces, to the end. */
  cleanAll(options: { plan: boolean }): Promise<readonly CleanedWorkspace[]>;
  /** Cleans every workspace about once an hour, beside other servers that do, until it is stopped. */
  keepClean(options: CleanerOptions): Cleaner;

  /** Throws unless the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
};
