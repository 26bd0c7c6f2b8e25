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
  const mostSteps = Math.max(...[...claims.keys()].map((path) => path.split('/').length - 1));
  return (url) => {
    const path = pathOf(url);
    let owner: Dialect | undefined;
    let end = 0;
    for (let steps = 0; steps < mostSteps && end < path.length; steps++) {
      end = path.indexOf('/', end + 1);
      if (end < 0) end = path.length;
      owner = claims.get(path.slice(0, end)) ?? owner;
    }
    return owner;
  };
}

/** Decoded as the router decodes it: `/api/%762` is `/api/v2` to both. */
function pathOf(url: string): string {
  const path = withoutQuery(url);
  if (!path.includes('%')) return path;
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** The path of an address. */
export function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

type Router = findMyWay.Instance<findMyWay.HTTPVersion.V1>;
type Route = { readonly method: findMyWay.HTTPMethod; readonly url: string; readonly dialect: Dialect };

/** Every route of every dialect, for one question that fastify's own router does not answer. */
export class RouteIndex {
  readonly #routes: Route[] = [];
  readonly #methods = new Set<string>();
  /** Made when it is first asked: to make it takes a part of the start that can be seen. */
  #router: Router | undefined;

  /** Notes what the dialect registers in its scope from now on. */
  watch(scope: FastifyInstance, dialect: Dialect): void {
    scope.addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat() as findMyWay.HTTPMethod[]) {
        this.#methods.add(name);
        this.#routes.push({ method: name, url, dialect });
      }
    });
  }

  /** The methods that the dialect's routes take at this address, in alphabetical order. */
  methodsAt(url: string, dialect: Dialect): string[] {
    const path = withoutQuery(url);
    this.#router ??= routerOf(this.#routes);
    const router = this.#router;
    const takes = (method: string): boolean => router.find(method as findMyWay.HTTPMethod, path)?.store === dialect;
    return [...this.#methods].filter(takes).sort();
  }
}

function routerOf(routes: readonly Route[]): Router {
  const router = findMyWay<findMyWay.HTTPVersion.V1>({ maxParamLength: limits.paramCharacters });
  for (const { method, url, dialect } of routes) {
    if (!router.hasRoute(method, url)) router.on(method, url, () => {}, dialect);
  }
  return router;
}
