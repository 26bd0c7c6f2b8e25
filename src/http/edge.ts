/** What happens to every request before and after its dialect: naming, limits, failures, its log line and its figures. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dialect, EdgeFailure } from '../dialects/contract.ts';
import type { Hub } from '../engine/hub.ts';
import { arrivalOf, loggedPath, namesHost, originOf } from './arrival.ts';
import { limits } from './limits.ts';
import type { RequestLine } from './log.ts';
import type { Metrics } from './metrics.ts';
import { isOperations } from './operations.ts';
import type { PathOwner, RouteIndex } from './paths.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose path it is, once somebody has asked. */
    pathOwner: Dialect | null;
  }
}

export class Edge {
  readonly #hub: Hub;
  readonly #publicOrigin: string | null;
  readonly #ownerOf: PathOwner;
  readonly #fallback: Dialect;
  readonly #routes: RouteIndex;
  readonly #writeLine: (line: RequestLine) => void;
  inFlight = 0;

  constructor(parts: {
    hub: Hub;
    publicOrigin: string | null;
    ownerOf: PathOwner;
    fallback: Dialect;
    routes: RouteIndex;
    writeLine: (line: RequestLine) => void;
  }) {
    this.#hub = parts.hub;
    this.#publicOrigin = parts.publicOrigin;
    this.#ownerOf = parts.ownerOf;
    this.#fallback = parts.fallback;
    this.#routes = parts.routes;
    this.#writeLine = parts.writeLine;
  }

  dialectOf(request: FastifyRequest): Dialect {
    request.pathOwner ??= this.#ownerOf(request.raw.url ?? '/') ?? this.#fallback;
    return request.pathOwner;
  }

  /** The path is no dialect's. */
  isNobodys(request: FastifyRequest): boolean {
    return this.#ownerOf(request.raw.url ?? '/') === undefined;
  }

  publicBaseOf(request: FastifyRequest): string {
    return `${this.#publicOrigin ?? originOf(request) ?? 'http://localhost'}${arrivalOf(request).prefix}`;
  }

  /** Sets what the contract promises on every request, and sees to its log line and figures when it is over. */
  begin(request: FastifyRequest, reply: FastifyReply, metrics: Metrics): void {
    request.rawUrl = arrivalOf(request).rawUrl;
    request.namedWorkspace = null;
    request.operation = null;
    request.outcome = null;
    request.principalId = null;
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    this.inFlight++;
    const startedAt = performance.now();
    reply.raw.on('close', () => {
      this.inFlight--;
      this.#conclude(request, reply, metrics, performance.now() - startedAt);
    });
  }

  #conclude(request: FastifyRequest, reply: FastifyReply, metrics: Metrics, ms: number): void {
    const isOurs = isOperations(request.raw.url ?? '/');
    const dialect = isOurs ? 'server' : this.dialectOf(request).name;
    const status = reply.raw.writableFinished ? reply.raw.statusCode : null;
    const { operation } = request;
    metrics.observe({ dialect, operation, status, seconds: ms / 1000 });
    if (isOurs) return; // whoever looks after the server asks every few seconds
    this.#writeLine({
      request: request.id,
      dialect,
      operation,
      outcome: status === null ? 'aborted' : request.outcome,
      method: request.method,
      path: loggedPath(request.rawUrl),
      status,
      ms: Math.round(ms * 10) / 10,
      principal: request.principalId,
      from: request.ip ?? null,
    });
  }

  /** What is wrong with a request, whatever its dialect would say; undefined when it may go on to it. */
  judge(request: FastifyRequest): EdgeFailure | undefined {
    if (this.inFlight > limits.requestsInFlight) return { kind: 'overloaded', retryAfterSeconds: 1 };
    if (request.rawUrl.length > limits.urlCharacters) {
      return { kind: 'malformed_url', message: `The address is longer than ${limits.urlCharacters} characters.` };
    }
    if (this.#publicOrigin === null && !namesHost(request)) {
      return { kind: 'malformed_url', message: 'The Host header names no host.' };
    }
    return request.is404 ? this.notFound(request) : undefined;
  }

  notFound(request: FastifyRequest): EdgeFailure {
    const allowed = this.#routes.methodsAt(request.raw.url ?? '/', this.dialectOf(request));
    return allowed.length === 0 || allowed.includes(request.method)
      ? { kind: 'unknown_path' }
      : { kind: 'method_not_allowed', allowed };
  }

  /** Finds the workspace of the `/w/{workspace}` prefix. */
  async nameWorkspace(request: FastifyRequest, name: string): Promise<EdgeFailure | undefined> {
    const found = await this.#hub.access.workspace(name);
    if (found === undefined) return { kind: 'unknown_path' };
    request.namedWorkspace = found.id;
    return undefined;
  }

  /** Answers a failure in the words of the path's dialect. */
  async answer(failure: EdgeFailure, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    request.outcome = failure.kind;
    if ('retryAfterSeconds' in failure) reply.header('retry-after', String(failure.retryAfterSeconds));
    if (failure.kind === 'body_too_large') receiveRest(request, reply);
    if (failure.kind === 'body_stalled') reply.header('connection', 'close'); // its end would be waited for
    try {
      const sent = this.dialectOf(request).renderFailure(failure, request, reply);
      if (sent !== reply) await sent; // a reply that is awaited resolves only when the client has it
    } catch (error) {
      request.log.error({ err: error }, 'a failure could not be rendered');
      if (reply.sent) return;
      reply.code(500).type('application/problem+json').send('{"title":"Internal Server Error","status":500}');
    }
  }
}

/**
 * Has what is still to come of a refused body received, and thrown away, for a while: a connection that is closed while its client sends is
 * reset, and most clients tell of that then, and not of the answer.
 */
function receiveRest(request: FastifyRequest, reply: FastifyReply): void {
  if (request.raw.complete) return;
  reply.removeHeader('connection'); // fastify closes it
  const patience = setTimeout(() => request.raw.destroy(), request.bodyPatienceMs).unref();
  request.raw.once('end', () => clearTimeout(patience));
}
