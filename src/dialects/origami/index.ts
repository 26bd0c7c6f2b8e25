/** Origami Risk: the Link API, the domain endpoints around it, and the ways to authenticate. README.md has the whole list. */
import type { Dialect } from '../contract.ts';
import { renderFailure } from './failures.ts';
import { defaultOptions, type OrigamiOptions } from './options.ts';
import { registerRoutes } from './routes.ts';
import { registerTokenRoutes } from './token-routes.ts';

export function createOrigami(options: OrigamiOptions): Dialect {
  const dialect: Dialect = {
    name: 'origami',
    paths: options.bases.flatMap((base) => (base === '' ? ['/api', '/Authentication', '/AccountInformation'] : [base])),
    register: async (app, hub) => {
      await app.register(async (scope) => registerRoutes(scope, hub, dialect, options));
      await app.register(async (scope) => registerTokenRoutes(scope, hub, options));
    },
    renderFailure,
  };
  return dialect;
}

export const origami = createOrigami(defaultOptions);
