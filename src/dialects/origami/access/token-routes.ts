/** `/Authentication/…`: how a client gets a token. Every credential that does not fit is answered 401, whatever is wrong with it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { clock } from '../../../model/clock.ts';
import { isObject } from '../../../model/json.ts';
import type { Principal } from '../../../model/principal.ts';
import { isStorableText } from '../../../model/text.ts';
import { acceptForms, acceptJson } from '../../bodies.ts';
import { mayUseNamedWorkspace } from '../../contract.ts';
import { answering } from '../operation.ts';
import { type OrigamiOptions, texts } from '../options.ts';
import { invalidRequest, Refusal, sendText } from '../refusal.ts';
import { headerOf, via } from './authentication.ts';
import { createTokenSource } from './tokens.ts';

/** Longer credentials are nobody's. */
const maxCharacters = 512;
const maxAuthenticationBytes = 64 * 1024;
const denied = (): Refusal => new Refusal(401, texts.unauthorised);

/** An account is a workspace; a client is not known to us and only labels the token. */
type Login = { readonly account: string; readonly client: string; readonly user: string; readonly secret: string };

export function registerTokenRoutes(app: FastifyInstance, hub: Hub, options: OrigamiOptions): void {
  acceptJson(app);
  acceptForms(app);
  const tokenFor = createTokenSource(hub, options);
  const bodyLimit = maxAuthenticationBytes;

  for (const base of options.bases) {
    app.post(
      `${base}/Authentication/Authenticate`,
      { bodyLimit },
      answering('authenticate', async (request) => {
        const login = parseLogin(request.body);
        const session = await tokenFor(await principalOf(hub, login, request), login.client);
        return { token: session.accessToken, tokenExpiry: withoutMilliseconds(session.accessExpiresAt) };
      }),
    );
    app.post(
      `${base}/Authentication/AuthenticateOAuth`,
      { bodyLimit },
      answering('authenticate', async (request) => {
        const grant = parseGrant(request.body);
        const principal =
          'account' in grant ? await principalOf(hub, grant, request) : await apiKeyOf(hub, grant, request);
        const session = await tokenFor(principal, grant.client);
        const seconds = Math.ceil((session.accessExpiresAt.getTime() - clock.nowMs()) / 1000);
        return { access_token: session.accessToken, token_type: 'Bearer', expires_in: seconds };
      }),
    );
    app.get(
      `${base}/Authentication/HasTokenExpired`,
      answering('token_expired', async (request) => {
        const token = headerOf(request, 'token');
        if (token === undefined) throw denied();
        return (await hub.access.bearer(token, via)) === undefined;
      }),
    );
    app.get(`${base}/Authentication/Ping`, (_request: FastifyRequest, reply: FastifyReply) =>
      sendText(reply, 200, texts.pong),
    );
  }
}

function parseLogin(body: unknown): Login {
  if (!isObject(body)) throw invalidRequest();
  return {
    account: credential(body.Account),
    client: credential(body.ClientName),
    user: credential(body.User),
    secret: credential(body.Password),
  };
}

/** Member names in any case. `Client_ID` is `Account:Client:ApiUser`; one without colons is the client id of an API key. */
function parseGrant(body: unknown): Login | { readonly client: string; readonly secret: string } {
  if (!isObject(body)) throw invalidRequest();
  const members = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
  if (members.get('grant_type') !== 'client_credentials') throw denied();
  const clientId = credential(members.get('client_id'));
  const secret = credential(members.get('client_secret'));
  const parts = /^([^:]+):(.+):([^:]+)$/.exec(clientId);
  if (parts === null) return { client: clientId, secret };
  const [, account = '', client = '', user = ''] = parts;
  return { account, client, user, secret };
}

function credential(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > maxCharacters || !isStorableText(value)) {
    throw denied();
  }
  return value;
}

async function principalOf(hub: Hub, login: Login, request: FastifyRequest): Promise<Principal> {
  const workspace = await hub.access.workspace(login.account);
  if (workspace === undefined) throw denied();
  const named = { workspace: workspace.id, shortName: true, from: request.ip, via, requestId: request.id };
  const match = await hub.access.password(login.user, login.secret, named);
  if (match.kind !== 'one' || !mayUseNamedWorkspace(match.principal, request)) throw denied();
  return match.principal;
}

async function apiKeyOf(
  hub: Hub,
  key: { client: string; secret: string },
  request: FastifyRequest,
): Promise<Principal> {
  const principal = await hub.access.client(key.client, key.secret);
  if (principal === undefined || !mayUseNamedWorkspace(principal, request)) throw denied();
  return principal;
}

/** `2026-01-15T10:00:00Z` */
const withoutMilliseconds = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
