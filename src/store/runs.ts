/** Runs of interfaces, and their issues. */
import type { RunCounts, RunState } from '../model/outcomes.ts';
import { storableText } from '../model/text.ts';
import type { Transaction } from './database.ts';

export type RunRow = {
  readonly run: number;
  readonly interface: number;
  readonly state: RunState;
  readonly counts: RunCounts;
  readonly issues: number;
  readonly received_at: Date;
  readonly finished_at: Date | null;
  readonly failure: string | null;
  readonly held_deletes: number;
  readonly held_until: Date | null;
  readonly held_end: HeldEnd | null;
  readonly scope: Readonly<Record<string, string | number | boolean>> | null;
  readonly reverts: number | null;
};

/** What became of the deletes that a run held. */
export type HeldEnd = 'approved' | 'cancelled' | 'overtaken';

const columns =
  'run, interface, state, counts, issues, received_at, finished_at, failure, held_deletes, held_until, held_end, scope, reverts';

/** Waits until no other run of the interface is at work, on any server; held until the transaction ends. */
export async function lockInterface(tx: Transaction, workspace: number, id: number): Promise<void> {
  await tx.query('insert into interface_lock (workspace_id, interface) values ($1, $2) on conflict do nothing', [
    workspace,
    id,
  ]);
  await tx.query('select 1 from interface_lock where workspace_id = $1 and interface = $2 for update', [workspace, id]);
}

export async function insertRun(
  tx: Transaction,
  workspace: number,
  run: Pick<RunRow, 'interface' | 'counts' | 'received_at'> & {
    readonly principal_id: number;
    readonly via: string;
    readonly request: string;
    readonly reverts?: number;
  },
): Promise<number> {
  const [row] = await tx.query<{ run: number }>(
    `insert into run (workspace_id, interface, state, counts, issues, principal_id, via, request, received_at, reverts)
     values ($1, $2, 'received', $3, 0, $4, $5, $6, $7, $8) returning run`,
    [
      workspace,
      run.interface,
      JSON.stringify(run.counts),
      run.principal_id,
      run.via,
      run.request,
      run.received_at,
      run.reverts ?? null,
    ],
  );
  if (row === undefined) throw new Error('insert gave no row');
  return row.run;
}

export function noteScope(tx: Transaction, workspace: number, run: number, scope: NonNullable<RunRow['scope']>): void {
  tx.send('update run set scope = $3 where workspace_id = $1 and run = $2', [workspace, run, JSON.stringify(scope)]);
}

export type FinishedRun = Pick<
  RunRow,
  'run' | 'state' | 'counts' | 'issues' | 'finished_at' | 'held_deletes' | 'held_until'
>;

/** @param changes how many change rows the transaction has written, all of one batch. */
export async function finishRun(
  tx: Transaction,
  workspace: number,
  run: FinishedRun,
  changes: number,
): Promise<RunRow> {
  const [row] = await tx.query<RunRow>(
    `update run set state = $3, counts = $4, issues = $5, finished_at = $6, held_deletes = $7, held_until = $8,
       batches = case when $9::bigint > 0 then batches || currval('batch_number') else batches end
     where workspace_id = $1 and run = $2 returning ${columns}`,
    [
      workspace,
      run.run,
      run.state,
      JSON.stringify(run.counts),
      run.issues,
      run.finished_at,
      run.held_deletes,
      run.held_until,
      changes,
    ],
  );
  if (row === undefined) throw new Error(`Run ${run.run} is gone`);
  return row;
}

/** Nothing when it was finished after all. */
export async function failRun(
  tx: Transaction,
  workspace: number,
  run: number,
  at: Date,
  failure: string,
): Promise<void> {
  await tx.query(
    `update run set state = 'failed', finished_at = $3, failure = $4 where workspace_id = $1 and run = $2 and state = 'received'`,
    [workspace, run, at, storableText(failure)],
  );
}

/** For whoever holds the interface's lock: no run but its own is at work, whatever the table says. */
export async function failLostRuns(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  at: Date,
  failure: string,
): Promise<void> {
  await tx.query(
    `update run set state = 'failed', finished_at = $3, failure = $4
     where workspace_id = $1 and interface = $2 and state = 'received'`,
    [workspace, interfaceId, at, failure],
  );
}

/** Whether no run of the interface was at work; if so, none begins until the transaction ends. */
export async function tryLockInterface(tx: Transaction, workspace: number, id: number): Promise<boolean> {
  const rows = await tx.query(
    'select 1 from interface_lock where workspace_id = $1 and interface = $2 for update skip locked',
    [workspace, id],
  );
  return rows.length > 0;
}

/** Newest first. */
export const readRuns = (tx: Transaction, workspace: number, interfaceId: number, limit: number): Promise<RunRow[]> =>
  tx.query<RunRow>(`select ${columns} from run where workspace_id = $1 and interface = $2 order by run desc limit $3`, [
    workspace,
    interfaceId,
    limit,
  ]);

export async function findRun(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  run: number,
): Promise<RunRow | undefined> {
  const [row] = await tx.query<RunRow>(
    `select ${columns} from run where workspace_id = $1 and interface = $2 and run = $3`,
    [workspace, interfaceId, run],
  );
  return row;
}

export async function findRunByNumber(tx: Transaction, workspace: number, run: number): Promise<RunRow | undefined> {
  const [row] = await tx.query<RunRow>(`select ${columns} from run where workspace_id = $1 and run = $2`, [
    workspace,
    run,
  ]);
  return row;
}

export type IssueRow = {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly key: string | null;
  readonly number: number | null;
  readonly path: string | null;
  readonly member: string | null;
  readonly value: string | null;
  readonly message: string;
  readonly remedy: string;
  readonly at: Date;
};

/** `place`: of its element in the body, from 0. */
export type PlacedIssue = IssueRow & { readonly place: number };

/** An issue may be about text that cannot be stored. */
const storableOrNull = (text: string | null): string | null => (text === null ? null : storableText(text));

export function insertIssues(
  tx: Transaction,
  workspace: number,
  run: number,
  firstRow: number,
  issues: readonly PlacedIssue[],
): void {
  tx.send(
    `insert into issue (workspace_id, run, row, severity, code, key, number, path, member, value, message, remedy, at, place)
     select $1, $2, n.* from unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[],
       $11::text[], $12::text[], $13::timestamptz[], $14::bigint[]) n
     returning row`,
    [
      workspace,
      run,
      issues.map((_, index) => firstRow + index),
      issues.map((issue) => issue.severity),
      issues.map((issue) => issue.code),
      issues.map((issue) => storableOrNull(issue.key)),
      issues.map((issue) => issue.number),
      issues.map((issue) => storableOrNull(issue.path)),
      issues.map((issue) => storableOrNull(issue.member)),
      issues.map((issue) => storableOrNull(issue.value)),
      issues.map((issue) => storableText(issue.message)),
      issues.map((issue) => issue.remedy),
      issues.map((issue) => issue.at),
      issues.map((issue) => issue.place),
    ],
  );
}

/** In the order of the body. */
export const readIssues = (tx: Transaction, workspace: number, run: number): Promise<IssueRow[]> =>
  tx.query<IssueRow>(
    `select severity, code, key, number, path, member, value, message, remedy, at
     from issue where workspace_id = $1 and run = $2 order by place, row`,
    [workspace, run],
  );
