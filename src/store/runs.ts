/** Runs of interfaces, their issues, and which records each interface is responsible for. */
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
};

const columns = 'run, interface, state, counts, issues, received_at, finished_at, failure';

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
  run: Omit<RunRow, 'run'> & { principal_id: number; via: string; request: string },
): Promise<number> {
  const [row] = await tx.query<{ run: number }>(
    `insert into run (workspace_id, interface, state, counts, issues, principal_id, via, request, received_at, finished_at, failure)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning run`,
    [
      workspace,
      run.interface,
      run.state,
      JSON.stringify(run.counts),
      run.issues,
      run.principal_id,
      run.via,
      run.request,
      run.received_at,
      run.finished_at,
      run.failure,
    ],
  );
  if (row === undefined) throw new Error('insert gave no row');
  return row.run;
}

export async function updateRun(
  tx: Transaction,
  workspace: number,
  run: Pick<RunRow, 'run' | 'state' | 'counts' | 'issues' | 'finished_at'>,
): Promise<void> {
  await tx.query(
    'update run set state = $3, counts = $4, issues = $5, finished_at = $6 where workspace_id = $1 and run = $2',
    [workspace, run.run, run.state, JSON.stringify(run.counts), run.issues, run.finished_at],
  );
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

/** An issue may be about text that cannot be stored. */
const storableOrNull = (text: string | null): string | null => (text === null ? null : storableText(text));

export async function insertIssues(
  tx: Transaction,
  workspace: number,
  run: number,
  firstRow: number,
  issues: readonly IssueRow[],
): Promise<void> {
  await tx.query(
    `insert into issue (workspace_id, run, row, severity, code, key, number, path, member, value, message, remedy, at)
     select $1, $2, n.* from unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[],
       $11::text[], $12::text[], $13::timestamptz[]) n
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
    ],
  );
}

export const readIssues = (tx: Transaction, workspace: number, run: number): Promise<IssueRow[]> =>
  tx.query<IssueRow>(
    `select severity, code, key, number, path, member, value, message, remedy, at
     from issue where workspace_id = $1 and run = $2 order by row`,
    [workspace, run],
  );

/**
 * The records that the interface created or supplied; some may have been deleted since. Without a join on record: right after a first
 * large set, before the tables were analysed, PostgreSQL chose a nested loop for it that took 140 s for 20,000 records.
 */
export async function readInterfaceRecords(tx: Transaction, workspace: number, interfaceId: number): Promise<number[]> {
  const rows = await tx.query<{ number: number }>(
    'select number from interface_record where workspace_id = $1 and interface = $2 order by number',
    [workspace, interfaceId],
  );
  return rows.map((row) => row.number);
}

export async function addInterfaceRecords(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  numbers: readonly number[],
): Promise<void> {
  await tx.query(
    `insert into interface_record (workspace_id, interface, number)
     select $1, $2, n from unnest($3::bigint[]) n on conflict do nothing`,
    [workspace, interfaceId, numbers],
  );
}

export async function removeInterfaceRecords(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  numbers: readonly number[],
): Promise<void> {
  await tx.query(
    'delete from interface_record where workspace_id = $1 and interface = $2 and number = any($3::bigint[])',
    [workspace, interfaceId, numbers],
  );
}
