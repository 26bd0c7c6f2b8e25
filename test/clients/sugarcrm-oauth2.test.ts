// A general OAuth 2 client, unmodified, gets, uses and refreshes SugarCRM's tokens.
import { ResourceOwnerPassword } from 'simple-oauth2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../fresh-server.ts';

let server: FreshServer;
beforeAll(async () => {
  server = await freshServer();
});
afterAll(() => server?.close());

const me = async (token: unknown) => {
  const response = await fetch(`${server.url}/rest/v11_10/me`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
};

describe.each(['json', 'form'] as const)('a password grant with a %s body', (bodyFormat) => {
  describe.each(['body', 'header'] as const)('and its client in the %s', (authorizationMethod) => {
    const clientOf = (client = { id: 'sugar', secret: '' }) =>
      new ResourceOwnerPassword({
        client,
        auth: { tokenHost: server.url, tokenPath: '/rest/v11_10/oauth2/token' },
        options: { bodyFormat, authorizationMethod },
      });
    const user = { username: 'member@keyway.test', password: 'keyway-demo', platform: 'oauth2' };

    it('gives a token that works until it is refreshed', async () => {
      const first = await clientOf().getToken(user);
      expect(first.token).toMatchObject({ token_type: 'bearer', expires_in: 3600, refresh_expires_in: 1209600 });
      expect(first.expired()).toBe(false);
      expect(first.expired(3601)).toBe(true);
      expect(await me(first.token.access_token)).toMatchObject({
        status: 200,
        body: { current_user: { user_name: 'member' } },
      });
      const second = await first.refresh();
      expect(second.token.refresh_token).not.toBe(first.token.refresh_token);
      expect((await me(second.token.access_token)).status).toBe(200);
      expect((await me(first.token.access_token)).status).toBe(401);
      await expect(first.refresh()).rejects.toMatchObject({
        output: { statusCode: 400 },
        data: { payload: { error: 'invalid_grant', error_message: 'Invalid refresh token' } },
      });
    });

    it('is refused with a wrong password, and to a client that is not known', async () => {
      await expect(clientOf().getToken({ ...user, password: 'wrong' })).rejects.toMatchObject({
        output: { statusCode: 401 },
        data: { payload: { error: 'need_login' } },
      });
      await expect(clientOf({ id: 'nobody', secret: 'x' }).getToken(user)).rejects.toMatchObject({
        output: { statusCode: 400 },
        data: { payload: { error: 'invalid_client' } },
      });
    });

    it('is given to a client with a secret of its own', async () => {
      const { token } = await clientOf({ id: 'kw_demo_client', secret: 'kw_demo_client_secret' }).getToken(user);
      expect((await me(token.access_token)).status).toBe(200);
    });
  });
});
