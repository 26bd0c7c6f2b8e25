/** Plain record endpoints: they obey the user's grants, and name records by id. */
import { byId } from '../../model/ref.ts';
import { refusal } from './refusals.ts';
import { recordRenderer } from './render.ts';
import { patchOf } from './requests/parse.ts';
import { type Answer, moduleIn, ok, segment, type Visit } from './requests/visit.ts';

/** 200 and not 201, as the vendor has it. The id is the server's, whatever the client gives. */
export async function createRecord(visit: Visit): Promise<Answer> {
  const module = moduleIn(visit);
  const outcome = await visit.hub.upsert(visit.caller, {
    type: module.type.key,
    ref: null,
    mode: 'create',
    fields: patchOf(module, visit.args),
    enforceRequired: visit.options.enforceRequired,
  });
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return ok(outcome.kind, await recordRenderer(visit, module)(outcome.record));
}

export async function readRecord(visit: Visit): Promise<Answer> {
  const module = moduleIn(visit);
  const outcome = await visit.hub.find(visit.caller, module.type.key, byId(segment(visit, 'record')));
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return ok('found', await recordRenderer(visit, module)(outcome.record));
}

export async function updateRecord(visit: Visit): Promise<Answer> {
  const module = moduleIn(visit);
  const outcome = await visit.hub.upsert(visit.caller, {
    type: module.type.key,
    ref: byId(segment(visit, 'record')),
    mode: 'update',
    fields: patchOf(module, visit.args),
    enforceRequired: visit.options.enforceRequired,
  });
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return ok(outcome.kind, await recordRenderer(visit, module)(outcome.record));
}

export async function deleteRecord(visit: Visit): Promise<Answer> {
  const module = moduleIn(visit);
  const outcome = await visit.hub.delete(visit.caller, { type: module.type.key, ref: byId(segment(visit, 'record')) });
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return ok('deleted', { id: outcome.record.id });
}
