/** A record in a request's body, read into fields of its type. */
import type { Field } from '../../model/catalogue.ts';
import { isObject } from '../../model/json.ts';
import { byKey, byNumber, parseRecordNumber } from '../../model/ref.ts';
import type { Call } from './call.ts';
import { type ErrorDetail, invalidBody, invalidContent, invalidReferenceDetail, NetSuiteError } from './errors.ts';
import type { NetSuiteType } from './names.ts';

/** By field key: what to write, and for messages the value as the client gave it. */
export type Patch = {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly given: ReadonlyMap<string, unknown>;
};

/** Members of a record as it is read that a client may send back unchanged; they are never written. */
const readOnly = new Set(['id', 'links', 'refname', 'datecreated', 'lastmodifieddate', 'contactroles']);

export type ParseOptions = {
  /** Fields to skip when they are null: see `replaceSelectedFields`. */
  readonly keepsNull: (field: Field) => boolean;
};

/** @throws NetSuiteError for a body that is no object, for unknown names when the client wants them refused, and for bad references. */
export function parsePatch(call: Call, type: NetSuiteType, body: unknown, { keepsNull }: ParseOptions): Patch {
  if (body !== undefined && !isObject(body)) throw invalidBody();
  const fields: Record<string, unknown> = {};
  const given = new Map<string, unknown>();
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(body ?? {})) {
    const field = type.fieldsByName.get(name.toLowerCase());
    if (field === undefined) {
      if (!readOnly.has(name.toLowerCase())) unknown.push(name);
    } else if (value !== null || !keepsNull(field)) {
      fields[field.key] = inputOf(call, type, field, value);
      given.set(field.key, value);
    }
  }
  noteUnknown(call, unknown);
  return { fields, given };
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

/** `{"id": "open"}` and a bare `"open"` say the same. */
const idOf = (value: unknown): unknown => (isObject(value) ? value.id : value);

/** Ids are text here, and may be sent as numbers. */
function optionOf(value: unknown): unknown {
  const id = idOf(value);
  return typeof id === 'number' ? String(id) : id;
}

/** `{"id": "5"}`, a bare 5 or "5", or `{"externalId": "X"}`; the id wins when both are given. */
function refOf(call: Call, type: NetSuiteType, field: Field, value: unknown): unknown {
  const target = field.link === null ? undefined : call.names.typesByKey.get(field.link.right);
  const externalId = isObject(value) ? value.externalId : undefined;
  const id = idOf(value);
  if (id === undefined && typeof externalId === 'string' && target !== undefined) {
    return byKey(target.externalKey, externalId);
  }
  const number = parseRecordNumber(String(id));
  if (number === undefined) {
    // A reference that leads nowhere is an error whatever the validation headers say.
    throw invalidContent(type.nameOf(field.key), invalidReferenceDetail(describe(value), type.nameOf(field.key)));
  }
  return byNumber(number);
}

/** A value in the words of its sender, for messages. */
export function describe(value: unknown): string {
  const text = isObject(value) ? (value.id ?? value.externalId ?? JSON.stringify(value)) : value;
  const said = typeof text === 'string' ? text : JSON.stringify(text);
  return said.length > 100 ? `${said.slice(0, 100)}...` : said;
}
