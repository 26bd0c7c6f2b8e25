/** Plans: what a write would do, found by doing it in a transaction that was undone. */

import type { PlanActions, PlanKind } from '../model/plan.ts';
import type { RunCounts } from '../model/runs.ts';
import type { ChangeRow } from './changes/changes.ts';
import { int4Array, int8Array, textArray } from './postgres/arrays.ts';
import type { Transaction } from './postgres/database.ts';
import type { RunRow } from './sync/runs.ts';

export type PlanRow = {
  /** A GUID. */
  readonly plan: string;
  readonly kind: PlanKind;
  /** JSON of what was asked: all of it but the body. */
  readonly call: string;
  /** Hash of the body. */
  readonly body: Buffer;
  /** Hash of all that it would do. */
  readonly digest: Buffer;
  readonly counts: RunCounts;
  readonly actions: PlanActions;
  readonly items_total: number;
  readonly items_kept: number;
  readonly principal_id: number;
  readonly via: string;
  readonly request: string;
  readonly run: number | null;
  /** JSON of the body of a single write, and of what it is about. */
  readonly said: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly applied_at: Date | null;
};

const columns =
  'plan, kind, call, body, digest, counts, actions, items_total, items_kept, principal_id, via, request, run, said, created_at, expires_at, applied_at';

/** @param items JSON each. */
export async function insertPlan(
  tx: Transaction,
  workspace: number,
  plan: Omit<PlanRow, 'items_kept' | 'applied_at'>,
  items: readonly string[],
): Promise<PlanRow> {
  const [row] = await tx.query<PlanRow>(
    {
      name: 'insert_plan',
      text: `
        insert into plan (workspace_id, ${columns})
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, null) returning ${columns}`,
    },
    [
      workspace,
      plan.plan,
      plan.kind,
      plan.call,
      plan.body,
      plan.digest,
      JSON.stringify(plan.counts),
      JSON.stringify(plan.actions),
      plan.items_total,
      items.length,
      plan.principal_id,
      plan.via,
      plan.request,
      plan.run,
      plan.said,
      plan.created_at,
      plan.expires_at,
    ],
  );
  if (row === undefined) throw new Error('insert gave no row');
  for (let start = 0; start < items.length; start += itemsAtOnce) {
    const some = items.slice(start, start + itemsAtOnce);
    tx.send(
      {
        name: 'insert_plan_items',
        text: `
          insert into plan_item (workspace_id, plan, row, item)
          select $1, $2, n.* from unnest($3::int[], $4::text[]) n`,
      },
      [workspace, plan.plan, int4Array(some.map((_, index) => start + index)), textArray(some)],
    );
  }
  return row;
}
const itemsAtOnce = 1_000;

export async function findPlan(tx: Transaction, workspace: number, plan: string): Promise<PlanRow | undefined> {
  const [row] = await tx.query<PlanRow>(
    { name: 'find_plan', text: `select ${columns} from plan where workspace_id = $1 and plan = $2` },
    [workspace, plan],
  );
  return row;
}

/** Nobody else applies it until the transaction ends. */
export async function lockPlan(tx: Transaction, workspace: number, plan: string): Promise<PlanRow | undefined> {
  const [row] = await tx.query<PlanRow>(
    { name: 'lock_plan', text: `select ${columns} from plan where workspace_id = $1 and plan = $2 for update` },
    [workspace, plan],
  );
  return row;
}

export async function findPlanOfRun(tx: Transaction, workspace: number, run: number): Promise<PlanRow | undefined> {
  const [row] = await tx.query<PlanRow>(
    { name: 'find_plan_of_run', text: `select ${columns} from plan where workspace_id = $1 and run = $2` },
    [workspace, run],
  );
  return row;
}

export function markPlanApplied(tx: Transaction, workspace: number, plan: string, at: Date): void {
  tx.send('update plan set applied_at = $3 where workspace_id = $1 and plan = $2', [workspace, plan, at]);
}

/** In their order, behind the row `after`. */
export async function readPlanItems(
  tx: Transaction,
  workspace: number,
  page: { readonly plan: string; readonly after: number; readonly limit: number },
): Promise<{ readonly row: number; readonly item: string }[]> {
  return tx.query<{ row: number; item: string }>(
    {
      name: 'read_plan_items',
      text: 'select row, item from plan_item where workspace_id = $1 and plan = $2 and row > $3 order by row limit $4',
    },
    [workspace, page.plan, page.after, page.limit],
  );
}

/** Removes some of those that ended before, and what they showed. */
export function sweepPlans(tx: Transaction, workspace: number, endedBefore: Date): void {
  tx.send(
    {
      name: 'sweep_plans',
      text: `
        with ended as (
          delete from plan where workspace_id = $1 and plan in (
            select plan from plan where workspace_id = $1 and expires_at < $2 order by expires_at limit 2 for update skip locked)
          returning plan
        )
        delete from plan_item using (
          select i.place from ended cross join lateral (
            select ctid as place from plan_item where workspace_id = $1 and plan = ended.plan order by plan, row offset 0) i
          offset 0) gone
        where plan_item.ctid = gone.place and plan_item.workspace_id = $1`,
    },
    [workspace, endedBefore],
  );
}

/** Those whose call or items name a part of the schema that goes, `"type":"pump"`: they can only be found stale. */
export async function forgetPlansNaming(tx: Transaction, workspace: number, named: string): Promise<void> {
  const plans = await tx.query<{ plan: string }>(
    `delete from plan p where p.workspace_id = $1 and (strpos(p.call, $2) > 0 or exists (
       select from plan_item i where i.workspace_id = $1 and i.plan = p.plan and strpos(i.item, $2) > 0))
     returning p.plan`,
    [workspace, named],
  );
  await tx.query('delete from plan_item where workspace_id = $1 and plan = any($2::uuid[])', [
    workspace,
    plans.map(({ plan }) => plan),
  ]);
}

/** The batch of the change rows that this transaction has written: it must have written some. */
export async function currentBatch(tx: Transaction): Promise<number> {
  const [drawn] = await tx.query<{ batch: number }>("select currval('batch_number') as batch");
  if (drawn === undefined) throw new Error('select gave no row');
  return drawn.batch;
}

/** In the order in which they were written, behind the row `after`. */
export const readBatch = (
  tx: Transaction,
  workspace: number,
  page: { readonly batch: number; readonly after: number; readonly limit: number },
): Promise<ChangeRow[]> =>
  tx.query<ChangeRow>(
    {
      name: 'read_batch',
      text: 'select * from change where workspace_id = $1 and batch = $2 and row > $3 order by row limit $4',
    },
    [workspace, page.batch, page.after, page.limit],
  );

/** Which fields of records others changed, behind one version and up to another; of each record the first hundred. */
export const readFieldsChanged = (
  tx: Transaction,
  workspace: number,
  versions: readonly { readonly number: number; readonly after: number; readonly upTo: number }[],
): Promise<{ readonly number: number; readonly type: number; readonly field: string }[]> =>
  tx.query(
    `select w.number, r.type, f.field
     from unnest($2::bigint[], $3::bigint[], $4::bigint[]) w (number, after, up_to)
     cross join lateral (select type from record where workspace_id = $1 and number = w.number offset 0) r
     cross join lateral (
       select distinct jsonb_object_keys(after) as field from change
       where workspace_id = $1 and number = w.number and link_type is null and jsonb_typeof(after) = 'object'
         and version > w.after and version <= w.up_to
       limit 100 offset 0) f
     order by w.number, f.field`,
    [
      workspace,
      int8Array(versions.map(({ number }) => number)),
      int8Array(versions.map(({ after }) => after)),
      int8Array(versions.map(({ upTo }) => upTo)),
    ],
  );

/** The number of a run that is planned. */
export async function drawRun(tx: Transaction): Promise<number> {
  const [drawn] = await tx.query<{ run: number }>("select nextval('run_number') as run");
  if (drawn === undefined) throw new Error('select gave no row');
  return drawn.run;
}

export async function insertPlannedRun(
  tx: Transaction,
  workspace: number,
  run: Pick<RunRow, 'run' | 'interface' | 'counts' | 'issues' | 'received_at' | 'finished_at'> & {
    readonly principal_id: number;
    readonly via: string;
    readonly request: string;
  },
): Promise<void> {
  await tx.query(
    `insert into run (workspace_id, run, interface, state, counts, issues, principal_id, via, request, received_at, finished_at)
     values ($1, $2, $3, 'planned', $4, $5, $6, $7, $8, $9, $10)`,
    [
      workspace,
      run.run,
      run.interface,
      JSON.stringify(run.counts),
      run.issues,
      run.principal_id,
      run.via,
      run.request,
      run.received_at,
      run.finished_at,
    ],
  );
}
