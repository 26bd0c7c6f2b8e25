/**
 * Takes a run back: whatever it changed is as it was before, unless somebody else changed it since; that is left alone and listed. A revert
 * is a run of its own, in one transaction; a plan is the same, undone (plan-revert.ts).
 */
import type { Interface } from '../../model/catalogue.ts';
import type { IssueView, RevertOutcome, RunCounts } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { Transaction } from '../../store/database.ts';
import { putInterfaceRecords, removeInterfaceRecords } from '../../store/interface-records.ts';
import { insertIssues, type PlacedIssue } from '../../store/issues.ts';
import { rejoinLeavers } from '../../store/leavers.ts';
import {
  holdBatches,
  markReverted,
  type PlacedChange,
  readBatchesOfRun,
  readChangesOfRun,
  readLaterChanges,
} from '../../store/run-changes.ts';
import { insertRun, type RunRow } from '../../store/runs.ts';
import { noCounts } from '../balance.ts';
import { LinkWants, Wants } from '../write/commands.ts';
import { joinPending } from '../write/join-pending.ts';
import { loadLinks, loadLookupOwners, loadRows } from '../write/load-set.ts';
import { storeSet } from '../write/store-set.ts';
import type { WorkingSet } from '../write/working-set.ts';
import type { RunContext } from './apply.ts';
import { atRun, type RunsContext } from './at-run.ts';
import { issueView } from './issue-view.ts';
import { RunEnds } from './run-ends.ts';
import { endState, runView } from './run-view.ts';
import { type Left, Undo } from './undo.ts';
import { chunkSize } from './unknown-elements.ts';

/** Of what is left alone, an answer lists as much; all of it is in the revert's issues. */
const mostListed = 1_000;

/** What a revert did, before it is over. */
export type RevertDone = {
  readonly counts: RunCounts;
  readonly left: readonly IssueView[];
  /** How many change rows it wrote. */
  readonly changes: number;
};

/** Looks on while a run is reverted, and may throw to have nothing of it done: a plan of it, or a revert by a plan. */
export type RevertWatch = {
  begin(tx: Transaction, at: RevertOf): Promise<void>;
  noteLeft(issues: readonly PlacedIssue[]): void;
  settle(tx: Transaction, done: RevertDone): Promise<void>;
};

export type RevertOf = { readonly row: RunRow; readonly on: Interface; readonly context: RunContext };

const unwatched: RevertWatch = { begin: async () => {}, noteLeft: () => {}, settle: async () => {} };

export const revertRun = (
  runs: RunsContext,
  caller: Caller,
  run: string,
  watch: RevertWatch = unwatched,
): Promise<RevertOutcome> =>
  atRun<RevertOutcome>(runs, caller, run, async (tx, { row, on, context, waitedFor }) => {
    await watch.begin(tx, { row, on, context });
    const refused = whyNot(row);
    if (refused !== undefined) return { kind: 'refused', ...refused };
    const { workspace } = context.catalogue;
    const batches = await readBatchesOfRun(tx, workspace, row.run);
    if (!(await holdBatches(tx, workspace, batches))) return { kind: 'refused', ...tooOld };
    const revert = new Revert(tx, context, row, waitedFor, watch);
    const reverted = await revert.undoAll();
    const { counts, left } = revert;
    return { kind: 'reverted', run: runView(context.catalogue, on.endpoint, reverted), counts, left };
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

class Revert {
  readonly #tx: Transaction;
  readonly #context: RunContext;
  readonly #of: RunRow;
  readonly #waitedFor: ReadonlySet<number>;
  readonly #watch: RevertWatch;
  readonly #counts: { -readonly [Name in keyof RunCounts]: RunCounts[Name] } = { ...noCounts };
  readonly left: IssueView[] = [];
  #run = 0;
  #issues = 0;
  #changes = 0;

  constructor(tx: Transaction, context: RunContext, of: RunRow, waitedFor: ReadonlySet<number>, watch: RevertWatch) {
    this.#tx = tx;
    this.#context = context;
    this.#of = of;
    this.#waitedFor = waitedFor;
    this.#watch = watch;
  }

  get counts(): RunCounts {
    return this.#counts;
  }

  /** The last change first. */
  async undoAll(): Promise<RunRow> {
    const { catalogue, caller, on } = this.#context;
    const { workspace } = catalogue;
    const { run } = this.#of;
    const at = new Date();
    const asked = { principal_id: caller.principal.id, via: caller.via, request: caller.requestId };
    const begun = { interface: on.id, counts: noCounts, received_at: at, started_at: at, reverts: run, ...asked };
    this.#run = await insertRun(this.#tx, workspace, begun);
    for (const batch of [...(await readBatchesOfRun(this.#tx, workspace, run))].reverse()) {
      for (let before = 2 ** 31 - 1; ; ) {
        const chunk = await readChangesOfRun(this.#tx, workspace, { run, batch, before, limit: chunkSize });
        if (chunk.length > 0) await this.#undo(chunk);
        before = chunk.at(-1)?.row ?? before;
        if (chunk.length < chunkSize) break;
      }
    }
    const { unlinked = 0, kept = 0 } = this.#of.counts;
    if (unlinked + kept > 0) await rejoinLeavers(this.#tx, workspace, on.id, run);
    await markReverted(this.#tx, workspace, run);
    await this.#watch.settle(this.#tx, { counts: this.#counts, left: this.left, changes: this.#changes });
    const finishedAt = new Date();
    const finished = {
      run: this.#run,
      state: endState({ counts: this.#counts, issues: this.#issues }),
      counts: this.#counts,
      issues: this.#issues,
      finished_at: finishedAt,
    } as const;
    const ends = new RunEnds(this.#tx, workspace, this.#changes);
    const row = await ends.end(finished, this.#changes);
    ends.commit(finishedAt);
    return row;
  }

  async #undo(chunk: readonly PlacedChange[]): Promise<void> {
    const { catalogue, caller, on } = this.#context;
    const set = await this.#load(chunk);
    const first = new Map(chunk.map(({ number, batch, row }) => [number, { number, batch, row }]));
    const later = await readLaterChanges(this.#tx, catalogue.workspace, [...first.values()], [this.#of.run, this.#run]);
    const undo = new Undo(set, { caller, interface: on, run: this.#run }, later);
    const left: Left[] = [];
    const [back, gone]: [Set<number>, Set<number>] = [new Set(), new Set()];
    for (const change of chunk) {
      const undone = undo.undo(change);
      left.push(...undone.left);
      if (undone.kind === 'nothing') continue;
      this.#counts[undone.kind] += 1;
      if (undone.kind !== 'deleted') this.#counts.received += 1;
      if (undone.kind === 'revived') back.add(change.number);
      if (undone.kind === 'deleted') gone.add(change.number);
    }
    this.#changes += await storeSet(this.#tx, set, this.#changes);
    this.#report(left);
    const ours = [...back].sort((a, b) => a - b).map((number) => ({ number, hash: null }));
    if (ours.length > 0) putInterfaceRecords(this.#tx, catalogue.workspace, on.id, ours);
    if (gone.size > 0) removeInterfaceRecords(this.#tx, catalogue.workspace, on.id, [...gone]);
    this.#changes += await joinPending(this.#tx, set, this.#waitedFor, this.#changes);
  }

  /** What the changes are about, and who has the keys now that records had before. */
  async #load(chunk: readonly PlacedChange[]): Promise<WorkingSet> {
    const { catalogue, type } = this.#context;
    const wants = new Wants(catalogue);
    for (const { number, other_number: other, link_type: link, before } of chunk) {
      wants.addNumber(number);
      if (other !== null) wants.addNumber(other);
      if (link !== null) continue;
      for (const field of type.matchFields) {
        const value = before?.[field.id];
        if (value !== undefined && value !== null) wants.addKey(type, field, String(value));
      }
    }
    const { set } = await loadRows(this.#tx, catalogue, new Date(), wants.wanted);
    const links = new LinkWants();
    const toGo: number[] = [];
    for (const { kind, number, other_number: other, link_type } of chunk) {
      const link = link_type === null ? undefined : catalogue.linksById.get(link_type);
      if (link !== undefined && other !== null) {
        links.addPair(link, number, other);
        links.addLeft(link, number);
        links.addRight(link, other);
      } else if (kind === 'created' || kind === 'revived') {
        links.addRecord(number);
        toGo.push(number);
      }
    }
    await loadLinks(this.#tx, set, links);
    await loadLookupOwners(this.#tx, set, toGo);
    return set;
  }

  #report(left: readonly Left[]): void {
    if (left.length === 0) return;
    const { catalogue, type } = this.#context;
    const issues = left.map((one, index) => issueOf(type.label, one, this.#issues + index));
    insertIssues(this.#tx, catalogue.workspace, this.#run, this.#issues, issues);
    this.#issues += issues.length;
    this.#watch.noteLeft(issues);
    for (const issue of issues) {
      if (this.left.length === mostListed) return;
      this.left.push(issueView(catalogue, type.key, issue));
    }
  }
}

const issueOf = (label: string, { number, member, reason }: Left, place: number): PlacedIssue => ({
  severity: 'warning',
  code: 'changed_since',
  key: null,
  number,
  path: null,
  member,
  value: null,
  message: `${label} ${number}${member === null ? '' : `, ${member}`} was left as it is: ${reason}.`,
  remedy: 'Look at its history, and change it by hand if it should be otherwise.',
  at: new Date(),
  place,
});
