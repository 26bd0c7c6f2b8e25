/** `GET /job_statuses…`: what became of jobs. They are kept for a day. */
import { clock } from '../../../model/clock.ts';
import type { JobView } from '../../../model/job.ts';
import { type Answer, type Call, queryOf } from '../call.ts';
import { invalidAttribute, notFound } from '../errors.ts';
import { jobsKeptSeconds, pageSize } from '../options.ts';
import { jobNumber, renderJob } from './render.ts';

export async function showJob(call: Call): Promise<Answer> {
  const job = await findJob(call, call.params.job ?? '');
  if (job === undefined) throw notFound();
  return { status: 200, outcome: 'found', body: { job_status: renderJob(call, job) } };
}

/** Newest first. */
export async function listJobs(call: Call): Promise<Answer> {
  const jobs = await call.hub.jobs.list(call.caller, pageSize.largest);
  return shown(call, jobs.filter(isKept));
}

/** Those of the ids that there are. */
export async function showManyJobs(call: Call): Promise<Answer> {
  const ids = (queryOf(call, 'ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0 || ids.length > pageSize.largest) {
    throw invalidAttribute('ids', `expected 1 to ${pageSize.largest} ids with commas between`);
  }
  const jobs = await Promise.all(ids.map((id) => findJob(call, id)));
  return shown(
    call,
    jobs.flatMap((job) => job ?? []),
  );
}

const shown = (call: Call, jobs: readonly JobView[]): Answer => ({
  status: 200,
  outcome: 'listed',
  body: { job_statuses: jobs.map((job) => renderJob(call, job)) },
});

async function findJob(call: Call, id: string): Promise<JobView | undefined> {
  const number = jobNumber(call, id);
  const job = number === undefined ? undefined : await call.hub.jobs.find(call.caller, number);
  return job !== undefined && isKept(job) ? job : undefined;
}

const isKept = ({ startedAt }: JobView): boolean => clock.nowMs() - startedAt.getTime() < jobsKeptSeconds * 1000;
