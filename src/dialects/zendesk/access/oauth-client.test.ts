/** oauth4webapi, as it comes from npm, gets access tokens of the Zendesk dialect. */
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../../test/fresh-server.ts';
import { zendeskDialect } from '../index.ts';
import { defaultOptions } from '../options.ts';

let server: FreshServer;
beforeAll(async () => {
  const dialect = zendeskDialect({ ...defaultOptions, passwordLogin: true });
  server = await freshServer({ dialects: [{ ...dialect, name: 'native', paths: [], register: () => {} }, dialect] });
});
afterAll(() => server.close());

const client: oauth.Client = { client_id: 'kw_demo_client' };
const overHttp = { [oauth.allowInsecureRequests]: true };
const issuer = (): oauth.AuthorizationServer => ({ issuer: server.url, token_endpoint: `${server.url}/oauth/tokens` });

const roleOf = async (token: string): Promise<unknown> => {
  const url = new URL(`${server.url}/api/v2/users/me.json`);
  const response = await oauth.protectedResourceRequest(token, 'GET', url, undefined, undefined, overHttp);
  const { user } = (await response.json()) as { user: { role: string } };
  return user.role;
};

describe('an OAuth 2.0 client', () => {
  it.each([
    ['in the body', oauth.ClientSecretPost],
    ['by Basic', oauth.ClientSecretBasic],
  ])('gets a token with its secret %s, and calls with it', async (_name, authentication) => {
    const response = await oauth.clientCredentialsGrantRequest(
      issuer(),
      client,
      authentication('kw_demo_client_secret'),
      { scope: 'read write' },
      overHttp,
    );
    const token = await oauth.processClientCredentialsResponse(issuer(), client, response);
    expect(token).toMatchObject({ token_type: 'bearer', scope: 'read write', expires_in: 172_800 });
    expect(await roleOf(token.access_token)).toBe('admin');
  });

  it('refreshes a token that it got for a password', async () => {
    const first = await oauth.processGenericTokenEndpointResponse(
      issuer(),
      client,
      await oauth.genericTokenEndpointRequest(
        issuer(),
        client,
        oauth.None(),
        'password',
        { username: 'member@keyway.test', password: 'keyway-demo' },
        overHttp,
      ),
    );
    expect(await roleOf(first.access_token)).toBe('agent');
    const refresh = (token: string) => oauth.refreshTokenGrantRequest(issuer(), client, oauth.None(), token, overHttp);
    const response = await refresh(first.refresh_token ?? '');
    const second = await oauth.processRefreshTokenResponse(issuer(), client, response);
    expect(second.access_token).not.toBe(first.access_token);
    expect(await roleOf(second.access_token)).toBe('agent');
    const again = oauth.processRefreshTokenResponse(issuer(), client, await refresh(first.refresh_token ?? ''));
    await expect(again).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
  });

  it('is told why it gets none', async () => {
    const wrong = await oauth.clientCredentialsGrantRequest(
      issuer(),
      client,
      oauth.ClientSecretPost('wrong'),
      {},
      overHttp,
    );
    await expect(oauth.processClientCredentialsResponse(issuer(), client, wrong)).rejects.toMatchObject({
      ...{ error: 'invalid_client', status: 401 },
    });
  });
});
