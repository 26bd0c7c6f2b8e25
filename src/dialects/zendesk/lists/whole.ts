/** Pages of a list that is at hand as a whole: by cursor, by page number, or all at once. */
import { type Call, queryOf } from '../call.ts';
import { invalidPagination } from '../errors.ts';
import { pageSize } from '../options.ts';
import { brokenCursor, decodeCursor, encodeCursor, pageMembers, parsePage } from './pages.ts';

type Item = { readonly id: number };
type WholePage<One> = { readonly items: readonly One[]; readonly members: Readonly<Record<string, unknown>> };

/** @param unpaged what a client gets that asks for no page: all of it, or the first page by number. */
export function pageOfWhole<One extends Item>(
  call: Call,
  url: string,
  items: readonly One[],
  unpaged: 'all' | 'offset',
): WholePage<One> {
  const names = Object.keys(call.query);
  if (names.some((name) => name.startsWith('page['))) return cursorPage(call, url, items);
  if (unpaged === 'offset' || names.includes('page') || names.includes('per_page')) return offsetPage(call, url, items);
  return { items, members: {} };
}

/** A cursor is the id of the item beside it. */
function cursorPage<One extends Item>(call: Call, url: string, items: readonly One[]): WholePage<One> {
  const { size, cursor } = parsePage(call);
  const at = cursor === null ? -1 : items.findIndex(({ id }) => id === decodeCursor(cursor.text));
  if (cursor !== null && at < 0) throw brokenCursor(cursor);
  const start = cursor?.direction === 'before' ? Math.max(0, at - size) : at + 1;
  const end = cursor?.direction === 'before' ? at : start + size;
  const page = items.slice(start, end);
  const cursorOf = (item: Item | undefined): string | null => (item === undefined ? null : encodeCursor(item.id));
  const members = pageMembers(call, url, {
    size,
    after: end < items.length ? cursorOf(page.at(-1)) : null,
    before: start > 0 ? cursorOf(page[0]) : null,
  });
  return { items: page, members };
}

function offsetPage<One extends Item>(call: Call, url: string, items: readonly One[]): WholePage<One> {
  const page = wholeNumber(call, 'page', 1);
  const size = Math.min(wholeNumber(call, 'per_page', pageSize.default), pageSize.largest);
  const link = (number: number): string => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query)) {
      if (name !== 'page' && name !== 'per_page') for (const one of [value].flat()) query.append(name, one);
    }
    query.append('page', String(number));
    query.append('per_page', String(size));
    return `${url}?${query.toString()}`;
  };
  return {
    items: items.slice((page - 1) * size, page * size),
    members: {
      count: items.length,
      next_page: page * size < items.length ? link(page + 1) : null,
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
