/** A set that its interface's guard holds as a whole: nothing of it is applied, and its elements are kept for whoever decides on it. */
import { clock } from '../../../model/clock.ts';
import type { RunCounts } from '../../../model/runs.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { holdDeletes } from '../../../store/sync/held-deletes.ts';
import { forgetIssues, insertIssues } from '../../../store/sync/issues.ts';
import { forgetElementsOf } from '../../../store/sync/run-elements.ts';
import type { RunRow } from '../../../store/sync/runs.ts';
import { noCounts } from '../../balance.ts';
import type { RunContext } from '../applying/apply.ts';
import type { Missing } from '../applying/missing.ts';
import type { RunEnds } from '../runs/run-ends.ts';
import { heldUntil, heldWholeIssue } from './guard.ts';

/** Thrown through what was applied, which is undone by that. */
export class HeldWhole extends Error {
  readonly missing: Missing;
  readonly reason: string;
  /** What the set would have come to, but for its deletes. */
  readonly counts: RunCounts;
  /** The records of its elements as they were. */
  records = '';

  constructor(missing: Missing, reason: string, counts: RunCounts) {
    super(reason);
    this.missing = missing;
    this.reason = reason;
    this.counts = counts;
  }
}

export async function holdWhole(tx: Transaction, context: RunContext, held: HeldWhole, ends: RunEnds): Promise<RunRow> {
  const { catalogue, on, run } = context;
  const { workspace } = catalogue;
  const { received } = held.counts;
  let deletes = 0;
  for await (const chunk of held.missing.chunks()) deletes += await holdDeletes(tx, workspace, run, chunk);
  // What was found when it was read is found again when it is applied, behind the issue that it is held.
  forgetIssues(tx, workspace, run);
  forgetElementsOf(tx, workspace, run);
  insertIssues(tx, workspace, run, 0, [heldWholeIssue(deletes, held.reason, held.counts, on.deletePolicy)]);
  const finishedAt = clock.now();
  return ends.hold(
    {
      run,
      state: 'held',
      counts: { ...noCounts, received, held: received },
      issues: 1,
      finished_at: finishedAt,
      held_deletes: deletes,
      held_until: heldUntil(finishedAt),
    },
    { ...held.counts, records: held.records },
  );
}

/** Thrown through the transaction that applies it after all. */
export class ComesToSomethingElse extends Error {}
