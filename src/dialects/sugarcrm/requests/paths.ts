/**
 * Finds the route of a request. A table of our own, because this vendor decodes a path segment after splitting (a key may
 * hold `%2F`), lets literal segments win over record ids, matches no empty segment, and checks version, route and token
 * in that order, before it reads a body.
 */
import { SugarError } from '../errors.ts';
import type { SugarOptions } from '../options.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type PathValues = Readonly<Record<string, string>>;

const versionPattern = /^v(\d{1,4})(?:_\d{1,4})?$/;

/** The decoded segments below `/rest/<version>`. Throws 301 `incorrect_version`. */
export function segmentsOf(url: string, versions: SugarOptions['majorVersions']): readonly string[] {
  const [path = ''] = url.split(/[?#]/, 1);
  const [, , version = '', ...segments] = path.split('/').map(decodeURIComponent);
  const major = Number(versionPattern.exec(version)?.[1] ?? Number.NaN);
  if (!(major >= versions.lowest && major <= versions.highest)) throw new SugarError('incorrect_version');
  return segments;
}

/**
 * The first route in the table with this method and shape, and what its `:names` stand for. `pattern` is as
 * `integrate/:module/link`. Throws 404 `no_method`.
 */
export function findRoute<Route extends { readonly method: Method; readonly pattern: string }>(
  routes: readonly Route[],
  method: string,
  segments: readonly string[],
): { readonly route: Route; readonly path: PathValues } {
  // `/ping` is no module, whatever the method: a segment that some route spells out is never a `:name` in first place.
  const isFixed = routes.some(({ pattern }) => pattern.split('/', 1)[0] === segments[0]);
  for (const route of routes) {
    if (route.method !== method || (isFixed && route.pattern.startsWith(':'))) continue;
    const path = valuesIn(route.pattern.split('/'), segments);
    if (path !== undefined) return { route, path };
  }
  throw new SugarError('no_method');
}

function valuesIn(pattern: readonly string[], segments: readonly string[]): PathValues | undefined {
  if (pattern.length !== segments.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (expected.startsWith(':') ? segment === '' : segment !== expected) return undefined;
    if (expected.startsWith(':')) values[expected.slice(1)] = segment;
  }
  return values;
}
