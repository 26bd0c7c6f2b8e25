/** Takes away what is too old, a bounded number of rows in a statement: so that no writer waits, and whoever is killed leaves no harm. */
import type { Transaction } from '../postgres/database.ts';
import { type RunRow, runColumns } from '../sync/runs.ts';

/** A table, and the places of those of its rows that go: $1 is the workspace, $2 the time before which they are too old, $3 the most. */
type Sweep = { readonly table: string; readonly places: string };

// Each is read in the order of an index, so that the oldest come first and nothing younger is looked at.
const sweeps = {
  answers: {
    table: 'idempotency',
    places: 'select ctid as place from idempotency where workspace_id = $1 and at < $2 order by at limit $3',
  },
  jobs: {
    table: 'job',
    places: 'select ctid as place from job where workspace_id = $1 and started_at < $2 order by started_at limit $3',
  },
  pending_links: {
    table: 'pending_link',
    places: `
      select ctid as place from pending_link
      where workspace_id = $1 and expires_at < $2 and number > 0 order by expires_at limit $3 for update skip locked`,
  },
  refusals: {
    table: 'refusal',
    places:
      'select ctid as place from refusal where workspace_id = $1 and at < $2 order by at limit $3 for update skip locked',
  },
  deliveries: {
    table: 'webhook_delivery',
    places: `
      select d.ctid as place from webhook w cross join lateral (
        select ctid from webhook_delivery
        where workspace_id = $1 and webhook = w.webhook and attempted_at < $2 and state <> 'waiting'
        order by attempted_at limit $3 offset 0) d
      where w.workspace_id = $1 and w.webhook > 0 limit $3`,
  },
  access: {
    table: 'access_event',
    places: 'select ctid as place from access_event where workspace_id = $1 and at < $2 order by at, event limit $3',
  },
  issues: {
    table: 'issue',
    places: `
      select i.ctid as place from (
        select run from run where workspace_id = $1 and received_at < $2 order by received_at desc limit 1) newest
      cross join lateral (
        select ctid from issue where workspace_id = $1 and run <= newest.run order by run, place, row limit $3 offset 0) i`,
  },
  inputs: {
    table: 'import_rejection',
    places: `
      select r.ctid as place from (
        select import from import where workspace_id = $1 and started_at < $2 order by started_at desc limit 1) newest
      cross join lateral (
        select ctid from import_rejection where workspace_id = $1 and import <= newest.import order by import, row limit $3 offset 0) r`,
  },
  elements: {
    table: 'run_element',
    places: `
      select e.ctid as place from (
        select run from run where workspace_id = $1 and received_at < $2 order by received_at desc limit 1) newest
      cross join lateral (
        select ctid from run_element where workspace_id = $1 and run <= newest.run order by run, place limit $3 offset 0) e`,
  },
  leavers: {
    table: 'leaver',
    places: `
      select l.ctid as place from (
        select run from run where workspace_id = $1 and received_at < $2 order by received_at desc limit 1) newest
      cross join lateral (
        select ctid from leaver where workspace_id = $1 and run <= newest.run order by run, number limit $3 offset 0) l`,
  },
  import_batches: {
    table: 'import_batch',
    places: `
      select b.ctid as place from (
        select import from import where workspace_id = $1 and started_at < $2 order by started_at desc limit 1) newest
      cross join lateral (
        select ctid from import_batch where workspace_id = $1 and import <= newest.import order by import, batch limit $3 offset 0) b`,
  },
  imports: {
    table: 'import',
    places: `
      select i.ctid as place from import i cross join lateral (
        select exists (select from import_rejection where workspace_id = $1 and import = i.import offset 0)
          or exists (select from import_batch where workspace_id = $1 and import = i.import offset 0) as has_rows offset 0) s
      where i.workspace_id = $1 and i.started_at < $2 and not has_rows
      order by i.started_at limit $3`,
  },
  // The newest run of an interface stays: it says how things are.
  runs: {
    table: 'run',
    places: `
      select r.ctid as place from run r cross join lateral (
        select exists (select from issue where workspace_id = $1 and run = r.run offset 0) as has_issues,
          exists (select from run_element where workspace_id = $1 and run = r.run offset 0) as has_elements,
          exists (select from run where workspace_id = $1 and interface = r.interface and run > r.run offset 0) as has_newer offset 0) s
      where r.workspace_id = $1 and r.received_at < $2 and r.state not in ('received', 'queued', 'held')
        and has_newer and not has_issues and not has_elements
      order by r.received_at limit $3`,
  },
  plans: {
    table: 'plan',
    places: `
      select p.ctid as place from plan p where p.workspace_id = $1 and p.expires_at < $2
        and not exists (select from plan_item i where i.workspace_id = $1 and i.plan = p.plan offset 0)
      order by p.expires_at limit $3 for update skip locked`,
  },
  plan_items: {
    table: 'plan_item',
    places: `
      select i.ctid as place from plan p cross join lateral (
        select ctid from plan_item where workspace_id = $1 and plan = p.plan order by plan, row limit $3 offset 0) i
      where p.workspace_id = $1 and p.expires_at < $2 limit $3`,
  },
  held_deletes: {
    table: 'held_delete',
    places: `
      select h.ctid as place from run r cross join lateral (
        select ctid from held_delete where workspace_id = $1 and run = r.run order by run, number limit $3 offset 0) h
      where r.workspace_id = $1 and r.interface >= 0 and r.state = 'held' and r.held_until < $2 limit $3`,
  },
} as const satisfies Record<string, Sweep>;
export type SweepName = keyof typeof sweeps;

/** @returns how many went; fewer than `most` when these were all. */
export async function sweep(
  tx: Transaction,
  workspace: number,
  name: SweepName,
  before: Date,
  most: number,
): Promise<number> {
  const { table, places } = sweeps[name];
  const rows = await tx.query(
    {
      name: `clean_${name}`,
      text: `
        delete from ${table} using (select place from (${places}) p offset 0) gone
        where ${table}.ctid = gone.place and ${table}.workspace_id = $1 returning 1`,
    },
    [workspace, before, most],
  );
  return rows.length;
}

/** How many would go, up to `most`. */
export async function countSweep(
  tx: Transaction,
  workspace: number,
  name: SweepName,
  before: Date,
  most: number,
): Promise<number> {
  const places = sweeps[name].places.replaceAll(/ for update skip locked/g, '');
  const [row] = await tx.query<{ count: number }>(
    { name: `count_clean_${name}`, text: `select count(*) as count from (${places}) gone` },
    [workspace, before, most],
  );
  return row?.count ?? 0;
}

/** Runs whose held deletes nobody decided on in time, and whose list is gone. @returns them as they ended. */
export const endHeldRuns = (tx: Transaction, workspace: number, before: Date): Promise<RunRow[]> =>
  tx.query<RunRow>(
    {
      name: 'end_held_runs',
      text: `
        update run set state = 'partial', held_end = 'expired', held_end_at = held_until
        where run.workspace_id = $1 and run.interface >= 0 and run.state = 'held' and run.held_until < $2
          and run.held_whole is null and not exists (select from held_delete h where h.workspace_id = $1 and h.run = run.run offset 0)
        returning ${runColumns}`,
    },
    [workspace, before],
  );
