/** Custom objects: list, create, show, change, delete, and the account's limits. */
import type { Catalogue } from '../../../model/catalogue.ts';
import { type Answer, type Call, objectOf, unwrap } from '../call.ts';
import { type Problem, refuseIfAny } from '../errors.ts';
import { changeSchema } from '../schema/change.ts';
import { parseKey } from '../schema/keys.ts';
import { type CustomObject, customObjects } from '../schema/view.ts';
import { addObject, changeObject, keyProblems, parseObject, removeObject, requireTitle } from './parse.ts';
import { objectUrl, renderObject } from './render.ts';

export async function listObjects(call: Call): Promise<Answer> {
  const objects = [...customObjects(call.catalogue).values()].sort((a, b) => a.type.id - b.type.id);
  const custom_objects = objects.map((object) => renderObject(call, object));
  return { status: 200, outcome: 'listed', body: { custom_objects } };
}

export async function showObject(call: Call): Promise<Answer> {
  return shown(call, objectOf(call), 'found');
}

export async function createObject(call: Call): Promise<Answer> {
  const members = unwrap(call.body, 'custom_object');
  const problems: Problem[] = [];
  const key = parseKey(members, problems);
  const input = parseObject(members, problems);
  requireTitle(members, problems);
  if (key !== undefined) problems.push(...keyProblems(call.catalogue.document, key));
  refuseIfAny(problems);
  const made = key ?? '';
  const context = { userId: userId(call), options: call.options };
  const catalogue = await changeSchema(call, (current) => addObject(current, made, input, context), {
    allowLoss: false,
    memberOf: objectMember,
  });
  const object = objectIn(catalogue, made);
  return { ...shown(call, object, 'created'), status: 201, location: objectUrl(call, object) };
}

/** The key cannot change: another one in the body is ignored. */
export async function updateObject(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const problems: Problem[] = [];
  const input = parseObject(unwrap(call.body, 'custom_object'), problems);
  refuseIfAny(problems);
  const edit = { allowLoss: false, memberOf: objectMember };
  const catalogue = await changeSchema(
    call,
    (current) => changeObject(current, object.type.key, input, userId(call)),
    edit,
  );
  return shown(call, objectIn(catalogue, object.key), 'updated');
}

export async function deleteObject(call: Call): Promise<Answer> {
  const object = objectOf(call);
  await changeSchema(call, (current) => removeObject(current, object.type.key), {
    allowLoss: true,
    memberOf: objectMember,
  });
  return { status: 204, outcome: 'deleted' };
}

export async function objectLimit(call: Call): Promise<Answer> {
  return limit(call.catalogue.types.size, call.options.limits.objects);
}

export async function recordLimit(call: Call): Promise<Answer> {
  const counts = await Promise.all([...call.catalogue.types.keys()].map((type) => call.hub.count(call.caller, type)));
  return limit(
    counts.reduce((sum, count) => sum + count, 0),
    call.options.limits.records,
  );
}

export async function fieldLimit(call: Call): Promise<Answer> {
  return limit(objectOf(call).fields.length, call.options.limits.fieldsPerObject);
}

const limit = (count: number, most: number): Answer => ({
  status: 200,
  outcome: 'counted',
  body: { count, limit: most },
});

const shown = (call: Call, object: CustomObject, outcome: string): Answer => ({
  status: 200,
  outcome,
  body: { custom_object: renderObject(call, object) },
});

const userId = (call: Call): string => String(call.caller.principal.id);

function objectIn(catalogue: Catalogue, key: string): CustomObject {
  const object = customObjects(catalogue).get(key);
  if (object === undefined) throw new Error(`Object ${key} is not in the schema that was just applied.`);
  return object;
}

/** Which member of the request a path of the schema document comes from. */
function objectMember(path: string): string {
  if (path.endsWith('.label')) return 'title';
  if (path.endsWith('.plural')) return 'title_pluralized';
  if (path.endsWith('.description')) return 'description';
  return 'key';
}
