/** `properties` of `standard::name`: whether names are unique, or drawn from a numbering. Settled before the first record. */
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../../model/json.ts';
import type { FieldDocument } from '../../../model/schema.ts';
import { type Call, own } from '../call.ts';
import { invalid, type Problem } from '../errors.ts';
import { titleOf } from '../schema/change.ts';
import { flagOf, take } from '../schema/keys.ts';
import type { CustomField, CustomObject, Numbering } from '../schema/view.ts';

/** In the vendor's words, all of them always shown. */
export type NameProperties = {
  readonly is_unique: boolean;
  readonly autoincrement_enabled: boolean;
  readonly autoincrement_prefix: string;
  readonly autoincrement_padding: number;
  readonly autoincrement_next_sequence: number;
};

const limits = { prefix: 30, padding: 9 };

/** Only what the client gave. */
export function parseNameProperties(
  members: Readonly<Record<string, unknown>>,
  problems: Problem[],
): Partial<NameProperties> {
  const given = own(members, 'properties');
  if (given === undefined || given === null) return {};
  if (!isObject(given)) {
    problems.push(invalid('properties', 'Properties', 'expected an object'));
    return {};
  }
  const whole =
    (most: number) =>
    (value: unknown): value is number =>
      Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most;
  const number = (member: keyof NameProperties, most: number, expected: string): number | undefined =>
    take(member, own(given, member), expected, problems, whole(most));
  const isPrefix = (value: unknown): value is string => typeof value === 'string' && value.length <= limits.prefix;
  const prefix = take(
    'autoincrement_prefix',
    own(given, 'autoincrement_prefix') ?? undefined,
    `expected text of at most ${limits.prefix} characters`,
    problems,
    isPrefix,
  );
  const properties = {
    is_unique: flagOf(given, 'is_unique', problems),
    autoincrement_enabled: flagOf(given, 'autoincrement_enabled', problems),
    autoincrement_prefix: prefix,
    autoincrement_padding: number('autoincrement_padding', limits.padding, `expected 0 to ${limits.padding}`),
    autoincrement_next_sequence: number('autoincrement_next_sequence', 2 ** 52, 'expected a whole number from 0'),
  };
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

const plainNumbering: Numbering = { prefix: '', padding: 0, first: 1 };

const numberingOf = ({ field, extra }: CustomField): Numbering => field.numbered ?? extra.numbering ?? plainNumbering;

export async function namePropertiesOf(call: Call, object: CustomObject): Promise<NameProperties> {
  const { field } = object.name;
  const { numbered } = field;
  const { prefix, padding, first } = numberingOf(object.name);
  const next = numbered === null ? first : await call.hub.nextNumber(call.caller, object.type.key, field.key);
  return {
    is_unique: field.unique,
    autoincrement_enabled: numbered !== null,
    autoincrement_prefix: prefix,
    autoincrement_padding: padding,
    autoincrement_next_sequence: next ?? first,
  };
}

/** What is wrong with setting them. One that is sent back as it is, is right in any case. */
export async function namePropertyProblems(
  call: Call,
  object: CustomObject,
  field: CustomField,
  given: Partial<NameProperties>,
): Promise<Problem[]> {
  const members = Object.keys(given) as (keyof NameProperties)[];
  if (members.length === 0) return [];
  const problem = (member: keyof NameProperties, why: string): Problem => invalid(member, titleOf(member), why);
  if (field !== object.name) {
    const isItsOwn = (member: keyof NameProperties): boolean =>
      member === 'is_unique' ? given.is_unique === field.field.unique : !given[member];
    const foreign = members.filter((member) => !isItsOwn(member));
    return foreign.map((member) => problem(member, 'is a property of the name only'));
  }
  const now = await namePropertiesOf(call, object);
  const changed = members.filter((member) => given[member] !== now[member]);
  if (changed.length === 0) return [];
  if ((await call.hub.count(call.caller, object.type.key)) > 0) {
    return changed.map((member) => problem(member, 'cannot be changed once the object has records'));
  }
  const then = { ...now, ...given };
  const problems: Problem[] = [];
  if (then.is_unique && then.autoincrement_enabled) {
    const member = changed.includes('autoincrement_enabled') ? 'autoincrement_enabled' : 'is_unique';
    problems.push(problem(member, 'names are unique or numbered, not both'));
  }
  if (now.autoincrement_enabled && then.autoincrement_next_sequence < now.autoincrement_next_sequence) {
    problems.push(problem('autoincrement_next_sequence', `cannot be below ${now.autoincrement_next_sequence}`));
  }
  return problems;
}

/** The name's field with the properties that it shall have. While it is not numbered, the dialect keeps how it would be. */
export function withNameProperties(
  before: FieldDocument,
  now: CustomField,
  given: Partial<NameProperties>,
): { readonly document: FieldDocument; readonly numbering: Numbering | undefined } {
  const { unique, numbered } = now.field;
  const { is_unique = unique, autoincrement_enabled: isNumbered = numbered !== null } = given;
  const settings = numberingOf(now);
  const then = {
    prefix: given.autoincrement_prefix ?? settings.prefix,
    padding: given.autoincrement_padding ?? settings.padding,
    first: given.autoincrement_next_sequence ?? settings.first,
  };
  const { numbered: _, ...rest } = before;
  const document = is_unique === unique ? rest : { ...rest, unique: is_unique };
  if (isNumbered) return { document: { ...document, numbered: then }, numbering: undefined };
  return { document, numbering: isDeepStrictEqual(then, plainNumbering) ? undefined : then };
}
