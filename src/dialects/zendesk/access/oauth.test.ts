import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../../test/fresh-server.ts';
import { zendeskDialect } from '../index.ts';
import { defaultOptions } from '../options.ts';
import { clientOf, must } from '../test-client.ts';

let strict: FreshServer;
let open: FreshServer;
const serverWith = (options: Partial<typeof defaultOptions>): Promise<FreshServer> => {
  const dialect = zendeskDialect({ ...defaultOptions, ...options });
  return freshServer({ dialects: [{ ...dialect, name: 'native', paths: [], register: () => {} }, dialect] });
};
beforeAll(async () => {
  [strict, open] = await Promise.all([serverWith({}), serverWith({ passwordLogin: true })]);
});
afterAll(() => Promise.all([strict.close(), open.close()]));

const client = { client_id: 'kw_demo_client', client_secret: 'kw_demo_client_secret' };
const password = { grant_type: 'password', username: 'member@keyway.test', password: 'keyway-demo' };

const ask = async (server: FreshServer, body: unknown, path = '/oauth/tokens') => {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
};
const roleOf = async (server: FreshServer, token: string) =>
  (await must(clientOf(() => server.url, `Bearer ${token}`).get('/users/me'), 200)).body.user.role;

describe('POST /oauth/tokens', () => {
  it('gives a token for the client id and secret of an API key', async () => {
    for (const path of ['/oauth/tokens', '/w/Demo/oauth/tokens']) {
      const { status, body } = await ask(
        strict,
        { grant_type: 'client_credentials', ...client, scope: 'read write' },
        path,
      );
      expect({ status, body }).toEqual({
        status: 200,
        body: { access_token: expect.any(String), token_type: 'bearer', scope: 'read write', expires_in: 172_800 },
      });
      expect(await roleOf(strict, body.access_token)).toBe('admin');
    }
  });

  it('gives one for a password, where passwords are let in, and by refreshing it once', async () => {
    const { body: first } = await ask(open, password);
    expect(first).toMatchObject({ refresh_token: expect.any(String), refresh_token_expires_in: 2_592_000 });
    expect(await roleOf(open, first.access_token)).toBe('agent');
    const { body: second } = await ask(open, { grant_type: 'refresh_token', refresh_token: first.refresh_token });
    expect(await roleOf(open, second.access_token)).toBe('agent');
    const old = clientOf(() => open.url, `Bearer ${first.access_token}`);
    await expect.poll(() => old.get('/users/me')).toMatchObject({ body: { error: 'invalid_token' } });
    expect(await ask(open, { grant_type: 'refresh_token', refresh_token: first.refresh_token })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: expect.any(String) },
    });
  });

  it.each<[string, unknown, number, string]>([
    ['a wrong secret', { grant_type: 'client_credentials', ...client, client_secret: 'x' }, 401, 'invalid_client'],
    ['no client', { grant_type: 'client_credentials' }, 401, 'invalid_client'],
    ['a client that is no text', { grant_type: 'client_credentials', client_id: 7 }, 401, 'invalid_client'],
    [
      'a secret that cannot be stored',
      { grant_type: 'client_credentials', client_id: '\u0000' },
      401,
      'invalid_client',
    ],
    ['a password', password, 400, 'unsupported_grant_type'],
    ['a code', { grant_type: 'authorization_code', code: 'x', ...client }, 400, 'unsupported_grant_type'],
    ['no grant', {}, 400, 'unsupported_grant_type'],
    ['no object', [], 400, 'unsupported_grant_type'],
    ['a lesser scope', { grant_type: 'client_credentials', ...client, scope: 'read' }, 400, 'invalid_scope'],
    ['an unknown refresh token', { grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'invalid_grant'],
  ])('refuses %s', async (_name, body, status, error) => {
    expect(await ask(strict, body)).toMatchObject({ status, body: { error } });
  });

  it('refuses a wrong password, and a body that is none, in the vendor’s format', async () => {
    expect(await ask(open, { ...password, password: 'x' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await ask(strict, '{')).toMatchObject({ status: 400, body: { error: 'Unprocessable' } });
    expect(await ask(strict, 'x'.repeat(70_000))).toMatchObject({
      status: 413,
      body: { error: 'RequestEntityTooLarge' },
    });
    const got = await fetch(`${strict.url}/oauth/tokens`);
    expect({ status: got.status, body: await got.json() }).toMatchObject({
      status: 404,
      body: { error: 'InvalidEndpoint' },
    });
  });
});
