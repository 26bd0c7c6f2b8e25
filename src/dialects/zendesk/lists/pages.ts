/** Cursor pages: what is asked for, and the members of an answer that lead to the pages beside it. */
import { type Call, queryOf } from '../call.ts';
import { invalidPagination } from '../errors.ts';
import { pageSize } from '../options.ts';

export type PageRequest = {
  readonly size: number;
  /** Opaque to clients; what it holds is the list's own affair. */
  readonly cursor: { readonly direction: 'after' | 'before'; readonly text: string } | null;
};

export function parsePage(call: Pick<Call, 'query' | 'options'>): PageRequest {
  // An offset client would read the first page again and again.
  if (call.query.page !== undefined) throw invalidPagination('page is not valid: use page[size] and page[after]');
  const sizeText = queryOf(call, 'page[size]');
  const size = parseSize(call, 'page[size]', sizeText, pageSize);
  const after = queryOf(call, 'page[after]');
  const before = queryOf(call, 'page[before]');
  if (after !== undefined && before !== undefined) {
    throw invalidPagination('page[after] and page[before] cannot be used together');
  }
  if (after !== undefined) return { size, cursor: { direction: 'after', text: after } };
  if (before !== undefined) return { size, cursor: { direction: 'before', text: before } };
  return { size, cursor: null };
}

/** A number of items, from its text. */
export function parseSize(
  { options }: Pick<Call, 'options'>,
  name: string,
  text: string | undefined,
  sizes: { readonly default: number; readonly largest: number },
): number {
  if (text === undefined) return sizes.default;
  const size = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (size > sizes.largest && options.overlongPages === 'cut') return sizes.largest;
  if (size >= 1 && size <= sizes.largest) return size;
  throw invalidPagination(`${name} is not valid: expected 1 to ${sizes.largest}`);
}

export const brokenCursor = (cursor: NonNullable<PageRequest['cursor']>): Error =>
  invalidPagination(`page[${cursor.direction}] is not valid`);

export const encodeCursor = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url');

/** undefined: not a cursor of ours. */
export function decodeCursor(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** Some clients look at `has_more`, others at `links.next`: on the last page the one is false and the other null. */
export function pageMembers(
  call: Pick<Call, 'query'>,
  url: string,
  page: { size: number; after: string | null; before: string | null },
): { meta: unknown; links: unknown } {
  const link = (direction: 'after' | 'before', cursor: string | null): string | null => {
    if (cursor === null) return null;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query)) {
      if (!name.startsWith('page[')) for (const one of [value].flat()) query.append(name, one);
    }
    query.append(`page[${direction}]`, cursor);
    query.append('page[size]', String(page.size));
    return `${url}?${query.toString()}`;
  };
  return {
    meta: { has_more: page.after !== null, after_cursor: page.after, before_cursor: page.before },
    links: { next: link('after', page.after), prev: link('before', page.before) },
  };
}
