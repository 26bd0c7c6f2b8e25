/** `GET /{target_type}/{target_id}/relationship_fields/{field_id}/{source_type}`: the records whose lookup points to a record. */
import type { Condition } from '../../../model/commands.ts';
import { byId } from '../../../model/ref.ts';
import { type Answer, type Call, customObjectOfType, type Handler } from '../call.ts';
import { notFound } from '../errors.ts';
import { numberOf } from '../lists/list.ts';
import { recordPage } from '../lists/record-page.ts';
import { refusalOf } from '../records/refuse.ts';
import { type CustomField, findField } from '../schema/view.ts';

export const listRelated: Handler = async (call): Promise<Answer> => {
  const { targetType = '', target = '', field: id = '', sourceType = '' } = call.params;
  const source = customObjectOfType(call, sourceType);
  const field = source && findField(source, id);
  if (source === undefined || field?.type !== 'lookup') throw notFound();
  return recordPage(call, {
    object: source,
    conditions: [await pointsTo(call, field, targetType, target)],
    sort: [],
    path: `/${targetType}/${target}/relationship_fields/${id}/${sourceType}`,
    argument: 'filter',
    counted: false,
  });
};

/** The target must be there; of a kind that is not kept here, any id may be. */
async function pointsTo(
  call: Call,
  { field, target, extra }: CustomField,
  type: string,
  id: string,
): Promise<Condition> {
  if (target === null) {
    if (extra.relationship_target_type !== type || !/^\d+$/.test(id)) throw notFound();
    return { field: field.key, op: 'eq', value: id };
  }
  const object = customObjectOfType(call, type);
  const number = numberOf(id, call);
  if (object?.key !== target || number === undefined) throw notFound();
  const found = await call.hub.find(call.caller, object.type.key, byId(id));
  if (found.kind === 'rejected') throw refusalOf(object, found.violations);
  return { field: field.key, op: 'eq', value: number };
}
