/** Jobs: requests whose answer is fetched later, and what came of them. */
import { int8Array } from './postgres/arrays.ts';
import type { Transaction } from './postgres/database.ts';

export type JobRow = {
  readonly job: number;
  readonly principal_id: number;
  readonly tasks: number;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly results: string | null;
};

/** @returns its number; undefined when there is one with the same key. */
export async function insertJob(
  tx: Transaction,
  workspace: number,
  job: { principal_id: number; via: string; key: string | null; tasks: number },
  at: Date,
): Promise<number | undefined> {
  const [row] = await tx.query<{ job: number }>(
    `insert into job (workspace_id, principal_id, via, key, tasks, started_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, via, key) where key is not null do nothing returning job`,
    [workspace, job.principal_id, job.via, job.key, job.tasks, at],
  );
  return row?.job;
}

export async function findJobByKey(
  tx: Transaction,
  workspace: number,
  via: string,
  key: string,
): Promise<number | undefined> {
  const [row] = await tx.query<{ job: number }>(
    'select job from job where workspace_id = $1 and via = $2 and key = $3',
    [workspace, via, key],
  );
  return row?.job;
}

export async function endJob(
  tx: Transaction,
  workspace: number,
  job: { number: number; results: string; about: readonly number[] },
  at: Date,
): Promise<void> {
  await tx.query(
    `update job set results = $3, about = $4::bigint[], ended_at = $5 where workspace_id = $1 and job = $2 and ended_at is null`,
    [workspace, job.number, job.results, int8Array(job.about), at],
  );
}

export async function readJob(
  tx: Transaction,
  workspace: number,
  via: string,
  job: number,
): Promise<JobRow | undefined> {
  const [row] = await tx.query<JobRow>(
    `select job, principal_id, tasks, started_at, ended_at, results from job where workspace_id = $1 and via = $2 and job = $3`,
    [workspace, via, job],
  );
  return row;
}

/** Newest first, of one principal or of all (null). */
export const readJobs = (
  tx: Transaction,
  workspace: number,
  { via, principal, limit }: { via: string; principal: number | null; limit: number },
): Promise<JobRow[]> =>
  tx.query<JobRow>(
    `select job, principal_id, tasks, started_at, ended_at, results from job
     where workspace_id = $1 and via = $2 and ($3::bigint is null or principal_id = $3) order by job desc limit $4`,
    [workspace, via, principal, limit],
  );
