/** `page`, from 1, and `pageSize` of a query. */
import { texts } from './options.ts';
import { unable } from './refusal.ts';

export type Page = { readonly number: number; readonly size: number };

export function parsePage(query: Readonly<Record<string, unknown>>, most: number): Page {
  const whole = (text: unknown, absent: number): number =>
    text === undefined ? absent : /^[1-9]\d{0,8}$/.test(String(text)) ? Number(text) : 0;
  const page = { number: whole(query.page, 1), size: whole(query.pageSize, most) };
  if (page.number === 0 || page.size === 0 || page.size > most) throw unable(texts.pageInvalid(most));
  return page;
}
