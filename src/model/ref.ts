import { decodeId, guidPattern, ulidPattern } from './ids.ts';

/**
 * A reference to one record, within a record type that the context names.
 * `id` is a GUID or ULID; `number` the integer number; `key` the value of a match field.
 */
export type Ref =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'number'; readonly number: number }
  | { readonly by: 'key'; readonly field: string; readonly value: string };

/** Whether what a client sent in the place of a reference is one. */
export function isRef(value: unknown): value is Ref {
  if (typeof value !== 'object' || value === null) return false;
  const { by, id, number, field, value: given } = value as Readonly<Record<string, unknown>>;
  if (by === 'id') return typeof id === 'string';
  if (by === 'number') return Number.isSafeInteger(number);
  return by === 'key' && typeof field === 'string' && typeof given === 'string';
}

export const byNumber = (number: number): Ref => ({ by: 'number', number });
export const byId = (id: string): Ref => ({ by: 'id', id });
export const byKey = (field: string, value: string): Ref => ({ by: 'key', field, value });

/** The number of a record: 1 to 2^48-1, in decimal digits without leading zeros. */
export function parseRecordNumber(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) && Number(text) < 2 ** 48 ? Number(text) : undefined;
}

/**
 * Reads the native grammar, after percent-decoding: `018f…` (GUID or ULID) · `#5001` or `5001` (number) · `field:value` (match
 * field; the value is all after the first colon, so it may hold colons itself). Undefined when the text is none of them.
 */
export function parseRef(text: string): Ref | undefined {
  const number = parseRecordNumber(text.startsWith('#') ? text.slice(1) : text);
  if (number !== undefined) return byNumber(number);
  if (guidPattern.test(text) || (ulidPattern.test(text) && decodeId(text))) return byId(text);
  const colon = text.indexOf(':');
  return colon > 0 ? byKey(text.slice(0, colon), text.slice(colon + 1)) : undefined;
}

/** The same grammar, for messages. */
export function formatRef(ref: Ref): string {
  if (ref.by === 'id') return ref.id;
  if (ref.by === 'number') return String(ref.number);
  return `${ref.field}:${ref.value}`;
}
