/** Creating, updating and upserting a record. */
import type { UpsertCommand } from '../../../model/commands.ts';
import { keyForm } from '../../../model/key-rule.ts';
import type { RecordView } from '../../../model/record.ts';
import { byKey, type Ref } from '../../../model/ref.ts';
import { assumed } from '../assumed.ts';
import type { Call } from '../call.ts';
import { invalidContent, NetSuiteError } from '../errors.ts';
import { parseReplace } from '../lists/query.ts';
import type { NetSuiteType } from '../names.ts';
import { isSyntaxFault, refusal } from '../violations.ts';
import { type Patch, parsePatch } from './fields.ts';
import { parsePathId, parseRef } from './locate.ts';
import { checkLines, writeSublists } from './sublists.ts';

export type Written = { readonly kind: string; readonly record: RecordView };

/** With the records that its lines name looked at: nothing is written for one that is not there. */
async function patchOf(call: Call, type: NetSuiteType, body: unknown): Promise<Patch> {
  const patch = parsePatch(call, type, body, parseReplace(call, type));
  await checkLines(call, patch.sublists);
  return patch;
}

/** `inherited`: for the fields that the body does not have. An external id in the body names the new record, so that one that is taken is refused as a duplicate. */
export async function createRecord(
  call: Call,
  type: NetSuiteType,
  body: unknown,
  inherited: Patch['fields'] = {},
): Promise<Written> {
  const patch = await patchOf(call, type, body);
  const fields = { ...inherited, ...patch.fields };
  const { [type.externalKey]: key, ...others } = fields;
  const named = typeof key === 'string' && key !== '';
  const ref = named ? byKey(type.externalKey, key) : null;
  return write(call, type, { type: type.type.key, mode: 'create', ref, fields: named ? others : fields }, patch);
}

export async function updateRecord(call: Call, type: NetSuiteType, segment: string, body: unknown): Promise<Written> {
  const ref = parseRef(call, type, segment);
  const patch = await patchOf(call, type, body);
  return write(call, type, { type: type.type.key, mode: 'update', ref, fields: patch.fields }, patch);
}

/** By external id only; the body may repeat it, and say no other. */
export async function upsertRecord(call: Call, type: NetSuiteType, segment: string, body: unknown): Promise<Written> {
  const id = parsePathId(call, segment);
  if (id.by === 'internal') {
    const detail = `PUT takes an external ID, as in /${type.name}/eid:VALUE. Use PATCH to update a record by its internal ID.`;
    throw new NetSuiteError(400, { detail, code: assumed.putByInternalIdCode, at: { url: call.url } });
  }
  const patch = await patchOf(call, type, body);
  const { [type.externalKey]: said = id.id, ...fields } = patch.fields;
  if (!isSameKey(type, said, id.id)) {
    throw invalidContent('externalId', `The external ID in the body is not the one in the URL, which is '${id.id}'.`);
  }
  const ref: Ref = byKey(type.externalKey, id.id);
  return write(call, type, { type: type.type.key, mode: 'upsert', ref, fields }, patch);
}

/** By the rule that the schema has for the field. */
function isSameKey({ type, externalKey }: NetSuiteType, said: unknown, key: string): boolean {
  const rule = type.fieldsByKey.get(externalKey)?.keyRule ?? [];
  return typeof said === 'string' && keyForm(rule, said) === keyForm(rule, key);
}

/**
 * Writes; values with a wrong syntax are left out and the rest written when the client asked for that. What else is wrong
 * refuses the record in any case.
 */
async function write(call: Call, type: NetSuiteType, command: UpsertCommand, patch: Patch): Promise<Written> {
  const { given, sublists } = patch;
  const outcome = await call.hub.upsert(call.caller, command);
  if (outcome.kind !== 'rejected') {
    await writeSublists(call, type, outcome.record, sublists);
    return outcome;
  }
  const faults = outcome.violations.filter(isSyntaxFault).filter(({ field }) => Object.hasOwn(command.fields, field));
  if (call.validation.values === 'error' || faults.length < outcome.violations.length) {
    throw refusal(call, { type, given }, outcome);
  }
  const faulty = new Set(faults.map(({ field }) => field));
  if (call.validation.values === 'warning') {
    call.warnings.push(...[...faulty].map((field) => `Invalid value of property '${type.nameOf(field)}'`));
  }
  const fields = Object.fromEntries(Object.entries(command.fields).filter(([key]) => !faulty.has(key)));
  return write(call, type, { ...command, fields }, { ...patch, fields });
}

export async function deleteRecord(call: Call, type: NetSuiteType, segment: string): Promise<void> {
  const outcome = await call.hub.delete(call.caller, { type: type.type.key, ref: parseRef(call, type, segment) });
  if (outcome.kind === 'rejected') throw refusal(call, { type }, outcome);
}
