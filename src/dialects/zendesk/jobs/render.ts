/** A job as the vendor shows it. */
import { createHash } from 'node:crypto';
import { clock } from '../../../model/clock.ts';
import type { JobView } from '../../../model/job.ts';
import type { Call } from '../call.ts';
import { jobTypes, longestJobSeconds } from '../options.ts';
import type { JobAction } from './perform.ts';

/** What is kept of a job. */
export type JobResults = { readonly action: JobAction; readonly results: readonly unknown[] };

type Place = Pick<Call, 'caller'>;

/** `V3-` and 32 digits: a check, so that nobody comes upon another's by counting, and the number. */
function jobId(call: Place, job: number): string {
  const check = createHash('sha256').update(`job ${call.caller.principal.workspace} ${job}`).digest('hex');
  return `V3-${check.slice(0, 16)}${job.toString(16).padStart(16, '0')}`;
}

/** undefined: not an id of ours. */
export function jobNumber(call: Place, id: string): number | undefined {
  const digits = /^V3-[0-9a-f]{16}([0-9a-f]{16})$/.exec(id)?.[1];
  const number = digits === undefined ? Number.NaN : Number.parseInt(digits, 16);
  return Number.isSafeInteger(number) && jobId(call, number) === id ? number : undefined;
}

export const jobUrl = (call: Pick<Call, 'api' | 'caller'>, job: number): string =>
  `${call.api}/job_statuses/${jobId(call, job)}.json`;

export const renderQueued = (call: Call, job: number, action: JobAction, total: number): unknown => ({
  ...frame(call, job, total, action),
  ...{ progress: null, status: 'queued', message: null, results: null },
});

export function renderJob(call: Call, job: JobView): unknown {
  const [kept] = (job.results ?? []) as readonly JobResults[];
  const common = frame(call, job.number, job.tasks, kept?.action);
  if (kept !== undefined && job.endedAt !== null) {
    const message = `Completed at ${job.endedAt.toISOString().replace('T', ' ').slice(0, 19)} +0000`;
    return { ...common, progress: job.tasks, status: 'completed', message, results: kept.results };
  }
  // One whose server died has no results, and never will.
  const isLost = clock.nowMs() - job.startedAt.getTime() > longestJobSeconds * 1000;
  return { ...common, progress: null, status: isLost ? 'failed' : 'working', message: null, results: null };
}

const frame = (call: Call, job: number, total: number, action: JobAction | undefined): object => ({
  id: jobId(call, job),
  job_type: action === undefined ? jobTypes.unknown : jobTypes[action],
  url: jobUrl(call, job),
  total,
});
