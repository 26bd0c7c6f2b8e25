/** A record in a request's body, read into fields of its type. */
import type { Field } from '../../../model/catalogue.ts';
import { isObject } from '../../../model/json.ts';
import type { Call } from '../call.ts';
import { type ErrorDetail, invalidBody, invalidContent, invalidReferenceDetail, NetSuiteError } from '../errors.ts';
import type { Replacement } from '../lists/query.ts';
import type { NetSuiteType } from '../names.ts';
import { describe, idOf, referenceOf } from './reference.ts';
import { parseSublist, type SublistPatch, sublistsOf } from './sublists.ts';

/** By field key: what to write, and for messages the value as the client gave it. */
export type Patch = {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly given: ReadonlyMap<string, unknown>;
  readonly sublists: readonly SublistPatch[];
};

/** Members of a record as it is read that a client may send back unchanged; they are never written. */
const readOnly = new Set(['id', 'links', 'refname', 'datecreated', 'lastmodifieddate', 'contactroles']);

/** @throws NetSuiteError for a body that is no object, for unknown names when the client wants them refused, and for bad references. */
export function parsePatch(call: Call, type: NetSuiteType, body: unknown, replacement: Replacement): Patch {
  if (body !== undefined && !isObject(body)) throw invalidBody();
  const fields: Record<string, unknown> = {};
  const given = new Map<string, unknown>();
  const sublists: SublistPatch[] = [];
  const unknown: string[] = [];
  const known = sublistsOf(call.names, type);
  for (const [name, value] of Object.entries(body ?? {})) {
    const lower = name.toLowerCase();
    const field = type.fieldsByName.get(lower);
    const sublist = known.get(lower);
    const isPassedOver = value === null && replacement.selectedOnly && !replacement.names.has(lower);
    if (field === undefined && sublist === undefined) {
      if (!readOnly.has(lower)) unknown.push(name);
    } else if (!isPassedOver && field !== undefined) {
      fields[field.key] = inputOf(call, type, field, value);
      given.set(field.key, value);
    } else if (!isPassedOver && sublist !== undefined) {
      sublists.push(parseSublist(sublist, value, replacement.names.has(lower)));
    }
  }
  noteUnknown(call, unknown);
  return { fields, given, sublists };
}

/** @throws NetSuiteError naming every one, when the client asked for that. */
export function noteUnknown(call: Call, names: readonly string[]): void {
  const [first, ...others] = names.map(
    (path): ErrorDetail => ({ detail: `Unknown property '${path}'.`, code: 'INVALID_CONTENT', at: { path } }),
  );
  if (first === undefined) return;
  if (call.validation.names === 'error') throw new NetSuiteError(400, [first, ...others]);
  if (call.validation.names === 'warning') call.warnings.push(...names.map((name) => `Unknown property '${name}'`));
}

/** In the engine's form; what is not convertible goes on as it is, and the engine refuses it by name. */
function inputOf(call: Call, type: NetSuiteType, field: Field, value: unknown): unknown {
  if (value === null) return null;
  switch (field.type) {
    case 'lookup':
      return refOf(call, type, field, value);
    case 'enum':
      return optionOf(value);
    case 'multi_enum': {
      const items = isObject(value) ? value.items : value;
      return Array.isArray(items) ? items.map(optionOf) : items;
    }
    case 'text':
    case 'textarea':
    case 'regexp':
    case 'integer':
    case 'decimal':
    case 'boolean':
    case 'date':
    case 'datetime':
      return value;
  }
}

/** Ids are text here, and may be sent as numbers. */
function optionOf(value: unknown): unknown {
  const id = idOf(value);
  return typeof id === 'number' ? String(id) : id;
}

function refOf(call: Call, type: NetSuiteType, field: Field, value: unknown): unknown {
  const target = field.link === null ? undefined : call.names.typesByKey.get(field.link.right);
  const ref = referenceOf(target, value);
  if (ref !== undefined) return ref;
  // A reference that leads nowhere is an error whatever the validation headers say.
  throw invalidContent(type.nameOf(field.key), invalidReferenceDetail(describe(value), type.nameOf(field.key)));
}
