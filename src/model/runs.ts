/** Complete sets: their runs, what runs hold, what their issues and kept elements are, and what the engine answers about them. */
import type { Interface } from './catalogue.ts';
import type { SetElement } from './commands.ts';
import type { Guid, PrincipalId } from './ids.ts';
import type { ListRejected, Page, Rejected } from './outcomes.ts';
import type { RecordPointer, RecordView } from './record.ts';
import type { SetFormat } from './schema.ts';
import type { ShownStamp } from './stamp.ts';

export const runStates = [
  'received',
  'queued',
  'planned',
  'applied',
  'partial',
  'held',
  'failed',
  'superseded',
  'reverted',
] as const;

export type RunState = (typeof runStates)[number];

/** received = created + updated + unchanged + revived + rejected + superseded + held. */
export type RunCounts = {
  readonly received: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly revived: number;
  readonly rejected: number;
  readonly superseded: number;
  readonly held: number;
  readonly deleted: number;
  /** Records that were left out and stay, where the interface has that delete policy. */
  readonly unlinked?: number;
  readonly kept?: number;
};

export type RunView = {
  readonly id: Guid;
  readonly number: number;
  readonly interface: string;
  readonly state: RunState;
  readonly counts: RunCounts;
  readonly issues: number;
  readonly receivedAt: Date;
  /** When it began to be applied. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly sender: { readonly id: PrincipalId; readonly name: string };
  readonly via: string;
  readonly request: string;
  /** Why a failed run failed. */
  readonly failure: string | null;
  /** Of a queued run among those of its interface, from 1. */
  readonly position: number | null;
  /** The newer set that took its place before it was applied. */
  readonly supersededBy: Guid | null;
  /** The deletes that wait for somebody's approval; null when none do. */
  readonly held: { readonly deletes: number; readonly whole: boolean; readonly expiresAt: Date } | null;
  /** What became of what it held; null while that waits, and when it held nothing. */
  readonly heldResult: HeldResult | null;
  /** What the set was everything of, by field or link, as it was said; null: everything of its interface. */
  readonly scope: Readonly<Record<string, string | number | boolean>> | null;
  /** As of when the set was complete, where it said so. */
  readonly stamp: ShownStamp | null;
  /** The run that this one takes back; null for a complete set. */
  readonly reverts: Guid | null;
  /** The run that took this one back. */
  readonly revertedBy: Guid | null;
  /** The run whose elements this one applies again, which makes it no complete set. */
  readonly replays: Guid | null;
};

/** `deletes`: how many were held. `by`: who decided, null where nobody did. `run`: the newer one that overtook it. */
export type HeldResult = {
  readonly outcome: 'approved' | 'cancelled' | 'overtaken' | 'expired';
  readonly deletes: number;
  readonly whole: boolean;
  readonly by: { readonly id: PrincipalId; readonly name: string } | null;
  readonly at: Date;
  readonly run: Guid | null;
  readonly message: string;
};

/** A delete that a run holds. */
/** `stays`: why it would not be deleted, were the run approved now. */
export type HeldDelete = {
  readonly record: RecordPointer;
  readonly key: string | null;
  readonly name: string | null;
  readonly stays: string | null;
};

/** What became of the deletes that a run held, or why nothing did. `skipped` have an issue each. */
export type HeldOutcome =
  | { readonly kind: 'done'; readonly run: RunView; readonly skipped: number }
  | RunRefused
  /** `deletes`: of `held_differs`, how many it would be. */
  | { readonly kind: 'refused'; readonly code: HeldRefusal; readonly message: string; readonly deletes?: number };

export type HeldRefusal = 'run_not_held' | 'held_expired' | 'held_differs' | 'held_changed';

/** `unknown_run`: there is none that the caller may see. */
export type RunRefused = { readonly kind: 'unknown_run' } | { readonly kind: 'forbidden' };

/** `left`: the first 1,000 of what was changed since the run and is not taken back; `counts.rejected` counts the changes. */
export type RevertOutcome =
  | {
      readonly kind: 'reverted';
      readonly run: RunView;
      readonly counts: RunCounts;
      readonly left: readonly IssueView[];
    }
  | RunRefused
  | { readonly kind: 'refused'; readonly message: string; readonly remedy: string };

/** `issues`: the first 1,000 that the elements have now. */
export type ReplayOutcome =
  | {
      readonly kind: 'replayed';
      readonly run: RunView;
      readonly counts: RunCounts;
      readonly issues: readonly IssueView[];
    }
  | RunRefused
  | Rejected
  | { readonly kind: 'unknown_element' }
  /** Rows that somebody has mended cannot be read, or are none of the run's. */
  | { readonly kind: 'malformed'; readonly faults: readonly [SetFault, ...SetFault[]] }
  | { readonly kind: 'refused'; readonly message: string; readonly remedy: string };

export type HeldListOutcome = Page<HeldDelete> | ListRejected | { readonly kind: 'unknown_run' };

export const issueCodes = [
  'duplicate_key',
  'near_miss',
  'former_key',
  'invalid_key',
  'unknown_member',
  'not_owned',
  'invalid_value',
  'value_not_an_option',
  'value_too_long',
  'pattern_mismatch',
  'key_taken',
  'required_missing',
  'unknown_relation_target',
  'cardinality_exceeded',
  'delete_blocked',
  'deletes_held',
  'out_of_scope',
  'changed_since',
  'stale',
  'stamp_ahead',
  'stamp_kind_mismatch',
  'set_superseded',
] as const;

export type IssueCode = (typeof issueCodes)[number];

export type IssueView = {
  readonly severity: 'error' | 'warning';
  readonly code: IssueCode;
  readonly at: Date;
  /** Of its element in the body, from 0; what is no element's comes behind them all. */
  readonly place: number;
  /** The element's external key. */
  readonly key: string | null;
  readonly record: RecordPointer | null;
  readonly path: string | null;
  /** Property or relation, as the sender calls it, after unescaping. */
  readonly member: string | null;
  /** The same as the body spells it: `Due_x0020_date`. */
  readonly sentAs: string | null;
  /** Its value as text, first 200 characters. */
  readonly value: string | null;
  /** The record that has the key already. */
  readonly other: RecordPointer | null;
  readonly message: string;
  readonly remedy: string;
  /** Of held deletes that were decided on. */
  readonly resolved: HeldResult | null;
  /** The replay that applied its element after all. */
  readonly resolvedBy: Guid | null;
};

export const elementKinds = ['created', 'updated', 'unchanged', 'revived', 'rejected', 'superseded'] as const;

/** What became of an element of a set. */
export type ElementKind = (typeof elementKinds)[number];

/** An element of a run that is kept. */
export type ElementView = {
  readonly place: number;
  readonly key: string | null;
  readonly record: RecordPointer | null;
  readonly outcome: ElementKind;
  /** As its sender wrote it; null where it was too long to be kept, came before, or was erased. */
  readonly source: string | null;
  /** The same by the schema as it is now; null where it cannot be read by it. */
  readonly element: SetElement | null;
  /** The run that applied it after all. */
  readonly resolvedBy: Guid | null;
};

/** `keyField`: by which the interface knows them. */
export type ElementListOutcome =
  | (Page<ElementView> & { readonly keyField: string })
  | ListRejected
  | { readonly kind: 'unknown_run' };

/** The records that a run found as they were. `not_known`: which those are, and why. */
export type UnchangedOutcome =
  | Page<RecordView>
  | ListRejected
  | { readonly kind: 'not_known'; readonly message: string }
  | { readonly kind: 'unknown_run' };

export type IssueListOutcome = Page<IssueView> | ListRejected | { readonly kind: 'unknown_run' };

export type RunListOutcome = Page<RunView> | ListRejected | { readonly kind: 'unknown_interface' };

/** How an interface is doing. */
export type InterfaceView = {
  readonly interface: Interface;
  /** null: none yet, or none that the caller may see. */
  readonly lastRun: RunView | null;
  readonly overdueSince: Date | null;
};

/** `done`: the run has ended, or waits for its turn. */
export type SyncOutcome =
  | { readonly kind: 'done'; readonly run: RunView }
  | { readonly kind: 'unknown_interface'; readonly endpoint: string }
  /** Who may call the interface, its keys say. */
  | { readonly kind: 'forbidden'; readonly message: string }
  /** It names no keys, and whoever called it lacks a grant. */
  | Rejected
  | ((
      | /** The set cannot be a complete set of this interface: an element without key, say. Nothing was written. */
      { readonly kind: 'malformed'; readonly faults: readonly [SetFault, ...SetFault[]] }
      /** `cause`: what its reader threw. Nothing was written. */
      | { readonly kind: 'unreadable'; readonly cause: unknown }
      | SetRefusal
    ) &
      FailedRun);

/** Where in the body, and what; null: it is about the body as a whole. */
export type SetFault = { readonly path: string | null; readonly message: string };

/** The run that says the same; a plan has none. */
export type FailedRun = { readonly run?: Guid };

/** The set is not taken by this interface, whatever is in it. Nothing was written. */
export type SetRefusal =
  | { readonly kind: 'format_refused'; readonly formats: readonly SetFormat[]; readonly message: string }
  /** `name`: of the field or link that the set says to be of, or its interface. */
  | { readonly kind: 'scope_refused'; readonly name: string; readonly message: string }
  /** The set is of a time that is still to come. */
  | { readonly kind: 'stamp_ahead'; readonly message: string };
