/** The fields of an object, all at once or in pages: by cursor, or by page number. */
import { type Call, queryOf } from '../call.ts';
import { invalidPagination } from '../errors.ts';
import { brokenCursor, decodeCursor, encodeCursor, pageMembers, parsePage } from '../lists/pages.ts';
import { pageSize } from '../options.ts';
import type { CustomField, CustomObject } from '../schema/view.ts';

type FieldPage = { readonly fields: readonly CustomField[]; readonly members: Readonly<Record<string, unknown>> };

export function pageOfFields(call: Call, object: CustomObject, fields: readonly CustomField[]): FieldPage {
  const url = `${call.api}/custom_objects/${object.key}/fields.json`;
  const names = Object.keys(call.query);
  if (names.some((name) => name.startsWith('page['))) return cursorPage(call, url, fields);
  if (names.includes('page') || names.includes('per_page')) return offsetPage(call, url, fields);
  return { fields, members: {} };
}

/** A cursor is the id of the field beside it. */
function cursorPage(call: Call, url: string, fields: readonly CustomField[]): FieldPage {
  const { size, cursor } = parsePage(call);
  const at = cursor === null ? -1 : fields.findIndex(({ id }) => id === decodeCursor(cursor.text));
  if (cursor !== null && at < 0) throw brokenCursor(cursor);
  const start = cursor?.direction === 'before' ? Math.max(0, at - size) : at + 1;
  const end = cursor?.direction === 'before' ? at : start + size;
  const page = fields.slice(start, end);
  const cursorOf = (field: CustomField | undefined): string | null =>
    field === undefined ? null : encodeCursor(field.id);
  const members = pageMembers(call, url, {
    size,
    after: end < fields.length ? cursorOf(page.at(-1)) : null,
    before: start > 0 ? cursorOf(page[0]) : null,
  });
  return { fields: page, members };
}

function offsetPage(call: Call, url: string, fields: readonly CustomField[]): FieldPage {
  const page = wholeNumber(call, 'page', 1);
  const size = Math.min(wholeNumber(call, 'per_page', pageSize.default), pageSize.largest);
  const link = (number: number): string => {
    const query = new URLSearchParams({ page: String(number), per_page: String(size) });
    if (call.query.include_standard_fields !== undefined) query.set('include_standard_fields', 'true');
    return `${url}?${query.toString()}`;
  };
  return {
    fields: fields.slice((page - 1) * size, page * size),
    members: {
      count: fields.length,
      next_page: page * size < fields.length ? link(page + 1) : null,
      previous_page: page > 1 ? link(page - 1) : null,
    },
  };
}

function wholeNumber(call: Call, name: string, otherwise: number): number {
  const text = queryOf(call, name);
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalidPagination(`${name} is not valid`);
  return Number(text);
}
