/** Two OAuth 2 clients, as they come from npm, get tokens at both addresses of the Relatics dialect, and send sets with them. */
import * as oauth from 'oauth4webapi';
import { ClientCredentials } from 'simple-oauth2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../fresh-server.ts';

let server: FreshServer;
beforeAll(async () => {
  server = await freshServer();
});
afterAll(() => server?.close());

const interfaces = '/api/v1/workspaces/755053b0-ba42-494a-b467-8c2cf408be65/interfaces';
const realm = '/auth/realms/Demo/protocol/openid-connect/token';
const older = '/oauth2/token';

const client = { id: 'kw_demo_client', secret: 'kw_demo_client_secret' };
/** What each address says of a client that it does not know. */
const unknown = {
  [realm]: { error: 'unauthorized_client', error_description: 'Invalid client or Invalid client credentials' },
  [older]: { error: 'invalid_client', error_description: 'Client not found.' },
};

const set = (...names: string[]) =>
  JSON.stringify({ Elements: names.map((name) => ({ '@externalid': name, Name: name })) });

describe.each([realm, older] as const)('at %s', (path) => {
  describe.each([
    ['in the form', { authorizationMethod: 'body' }],
    ['by Basic', { authorizationMethod: 'header' }],
    ['by Basic that is not encoded', { authorizationMethod: 'header', credentialsEncodingMode: 'loose' }],
  ] as const)('simple-oauth2 with its secret %s', (_name, options) => {
    const clientOf = (secret = client.secret) =>
      new ClientCredentials({
        client: { ...client, secret },
        auth: { tokenHost: server.url, tokenPath: path },
        options,
      });

    it('gets a token that sends sets for five minutes', async () => {
      const got = await clientOf().getToken({});
      expect(got.token).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'email profile' });
      expect(got.expired()).toBe(false);
      expect(got.expired(301)).toBe(true);
      const response = await fetch(`${server.url}${interfaces}/synchronizing/myendpoint`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${got.token.access_token}`, 'Content-Type': 'application/json' },
        body: set('E-1', 'E-2'),
      });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ received: 2, deleted: 0, issues: 0 });
    });

    it('is told why it gets none', async () => {
      await expect(clientOf('wrong').getToken({})).rejects.toMatchObject({
        output: { statusCode: 401 },
        data: { payload: unknown[path] },
      });
    });
  });

  describe.each([
    ['in the form', oauth.ClientSecretPost, false],
    ['by Basic', oauth.ClientSecretBasic, true],
  ])('oauth4webapi with its secret %s', (_name, authentication, byBasic) => {
    const overHttp = { [oauth.allowInsecureRequests]: true };
    const issuer = (): oauth.AuthorizationServer => ({ issuer: server.url, token_endpoint: server.url + path });
    const grant = async (clientId: string, secret: string) => {
      const identified = { client_id: clientId };
      const response = await oauth.clientCredentialsGrantRequest(
        ...([issuer(), identified, authentication(secret), {}, overHttp] as const),
      );
      return oauth.processClientCredentialsResponse(issuer(), identified, response);
    };
    const call = async (token: string, method: string, address: string, body?: string, accept = 'application/json') => {
      const headers = new Headers({ accept, ...(body && { 'content-type': accept }) });
      const url = new URL(`${server.url}${interfaces}${address}`);
      const response = await oauth.protectedResourceRequest(token, method, url, headers, body, overHttp);
      return response.text();
    };

    it('gets a token that sends and reads, in JSON and XML', async () => {
      const { access_token, token_type, expires_in } = await grant(client.id, client.secret);
      expect({ token_type, expires_in }).toEqual({ token_type: 'bearer', expires_in: 300 });
      const inJson = await call(access_token, 'POST', '/synchronizing/myendpoint', set('E-1', 'E-2'));
      expect(JSON.parse(inJson)).toMatchObject({ received: 2, issues: 0 });
      const xml = '<elements><Elements><Element externalid="E-1"/><Element externalid="E-2"/></Elements></elements>';
      expect(await call(access_token, 'POST', '/synchronizing/myendpoint', xml, 'application/xml')).toMatch(
        /^<response>.*<received>2<\/received>.*<unchanged>2<\/unchanged><issues>0<\/issues><\/response>$/,
      );
    });

    it('is told why it gets none', async () => {
      for (const [id, secret] of [
        [client.id, 'wrong'],
        ['nobody', client.secret],
        ['nobody: %', 'ü+&='],
      ] as const) {
        const told = byBasic ? { cause: [{ scheme: 'basic' }] } : unknown[path];
        await expect(grant(id, secret)).rejects.toMatchObject({ ...told, status: 401 });
      }
    });

    it('is told by a Bearer challenge that its token is not good', async () => {
      await expect(call('expired', 'POST', '/synchronizing/myendpoint', set())).rejects.toMatchObject({
        cause: [{ scheme: 'bearer' }],
        status: 401,
      });
    });
  });
});
