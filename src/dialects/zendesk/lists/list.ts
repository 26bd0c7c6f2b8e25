/** `GET …/records`: all of them, or those with the ids or external ids that the query names. */
import type { Condition } from '../../../model/commands.ts';
import { decodeId, ulidPattern } from '../../../model/ids.ts';
import { type Answer, type Call, objectOf, queryOf } from '../call.ts';
import { invalidAttribute } from '../errors.ts';
import type { CustomObject } from '../schema/view.ts';
import { parseSort, recordPage } from './record-page.ts';

export async function listRecords(call: Call): Promise<Answer> {
  const object = objectOf(call);
  return recordPage(call, {
    object,
    conditions: parseFilters(call, object),
    sort: [parseSort(queryOf(call, 'sort') ?? 'id', { id: 'number', updated_at: 'updated_at' })],
    path: `/custom_objects/${object.key}/records`,
    argument: 'filter',
    counted: false,
  });
}

/** An unknown filter is refused: to ignore it would answer records that were not asked for. */
function parseFilters(call: Call, object: CustomObject): Condition[] {
  for (const name of Object.keys(call.query)) {
    if (/^filter\b/.test(name) && name !== 'filter[ids]' && name !== 'filter[external_ids]') {
      throw invalidAttribute(name, 'expected filter[ids] or filter[external_ids]');
    }
  }
  const ids = queryOf(call, 'filter[ids]');
  const externalIds = queryOf(call, 'filter[external_ids]');
  const conditions: Condition[] = [];
  if (ids !== undefined) {
    conditions.push({ field: 'number', op: 'in', value: itemsOf(ids).flatMap((id) => numberOf(id, call) ?? []) });
  }
  if (externalIds !== undefined) {
    conditions.push({ field: object.externalId.field.key, op: 'in', value: itemsOf(externalIds) });
  }
  return conditions;
}

const itemsOf = (list: string): string[] => list.split(',').filter((item) => item !== '');

/** Ids are case-sensitive; what is not an id of a record here is nobody's. */
export function numberOf(id: string, call: Pick<Call, 'caller'>): number | undefined {
  const decoded = ulidPattern.test(id) && id === id.toUpperCase() ? decodeId(id) : undefined;
  const isOurs = decoded?.kind === 'record' && decoded.workspace === call.caller.principal.workspace;
  return isOurs ? decoded.number : undefined;
}
