/** What the engine answers: unions, so that a reader must face every case. The engine returns refusals and throws only faults. */
import type { Interface } from './catalogue.ts';
import type { ImportCommand, SetElement } from './commands.ts';
import type { Guid, PrincipalId } from './ids.ts';
import type { GrantAction } from './principal.ts';
import type { ChangeView, LinkView, RecordPointer, RecordView } from './record.ts';
import type { Ref } from './ref.ts';
import type { Owner, SetFormat } from './schema.ts';
import type { ShownStamp, Stamp, StampKind } from './stamp.ts';

/** Which of the named records a violation is about: `from` and `to` of a link; `record` otherwise. */
export type Side = 'record' | 'from' | 'to';

/** One reason for a refusal. `message` is plain English: what is wrong, what was expected, what to do. */
export type Violation = { readonly message: string } & (
  | { readonly code: 'unknown_record_type'; readonly type: string }
  | { readonly code: 'unknown_field'; readonly type: string; readonly field: string }
  | { readonly code: 'unknown_link'; readonly type: string; readonly link: string }
  | { readonly code: 'not_a_match_field'; readonly side: Side; readonly type: string; readonly field: string }
  | {
      readonly code: 'record_not_found';
      readonly side: Side;
      readonly type: string;
      readonly ref: Ref;
      /** The record that this one went into, as a duplicate of it. */
      readonly survivor?: RecordPointer;
    }
  | { readonly code: 'record_exists'; readonly type: string; readonly ref: Ref; readonly holder: RecordPointer }
  | { readonly code: 'grant_missing'; readonly action: GrantAction; readonly type: string }
  | { readonly code: 'owned_elsewhere'; readonly field: string; readonly owner: Owner }
  | { readonly code: 'type_owned_elsewhere'; readonly type: string; readonly owner: Owner }
  | { readonly code: 'value_invalid'; readonly field: string; readonly expected: string }
  | { readonly code: 'value_too_long'; readonly field: string; readonly limit: number }
  | {
      readonly code: 'value_not_an_option';
      readonly field: string;
      readonly allowed: readonly string[];
      readonly nearest: string | null;
    }
  | { readonly code: 'pattern_mismatch'; readonly field: string; readonly pattern: string }
  | { readonly code: 'required_missing'; readonly field: string }
  | { readonly code: 'lookup_target_not_found'; readonly field: string; readonly ref: Ref }
  | { readonly code: 'key_taken'; readonly field: string; readonly value: string; readonly holder: RecordPointer }
  | { readonly code: 'key_mismatch'; readonly field: string; readonly given: string; readonly inRef: string }
  | { readonly code: 'version_mismatch'; readonly expected: number; readonly actual: number | null }
  | { readonly code: 'unknown_role'; readonly link: string; readonly role: string; readonly allowed: readonly string[] }
  | { readonly code: 'link_to_self'; readonly link: string }
  | { readonly code: 'stamp_ahead' }
  | { readonly code: 'stamp_unfit'; readonly link: string }
  | { readonly code: 'stamp_kind_mismatch'; readonly expected: StampKind; readonly given: StampKind }
);
export type ViolationCode = Violation['code'];

/** Nothing was changed; every violation is named at once. At least one. */
export type Rejected = { readonly kind: 'rejected'; readonly violations: readonly [Violation, ...Violation[]] };

/** `Shown`: what the asker wants to see of the record. */
export type UpsertOutcome<Shown = RecordView> =
  | { readonly kind: 'created' | 'revived' | 'unchanged'; readonly record: Shown; readonly stale?: Stale }
  | { readonly kind: 'updated'; readonly record: Shown; readonly changed: readonly string[]; readonly stale?: Stale }
  /** All of it is older than what is stored. `deleted`: so is the record's delete newer, and the record is not there. */
  | { readonly kind: 'stale'; readonly record: Shown; readonly stale: Stale; readonly deleted: boolean }
  | Rejected;

/** What of a write was left out, as it is older than what is stored. `field` null: the whole record, which was deleted since. */
export type StaleMember = { readonly field: string | null; readonly sent: Stamp; readonly stored: Stamp };
export type Stale = readonly StaleMember[];

/**
 * What became of one row of an import. `written` is the number of the record, or of the link; null where links were removed. A row that removed links
 * is `updated`, one that found none `unchanged`. `deferred`: a link that waits for its records; repeated while it waits, it is `unchanged`. `stale`:
 * all of it is older than what is stored; it counts as superseded.
 */
export type ImportOutcome = { readonly index: number; readonly line: number; readonly key: string | null } & (
  | {
      readonly kind: 'created' | 'updated' | 'unchanged' | 'revived' | 'deferred' | 'stale';
      readonly written: number | null;
      readonly stale?: Stale;
    }
  | { readonly kind: 'rejected'; readonly violations: readonly RowViolation[] }
);

/** Why a row was rejected: what the engine says of any write, or that the row could not be read as one. */
export type RowViolation =
  | Violation
  | { readonly code: 'row_unreadable'; readonly message: string }
  /** Of a revert, whose rows are the changes that it takes back. */
  | { readonly code: 'changed_since'; readonly message: string };

/** received = created + updated + unchanged + revived + rejected + superseded + held. */
export type ImportCounts = Omit<RunCounts, 'deleted' | 'unlinked' | 'kept'> & {
  /** Of a revert: records that the import had created. */
  readonly deleted?: number;
};

export type ImportState = 'receiving' | 'done' | 'cut_short' | 'failed' | 'reverted';

/** A bulk import, kept. All that it did is the outcome of the first `rowsDone` rows of its body. */
export type ImportView = {
  readonly id: Guid;
  readonly number: number;
  readonly command: ImportCommand;
  readonly state: ImportState;
  readonly counts: ImportCounts;
  readonly rowsDone: number;
  readonly principal: { readonly id: PrincipalId; readonly name: string };
  readonly request: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Why it was cut short, or failed. */
  readonly failure: string | null;
  /** The import that this one takes back. */
  readonly reverts: Guid | null;
  /** The plan that it applies: all of it or nothing. */
  readonly plan: string | null;
};

export type RejectedRowView = {
  readonly index: number;
  readonly line: number;
  readonly key: string | null;
  readonly violations: readonly RowViolation[];
  /** The row's text as it was sent; only the beginning of a long one. */
  readonly source: string;
};

export type ImportListOutcome = Page<ImportView> | ListRejected;
/** `unknown_import`: there is none with this id that the caller may see. */
export type RejectedRowsOutcome = Page<RejectedRowView> | ListRejected | { readonly kind: 'unknown_import' };

/** Text in pieces, each of many whole rows. */
export type ExportOutcome =
  | { readonly kind: 'exporting'; readonly text: AsyncIterable<string> }
  | ListRejected
  | Rejected;

/**
 * With a stamp only: `unchanged` when the record was deleted before, or was never there, which is kept in mind against older writes; `stale` when it was
 * deleted or written later. Written later, it stays with what is newer: `cleared` are the fields that are not.
 */
export type DeleteOutcome =
  | { readonly kind: 'deleted' | 'unchanged'; readonly record: RecordPointer }
  | {
      readonly kind: 'stale';
      readonly record: RecordPointer;
      readonly sent: Stamp;
      readonly stored: Stamp;
      readonly cleared: readonly string[];
    }
  | Rejected;

export type FindOutcome = { readonly kind: 'found'; readonly record: RecordView } | Rejected;

export type LinkOutcome =
  | {
      readonly kind: 'created' | 'updated' | 'unchanged';
      readonly link: LinkView;
      /** Links that had to go, because a one-side was taken. */
      readonly replaced: readonly LinkView[];
    }
  | Rejected;

/** Of a link, or of its removal, that says how old it is: it is older than what is stored of the two, or of a side that takes one link only. */
export type StaleLink = { readonly kind: 'stale'; readonly sent: Stamp; readonly stored: Stamp };

/** `removed` is empty when the pair was not linked: that is a success too. */
export type UnlinkOutcome =
  | {
      readonly kind: 'unlinked';
      readonly removed: readonly LinkView[];
      readonly from: RecordPointer;
      readonly to: RecordPointer;
    }
  | Rejected;

/** Why a list cannot be given as asked. `parameter` is `filter`, `sort`, `cursor`, `limit`. */
export type ListRejected = {
  readonly kind: 'list_rejected';
  readonly parameter: 'filter' | 'sort' | 'cursor' | 'limit';
  readonly message: string;
};

export type Page<Item> = {
  readonly kind: 'page';
  readonly items: readonly Item[];
  readonly next: string | null;
};

export type CountOutcome = { readonly kind: 'counted'; readonly count: number } | ListRejected | Rejected;
/** `previous`: what comes before the page, as far as can be told without looking. */
export type ListOutcome = (Page<RecordView> & { readonly previous: string | null }) | ListRejected | Rejected;
export type LinkListOutcome = Page<LinkView> | ListRejected | Rejected;
/** `notKept`: there were changes before the last one of this page, which are not kept any more. */
export type HistoryOutcome = (Page<ChangeView> & { readonly notKept: boolean }) | ListRejected | Rejected;

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
export type HeldDelete = { readonly record: RecordPointer; readonly key: string | null; readonly name: string | null };

/** What became of the deletes that a run held, or why nothing did. `skipped` have an issue each. */
export type HeldOutcome =
  | { readonly kind: 'done'; readonly run: RunView; readonly skipped: number }
  | RunRefused
  | { readonly kind: 'refused'; readonly code: HeldRefusal; readonly message: string };
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

export type ImportRevertOutcome =
  | {
      readonly kind: 'reverted';
      readonly import: ImportView;
      readonly counts: RunCounts;
      readonly left: readonly IssueView[];
    }
  | { readonly kind: 'planned'; readonly counts: RunCounts; readonly left: readonly IssueView[] }
  | { readonly kind: 'unknown_import' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'refused'; readonly message: string };

/** `issues`: the first 1,000 that the elements have now. */
export type ReplayOutcome =
  | {
      readonly kind: 'replayed';
      readonly run: RunView;
      readonly counts: RunCounts;
      readonly issues: readonly IssueView[];
    }
  | { readonly kind: 'planned'; readonly counts: RunCounts; readonly issues: readonly IssueView[] }
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
