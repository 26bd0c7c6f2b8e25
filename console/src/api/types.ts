/** What the native API answers: its own shapes. Types only; nothing of the server is in the console. */
export type {
  KeyList,
  MadeKey,
  Me,
  NewKey,
  NewUser,
  ShownKey,
  ShownUser,
  UserChange,
  UserList,
} from '../../../src/dialects/native/shapes/access.ts';
export type { Activity } from '../../../src/dialects/native/shapes/activity.ts';
export type { AuditList, ShownAuditEntry as AuditEntry } from '../../../src/dialects/native/shapes/audit.ts';
export type { FeedItem, FeedPageAnswer as FeedPage } from '../../../src/dialects/native/shapes/changes.ts';
export type {
  DialectList,
  InterfaceCallsList,
  SampleCallsList,
  ShownSampleCall as SampleCall,
} from '../../../src/dialects/native/shapes/dialect.ts';
export type {
  ElementList,
  ReplayAnswer,
  ShownElement,
  UnchangedList,
} from '../../../src/dialects/native/shapes/element.ts';
export type { RightsList, ShownRights } from '../../../src/dialects/native/shapes/grants.ts';
export type {
  ImportAnswer,
  ImportList,
  RejectedRowList,
  ShownImport,
} from '../../../src/dialects/native/shapes/import.ts';
export type { HeldAnswer, HeldList, RunList, ShownRun } from '../../../src/dialects/native/shapes/interface.ts';
export type {
  InterfaceChange,
  InterfaceList,
  ListedInterface,
  NewInterface,
  ShownInterface,
} from '../../../src/dialects/native/shapes/interface-settings.ts';
export type { IssueList, ShownIssue } from '../../../src/dialects/native/shapes/issue.ts';
export type { FoundRecords, RecordKeys } from '../../../src/dialects/native/shapes/key.ts';
export type { LinkAnswer, LinkList, ShownLink, UnlinkAnswer } from '../../../src/dialects/native/shapes/link.ts';
export type { MergeAnswer, MergeWrite } from '../../../src/dialects/native/shapes/merge.ts';
export type {
  TransferAnswer,
  TransferWrite as Transfer,
} from '../../../src/dialects/native/shapes/ownership.ts';
export type {
  PendingLinkList as WaitingLinkList,
  ShownPendingLink as WaitingLink,
} from '../../../src/dialects/native/shapes/pending-link.ts';
export type { ShownPlan } from '../../../src/dialects/native/shapes/plan.ts';
export type { Problem } from '../../../src/dialects/native/shapes/problem.ts';
export type {
  ChangeList,
  DeleteAnswer,
  ListedRecord,
  RecordList,
  ShownChange,
  ShownRecord,
  ShownValue,
  WriteAnswer,
} from '../../../src/dialects/native/shapes/record.ts';
export type { RecordCounts } from '../../../src/dialects/native/shapes/record-counts.ts';
export type { ImportRevert } from '../../../src/dialects/native/shapes/revert.ts';
export type { SchemaAnswer, ShownDocument as Schema } from '../../../src/dialects/native/shapes/schema-document.ts';
export type {
  DeliveryList,
  EventName,
  MadeWebhook,
  NewWebhook,
  Replay,
  ShownDelivery,
  ShownWebhook,
  WebhookChange,
  WebhookList,
} from '../../../src/dialects/native/shapes/webhooks.ts';
export type { ShownLinkWhy, ShownWhy, ShownWhyLinks } from '../../../src/dialects/native/shapes/why.ts';
export type Grants = NonNullable<import('../../../src/dialects/native/shapes/access.ts').ShownUser['grants']>;
