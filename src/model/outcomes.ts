/** What the engine answers: unions, so that a reader must face every case. The engine returns refusals and throws only faults. */
import type { GrantAction } from './principal.ts';
import type { ChangeView, LinkView, RecordPointer, RecordView } from './record.ts';
import type { Ref } from './ref.ts';
import type { Owner } from './schema.ts';
import type { Stamp, StampKind } from './stamp.ts';

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

/** Text in pieces, each of many whole rows. */
export type ExportOutcome =
  | { readonly kind: 'exporting'; readonly text: AsyncIterable<Buffer> }
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

/** Why a list cannot be given as asked. `parameter` is `filter`, `sort`, `cursor`, `limit`; `patience`: it takes longer than was allowed. */
export type ListRejected = {
  readonly kind: 'list_rejected';
  readonly parameter: 'filter' | 'sort' | 'cursor' | 'limit' | 'patience';
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
