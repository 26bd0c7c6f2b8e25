// A dialect of no vendor, to test the server with: it shows what it was given, and fails in its own plain format.
import type { FastifyInstance } from 'fastify';
import { acceptJson } from '../src/dialects/bodies.ts';
import type { Dialect, EdgeFailure } from '../src/dialects/contract.ts';

const statuses: Record<EdgeFailure['kind'], number> = {
  unknown_path: 404,
  method_not_allowed: 405,
  malformed_body: 400,
  body_stalled: 408,
  unsupported_media_type: 415,
  body_too_large: 413,
  malformed_url: 400,
  overloaded: 503,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
};

/** Every failure is answered as `{ dialect, failure }`. */
export function plainDialect(name: string, paths: string[], register: (app: FastifyInstance) => void): Dialect {
  return {
    name,
    title: name,
    paths,
    register(app) {
      acceptJson(app, 'application/json');
      register(app);
    },
    renderFailure: (failure, _request, reply) => reply.code(statuses[failure.kind]).send({ dialect: name, failure }),
  };
}
