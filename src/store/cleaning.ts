/** Takes away what is too old, a bounded number of rows in a statement: so that no writer waits, and whoever is killed leaves no harm. */
import { int8Array } from './arrays.ts';
import type { Transaction } from './database.ts';

/** A table, and the places of those of its rows that go: $1 is the workspace, $2 the time before which they are too old, $3 the most. */
type Sweep = { readonly table: string; readonly places: string };

// Each is read in the order of an index, so that the oldest come first and nothing younger is looked at.
const sweeps = {
  answers: {
    table: 'idempotency',
    places: 'select ctid as place from idempotency where workspace_id = $1 and at < $2 order by at limit $3',
  },
  pending_links: {
    table: 'pending_link',
    places:
      'select ctid as place from pending_link where workspace_id = $1 and expires_at < $2 order by expires_at limit $3 for update skip locked',
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
  imports: {
    table: 'import',
    places: `
      select i.ctid as place from import i cross join lateral (
        select exists (select from import_rejection where workspace_id = $1 and import = i.import offset 0) as has_rows offset 0) s
      where i.workspace_id = $1 and i.started_at < $2 and not has_rows
      order by i.started_at limit $3`,
  },
  // The newest run of an interface stays: it says how things are.
  runs: {
    table: 'run',
    places: `
      select r.ctid as place from run r cross join lateral (
        select exists (select from issue where workspace_id = $1 and run = r.run offset 0) as has_issues,
          exists (select from run where workspace_id = $1 and interface = r.interface and run > r.run offset 0) as has_newer offset 0) s
      where r.workspace_id = $1 and r.received_at < $2 and r.state not in ('received', 'queued', 'held')
        and has_newer and not has_issues
      order by r.received_at limit $3`,
  },
  plans: {
    table: 'plan',
    places: `
      select p.ctid as place from plan p where p.workspace_id = $1 and p.expires_at < $2
        and not exists (select from plan_item i where i.workspace_id = $1 and i.plan = p.plan)
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

/** Runs whose held deletes nobody decided on in time, and whose list is gone. */
export async function endHeldRuns(tx: Transaction, workspace: number, before: Date): Promise<void> {
  await tx.query(
    {
      name: 'end_held_runs',
      text: `
        update run r set state = 'partial', held_end = 'expired'
        where r.workspace_id = $1 and r.interface >= 0 and r.state = 'held' and r.held_until < $2
          and r.held_whole is null and not exists (select from held_delete h where h.workspace_id = $1 and h.run = r.run)`,
    },
    [workspace, before],
  );
}

// ---- changes: whole commits, the oldest first

/** The last of the commits behind `from` that are older, looking at so many; undefined when the first of them is younger, or there is none. */
export async function findOldCommit(
  tx: Transaction,
  workspace: number,
  from: number,
  before: Date,
  most: number,
): Promise<number | undefined> {
  const [row] = await tx.query<{ commit: number | null }>(
    {
      name: 'find_old_commit',
      text: `
        select max(commit) filter (where is_old) as commit from (
          select commit, bool_and(at < $3) over (order by commit) as is_old from (
            select commit, at from commit where workspace_id = $1 and commit >= $2 order by commit limit $4) c) s`,
    },
    [workspace, from, before, most],
  );
  return row?.commit ?? undefined;
}

export async function readChangesFrom(tx: Transaction, workspace: number): Promise<number> {
  const [row] = await tx.query<{ changes_from: number | null }>(
    { name: 'read_changes_from', text: 'select changes_from from cleaning where workspace_id = $1' },
    [workspace],
  );
  return row?.changes_from ?? 0;
}

/** From now on no reader is shown what stands before: it may be taken away in pieces. */
export async function keepChangesFrom(tx: Transaction, workspace: number, commit: number): Promise<void> {
  await tx.query(
    'update cleaning set changes_from = $2 where workspace_id = $1 and coalesce(changes_from, 0) < $2 returning 1',
    [workspace, commit],
  );
}

/** The rows of a batch go in their order: where the first one is there, all are. @returns how many change rows went, and whether there is more. */
export async function sweepChanges(
  tx: Transaction,
  workspace: number,
  before: number,
  most: number,
): Promise<{ readonly changes: number; readonly more: boolean }> {
  const commits = await tx.query<{ commit: number; batch: number }>(
    {
      name: 'read_swept_commits',
      text: 'select commit, batch from commit where workspace_id = $1 and commit < $2 order by commit limit 200',
    },
    [workspace, before],
  );
  if (commits.length === 0) return { changes: 0, more: false };
  const gone = await tx.query(
    {
      name: 'sweep_changes',
      text: `
        delete from change using (
          select c.place from unnest($2::bigint[]) b (batch) cross join lateral (
            select ctid as place from change where workspace_id = $1 and batch = b.batch order by row limit $3 offset 0) c
          limit $3) gone
        where change.ctid = gone.place and change.workspace_id = $1 returning 1`,
    },
    [workspace, int8Array(commits.map(({ batch }) => batch)), most],
  );
  if (gone.length === most) return { changes: gone.length, more: true };
  await tx.query(
    {
      name: 'sweep_commits',
      text: 'delete from commit where workspace_id = $1 and commit = any($2::bigint[]) returning 1',
    },
    [workspace, int8Array(commits.map(({ commit }) => commit))],
  );
  return { changes: gone.length, more: true };
}

export async function countOldChanges(
  tx: Transaction,
  workspace: number,
  before: number,
  most: number,
): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    {
      name: 'count_old_changes',
      text: `
        select count(*) as count from (
          select 1 from commit k cross join lateral (
            select 1 from change where workspace_id = $1 and batch = k.batch order by row offset 0) c
          where k.workspace_id = $1 and k.commit < $2 limit $3) gone`,
    },
    [workspace, before, most],
  );
  return row?.count ?? 0;
}

// ---- tombstones

export type OldTombstone = { readonly number: number; readonly deleted_at: Date; readonly has_changes: boolean };

/** In the order of their deletion, behind one; those that nobody else holds. */
export const lockOldTombstones = (
  tx: Transaction,
  workspace: number,
  page: { readonly after: Date; readonly before: Date; readonly limit: number },
): Promise<OldTombstone[]> =>
  tx.query<OldTombstone>(
    {
      name: 'lock_old_tombstones',
      text: `
        select r.number, r.deleted_at, exists (
            select from change where workspace_id = $1 and number = r.number
            union all
            select from change where workspace_id = $1 and other_number = r.number) as has_changes
        from (
          select number, deleted_at from record
          where workspace_id = $1 and deleted_at is not null and deleted_at >= $2 and deleted_at < $3
          order by deleted_at limit $4 for update skip locked) r`,
    },
    [workspace, page.after, page.before, page.limit],
  );

/** With the keys that they kept, and all else that is only theirs. Their numbers are not given again. */
export async function deleteTombstones(tx: Transaction, workspace: number, numbers: readonly number[]): Promise<void> {
  const values = [workspace, int8Array(numbers)];
  await tx.query(
    {
      name: 'delete_tombstone_keys',
      text: `
        delete from record_key using (
          select k.place from unnest($2::bigint[]) n (number)
          cross join lateral (select number, type, data from record where workspace_id = $1 and number = n.number offset 0) r
          cross join lateral jsonb_each_text(r.data) v
          cross join lateral (
            select ctid as place from record_key
            where workspace_id = $1 and type = r.type and field = v.key::int and value = v.value and number = r.number offset 0) k
          offset 0) gone
        where record_key.ctid = gone.place and record_key.workspace_id = $1`,
    },
    values,
  );
  const each = (table: string): string => `
    delete from ${table} using (
      select t.place from unnest($2::bigint[]) n (number) cross join lateral (
        select ctid as place from ${table} where workspace_id = $1 and number = n.number offset 0) t
      offset 0) gone
    where ${table}.ctid = gone.place and ${table}.workspace_id = $1`;
  for (const table of ['record_alias', 'record_merge', 'refusal', 'record'])
    await tx.query({ name: `delete_tombstone_${table}`, text: each(table) }, values);
}

// ---- who is at work

export type CleaningClaim = { readonly by: string; readonly until: Date };

/** The workspace that has waited longest for being cleaned, and on which nobody is at work; 0 for what belongs to none. */
export async function claimCleaning(tx: Transaction, now: Date, claim: CleaningClaim): Promise<number | undefined> {
  const [row] = await tx.query<{ workspace_id: number }>(
    {
      name: 'claim_cleaning',
      text: `
        update cleaning set claimed_by = $2, claimed_until = $3 where workspace_id = (
          select workspace_id from cleaning
          where due_at <= $1 and (claimed_until is null or claimed_until < $1)
          order by due_at limit 1 for update skip locked)
        returning workspace_id`,
    },
    [now, claim.by, claim.until],
  );
  return row?.workspace_id;
}

/** @returns false when somebody else is at work on it. */
export async function claimCleaningOf(
  tx: Transaction,
  workspace: number,
  now: Date,
  claim: CleaningClaim,
): Promise<boolean> {
  const rows = await tx.query(
    `update cleaning set claimed_by = $3, claimed_until = $4
     where workspace_id = $1 and (claimed_until is null or claimed_until < $2 or claimed_by = $3) returning 1`,
    [workspace, now, claim.by, claim.until],
  );
  return rows.length > 0;
}

export async function endCleaning(tx: Transaction, workspace: number, by: string, dueAt: Date): Promise<void> {
  await tx.query(
    'update cleaning set claimed_by = null, claimed_until = null, due_at = $3 where workspace_id = $1 and claimed_by = $2',
    [workspace, by, dueAt],
  );
}
