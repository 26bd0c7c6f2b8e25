/** The vendor's paths, each with and without `.json`, and what every answer has in common. */
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import type { Principal } from '../../model/principal.ts';
import { acceptJson } from '../bodies.ts';
import { callerOf, type Dialect } from '../contract.ts';
import { isAdmin, isAgent, principalOf } from './access/credentials.ts';
import { registerOAuth } from './access/oauth.ts';
import { type RateLimiter, rateLimiter } from './access/rate-limit.ts';
import { listUsers, searchUsers, showManyUsers, showMe, showUser } from './access/users.ts';
import type { Answer, Call, Handler } from './call.ts';
import { forbidden, Refusal, tooManyRequests, unauthenticated } from './errors.ts';
import { incrementalExport } from './export/incremental.ts';
import * as fields from './fields/handlers.ts';
import { createJob } from './jobs/create.ts';
import { listJobs, showJob, showManyJobs } from './jobs/statuses.ts';
import { listRecords } from './lists/list.ts';
import * as objects from './objects/handlers.ts';
import type { ZendeskOptions } from './options.ts';
import * as records from './records/handlers.ts';
import { relationshipDefinitions } from './relationships/definitions.ts';
import { listRelated } from './relationships/related.ts';
import { autocompleteRecords, filterRecords, searchRecords } from './search/search.ts';

type Route = readonly [method: HTTPMethods, path: string, operation: string, role: 'agent' | 'admin', handler: Handler];

const base = '/api/v2';
const object = '/custom_objects/:object';

const routes: readonly Route[] = [
  ['GET', '/custom_objects', 'list_objects', 'agent', objects.listObjects],
  ['POST', '/custom_objects', 'create_object', 'admin', objects.createObject],
  ['GET', '/custom_objects/limits/object_limit', 'object_limit', 'admin', objects.objectLimit],
  ['GET', '/custom_objects/limits/record_limit', 'record_limit', 'agent', objects.recordLimit],
  ['GET', object, 'show_object', 'agent', objects.showObject],
  ['PATCH', object, 'update_object', 'admin', objects.updateObject],
  ['DELETE', object, 'delete_object', 'admin', objects.deleteObject],
  ['GET', `${object}/limits/field_limit`, 'field_limit', 'agent', objects.fieldLimit],
  ['GET', `${object}/fields`, 'list_fields', 'agent', fields.listFields],
  ['POST', `${object}/fields`, 'create_field', 'admin', fields.createField],
  ['PUT', `${object}/fields/reorder`, 'reorder_fields', 'admin', fields.reorderFields],
  ['GET', `${object}/fields/:field`, 'show_field', 'agent', fields.showField],
  ['PATCH', `${object}/fields/:field`, 'update_field', 'admin', fields.updateField],
  ['DELETE', `${object}/fields/:field`, 'delete_field', 'admin', fields.deleteField],
  // The engine judges by grants who may read and write records.
  ['GET', `${object}/records`, 'list', 'agent', listRecords],
  ['POST', `${object}/records`, 'create', 'agent', records.createRecord],
  ['PATCH', `${object}/records`, 'upsert', 'agent', records.upsertRecord],
  ['DELETE', `${object}/records`, 'delete', 'agent', records.deleteRecordByIdentifier],
  ['GET', `${object}/records/count`, 'count', 'agent', records.countRecords],
  ['GET', `${object}/records/search`, 'search', 'agent', searchRecords],
  ['POST', `${object}/records/search`, 'search', 'agent', filterRecords],
  ['GET', `${object}/records/autocomplete`, 'autocomplete', 'agent', autocompleteRecords],
  ['GET', `${object}/records/:record`, 'show', 'agent', records.showRecord],
  ['PATCH', `${object}/records/:record`, 'update', 'agent', records.updateRecord],
  ['DELETE', `${object}/records/:record`, 'delete', 'agent', records.deleteRecord],
  ['POST', `${object}/jobs`, 'create_job', 'agent', createJob],
  ['GET', '/job_statuses', 'list_jobs', 'agent', listJobs],
  ['GET', '/job_statuses/show_many', 'list_jobs', 'agent', showManyJobs],
  ['GET', '/job_statuses/:job', 'show_job', 'agent', showJob],
  ['GET', '/users', 'list_users', 'agent', listUsers],
  ['GET', '/users/search', 'search_users', 'agent', searchUsers],
  ['GET', '/users/show_many', 'list_users', 'agent', showManyUsers],
  ['GET', '/users/:user', 'show_user', 'agent', showUser],
  ['GET', `/incremental${object}/cursor`, 'incremental_export', 'agent', incrementalExport],
  ['GET', '/:targetType/:target/relationship_fields/:field/:sourceType', 'list_related', 'agent', listRelated],
  ['GET', '/relationships/definitions/:targetType', 'relationship_definitions', 'agent', relationshipDefinitions],
];

type Context = {
  readonly dialect: Dialect;
  readonly hub: Hub;
  readonly options: ZendeskOptions;
  readonly limiter: RateLimiter;
};

export function registerRoutes(app: FastifyInstance, context: Context): void {
  acceptJson(app);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(context.limiter.headers());
  });
  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof Refusal)) throw error;
    request.outcome = 'refused';
    return sendRefusal(reply, error);
  });

  // Who asks is settled before the body is read.
  const exports = rateLimiter(context.options.exportRateLimit);
  const principals = new WeakMap<FastifyRequest, Principal>();
  const authenticate = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const principal = await principalOf(request, context.hub.access, context.options);
    if (principal === null) throw unauthenticated();
    countRequest(context.limiter, principal, reply);
    principals.set(request, principal);
  };
  for (const [method, path, operation, role, handler] of routes) {
    const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      request.operation = operation;
      const principal = principals.get(request);
      if (principal === undefined) throw unauthenticated();
      const caller = callerOf(context.dialect, principal, request);
      if (role === 'admin' ? !isAdmin(principal) : !isAgent(principal)) throw forbidden();
      if (operation === 'incremental_export') countRequest(exports, principal, reply);
      const catalogue = await context.hub.catalogue(principal.workspace);
      const { hub, options } = context;
      return sendAnswer(request, reply, await handler({ ...requestParts(request), hub, options, caller, catalogue }));
    };
    for (const url of spellings(path)) app.route({ method, url, onRequest: authenticate, handler: handle });
  }
  registerMe(app, context);
  app.register(async (scope) => registerOAuth(scope, context));
}

/** The one call that is answered without credentials, too. */
function registerMe(app: FastifyInstance, context: Context): void {
  for (const url of spellings('/users/me')) {
    app.get(url, async (request, reply) => {
      request.operation = 'show_me';
      const principal = await principalOf(request, context.hub.access, context.options);
      if (principal !== null) {
        countRequest(context.limiter, principal, reply);
        callerOf(context.dialect, principal, request);
      }
      return sendAnswer(request, reply, showMe(principal, apiOf(request)));
    });
  }
}

function countRequest(limiter: RateLimiter, principal: Principal, reply: FastifyReply): void {
  const { allowed, headers, resetSeconds } = limiter.take(principal.workspace);
  reply.headers(headers);
  if (!allowed) throw tooManyRequests(resetSeconds);
}

/** A fixed last segment needs a route for each spelling; a parameter takes `.json` in, and requestParts takes it off again. */
const spellings = (path: string): string[] =>
  /\/:[^/]+$/.test(path) ? [`${base}${path}`] : [`${base}${path}`, `${base}${path}.json`];

const apiOf = (request: FastifyRequest): string => `${request.publicBase}${base}`;

function requestParts(request: FastifyRequest): Pick<Call, 'api' | 'params' | 'query' | 'body' | 'log'> {
  const params = Object.entries(request.params as Record<string, string>);
  const last = request.routeOptions.url?.match(/:(\w+)$/)?.[1];
  return {
    api: apiOf(request),
    params: Object.fromEntries(
      params.map(([name, value]) => [name, name === last ? value.replace(/\.json$/, '') : value]),
    ),
    query: request.query as Call['query'],
    body: request.body,
    log: request.log,
  };
}

function sendAnswer(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
  request.outcome = answer.outcome;
  if (answer.location !== undefined) reply.header('location', answer.location);
  return reply.code(answer.status).send(answer.body);
}

export const sendRefusal = (reply: FastifyReply, refusal: Refusal): FastifyReply =>
  reply.code(refusal.status).headers(refusal.headers).send(refusal.body);
