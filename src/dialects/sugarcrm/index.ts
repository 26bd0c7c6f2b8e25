/** The SugarCRM dialect: REST v10 and later with the integrate family of v11_10. See README.md beside this file. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import { callerOf, type Dialect } from '../contract.ts';
import { authenticate } from './access/credentials.ts';
import { edgeError, SugarError } from './errors.ts';
import { modulesOf } from './metadata/modules.ts';
import { defaultOptions, type SugarOptions } from './options.ts';
import { acceptBodies } from './requests/bodies.ts';
import { argumentsOf } from './requests/parse.ts';
import { findRoute, segmentsOf } from './requests/paths.ts';
import type { Answer, Entry } from './requests/visit.ts';
import { type Route, routes } from './routes.ts';
import { samples } from './samples.ts';

/** Answers a request whose version, route, token and role have been judged; reads its arguments. */
type Admitted = () => Promise<Answer>;
const mediaType = 'application/json; charset=utf-8';
const admittedKey = 'sugarcrmAdmitted';

export function createSugarcrm(changes: Partial<SugarOptions> = {}): Dialect {
  const options = { ...defaultOptions, ...changes };
  const dialect: Dialect = {
    name: 'sugarcrm',
    title: 'SugarCRM',
    paths: ['/rest'],

    register(app, hub) {
      acceptBodies(app);
      app.decorateRequest(admittedKey, null);
      app.setErrorHandler((error, request, reply) => {
        if (!(error instanceof SugarError)) throw error; // the server's own handler has it next
        request.outcome = error.label;
        return send(error, reply);
      });
      // Before the body is read: a stranger's body is not parsed, and a bad body tells a stranger nothing.
      app.addHook('onRequest', async (request) => {
        request.setDecorator<Admitted>(admittedKey, await admit(hub, request));
      });
      app.route({
        method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        url: '/rest/*',
        handler: async (request, reply) => {
          const answer = await request.getDecorator<Admitted>(admittedKey)();
          request.outcome = answer.outcome;
          return reply.code(answer.status).type(mediaType).send(JSON.stringify(answer.body));
        },
      });
    },

    renderFailure: (failure, _request, reply) => send(edgeError(failure), reply),
    samples,
  };

  /** The vendor's order of checks: version, route, token, administrators; all else is the handler's. */
  async function admit(hub: Hub, request: FastifyRequest): Promise<Admitted> {
    const segments = segmentsOf(request.url, options.majorVersions);
    const { route, path } = findRoute<Route>(routes, request.method, segments);
    request.operation = route.operation;
    const entry = (): Entry => ({ hub, options, request, via: dialect.name, args: argumentsOf(request) });
    if (route.guard === 'open') return () => route.answer(entry());
    const principal = await authenticate(hub, request, dialect.name);
    const caller = callerOf(dialect, principal, request);
    if (route.guard === 'admin' && principal.role !== 'admin') throw new SugarError('not_authorized');
    return async () => {
      const modules = modulesOf(await hub.catalogue(principal.workspace));
      return route.answer({ ...entry(), caller, modules, path, form: route.form });
    };
  }

  return dialect;
}

const send = (error: SugarError, reply: FastifyReply): FastifyReply =>
  reply.code(error.status).type(mediaType).send(JSON.stringify(error.body));

export const sugarcrm: Dialect = createSugarcrm();
