/** A custom object in a request's body, and the schema documents that follow from it. */
import { isDeepStrictEqual } from 'node:util';
import { labelOf, pluralOf } from '../../../model/names.ts';
import type { RecordTypeDocument, SchemaDocument } from '../../../model/schema.ts';
import { own } from '../call.ts';
import { blank, cannotAdd, invalid, notFound, type Problem, recordInvalid } from '../errors.ts';
import type { ZendeskOptions } from '../options.ts';
import { duplicateKey, flagOf, freeKey, textOf } from '../schema/keys.ts';
import { type ObjectExtra, objectFlags, zendeskExtra } from '../schema/view.ts';

export type ObjectInput = {
  readonly title?: string;
  readonly plural?: string;
  readonly description?: string;
  readonly extra: ObjectExtra;
};

/** Only what the client gave. `raw_…` members are read-only here, as there is no dynamic content to stand in for. */
export function parseObject(members: Readonly<Record<string, unknown>>, problems: Problem[]): ObjectInput {
  const given = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } =>
    value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
  return {
    ...given('title', textOf(members, 'title', problems, { required: true })),
    ...given('plural', textOf(members, 'title_pluralized', problems, { required: true })),
    ...given('description', textOf(members, 'description', problems, { required: false })),
    extra: {
      ...given('include_in_list_view', flagOf(members, 'include_in_list_view', problems)),
      ...given('allows_photos', flagOf(members, 'allows_photos', problems)),
      ...given('allows_attachments', flagOf(members, 'allows_attachments', problems)),
    },
  };
}

/** On create the title must be there; its plural is derived when it is not. */
export function requireTitle(members: Readonly<Record<string, unknown>>, problems: Problem[]): void {
  if (own(members, 'title') === undefined) problems.push(blank('title', 'Title'));
}

/** `limits` is a fixed segment of the paths, so no object can have it as key. */
const reservedKeys = new Set(['limits']);

export function keyProblems(document: SchemaDocument, key: string): Problem[] {
  if (reservedKeys.has(key)) return [invalid('key', 'Key', 'is reserved')];
  return vendorKeys(document).includes(key) ? [duplicateKey()] : [];
}

const vendorKeys = (document: SchemaDocument): string[] =>
  Object.entries(document.types ?? {}).map(([key, type]) => type.names?.zendesk ?? key);

/** @returns the document with one more record type; throws a Refusal when the key is taken or there is no room. */
export function addObject(
  document: SchemaDocument,
  key: string,
  input: ObjectInput,
  context: { userId: string; options: ZendeskOptions },
): SchemaDocument {
  const types = document.types ?? {};
  const problems = keyProblems(document, key);
  if (Object.keys(types).length >= context.options.limits.objects) {
    const description = `Custom object: an account can have ${context.options.limits.objects} at most`;
    problems.push({ field: 'base', error: 'LimitExceeded', description });
  }
  if (problems.length > 0) throw cannotAdd(problems, context.options.statuses.limitExceeded);
  // Keys of record types are in lower case and begin with a letter; the vendor's key is then the dialect's name for it.
  const lower = key.toLowerCase();
  const ownKey = freeKey(/^[a-z]/.test(lower) ? lower : `o_${lower}`, (taken) => Object.hasOwn(types, taken));
  const label = input.title ?? key;
  const type: RecordTypeDocument = {
    label,
    plural: input.plural ?? pluralOf(label),
    ...(input.description === undefined ? {} : { description: input.description }),
    ...(ownKey === key ? {} : { names: { zendesk: key } }),
    fields: { name: { type: 'text', required: true } },
    extra: {
      zendesk: { ...input.extra, created_by_user_id: context.userId, updated_by_user_id: context.userId },
    },
  };
  return { ...document, types: { ...types, [ownKey]: type } };
}

/** The same document when nothing would change. A title and a plural that follow from the type's key are as good as any that were given. */
export function changeObject(
  document: SchemaDocument,
  typeKey: string,
  input: ObjectInput,
  userId: string,
): SchemaDocument {
  const type = document.types?.[typeKey];
  if (type === undefined) throw notFound();
  const title = type.label ?? labelOf(typeKey);
  const extra = zendeskExtra(type.extra);
  const before = { title, plural: type.plural ?? pluralOf(title), description: type.description ?? '' };
  const flags = { ...objectFlags, ...extra };
  const { extra: givenFlags, ...given } = input;
  const after = { ...before, ...given };
  if (isDeepStrictEqual([after, { ...flags, ...givenFlags }], [before, flags])) return document;
  const changed: RecordTypeDocument = {
    ...type,
    label: after.title,
    plural: after.plural,
    ...(input.description === undefined ? {} : { description: input.description }),
    extra: { ...type.extra, zendesk: { ...extra, ...givenFlags, updated_by_user_id: userId } },
  };
  return { ...document, types: { ...document.types, [typeKey]: changed } };
}

/**
 * Takes a record type away, and the lookup fields that point to it. Link types and interfaces were made elsewhere, and other systems rely on
 * them: while one of them is there, the object stays.
 */
export function removeObject(document: SchemaDocument, typeKey: string): SchemaDocument {
  if (document.types?.[typeKey] === undefined) throw notFound();
  const links = Object.entries(document.links ?? {})
    .filter(([key, link]) => key.startsWith(`${typeKey}.`) || link.to === typeKey)
    .map(([key]) => `link type ${key}`);
  const interfaces = Object.entries(document.interfaces ?? {})
    .filter(([, one]) => one.type === typeKey)
    .map(([endpoint]) => `interface ${endpoint}`);
  const uses = [...links, ...interfaces];
  if (uses.length > 0) throw recordInvalid([invalid('base', 'Custom object', `is used by ${uses.join(', ')}`)]);
  const types = Object.entries(document.types).flatMap(([key, type]) => {
    if (key === typeKey) return [];
    const fields = Object.entries(type.fields ?? {}).filter(([, field]) => field.to !== typeKey);
    return [[key, { ...type, fields: Object.fromEntries(fields) }] as const];
  });
  return { ...document, types: Object.fromEntries(types) };
}
