/** Relatics: custom application integration. See README.md. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dialect, EdgeFailure } from '../contract.ts';
import { jsonFormat, jsonReader } from './bodies/parse-json.ts';
import { xmlFormat, xmlReader } from './bodies/parse-xml.ts';
import { openSet } from './bodies/set-form.ts';
import { shapeOf } from './bodies/shape.ts';
import { RelaticsError, sendError } from './errors.ts';
import { interfaceCalls } from './interface-calls.ts';
import { acceptedMediaType, defaultMediaType } from './negotiation.ts';
import { defaultOptions, dialectName, type RelaticsOptions } from './options.ts';
import { registerInterfaceRoutes } from './routes.ts';
import { registerTokenRoutes, sendTokenFailure, tokenPaths } from './token.ts';

/** @param changes to what options.ts assumes. */
export function createRelatics(changes: Partial<RelaticsOptions> = {}): Dialect {
  const options = { ...defaultOptions, ...changes };
  const dialect: Dialect = {
    name: dialectName,
    title: 'Relatics',
    paths: ['/api/v1', ...tokenPaths],
    async register(app, hub) {
      // Two scopes, as each reads its bodies in its own way.
      await app.register(async (scope) => registerTokenRoutes(scope, hub, options));
      await app.register(async (scope) => registerInterfaceRoutes(scope, { dialect, hub, options }));
    },
    renderFailure,
    interfaceCalls,
    setForm: (body, language) => openSet(body, { language, charset: null }, options),
    setReaders: {
      [jsonFormat]: ({ catalogue, type, interface: face }) => jsonReader(shapeOf(catalogue, type, face, options)),
      [xmlFormat]: ({ catalogue, type, interface: face }) => xmlReader(shapeOf(catalogue, type, face, options)),
    },
  };
  return dialect;
}

export const relatics: Dialect = createRelatics();

function renderFailure(failure: EdgeFailure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (failure.kind === 'method_not_allowed') reply.header('allow', failure.allowed.join(', '));
  const error = errorOf(failure, request);
  if (tokenPaths.some((path) => request.url.startsWith(path))) return sendTokenFailure(reply, error);
  return sendError(reply, error, acceptedMediaType(request.headers.accept) ?? defaultMediaType);
}

function errorOf(failure: EdgeFailure, request: FastifyRequest): RelaticsError {
  switch (failure.kind) {
    case 'unknown_path':
      return new RelaticsError('NotFound', 'There is nothing at this address.');
    case 'malformed_url':
      return new RelaticsError('NotFound', `The address cannot be read: ${failure.message}`);
    case 'method_not_allowed':
      return new RelaticsError(
        'MethodNotAllowed',
        `Here only ${failure.allowed.join(' and ')} can be used, not ${request.method}.`,
      );
    case 'malformed_body':
      return new RelaticsError('InvalidStructure', failure.message);
    case 'body_stalled':
      return new RelaticsError('Timeout', failure.message);
    case 'unsupported_media_type':
      return new RelaticsError(
        'UnsupportedMediaType',
        failure.contentEncoding === undefined
          ? `The body must be application/json or application/xml, not ${failure.mediaType}.`
          : 'The body must be sent as it is, not packed, and without Content-Encoding.',
      );
    case 'body_too_large':
      return new RelaticsError('TooLarge', `The body is larger than ${failure.limitBytes} bytes.`);
    case 'rate_limited':
      return new RelaticsError('TooManyRequests', 'Too many requests; nothing was done. Try again later.');
    case 'overloaded':
      return new RelaticsError('Unavailable', 'Too much waits already; nothing was written. Try again later.');
    case 'unavailable':
      return new RelaticsError(
        'Unavailable',
        'The database cannot be reached; nothing was acknowledged. Try again later.',
      );
    case 'internal':
      return new RelaticsError('InternalError', `Internal error; see the log for request ${request.id}.`);
  }
}
