/** Runs of interfaces. */
import type { RunCounts, RunState } from '../../model/runs.ts';
import type { Stamp } from '../../model/stamp.ts';
import { storableText } from '../../model/text.ts';
import type { Transaction } from '../postgres/database.ts';

export type RunRow = {
  readonly run: number;
  readonly interface: number;
  readonly state: RunState;
  readonly counts: RunCounts;
  readonly issues: number;
  readonly principal_id: number;
  readonly principal_name: string | null;
  readonly via: string;
  readonly request: string;
  readonly received_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly failure: string | null;
  readonly format: string | null;
  readonly superseded_by: number | null;
  readonly held_deletes: number;
  readonly held_until: Date | null;
  readonly held_end: HeldEnd['outcome'] | null;
  readonly held_end_at: Date | null;
  readonly held_end_by: number | null;
  readonly held_end_name: string | null;
  readonly held_end_run: number | null;
  /** Of a set that was held as a whole: what it would have come to, but for its deletes. */
  readonly held_whole: HeldSet | null;
  /** What its set is everything of; null: all of its interface. */
  readonly scope: Readonly<Record<string, string | number | boolean>> | null;
  /** What its set is as of, as a whole. */
  readonly stamp: Stamp | null;
  readonly reverts: number | null;
  readonly reverted_by: number | null;
  /** The run whose elements it applies again. */
  readonly replays: number | null;
  /** Of a queued run among those of its interface, from 1. */
  readonly position: number | null;
};

/** `records`: a digest of those of its elements. */
export type HeldSet = RunCounts & { readonly records: string };

/** What became of what a run held: decided by a principal, or said anew by a newer run. */
export type HeldEnd = { readonly at: Date } & (
  | { readonly outcome: 'approved' | 'cancelled'; readonly by: number }
  | { readonly outcome: 'overtaken'; readonly run: number }
  | { readonly outcome: 'expired' }
);

export const runColumns = `
  run.run, run.interface, run.state, run.counts, run.issues, run.principal_id, run.via, run.request, run.received_at, run.started_at,
  run.finished_at, run.failure, run.format, run.superseded_by, run.held_deletes, run.held_until, run.held_end, run.held_end_at, run.held_end_by, run.held_end_run, run.held_whole, run.scope, run.stamp, run.reverts, run.reverted_by, run.replays,
  (select name from principal p where p.principal_id = run.principal_id and p.workspace_id = $1) as principal_name,
  (select name from principal p where p.principal_id = run.held_end_by and p.workspace_id = $1) as held_end_name,
  case when run.state = 'queued' then 1 + (
    select count(*) from run q
    where q.workspace_id = $1 and q.interface = run.interface and q.state = 'queued' and q.run < run.run) end as position`;

/** Waits until no other run of the interface is at work, on any server; held until the transaction ends. */
export async function lockInterface(tx: Transaction, workspace: number, id: number): Promise<void> {
  await ensureInterfaceLock(tx, workspace, id);
  await tx.query('select 1 from interface_lock where workspace_id = $1 and interface = $2 for update', [workspace, id]);
}

export async function ensureInterfaceLock(tx: Transaction, workspace: number, id: number): Promise<void> {
  await tx.query('insert into interface_lock (workspace_id, interface) values ($1, $2) on conflict do nothing', [
    workspace,
    id,
  ]);
}

/** The same without waiting; false when a run of the interface is at work. */
export async function tryLockInterface(tx: Transaction, workspace: number, id: number): Promise<boolean> {
  const rows = await tx.query(
    'select 1 from interface_lock where workspace_id = $1 and interface = $2 for update skip locked',
    [workspace, id],
  );
  return rows.length > 0;
}

export async function insertRun(
  tx: Transaction,
  workspace: number,
  run: Pick<RunRow, 'interface' | 'counts' | 'received_at' | 'started_at' | 'principal_id' | 'via' | 'request'> & {
    /** As it was reserved; drawn when it is not given. */
    readonly run?: number;
    readonly reverts?: number;
    readonly replays?: number;
  },
): Promise<number> {
  const [row] = await tx.query<{ run: number }>(
    `insert into run (workspace_id, run, interface, state, counts, issues, principal_id, via, request, received_at, started_at, reverts, replays)
     values ($1, coalesce($2, nextval('run_number')), $3, 'received', $4, 0, $5, $6, $7, $8, $9, $10, $11) returning run`,
    [
      workspace,
      run.run ?? null,
      run.interface,
      JSON.stringify(run.counts),
      run.principal_id,
      run.via,
      run.request,
      run.received_at,
      run.started_at,
      run.reverts ?? null,
      run.replays ?? null,
    ],
  );
  if (row === undefined) throw new Error('insert gave no row');
  return row.run;
}

export function noteStamp(tx: Transaction, workspace: number, run: number, stamp: Stamp): void {
  tx.send('update run set stamp = $3 where workspace_id = $1 and run = $2', [workspace, run, JSON.stringify(stamp)]);
}

export function noteScope(tx: Transaction, workspace: number, run: number, scope: NonNullable<RunRow['scope']>): void {
  tx.send('update run set scope = $3 where workspace_id = $1 and run = $2', [workspace, run, JSON.stringify(scope)]);
}

export type FinishedRun = Pick<RunRow, 'run' | 'state' | 'counts' | 'issues' | 'finished_at'> &
  Partial<Pick<RunRow, 'format' | 'failure' | 'superseded_by' | 'held_deletes' | 'held_until'>>;

/** @param changes how many change rows the transaction has written, all of one batch. */
export async function finishRun(
  tx: Transaction,
  workspace: number,
  run: FinishedRun,
  changes: number,
): Promise<RunRow> {
  const [row] = await tx.query<RunRow>(
    `update run set state = $3, counts = $4, issues = $5, finished_at = $6, held_deletes = coalesce($7, held_deletes), held_until = $8,
       batches = case when $9::bigint > 0 then batches || currval('batch_number') else batches end, failure = $10, superseded_by = $11,
       format = coalesce($12, format)
     where workspace_id = $1 and run = $2 returning ${runColumns}`,
    [
      workspace,
      run.run,
      run.state,
      JSON.stringify(run.counts),
      run.issues,
      run.finished_at,
      run.held_deletes ?? null,
      run.held_until ?? null,
      changes,
      run.failure == null ? null : storableText(run.failure),
      run.superseded_by ?? null,
      run.format ?? null,
    ],
  );
  if (row === undefined) throw new Error(`Run ${run.run} is gone`);
  return row;
}

export type RunsQuery = {
  readonly interfaces: readonly number[];
  /** Empty: all. */
  readonly states: readonly RunState[];
  readonly before: number;
  readonly limit: number;
};

/** Newest first. */
export const readRuns = (tx: Transaction, workspace: number, query: RunsQuery): Promise<RunRow[]> =>
  tx.query<RunRow>(
    `select ${runColumns} from run
     where workspace_id = $1 and interface = any($2::int[]) and run < $3 and ($4::text[] = '{}' or state = any($4::text[]))
     order by run desc limit $5`,
    [workspace, query.interfaces, query.before, query.states, query.limit],
  );

/** The last run of each interface that has one. A plan has done nothing, and is none. */
export const readLastRuns = (tx: Transaction, workspace: number, interfaces: readonly number[]): Promise<RunRow[]> =>
  tx.query<RunRow>(
    `select l.* from unnest($2::int[]) i (id) cross join lateral (
       select ${runColumns} from run where workspace_id = $1 and interface = i.id and state <> 'planned' order by run desc limit 1) l`,
    [workspace, interfaces],
  );

export async function findRun(tx: Transaction, workspace: number, run: number): Promise<RunRow | undefined> {
  const [row] = await tx.query<RunRow>(`select ${runColumns} from run where workspace_id = $1 and run = $2`, [
    workspace,
    run,
  ]);
  return row;
}
