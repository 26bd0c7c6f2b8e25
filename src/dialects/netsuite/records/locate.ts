/** What a path names: a record type, and a record of it by internal or by external id. */
import { byKey, byNumber, parseRecordNumber, type Ref } from '../../../model/ref.ts';
import { assumed } from '../assumed.ts';
import type { Call } from '../call.ts';
import { methodNotAllowed, NetSuiteError, nonexistentRecord, noSuchType } from '../errors.ts';
import type { NetSuiteType } from '../names.ts';

const roleType = 'contactRole';

/** `contactRole` is read-only, made of a role list, and only there when the schema has no such record type of its own. */
export function isRoleType(call: Call, name: string): boolean {
  return name.toLowerCase() === roleType.toLowerCase() && !call.names.typesByName.has(roleType.toLowerCase());
}

/** @throws NetSuiteError 404 for a type that is not there or has no routes, 405 for a write to contactRole. */
export function parseType(call: Call, name: string, method: string): NetSuiteType {
  if (isRoleType(call, name)) throw methodNotAllowed(method, call.url, ['GET']);
  const type = call.names.typesByName.get(name.toLowerCase());
  if (type === undefined || assumed.attachOnlyTypes.has(type.name)) throw noSuchType(name);
  return type;
}

export type PathId =
  | { readonly by: 'internal'; readonly id: number }
  | { readonly by: 'external'; readonly id: string };

/**
 * Reads `107`, `-10` or `eid:CID002`, percent-decoded already.
 * @throws NetSuiteError 400 `INVALID_ID` for anything else; 404 for an external id with `|`, which the vendor takes for a list.
 */
export function parsePathId(call: Call, segment: string): PathId {
  if (segment.startsWith('eid:') && segment.length > 4) {
    const id = segment.slice(4);
    if (id.includes('|')) throw new NetSuiteError(404, nonexistentRecord(call.url, id));
    return { by: 'external', id };
  }
  if (/^-?[1-9]\d*$/.test(segment)) return { by: 'internal', id: Number(segment) };
  throw new NetSuiteError(400, {
    detail: `Invalid record instance identifier '${segment}'. Provide a valid record instance ID.`,
    code: 'INVALID_ID',
    at: { url: call.url },
  });
}

/** @throws as parsePathId; also 404 for a well-formed internal id that no record can have, such as -1. */
export function parseRef(call: Call, type: NetSuiteType, segment: string): Ref {
  const id = parsePathId(call, segment);
  if (id.by === 'external') return byKey(type.externalKey, id.id);
  const number = parseRecordNumber(segment);
  if (number === undefined) throw new NetSuiteError(404, nonexistentRecord(call.url));
  return byNumber(number);
}
