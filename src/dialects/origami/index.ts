/** Origami Risk: the Link API, the domain endpoints around it, and the ways to authenticate. README.md has the whole list. */
import type { Dialect } from '../contract.ts';
import { registerTokenRoutes } from './access/token-routes.ts';
import { renderFailure } from './failures.ts';
import { defaultOptions as options } from './options.ts';
import { registerRoutes } from './routes.ts';
import { samples } from './samples.ts';

/** The bare origin belongs to nobody as a whole: there only these are ours. */
const pathsAt = (base: string): string[] => (base === '' ? ['/api', '/Authentication', '/AccountInformation'] : [base]);

export const origami: Dialect = {
  name: 'origami',
  title: 'Origami Risk',
  paths: options.bases.flatMap(pathsAt),
  register: async (app, hub) => {
    await app.register(async (scope) => registerRoutes(scope, hub, origami, options));
    await app.register(async (scope) => registerTokenRoutes(scope, hub, options));
  },
  renderFailure,
  samples,
};
