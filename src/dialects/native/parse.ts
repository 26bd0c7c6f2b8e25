/** From what a request says to the engine's commands. Refuses what cannot be read, and judges nothing else. */
import type { FastifyRequest } from 'fastify';
import type { Catalogue } from '../../model/catalogue.ts';
import type { RoleRef } from '../../model/commands.ts';
import { InexactNumber, isObject } from '../../model/json.ts';
import type { Grants } from '../../model/principal.ts';
import { parseRef, type Ref } from '../../model/ref.ts';
import { isStorableText, shorten } from '../../model/text.ts';
import { ProblemError, problem, type Violations } from './problem-answer.ts';
import type { RoleText } from './shapes/link.ts';
import type { ProblemViolation } from './shapes/problem.ts';

/** A reference that stands in the path, as the parameter `name`. */
export function refIn(text: string, name: 'ref' | 'target'): Ref {
  const ref = parseRef(text);
  if (ref !== undefined) return ref;
  throw problem('ref_malformed', `path.${name}`, `"${shorten(text)}" is neither an id nor a number nor field:value.`);
}

/** The version that If-Match demands; nothing without the header. */
export function ifMatch(request: FastifyRequest): { ifVersion?: number } {
  const header = request.headers['if-match'];
  if (header === undefined) return {};
  const version = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (version !== undefined) return { ifVersion: Number(version) };
  throw problem('if_match_malformed', 'header.if-match', `${shorten(header)} is not an entity tag such as "3".`);
}

export const etagOf = (version: number): string => `"${version}"`;

/** The values to write, lookups as references. What is no reference goes on as it is, for the engine to name with all else. */
export function fieldsToWrite(
  catalogue: Catalogue,
  typeKey: string,
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  requireObject(fields, 'fields');
  const lookups = (catalogue.types.get(typeKey)?.fields ?? []).filter(
    ({ type, key }) => type === 'lookup' && Object.hasOwn(fields, key),
  );
  if (lookups.length === 0) return fields;
  return { ...fields, ...Object.fromEntries(lookups.map(({ key }) => [key, toRef(fields[key])])) };
}

/** A reference as a JSON value: text by the grammar of references, or a record's number. */
function toRef(value: unknown): unknown {
  if (typeof value === 'string') return parseRef(value) ?? value;
  if (typeof value === 'number') return parseRef(String(value)) ?? value;
  return value;
}

/** By whatever the text is: a number, an external id or a name. null: no role. */
export const roleOf = (role: RoleText): RoleRef | null => (role === null ? null : { by: 'any', value: String(role) });

/** To the validator a number that would lose digits is an object, as it is kept in one. */
export function requireObject(value: object, path: string): void {
  if (value instanceof InexactNumber) throw problem('member_invalid', path, `${path} must be an object.`);
}

/**
 * For parts of a body that the engine takes as they are: numbers that would lose digits, and text that cannot be stored (NUL, half
 * of a surrogate pair). `path`: of the value in the body; null: the body itself.
 */
export function refuseUnstorable(value: unknown, path: string | null): void {
  if (value instanceof InexactNumber) {
    throw problem(
      'member_invalid',
      path,
      `${shorten(value.text)} has more digits than a JSON number keeps: send it as text.`,
    );
  }
  if (typeof value === 'string' && !isStorableText(value)) {
    throw problem('member_invalid', path, 'Text may hold neither NUL characters nor lone surrogates.');
  }
  if (!isObject(value) && !Array.isArray(value)) return;
  for (const [step, item] of Object.entries(value)) {
    const at = path === null ? step : `${path}.${step}`;
    refuseUnstorable(step, at);
    refuseUnstorable(item, at);
  }
}

/** Grants on record types that exist: a misspelt one would grant nothing, and nobody would notice. */
export function checkGrants(catalogue: Catalogue, grants: Grants): void {
  const violations: ProblemViolation[] = [];
  const check = (type: string, path: string): void => {
    if (type === '*' || catalogue.types.has(type)) return;
    violations.push({
      code: 'grant_on_unknown_type',
      path,
      message: `There is no record type "${shorten(type)}".`,
      type,
    });
  };
  for (const [type, actions] of Object.entries(grants)) {
    check(type, `grants.${type}`);
    actions.forEach((action, index) => {
      if (action.startsWith('attach:')) check(action.slice('attach:'.length), `grants.${type}.${index}`);
    });
  }
  if (violations.length > 0) throw new ProblemError(violations as unknown as Violations);
}
