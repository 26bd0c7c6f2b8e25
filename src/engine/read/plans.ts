/** Plans, as they were made: for who made them, and for those who may configure the workspace. */
import type { Catalogue } from '../../model/catalogue.ts';
import { guidPattern } from '../../model/ids.ts';
import type { PlanItem, PlanItemsOutcome, PlanView } from '../../model/plan.ts';
import type { Caller } from '../../model/principal.ts';
import { findPlan, findPlanOfRun, type PlanRow, readPlanItems } from '../../store/plans.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import { mayConfigure } from '../access/grants.ts';
import { planView } from '../plan/kept-plan.ts';
import { shownItem } from '../plan/shown-item.ts';
import { findAnyRun } from '../sync/past-runs/at-run.ts';
import { runView } from '../sync/runs/run-view.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';

const mostInAnswer = 1_000;

/** undefined: there is none that the caller may see. */
async function findOwn(
  tx: Transaction,
  { workspace }: Catalogue,
  { principal }: Caller,
  plan: string,
): Promise<PlanRow | undefined> {
  const row = guidPattern.test(plan) ? await findPlan(tx, workspace, plan.toLowerCase()) : undefined;
  return row?.principal_id === principal.id || mayConfigure(principal) ? row : undefined;
}

export const findPlanView = (
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  plan: string,
): Promise<PlanView | undefined> =>
  database.inWorkspace(catalogue.workspace, async (tx) => {
    const row = await findOwn(tx, catalogue, caller, plan);
    return row && viewOf(tx, catalogue, caller, row);
  });

/** Of a planned run: for all who may see the run, as its counts and issues are. */
export const planOfRun = (
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  endpoint: string,
  run: string,
): Promise<PlanView | undefined> =>
  database.inWorkspace(catalogue.workspace, async (tx) => {
    const at = await findAnyRun(tx, catalogue, caller, run);
    const row = at?.on.endpoint === endpoint ? await findPlanOfRun(tx, catalogue.workspace, at.row.run) : undefined;
    return row && viewOf(tx, catalogue, caller, row);
  });

async function viewOf(tx: Transaction, catalogue: Catalogue, caller: Caller, row: PlanRow): Promise<PlanView> {
  const page = { plan: row.plan, after: -1, limit: mostInAnswer };
  const items = await readPlanItems(tx, catalogue.workspace, page);
  const at = row.run === null ? undefined : await findAnyRun(tx, catalogue, caller, String(row.run));
  const run = at && runView(catalogue, at.on.endpoint, at.row);
  return planView(
    caller.principal,
    row,
    items.map(({ item }) => item),
    run,
  );
}

export const listPlanItems = (
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  plan: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Promise<PlanItemsOutcome> =>
  database.inWorkspace(catalogue.workspace, async (tx): Promise<PlanItemsOutcome> => {
    const found = await findOwn(tx, catalogue, caller, plan);
    if (found === undefined) return { kind: 'unknown_plan', plan };
    const identity = [catalogue.workspace, 'plan', found.plan];
    const after = cursor === undefined ? -1 : decodeCursor(identity, cursor)?.[0];
    if (typeof after !== 'number' || !Number.isSafeInteger(after)) return foreignCursor;
    const rows = await readPlanItems(tx, catalogue.workspace, { plan: found.plan, after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      kind: 'page',
      items: shown.map(({ item }) => shownItem(caller.principal, JSON.parse(item) as PlanItem)),
      next: last === undefined ? null : encodeCursor(identity, [last.row]),
    };
  });
