/** OAuth 2.0 client credentials: a signed assertion for an access token, which is good for an hour. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { clock } from '../../../model/clock.ts';
import type { Principal } from '../../../model/principal.ts';
import { type EdgeFailure, mayUseNamedWorkspace } from '../../contract.ts';
import { assumed } from '../assumed.ts';
import { servicesPath } from '../call.ts';
import { accountOf, hostOfAccount, isVendorHost } from '../names.ts';
import { type Assertion, audiencesOf, isInForce, isSignedBy, parseAssertion, scopesOf } from './assertion.ts';

export const tokenPath = `${servicesPath}/auth/oauth2/v1/token`;

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const wantedScope = 'rest_webservices';
const largestRequest = 64 * 1024;

/** The codes of RFC 6749, section 5.2. */
type TokenError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'server_error'
  | 'temporarily_unavailable';

class TokenRefusal extends Error {
  readonly code: TokenError;
  constructor(code: TokenError) {
    super(code);
    this.code = code;
  }
}

export function registerTokenRoute(app: FastifyInstance, hub: Hub, via: string): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  for (const path of [tokenPath, `${tokenPath}/`]) {
    app.post(path, { bodyLimit: largestRequest }, async (request, reply) => {
      request.operation = 'token';
      try {
        const { principal, clientId } = await principalOf(hub, request);
        const session = await hub.access.openSession({
          principal,
          via,
          client: clientId,
          platform: 'api',
          accessSeconds: assumed.accessTokenSeconds,
          refreshSeconds: null,
          exclusive: false,
        });
        request.outcome = 'opened';
        send(reply, 200, {
          access_token: session.accessToken,
          expires_in: assumed.accessTokenSeconds,
          token_type: 'bearer',
        });
      } catch (error) {
        if (!(error instanceof TokenRefusal)) throw error;
        request.outcome = error.code;
        if (error.code === 'invalid_client') {
          reply.header('www-authenticate', `Basic realm="${assumed.realmOfStrangers}"`);
        }
        send(reply, error.code === 'invalid_client' ? 401 : 400, { error: error.code });
      }
      return reply;
    });
  }
}

async function principalOf(hub: Hub, request: FastifyRequest): Promise<{ principal: Principal; clientId: string }> {
  const assertion = parseRequest(typeof request.body === 'string' ? request.body : '');
  const clientId = String(assertion.claims.iss ?? '');
  const known = await hub.access.asserting(clientId, assertion.keyId);
  if (known === undefined || !mayUseNamedWorkspace(known.principal, request)) throw new TokenRefusal('invalid_client');
  const { workspaceName } = await hub.catalogue(known.principal.workspace);
  // Under the vendor's names the host says which account is meant, however we are reached.
  const own = isVendorHost(new URL(request.publicBase).host) ? [] : [`${request.publicBase}${tokenPath}`];
  const audiences = [
    ...own,
    `https://${hostOfAccount(accountOf(workspaceName))}${tokenPath}`,
    ...assumed.moreAudiences,
  ];
  const limits = { longestSeconds: assumed.longestAssertionSeconds, skewSeconds: assumed.assertionSkewSeconds };
  const isValid =
    isSignedBy(assertion, known.publicKey) &&
    isInForce(assertion.claims, clock.machineNowMs() / 1000, limits) &&
    audiencesOf(assertion.claims).some((audience) => typeof audience === 'string' && audiences.includes(audience));
  if (!isValid) throw new TokenRefusal('invalid_grant');
  if (!scopesOf(assertion.claims).includes(wantedScope)) throw new TokenRefusal('invalid_scope');
  return { principal: known.principal, clientId };
}

function parseRequest(body: string): Assertion {
  const form = new URLSearchParams(body);
  const grant = form.get('grant_type');
  if (!grant) throw new TokenRefusal('invalid_request');
  if (grant !== 'client_credentials') throw new TokenRefusal('unsupported_grant_type');
  const text = form.get('client_assertion');
  if (!text || form.get('client_assertion_type') !== assertionType) throw new TokenRefusal('invalid_request');
  const assertion = parseAssertion(text);
  if (assertion === undefined) throw new TokenRefusal('invalid_grant');
  return assertion;
}

const send = (reply: FastifyReply, status: number, body: object): FastifyReply =>
  reply.code(status).header('cache-control', 'no-store').header('pragma', 'no-cache').send(body);

/** What went wrong before or beside the route, in the words of OAuth. */
export function renderTokenFailure(failure: EdgeFailure, reply: FastifyReply): FastifyReply {
  const error = (code: TokenError): { error: TokenError } => ({ error: code });
  switch (failure.kind) {
    case 'method_not_allowed':
      return send(reply.header('allow', failure.allowed.join(', ')), 405, error('invalid_request'));
    case 'body_too_large':
      return send(reply, 413, error('invalid_request'));
    case 'unknown_path':
    case 'malformed_body':
    case 'body_stalled':
    case 'unsupported_media_type':
    case 'malformed_url':
      return send(reply, 400, error('invalid_request'));
    case 'overloaded':
    case 'rate_limited':
      return send(reply, 429, error('temporarily_unavailable'));
    case 'unavailable':
      return send(reply, 503, error('temporarily_unavailable'));
    case 'internal':
      return send(reply, 500, error('server_error'));
  }
}
