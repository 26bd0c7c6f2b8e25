/** `POST /oauth/tokens`: access tokens for the client id and secret of an API key, for a password where that is let in, and by refreshing. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Session } from '../../../engine/access/access.ts';
import type { Hub } from '../../../engine/hub.ts';
import { clock } from '../../../model/clock.ts';
import { isObject } from '../../../model/json.ts';
import type { Principal } from '../../../model/principal.ts';
import { isStorableText } from '../../../model/text.ts';
import { acceptForms, acceptJson } from '../../bodies.ts';
import { basicCredentialsOf, mayUseNamedWorkspace } from '../../contract.ts';
import { oauthRefusal } from '../errors.ts';
import { oauth, type ZendeskOptions } from '../options.ts';
import { via } from './credentials.ts';

export const tokenPath = '/oauth/tokens';

const mostBodyBytes = 64 * 1024;
/** Longer credentials are nobody's. */
const longestCredential = 512;

type Context = { readonly hub: Hub; readonly options: ZendeskOptions };

export function registerOAuth(app: FastifyInstance, context: Context): void {
  acceptJson(app);
  acceptForms(app);
  app.post(tokenPath, { bodyLimit: mostBodyBytes }, async (request, reply) => {
    request.operation = 'issue_token';
    const session = await sessionOf(request, context);
    request.outcome = 'issued';
    request.principalId = session.principal.id;
    return reply.header('cache-control', 'no-store').send(render(session));
  });
}

async function sessionOf(request: FastifyRequest, { hub, options }: Context): Promise<Session> {
  const members = isObject(request.body) ? request.body : {};
  const given = (name: string): string => {
    const value = Object.hasOwn(members, name) ? members[name] : undefined;
    return typeof value === 'string' && value.length <= longestCredential && isStorableText(value) ? value : '';
  };
  const scope = given('scope');
  if (scope !== '' && !isWholeScope(scope))
    throw oauthRefusal(400, 'invalid_scope', 'A token has the scope read write.');
  const client = clientOf(request, given);
  const open = (principal: Principal, isRefreshed: boolean): Promise<Session> => {
    if (!mayUseNamedWorkspace(principal, request)) throw oauthRefusal(401, 'invalid_client', unknownClient);
    return hub.access.openSession({
      ...{ principal, via, client: client.id, platform: 'oauth', accessSeconds: oauth.accessSeconds },
      ...{ refreshSeconds: isRefreshed ? oauth.refreshSeconds : null, exclusive: false },
    });
  };
  switch (given('grant_type')) {
    case 'client_credentials': {
      const principal = await hub.access.client(client.id, client.secret);
      if (principal === undefined) throw oauthRefusal(401, 'invalid_client', unknownClient);
      return open(principal, false);
    }
    case 'refresh_token': {
      const session = await hub.access.refreshSession(given('refresh_token'), via, oauth);
      if (session === undefined)
        throw oauthRefusal(400, 'invalid_grant', 'The refresh token is unknown, used or expired.');
      return session;
    }
    case 'password': {
      if (!options.passwordLogin) break;
      const match = await hub.access.password(given('username'), given('password'), {
        workspace: request.namedWorkspace,
        shortName: false,
        from: request.ip,
        via,
        requestId: request.id,
      });
      if (match.kind !== 'one') throw oauthRefusal(400, 'invalid_grant', 'The user name or the password is wrong.');
      return open(match.principal, true);
    }
  }
  throw oauthRefusal(400, 'unsupported_grant_type', 'Use client_credentials or refresh_token.');
}

const unknownClient = 'The client is unknown, or its secret is wrong.';

/** Tokens have all the rights of whom they stand for: one with fewer would be promised too much. */
const isWholeScope = (scope: string): boolean => {
  const scopes = new Set(scope.split(/[\s,]+/));
  return scopes.has('read') && scopes.has('write') && scopes.size === 2;
};

/** In the body, or by Basic, as clients of OAuth 2.0 do by default: then percent-encoded (RFC 6749, section 2.3.1). */
function clientOf(request: FastifyRequest, given: (name: string) => string): { id: string; secret: string } {
  const basic = basicCredentialsOf(request);
  if (basic === undefined) return { id: given('client_id'), secret: given('client_secret') };
  const decoded = (text: string): string => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '));
    } catch {
      return text;
    }
  };
  return { id: decoded(basic.user), secret: decoded(basic.password) };
}

const secondsUntil = (at: Date): number => Math.round((at.getTime() - clock.nowMs()) / 1000);

const render = (session: Session): unknown => ({
  access_token: session.accessToken,
  token_type: 'bearer',
  scope: 'read write',
  expires_in: secondsUntil(session.accessExpiresAt),
  ...(session.refreshToken === null || session.refreshExpiresAt === null
    ? {}
    : {
        refresh_token: session.refreshToken,
        refresh_token_expires_in: secondsUntil(session.refreshExpiresAt),
      }),
});
