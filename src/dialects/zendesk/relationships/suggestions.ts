/** What a lookup field suggests: `relationship_filter` narrows the suggestions of autocomplete, and never a write. */
import type { Condition } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import { type Call, own, queryOf } from '../call.ts';
import { invalidAttribute } from '../errors.ts';
import { comparable } from '../records/values.ts';
import { type CustomField, type CustomObject, customObjects, findField } from '../schema/view.ts';

/** The conditions of the lookup field that `field_id` names, which must point to this object. */
export function suggestionFilter(call: Call, object: CustomObject): Condition[] {
  const id = queryOf(call, 'field_id');
  if (id === undefined) return [];
  const lookup = [...customObjects(call.catalogue).values()]
    .map((source) => findField(source, id))
    .find((field) => field?.target === object.key);
  if (lookup === undefined) throw invalidAttribute('field_id', 'expected the id of a lookup field to this object');
  const filter = lookup.extra.relationship_filter ?? {};
  const all = conditionsOf(own(filter, 'all'), object, call);
  const any = conditionsOf(own(filter, 'any'), object, call);
  return any.length === 0 ? all : [...all, { any }];
}

/** Only what can be judged by the record alone counts: `is` and `is_not` with a value, `present` and `not_present`. */
function conditionsOf(given: unknown, object: CustomObject, call: Call): Condition[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((one: unknown) => {
    if (!isObject(one)) return [];
    const field = fieldNamed(String(own(one, 'field') ?? own(one, 'subject') ?? ''), object);
    return field === undefined ? [] : conditionOf(field, own(one, 'operator'), own(one, 'value'), call);
  });
}

/** `custom_object_fields.color`, `custom_object.vehicle.custom_fields.color` and `color` are the same. */
function fieldNamed(name: string, object: CustomObject): CustomField | undefined {
  const key = name.slice(name.lastIndexOf('.') + 1);
  if (key === 'name') return object.name;
  if (key === 'external_id') return object.externalId;
  return object.fieldsByKey.get(key);
}

function conditionOf(field: CustomField, operator: unknown, value: unknown, call: Call): Condition[] {
  const key = field.field.key;
  if (operator === 'present') return [{ field: key, op: 'null', value: false }];
  if (operator === 'not_present') return [{ field: key, op: 'null', value: true }];
  const dynamic = queryOf(call, `filter[dynamic_values][${String(value)}]`);
  const compared = field.target === null ? comparable(field, dynamic ?? value) : (dynamic ?? value);
  if (typeof compared !== 'string' && typeof compared !== 'number' && typeof compared !== 'boolean') return [];
  const op = field.type === 'multiselect' ? 'contains' : 'eq';
  if (operator === 'is') return [{ field: key, op, value: compared }];
  return operator === 'is_not' ? [{ not: { field: key, op, value: compared } }] : [];
}
