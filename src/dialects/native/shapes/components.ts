/** Every shape that stands in the OpenAPI document under a name. */
import {
  KeyListShape,
  KeyShape,
  MadeKeyShape,
  MeShape,
  NewKeyShape,
  NewUserShape,
  SignInShape,
  UserChangeShape,
  UserListShape,
  UserShape,
} from './access.ts';
import { ActivityShape } from './activity.ts';
import { AuditEntryShape, AuditListShape } from './audit.ts';
import { FeedItemShape, FeedPageShape } from './changes.ts';
import { dialectComponents } from './dialect.ts';
import { elementComponents } from './element.ts';
import { ErasureAnswerShape } from './erasure.ts';
import { grantsComponents } from './grants.ts';
import {
  ImportAnswerShape,
  ImportCountsShape,
  ImportListShape,
  ImportShape,
  KeptRejectedRowShape,
  RejectedRowListShape,
  RejectedRowShape,
} from './import.ts';
import { interfaceComponents } from './interface.ts';
import { interfaceSettingsComponents } from './interface-settings.ts';
import { issueComponents } from './issue.ts';
import { FoundRecordsShape, RecordKeysShape } from './key.ts';
import { LinkAnswerShape, LinkListShape, LinkShape, LinkWriteShape, UnlinkAnswerShape } from './link.ts';
import { MergeAnswerShape, MergeWriteShape } from './merge.ts';
import { TransferAnswerShape, TransferShape } from './ownership.ts';
import { pendingComponents } from './pending-link.ts';
import { planComponents } from './plan.ts';
import { PointerShape } from './pointer.ts';
import { ProblemShape } from './problem.ts';
import {
  ChangeListShape,
  ChangeShape,
  DeleteAnswerShape,
  LinkChangeShape,
  ListedRecordShape,
  MergedShape,
  RecordListShape,
  RecordShape,
  RecordWriteShape,
  WriteAnswerShape,
} from './record.ts';
import { RecordCountsShape } from './record-counts.ts';
import { CleanAnswerShape } from './retention.ts';
import { ImportRevertShape, RevertAnswerShape } from './revert.ts';
import { SchemaAnswerShape, SchemaDocumentShape } from './schema-document.ts';
import { StaleShape, StampShape } from './stamp.ts';
import {
  DeliveredChangeShape,
  DeliveryListShape,
  DeliveryShape,
  MadeWebhookShape,
  NewWebhookShape,
  ReplayShape,
  WebhookChangeShape,
  WebhookListShape,
  WebhookShape,
} from './webhooks.ts';
import { LinkWhyShape, WhyLinksShape, WhyShape } from './why.ts';

export const components = [
  ProblemShape,
  PointerShape,
  RecordShape,
  ListedRecordShape,
  RecordListShape,
  RecordCountsShape,
  RecordKeysShape,
  FoundRecordsShape,
  ...dialectComponents,
  RecordWriteShape,
  StampShape,
  StaleShape,
  WriteAnswerShape,
  DeleteAnswerShape,
  ImportCountsShape,
  RejectedRowShape,
  KeptRejectedRowShape,
  RejectedRowListShape,
  ImportAnswerShape,
  ImportRevertShape,
  ImportShape,
  ImportListShape,
  LinkShape,
  LinkListShape,
  LinkWriteShape,
  LinkAnswerShape,
  UnlinkAnswerShape,
  ...pendingComponents,
  LinkChangeShape,
  ChangeShape,
  ChangeListShape,
  MergedShape,
  WhyShape,
  LinkWhyShape,
  WhyLinksShape,
  MergeWriteShape,
  MergeAnswerShape,
  ErasureAnswerShape,
  CleanAnswerShape,
  TransferShape,
  TransferAnswerShape,
  FeedItemShape,
  FeedPageShape,
  ActivityShape,
  AuditEntryShape,
  AuditListShape,
  ...grantsComponents,
  WebhookShape,
  WebhookListShape,
  NewWebhookShape,
  WebhookChangeShape,
  MadeWebhookShape,
  ReplayShape,
  DeliveredChangeShape,
  DeliveryShape,
  DeliveryListShape,
  SchemaDocumentShape,
  SchemaAnswerShape,
  ...interfaceSettingsComponents,
  ...interfaceComponents,
  ...issueComponents,
  ...elementComponents,
  ...planComponents,
  RevertAnswerShape,
  MeShape,
  KeyShape,
  KeyListShape,
  NewKeyShape,
  MadeKeyShape,
  UserShape,
  UserListShape,
  NewUserShape,
  UserChangeShape,
  SignInShape,
];
