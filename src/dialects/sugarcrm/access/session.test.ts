import { describe, expect, it } from 'vitest';
import { createSugarcrm } from '../index.ts';
import { type Answered, idOf, sugarServer } from '../test-client.ts';

const tokenPath = '/rest/v11_10/oauth2/token';
type Tokens = { access_token: string; refresh_token: string };
const tokensOf = ({ body }: Answered) => body as Tokens;

describe('sessions', () => {
  const { call } = sugarServer();

  const login = (changes: object = {}) =>
    call(
      'POST',
      tokenPath,
      {
        grant_type: 'password',
        client_id: 'sugar',
        client_secret: '',
        username: 'admin',
        password: 'keyway-demo',
        ...changes,
      },
      { as: null },
    );
  const refresh = (token: string) =>
    call(
      'POST',
      tokenPath,
      { grant_type: 'refresh_token', client_id: 'sugar', client_secret: '', refresh_token: token },
      { as: null },
    );
  const me = (token: string) => call('GET', '/rest/v11_10/me', undefined, { as: token });

  it('are opened by the mail address or the part before its @, and their token works in either header', async () => {
    for (const username of ['member', 'member@keyway.test']) {
      const { access_token } = tokensOf(await login({ username }));
      for (const headers of [{ 'oauth-token': access_token }, { authorization: `Bearer ${access_token}` }]) {
        expect((await call('GET', '/rest/v11_10/me', undefined, { as: null, headers })).body).toMatchObject({
          current_user: { user_name: 'member', is_admin: false, module_list: expect.arrayContaining(['Accounts']) },
        });
      }
    }
  });

  it('are not needed by an API key, in either header', async () => {
    for (const headers of [{ 'oauth-token': 'kw_demo_admin' }, { authorization: 'Bearer kw_demo_admin' }]) {
      expect(await call('GET', '/rest/v11_10/ping', undefined, { as: null, headers })).toMatchObject({
        status: 200,
        body: 'pong',
      });
    }
  });

  it('are of one workspace, which the path may name', async () => {
    expect(await call('GET', '/w/Demo/rest/v11_10/ping')).toMatchObject({ status: 200, body: 'pong' });
    expect(await call('GET', '/w/Nobody/rest/v11_10/ping')).toMatchObject({
      status: 404,
      body: { error: 'no_method' },
    });
  });

  it('are one per user and platform', async () => {
    const base = tokensOf(await login());
    expect((await me(base.access_token)).status).toBe(200); // which is remembered, but not beyond its end
    const mobile = tokensOf(await login({ platform: 'mobile' }));
    const baseAgain = tokensOf(await login({ platform: 'base' }));
    expect((await me(base.access_token)).status).toBe(401);
    expect((await refresh(base.refresh_token)).status).toBe(400);
    expect((await me(mobile.access_token)).status).toBe(200);
    expect((await me(baseAgain.access_token)).status).toBe(200);
  });

  it('are renewed once by a refresh token, and end with a logout', async () => {
    const first = tokensOf(await login({ platform: 'renewed' }));
    expect((await me(first.access_token)).status).toBe(200);
    const second = tokensOf(await refresh(first.refresh_token));
    expect((await me(first.access_token)).status).toBe(401);
    expect((await me(second.access_token)).status).toBe(200);
    expect(await refresh(first.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_message: 'Invalid refresh token' },
    });
    expect(await call('POST', '/rest/v11_10/oauth2/logout', {}, { as: second.access_token })).toMatchObject({
      status: 200,
      body: { success: true },
    });
    expect((await me(second.access_token)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(second.refresh_token)).status).toBe(400);
  });

  it('are refused in the words of the vendor', async () => {
    const refused = async (changes: object) => {
      const { status, body } = await login(changes);
      return [status, (body as { error: string }).error];
    };
    expect(await refused({ password: 'wrong' })).toEqual([401, 'need_login']);
    expect(await refused({ username: 'nobody' })).toEqual([401, 'need_login']);
    expect(await refused({ client_id: 'unknown' })).toEqual([400, 'invalid_client']);
    expect(await refused({ grant_type: 'implicit' })).toEqual([400, 'unsupported_grant_type']);
    expect(await refused({ grant_type: undefined })).toEqual([422, 'missing_parameter']);
    expect(await refused({ username: '' })).toEqual([422, 'missing_parameter']);
    expect(await refused({ platform: { a: 1 } })).toEqual([422, 'invalid_parameter']);
    expect((await call('GET', '/rest/v11_10/me', undefined, { as: null })).body).toMatchObject({ error: 'need_login' });
    expect((await me('unknown')).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('may name another client by its API key and secret', async () => {
    const other = { client_id: 'kw_demo_client', platform: 'other' };
    expect((await login({ ...other, client_secret: 'kw_demo_client_secret' })).status).toBe(200);
    expect((await login({ ...other, client_secret: 'wrong' })).body).toMatchObject({ error: 'invalid_client' });
  });
});

describe('options', () => {
  const { call } = sugarServer(
    createSugarcrm({
      majorVersions: { lowest: 11, highest: 12 },
      oneLoginPerPlatform: false,
      failedRefreshStatus: 401,
      wrapReadByKey: true,
      longestKey: 10,
      recordOnUpsert: false,
      deletedMember: 'id',
      recordCountAsText: true,
      ignoreCaseInFilters: false,
      computePersonNames: false,
      enforceRequired: true,
      accessTokenSeconds: 60,
    }),
  );
  it('let a deployment choose what the vendor leaves open', async () => {
    const login = { grant_type: 'password', client_id: 'sugar', username: 'admin', password: 'keyway-demo' };
    const first = await call('POST', '/rest/v12/oauth2/token', login, { as: null });
    await call('POST', '/rest/v12/oauth2/token', login, { as: null });
    expect(first.body).toMatchObject({ expires_in: 60 });
    expect((await call('GET', '/rest/v12/me', undefined, { as: tokensOf(first).access_token })).status).toBe(200);
    expect((await call('GET', '/rest/v10/me')).status).toBe(301);
    const refresh = { grant_type: 'refresh_token', client_id: 'sugar', refresh_token: 'unknown' };
    expect((await call('POST', '/rest/v12/oauth2/token', refresh, { as: null })).status).toBe(401);
    expect((await call('GET', '/rest/v12/integrate/Accounts/sync_key/ACCT-1')).body).toMatchObject({
      record: { sync_key: 'ACCT-1' },
    });
    expect((await call('PATCH', '/rest/v12/integrate/Accounts/sync_key/12345678901')).body).toEqual({
      error: 'invalid_parameter',
      error_message: 'A key has at most 10 characters.',
    });
    const upserted = await call('PATCH', '/rest/v12/Accounts/sync_key/OPTION?fields=name', { name: 'Mill' });
    expect(upserted.body).toEqual({ record: idOf(upserted) });
    expect((await call('GET', '/rest/v12/Accounts/count?filter[0][name]=mill')).body).toEqual({ record_count: '0' });
    expect((await call('DELETE', '/rest/v12/Accounts/sync_key/OPTION')).body).toEqual({ id: idOf(upserted) });
    const person = await call('POST', '/rest/v12/Contacts', { first_name: 'Mila', last_name: 'Jansen' });
    expect(person.body).toMatchObject({ name: '' });
    expect(person.body).not.toHaveProperty('full_name');
    expect((await call('PATCH', '/rest/v12/integrate/BuildingComponents/sync_key/BARE')).body).toEqual({
      error: 'missing_parameter',
      error_message: 'Missing parameter: name',
    });
  });
});
