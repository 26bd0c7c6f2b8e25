/** Sets that say as of when they are complete: which are older than what their interface had, and which records they must not delete. */

import { clock } from '../../../model/clock.ts';
import type { SetElement } from '../../../model/commands.ts';
import type { IssueCode } from '../../../model/runs.ts';
import { inWords, isAhead, type Stamp } from '../../../model/stamp.ts';
import { count, isOrAre, shorten, wasOrWere } from '../../../model/text.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { valuesOf } from '../../../store/records/records.ts';
import { readRecords } from '../../../store/records/wanted-records.ts';
import type { PlacedIssue } from '../../../store/sync/issues.ts';
import { noteStamp } from '../../../store/sync/runs.ts';
import { putLastSet, readLastSets } from '../../../store/sync/set-stamps.ts';
import { aheadOfNow, outlives } from '../../write/working/stamps.ts';
import { RefusedSet } from '../receiving/refused-set.ts';
import type { RunContext } from './apply.ts';
import { elementKey } from './element-key.ts';
import type { Scope } from './scope.ts';

const everything = '';
const nameOf = (scope: Scope): string => (scope.isEverything ? everything : JSON.stringify(scope.conditions));

/**
 * The last set of the interface of the same, or of everything, when it was newer. Kinds that cannot be compared say nothing of the set:
 * its elements are refused one by one.
 */
export async function newerSet(
  tx: Transaction,
  { catalogue, on, scope }: RunContext,
  stamp: Stamp,
): Promise<Stamp | undefined> {
  const last = await readLastSets(tx, catalogue.workspace, on.id);
  return [last[everything], last[nameOf(scope)]].find((one) => one?.kind === stamp.kind && one.at > stamp.at);
}

/** @throws when the stamp lies far ahead. */
export function admitStamp(tx: Transaction, { catalogue, run }: RunContext, stamp: Stamp): void {
  if (isAhead(stamp, clock.now())) throw new RefusedSet({ kind: 'stamp_ahead', message: aheadOfNow(stamp) });
  noteStamp(tx, catalogue.workspace, run, stamp);
}

export function noteSet(tx: Transaction, { catalogue, on, scope }: RunContext, stamp: Stamp): void {
  putLastSet(tx, catalogue.workspace, on.id, nameOf(scope), stamp);
}

const code: IssueCode = 'stale';
const ofRun = () =>
  ({
    severity: 'warning',
    code,
    key: null,
    number: null,
    path: null,
    place: 0,
    member: null,
    value: null,
    at: clock.now(),
  }) as const;

export const supersededIssue = (sent: Stamp, stored: Stamp): PlacedIssue => ({
  ...ofRun(),
  message: `The set is of ${inWords(sent)}, and one of ${inWords(stored)} was applied before: nothing of this one was written.`,
  remedy: 'Nothing. If this set is the right one, send it with its own stamp, or with none.',
});

/** An element is as old as its set, unless it says itself. */
export const dateElement = (element: SetElement, stamp: Stamp | undefined): SetElement =>
  stamp === undefined || element.stamp !== undefined ? element : { ...element, stamp };

/** How many records are named in the issue of those that a set left. */
const mostNamed = 20;

/** The records that a set does not have, and does not delete, as they were made or written after it. */
export class LeftRecords {
  readonly #context: RunContext;
  readonly #stamp: Stamp;
  #named: string[] = [];
  #count = 0;

  constructor(context: RunContext, stamp: Stamp) {
    this.#context = context;
    this.#stamp = stamp;
  }

  /** Before they are gone through anew. */
  clear(): void {
    this.#named = [];
    this.#count = 0;
  }

  /** Those of the records that may be deleted. */
  async without(tx: Transaction, numbers: readonly number[]): Promise<number[]> {
    const left = new Set<number>();
    for (const row of await readRecords(tx, this.#context.catalogue.workspace, { numbers, keys: [] })) {
      const { number, deleted_at: deletedAt, created_at: createdAt, stamps } = row;
      if (deletedAt !== null || !outlives({ createdAt, stamps }, this.#stamp)) continue;
      left.add(number);
      this.leave(number, valuesOf(row));
    }
    return left.size === 0 ? [...numbers] : numbers.filter((number) => !left.has(number));
  }

  leave(number: number, values: Readonly<Record<string, unknown>>): void {
    const { type, on } = this.#context;
    this.#count += 1;
    if (this.#named.length < mostNamed) this.#named.push(shorten(elementKey(type, on, values) ?? `#${number}`, 100));
  }

  get issue(): PlacedIssue | undefined {
    if (this.#count === 0) return undefined;
    const more = this.#count > this.#named.length ? ' and others' : '';
    const named = `${this.#named.join(', ')}${more}`;
    return {
      ...ofRun(),
      message: `${count(this.#count, 'record')} that ${isOrAre(this.#count)} not in the set ${wasOrWere(this.#count)} left, as made or written after ${inWords(this.#stamp)}: ${named}.`,
      remedy: 'Nothing: the next set has what it lacks, or is newer.',
    };
  }
}
