/**
 * `Prefer: respond-async`: a request is accepted as a job of one task, or of one per item of a batch, and its answers are fetched later.
 * The work is done before the acceptance is answered: what was accepted is done, whatever becomes of the server.
 */

import { Overloaded } from '../../../engine/hub-errors.ts';
import { clock } from '../../../model/clock.ts';
import type { JobView } from '../../../model/job.ts';
import { isObject } from '../../../model/json.ts';
import { type Answer, collection, document, refused } from '../answer.ts';
import { assumed } from '../assumed.ts';
import type { Call } from '../call.ts';
import { invalidHeader, NetSuiteError, nonexistentRecord } from '../errors.ts';
import { tooManyRequests, unexpected } from '../failures.ts';
import { renderCollection, self } from '../render.ts';

export type Task = () => Promise<Answer>;
/** An answer as it is kept, with when its task was at work. */
type Result = Omit<Answer, 'outcome'> & { readonly startTime: string; readonly endTime: string };

const jobHref = (call: Call, job: number): string => `${call.jobsHref}/${job}`;
const taskHref = (call: Call, job: number, task: number): string => `${jobHref(call, job)}/task/${task}`;

/** @throws NetSuiteError for a repeated key, with the address of the first job: the work is not done again. */
export async function accept(call: Call, tasks: readonly Task[]): Promise<Answer> {
  const begun = await call.hub.jobs.begin(call.caller, { key: parseKey(call), tasks: tasks.length });
  const headers = { 'Preference-Applied': 'respond-async', Location: jobHref(call, begun.job) };
  if (begun.kind === 'repeated') {
    const detail =
      'A request with the same idempotency key is already submitted. See the "Location" header for a link to the previously submitted job';
    throw new NetSuiteError(400, { detail, code: 'IDEMPOTENCY_ERROR' }, headers, 'Conflict');
  }
  const results = call.prefers.parallel
    ? await Promise.all(tasks.map((task) => perform(call, task)))
    : await performInTurn(call, tasks);
  await call.hub.jobs.end(call.caller, begun.job, { results, about: recordsIn(results) });
  return { status: 202, mediaType: null, headers, body: undefined, outcome: 'accepted' };
}

function parseKey({ idempotencyKey: key }: Call): string | null {
  if (key === null) return null;
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(key)) return key.toLowerCase();
  throw invalidHeader('X-NetSuite-Idempotency-Key', 'The idempotency key must be a UUID.');
}

async function performInTurn(call: Call, tasks: readonly Task[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const task of tasks) results.push(await perform(call, task));
  return results;
}

async function perform(call: Call, task: Task): Promise<Result> {
  const startTime = clock.now().toISOString();
  const { outcome, ...answer } = await task().catch((error: unknown): Answer => {
    if (error instanceof NetSuiteError) return refused(error);
    if (error instanceof Overloaded) return refused(tooManyRequests());
    call.log.error({ err: error }, 'internal error'); // the other tasks go on, and this one can be looked up by its id
    return refused(unexpected(500, call.caller.requestId));
  });
  return { ...answer, startTime, endTime: clock.now().toISOString() };
}

/** Whatever an answer tells of a record, it has its address too. */
const recordsIn = (results: readonly Result[]): number[] =>
  [...JSON.stringify(results).matchAll(/\/record\/v1\/[^/"?]+\/(\d+)/g)].map(([, number]) => Number(number));

type Progress = 'processing' | 'succeeded' | 'failed';

/** A job whose server died has no results, and never will. */
const isLost = ({ results, startedAt }: JobView): boolean =>
  results === null && clock.nowMs() - startedAt.getTime() > assumed.longestJobSeconds * 1000;

async function findJob(call: Call, id: string): Promise<JobView> {
  const job = /^[1-9]\d{0,14}$/.test(id) ? await call.hub.jobs.find(call.caller, Number(id)) : undefined;
  if (job === undefined) throw new NetSuiteError(404, nonexistentRecord(call.url));
  return job;
}

/** Succeeded means finished, whatever became of its tasks. */
function progressOfJob(job: JobView): Progress {
  if (job.results !== null) return 'succeeded';
  return isLost(job) ? 'failed' : 'processing';
}

export async function readJob(call: Call, { id }: { readonly id: string }): Promise<Answer> {
  const job = await findJob(call, id);
  const href = jobHref(call, job.number);
  const progress = progressOfJob(job);
  return document({
    links: self(href),
    completed: progress !== 'processing',
    id: String(job.number),
    progress,
    task: { links: self(`${href}/task`) },
  });
}

/** In the order of what was sent. */
export async function readTasks(call: Call, { id }: { readonly id: string }): Promise<Answer> {
  const job = await findJob(call, id);
  const items = Array.from({ length: job.tasks }, (_, index) => ({
    links: self(taskHref(call, job.number, index + 1)),
    id: String(index + 1),
  }));
  const paging = { limit: Math.max(1, items.length), offset: 0 };
  return collection(
    renderCollection(call, `${jobHref(call, job.number)}/task`, { items, total: items.length, paging }),
  );
}

type TaskParams = { readonly id: string; readonly task: string };

async function findTask(
  call: Call,
  { id, task }: TaskParams,
): Promise<{ job: JobView; number: number; result?: Result }> {
  const job = await findJob(call, id);
  const number = /^[1-9]\d{0,3}$/.test(task) ? Number(task) : 0;
  if (number < 1 || number > job.tasks) throw new NetSuiteError(404, nonexistentRecord(call.url));
  const result = job.results?.[number - 1];
  return isObject(result) ? { job, number, result: result as Result } : { job, number };
}

export async function readTask(call: Call, params: unknown): Promise<Answer> {
  const { job, number, result } = await findTask(call, params as TaskParams);
  const href = taskHref(call, job.number, number);
  const progress = result === undefined ? progressOfJob(job) : result.status < 400 ? 'succeeded' : 'failed';
  return document({
    links: [{ rel: 'related', href: `${href}/result` }, ...self(href)],
    completed: progress !== 'processing',
    id: String(number),
    progress,
    ...(result === undefined ? {} : { startTime: result.startTime, endTime: result.endTime }),
  });
}

/** The answer that the request would have had at once. @throws NetSuiteError 404 while there is none. */
export async function readResult(call: Call, params: unknown): Promise<Answer> {
  const { job, result } = await findTask(call, params as TaskParams);
  if (result === undefined)
    throw isLost(job) ? unexpected(500, `job-${job.number}`) : new NetSuiteError(404, nonexistentRecord(call.url));
  const { startTime, endTime, ...answer } = result;
  return { ...answer, outcome: 'found' };
}
