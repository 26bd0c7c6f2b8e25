/** Arguments in brackets, as PHP has them: `filter[0][name][$starts]=A` is `{"filter": [{"name": {"$starts": "A"}}]}`. */

import { invalidParameter } from '../errors.ts';

type Nest = Map<string, string | Nest>;

/** More levels than any argument has. */
const deepest = 20;

/** As many as PHP takes, to which clients are used; more could keep the server busy for long before it knows who asks. */
const most = 1000;

/**
 * Whatever is not in well-formed brackets keeps its name as it stands; of a repeated name the last value counts. `text` is a query or a
 * form. Throws 422 `invalid_parameter`.
 */
export function nested(text: string): Record<string, unknown> {
  if (isMoreThan(most, text)) throw invalidParameter(`A query or a form has at most ${most} arguments.`);
  const root: Nest = new Map();
  for (const [name, value] of new URLSearchParams(text)) put(root, pathOf(name), value);
  return Object.fromEntries([...root].map(([name, inner]) => [name, asListed(inner)]));
}

function isMoreThan(count: number, text: string): boolean {
  let at = -1;
  for (let seen = 0; seen < count; seen++) {
    at = text.indexOf('&', at + 1);
    if (at < 0) return false;
  }
  return true;
}

/** `a[b][]` is `a`, `b` and an empty name, which stands for the next number. */
function pathOf(name: string): string[] {
  const [, first, rest] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? [];
  if (first === undefined || rest === undefined) return [name];
  const inner = [...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, part = '']) => part);
  return inner.length >= deepest ? [name] : [first, ...inner];
}

function put(nest: Nest, [first = '', ...rest]: readonly string[], value: string): void {
  const name = first === '' ? String(nest.size) : first;
  if (rest.length === 0) {
    nest.set(name, value);
    return;
  }
  const known = nest.get(name);
  const inner: Nest = known instanceof Map ? known : new Map();
  nest.set(name, inner);
  put(inner, rest, value);
}

/** Whose names are all numbers is a list, in the order of these. */
function asListed(value: string | Nest): unknown {
  if (typeof value === 'string') return value;
  const members = [...value].map(([name, inner]) => [name, asListed(inner)] as const);
  if (!members.every(([name]) => /^\d{1,9}$/.test(name))) return Object.fromEntries(members);
  return members.sort(([one], [other]) => Number(one) - Number(other)).map(([, inner]) => inner);
}
