/** References in a body: `{"id": "5"}`, a bare 5 or "5", or `{"externalId": "X"}`; the id wins when both are given. */
import { isObject } from '../../../model/json.ts';
import { byKey, byNumber, parseRecordNumber, type Ref } from '../../../model/ref.ts';
import type { NetSuiteType } from '../names.ts';

/** `{"id": "open"}` and a bare `"open"` say the same. */
export const idOf = (value: unknown): unknown => (isObject(value) ? value.id : value);

/** Undefined when it leads nowhere, whatever there is. */
export function referenceOf(target: NetSuiteType | undefined, value: unknown): Ref | undefined {
  const externalId = isObject(value) ? value.externalId : undefined;
  const id = idOf(value);
  if (id === undefined && typeof externalId === 'string' && target !== undefined) {
    return byKey(target.externalKey, externalId);
  }
  const number = parseRecordNumber(String(id));
  return number === undefined ? undefined : byNumber(number);
}

/** A value in the words of its sender, for messages. */
export function describe(value: unknown): string {
  const text = isObject(value) ? (value.id ?? value.externalId ?? JSON.stringify(value)) : value;
  const said = typeof text === 'string' ? text : JSON.stringify(text);
  return said.length > 100 ? `${said.slice(0, 100)}...` : said;
}
