/** Arguments in brackets, as PHP has them: `filter[0][name][$starts]=A` is `{"filter": [{"name": {"$starts": "A"}}]}`. */

type Nest = { [name: string]: string | Nest };

/** More levels than any argument has. */
const deepest = 20;

/** Whatever is not in well-formed brackets keeps its name as it stands; of a repeated name the last value counts. */
export function nested(pairs: Iterable<readonly [string, string]>): Record<string, unknown> {
  const root: Nest = Object.create(null);
  for (const [name, value] of pairs) put(root, pathOf(name), value);
  return Object.fromEntries(Object.entries(root).map(([name, inner]) => [name, asListed(inner)]));
}

/** `a[b][]` is `a`, `b` and an empty name, which stands for the next number. */
function pathOf(name: string): string[] {
  const [, first, rest] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? [];
  if (first === undefined || rest === undefined) return [name];
  const inner = [...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, part = '']) => part);
  return inner.length >= deepest ? [name] : [first, ...inner];
}

function put(nest: Nest, [first = '', ...rest]: readonly string[], value: string): void {
  const name = first === '' ? String(Object.keys(nest).length) : first;
  if (rest.length === 0) {
    nest[name] = value;
    return;
  }
  const known = nest[name];
  const inner: Nest = typeof known === 'object' ? known : Object.create(null);
  nest[name] = inner;
  put(inner, rest, value);
}

/** Whose names are all numbers is a list, in the order of these. */
function asListed(value: string | Nest): unknown {
  if (typeof value === 'string') return value;
  const names = Object.keys(value);
  if (names.every((name) => /^\d+$/.test(name))) return names.map((name) => asListed(value[name] ?? ''));
  return Object.fromEntries(names.map((name) => [name, asListed(value[name] ?? '')]));
}
