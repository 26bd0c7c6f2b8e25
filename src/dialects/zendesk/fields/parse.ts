/** A field in a request's body. */
import { isObject } from '../../../model/json.ts';
import type { EnumOption } from '../../../model/schema.ts';
import { own } from '../call.ts';
import { blank, invalid, type Problem } from '../errors.ts';
import { flagOf, take, textOf } from '../schema/keys.ts';
import { type VendorType, vendorTypes } from '../schema/view.ts';
import { type NameProperties, parseNameProperties } from './name-properties.ts';

/** Only what the client gave. */
export type FieldInput = {
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly active: boolean | undefined;
  readonly position: number | undefined;
  /** '' for none. */
  readonly tag: string | undefined;
  readonly pattern: string | undefined;
  readonly options: readonly EnumOption[] | undefined;
  readonly target: string | undefined;
  readonly filter: Readonly<Record<string, unknown>> | undefined;
  readonly properties: Partial<NameProperties>;
};

export function parseField(
  members: Readonly<Record<string, unknown>>,
  problems: Problem[],
  optionLimit: number,
): FieldInput {
  return {
    title: textOf(members, 'title', problems, { required: true }),
    description: textOf(members, 'description', problems, { required: false }),
    active: flagOf(members, 'active', problems),
    position: take('position', own(members, 'position'), 'expected a whole number', problems, isPosition),
    tag: textOf(members, 'tag', problems, { required: false }),
    pattern: textOf(members, 'regexp_for_validation', problems, { required: false }),
    options: optionsOf(members, problems, optionLimit),
    target: textOf(members, 'relationship_target_type', problems, { required: false }),
    filter: filterOf(members, problems),
    properties: parseNameProperties(members, problems),
  };
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** `text` unless said. */
export function typeOf(members: Readonly<Record<string, unknown>>, problems: Problem[]): VendorType | undefined {
  const type = own(members, 'type') ?? 'text';
  const known = vendorTypes.find((one) => one === type);
  if (known === undefined) problems.push(invalid('type', 'Type', `expected one of ${vendorTypes.join(', ')}`));
  return known;
}

/** What a field of a type cannot be made without. */
export function requireMembers(type: VendorType | undefined, input: FieldInput, problems: Problem[]): void {
  const missing = (member: string, title: string): void => {
    if (!problems.some(({ field }) => field === member)) problems.push(blank(member, title));
  };
  if (input.title === undefined) missing('title', 'Title');
  if (type === 'regexp' && !input.pattern) missing('regexp_for_validation', 'Regexp for validation');
  if (type === 'lookup' && !input.target) missing('relationship_target_type', 'Relationship target type');
  if ((type === 'dropdown' || type === 'multiselect') && input.options === undefined) {
    missing('custom_field_options', 'Custom field options');
  }
}

/** A whole list, in order: what is not in it is no option any more. Ids are made of values, so those that are sent are not looked at. */
function optionsOf(
  members: Readonly<Record<string, unknown>>,
  problems: Problem[],
  limit: number,
): EnumOption[] | undefined {
  const given = own(members, 'custom_field_options');
  if (given === undefined || given === null) return undefined;
  const refuse = (why: string): undefined => {
    problems.push(invalid('custom_field_options', 'Custom field options', why));
    return undefined;
  };
  if (!Array.isArray(given)) return refuse('expected a list');
  if (given.length === 0) return refuse('cannot be empty');
  if (given.length > limit) return refuse(`there can be ${limit} at most`);
  const options = given.flatMap((option: unknown) => {
    const name = isObject(option) ? own(option, 'name') : undefined;
    const value = isObject(option) ? own(option, 'value') : undefined;
    return isText(name) && isText(value) ? [{ value, label: name }] : [];
  });
  if (options.length < given.length) return refuse('every option needs a name and a value');
  if (new Set(options.map(({ value }) => value)).size < options.length) return refuse('values must be unique');
  return options;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** Kept and shown, for clients that suggest targets; it never judges a write. */
function filterOf(
  members: Readonly<Record<string, unknown>>,
  problems: Problem[],
): Readonly<Record<string, unknown>> | undefined {
  const filter = own(members, 'relationship_filter');
  if (filter === null) return undefined;
  return take('relationship_filter', filter, 'expected an object', problems, isObject);
}
