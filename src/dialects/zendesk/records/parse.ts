/** The record in a request's body, and the identifier in its query. */
import { isObject } from '../../../model/json.ts';
import { type Call, own, queryOf, unwrap } from '../call.ts';
import { blank, invalid, invalidAttribute, type Problem, recordInvalid, withStatus } from '../errors.ts';
import type { ZendeskOptions } from '../options.ts';
import type { CustomField, CustomObject } from '../schema/view.ts';
import { externalIdOf, isBlank, toEngine } from './values.ts';

export type RecordInput = {
  /** By the engine's field keys. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly nameGiven: boolean;
  readonly findings: Findings;
};

/**
 * What this dialect finds wrong itself. `refusedFields` hold `unacceptable` in the command, so that the engine refuses the whole and
 * names what it finds wrong in the other fields, and the client learns all at once.
 */
export type Findings = { readonly problems: readonly Problem[]; readonly refusedFields: ReadonlySet<string> };

/** A value that no field takes. */
const unacceptable = Object.freeze({ refused: 'by the dialect' });

/** Members that the vendor keeps to itself (`id`, `url`, `created_at` …) and unknown ones are ignored: clients echo them. */
export function parseRecord(
  call: Pick<Call, 'body' | 'options'>,
  object: CustomObject,
  objects: ReadonlyMap<string, CustomObject>,
): RecordInput {
  const members = unwrap(call.body, 'custom_object_record');
  const fields: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const refusedFields = new Set<string>();
  const refuse = (field: CustomField, problem: Problem): void => {
    problems.push(problem);
    refusedFields.add(field.field.key);
    fields[field.field.key] = unacceptable;
  };

  const name = own(members, 'name');
  if (name !== undefined) {
    const { label, numbered } = object.name.field;
    if (numbered !== null) {
      if (call.options.numberedNames === 'refuse')
        refuse(object.name, invalid('name', label, 'is numbered: it cannot be given'));
    } else if (isBlank(name)) refuse(object.name, blank('name', label));
    else fields[object.name.field.key] = name;
  }
  const externalId = own(members, 'external_id');
  if (externalId !== undefined) {
    const engineValue = toEngine(object.externalId, externalIdOf(externalId), objects);
    if (engineValue.ok) fields[object.externalId.field.key] = engineValue.value;
  }

  const given = customFields(members);
  for (const [key, value] of Object.entries(given)) {
    const field = object.fieldsByKey.get(key);
    if (field === undefined || field.standard) {
      if (call.options.unknownFieldKeys === 'refuse') refuse(object.name, invalid(key, key, 'no such field'));
      continue;
    }
    const engineValue = toEngine(field, value, objects);
    if (engineValue.ok) fields[field.field.key] = engineValue.value;
    else refuse(field, invalid(key, field.field.label, engineValue.why));
  }
  refuseIfTooLarge([name, externalId, given], call.options, problems);
  return { fields, nameGiven: name !== undefined, findings: { problems, refusedFields } };
}

function customFields(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const given = own(members, 'custom_object_fields');
  if (given === undefined || given === null) return {};
  if (!isObject(given)) throw invalidAttribute('custom_object_record.custom_object_fields', 'expected an object');
  return given;
}

function refuseIfTooLarge(given: unknown, options: ZendeskOptions, problems: readonly Problem[]): void {
  const limit = options.limits.recordBytes;
  if (Buffer.byteLength(JSON.stringify(given)) <= limit) return;
  const problem: Problem = {
    field: 'base',
    error: 'TooLong',
    description: `Record: cannot be larger than ${limit} bytes`,
  };
  throw withStatus(recordInvalid([...problems, problem]), options.statuses.recordTooLarge);
}

/** Adds one finding about a field: the engine will refuse the field, and the finding says why. */
function withProblem(input: RecordInput, field: CustomField, problem: Problem): RecordInput {
  const { problems, refusedFields } = input.findings;
  return {
    ...input,
    fields: { ...input.fields, [field.field.key]: unacceptable },
    findings: { problems: [...problems, problem], refusedFields: new Set([...refusedFields, field.field.key]) },
  };
}

/** A create without a name. */
export const withoutName = (input: RecordInput, object: CustomObject): RecordInput =>
  withProblem(input, object.name, blank('name', object.name.field.label));

/** The body may repeat the identifier of the query, but not say another one. */
export function withIdentifier(input: RecordInput, identifier: Identifier): RecordInput {
  const { field, by, value } = identifier;
  const given = input.fields[field.field.key];
  const isSaidAlready = input.findings.refusedFields.has(field.field.key);
  if (given === undefined || isSaidAlready || (given !== null && String(given) === value)) return input;
  return withProblem(input, field, invalid(by, field.field.label, 'is not the one that the query names'));
}

export type Identifier = { readonly by: 'external_id' | 'name'; readonly field: CustomField; readonly value: string };

/** `external_id` or `name` of the query: exactly one of them, and `name` only where names are unique. */
export function parseIdentifier(call: Pick<Call, 'query' | 'options'>, object: CustomObject): Identifier {
  const { statuses } = call.options;
  const externalId = queryOf(call, 'external_id');
  const name = queryOf(call, 'name');
  if (externalId !== undefined && name !== undefined) {
    throw withStatus(invalidAttribute('external_id', 'it cannot be used together with name'), statuses.identifiers);
  }
  const by = name === undefined ? 'external_id' : 'name';
  const value = externalId ?? name;
  if (value === undefined || value === '') {
    const missing = invalidAttribute(by, 'give the external_id or the name of a record in the query');
    throw withStatus(missing, statuses.identifiers);
  }
  if (by === 'name' && !object.name.field.unique) {
    const why = 'names must be unique (is_unique) before records can be found by name';
    throw withStatus(recordInvalid([invalid('name', object.name.field.label, why)]), statuses.nameNotUnique);
  }
  return { by, field: by === 'name' ? object.name : object.externalId, value };
}
