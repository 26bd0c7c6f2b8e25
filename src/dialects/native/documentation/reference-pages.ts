/** The API reference for people, under `/docs`. What makes it is large, and most servers are never asked for it: it is loaded for the first who asks. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

/** A server of its own that nobody can reach, as routes cannot be added to one that listens. */
async function loadPages(): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const pages = fastify();
  await pages.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '../v1/openapi.json',
      pageTitle: 'Keyway API',
      withDefaultFonts: false,
      telemetry: false,
      authentication: { preferredSecurityScheme: 'bearer' },
      showDeveloperTools: 'never',
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
  return pages;
}

let loading: Promise<FastifyInstance> | undefined;

function pages(): Promise<FastifyInstance> {
  loading ??= loadPages().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Sends the page or script at the request's path. */
export async function sendPage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const answer = await (await pages()).inject({ method: 'GET', url: request.url });
  return reply.code(answer.statusCode).type(String(answer.headers['content-type'])).send(answer.rawPayload);
}
