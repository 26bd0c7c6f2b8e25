/**
 * `POST …/jobs`: one action on up to a hundred records. The work is done before the job is answered as queued: what was accepted is done,
 * whatever becomes of the server, and the first look at its status finds it completed.
 */
import { may } from '../../../engine/access/grants.ts';
import type { WorkspaceId } from '../../../model/ids.ts';
import type { GrantAction } from '../../../model/principal.ts';
import { type Answer, type Call, objectOf, own, unwrap } from '../call.ts';
import { forbidden, invalidAttribute, tooManyJobs } from '../errors.ts';
import { parseIdentifier } from '../records/parse.ts';
import type { CustomObject } from '../schema/view.ts';
import { type JobAction, jobActions, perform } from './perform.ts';
import { type JobResults, jobUrl, renderQueued } from './render.ts';

/** Jobs at work on this server, of each account. */
const atWork = new Map<WorkspaceId, number>();

export async function createJob(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const { action, items } = parseJob(call, object);
  const { workspace } = call.caller.principal;
  const others = atWork.get(workspace) ?? 0;
  if (others >= call.options.limits.jobs) throw tooManyJobs();
  atWork.set(workspace, others + 1);
  try {
    const { job } = await call.hub.jobs.begin(call.caller, { key: null, tasks: items.length });
    const done = await perform(call, action, items);
    const kept: JobResults = { action, results: done.map(({ result }) => result) };
    await call.hub.jobs.end(call.caller, job, { results: [kept], about: done.flatMap(({ about }) => about ?? []) });
    return {
      status: 201,
      outcome: 'accepted',
      location: jobUrl(call, job),
      body: { job_status: renderQueued(call, job, action, items.length) },
    };
  } finally {
    const left = (atWork.get(workspace) ?? 1) - 1;
    if (left === 0) atWork.delete(workspace);
    else atWork.set(workspace, left);
  }
}

/** All that is wrong with the job as a whole: then there is none. */
function parseJob(call: Call, object: CustomObject): { action: JobAction; items: readonly unknown[] } {
  const members = unwrap(call.body, 'job');
  const action = jobActions.find((one) => one === own(members, 'action'));
  if (action === undefined) throw invalidAttribute('job.action', `expected one of ${jobActions.join(', ')}`);
  const items = own(members, 'items');
  if (!Array.isArray(items)) throw invalidAttribute('job.items', 'expected a list');
  const { jobItems } = call.options.limits;
  if (items.length === 0 || items.length > jobItems) {
    throw invalidAttribute('job.items', `expected 1 to ${jobItems} items, got ${items.length}`);
  }
  const { principal } = call.caller;
  if (!grantsFor[action].some((grant) => may(principal, grant, object.type.key))) throw forbidden();
  // Refuses names that are not unique.
  if (action === 'create_or_update_by_name') parseIdentifier({ query: { name: 'any' }, options: call.options }, object);
  return { action, items };
}

/** Whoever has none of these cannot do anything of a job's. */
const grantsFor: Readonly<Record<JobAction, readonly GrantAction[]>> = {
  create: ['create'],
  update: ['edit'],
  delete: ['delete'],
  delete_by_external_id: ['delete'],
  create_or_update_by_external_id: ['create', 'edit'],
  create_or_update_by_name: ['create', 'edit'],
};
