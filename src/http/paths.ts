/** Whose path is it, and which methods does it take? */
import type { FastifyInstance } from 'fastify';
import findMyWay from 'find-my-way';
import type { Dialect } from '../dialects/contract.ts';
import { limits } from './limits.ts';

export type PathOwner = (url: string) => Dialect | undefined;

/** The dialect whose path is the longest that holds the address. Throws when two dialects claim the same path. */
export function pathOwner(dialects: readonly Dialect[]): PathOwner {
  const claims = new Map<string, Dialect>();
  for (const dialect of dialects) {
    for (const path of dialect.paths) {
      const other = claims.get(path);
      if (other !== undefined) throw new Error(`${path} is claimed by ${other.name} and by ${dialect.name}`);
      claims.set(path, dialect);
    }
  }
  const longestFirst = [...claims].sort(([a], [b]) => b.length - a.length);
  return (url) => {
    const path = pathOf(url);
    return longestFirst.find(([claim]) => path === claim || path.startsWith(`${claim}/`))?.[1];
  };
}

/** Decoded as the router decodes it: `/api/%762` is `/api/v2` to both. */
function pathOf(url: string): string {
  const path = url.replace(/[?#].*$/s, '');
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** Every route of every dialect, for one question that fastify's own router does not answer. */
export class RouteIndex {
  readonly #router = findMyWay<findMyWay.HTTPVersion.V1>({ maxParamLength: limits.paramCharacters });
  readonly #methods = new Set<string>();

  /** Notes what the dialect registers in its scope from now on. */
  watch(scope: FastifyInstance, dialect: Dialect): void {
    scope.addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat() as findMyWay.HTTPMethod[]) {
        this.#methods.add(name);
        if (!this.#router.hasRoute(name, url)) this.#router.on(name, url, () => {}, dialect);
      }
    });
  }

  /** The methods that the dialect's routes take at this address, in alphabetical order. */
  methodsAt(url: string, dialect: Dialect): string[] {
    const path = url.replace(/[?#].*$/s, '');
    const takes = (method: string): boolean =>
      this.#router.find(method as findMyWay.HTTPMethod, path)?.store === dialect;
    return [...this.#methods].filter(takes).sort();
  }
}
