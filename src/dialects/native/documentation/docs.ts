/** The OpenAPI document, made from the routes, and the pages under `/docs`. Nothing of them is loaded from elsewhere. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type RouteOptions } from 'fastify';
import { problem } from '../problem-answer.ts';
import { filterParameter } from '../records/filters.ts';
import { scopeParameter } from '../runs/scope-parameters.ts';
import { openApiShape } from '../shapes/common.ts';
import { components } from '../shapes/components.ts';
import { errorsHtml } from './errors-page.ts';
import { describeOperation } from './openapi.ts';
import { sendPage } from './reference-pages.ts';

const description = [
  'Keyway is an integration record hub: other systems write records into it by their own keys, link them by keys on both sides,',
  'and synchronise complete sets. Repeating any write by key changes nothing.',
  '\n\nA *ref* names a record: its id (GUID or ULID), its number (`5001`), or `field:value` with a match field, percent-encoded in an address.',
  '\n\nErrors are RFC 9457 problem documents with a stable `code`: see [the list](/docs/errors).',
].join(' ');

type Described = Pick<RouteOptions, 'method' | 'url' | 'schema'>;

/** @returns the routes that are registered from now on, as they are. */
export function noteRoutes(app: FastifyInstance): readonly Described[] {
  const routes: Described[] = [];
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (method !== 'HEAD') routes.push({ method, url, ...(schema && { schema }) });
  });
  return routes;
}

/** A server of its own that nobody can reach, with the same routes. What describes them is loaded for the first who asks. */
async function describe(routes: readonly Described[]): Promise<FastifyInstance> {
  const { fastifySwagger } = await import('@fastify/swagger');
  const app = fastify({ exposeHeadRoutes: false });
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Keyway', version: '1', description },
      tags: ['Records', 'Links', 'Schema', 'Interfaces', 'Changes', 'Webhooks', 'Access', 'Service'].map((name) => ({
        name,
      })),
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An API key.' } } },
    },
    convertConstToEnum: false,
    refResolver: { buildLocalReference: (json) => String(json.$id) },
  });
  for (const component of components) app.addSchema(component);
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  for (const route of routes) app.route({ ...route, handler: async () => {} });
  await app.ready();
  return app;
}

type OpenApiOperation = {
  parameters?: object[];
  requestBody?: { required?: boolean };
  responses?: Record<string, object>;
  security?: readonly object[];
};
type OpenApi = { paths: Record<string, Record<string, OpenApiOperation>> };

/** The generator has no form for the filters, whose names follow a pattern, nor for a body that may be left out. */
async function openApiOf(routes: readonly Described[]): Promise<OpenApi> {
  const document = structuredClone((await describe(routes)).swagger()) as OpenApi;
  document.paths['/v1/records/{type}']?.get?.parameters?.push(filterParameter);
  document.paths['/v1/interfaces/{endpoint}/runs']?.post?.parameters?.push(scopeParameter);
  const linkBody = document.paths['/v1/records/{type}/{ref}/links/{link}/{target}']?.put?.requestBody;
  if (linkBody !== undefined) linkBody.required = false;
  for (const methods of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(methods))
      if (method !== 'get' && operation.security?.length !== 0) takeKey(operation);
  }
  return document;
}

/** Every write by somebody takes an Idempotency-Key. */
function takeKey(operation: OpenApiOperation): void {
  operation.parameters = [...(operation.parameters ?? []), idempotencyParameter];
  operation.responses ??= {};
  const { 400: refusal } = operation.responses;
  operation.responses[409] ??= {
    ...refusal,
    description: 'The first request with this Idempotency-Key is still under way.',
  };
  operation.responses[422] ??= { ...refusal, description: 'The Idempotency-Key was used for another request.' };
}

const idempotencyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  description: 'A request that is sent again with the same key is done once, and answered as the first time.',
};

const readOpenApi = describeOperation({
  id: 'readOpenApi',
  tag: 'Service',
  summary: 'This document',
  access: 'public',
  answers: { 200: { description: 'OpenAPI 3.1.', schema: openApiShape } },
});

/** The page may talk to this server only, whatever its script would like to load. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function documentationRoutes(app: FastifyInstance, routes: readonly Described[]): void {
  let document: Promise<OpenApi> | undefined;
  app.get('/v1/openapi.json', { schema: readOpenApi }, async (request) => {
    document ??= openApiOf(routes);
    return { ...(await document), servers: [{ url: request.publicBase }] };
  });

  app.get('/docs/errors', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', contentSecurityPolicy).send(errorsHtml()),
  );

  const guarded = (request: FastifyRequest, reply: FastifyReply, done: (refusal?: Error) => void): void => {
    reply.header('content-security-policy', contentSecurityPolicy);
    const isHost = URL.canParse(`http://${request.hostname}`);
    done(isHost ? undefined : problem('malformed_url', 'header.host', 'The Host header names no host.'));
  };
  const page = { schema: { hide: true }, onRequest: guarded };
  app.get('/docs', page, async (request, reply) => reply.redirect(`${request.publicBase}/docs/`, 301));
  app.get('/docs/', page, sendPage);
  app.get('/docs/js/scalar.js', page, async (request, reply) =>
    sendPage(request, reply.header('cache-control', 'public, max-age=3600')),
  );
}
