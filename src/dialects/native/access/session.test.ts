import { describe, expect, it, vi } from 'vitest';
import { type Answer, demoServer } from '../test-client.ts';

describe('signing in to the console', async () => {
  const { call, url, hub } = await demoServer();
  const signIn = (user_name: string, password = 'keyway-demo', headers = {}): Promise<Answer> =>
    call('POST', '/v1/session', { as: null, body: { user_name, password }, headers });
  const cookieOf = (answer: Answer): string => answer.headers.get('set-cookie') ?? '';
  const signedIn = async (user = 'admin@keyway.test'): Promise<{ cookie: string }> => ({
    cookie: cookieOf(await signIn(user)).split(';')[0] ?? '',
  });
  const origin = new URL(url).origin;
  const link = '/v1/records/policy/67890/links/contacts/106';

  it('gives a cookie that no script reads and no other site has sent, and tells who it is', async () => {
    const answer = await signIn('Member@Keyway.test');
    expect(answer.status).toBe(200);
    expect(answer.body.principal).toMatchObject({ role: 'member', email: 'member@keyway.test' });
    expect(cookieOf(answer)).toMatch(/^keyway_session=[\w-]{73}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    expect(JSON.stringify(answer.body)).not.toContain(cookieOf(answer).slice(15, 50));
  });

  it('lets the cookie read and write with the rights of its user, from pages of this server', async () => {
    const headers = { ...(await signedIn()), origin };
    expect((await call('GET', '/v1/me', { as: null, headers })).body.principal.role).toBe('admin');
    expect((await call('PUT', link, { as: null, headers })).status).toBe(201);
    const asMember = { ...(await signedIn('member@keyway.test')), origin };
    expect((await call('POST', '/v1/keys', { as: null, headers: asMember, body: { label: 'x' } })).status).toBe(403);
  });

  it.each([{}, { origin: 'https://elsewhere.example' }, { origin: 'http://127.0.0.1:1' }, { origin: 'null' }])(
    'refuses a write with the cookie from %j',
    async (from) => {
      const cookie = await signedIn();
      const answer = await call('PUT', link, { as: null, headers: { ...cookie, ...from } });
      expect([answer.status, answer.body.code]).toEqual([403, 'cross_site']);
      expect((await call('DELETE', '/v1/session', { as: null, headers: { ...cookie, ...from } })).status).toBe(403);
      expect((await call('GET', '/v1/me', { as: null, headers: { ...cookie, ...from } })).status).toBe(200);
    },
  );

  it('tells from which address it is tried, so that others do not wait for whoever guesses in bulk', async () => {
    const asked = vi.spyOn(hub.access, 'password');
    await signIn('admin@keyway.test');
    expect(asked).toHaveBeenCalledWith(
      'admin@keyway.test',
      'keyway-demo',
      expect.objectContaining({ from: '127.0.0.1' }),
    );
    asked.mockRestore();
  });

  it('lets no page elsewhere sign somebody in', async () => {
    const answer = await signIn('admin@keyway.test', 'keyway-demo', { origin: 'https://elsewhere.example' });
    expect([answer.status, cookieOf(answer)]).toEqual([403, '']);
  });

  it.each(['Bearer kw_no_such_key', 'Basic eDp5', 'Bearer', 'Negotiate'])(
    'does not look at the cookie beside the header Authorization: %s',
    async (authorization) => {
      const cookie = await signedIn();
      for (const from of [{}, { origin }]) {
        const answer = await call('PUT', link, { as: null, headers: { ...cookie, ...from, authorization } });
        expect(answer.status).toBe(401);
      }
    },
  );

  it('lets the browser keep no answer to the cookie', async () => {
    const answer = await call('GET', '/v1/records/contact', { as: null, headers: await signedIn() });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('ends the session when one signs out', async () => {
    const headers = { ...(await signedIn()), origin };
    const out = await call('DELETE', '/v1/session', { as: null, headers });
    expect(out.body).toEqual({ outcome: 'signed_out' });
    expect(cookieOf(out)).toContain('Expires=Thu, 01 Jan 1970');
    expect((await call('GET', '/v1/me', { as: null, headers })).status).toBe(401);
  });

  it('marks the cookie as secure behind https, and as one that no other host can set', async () => {
    const { call: secureCall } = await demoServer({ publicOrigin: 'https://hub.example' });
    const body = { user_name: 'admin@keyway.test', password: 'keyway-demo' };
    const answer = await secureCall('POST', '/v1/session', { as: null, body });
    expect(cookieOf(answer)).toMatch(
      /^__Host-keyway_session=[\w-]{73}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    );
    const cookie = cookieOf(answer).split(';')[0] ?? '';
    const me = (headers: { cookie: string }) => secureCall('GET', '/v1/me', { as: null, headers });
    expect((await me({ cookie })).status).toBe(200);
    expect((await me({ cookie: cookie.replace('__Host-', '') })).status).toBe(401);
  });

  it('opens no other door: the token is of the console alone', async () => {
    const token = (await signedIn()).cookie.split('=')[1] ?? '';
    expect(await hub.access.bearer(token, 'sugarcrm')).toBeUndefined();
  });

  it('tells a wrong password, an unknown user and another workspace alike', async () => {
    const answers = [await signIn('power@keyway.test', 'wrong'), await signIn('nobody@keyway.test')];
    for (const { status, body } of answers) {
      expect([status, body.code, body.detail]).toEqual([401, 'wrong_password', 'User name or password is wrong.']);
    }
  });

  it.each(['power@keyway.test', 'nobody@example.test'])(
    'locks a name after ten wrong passwords, whether it exists or not: %s',
    async (name) => {
      await Promise.all(Array.from({ length: 10 }, (_, index) => signIn(name, `guess ${index}`)));
      const answer = await signIn(name);
      expect([answer.status, answer.body.code]).toEqual([429, 'sign_in_locked']);
      const seconds = Number(answer.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(880);
      expect(seconds).toBeLessThanOrEqual(900);
      expect(answer.body.detail).toBe('Too many wrong passwords. Try again in 15 minutes.');
    },
  );

  it('forgives wrong passwords with the right one', async () => {
    for (let round = 0; round < 2; round++) {
      for (let guess = 0; guess < 6; guess++) expect((await signIn('admin@keyway.test', 'wrong')).status).toBe(401);
      expect((await signIn('admin@keyway.test')).status).toBe(200);
    }
  });
});
