/** Keeping a plan, and taking it up again: whose it is, for which call it was made, how long it is good for. */
import { hash, randomUUID } from 'node:crypto';
import type { Catalogue } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import { guidPattern } from '../../model/ids.ts';
import type { PlanItem, PlanKind, PlanRefused, PlanView, StaleReason } from '../../model/plan.ts';
import type { Caller, Principal } from '../../model/principal.ts';
import type { RunCounts, RunView } from '../../model/runs.ts';
import { insertPlan, lockPlan, markPlanApplied, type PlanRow, sweepPlans } from '../../store/plans.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { differences } from './differences.ts';
import type { PlanItems } from './plan-items.ts';
import { shownItem } from './shown-item.ts';

const goodForHours = 24;
const mostInAnswer = 1_000;

/** What was asked, all but the body, as JSON; and a hash of the body. */
export type Asked = { readonly kind: PlanKind; readonly call: string; readonly body: Buffer };

/** The body of a single write, and ids of the records that it is about, by which an erasure finds it. */
export type Said = { readonly body: Readonly<Record<string, unknown>>; readonly about: readonly string[] };

export const hashOf = (text: string): Buffer => hash('sha256', text, 'buffer');

/** What would be done. */
export type Found = { readonly items: PlanItems; readonly counts: RunCounts };

export function keepPlan(
  tx: Transaction,
  { workspace }: Catalogue,
  caller: Caller,
  asked: Asked,
  { items, counts }: Found,
  { run = null, said = null }: { readonly run?: number | null; readonly said?: Said | null } = {},
): Promise<PlanRow> {
  const createdAt = clock.now();
  sweepPlans(tx, workspace, createdAt); // whoever makes one removes old ones
  const plan = {
    plan: randomUUID(),
    ...asked,
    digest: items.digestWith(counts),
    counts,
    actions: items.actions,
    items_total: items.total,
    principal_id: caller.principal.id,
    via: caller.via,
    request: caller.requestId,
    run,
    said: said && JSON.stringify(said),
    created_at: createdAt,
    expires_at: new Date(createdAt.getTime() + goodForHours * 3_600_000),
  };
  return insertPlan(tx, workspace, plan, items.kept);
}

/** @param items JSON of the first ones. */
export const planView = (
  principal: Principal,
  row: PlanRow,
  items: readonly string[],
  run: RunView | null = null,
): PlanView => ({
  id: row.plan,
  kind: row.kind,
  counts: row.counts,
  actions: row.actions,
  itemsTotal: row.items_total,
  items: items.slice(0, mostInAnswer).map((item) => shownItem(principal, JSON.parse(item) as PlanItem)),
  itemsKept: row.items_kept,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  appliedAt: row.applied_at,
  run,
});

/** Thrown through the transaction that would do something else than its plan, so that it does nothing. */
export class PlanNotMet extends Error {
  readonly refused: PlanRefused;
  constructor(refused: PlanRefused) {
    super(refused.kind === 'unknown_plan' ? 'There is no such plan.' : refused.message);
    this.name = 'PlanNotMet';
    this.refused = refused;
  }
}

/** A plan that is being applied, and is nobody else's until the transaction ends. */
export class TakenPlan {
  readonly row: PlanRow;
  readonly #caller: Caller;

  private constructor(row: PlanRow, caller: Caller) {
    this.row = row;
    this.#caller = caller;
  }

  /** @throws PlanNotMet unless it is for this call. */
  static async take(
    tx: Transaction,
    { workspace }: Catalogue,
    caller: Caller,
    plan: string,
    asked: Pick<Asked, 'kind' | 'call'>,
  ): Promise<TakenPlan> {
    const row = guidPattern.test(plan) ? await lockPlan(tx, workspace, plan.toLowerCase()) : undefined;
    // Who plans a write must apply it; whether another has planned something is nobody's business.
    if (row === undefined || row.principal_id !== caller.principal.id)
      throw new PlanNotMet({ kind: 'unknown_plan', plan });
    if (row.kind !== asked.kind || row.call !== asked.call)
      throw notMet(
        'other_call',
        'The plan was made for another call: send the same one, with plan_id in place of plan.',
      );
    if (row.applied_at !== null)
      throw notMet('applied', `The plan was applied already, at ${row.applied_at.toISOString()}: make a new one.`);
    if (row.expires_at < clock.now())
      throw notMet('expired', `The plan was good until ${row.expires_at.toISOString()}: make a new one.`);
    return new TakenPlan(row, caller);
  }

  /** The parts of the body of a single write, as they were sent with the plan. @throws PlanNotMet when they were not kept. */
  bodyAsPlanned(): Readonly<Record<string, unknown>> {
    const { said } = this.row;
    if (said === null) throw notMet('other_body', 'The body of the plan was not kept: send the same one.');
    return (JSON.parse(said) as Said).body;
  }

  /** @throws PlanNotMet unless the body is the one that was planned. */
  checkBody(body: Buffer): void {
    if (!this.row.body.equals(body))
      throw notMet('other_body', 'The body is not the one that was planned: send the same one, or make a new plan.');
  }

  /** To be asked when all is written. @throws PlanNotMet, saying what is different, unless it is all that was planned and nothing else. */
  async settle(tx: Transaction, catalogue: Catalogue, found: Found): Promise<void> {
    if (!found.items.digestWith(found.counts).equals(this.row.digest)) {
      const changes = await differences(tx, catalogue, this.#caller.principal, this.row, found);
      throw new PlanNotMet({
        kind: 'plan_stale',
        reason: 'changed',
        message: `What the plan was made on has changed since. ${changes[0]?.message ?? 'It is none of the items that were kept of the plan.'}`,
        changes,
      });
    }
    markPlanApplied(tx, catalogue.workspace, this.row.plan, clock.now());
  }
}

const notMet = (reason: StaleReason, message: string): PlanNotMet =>
  new PlanNotMet({ kind: 'plan_stale', reason, message, changes: [] });
