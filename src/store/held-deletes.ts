/** The deletes that a run holds, until they are approved, cancelled, or overtaken by a newer set of the same interface. */
import { int8Array } from './arrays.ts';
import type { Transaction } from './database.ts';
import { type HeldEnd, type HeldSet, type RunRow, runColumns } from './runs.ts';

export type HeldRow = { readonly number: number; readonly version: number };

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
        insert into held_delete (workspace_id, run, number, version)
        select $1, $2, r.number, r.version from unnest($3::bigint[]) n (number) cross join lateral (
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

/** Those of the records that have been brought back, or supplied by a run, since they were held; and those that are not the interface's any more. */
export async function readChangedHands(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  held: readonly HeldRow[],
): Promise<Set<number>> {
  const rows = await tx.query<{ number: number }>(
    {
      name: 'read_changed_hands',
      text: `
        select h.number from unnest($3::bigint[], $4::bigint[]) h (number, version)
        cross join lateral (
          select
            exists (select from interface_record where workspace_id = $1 and interface = $2 and number = h.number) as ours,
            exists (
              select from change where workspace_id = $1 and number = h.number and version > h.version
                and (kind = 'revived' or run is not null)) as supplied
          offset 0) is_now
        where supplied or not ours`,
    },
    [
      workspace,
      interfaceId,
      int8Array(held.map(({ number }) => number)),
      int8Array(held.map(({ version }) => version)),
    ],
  );
  return new Set(rows.map(({ number }) => number));
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
