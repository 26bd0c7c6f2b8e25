/** Client id and secret for an access token: the vendor's OpenID Connect address, and the older one of its web services. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import type { Principal } from '../../model/principal.ts';
import { basicCredentialsOf, mayUseNamedWorkspace } from '../contract.ts';
import type { ErrorCode, RelaticsError } from './errors.ts';
import { accessTokenSeconds, dialectName, maxTokenRequestBytes } from './options.ts';

type TokenError = { readonly status: number; readonly body: { error: string; error_description?: string } };
type TokenRequest = { readonly clientId: string; readonly secret: string };

const wrongClient: TokenError = {
  status: 401,
  body: { error: 'unauthorized_client', error_description: 'Invalid client or Invalid client credentials' },
};
/** What clients of the older address look for. */
const wrongClientOfAlias: TokenError = {
  status: 401,
  body: { error: 'invalid_client', error_description: 'Client not found.' },
};
const unknownRealm: TokenError = { status: 404, body: { error: 'Realm does not exist' } };

/** Where errors are those of OAuth. */
export const tokenPaths = ['/auth/realms', '/oauth2/token'] as const;

export function registerTokenRoutes(app: FastifyInstance, hub: Hub): void {
  // A form whatever its content type: a published client of the older address calls it text/plain.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const options = { bodyLimit: maxTokenRequestBytes };

  app.post<{ Params: { environment: string } }>(
    '/auth/realms/:environment/protocol/openid-connect/token',
    options,
    async (request, reply) => {
      request.operation = 'token';
      const { environment } = request.params;
      const workspace = await hub.access.workspace(environment);
      if (workspace === undefined) return sendError(request, reply, unknownRealm);
      const asked = parseTokenRequest(request);
      if ('status' in asked) return sendError(request, reply, asked);
      const principal = await hub.access.client(asked.clientId, asked.secret);
      if (
        principal === undefined ||
        principal.workspace !== workspace.id ||
        !mayUseNamedWorkspace(principal, request)
      ) {
        return sendError(request, reply, wrongClient);
      }
      return sendToken(hub, request, reply, asked, principal);
    },
  );

  app.post('/oauth2/token', options, async (request, reply) => {
    request.operation = 'token';
    const asked = parseTokenRequest(request);
    if ('status' in asked) return sendError(request, reply, asked);
    const principal = await hub.access.client(asked.clientId, asked.secret);
    if (principal === undefined || !mayUseNamedWorkspace(principal, request)) {
      return sendError(request, reply, wrongClientOfAlias);
    }
    return sendToken(hub, request, reply, asked, principal);
  });
}

/** The client's id and secret come by HTTP Basic, else in the form. */
function parseTokenRequest(request: FastifyRequest): TokenRequest | TokenError {
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
  const grant = form.get('grant_type');
  if (!grant) return missing('grant_type');
  if (grant !== 'client_credentials') {
    return { status: 400, body: { error: 'unsupported_grant_type', error_description: 'Unsupported grant_type' } };
  }
  const basic = basicCredentialsOf(request);
  if (basic !== undefined) return { clientId: basic.user, secret: basic.password };
  const clientId = form.get('client_id');
  const secret = form.get('client_secret');
  if (!clientId) return missing('client_id');
  return secret ? { clientId, secret } : missing('client_secret');
}

const missing = (parameter: string): TokenError => ({
  status: 400,
  body: { error: 'invalid_request', error_description: `Missing form parameter: ${parameter}` },
});

async function sendToken(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  { clientId }: TokenRequest,
  principal: Principal,
): Promise<FastifyReply> {
  const session = await hub.access.openSession({
    principal,
    via: dialectName,
    client: clientId,
    platform: 'api',
    accessSeconds: accessTokenSeconds,
    refreshSeconds: null,
    exclusive: false,
  });
  request.outcome = 'opened';
  return uncached(reply).send({
    access_token: session.accessToken,
    expires_in: accessTokenSeconds,
    refresh_expires_in: 0,
    token_type: 'Bearer',
    'not-before-policy': 0,
    scope: 'email profile',
  });
}

function sendError(request: FastifyRequest, reply: FastifyReply, { status, body }: TokenError): FastifyReply {
  request.outcome = body.error;
  if (status === 401 && request.headers.authorization !== undefined)
    reply.header('www-authenticate', 'Basic realm="token"');
  return uncached(reply).code(status).send(body);
}

/** What went wrong before or beside the routes above, in the words of OAuth 2.0 (RFC 6749) where it has some. */
export function sendTokenFailure(reply: FastifyReply, failure: RelaticsError): FastifyReply {
  const error = tokenFailures[failure.code] ?? 'invalid_request';
  return uncached(reply).code(failure.status).send({ error, error_description: failure.message });
}

const tokenFailures: Partial<Record<ErrorCode, string>> = {
  NotFound: 'not_found',
  InternalError: 'server_error',
  Unavailable: 'temporarily_unavailable',
};

const uncached = (reply: FastifyReply): FastifyReply =>
  reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
