/** Reads keys, field values and paging from the path and the arguments of a request. */
import type { FastifyRequest } from 'fastify';
import type { Field } from '../../../model/catalogue.ts';
import type { FieldInput } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import { byKey, type Ref } from '../../../model/ref.ts';
import { invalidParameter, missingParameter } from '../errors.ts';
import type { Member, Module } from '../metadata/modules.ts';
import type { SugarOptions } from '../options.ts';
import { textOf, toInput } from '../values.ts';
import { nested } from './brackets.ts';
import type { Args, Visit } from './visit.ts';

/** Body and query as one; on a clash the query wins. An absent or empty body is `{}`. */
export function argumentsOf(request: FastifyRequest): Args {
  const body = request.body === undefined ? {} : request.body;
  if (!isObject(body)) throw invalidParameter('The body must be a JSON object.');
  const mark = request.url.indexOf('?');
  return mark < 0 ? body : { ...body, ...nested(request.url.slice(mark + 1)) };
}

/** Text that must be there; numbers are read as their digits. */
export function requiredText(args: Args, name: string): string {
  const text = optionalText(args, name);
  if (text === undefined) throw missingParameter(name);
  return text;
}

/** undefined when absent, null or empty. */
export function optionalText(args: Args, name: string): string | undefined {
  const value = args[name];
  if (value === undefined || value === null || value === '') return undefined;
  const text = textOf(value);
  if (text === undefined) throw invalidParameter(`${name} must be text.`);
  return text;
}

/** A key as the client gives it. `field` is null where it means the module's default key field. */
export type GivenKey = { readonly field: string | null; readonly value: string };
export type KeyPrefix = '' | 'lhs_' | 'rhs_';

/** From the path when the value is there, else from the arguments. Throws 422 `missing_parameter`. */
export function givenKey(visit: Visit, prefix: KeyPrefix = ''): GivenKey {
  const inPath = visit.path[`${prefix}value`];
  const value = inPath ?? requiredText(visit.args, `${prefix}sync_key_field_value`);
  const { longestKey } = visit.options;
  if (longestKey !== null && value.length > longestKey) {
    throw invalidParameter(`A key has at most ${longestKey} characters.`);
  }
  const field =
    inPath === undefined ? optionalText(visit.args, `${prefix}sync_key_field_name`) : visit.path[`${prefix}field`];
  return { field: field ?? null, value };
}

/** The unique field of the module that a key names. Throws 422 `invalid_parameter`. */
export function keyField(module: Module, given: string | null): Field {
  const isMeant = ({ name, field }: Member): boolean =>
    given === null ? field.key === module.defaultKey : name === given;
  const member = module.members.find((one) => isMeant(one) && one.shows !== 'email_list');
  if (member?.field.unique !== true) {
    const name = given ?? module.defaultKey;
    throw invalidParameter(`${name} is not a field that identifies a record in module: ${module.name}`);
  }
  return member.field;
}

export const keyRef = (module: Module, key: GivenKey): Ref => byKey(keyField(module, key.field).key, key.value);

/** The field values among the arguments; members that the module does not have are ignored, as the vendor does. */
export function patchOf(module: Module, args: Args, except: readonly string[] = []): Record<string, FieldInput> {
  const fields: Record<string, FieldInput> = {};
  for (const member of module.members) {
    if (member.shows === 'related_name' || except.includes(member.field.key) || !Object.hasOwn(args, member.name))
      continue;
    fields[member.field.key] = toInput(member, args[member.name]);
  }
  return fields;
}

/** The members that an answer shall show, from `fields` (a comma list, or a list); undefined: all of them. */
export function selectionOf(args: Args): ReadonlySet<string> | undefined {
  const { fields } = args;
  const names = Array.isArray(fields) ? fields.map(String) : (optionalText(args, 'fields')?.split(',') ?? []);
  return names.length === 0 ? undefined : new Set(names.map((name) => name.trim()));
}

/** As the query and the body spell it. */
export const isOn = (value: unknown): boolean => value === true || value === 1 || value === '1' || value === 'true';

export type Paging = { readonly offset: number; readonly size: number };

export function pagingOf(args: Args, options: SugarOptions): Paging {
  const size = wholeNumber(args, 'max_num', 1) ?? options.defaultPageSize;
  return { offset: wholeNumber(args, 'offset', 0) ?? 0, size: Math.min(size, options.largestPageSize) };
}

function wholeNumber(args: Args, name: string, least: number): number | undefined {
  const text = optionalText(args, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text) || Number(text) < least) {
    throw invalidParameter(`${name} must be a whole number of at least ${least}.`);
  }
  return Number(text);
}
