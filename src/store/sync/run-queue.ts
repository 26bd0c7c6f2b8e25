/** Runs that are not over: which of them somebody is at work on, and the elements of those that wait. */
import { int4Array } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';
import { ensureInterfaceLock, type RunRow, runColumns } from './runs.ts';

/** Draws the number of a run that is about to be received. Must be committed before it is locked, and lost with no harm: it need not be on disk. */
export async function reserveRun(tx: Transaction, workspace: number, interfaceId: number, at: Date): Promise<number> {
  tx.send('set local synchronous_commit = off');
  await ensureInterfaceLock(tx, workspace, interfaceId);
  const [row] = await tx.query<{ run: number }>(
    'insert into open_run (workspace_id, interface, reserved_at) values ($1, $2, $3) returning run',
    [workspace, interfaceId, at],
  );
  if (row === undefined) throw new Error('insert gave no row');
  return row.run;
}

/** For whoever receives the run, before it is seen by anybody; or takes it up, or ends it. */
export async function holdRun(tx: Transaction, workspace: number, run: number): Promise<void> {
  await tx.query('select 1 from open_run where workspace_id = $1 and run = $2 for update', [workspace, run]);
}

/** Nobody looks for the run any more; its elements stay. */
export function leaveRun(tx: Transaction, workspace: number, run: number): void {
  tx.send('delete from open_run where workspace_id = $1 and run = $2', [workspace, run]);
}

/** The run is over: nobody looks for it any more, and its elements go. */
export function closeRun(tx: Transaction, workspace: number, run: number): void {
  leaveRun(tx, workspace, run);
  tx.send('delete from queued_part where workspace_id = $1 and run = $2', [workspace, run]);
}

/** Those of the interfaces that are said to be received, and on which nobody is at work; held until the transaction ends. */
export const holdLostRuns = (tx: Transaction, workspace: number, interfaces: readonly number[]): Promise<RunRow[]> =>
  holdRuns(tx, workspace, { interfaces, state: 'received', before: Number.MAX_SAFE_INTEGER });

/** Those of an interface that wait, before a run, and on which nobody is at work; held until the transaction ends. */
export const holdQueuedRuns = (
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  before: number,
): Promise<RunRow[]> => holdRuns(tx, workspace, { interfaces: [interfaceId], state: 'queued', before });

async function holdRuns(
  tx: Transaction,
  workspace: number,
  { interfaces, state, before }: { interfaces: readonly number[]; state: 'received' | 'queued'; before: number },
): Promise<RunRow[]> {
  const held = await tx.query<{ run: number }>(
    `select o.run from run join open_run o on o.workspace_id = run.workspace_id and o.run = run.run
     where run.workspace_id = $1 and run.interface = any($2::int[]) and run.state in ('received', 'queued') and run.state = $3
       and run.run < $4
     order by o.run for update of o skip locked`,
    [workspace, interfaces, state, before],
  );
  if (held.length === 0) return [];
  // What was seen may be from before its lock was let go: only now does nobody change it.
  return tx.query<RunRow>(
    `select ${runColumns} from run where workspace_id = $1 and run = any($2::bigint[]) and state = $3 order by run`,
    [workspace, held.map(({ run }) => run), state],
  );
}

/** The first that waits; undefined: none does. */
export async function findQueued(tx: Transaction, workspace: number, interfaceId: number): Promise<RunRow | undefined> {
  const [row] = await tx.query<RunRow>(
    `select ${runColumns} from run
     where workspace_id = $1 and interface = $2 and state = 'queued' order by run limit 1`,
    [workspace, interfaceId],
  );
  return row;
}

/** Sets that were received later and are applied already, or wait: the last ones first. */
export const readNewerSets = (
  tx: Transaction,
  workspace: number,
  { run, interface: id }: Pick<RunRow, 'run' | 'interface'>,
): Promise<Pick<RunRow, 'run' | 'scope' | 'stamp' | 'state' | 'held_whole'>[]> =>
  tx.query(
    `select run, scope, stamp, state, held_whole from run where workspace_id = $1 and interface = $2 and run > $3 and reverts is null and replays is null
       and state in ('queued', 'applied', 'partial', 'held') order by run desc limit 1000`,
    [workspace, id, run],
  );

/**
 * Sets of an interface enter the queue one after the other, so that each sees those before it: of two that came at the same moment neither
 * would. Until the transaction ends, which should be soon.
 */
export async function enterQueue(tx: Transaction, workspace: number, interfaceId: number): Promise<void> {
  await tx.query(
    {
      name: 'enter_queue',
      text: `select pg_advisory_xact_lock(hashtextextended('keyway queue ' || $1::bigint || ' ' || $2::int, 0))`,
    },
    [workspace, interfaceId],
  );
}

/** The input of the run is whole. */
export async function queueRun(
  tx: Transaction,
  workspace: number,
  run: Pick<RunRow, 'run' | 'counts' | 'format'>,
): Promise<RunRow> {
  const [row] = await tx.query<RunRow>(
    `update run set state = 'queued', counts = $3, format = $4 where workspace_id = $1 and run = $2 returning ${runColumns}`,
    [workspace, run.run, JSON.stringify(run.counts), run.format],
  );
  if (row === undefined) throw new Error(`Run ${run.run} is gone`);
  return row;
}

/** @returns how often it was begun, this time included. */
export async function markStarted(tx: Transaction, workspace: number, run: number, at: Date): Promise<number> {
  const [row] = await tx.query<{ attempts: number }>(
    'update run set started_at = $3, attempts = attempts + 1 where workspace_id = $1 and run = $2 returning attempts',
    [workspace, run, at],
  );
  if (row === undefined) throw new Error(`Run ${run} is gone`);
  return row.attempts;
}

export type QueuedPart = { readonly part: number; readonly bytes: Buffer; readonly ends: readonly number[] };

export async function insertQueuedPart(
  tx: Transaction,
  workspace: number,
  run: number,
  { part, bytes, ends }: QueuedPart,
): Promise<void> {
  await tx.query(
    {
      name: 'insert_queued_part',
      text: 'insert into queued_part (workspace_id, run, part, bytes, ends) values ($1, $2, $3, $4, $5)',
    },
    [workspace, run, part, bytes, int4Array(ends)],
  );
}

export async function readQueuedPart(
  tx: Transaction,
  workspace: number,
  run: number,
  part: number,
): Promise<QueuedPart | undefined> {
  const [row] = await tx.query<QueuedPart>(
    {
      name: 'read_queued_part',
      text: 'select part, bytes, ends from queued_part where workspace_id = $1 and run = $2 and part = $3',
    },
    [workspace, run, part],
  );
  return row;
}

// ---- the server that looks for work

export type OpenInterface = { readonly workspace_id: number; readonly interface: number };

/** The interfaces with runs that are not over: they are received, wait, or were lost. */
export const readOpenInterfaces = (tx: Transaction): Promise<OpenInterface[]> =>
  tx.query<OpenInterface>('select distinct workspace_id, interface from open_run');

/** Numbers that were reserved by a server that went away before it recorded the run. */
export async function forgetReserved(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  before: Date,
): Promise<void> {
  await tx.query(
    `delete from open_run using (
       select o.run from open_run o left join run r on r.workspace_id = o.workspace_id and r.run = o.run
       where o.workspace_id = $1 and o.interface = $2 and o.reserved_at < $3 and r.run is null
       order by o.run for update of o skip locked) gone
     where open_run.workspace_id = $1 and open_run.run = gone.run`,
    [workspace, interfaceId, before],
  );
}
