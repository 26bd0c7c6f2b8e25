/** Fields of a custom object: list, create, show, change, delete, reorder. */
import { clock } from '../../../model/clock.ts';
import { isObject } from '../../../model/json.ts';
import { type Answer, type Call, objectOf, own, queryOf, unwrap } from '../call.ts';
import { invalid, invalidAttribute, notFound, type Problem, recordInvalid, refuseIfAny } from '../errors.ts';
import { pageOfWhole } from '../lists/whole.ts';
import { changeSchema } from '../schema/change.ts';
import { parseKey } from '../schema/keys.ts';
import { type CustomField, type CustomObject, customObjects, findField } from '../schema/view.ts';
import { addField, changeField, keyProblems, orderFields, removeField } from './documents.ts';
import { namePropertyProblems } from './name-properties.ts';
import { type FieldInput, parseField, requireMembers, typeOf } from './parse.ts';
import { fieldUrl, renderField, targetType } from './render.ts';

export async function listFields(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const withStandard = queryOf(call, 'include_standard_fields') === 'true';
  const fields = withStandard ? [object.name, object.externalId, ...object.fields] : object.fields;
  const page = pageOfWhole(call, `${call.api}/custom_objects/${object.key}/fields.json`, fields, 'all');
  const custom_object_fields = await Promise.all(page.items.map((field) => renderField(call, object, field)));
  return { status: 200, outcome: 'listed', body: { custom_object_fields, ...page.members } };
}

export async function showField(call: Call): Promise<Answer> {
  const object = objectOf(call);
  return await shown(call, object, fieldOf(call, object), 'found');
}

export async function createField(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const members = unwrap(call.body, 'custom_object_field');
  const problems: Problem[] = [];
  const key = parseKey(members, problems);
  const type = typeOf(members, problems);
  const input = parseField(members, problems, call.options.limits.optionsPerField);
  requireMembers(type, input, problems);
  if (key !== undefined) {
    problems.push(...keyProblems(call.catalogue.document.types?.[object.type.key] ?? {}, key));
  }
  if (problems.length > 0 || key === undefined || type === undefined) throw recordInvalid(problems);
  const context = { at: clock.now().toISOString(), options: call.options, linkNames: object.type.linkEnds };
  const catalogue = await changeSchema(
    call,
    (current) => addField(current, object.type.key, { key, type, input }, context),
    { allowLoss: false, memberOf: memberOr('key') },
  );
  const [changed, field] = fieldIn(customObjects(catalogue), object.key, key);
  return { ...(await shown(call, changed, field, 'created')), status: 201, location: fieldUrl(call, changed, field) };
}

export async function updateField(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const field = fieldOf(call, object);
  const members = unwrap(call.body, 'custom_object_field');
  const problems: Problem[] = [];
  const input = parseField(members, problems, call.options.limits.optionsPerField);
  if (call.options.fixedFieldMembers === 'refuse') problems.push(...fixedMembers(members, field));
  problems.push(...standardProblems(field, input));
  problems.push(...(await namePropertyProblems(call, object, field, input.properties)));
  refuseIfAny(problems);
  const at = clock.now().toISOString();
  const catalogue = await changeSchema(call, (current) => changeField(current, object.type.key, field, input, at), {
    allowLoss: false,
    // Only options can go, and only a name that shall be unique can stand in the way.
    memberOf: memberOr('is_unique'),
    lossMember: 'custom_field_options',
  });
  const [changed, now] = fieldIn(customObjects(catalogue), object.key, field.key);
  return shown(call, changed, now, 'updated');
}

export async function deleteField(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const field = fieldOf(call, object);
  if (field.standard) throw recordInvalid([invalid('base', field.field.label, 'a standard field cannot be deleted')]);
  await changeSchema(call, (current) => removeField(current, object.type.key, field.field.key), {
    allowLoss: true,
    memberOf: memberOr('base'),
  });
  return { status: 204, outcome: 'deleted' };
}

/** The body's list is called either way by clients. */
export async function reorderFields(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const body = isObject(call.body) ? call.body : {};
  const ids = own(body, 'custom_object_field_ids') ?? own(body, 'field_ids');
  if (!Array.isArray(ids)) throw invalidAttribute('custom_object_field_ids', 'expected a list of field ids');
  const named = ids.map((id: unknown) => findField(object, String(id)));
  const keys = named.flatMap((field) => (field === undefined || field.standard ? [] : [field.field.key]));
  if (keys.length < ids.length || new Set(keys).size < keys.length) {
    throw invalidAttribute('custom_object_field_ids', 'expected ids of fields of this object, each once');
  }
  const rest = object.fields.map(({ field }) => field.key).filter((key) => !keys.includes(key));
  await changeSchema(call, (current) => orderFields(current, object.type.key, [...keys, ...rest]), {
    allowLoss: false,
    memberOf: memberOr('base'),
  });
  return { status: 200, outcome: 'updated' };
}

/** What can never change: the client may send it back as it is, but not say otherwise. */
function fixedMembers(members: Readonly<Record<string, unknown>>, field: CustomField): Problem[] {
  const fixed = { key: field.key, type: field.type, relationship_target_type: targetType(field) };
  return Object.entries(fixed).flatMap(([member, value]) => {
    const given = own(members, member) ?? value;
    return given === value ? [] : [invalid(member, member, 'cannot be changed')];
  });
}

function standardProblems(field: CustomField, input: FieldInput): Problem[] {
  return field.standard && input.active === false
    ? [invalid('active', field.field.label, 'a standard field cannot be deactivated')]
    : [];
}

function fieldOf(call: Call, object: CustomObject): CustomField {
  const field = findField(object, call.params.field ?? '');
  if (field === undefined) throw notFound();
  return field;
}

function fieldIn(
  objects: ReadonlyMap<string, CustomObject>,
  objectKey: string,
  fieldKey: string,
): [CustomObject, CustomField] {
  const object = objects.get(objectKey);
  const field = object?.fieldsByKey.get(fieldKey);
  if (object === undefined || field === undefined) {
    throw new Error(`Field ${objectKey}.${fieldKey} is not in the schema that was just applied.`);
  }
  return [object, field];
}

async function shown(call: Call, object: CustomObject, field: CustomField, outcome: string): Promise<Answer> {
  return { status: 200, outcome, body: { custom_object_field: await renderField(call, object, field) } };
}

/** Which member of the request a path of the schema document comes from. */
const memberOr =
  (otherwise: string) =>
  (path: string): string => {
    if (path.endsWith('.label')) return 'title';
    if (path.endsWith('.description')) return 'description';
    if (path.endsWith('.pattern')) return 'regexp_for_validation';
    if (/\.options\b/.test(path)) return 'custom_field_options';
    if (path.endsWith('.to') || path.endsWith('.inverse')) return 'relationship_target_type';
    if (path.endsWith('.unique')) return 'is_unique';
    if (/\.numbered\b/.test(path)) return 'autoincrement_enabled';
    return otherwise;
  };
