/**
 * Which record a request means: by primary key, or by a value and the field to find it by. A primary key wins, and then the other
 * two are not even looked at. Whatever names no record becomes a reference that finds none, so that the engine still judges
 * in the vendor's order (permission, parent, child, relationship) and the refusal that fits is given when it comes to it.
 */

import type { Hub } from '../../../engine/hub.ts';
import type { Field, RecordType } from '../../../model/catalogue.ts';
import { InexactNumber } from '../../../model/json.ts';
import type { Caller } from '../../../model/principal.ts';
import { byKey, byNumber, type Ref } from '../../../model/ref.ts';
import { isStorableText } from '../../../model/text.ts';
import { domainName, findField } from '../domains.ts';
import { texts } from '../options.ts';
import { noRecord, refOf } from '../records/target.ts';

/** The three members of one side as they came, `undefined` when absent. */
export type Identification = { readonly id: unknown; readonly key: unknown; readonly matchField: unknown };

/** `refusal` is what to answer when `ref` finds nothing. */
export type Located = { readonly ref: Ref; readonly refusal: string; readonly byPrimaryKey: boolean };

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
export const isIdentified = (side: Identification): boolean => [side.id, side.key, side.matchField].some(isGiven);

export async function locate(
  hub: Hub,
  caller: Caller,
  type: RecordType,
  side: Identification,
  refusal: string,
): Promise<Located> {
  if (isGiven(side.id)) return { ref: refOf(side.id), refusal, byPrimaryKey: true };
  const text = keyText(side.key);
  if (text === undefined || typeof side.matchField !== 'string' || side.matchField === '') {
    return { ref: noRecord, refusal, byPrimaryKey: false };
  }
  const field = findField(type, side.matchField);
  if (field === undefined || !isTextOrNumeric(field)) {
    const invalid = texts.matchFieldInvalid(side.matchField, domainName(type));
    return { ref: noRecord, refusal: invalid, byPrimaryKey: false };
  }
  if (field.unique) return { ref: byKey(field.key, text), refusal, byPrimaryKey: false };
  return { ...(await search(hub, caller, type, field, text, refusal)), byPrimaryKey: false };
}

/** A key is text or a number; true, a list or an object is none. */
function keyText(key: unknown): string | undefined {
  if (typeof key === 'string' && key !== '') return key;
  if (typeof key === 'number') return String(key);
  return key instanceof InexactNumber ? key.text : undefined;
}

/** Coded fields and associations cannot identify a record, nor can dates. */
function isTextOrNumeric(field: Field): boolean {
  return ['text', 'textarea', 'regexp', 'integer', 'decimal'].includes(field.type);
}

/** A field whose values may repeat identifies a record when exactly one has the value. */
async function search(
  hub: Hub,
  caller: Caller,
  type: RecordType,
  field: Field,
  text: string,
  refusal: string,
): Promise<{ ref: Ref; refusal: string }> {
  const value = field.type === 'integer' || field.type === 'decimal' ? Number(text) : text;
  if (typeof value === 'number' ? !Number.isFinite(value) : !isStorableText(value)) return { ref: noRecord, refusal };
  const filters = [{ field: field.key, op: 'eq' as const, value }];
  const found = await hub.list(caller, { type: type.key, filters, sort: [], limit: 2 });
  if (found.kind === 'list_rejected') return { ref: noRecord, refusal: found.message };
  const [first, second] = found.kind === 'page' ? found.items : [];
  return { ref: first === undefined || second !== undefined ? noRecord : byNumber(first.number), refusal };
}
