// oauth4webapi, as it comes from npm: the client credentials grant with private_key_jwt, for each kind of key.
import { createPrivateKey, type webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePublicKey } from '../../src/model/public-key.ts';
import { type FreshServer, freshServer } from '../fresh-server.ts';

let server: FreshServer;
beforeAll(async () => {
  server = await freshServer();
});
afterAll(() => server.close());

const demoKey = createPrivateKey(readFileSync(new URL('../../demo/netsuite-private-key.pem', import.meta.url)));

async function grant(
  key: webcrypto.CryptoKey,
  kid: string,
  clientId: string,
  scope = 'rest_webservices',
): Promise<Response> {
  const token_endpoint = `${server.url}/services/rest/auth/oauth2/v1/token`;
  const authentication = oauth.PrivateKeyJwt(
    { key, kid },
    {
      [oauth.modifyAssertion](_header, payload) {
        Object.assign(payload, { scope, aud: token_endpoint });
      },
    },
  );
  return oauth.clientCredentialsGrantRequest(
    { issuer: server.url, token_endpoint },
    { client_id: clientId },
    authentication,
    { scope },
    { [oauth.allowInsecureRequests]: true },
  );
}

const read = (response: Response): Promise<oauth.TokenEndpointResponse> =>
  oauth.processClientCredentialsResponse({ issuer: server.url }, { client_id: 'kw_demo_jwt' }, response);

describe('oauth4webapi', () => {
  it('is granted a token by PS256, and reads a record with it', async () => {
    const pkcs8 = demoKey.export({ type: 'pkcs8', format: 'der' });
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'RSA-PSS', hash: 'SHA-256' }, false, ['sign']);
    const token = await read(await grant(key, 'kw_demo_certificate', 'kw_demo_jwt'));
    expect(token).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    const url = new URL(`${server.url}/services/rest/record/v1/customer/660`);
    const answer = await oauth.protectedResourceRequest(token.access_token, 'GET', url, undefined, undefined, {
      [oauth.allowInsecureRequests]: true,
    });
    expect(await answer.json()).toMatchObject({ id: '660' });
  });

  it('is granted a token by ES256, for the client whose key it is, and refused for another', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const spki = Buffer.from(await crypto.subtle.exportKey('spki', pair.publicKey)).toString('base64');
    const publicKey = parsePublicKey(`-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`);
    const admin = await server.hub.access.bearer('kw_demo_admin', 'netsuite');
    if (publicKey === undefined || admin === undefined) throw new Error('no key');
    const wanted = { kind: 'jwt', label: 'ES256', role: 'admin', grants: {}, publicKey } as const;
    const caller = { principal: admin, via: 'netsuite', requestId: 'test' };
    const { clientId, tokenId } = await server.hub.access.createCredential(caller, wanted);
    expect(await read(await grant(pair.privateKey, tokenId ?? '', clientId))).toMatchObject({ expires_in: 3600 });
    await expect(read(await grant(pair.privateKey, 'kw_demo_certificate', 'kw_demo_jwt'))).rejects.toThrow(
      oauth.ResponseBodyError,
    );
    const narrow = await read(await grant(pair.privateKey, tokenId ?? '', clientId, 'restlets')).catch(
      (error) => error,
    );
    expect(narrow).toMatchObject({ error: 'invalid_scope', status: 400 });
  });

  it('is challenged when its client is unknown', async () => {
    const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    const refused = await read(await grant(privateKey, 'k', 'nobody')).catch((error) => error);
    expect(refused).toBeInstanceOf(oauth.WWWAuthenticateChallengeError);
    expect(refused.status).toBe(401);
  });
});
