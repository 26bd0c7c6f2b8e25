/** The NetSuite dialect: the SuiteTalk REST record service. Start with README.md; routes.ts lists what there is. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import type { Principal } from '../../model/principal.ts';
import { acceptJson } from '../bodies.ts';
import { callerOf, type Dialect } from '../contract.ts';
import { authenticate } from './access/credentials.ts';
import { registerTokenRoute } from './access/token-route.ts';
import { refused, sendAnswer } from './answer.ts';
import { callOf, servicesPath } from './call.ts';
import { NetSuiteError } from './errors.ts';
import { renderFailure, unsupportedMediaType } from './failures.ts';
import { registerRoutes } from './routes.ts';
import { samples } from './samples.ts';

const principalOf = 'netsuitePrincipal';

export const netsuite: Dialect = {
  name: 'netsuite',
  title: 'NetSuite',
  paths: [servicesPath],

  register(app: FastifyInstance, hub: Hub): void {
    acceptJson(app);
    app.decorateRequest(principalOf);
    app.setErrorHandler((error, request, reply) => {
      if (!(error instanceof NetSuiteError)) throw error;
      request.outcome = error.details[0].code;
      return sendAnswer(reply, refused(error));
    });
    // The vendor names each of its operations; clients keep the name for when they ask about it.
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('X-N-OperationId', request.id);
      done();
    });
    // Clients send this to see whether anybody is there, before they have signed anything.
    app.options(`${servicesPath}/*`, async (_request, reply) => reply.code(204).send());
    app.register(async (scope) => registerTokenRoute(scope, hub, netsuite.name));
    app.register(async (scope) => {
      // Before the body is read: a stranger's body is not worth parsing.
      scope.addHook('onRequest', async (request) => {
        request.setDecorator(principalOf, await authenticate(hub, request));
        refuseForeignBody(request);
      });
      registerRoutes(scope, (request) =>
        callOf(hub, callerOf(netsuite, request.getDecorator<Principal>(principalOf), request), request),
      );
    });
  },

  renderFailure,
  samples,
};

/** A body is JSON. One without a media type is read as JSON; without a body the media type says nothing. */
function refuseForeignBody(request: FastifyRequest): void {
  const { 'content-type': given, 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  const isEmpty = encoding === undefined && (length === undefined || length === '0');
  if (given === undefined || isEmpty) return;
  const mediaType = given.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json' && mediaType !== 'application/vnd.oracle.resource+json') {
    throw unsupportedMediaType(given);
  }
}
