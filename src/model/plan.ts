/** What a write would do, kept so that just that can be done later: docs/plans.md. */
import type { Guid } from './ids.ts';
import type { ListRejected, Page, Rejected } from './outcomes.ts';
import type { IssueView, RunCounts, RunView } from './runs.ts';

export const planActions = [
  'create',
  'update',
  'revive',
  'delete',
  'link',
  'relink',
  'unlink',
  'defer',
  'withdraw',
  'release',
  'rejoin',
  'hold',
  'reject',
] as const;
export type PlanAction = (typeof planActions)[number];

/** A record that a plan is about. One that is yet to be made has neither number nor id. */
export type PlannedRecord = {
  readonly type: string;
  readonly number: number | null;
  readonly id: Guid | null;
  readonly key: string | null;
};

/** A lookup's value is a `PlannedRecord`. `before` is null for a new record. */
export type PlannedField = { readonly field: string; readonly before: unknown; readonly after: unknown };

type LinkState = { readonly role: string | null; readonly attributes: Readonly<Record<string, unknown>> };

type PlannedLink = {
  readonly link: string;
  /** null for one that is yet to be made. */
  readonly number: number | null;
  readonly left: PlannedRecord;
  readonly right: PlannedRecord;
  readonly before: LinkState | null;
  readonly after: LinkState | null;
};

export type PlanIssue = {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly member: string | null;
  readonly value: string | null;
  readonly message: string;
  readonly remedy: string | null;
};

/** One thing that would be done, or would be refused. */
export type PlanItem = {
  readonly action: PlanAction;
  /** Of a link its left-hand side. */
  readonly type: string;
  readonly key: string | null;
  /** null: there is none yet, or the item is of a link. */
  readonly record: PlannedRecord | null;
  /** That the record has now. */
  readonly version: number | null;
  /** Where in the body its element or row stands, from 0. */
  readonly row: number | null;
  readonly fields: readonly PlannedField[];
  readonly link: PlannedLink | null;
  /** What another owns, and gives way to force: fields, or the link type. */
  readonly forced: readonly string[];
  readonly issues: readonly PlanIssue[];
};

export const planKinds = ['set', 'import', 'write', 'revert', 'replay'] as const;
export type PlanKind = (typeof planKinds)[number];

export type PlanActions = Readonly<Record<PlanAction, number>>;

export type PlanView = {
  readonly id: string;
  readonly kind: PlanKind;
  readonly counts: RunCounts;
  /** How many items there are of each action, those that are not kept too. */
  readonly actions: PlanActions;
  readonly itemsTotal: number;
  /** The first of them, as many as an answer has. */
  readonly items: readonly PlanItem[];
  /** How many can be read page by page. */
  readonly itemsKept: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly appliedAt: Date | null;
  /** Of a complete set. */
  readonly run: RunView | null;
};

/** What is not as the plan showed. `planned` or `now` is null where it was not to be done, or would not be done. */
export type PlanDifference = {
  readonly type: string;
  readonly key: string | null;
  readonly record: number | null;
  /** A field's key, or `version`, `action`, `count.{name}`, `link.{key}`. */
  readonly what: string;
  readonly planned: unknown;
  readonly now: unknown;
  readonly message: string;
};

export type StaleReason = 'other_call' | 'other_body' | 'expired' | 'applied' | 'changed';

/** Nothing was written. `changes`: the first that were found, with `changed` only. */
export type PlanRefused =
  | { readonly kind: 'unknown_plan'; readonly plan: string }
  | {
      readonly kind: 'plan_stale';
      readonly reason: StaleReason;
      readonly message: string;
      readonly changes: readonly PlanDifference[];
    };

export type PlanOutcome = { readonly kind: 'planned'; readonly plan: PlanView } | Rejected;

/** `left`: as of a revert that is done. */
export type RevertPlanned = {
  readonly kind: 'planned';
  readonly plan: PlanView;
  readonly counts: RunCounts;
  readonly left: readonly IssueView[];
};

/** `issues`: as of a replay that is done. */
export type ReplayPlanned = {
  readonly kind: 'planned';
  readonly plan: PlanView;
  readonly counts: RunCounts;
  readonly issues: readonly IssueView[];
};

export type PlanItemsOutcome = Page<PlanItem> | ListRejected | { readonly kind: 'unknown_plan'; readonly plan: string };
