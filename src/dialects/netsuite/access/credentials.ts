/** Who asks: token-based authentication (OAuth 1.0a) or an API key as bearer token. */
import type { FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { clock } from '../../../model/clock.ts';
import type { Principal } from '../../../model/principal.ts';
import { authorizationOf, mayUseNamedWorkspace } from '../../contract.ts';
import { assumed } from '../assumed.ts';
import { NetSuiteError } from '../errors.ts';
import { accountOf, sameAccount } from '../names.ts';
import { parseOAuthHeader, sameSignature, signatureOf } from './oauth.ts';

const invalidLogin =
  'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at ' +
  'Setup > Users/Roles > User Management > View Login Audit Trail.';

const unauthorized = (challenge: string | string[]): NetSuiteError =>
  new NetSuiteError(401, { detail: invalidLogin, code: 'INVALID_LOGIN' }, { 'www-authenticate': challenge });

const bearerChallenge = (error: string): string =>
  `Bearer realm="${assumed.realmOfStrangers}", error="${error}", error_description="Invalid login attempt."`;

/** @throws NetSuiteError 401 for a caller who is nobody here, 400 for a bearer header without a token. */
export async function authenticate(hub: Hub, request: FastifyRequest): Promise<Principal> {
  const oauth = authorizationOf(request, 'OAuth');
  if (oauth !== undefined) return tokenPrincipal(hub, request, oauth);
  if (/^bearer(\s|$)/i.test(request.headers.authorization ?? '')) return bearerPrincipal(hub, request);
  const realm = assumed.realmOfStrangers;
  throw unauthorized([`OAuth realm="${realm}"`, `Bearer realm="${realm}"`]);
}

async function bearerPrincipal(hub: Hub, request: FastifyRequest): Promise<Principal> {
  const token = authorizationOf(request, 'Bearer');
  if (token === undefined || !/^[\w.~+/-]+=*$/.test(token)) {
    throw new NetSuiteError(
      400,
      {
        detail: 'The Authorization header holds no bearer token.',
        code: 'INVALID_HEADER',
        at: { header: 'Authorization' },
      },
      { 'www-authenticate': bearerChallenge('invalid_request') },
    );
  }
  const principal = await hub.access.bearer(token, 'netsuite');
  if (principal === undefined || !mayUseNamedWorkspace(principal, request)) {
    throw unauthorized(bearerChallenge('invalid_token'));
  }
  return principal;
}

/**
 * Consumer key, token, realm, clock and signature must all be right, and the nonce new for that token and second. The nonce is
 * used up only after the signature has been found right, so that a stranger cannot spend the nonces of others.
 */
async function tokenPrincipal(hub: Hub, request: FastifyRequest, header: string): Promise<Principal> {
  const parameters = parseOAuthHeader(header);
  const say = (name: string): string => parameters?.get(name) ?? '';
  // The account that the caller named, if it looks like one: this is the realm it has to sign in to.
  const realm = /^[\w-]{1,100}$/.test(say('realm')) ? say('realm') : assumed.realmOfStrangers;
  const refusal = unauthorized(`OAuth realm="${realm}"`);
  const seconds = Number(/^\d{1,12}$/.exec(say('oauth_timestamp'))?.[0]);
  const nonce = say('oauth_nonce');
  if (
    parameters === undefined ||
    say('oauth_signature_method') !== 'HMAC-SHA256' ||
    (parameters.has('oauth_version') && say('oauth_version') !== '1.0') ||
    !(Math.abs(clock.machineNowMs() / 1000 - seconds) <= assumed.timestampWindowSeconds) ||
    nonce === '' ||
    nonce.length > assumed.longestNonce
  ) {
    throw refusal;
  }
  const credential = await hub.access.signing('oauth1', say('oauth_consumer_key'), say('oauth_token'));
  if (credential === undefined || credential.tokenSecret === null) throw refusal;
  const { workspaceName } = await hub.catalogue(credential.principal.workspace);
  const expected = signatureOf(
    { method: request.method, origin: new URL(request.publicBase).origin, rawUrl: request.rawUrl, parameters },
    { consumer: credential.secret, token: credential.tokenSecret },
  );
  if (!sameSignature(say('oauth_signature'), expected)) throw refusal;
  if (!sameAccount(say('realm'), accountOf(workspaceName))) throw refusal;
  if (!mayUseNamedWorkspace(credential.principal, request)) throw refusal;
  const expiresAt = new Date((seconds + assumed.timestampWindowSeconds) * 1000);
  if (!(await hub.access.useNonce(credential.id, `${seconds}.${nonce}`, expiresAt))) throw refusal;
  return credential.principal;
}
