/** `GET /incremental/custom_objects/{key}/cursor`: every record that was changed since a time, in the order of the changes, once. */
import { clock } from '../../../model/clock.ts';
import { type Answer, type Call, objectOf, queryOf } from '../call.ts';
import { invalidAttribute, invalidPagination } from '../errors.ts';
import { decodeCursor, encodeCursor, parseSize } from '../lists/pages.ts';
import { exportPage } from '../options.ts';
import type { CustomObject } from '../schema/view.ts';
import { type ChangedPage, changedRecords, type Place, placeNotKept } from './changed.ts';
import { keptRecords } from './kept.ts';

export async function incrementalExport(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const size = parseSize(call, 'per_page', queryOf(call, 'per_page'), exportPage);
  const withDeleted = queryOf(call, 'filter[exclude_deleted]') !== 'true';
  const cursor = queryOf(call, 'cursor');
  const place = cursor === undefined ? { feed: startOf(call) } : placeOf(cursor);
  const page = await readPage(call, object, place, { size, withDeleted });
  const after = encodeCursor(page.next);
  const url = `${call.api}/incremental/custom_objects/${object.key}/cursor.json?${argumentsOf(call, after).toString()}`;
  return {
    status: 200,
    outcome: 'listed',
    body: {
      custom_object_records: page.records,
      after_cursor: after,
      after_url: url,
      before_cursor: null,
      before_url: null,
      end_of_stream: page.isEnd,
      meta: { has_more: !page.isEnd, after_cursor: after, before_cursor: null },
      links: { next: page.isEnd ? null : url, prev: null },
    },
  };
}

type Wanted = { readonly size: number; readonly withDeleted: boolean };

async function readPage(call: Call, object: CustomObject, place: Place, wanted: Wanted): Promise<ChangedPage> {
  if ('list' in place) return keptRecords(call, object, place, wanted.size);
  const page = await changedRecords(call, object, place.feed, wanted);
  if (page !== placeNotKept) return page;
  // A reader that has come a long way misses nothing by being told so; one that begins is shown what there is.
  if (typeof place.feed === 'string') throw invalidPagination('cursor is not valid: begin again with start_time');
  return keptRecords(call, object, { list: null, since: place.feed }, wanted.size);
}

/** In seconds. */
function startOf(call: Call): number {
  const text = queryOf(call, 'start_time');
  const start = text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(start)) throw invalidAttribute('start_time', 'expected a Unix time in seconds, or a cursor');
  const { exportStartsBeforeSeconds: seconds } = call.options;
  if (start > clock.nowMs() / 1000 - seconds) {
    throw invalidAttribute('start_time', `it must be more than ${seconds} seconds ago`);
  }
  return start;
}

function placeOf(cursor: string): Place {
  const place = decodeCursor(cursor) as Partial<Record<'feed' | 'list' | 'since', unknown>> | null | undefined;
  if (typeof place?.feed === 'string') return { feed: place.feed };
  const { list, since } = place ?? {};
  if ((typeof list === 'string' || list === null) && Number.isSafeInteger(since)) return { list, since: Number(since) };
  throw invalidPagination('cursor is not valid');
}

function argumentsOf(call: Call, cursor: string): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['per_page', 'filter[exclude_deleted]']) {
    const value = queryOf(call, name);
    if (value !== undefined) query.append(name, value);
  }
  query.append('cursor', cursor);
  return query;
}
