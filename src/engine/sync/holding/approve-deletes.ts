/** The deletes that a run holds, and that somebody has approved: of records that are as they were when they were held, and no more than that. */

import type { RecordType } from '../../../model/catalogue.ts';
import { clock } from '../../../model/clock.ts';
import type { RunCounts } from '../../../model/runs.ts';
import { inWords } from '../../../model/stamp.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { endHeldDeletes, type HeldSince, readHeldDeletes } from '../../../store/sync/held-deletes.ts';
import { insertIssues, type PlacedIssue } from '../../../store/sync/issues.ts';
import type { RunRow } from '../../../store/sync/runs.ts';
import { outlives } from '../../write/working/stamps.ts';
import { storeSet } from '../../write/working/store-set.ts';
import type { RunContext } from '../applying/apply.ts';
import { type Departure, depart, letGo } from '../applying/delete-policy.ts';
import { elementKey } from '../applying/element-key.ts';
import { loadForDelete } from '../applying/load-elements.ts';
import { chunkSize } from '../receiving/unknown-elements.ts';
import { RunEnds } from '../runs/run-ends.ts';
import { endState } from '../runs/run-view.ts';
import { lockHeld, MoreThanApproved, whyItStays } from './held-since.ts';

export class Approval {
  readonly #tx: Transaction;
  readonly #context: RunContext;
  readonly #row: RunRow;
  readonly #counts: { -readonly [Name in keyof RunCounts]: RunCounts[Name] };
  readonly #since = new Map<number, HeldSince>();
  #changes = 0;
  #deleted = 0;
  skipped = 0;

  constructor(tx: Transaction, context: RunContext, row: RunRow) {
    this.#tx = tx;
    this.#context = context;
    this.#row = row;
    this.#counts = { ...row.counts };
  }

  /** @throws MoreThanApproved when it would delete more than `most`. */
  async deleteHeld(most: number): Promise<RunRow> {
    const { workspace } = this.#context.catalogue;
    const { run } = this.#row;
    // All of them before the first is deleted, which may change the lookups of the others.
    for await (const { since } of lockHeld(this.#tx, workspace, this.#row))
      for (const [number, what] of since) this.#since.set(number, what);
    for (let after = 0; ; ) {
      const held = await readHeldDeletes(this.#tx, workspace, { run, after, limit: chunkSize });
      const numbers = held.map(({ number }) => number);
      if (numbers.length > 0) await this.#delete(numbers);
      after = numbers.at(-1) ?? after;
      if (held.length < chunkSize) break;
    }
    if (this.#deleted > most) throw new MoreThanApproved(this.#deleted);
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

  async #delete(numbers: readonly number[]): Promise<void> {
    const { catalogue, caller, on, type, run } = this.#context;
    const { stamp } = this.#row;
    const departures: (Departure & { number: number })[] = [];
    const set = await loadForDelete(this.#tx, catalogue, numbers);
    const issues: PlacedIssue[] = [];
    const skip = (number: number, reason: string): void => {
      const key = elementKey(type, on, set.rows.get(number)?.values ?? {});
      issues.push(skippedIssue(type, number, key, reason, this.#place(issues.length)));
    };
    for (const number of numbers) {
      const since = this.#since.get(number);
      const record = set.rows.get(number);
      if (since === 'gone') {
        departures.push({ number, kind: 'gone' });
        skip(number, whyItStays[since]);
      } else if (stamp !== null && record !== undefined && outlives(record, stamp))
        skip(number, `it was made or written after ${inWords(stamp)}`);
      else if (since !== undefined) skip(number, whyItStays[since]);
      else {
        const departure = depart(set, { caller, interface: on, run }, this.#context, number);
        departures.push({ number, ...departure });
        if (departure.kind === 'gone') skip(number, whyItStays.gone);
        else if (departure.kind === 'stays') skip(number, departure.reason);
        else {
          this.#counts[departure.kind] = (this.#counts[departure.kind] ?? 0) + 1;
          this.#deleted += 1;
        }
      }
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
  key: string | null,
  reason: string,
  place: number,
): PlacedIssue {
  return {
    severity: 'warning',
    code: 'delete_blocked',
    key,
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
