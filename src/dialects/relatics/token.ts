/** Client id and secret for an access token: the vendor's OpenID Connect address, and the older one of its web services. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import type { Principal } from '../../model/principal.ts';
import { basicCredentialsOf, mayUseNamedWorkspace } from '../contract.ts';
import type { ErrorCode, RelaticsError } from './errors.ts';
import { dialectName, maxTokenRequestBytes, type RelaticsOptions } from './options.ts';

export type TokenError = { readonly status: number; readonly body: { error: string; error_description?: string } };
type TokenRequest = { readonly clientId: string; readonly secret: string };

/** Where errors are those of OAuth. */
export const tokenPaths = ['/auth/realms', '/oauth2/token'] as const;

export function registerTokenRoutes(app: FastifyInstance, hub: Hub, options: RelaticsOptions): void {
  // A form whatever its content type: a published client of the older address calls it text/plain.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const { accessTokenSeconds, wrongClient, wrongClientAtOlderAddress, unknownRealm } = options;
  const route = { bodyLimit: maxTokenRequestBytes };

  app.post<{ Params: { environment: string } }>(
    '/auth/realms/:environment/protocol/openid-connect/token',
    route,
    async (request, reply) => {
      request.operation = 'token';
      const { environment } = request.params;
      const workspace = await hub.access.workspace(environment);
      if (workspace === undefined) return sendError(request, reply, unknownRealm);
      const asked = parseTokenRequest(request, options.clientByBasic);
      if ('status' in asked) return sendError(request, reply, asked);
      const principal = await hub.access.client(asked.clientId, asked.secret);
      if (
        principal === undefined ||
        principal.workspace !== workspace.id ||
        !mayUseNamedWorkspace(principal, request)
      ) {
        return sendError(request, reply, wrongClient);
      }
      return sendToken(hub, request, reply, { ...asked, principal, accessTokenSeconds });
    },
  );

  app.post('/oauth2/token', route, async (request, reply) => {
    request.operation = 'token';
    const asked = parseTokenRequest(request, true);
    if ('status' in asked) return sendError(request, reply, asked);
    const principal = await hub.access.client(asked.clientId, asked.secret);
    if (principal === undefined || !mayUseNamedWorkspace(principal, request)) {
      return sendError(request, reply, wrongClientAtOlderAddress);
    }
    return sendToken(hub, request, reply, { ...asked, principal, accessTokenSeconds });
  });
}

/** The client's id and secret come by HTTP Basic, else in the form. */
function parseTokenRequest(request: FastifyRequest, mayBeBasic: boolean): TokenRequest | TokenError {
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
  const grant = form.get('grant_type');
  if (!grant) return missing('grant_type');
  if (grant !== 'client_credentials') {
    return { status: 400, body: { error: 'unsupported_grant_type', error_description: 'Unsupported grant_type' } };
  }
  const basic = mayBeBasic ? basicCredentialsOf(request) : undefined;
  if (basic !== undefined) return { clientId: formDecoded(basic.user), secret: formDecoded(basic.password) };
  const clientId = form.get('client_id');
  const secret = form.get('client_secret');
  if (!clientId) return missing('client_id');
  return secret ? { clientId, secret } : missing('client_secret');
}

/** OAuth clients encode id and secret as in a form before they go into Basic (RFC 6749, 2.3.1); others send them as they are. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const missing = (parameter: string): TokenError => ({
  status: 400,
  body: { error: 'invalid_request', error_description: `Missing form parameter: ${parameter}` },
});

async function sendToken(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  {
    clientId,
    principal,
    accessTokenSeconds,
  }: { readonly clientId: string; readonly principal: Principal; readonly accessTokenSeconds: number },
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
