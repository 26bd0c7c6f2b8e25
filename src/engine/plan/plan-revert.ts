/** Plans of reverts. A plan is the revert itself, undone; a revert by a plan commits only what the plan showed. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { PlanRefused, RevertPlanned } from '../../model/plan.ts';
import type { Caller } from '../../model/principal.ts';
import type { RevertOutcome } from '../../model/runs.ts';
import type { Transaction } from '../../store/database.ts';
import type { PlacedIssue } from '../../store/issues.ts';
import type { RunsContext } from '../sync/at-run.ts';
import { type RevertDone, type RevertOf, type RevertWatch, revertRun } from '../sync/revert.ts';
import { collectChanges } from './collect.ts';
import { type Found, hashOf, keepPlan, PlanNotMet, planView, TakenPlan } from './kept-plan.ts';
import { PlanItems } from './plan-items.ts';

const askedOf = (run: number) =>
  ({ kind: 'revert', call: JSON.stringify({ kind: 'revert', run }), body: hashOf('') }) as const;

/** Thrown through the transaction that is to be undone. */
class Planned extends Error {
  readonly of: RevertOf;
  readonly found: Found;
  readonly done: RevertDone;
  constructor(of: RevertOf, found: Found, done: RevertDone) {
    super('A plan is not to be written');
    this.of = of;
    this.found = found;
    this.done = done;
  }
}

type Settle = (tx: Transaction, found: Found, done: RevertDone) => Promise<void>;

/** What a revert does, as the items of a plan. */
class FoundRevert implements RevertWatch {
  readonly #begin: (tx: Transaction, of: RevertOf) => Promise<Settle>;
  #of: RevertOf | undefined;
  #settle: Settle | undefined;
  #items = new PlanItems();

  /** @param begin is called for each attempt, and says how that is settled. */
  constructor(begin: (tx: Transaction, of: RevertOf) => Promise<Settle>) {
    this.#begin = begin;
  }

  async begin(tx: Transaction, of: RevertOf): Promise<void> {
    this.#of = of;
    this.#items = new PlanItems();
    this.#settle = await this.#begin(tx, of);
  }

  noteLeft(issues: readonly PlacedIssue[]): void {
    for (const { number, member, message } of issues) this.#items.digest(['left', number, member, message]);
  }

  async settle(tx: Transaction, done: RevertDone): Promise<void> {
    if (this.#of === undefined) return;
    const { on, context } = this.#of;
    const namedBy = { type: on.type, field: on.key };
    await collectChanges(tx, { catalogue: context.catalogue, items: this.#items, namedBy }, done.changes);
    await this.#settle?.(tx, { items: this.#items, counts: done.counts }, done);
  }
}

export async function planRevert(
  runs: RunsContext,
  caller: Caller,
  run: string,
): Promise<Exclude<RevertOutcome, { kind: 'reverted' }> | RevertPlanned> {
  const watch = new FoundRevert(async (_tx, of) => async (_, found, done) => {
    throw new Planned(of, found, done);
  });
  try {
    const outcome = await revertRun(runs, caller, run, watch);
    if (outcome.kind === 'reverted') throw new Error('A plan was written');
    return outcome;
  } catch (fault) {
    if (!(fault instanceof Planned)) throw fault;
    const { of, found, done } = fault;
    const catalogue: Catalogue = of.context.catalogue;
    return runs.database.inWorkspace(catalogue.workspace, async (tx): Promise<RevertPlanned> => {
      const row = await keepPlan(tx, catalogue, caller, askedOf(of.row.run), found);
      const plan = planView(caller.principal, row, found.items.kept);
      return { kind: 'planned', plan, counts: done.counts, left: done.left };
    });
  }
}

export async function revertByPlan(
  runs: RunsContext,
  caller: Caller,
  run: string,
  plan: string,
): Promise<RevertOutcome | PlanRefused> {
  const watch = new FoundRevert(async (tx, { row, context: { catalogue } }) => {
    const taken = await TakenPlan.take(tx, catalogue, caller, plan, askedOf(row.run));
    return (settling, found) => taken.settle(settling, catalogue, found);
  });
  try {
    return await revertRun(runs, caller, run, watch);
  } catch (fault) {
    if (fault instanceof PlanNotMet) return fault.refused;
    throw fault;
  }
}
