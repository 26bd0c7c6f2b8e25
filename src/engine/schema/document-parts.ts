/** What the parts of a schema document are made of: their members, names and limits. */
import { InexactNumber, isObject } from '../../model/json.ts';
import type { SchemaDocument } from '../../model/schema.ts';
import { didYouMean, isStorableText, nearest, shorten } from '../../model/text.ts';

export type Report = (path: string, message: string) => void;

export const keyPattern = /^[a-z][a-z0-9_]{0,62}$/;
export const endpointPattern = /^[A-Za-z0-9_-]{1,100}$/;
const ownerPattern = /^(internal|external|interface:[A-Za-z0-9_-]{1,100})$/;
export const limits = { types: 1000, fields: 500, options: 2000, roles: 1000, links: 5000, interfaces: 1000 };
/** Segments that dialects keep for themselves below a record type. */
export const reservedTypes = ['limits'];

type Kind = 'text' | 'boolean' | 'count' | 'map' | 'list' | 'data' | 'any';
type Members = Readonly<Record<string, Kind>>;

export const members = {
  document: { types: 'map', links: 'map', role_lists: 'map', interfaces: 'map', retention: 'map' },
  retention: {
    changes: 'any',
    tombstones: 'any',
    runs: 'any',
    issues: 'any',
    inputs: 'any',
    refusals: 'any',
    deliveries: 'any',
    access: 'any',
    pending_links: 'any',
    answers: 'any',
  },
  type: {
    label: 'text',
    plural: 'text',
    description: 'text',
    owner: 'text',
    on_return: 'text',
    keep_aliases: 'boolean',
    fields: 'map',
    names: 'map',
    extra: 'data',
  },
  field: {
    type: 'text',
    label: 'text',
    description: 'text',
    required: 'boolean',
    unique: 'boolean',
    key_rule: 'list',
    default: 'any',
    max_length: 'count',
    scale: 'count',
    numbered: 'map',
    pattern: 'text',
    options: 'list',
    to: 'text',
    inverse: 'text',
    owner: 'text',
    filterable: 'boolean',
    names: 'map',
    extra: 'data',
  },
  numbered: { prefix: 'text', padding: 'count', first: 'count' },
  option: { value: 'text', label: 'text' },
  link: {
    to: 'text',
    inverse: 'text',
    label: 'text',
    cardinality: 'text',
    once_per: 'text',
    roles: 'text',
    owner: 'text',
    names: 'map',
  },
  role: { number: 'any', external_id: 'text', name: 'text' },
  interface: {
    name: 'text',
    type: 'text',
    direction: 'text',
    setup: 'text',
    initiator: 'text',
    key: 'text',
    formats: 'list',
    duplicates: 'text',
    delete_policy: 'text',
    mark_field: 'any',
    scope: 'map',
    api_keys: 'list',
    guard: 'map',
    overdue_after: 'any',
  },
  guard: { deletes: 'any', percent: 'any', empty_set: 'text', on_trip: 'text' },
} as const satisfies Record<string, Members>;

const kinds: Record<Kind, { is: (value: unknown) => boolean; words: string }> = {
  text: { is: (value) => typeof value === 'string' && isStorableText(value) && value.length <= 10_000, words: 'text' },
  boolean: { is: (value) => typeof value === 'boolean', words: 'true or false' },
  count: { is: (value) => Number.isInteger(value) && (value as number) >= 0, words: 'a whole number from 0' },
  map: { is: isObject, words: 'a mapping' },
  list: { is: Array.isArray, words: 'a list' },
  data: {
    is: (value) => isObject(value) && isStorable(value),
    words: 'a mapping, of text without NUL and lone surrogates',
  },
  any: { is: isStorable, words: 'without NUL and lone surrogates' },
};

/** What a dialect keeps with a type or field is not looked at, but it must be possible to store it, and to send it back. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (value instanceof InexactNumber) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isStorableText(name) && isStorable(member));
}

/** Whether `value` is a mapping of just these members, each of its kind. */
export function checkMembers(
  report: Report,
  path: string,
  value: unknown,
  allowed: Members,
): value is Record<string, unknown> {
  if (!isObject(value)) {
    report(path, 'Must be a mapping.');
    return false;
  }
  let good = true;
  for (const [name, member] of Object.entries(value)) {
    const kind = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    const place = path === '' ? name : `${path}.${name}`;
    if (kind === undefined) {
      const close = nearest(name, Object.keys(allowed));
      report(
        place,
        `Unknown member. ${close === null ? `Known: ${Object.keys(allowed).join(', ')}.` : `Did you mean ${close}?`}`,
      );
    } else if (!kinds[kind].is(member)) {
      report(place, `Must be ${kinds[kind].words}.`);
      good = false;
    }
  }
  return good;
}

export function checkChoice(report: Report, path: string, value: unknown, choices: readonly string[]): void {
  if (value !== undefined && !choices.includes(value as string)) report(path, `Must be one of ${choices.join(', ')}.`);
}

/** Whether `name` is that of a record type. */
export function checkTypeName(
  report: Report,
  path: string,
  name: string | undefined,
  document: SchemaDocument,
): name is string {
  const known = Object.keys(document.types ?? {});
  if (name === undefined) report(path, 'Must be the name of a record type.');
  else if (!known.includes(name))
    report(path, `There is no record type ${shorten(name, 80)}.${didYouMean(name, known)}`);
  else return true;
  return false;
}

export function checkCount(report: Report, path: string, value: object | undefined, limit: number): void {
  const count = Object.keys(value ?? {}).length;
  if (count > limit)
    report(path, `Has ${count.toLocaleString('en')} entries; at most ${limit.toLocaleString('en')} are allowed.`);
}

export function checkOwner(report: Report, path: string, owner: string | undefined, document: SchemaDocument): void {
  if (owner === undefined) return;
  if (!ownerPattern.test(owner)) report(`${path}.owner`, 'Must be internal, external or interface:<endpoint>.');
  else if (
    owner.startsWith('interface:') &&
    !Object.hasOwn(document.interfaces ?? {}, owner.slice('interface:'.length))
  ) {
    report(`${path}.owner`, `There is no interface ${owner.slice('interface:'.length)}.`);
  }
}

export function checkNames(report: Report, path: string, names: Record<string, string> | undefined): void {
  for (const [dialect, name] of Object.entries(names ?? {})) {
    if (typeof name !== 'string' || name === '') report(`${path}.${dialect}`, 'Must be text.');
  }
}
