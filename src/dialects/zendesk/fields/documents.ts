/** Fields as schema documents: made, changed, removed, put in order. Each edit is judged on the newest document. */
import { isDeepStrictEqual } from 'node:util';
import { systemFieldIds } from '../../../model/catalogue.ts';
import type { FieldDocument, RecordTypeDocument, SchemaDocument } from '../../../model/schema.ts';
import { cannotAdd, invalid, notFound, type Problem } from '../errors.ts';
import { decimalScale, foreignTargets, type ZendeskOptions } from '../options.ts';
import { duplicateKey, freeKey } from '../schema/keys.ts';
import { type CustomField, everything, type FieldExtra, type VendorType, zendeskExtra } from '../schema/view.ts';
import { withNameProperties } from './name-properties.ts';
import type { FieldInput } from './parse.ts';

const customObjectTarget = 'zen:custom_object:';

/** Names that the engine has on every record: a field of such a name gets another key there. */
const engineNames = new Set([...Object.keys(systemFieldIds), 'number', 'version', 'created_at', 'updated_at']);

export type NewField = { readonly key: string; readonly type: VendorType; readonly input: FieldInput };

/** @returns the document with one more field; throws a Refusal when the key is taken, the target unknown, or there is no room. */
export function addField(
  document: SchemaDocument,
  typeKey: string,
  field: NewField,
  context: { at: string; options: ZendeskOptions; linkNames: ReadonlyMap<string, unknown> },
): SchemaDocument {
  const type = typeIn(document, typeKey);
  const problems: Problem[] = keyProblems(type, field.key);
  const fields = type.fields ?? {};
  problems.push(...limitProblems(fields, field.type, context.options.limits));
  const isTaken = (key: string): boolean =>
    Object.hasOwn(fields, key) || engineNames.has(key) || context.linkNames.has(key);
  const own = freeKey(field.key, isTaken);
  const made = documentOf(document, field, problems);
  if (made === undefined || problems.length > 0) throw cannotAdd(problems, context.options.statuses.limitExceeded);
  const extra: FieldExtra = {
    ...zendeskExtra(made.extra),
    ...extraOf(field.input),
    created_at: context.at,
    updated_at: context.at,
  };
  const full: FieldDocument = {
    ...made,
    label: field.input.title ?? field.key,
    ...(field.input.description === undefined ? {} : { description: field.input.description }),
    ...(own === field.key ? {} : { names: { zendesk: field.key } }),
    extra: { zendesk: extra },
  };
  return withFields(document, typeKey, { ...fields, [own]: full });
}

export function keyProblems(type: RecordTypeDocument, key: string): Problem[] {
  if (/^\d+$/.test(key)) return [invalid('key', 'Key', 'cannot be digits only')];
  const taken = customFields(type.fields).map(([own, field]) => field.names?.zendesk ?? own);
  return taken.includes(key) ? [duplicateKey()] : [];
}

/** Without the entries that only say more of a system field. */
const customFields = (fields: RecordTypeDocument['fields']): [string, FieldDocument][] =>
  Object.entries(fields ?? {}).filter(([key]) => !(key in systemFieldIds));

function limitProblems(
  fields: Record<string, FieldDocument>,
  type: VendorType,
  limits: ZendeskOptions['limits'],
): Problem[] {
  const exceeded = (what: string, most: number): Problem => ({
    field: 'base',
    error: 'LimitExceeded',
    description: `Custom object field: an object can have ${most} ${what} at most`,
  });
  const lookups = Object.values(fields).filter((field) => field.type === 'lookup').length;
  return [
    ...(customFields(fields).length >= limits.fieldsPerObject ? [exceeded('fields', limits.fieldsPerObject)] : []),
    ...(type === 'lookup' && lookups >= limits.lookupsPerObject
      ? [exceeded('lookup fields', limits.lookupsPerObject)]
      : []),
  ];
}

function documentOf(
  document: SchemaDocument,
  { type, input }: NewField,
  problems: Problem[],
): FieldDocument | undefined {
  switch (type) {
    case 'text':
    case 'textarea':
    case 'integer':
    case 'date':
      return { type };
    case 'checkbox':
      return { type: 'boolean' };
    case 'decimal':
      return { type, scale: decimalScale };
    case 'regexp':
      return { type, pattern: input.pattern ?? '' };
    case 'dropdown':
      return { type: 'enum', options: [...(input.options ?? [])] };
    case 'multiselect':
      return { type: 'multi_enum', options: [...(input.options ?? [])] };
    case 'lookup': {
      const target = input.target ?? '';
      if (foreignTargets.has(target)) {
        return { type: 'regexp', pattern: '[0-9]{1,19}', extra: { zendesk: { relationship_target_type: target } } };
      }
      const to = typeNamed(document, target);
      if (to !== undefined) return { type, to };
      problems.push(invalid('relationship_target_type', 'Relationship target type', 'does not exist'));
      return undefined;
    }
  }
}

function typeNamed(document: SchemaDocument, target: string): string | undefined {
  if (!target.startsWith(customObjectTarget)) return undefined;
  const wanted = target.slice(customObjectTarget.length);
  return Object.entries(document.types ?? {}).find(([key, type]) => (type.names?.zendesk ?? key) === wanted)?.[0];
}

/** What the engine does not look at. */
function extraOf(input: FieldInput): FieldExtra {
  return {
    ...(input.position === undefined ? {} : { position: input.position }),
    ...(input.active === undefined ? {} : { active: input.active }),
    ...(input.tag ? { tag: input.tag } : {}),
    ...(input.filter === undefined ? {} : { relationship_filter: input.filter }),
  };
}

/** Without what the field is already, also where its document leaves that unsaid: clients send whole fields back. */
function withoutKnown(input: FieldInput, { field, position, extra }: CustomField): FieldInput {
  const options = field.options.map(({ value, label }) => ({ value, label: label ?? value }));
  return {
    ...input,
    position: input.position === position ? undefined : input.position,
    active: input.active === (extra.active ?? true) ? undefined : input.active,
    options: isDeepStrictEqual(input.options, options) ? undefined : input.options,
    filter: isDeepStrictEqual(input.filter, extra.relationship_filter ?? everything) ? undefined : input.filter,
  };
}

/** The same document when nothing would change. Members that the field's type does not have are ignored, as clients echo them. */
export function changeField(
  document: SchemaDocument,
  typeKey: string,
  custom: CustomField,
  sent: FieldInput,
  at: string,
): SchemaDocument {
  const input = withoutKnown(sent, custom);
  const type = typeIn(document, typeKey);
  const key = custom.field.key;
  // A system field need not be in the document.
  const before: FieldDocument | undefined = type.fields?.[key] ?? (custom.field.system ? { type: 'text' } : undefined);
  if (before === undefined) throw notFound();
  const { type: kind } = custom;
  const changed: FieldDocument = {
    ...before,
    ...(input.title === undefined || input.title === custom.field.label ? {} : { label: input.title }),
    ...(input.description === undefined || input.description === custom.field.description
      ? {}
      : { description: input.description }),
    ...(kind === 'regexp' && input.pattern ? { pattern: input.pattern } : {}),
    ...(kind === 'dropdown' || kind === 'multiselect' ? (input.options ? { options: [...input.options] } : {}) : {}),
  };
  const extra: Record<string, unknown> = {
    ...zendeskExtra(before.extra),
    ...(custom.standard ? {} : extraOf(input)),
  };
  if (input.tag === '') delete extra.tag;
  const named = custom.key === 'standard::name' ? withNameProperties(changed, custom, input.properties) : undefined;
  if (named?.numbering === undefined) delete extra.numbering;
  else extra.numbering = named.numbering;
  const after = named?.document ?? changed;
  if (isDeepStrictEqual([after, extra], [before, zendeskExtra(before.extra)])) return document;
  const stamped = { ...after, extra: { ...before.extra, zendesk: { ...extra, updated_at: at } } };
  return withFields(document, typeKey, { ...type.fields, [key]: stamped });
}

export function removeField(document: SchemaDocument, typeKey: string, fieldKey: string): SchemaDocument {
  const { [fieldKey]: removed, ...rest } = typeIn(document, typeKey).fields ?? {};
  if (removed === undefined) throw notFound();
  return withFields(document, typeKey, rest);
}

/** Puts fields in this order; those that are not named follow, in the order they have. */
export function orderFields(document: SchemaDocument, typeKey: string, fieldKeys: readonly string[]): SchemaDocument {
  const fields = { ...typeIn(document, typeKey).fields };
  for (const [position, key] of fieldKeys.entries()) {
    const field = fields[key];
    if (field === undefined) throw notFound();
    fields[key] = { ...field, extra: { ...field.extra, zendesk: { ...zendeskExtra(field.extra), position } } };
  }
  return withFields(document, typeKey, fields);
}

function typeIn(document: SchemaDocument, typeKey: string): RecordTypeDocument {
  const type = document.types?.[typeKey];
  if (type === undefined) throw notFound();
  return type;
}

const withFields = (
  document: SchemaDocument,
  typeKey: string,
  fields: Record<string, FieldDocument>,
): SchemaDocument => ({
  ...document,
  types: { ...document.types, [typeKey]: { ...document.types?.[typeKey], fields } },
});
