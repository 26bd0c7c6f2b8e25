import { constants, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePublicKey } from '../../../model/public-key.ts';
import { type Answer, demoServer, errorOf, records } from '../test-client.ts';

const path = '/services/rest/auth/oauth2/v1/token';
const demoKey = createPrivateKey(readFileSync(new URL('../../../../demo/netsuite-private-key.pem', import.meta.url)));
const now = (): number => Math.floor(Date.now() / 1000);

type Jwt = {
  readonly header?: object;
  readonly claims?: object;
  readonly key?: KeyObject;
  /** How it is signed, whatever the header says. */
  readonly by?: 'PS' | 'RS' | 'ES';
  readonly hash?: string;
};

/** A signed assertion by the words of RFC 7515, beside any library. */
function jwt({ header = {}, claims = {}, key = demoKey, by = 'PS', hash = 'sha256' }: Jwt, audience: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = { typ: 'JWT', alg: 'PS256', kid: 'kw_demo_certificate', ...header };
  const times = { iat: now(), exp: now() + 3600 };
  const text = `${part(head)}.${part({ iss: 'kw_demo_jwt', scope: 'rest_webservices', aud: audience, ...times, ...claims })}`;
  const options = {
    PS: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    RS: { key },
    ES: { key, dsaEncoding: 'ieee-p1363' as const },
  }[by];
  return `${text}.${sign(hash, Buffer.from(text), options).toString('base64url')}`;
}

describe('client credentials with a signed assertion', async () => {
  const { send, origin, hub } = await demoServer();
  const form = (fields: Record<string, string>): Promise<Answer> =>
    send('POST', path, {
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      authorization: null,
    });
  const ask = (wanted: Jwt = {}, fields: Record<string, string> = {}): Promise<Answer> =>
    form({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt(wanted, `${origin}${path}`),
      ...fields,
    });

  it('answers an access token for an hour, which opens the record service', async () => {
    const { status, headers, body } = await ask();
    expect([status, body]).toEqual([200, { access_token: expect.any(String), expires_in: 3600, token_type: 'bearer' }]);
    expect(headers.get('cache-control')).toBe('no-store');
    const authorization = `Bearer ${body.access_token}`;
    expect((await send('GET', `${records}/customer/660`, { authorization })).status).toBe(200);
    const elsewhere = await send('GET', '/v1/me', { authorization });
    expect(elsewhere.status).toBe(401); // it opens this door only
  });

  it('takes the token address of the account at the vendor, and by a workspace prefix', async () => {
    const vendor = `https://keyway-demo.suitetalk.api.netsuite.com${path}`;
    expect((await ask({ claims: { aud: vendor } })).status).toBe(200);
    expect((await ask({ claims: { aud: ['https://elsewhere.test', vendor] } })).status).toBe(200);
  });

  it.each([
    ['text', 'rest_webservices'],
    ['text with commas', 'restlets,rest_webservices'],
    ['text with spaces', 'rest_webservices restlets'],
    ['a list', ['restlets', 'rest_webservices']],
  ])('takes the scope as %s', async (_form, scope) => {
    expect((await ask({ claims: { scope } })).status).toBe(200);
  });

  it.each([
    ['PS384', 'sha384'],
    ['PS512', 'sha512'],
  ])('takes %s', async (alg, hash) => {
    expect((await ask({ header: { alg }, hash })).status).toBe(200);
  });

  it.each([
    ['ES256', 'P-256', 'sha256'],
    ['ES384', 'P-384', 'sha384'],
    ['ES512', 'P-521', 'sha512'],
  ])('takes %s from a client with such a key, until that is revoked', async (alg, namedCurve, hash) => {
    const admin = await hub.access.bearer('kw_demo_admin', 'netsuite');
    const pair = generateKeyPairSync('ec', { namedCurve });
    const publicKey = parsePublicKey(String(pair.publicKey.export({ type: 'spki', format: 'pem' })));
    if (admin === undefined || publicKey === undefined) throw new Error('no key');
    const caller = { principal: admin, via: 'netsuite', requestId: 'test' };
    const made = await hub.access.createCredential(caller, {
      kind: 'jwt',
      label: alg,
      role: 'member',
      grants: {},
      publicKey,
    });
    const wanted = {
      header: { alg, kid: made.tokenId },
      claims: { iss: made.clientId },
      key: pair.privateKey,
      hash,
      by: 'ES',
    } as const;
    expect((await ask(wanted)).status).toBe(200);
    expect((await ask({ ...wanted, header: { alg: 'ES256', kid: made.tokenId }, hash: 'sha256' })).status).toBe(
      alg === 'ES256' ? 200 : 400,
    );
    await hub.access.revokeCredential(caller, made.id);
    expect((await ask(wanted)).status).toBe(401);
  });

  it.each<[string, Jwt, number, string]>([
    ['RS256', { header: { alg: 'RS256' }, by: 'RS' }, 400, 'invalid_grant'],
    ['PKCS #1 v1.5 that calls itself PS256', { by: 'RS' }, 400, 'invalid_grant'],
    ['no algorithm', { header: { alg: 'none' } }, 400, 'invalid_grant'],
    ['a shared secret', { header: { alg: 'HS256' } }, 400, 'invalid_grant'],
    ['an algorithm of the prototype', { header: { alg: 'constructor' } }, 400, 'invalid_grant'],
    ['another hash', { hash: 'sha512' }, 400, 'invalid_grant'],
    ['another key', { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }, 400, 'invalid_grant'],
    ['an expired assertion', { claims: { iat: now() - 4000, exp: now() - 400 } }, 400, 'invalid_grant'],
    ['one that is not valid yet', { claims: { iat: now() + 400, exp: now() + 800 } }, 400, 'invalid_grant'],
    ['one for more than an hour', { claims: { exp: now() + 7200 } }, 400, 'invalid_grant'],
    ['one without an end', { claims: { exp: undefined } }, 400, 'invalid_grant'],
    ['one whose end is text', { claims: { exp: 'soon' } }, 400, 'invalid_grant'],
    ['another audience', { claims: { aud: 'https://elsewhere.test/token' } }, 400, 'invalid_grant'],
    ['no audience', { claims: { aud: undefined } }, 400, 'invalid_grant'],
    ['another scope', { claims: { scope: 'restlets' } }, 400, 'invalid_scope'],
    ['no scope', { claims: { scope: undefined } }, 400, 'invalid_scope'],
    ['an unknown client', { claims: { iss: 'nobody' } }, 401, 'invalid_client'],
    ['no client', { claims: { iss: undefined } }, 401, 'invalid_client'],
    ['a client with a secret', { claims: { iss: 'kw_demo_client' } }, 401, 'invalid_client'],
    ['an unknown certificate', { header: { kid: 'another' } }, 401, 'invalid_client'],
    ['no certificate', { header: { kid: undefined } }, 400, 'invalid_grant'],
    ['text that cannot be stored', { claims: { iss: 'a\u0000' } }, 401, 'invalid_client'],
  ])('refuses %s', async (_what, wanted, status, error) => {
    const answer = await ask(wanted);
    expect([answer.status, answer.body]).toEqual([status, { error }]);
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Basic realm="KEYWAY"' : null);
  });

  it.each<[Record<string, string>, string]>([
    [{ grant_type: '' }, 'invalid_request'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{ client_assertion_type: 'jwt' }, 'invalid_request'],
    [{ client_assertion: '' }, 'invalid_request'],
    [{ client_assertion: 'a.b' }, 'invalid_grant'],
    [{ client_assertion: 'a.b.c' }, 'invalid_grant'],
    [{ client_assertion: '!.!.!' }, 'invalid_grant'],
  ])('refuses the form %j', async (fields, error) => {
    const answer = await ask({}, fields);
    expect([answer.status, answer.body]).toEqual([400, { error }]);
  });

  it('answers what goes wrong beside it in the words of OAuth', async () => {
    const get = await send('GET', path, { authorization: null });
    expect([get.status, get.body]).toEqual([405, { error: 'invalid_request' }]);
    expect(get.headers.get('allow')).toContain('POST');
    const large = await form({ grant_type: 'x'.repeat(70_000) });
    expect([large.status, large.body]).toEqual([413, { error: 'invalid_request' }]);
    const empty = await send('POST', path, { authorization: null });
    expect([empty.status, empty.body]).toEqual([400, { error: 'invalid_request' }]);
    const beside = await send('POST', `${path}s`, { authorization: null });
    expect(errorOf(beside)).toMatchObject({ status: 400, 'o:errorCode': 'INVALID_URL' });
  });

  it('is for the workspace of the client only', async () => {
    await hub.workspaces.create({ name: 'Second' });
    const fields = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    for (const [name, status] of [
      ['Demo', 200],
      ['Second', 401],
    ] as const) {
      const prefixed = `/w/${name}${path}`;
      const body = new URLSearchParams({ ...fields, client_assertion: jwt({}, `${origin}${prefixed}`) }).toString();
      expect((await send('POST', prefixed, { body, authorization: null })).status).toBe(status);
    }
  });
});
