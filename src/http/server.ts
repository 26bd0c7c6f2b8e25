/** Mounts the dialects on one HTTP server. It knows them by their contract only. */
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { pino } from 'pino';
import type { Dialect, EdgeFailure } from '../dialects/contract.ts';
import type { Hub } from '../engine/hub.ts';
import { arrivalOf, receive, requestIdOf } from './arrival.ts';
import { answerClientError } from './client-errors.ts';
import { asksForPage, registerConsole } from './console.ts';
import { Edge } from './edge.ts';
import { failureOf, PackedBody } from './failures.ts';
import { limits } from './limits.ts';
import type { RequestLine } from './log.ts';
import { createMetrics } from './metrics.ts';
import { registerOperations } from './operations.ts';
import { pathOwner, RouteIndex } from './paths.ts';
import { RequestLogger } from './request-logger.ts';

export type HttpSettings = {
  /** Scheme, host and port that clients use, for the addresses in answers; null: as the request says. */
  readonly publicOrigin: string | null;
  /** Believe X-Forwarded-Proto, -Host and -For. */
  readonly trustProxy: boolean;
  readonly bodyLimitBytes: number;
  readonly bodyPatienceMs?: number;
};

/** The dialect named `native` answers for paths that are no dialect's. `close()` lets requests under way finish. */
export function createServer(parts: {
  hub: Hub;
  dialects: readonly Dialect[];
  settings: HttpSettings;
  logger?: FastifyBaseLogger;
  /** Writes the one line of each request; the logger does, unless somebody does it for less. */
  logRequest?: (line: RequestLine) => void;
}): FastifyInstance {
  const { hub, dialects, settings } = parts;
  const fallback = dialects.find(({ name }) => name === 'native');
  if (fallback === undefined) throw new Error('One dialect must be named native: it answers for paths of no dialect.');
  const routes = new RouteIndex();
  const logger: FastifyBaseLogger = parts.logger ?? pino({ level: 'silent' });
  const writeLine = parts.logRequest ?? ((line) => logger.info(line, 'request'));
  const { publicOrigin } = settings;
  const edge = new Edge({ hub, publicOrigin, ownerOf: pathOwner(dialects), fallback, routes, writeLine });
  const metrics = createMetrics(() => edge.inFlight);

  const app = fastify({
    // Without a logger of its own fastify listens for the end of each answer no second time; the edge does.
    childLoggerFactory: (_none, bindings) => new RequestLogger(logger, bindings),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }), // the edge writes the one line
    genReqId: requestIdOf,
    rewriteUrl: receive,
    trustProxy: settings.trustProxy,
    bodyLimit: settings.bodyLimitBytes,
    routerOptions: { maxParamLength: limits.paramCharacters },
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.connectionsCheckMs,
    },
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    return503OnClosing: false, // what still arrives over an open connection is answered, and the connection closed
    clientErrorHandler: (error, socket) => answerClientError(error, socket, logger),
    frameworkErrors(error, request, reply) {
      edge.begin(request, reply, metrics); // no hook runs for an address that cannot be routed
      Object.defineProperty(request, 'publicBase', { get: () => edge.publicBaseOf(request) });
      void edge.answer(failureOf(error, request), request, reply);
    },
  });
  app.server.maxConnections = limits.connections;
  app.decorate('dialects', dialects);
  decorateRequests(app, edge, settings.bodyPatienceMs ?? limits.bodyPatienceMs);
  const sendPage = registerConsole(app);

  app.addHook('onRequest', (request, reply, done) => {
    edge.begin(request, reply, metrics);
    const goOn = (failure: EdgeFailure | undefined): void => {
      if (failure === undefined) done();
      else void edge.answer(failure, request, reply);
    };
    const failure = edge.judge(request);
    if (sendPage !== undefined && failure?.kind === 'unknown_path' && edge.isNobodys(request) && asksForPage(request)) {
      void sendPage(reply);
      return;
    }
    const { workspace } = arrivalOf(request);
    if (failure !== undefined || workspace === null) goOn(failure);
    else edge.nameWorkspace(request, workspace).then(goOn, done);
  });
  app.addHook('preParsing', (request, _reply, _body, done) => {
    const coding = request.headers['content-encoding'];
    done(coding === undefined || /^identity$/i.test(coding) ? null : new PackedBody(coding));
  });
  app.setErrorHandler((error, request, reply) => {
    const failure = failureOf(error, request);
    if (failure.kind === 'internal') request.log.error({ err: error }, 'internal error');
    if (failure.kind === 'unavailable') request.log.warn({ err: error }, 'database unavailable');
    return edge.answer(failure, request, reply);
  });
  app.setNotFoundHandler((request, reply) => edge.answer(edge.notFound(request), request, reply));

  const isDraining = drainOnClose(app);
  registerOperations(app, hub, metrics, isDraining);
  for (const dialect of dialects) {
    app.register(async (scope) => {
      routes.watch(scope, dialect);
      scope.addHook('onRequest', (request, reply, done) => {
        // A vendor's pattern such as `/api/:domain/:id` must not swallow unknown paths of another vendor.
        if (edge.dialectOf(request) === dialect) done();
        else void edge.answer(edge.notFound(request), request, reply);
      });
      await dialect.register(scope, hub);
    });
  }
  return app;
}

function decorateRequests(app: FastifyInstance, edge: Edge, bodyPatienceMs: number): void {
  app.decorateRequest('bodyPatienceMs', bodyPatienceMs);
  app.decorateRequest('publicBase', {
    getter() {
      return edge.publicBaseOf(this);
    },
  });
  app.decorateRequest('pathOwner', null);
  app.decorateRequest('rawUrl', '');
  app.decorateRequest('namedWorkspace', null);
  app.decorateRequest('operation', null);
  app.decorateRequest('outcome', null);
  app.decorateRequest('principalId', null);
}

/** Once the server is closing, connections end with their request, and after a while in any case. */
function drainOnClose(app: FastifyInstance): () => boolean {
  let draining = false;
  app.addHook('preClose', (done) => {
    draining = true;
    setTimeout(() => app.server.closeAllConnections(), limits.drainMs).unref();
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (draining) reply.header('connection', 'close');
    done(null, payload);
  });
  return () => draining;
}
