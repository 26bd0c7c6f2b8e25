/** Plans of reverts. A plan is the revert itself, undone; a revert by a plan commits only what the plan showed. */
import { clock } from '../../model/clock.ts';
import { guidOf } from '../../model/ids.ts';
import type { PlanRefused, RevertPlanned } from '../../model/plan.ts';
import type { Caller } from '../../model/principal.ts';
import type { PendingRow } from '../../store/links/pending-links.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import type { PlacedIssue } from '../../store/sync/issues.ts';
import type { RevertDone, RevertOf, RevertWatch } from '../undo/watch.ts';
import { pendingView } from '../write/pending/pending.ts';
import { collectChanges, collectRecords } from './collect.ts';
import { planIssue } from './found-set.ts';
import { type Found, hashOf, keepPlan, PlanNotMet, planView, TakenPlan } from './kept-plan.ts';
import { noItem, PlanItems } from './plan-items.ts';
import { withdrawnItem } from './plan-write.ts';

/** Takes a run or an import back, under the eyes of a watch. */
type Reverting<Outcome> = (watch: RevertWatch) => Promise<Outcome>;

const askedOf = (of: RevertOf['of']) =>
  ({ kind: 'revert', call: JSON.stringify({ kind: 'revert', ...of }), body: hashOf('') }) as const;

/** Thrown through the transaction that is to be undone. */
class Planned extends Error {
  readonly at: RevertOf;
  readonly found: Found;
  readonly done: RevertDone;
  constructor(at: RevertOf, found: Found, done: RevertDone) {
    super('A plan is not to be written');
    this.at = at;
    this.found = found;
    this.done = done;
  }
}

type Settle = (tx: Transaction, found: Found, done: RevertDone) => Promise<void>;

/** What a revert does, as the items of a plan. */
class FoundRevert implements RevertWatch {
  readonly #begin: (tx: Transaction, at: RevertOf) => Promise<Settle>;
  #at: RevertOf | undefined;
  #settle: Settle | undefined;
  #items = new PlanItems();

  /** @param begin is called for each attempt, and says how that is settled. */
  constructor(begin: (tx: Transaction, at: RevertOf) => Promise<Settle>) {
    this.#begin = begin;
  }

  async begin(tx: Transaction, at: RevertOf): Promise<void> {
    this.#at = at;
    this.#items = new PlanItems();
    this.#settle = await this.#begin(tx, at);
  }

  noteLeft(type: string, issues: readonly PlacedIssue[]): void {
    if (this.#at === undefined) return;
    const { workspace } = this.#at.catalogue;
    for (const issue of issues) {
      const { key, number } = issue;
      const record = number === null ? null : { type, number, id: guidOf('record', workspace, number), key };
      this.#items.add({ ...noItem, action: 'reject', type, key, record, issues: [planIssue(issue)] });
    }
  }

  async noteRejoining(
    tx: Transaction,
    type: string,
    records: readonly { readonly number: number; readonly version: number }[],
  ): Promise<void> {
    if (this.#at === undefined) return;
    const { catalogue, namedBy } = this.#at;
    await collectRecords(tx, { catalogue, items: this.#items, namedBy }, 'rejoin', type, records);
  }

  noteWithdrawn(links: readonly PendingRow[]): void {
    if (this.#at === undefined) return;
    for (const row of links) {
      const link = pendingView(this.#at.catalogue, row, clock.now(), () => true);
      if (link !== undefined) this.#items.add(withdrawnItem(link));
    }
  }

  async settle(tx: Transaction, done: RevertDone): Promise<void> {
    if (this.#at === undefined) return;
    const { catalogue, namedBy } = this.#at;
    await collectChanges(tx, { catalogue, items: this.#items, namedBy }, done.changes);
    await this.#settle?.(tx, { items: this.#items, counts: done.counts }, done);
  }
}

export async function planRevert<Outcome extends { readonly kind: string }>(
  database: Database,
  caller: Caller,
  revert: Reverting<Outcome>,
): Promise<Exclude<Outcome, { kind: 'reverted' }> | RevertPlanned> {
  const watch = new FoundRevert(async (_tx, at) => async (_, found, done) => {
    throw new Planned(at, found, done);
  });
  try {
    const outcome = await revert(watch);
    if (outcome.kind === 'reverted') throw new Error('A plan was written');
    return outcome as Exclude<Outcome, { kind: 'reverted' }>;
  } catch (fault) {
    if (!(fault instanceof Planned)) throw fault;
    const { at, found, done } = fault;
    const { catalogue } = at;
    return database.inWorkspace(catalogue.workspace, async (tx): Promise<RevertPlanned> => {
      const row = await keepPlan(tx, catalogue, caller, askedOf(at.of), found);
      const plan = planView(caller.principal, row, found.items.kept);
      return { kind: 'planned', plan, counts: done.counts, left: done.left };
    });
  }
}

export async function revertByPlan<Outcome>(
  caller: Caller,
  plan: string,
  revert: Reverting<Outcome>,
): Promise<Outcome | PlanRefused> {
  const watch = new FoundRevert(async (tx, { catalogue, of }) => {
    const taken = await TakenPlan.take(tx, catalogue, caller, plan, askedOf(of));
    return (settling, found) => taken.settle(settling, catalogue, found);
  });
  try {
    return await revert(watch);
  } catch (fault) {
    if (fault instanceof PlanNotMet) return fault.refused;
    throw fault;
  }
}
