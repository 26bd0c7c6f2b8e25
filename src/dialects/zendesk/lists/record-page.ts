/** One cursor page of records that pass some conditions, in an order: what all lists of records answer. */
import type { Condition, Sort } from '../../../model/commands.ts';
import type { Answer, Call } from '../call.ts';
import { invalidAttribute } from '../errors.ts';
import { refusalOf } from '../records/refuse.ts';
import { renderRecord } from '../records/render.ts';
import type { CustomObject } from '../schema/view.ts';
import { brokenCursor, type PageRequest, pageMembers, parsePage } from './pages.ts';

export type RecordQuery = {
  readonly object: CustomObject;
  readonly conditions: readonly Condition[];
  readonly sort: readonly Sort[];
  /** Of the page, below the API's own. */
  readonly path: string;
  /** The argument that a bad condition or order came from. */
  readonly argument: 'filter' | 'query' | 'sort';
  /** Searches say how many records there are in all. */
  readonly counted: boolean;
};

export async function recordPage(call: Call, query: RecordQuery): Promise<Answer> {
  const { object, conditions, sort } = query;
  const page = parsePage(call);
  const listed = { type: object.type.key, filters: conditions };
  const cursor = page.cursor === null ? {} : { cursor: engineCursor(page.cursor) };
  const [outcome, counted] = await Promise.all([
    call.hub.list(call.caller, { ...listed, sort, limit: page.size, mayBeShort: true, ...cursor }), // clients go on by has_more
    query.counted ? call.hub.countListed(call.caller, listed) : undefined,
  ]);
  if (outcome.kind === 'rejected') throw refusalOf(object, outcome.violations);
  if (outcome.kind === 'list_rejected') {
    throw outcome.parameter === 'cursor' && page.cursor !== null
      ? brokenCursor(page.cursor)
      : invalidAttribute(query.argument, outcome.message);
  }
  return {
    status: 200,
    outcome: 'listed',
    body: {
      custom_object_records: outcome.items.map((record) => renderRecord(call, object, record)),
      ...(counted?.kind === 'counted' ? { count: counted.count } : {}),
      ...pageMembers(call, `${call.api}${query.path}.json`, {
        size: page.size,
        after: outcome.next && `a${outcome.next}`,
        before: outcome.previous && `b${outcome.previous}`,
      }),
    },
  };
}

/** The engine's cursors know their direction; its letter before them tells a client that mixes them up. */
function engineCursor(cursor: NonNullable<PageRequest['cursor']>): string {
  if (cursor.text[0] !== cursor.direction[0]) throw brokenCursor(cursor);
  return cursor.text.slice(1);
}

/** @param fields the engine's name of each that may be sorted by. */
export function parseSort(text: string, fields: Readonly<Record<string, string>>): Sort {
  const descending = text.startsWith('-');
  const name = descending ? text.slice(1) : text;
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) {
    const known = Object.keys(fields).map((one) => `${one}, -${one}`);
    throw invalidAttribute('sort', `expected ${known.join(', ')}`);
  }
  return { field, descending };
}
