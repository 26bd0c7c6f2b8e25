/** `GET …/records`: cursor pages by id or by time of change, from either side. */

import type { Filter, Sort } from '../../../model/commands.ts';
import { decodeId, ulidPattern } from '../../../model/ids.ts';
import { isObject } from '../../../model/json.ts';
import type { RecordView } from '../../../model/record.ts';
import { type Answer, type Call, objectOf, queryOf } from '../call.ts';
import { invalidAttribute } from '../errors.ts';
import { brokenCursor, decodeCursor, encodeCursor, type PageRequest, pageMembers, parsePage } from '../pages.ts';
import type { CustomObject } from '../schema-view.ts';
import { refusalOf } from './refuse.ts';
import { renderRecord } from './render.ts';

type Order = { readonly by: 'number' | 'updated_at'; readonly descending: boolean };

/** Where a record stands in an order: enough to go on from, in both directions, whatever is inserted meanwhile. */
type Position = { readonly order: string; readonly number: number; readonly updated_at: string };

export async function listRecords(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const order = parseOrder(queryOf(call, 'sort') ?? 'id');
  const page = parsePage(call);
  const start = page.cursor === null ? null : parsePosition(page.cursor, order);
  const filters = parseFilters(call, object);
  const isBackwards = page.cursor?.direction === 'before';
  const walked = isBackwards ? { ...order, descending: !order.descending } : order;

  // One more than asked for tells whether there is another page, without an empty one at the end.
  const found = filters === 'nothing' ? [] : await read(call, object, filters, walked, start, page.size + 1);
  const records = found.slice(0, page.size);
  const isMore = found.length > page.size;
  if (isBackwards) records.reverse();
  const cursorAt = (record: RecordView | undefined, exists: boolean): string | null =>
    exists && record !== undefined ? encodeCursor(positionOf(record, order)) : null;
  return {
    status: 200,
    outcome: 'listed',
    body: {
      custom_object_records: records.map((record) => renderRecord(call, object, record)),
      ...pageMembers(call, `${call.api}/custom_objects/${object.key}/records.json`, {
        size: page.size,
        after: cursorAt(records.at(-1), isBackwards || isMore),
        before: cursorAt(records[0], isBackwards ? isMore : start !== null),
      }),
    },
  };
}

const orderText = (order: Order): string => `${order.descending ? '-' : ''}${order.by}`;

const positionOf = (record: RecordView, order: Order): Position => ({
  order: orderText(order),
  number: record.number,
  updated_at: record.updatedAt.toISOString(),
});

/** A cursor of another order is as good as a broken one. */
function parsePosition(cursor: NonNullable<PageRequest['cursor']>, order: Order): Position {
  const position = decodeCursor(cursor.text);
  if (!isObject(position)) throw brokenCursor(cursor);
  const { number, updated_at } = position;
  if (
    position.order !== orderText(order) ||
    typeof number !== 'number' ||
    !Number.isSafeInteger(number) ||
    typeof updated_at !== 'string' ||
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(updated_at) ||
    Number.isNaN(Date.parse(updated_at))
  ) {
    throw brokenCursor(cursor);
  }
  return { order: position.order, number, updated_at };
}

function parseOrder(text: string): Order {
  const descending = text.startsWith('-');
  const name = descending ? text.slice(1) : text;
  if (name === 'id') return { by: 'number', descending };
  if (name === 'updated_at') return { by: 'updated_at', descending };
  throw invalidAttribute('sort', 'expected id, -id, updated_at or -updated_at');
}

/** `nothing`: no record can match. An unknown filter is refused: to ignore it would answer records that were not asked for. */
function parseFilters(call: Call, object: CustomObject): Filter[] | 'nothing' {
  for (const name of Object.keys(call.query)) {
    if (/^filter\b/.test(name) && name !== 'filter[ids]' && name !== 'filter[external_ids]') {
      throw invalidAttribute(name, 'expected filter[ids] or filter[external_ids]');
    }
  }
  const ids = queryOf(call, 'filter[ids]');
  const externalIds = queryOf(call, 'filter[external_ids]');
  const filters: Filter[] = [];
  if (ids !== undefined) filters.push({ field: 'number', op: 'in', value: numbersOf(ids, call) });
  if (externalIds !== undefined) {
    filters.push({ field: object.externalId.field.key, op: 'in', value: itemsOf(externalIds) });
  }
  return filters.some(({ value }) => Array.isArray(value) && value.length === 0) ? 'nothing' : filters;
}

const itemsOf = (list: string): string[] => list.split(',').filter((item) => item !== '');

/** Ids are case-sensitive; what is not an id of a record here matches nothing. */
function numbersOf(ids: string, call: Call): number[] {
  return itemsOf(ids).flatMap((id) => {
    const decoded = ulidPattern.test(id) && id === id.toUpperCase() ? decodeId(id) : undefined;
    const isOurs = decoded?.kind === 'record' && decoded.workspace === call.caller.principal.workspace;
    return isOurs ? [decoded.number] : [];
  });
}

/** Up to `limit` records after `start` in this order. Records changed at the same moment stand by their numbers. */
async function read(
  call: Call,
  object: CustomObject,
  filters: readonly Filter[],
  order: Order,
  start: Position | null,
  limit: number,
): Promise<RecordView[]> {
  const op = order.descending ? 'lt' : 'gt';
  const byNumber: Sort = { field: 'number', descending: order.descending };
  const beyondNumber: Filter[] = start === null ? [] : [{ field: 'number', op, value: start.number }];
  if (order.by === 'number') return query(call, object, [...filters, ...beyondNumber], [byNumber], limit);
  const byTime: Sort = { field: 'updated_at', descending: order.descending };
  if (start === null) return query(call, object, filters, [byTime, byNumber], limit);
  const sameTime: Filter = { field: 'updated_at', op: 'eq', value: start.updated_at };
  const beyondTime: Filter = { field: 'updated_at', op, value: start.updated_at };
  const atSameTime = await query(call, object, [...filters, sameTime, ...beyondNumber], [byNumber], limit);
  const rest = limit - atSameTime.length;
  if (rest === 0) return atSameTime;
  return [...atSameTime, ...(await query(call, object, [...filters, beyondTime], [byTime, byNumber], rest))];
}

async function query(
  call: Call,
  object: CustomObject,
  filters: readonly Filter[],
  sort: readonly Sort[],
  limit: number,
): Promise<RecordView[]> {
  const outcome = await call.hub.list(call.caller, { type: object.type.key, filters, sort, limit });
  switch (outcome.kind) {
    case 'page':
      return [...outcome.items];
    case 'rejected':
      throw refusalOf(object, outcome.violations);
    case 'list_rejected':
      throw invalidAttribute(outcome.parameter, outcome.message);
  }
}
