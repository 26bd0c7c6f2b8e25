/** Bulk imports: what became of their rows, and what the engine answers about them. */
import type { ImportCommand } from './commands.ts';
import type { Guid, PrincipalId } from './ids.ts';
import type { ListRejected, Page, Stale, Violation } from './outcomes.ts';
import type { IssueView, RunCounts } from './runs.ts';

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
  /** The import that took this one back. */
  readonly revertedBy: Guid | null;
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

export type ImportRevertOutcome =
  | {
      readonly kind: 'reverted';
      readonly import: ImportView;
      readonly counts: RunCounts;
      readonly left: readonly IssueView[];
    }
  | { readonly kind: 'unknown_import' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'refused'; readonly message: string };
