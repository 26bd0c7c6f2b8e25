/** What is too old in one workspace, piece by piece: each a short transaction of its own, which leaves nothing half done. */
import type { Catalogue } from '../../model/catalogue.ts';
import { type CleanCounts, type CleanedThing, cutoffOf } from '../../model/retention.ts';
import * as changes from '../../store/cleaning/clean-changes.ts';
import * as tombstones from '../../store/cleaning/clean-tombstones.ts';
import * as store from '../../store/cleaning/cleaning.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import { discardExpired, endExpired } from '../sync/holding/discard-set.ts';

/** Rows in a transaction: some milliseconds. */
const mostRows = 2_000;
/** A count is that of so many at the most. */
const mostCounted = 100_000;
const commitsLookedAt = 5_000;

/** How to go on: pauses, and says whether there is time for more. */
export type Pace = () => Promise<boolean>;

const noneCleaned: CleanCounts = {
  changes: 0,
  tombstones: 0,
  runs: 0,
  issues: 0,
  inputs: 0,
  refusals: 0,
  deliveries: 0,
  access: 0,
  pending_links: 0,
  answers: 0,
  plans: 0,
  held_deletes: 0,
};

/** Parts of what is counted as a whole. */
const parts: ReadonlySet<store.SweepName> = new Set(['plan_items', 'import_batches']);

type Sweeping = readonly [thing: CleanedThing, name: store.SweepName, before: Date | null];

/** In this order: what belongs to something goes before it does. */
function sweepingsOf({ document: { retention } }: Catalogue, now: Date): Sweeping[] {
  const runs = cutoffOf(retention, 'runs', now);
  return [
    ['answers', 'answers', cutoffOf(retention, 'answers', now)],
    ['answers', 'jobs', cutoffOf(retention, 'answers', now)],
    ['pending_links', 'pending_links', cutoffOf(retention, 'pending_links', now)],
    ['deliveries', 'deliveries', cutoffOf(retention, 'deliveries', now)],
    ['refusals', 'refusals', cutoffOf(retention, 'refusals', now)],
    ['access', 'access', cutoffOf(retention, 'access', now)],
    ['plans', 'plan_items', now],
    ['plans', 'plans', now],
    ['held_deletes', 'held_deletes', now],
    ['inputs', 'inputs', later(cutoffOf(retention, 'inputs', now), runs)],
    ['inputs', 'elements', later(cutoffOf(retention, 'inputs', now), runs)],
    ['issues', 'issues', later(cutoffOf(retention, 'issues', now), runs)],
    ['runs', 'import_batches', runs],
    ['runs', 'leavers', later(cutoffOf(retention, 'changes', now), runs)],
    ['runs', 'imports', runs],
    ['runs', 'runs', runs],
  ];
}

const later = (a: Date | null, b: Date | null): Date | null => (a === null || (b !== null && b > a) ? b : a);

export class WorkspaceCleaning {
  readonly #database: Database;
  readonly #catalogue: Catalogue;
  readonly #now: Date;
  readonly #counts: Record<CleanedThing, number> = { ...noneCleaned };

  constructor(database: Database, catalogue: Catalogue, now: Date) {
    this.#database = database;
    this.#catalogue = catalogue;
    this.#now = now;
  }

  get counts(): CleanCounts {
    return this.#counts;
  }

  /** How much would go, of each thing up to `mostCounted`. */
  async plan(): Promise<CleanCounts> {
    const { workspace, document } = this.#catalogue;
    const changesBefore = cutoffOf(document.retention, 'changes', this.#now);
    await this.#transact(async (tx) => {
      for (const [thing, name, before] of sweepingsOf(this.#catalogue, this.#now))
        if (before !== null && !parts.has(name))
          this.#counts[thing] += await store.countSweep(tx, workspace, name, before, mostCounted);
      if (changesBefore === null) return;
      const from = await changes.readChangesFrom(tx, workspace);
      const last = await changes.findOldCommit(tx, workspace, from, changesBefore, mostCounted);
      const before = last === undefined ? from : last + 1;
      this.#counts.changes = await changes.countOldChanges(tx, workspace, before, mostCounted);
    });
    return this.#counts;
  }

  /** @returns whether all is done. */
  async clean(pace: Pace): Promise<boolean> {
    for (const [thing, name, before] of sweepingsOf(this.#catalogue, this.#now)) {
      if (before !== null && !(await this.#sweep(thing, name, before, pace))) return false;
    }
    while (await this.#transact((tx) => discardExpired(tx, this.#catalogue.workspace, this.#now)))
      if (!(await pace())) return false;
    await this.#transact((tx) => endExpired(tx, this.#catalogue.workspace, this.#now));
    return (await this.#cleanChanges(pace)) && (await this.#cleanTombstones(pace));
  }

  async #sweep(thing: CleanedThing, name: store.SweepName, before: Date, pace: Pace): Promise<boolean> {
    for (;;) {
      const gone = await this.#transact((tx) => store.sweep(tx, this.#catalogue.workspace, name, before, mostRows));
      if (!parts.has(name)) this.#counts[thing] += gone;
      if (gone < mostRows) return true;
      if (!(await pace())) return false;
    }
  }

  /** Readers are told first that it goes, so that none of them is shown a part. */
  async #cleanChanges(pace: Pace): Promise<boolean> {
    const { workspace, document } = this.#catalogue;
    const before = cutoffOf(document.retention, 'changes', this.#now);
    if (before === null) return true;
    for (;;) {
      const found = await this.#transact(async (tx) => {
        const from = await changes.readChangesFrom(tx, workspace);
        const last = await changes.findOldCommit(tx, workspace, from, before, commitsLookedAt);
        if (last !== undefined) await changes.keepChangesFrom(tx, workspace, last + 1);
        return { end: last === undefined ? from : last + 1, isLast: last === undefined };
      });
      for (let more = true; more; ) {
        const swept = await this.#transact((tx) => changes.sweepChanges(tx, workspace, found.end, mostRows));
        this.#counts.changes += swept.changes;
        more = swept.more;
        if (more && !(await pace())) return false;
      }
      if (found.isLast) return true;
    }
  }

  /** A tombstone goes when its last change has gone, so that the feed never has a change of a record that there is not. */
  async #cleanTombstones(pace: Pace): Promise<boolean> {
    const { workspace, document } = this.#catalogue;
    const before = cutoffOf(document.retention, 'tombstones', this.#now);
    if (before === null) return true;
    for (let after = new Date(0); ; ) {
      const { found, gone } = await this.#transact(async (tx) => {
        const old = await tombstones.lockOldTombstones(tx, workspace, { after, before, limit: mostRows });
        const numbers = old.filter(({ has_changes: has }) => !has).map(({ number }) => number);
        if (numbers.length > 0) await tombstones.deleteTombstones(tx, workspace, numbers);
        return { found: old, gone: numbers.length };
      });
      this.#counts.tombstones += gone;
      const last = found.at(-1)?.deleted_at;
      // As many as fit that were deleted at one moment, and none of them may go yet: the next cleaning looks at them again.
      if (found.length < mostRows || last === undefined || (gone === 0 && last <= after)) return true;
      after = last;
      if (!(await pace())) return false;
    }
  }

  #transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.inWorkspace(this.#catalogue.workspace, work);
  }
}
