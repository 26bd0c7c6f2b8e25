/** Looks on while a run or import is taken back, and may throw to have nothing of it done: a plan of it, or a revert by a plan. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { IssueView, RunCounts } from '../../model/runs.ts';
import type { PendingRow } from '../../store/links/pending-links.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import type { PlacedIssue } from '../../store/sync/issues.ts';

/** What is taken back. `namedBy`: the match field by which its sender knows records. */
export type RevertOf = {
  readonly catalogue: Catalogue;
  readonly of: { readonly run: number } | { readonly import: number };
  readonly namedBy: { readonly type: string; readonly field: string } | null;
};

/** What a revert did, before it is over. */
export type RevertDone = {
  readonly counts: RunCounts;
  readonly left: readonly IssueView[];
  /** How many change rows it wrote. */
  readonly changes: number;
};

export type RevertWatch = {
  begin(tx: Transaction, at: RevertOf): Promise<void>;
  /** @param type of the records that they are of. */
  noteLeft(type: string, issues: readonly PlacedIssue[]): void;
  /** Records of a type that the run let go of, as they are before: they are its interface's again. */
  noteRejoining(
    tx: Transaction,
    type: string,
    records: readonly { readonly number: number; readonly version: number }[],
  ): Promise<void>;
  /** Links that waited, and do so no more. */
  noteWithdrawn(links: readonly PendingRow[]): void;
  settle(tx: Transaction, done: RevertDone): Promise<void>;
};

export const unwatched: RevertWatch = {
  begin: async () => {},
  noteLeft: () => {},
  noteRejoining: async () => {},
  noteWithdrawn: () => {},
  settle: async () => {},
};
