/**
 * Takes a run back: whatever it changed is as it was before, unless somebody else changed it since; that is left alone and listed. A revert
 * is a run of its own, in one transaction; a plan is the same, undone (plan-revert.ts).
 */
import { clock } from '../../../model/clock.ts';
import type { Caller } from '../../../model/principal.ts';
import type { IssueView, RevertOutcome, RunCounts } from '../../../model/runs.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { putInterfaceRecords, removeInterfaceRecords } from '../../../store/sync/interface-records.ts';
import { insertIssues } from '../../../store/sync/issues.ts';
import { readLeavers, rejoinLeavers } from '../../../store/sync/leavers.ts';
import {
  holdBatches,
  markReverted,
  type PlacedChange,
  readBatchesOfRun,
  readChangesOfRun,
  readLaterChanges,
} from '../../../store/sync/run-changes.ts';
import { unmarkResolved } from '../../../store/sync/run-elements.ts';
import { insertRun, type RunRow } from '../../../store/sync/runs.ts';
import { noCounts } from '../../balance.ts';
import { type LeftAlone, leftIssue, mostListed, Undoer } from '../../undo/undo-chunk.ts';
import { type RevertWatch, unwatched } from '../../undo/watch.ts';
import type { RunContext } from '../applying/apply.ts';
import { chunkSize } from '../receiving/unknown-elements.ts';
import { issueView } from '../runs/issue-view.ts';
import { RunEnds } from '../runs/run-ends.ts';
import { endState, runView } from '../runs/run-view.ts';
import { atRun, type RunsContext } from './at-run.ts';

export const revertRun = (
  runs: RunsContext,
  caller: Caller,
  run: string,
  watch: RevertWatch = unwatched,
): Promise<RevertOutcome> =>
  atRun<RevertOutcome>(runs, caller, run, async (tx, { row, on, context, waitedFor }) => {
    const { catalogue } = context;
    await watch.begin(tx, { catalogue, of: { run: row.run }, namedBy: { type: on.type, field: on.key } });
    const refused = whyNot(row);
    if (refused !== undefined) return { kind: 'refused', ...refused };
    const { workspace } = catalogue;
    const batches = await readBatchesOfRun(tx, workspace, row.run);
    if (!(await holdBatches(tx, workspace, batches))) return { kind: 'refused', ...tooOld };
    const revert = new Revert(tx, { context, row }, await begin(tx, context, row.run), waitedFor, watch);
    const reverted = await revert.undoAll(batches);
    const { counts, left } = revert;
    return { kind: 'reverted', run: runView(catalogue, on.endpoint, reverted), counts, left };
  });

type Reason = { readonly message: string; readonly remedy: string };

const tooOld: Reason = {
  message: 'What the run changed is older than the changes that are kept.',
  remedy: 'Send a set that is as the records were before it.',
};

function whyNot({ state, reverts }: RunRow): Reason | undefined {
  if (reverts !== null)
    return { message: 'The run is itself a revert.', remedy: 'To have its set again, send it again.' };
  switch (state) {
    case 'applied':
    case 'partial':
      return undefined;
    case 'held':
      return { message: 'The run holds deletes.', remedy: 'Approve or cancel them first.' };
    case 'reverted':
      return {
        message: 'The run was reverted already.',
        remedy: 'Nothing: what it changed is as before. To have its set again, send it again.',
      };
    default:
      return {
        message: `The run is ${state}: there is nothing to take back.`,
        remedy: 'Nothing: it changed no record.',
      };
  }
}

function begin(tx: Transaction, { catalogue, caller, on }: RunContext, reverts: number): Promise<number> {
  const at = clock.now();
  const asked = { principal_id: caller.principal.id, via: caller.via, request: caller.requestId };
  const begun = { interface: on.id, counts: noCounts, received_at: at, started_at: at, reverts, ...asked };
  return insertRun(tx, catalogue.workspace, begun);
}

class Revert {
  readonly #tx: Transaction;
  readonly #context: RunContext;
  readonly #of: RunRow;
  /** Its own number. */
  readonly #run: number;
  readonly #watch: RevertWatch;
  readonly #undoer: Undoer;
  readonly left: IssueView[] = [];
  #issues = 0;

  constructor(
    tx: Transaction,
    { context, row: of }: { readonly context: RunContext; readonly row: RunRow },
    run: number,
    waitedFor: ReadonlySet<number>,
    watch: RevertWatch,
  ) {
    this.#tx = tx;
    this.#watch = watch;
    this.#context = context;
    this.#of = of;
    this.#run = run;
    const { catalogue, caller, on, type } = context;
    this.#undoer = new Undoer(tx, {
      catalogue,
      writer: { caller, interface: on, run },
      type,
      key: on.key,
      waitedFor,
      readLater: (records) => readLaterChanges(tx, catalogue.workspace, records, [of.run, run]),
    });
  }

  get counts(): RunCounts {
    return this.#undoer.counts;
  }

  /** The last change first. */
  async undoAll(batches: readonly number[]): Promise<RunRow> {
    const { catalogue, on } = this.#context;
    const { workspace } = catalogue;
    const { run } = this.#of;
    const { unlinked = 0, kept = 0 } = this.#of.counts;
    if (unlinked + kept > 0) await this.#noteRejoining(); // as they are before
    for (const batch of batches.toReversed()) {
      for (let before = 2 ** 31 - 1; ; ) {
        const chunk = await readChangesOfRun(this.#tx, workspace, { run, batch, before, limit: chunkSize });
        if (chunk.length > 0) await this.#undo(chunk);
        before = chunk.at(-1)?.row ?? before;
        if (chunk.length < chunkSize) break;
      }
    }
    if (unlinked + kept > 0) await rejoinLeavers(this.#tx, workspace, on.id, run);
    await markReverted(this.#tx, workspace, run, this.#run);
    const { replays } = this.#of;
    if (replays !== null) unmarkResolved(this.#tx, workspace, replays, run);
    await this.#watch.settle(this.#tx, { counts: this.counts, left: this.left, changes: this.#undoer.changes });
    const finishedAt = clock.now();
    const finished = {
      run: this.#run,
      state: endState({ counts: this.counts, issues: this.#issues }),
      counts: this.counts,
      issues: this.#issues,
      finished_at: finishedAt,
    } as const;
    const ends = new RunEnds(this.#tx, workspace, this.#undoer.changes);
    const row = await ends.end(finished, this.#undoer.changes);
    ends.commit(finishedAt);
    return row;
  }

  async #noteRejoining(): Promise<void> {
    const { catalogue, on } = this.#context;
    const { run } = this.#of;
    for (let after = 0; ; ) {
      const page = await readLeavers(this.#tx, catalogue.workspace, on.id, { run, after, limit: chunkSize });
      await this.#watch.noteRejoining(this.#tx, on.type, page);
      after = page.at(-1)?.number ?? after;
      if (page.length < chunkSize) return;
    }
  }

  async #undo(chunk: readonly PlacedChange[]): Promise<void> {
    const { catalogue, on } = this.#context;
    const { left, back, gone } = await this.#undoer.undo(chunk);
    this.#report(left);
    const ours = back.map((number) => ({ number, hash: null }));
    if (ours.length > 0) putInterfaceRecords(this.#tx, catalogue.workspace, on.id, ours);
    if (gone.length > 0) removeInterfaceRecords(this.#tx, catalogue.workspace, on.id, gone);
  }

  #report(left: readonly LeftAlone[]): void {
    if (left.length === 0) return;
    const { catalogue, type } = this.#context;
    const issues = left.map((one, index) => leftIssue(type.label, one, this.#issues + index));
    insertIssues(this.#tx, catalogue.workspace, this.#run, this.#issues, issues);
    this.#issues += issues.length;
    this.#watch.noteLeft(type.key, issues);
    for (const issue of issues) {
      if (this.left.length === mostListed) return;
      this.left.push(issueView(catalogue, type.key, issue));
    }
  }
}
