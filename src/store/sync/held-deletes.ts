/** The deletes that a run holds, until they are approved, cancelled, or overtaken by a newer set of the same interface. */
import { int8Array } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';
import { type HeldEnd, type HeldSet, type RunRow, runColumns } from './runs.ts';

export type HeldRow = { readonly number: number; readonly version: number };

/** A hash of each link of a record: another one where the link has another role or other attributes. */
const linksOf = (number: string): string => {
  const hashed = "select hashtextextended(concat_ws(' ', number, slot, role, attributes), 0) as link from link";
  return `${hashed} where workspace_id = $1 and left_number = ${number}
          union all ${hashed} where workspace_id = $1 and right_number = ${number}`;
};

/** @returns how many of the records there are: those that somebody has deleted are not held. */
export async function holdDeletes(
  tx: Transaction,
  workspace: number,
  run: number,
  numbers: readonly number[],
): Promise<number> {
  const rows = await tx.query<{ number: number }>(
    {
      name: 'hold_deletes',
      text: `
        insert into held_delete (workspace_id, run, number, version, links)
        select $1, $2, r.number, r.version, array(${linksOf('r.number')}) from unnest($3::bigint[]) n (number) cross join lateral (
          select number, version from record where workspace_id = $1 and number = n.number and deleted_at is null offset 0) r
        returning number`,
    },
    [workspace, run, int8Array(numbers)],
  );
  return rows.length;
}

export function forgetHeldDeletes(tx: Transaction, workspace: number, run: number): void {
  tx.send({ name: 'forget_held_deletes', text: 'delete from held_delete where workspace_id = $1 and run = $2' }, [
    workspace,
    run,
  ]);
}

/** In the order of their numbers, behind `after`. */
export const readHeldDeletes = (
  tx: Transaction,
  workspace: number,
  page: { readonly run: number; readonly after: number; readonly limit: number },
): Promise<HeldRow[]> =>
  tx.query<HeldRow>(
    {
      name: 'read_held_deletes',
      text: `
        select number, version from held_delete where workspace_id = $1 and run = $2 and number > $3 order by number limit $4`,
    },
    [workspace, page.run, page.after, page.limit],
  );

/** Nobody else changes the records, or links them, until the transaction ends. `numbers` ascend. */
export async function lockHeldRecords(tx: Transaction, workspace: number, numbers: readonly number[]): Promise<void> {
  await tx.query(
    {
      name: 'lock_held_records',
      text: `
        select 1 from unnest($2::bigint[]) n (number) cross join lateral (
          select from record where workspace_id = $1 and number = n.number for no key update) r`,
    },
    [workspace, int8Array(numbers)],
  );
}

/**
 * What became of a record since a run held it: it is gone; it is not the interface's any more; it was supplied by a run, or brought back; it was
 * changed otherwise; or it has a link that it had not.
 */
export type HeldSince = 'gone' | 'released' | 'supplied' | 'changed' | 'linked';

/** Those of the records that are not as they were when the run held them. */
export async function readHeldSince(
  tx: Transaction,
  workspace: number,
  { run, interface: on }: Pick<RunRow, 'run' | 'interface'>,
  numbers: readonly number[],
): Promise<Map<number, HeldSince>> {
  const rows = await tx.query<{ number: number; since: HeldSince }>(
    {
      name: 'read_held_since',
      text: `
        select n.number, s.since from unnest($4::bigint[]) n (number)
        cross join lateral (
          select version, links from held_delete where workspace_id = $1 and run = $2 and number = n.number offset 0) h
        cross join lateral (
          select version, deleted_at from record where workspace_id = $1 and number = n.number offset 0) r
        cross join lateral (
          select case
            when r.deleted_at is not null then 'gone'
            when not exists (
              select from interface_record where workspace_id = $1 and interface = $3 and number = n.number) then 'released'
            when r.version <> h.version then case when exists (
              select from change where workspace_id = $1 and number = n.number and version > h.version
                and (kind = 'revived' or run is not null)) then 'supplied' else 'changed' end
            when exists (select from (${linksOf('n.number')}) l where l.link <> all (h.links)) then 'linked'
          end as since offset 0) s
        where s.since is not null`,
    },
    [workspace, run, on, int8Array(numbers)],
  );
  return new Map(rows.map(({ number, since }) => [number, since]));
}

/** The runs of the interface that hold deletes, but for one. */
export const readHoldingRuns = (
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  except: number,
): Promise<Pick<RunRow, 'run' | 'scope' | 'counts' | 'issues' | 'held_whole'>[]> =>
  tx.query(
    {
      name: 'read_holding_runs',
      text: `select run, scope, counts, issues, held_whole from run where workspace_id = $1 and interface = $2 and state = 'held' and run <> $3`,
    },
    [workspace, interfaceId, except],
  );

/** A newer set says again what is to be deleted. @returns the runs as they ended. */
export const overtakeHeldDeletes = (
  tx: Transaction,
  workspace: number,
  runs: readonly number[],
  newer: number,
  at: Date,
): Promise<RunRow[]> =>
  tx.query<RunRow>(
    {
      name: 'overtake_held_deletes',
      text: `
        with overtaken as (
          update run set state = 'partial', held_end = 'overtaken', held_end_run = $3, held_end_at = $4
          where workspace_id = $1 and run = any($2::bigint[]) and state = 'held' returning ${runColumns}
        ), forgotten as (
          delete from held_delete using (
            select h.place from overtaken cross join lateral (
              select ctid as place from held_delete where workspace_id = $1 and run = overtaken.run order by run, number offset 0) h
            offset 0) gone
          where held_delete.ctid = gone.place and held_delete.workspace_id = $1
        )
        select * from overtaken`,
    },
    [workspace, int8Array(runs), newer, at],
  );

/** Somebody decided on them. @param changes how many change rows that wrote. @returns the run as it ended. */
export async function endHeldDeletes(
  tx: Transaction,
  workspace: number,
  { run, state, counts, issues }: Pick<RunRow, 'run' | 'state' | 'counts' | 'issues'>,
  end: HeldEnd,
  changes: number,
): Promise<RunRow> {
  await tx.query(
    `update run set state = $3, counts = $4, issues = $5,
       batches = case when $6::bigint > 0 then batches || currval('batch_number') else batches end
     where workspace_id = $1 and run = $2`,
    [workspace, run, state, JSON.stringify(counts), issues, changes],
  );
  forgetHeldDeletes(tx, workspace, run);
  return noteHeldEnd(tx, workspace, run, end);
}

/** Sets that are held as a whole, of which nobody decided before that time. */
export const findExpiredSets = (
  tx: Transaction,
  workspace: number,
  before: Date,
): Promise<{ run: number; interface: number }[]> =>
  tx.query(
    `select run, interface from run
     where workspace_id = $1 and interface >= 0 and state = 'held' and held_whole is not null and held_until < $2
     order by run limit 100`,
    [workspace, before],
  );

/** The sets that are held as a whole, which keeps their elements. */
export async function findHeldSets(tx: Transaction, workspace: number): Promise<number[]> {
  const rows = await tx.query<{ run: number }>(
    `select run from run where workspace_id = $1 and interface >= 0 and state = 'held' and held_whole is not null
     order by run limit 100`,
    [workspace],
  );
  return rows.map(({ run }) => run);
}

export async function noteHeldEnd(tx: Transaction, workspace: number, run: number, end: HeldEnd): Promise<RunRow> {
  const [row] = await tx.query<RunRow>(
    `update run set held_end = $3, held_end_at = $4, held_end_by = $5, held_end_run = $6
     where workspace_id = $1 and run = $2 returning ${runColumns}`,
    [workspace, run, end.outcome, end.at, 'by' in end ? end.by : null, 'run' in end ? end.run : null],
  );
  if (row === undefined) throw new Error(`Run ${run} is gone`);
  return row;
}

export async function noteHeldWhole(tx: Transaction, workspace: number, run: number, held: HeldSet): Promise<void> {
  await tx.query('update run set held_whole = $3 where workspace_id = $1 and run = $2', [
    workspace,
    run,
    JSON.stringify(held),
  ]);
}
