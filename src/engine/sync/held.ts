/** The deletes that an interface's guard held: approved, as many as were shown and no other, or cancelled. */

import type { RecordType } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import type { Caller } from '../../model/principal.ts';
import type { HeldOutcome, HeldRefusal, RunCounts } from '../../model/runs.ts';
import { inWords } from '../../model/stamp.ts';
import { count } from '../../model/text.ts';
import type { Transaction } from '../../store/database.ts';
import { endHeldDeletes, type HeldRow, readChangedHands, readHeldDeletes } from '../../store/held-deletes.ts';
import { insertIssues, type PlacedIssue } from '../../store/issues.ts';
import type { RunRow } from '../../store/runs.ts';
import { outlives } from '../write/stamps.ts';
import { storeSet } from '../write/store-set.ts';
import type { WorkingRow } from '../write/working-set.ts';
import type { RunContext } from './apply.ts';
import { applyHeld, changedSince, type SetMeans } from './approve-set.ts';
import { atRun, type RunsContext } from './at-run.ts';
import { type Departure, depart, letGo } from './delete-policy.ts';
import { discardSet } from './discard-set.ts';
import { heldResult } from './held-result.ts';
import { loadForDelete } from './load-elements.ts';
import { RunEnds } from './run-ends.ts';
import { endState, runView } from './run-view.ts';
import { chunkSize } from './unknown-elements.ts';

/** @param deletes how many the approver was shown. */
export const approveHeld = (
  runs: RunsContext & SetMeans,
  caller: Caller,
  run: string,
  deletes: number,
): Promise<HeldOutcome> =>
  atRun<HeldOutcome>(runs, caller, run, async (tx, { row, on, context }) => {
    const refusal = refusalOf(context.catalogue.workspace, row) ?? differs(row, deletes);
    if (refusal !== undefined) return refusal;
    if (row.held_whole !== null) {
      const applied = await applyHeld(tx, runs, context, row);
      return { kind: 'done', run: runView(context.catalogue, on.endpoint, applied), skipped: 0 };
    }
    const approval = new Approval(tx, context, row);
    const ended = await approval.deleteHeld();
    return { kind: 'done', run: runView(context.catalogue, on.endpoint, ended), skipped: approval.skipped };
  }).catch((fault) => {
    const refusal = changedSince(fault);
    if (refusal === undefined) throw fault;
    return refusal;
  });

export const cancelHeld = (runs: RunsContext, caller: Caller, run: string): Promise<HeldOutcome> =>
  atRun<HeldOutcome>(runs, caller, run, async (tx, { row, on, context: { catalogue } }) => {
    const refusal = row.state === 'held' ? undefined : refusalOf(catalogue.workspace, row);
    if (refusal !== undefined) return refusal;
    if (row.held_whole !== null) {
      const cancelled = { outcome: 'cancelled', by: caller.principal.id, at: clock.now() } as const;
      const discarded = await discardSet(tx, catalogue.workspace, row, cancelled);
      return { kind: 'done', run: runView(catalogue, on.endpoint, discarded), skipped: 0 };
    }
    const cancelled = { outcome: 'cancelled', by: caller.principal.id, at: clock.now() } as const;
    const ended = await endHeldDeletes(tx, catalogue.workspace, { ...row, state: 'partial' }, cancelled, 0);
    const ends = new RunEnds(tx, catalogue.workspace);
    ends.tell(ended);
    ends.commit(clock.now());
    return { kind: 'done', run: runView(catalogue, on.endpoint, ended), skipped: 0 };
  });

function refusalOf(workspace: WorkspaceId, row: RunRow): HeldOutcome | undefined {
  if (row.state === 'held') {
    if (row.held_until === null || row.held_until > clock.now()) return undefined;
    return refused('held_expired', `The deletes were held until ${row.held_until.toISOString()}. Send the set again.`);
  }
  const result = heldResult(workspace, row);
  if (result === null) return refused('run_not_held', 'It holds no deletes.');
  if (result.outcome === 'expired') return refused('held_expired', `${result.message} Send the set again.`);
  return refused('run_not_held', result.message);
}

const differs = ({ held_deletes: held }: RunRow, deletes: number): HeldOutcome | undefined =>
  held === deletes
    ? undefined
    : refused('held_differs', `The run holds ${count(held, 'delete')}, not ${deletes}: look at the list again.`);

const refused = (code: HeldRefusal, message: string): HeldOutcome => ({ kind: 'refused', code, message });

class Approval {
  readonly #tx: Transaction;
  readonly #context: RunContext;
  readonly #row: RunRow;
  readonly #counts: { -readonly [Name in keyof RunCounts]: RunCounts[Name] };
  #changes = 0;
  skipped = 0;

  constructor(tx: Transaction, context: RunContext, row: RunRow) {
    this.#tx = tx;
    this.#context = context;
    this.#row = row;
    this.#counts = { ...row.counts };
  }

  async deleteHeld(): Promise<RunRow> {
    const { workspace } = this.#context.catalogue;
    const { run } = this.#row;
    for (let after = 0; ; ) {
      const held = await readHeldDeletes(this.#tx, workspace, { run, after, limit: chunkSize });
      if (held.length > 0) await this.#delete(held);
      after = held.at(-1)?.number ?? after;
      if (held.length < chunkSize) break;
    }
    const counts = this.#counts;
    const issues = this.#row.issues + this.skipped;
    // The issue that they were held is settled.
    const state = endState({ counts, issues: issues - 1 });
    const approved = { outcome: 'approved', by: this.#context.caller.principal.id, at: clock.now() } as const;
    const ended = await endHeldDeletes(this.#tx, workspace, { run, state, counts, issues }, approved, this.#changes);
    const ends = new RunEnds(this.#tx, workspace, this.#changes);
    ends.tell(ended);
    ends.commit(clock.now());
    return ended;
  }

  /** Each is judged anew: it may have gone, or come into other hands, since it was held. */
  async #delete(held: readonly HeldRow[]): Promise<void> {
    const { catalogue, caller, on, type, run } = this.#context;
    const departures: (Departure & { number: number })[] = [];
    const numbers = held.map(({ number }) => number);
    const set = await loadForDelete(this.#tx, catalogue, numbers);
    const changedHands = await readChangedHands(this.#tx, catalogue.workspace, on.id, held);
    const issues: PlacedIssue[] = [];
    const skip = (number: number, reason: string): void => {
      issues.push(skippedIssue(type, number, set.rows.get(number), reason, this.#place(issues.length)));
    };
    for (const number of numbers) {
      if (changedHands.has(number)) {
        skip(number, 'it was supplied or brought back since');
        continue;
      }
      const [record, { stamp }] = [set.rows.get(number), this.#row];
      if (stamp !== null && record?.deletedAt === null && outlives(record, stamp)) {
        skip(number, `it was made or written after ${inWords(stamp)}`);
        continue;
      }
      const departure = depart(set, { caller, interface: on, run }, this.#context, number);
      departures.push({ number, ...departure });
      if (departure.kind === 'gone') skip(number, 'somebody else deleted it');
      else if (departure.kind === 'stays') skip(number, departure.reason);
      else this.#counts[departure.kind] = (this.#counts[departure.kind] ?? 0) + 1;
    }
    this.#changes += await storeSet(this.#tx, set, this.#changes);
    letGo(this.#tx, catalogue.workspace, on.id, run, departures);
    if (issues.length === 0) return;
    insertIssues(this.#tx, catalogue.workspace, run, this.#row.issues + this.skipped, issues);
    this.skipped += issues.length;
  }

  /** Behind all that the set itself had. */
  #place(index: number): number {
    return this.#row.counts.received + 1 + this.skipped + index;
  }
}

function skippedIssue(
  type: RecordType,
  number: number,
  row: WorkingRow | undefined,
  reason: string,
  place: number,
): PlacedIssue {
  const key = row?.values[1];
  return {
    severity: 'warning',
    code: 'delete_blocked',
    key: typeof key === 'string' ? key : null,
    number,
    path: null,
    member: null,
    value: null,
    message: `${type.label} ${number} was not deleted when the held deletes were approved: ${reason}.`,
    remedy: 'Nothing, if it is right that it stays. The next complete set judges it again.',
    at: clock.now(),
    place,
  };
}
