/** The integrate family: records and links by keys of the sender's own. Administrators only, which the routes see to. */
import { byId } from '../../model/ref.ts';
import { linkPair, type Pair, unlinkPair } from './links/pairs.ts';
import { linkEnd } from './metadata/modules.ts';
import { refusal } from './refusals.ts';
import { recordRenderer } from './render.ts';
import { givenKey, keyField, keyRef, optionalText, patchOf, requiredText, selectionOf } from './requests/parse.ts';
import { type Answer, moduleIn, ok, segment, type Visit } from './requests/visit.ts';
import { toInput } from './values.ts';

/** Never moves a key nor gives one to a record that exists: the key in the path or the arguments is the only one that counts. */
export async function upsertByKey(visit: Visit): Promise<Answer> {
  const key = givenKey(visit);
  const module = moduleIn(visit);
  const ref = keyRef(module, key);
  const outcome = await visit.hub.upsert(visit.caller, {
    type: module.type.key,
    ref,
    mode: 'upsert',
    fields: patchOf(module, visit.args, [module.defaultKey, keyField(module, key.field).key]),
    enforceRequired: visit.options.enforceRequired,
  });
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  const asksForIt = selectionOf(visit.args) !== undefined || optionalText(visit.args, 'view') !== undefined;
  const wantsRecord = visit.options.recordOnUpsert && asksForIt;
  const record = wantsRecord ? await recordRenderer(visit, module)(outcome.record) : outcome.record.id;
  const isNew = outcome.kind === 'created' || outcome.kind === 'revived';
  return { status: isNew ? 201 : 200, body: { record }, outcome: outcome.kind };
}

export async function readByKey(visit: Visit): Promise<Answer> {
  const key = givenKey(visit);
  const module = moduleIn(visit);
  const outcome = await visit.hub.find(visit.caller, module.type.key, keyRef(module, key));
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  const record = await recordRenderer(visit, module)(outcome.record);
  return ok('found', visit.options.wrapReadByKey ? { record } : record);
}

export async function deleteByKey(visit: Visit): Promise<Answer> {
  const key = givenKey(visit);
  const module = moduleIn(visit);
  const outcome = await visit.hub.delete(visit.caller, { type: module.type.key, ref: keyRef(module, key) });
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return ok('deleted', { [visit.options.deletedMember]: outcome.record.id });
}

/** In the argument form an empty or null value takes the key away; an absent one is an error. */
export async function setKey(visit: Visit): Promise<Answer> {
  const given = visit.args.sync_key_field_value;
  const clears = visit.path.value === undefined && (given === '' || given === null);
  const key = clears
    ? { field: optionalText(visit.args, 'sync_key_field_name') ?? null, value: null }
    : givenKey(visit);
  const module = moduleIn(visit);
  const field = keyField(module, key.field);
  const member = { name: field.key, field, shows: 'value' } as const;
  const outcome = await visit.hub.upsert(visit.caller, {
    type: module.type.key,
    ref: byId(segment(visit, 'record')),
    mode: 'update',
    fields: { [field.key]: toInput(member, key.value) },
    enforceRequired: visit.options.enforceRequired,
  });
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return ok(outcome.kind, { success: true });
}

export async function linkByKeys(visit: Visit): Promise<Answer> {
  const { from, to, kind } = await linkPair(visit, await pairByKeys(visit), visit.args);
  return ok(kind, { record: from.id, related_record: to.id });
}

export async function unlinkByKeys(visit: Visit): Promise<Answer> {
  const { from, to, removed } = await unlinkPair(visit, await pairByKeys(visit));
  return ok(removed === 0 ? 'unchanged' : 'unlinked', { record: from.id, related_record: to.id });
}

/** The vendor's order: arguments, module, left key field, left record, link, right key field; the engine does the rest. */
async function pairByKeys(visit: Visit): Promise<Pair> {
  const left = givenKey(visit, 'lhs_');
  const right = givenKey(visit, 'rhs_');
  const name = visit.path.link ?? requiredText(visit.args, 'link_name');
  const module = moduleIn(visit);
  const from = keyRef(module, left);
  try {
    const end = linkEnd(module, name);
    return { module, end, from, to: keyRef(visit.modules.ofType(end.other), right) };
  } catch (wrongLink) {
    const found = await visit.hub.find(visit.caller, module.type.key, from);
    throw found.kind === 'rejected' ? refusal(found, visit) : wrongLink;
  }
}
