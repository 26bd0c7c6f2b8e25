import { describe, expect, it } from 'vitest';
import { idOf, sugarServer } from '../test-client.ts';

const base = '/rest/v11_10';
const tokenPath = `${base}/oauth2/token`;
type User = { id: string; user_name: string };
type Tokens = { access_token: string; refresh_token: string };

describe('users', () => {
  const { call } = sugarServer();
  const login = (username: string, password: string, platform = 'base') =>
    call(
      'POST',
      tokenPath,
      { grant_type: 'password', client_id: 'sugar', client_secret: '', username, password, platform },
      { as: null },
    );
  const denied = { status: 403, body: { error: 'not_authorized' } };

  it('are listed and read by administrators; others see themselves', async () => {
    const { body } = await call('GET', `${base}/Users`);
    const { records } = body as { records: User[] };
    expect(records.map(({ user_name }) => user_name).sort()).toEqual(['admin', 'member', 'power']);
    expect((await call('GET', `${base}/Users/count`)).body).toEqual({ record_count: 3 });
    expect((await call('GET', `${base}/Users?max_num=2&offset=1`)).body).toMatchObject({ next_offset: -1 });
    const [first] = records;
    expect((await call('GET', `${base}/Users/${first?.id}`)).body).toMatchObject({
      user_name: first?.user_name,
      status: 'Active',
      _module: 'Users',
    });
    const token = ((await login('member', 'keyway-demo')).body as Tokens).access_token;
    const own = (await call('GET', `${base}/Users`, undefined, { as: token })).body as { records: User[] };
    expect(own.records).toMatchObject([{ user_name: 'member', is_admin: false, email1: 'member@keyway.test' }]);
    const other = records.find(({ user_name }) => user_name === 'admin');
    expect(await call('GET', `${base}/Users/${other?.id}`, undefined, { as: token })).toMatchObject({
      status: 404,
      body: { error: 'not_found' },
    });
  });

  it('are found by plain values, and refuse what they cannot be narrowed by rather than ignore it', async () => {
    const found = async (filter: unknown) => {
      const { body } = await call('POST', `${base}/Users/filter`, { filter });
      return (body as { records: User[] }).records.map(({ user_name }) => user_name).sort();
    };
    expect(await found([{ user_name: 'Admin' }])).toEqual(['admin']);
    expect(await found([{ user_name: { $in: ['admin', 'power'] } }, { is_admin: '0' }])).toEqual(['power']);
    expect(await found([{ email1: { $equals: 'nobody' } }])).toEqual([]);
    expect((await call('GET', `${base}/Users/count?filter[0][is_admin]=true`)).body).toEqual({ record_count: 1 });
    const refused = { status: 422, body: { error: 'invalid_parameter' } };
    for (const filter of ['x', [{ nope: 1 }], [{ user_name: { $starts: 'a' } }], [{ user_name: { a: 1, b: 2 } }]]) {
      expect(await call('POST', `${base}/Users/filter`, { filter })).toMatchObject(refused);
    }
    for (const query of ['q=x', 'order_by=name', 'my_items=1']) {
      expect(await call('GET', `${base}/Users?${query}`)).toMatchObject(refused);
    }
    expect(await call('GET', `${base}/Users?q=&deleted=false`)).toMatchObject({ status: 200 });
  });

  it('are made by administrators, log in, work with records, and are no administrators unless it is said', async () => {
    const user = { user_name: 'jon', user_hash: 'snow-snow', first_name: 'Jon', last_name: 'Snow' };
    const made = await call('POST', `${base}/Users`, user);
    expect(made).toMatchObject({ status: 200, body: { user_name: 'jon', full_name: 'Jon Snow', is_admin: false } });
    expect(made.body).not.toHaveProperty('user_hash');
    const as = ((await login('jon', 'snow-snow')).body as Tokens).access_token;
    const account = idOf(await call('POST', `${base}/Accounts`, { name: 'Wall' }, { as }));
    const contact = idOf(await call('POST', `${base}/Contacts`, { name: 'Sam' }, { as }));
    expect((await call('POST', `${base}/Accounts/${account}/link/contacts/${contact}`, {}, { as })).status).toBe(200);
    expect((await call('DELETE', `${base}/Contacts/${contact}`, undefined, { as })).status).toBe(200);
    expect(await call('PATCH', `${base}/Accounts/sync_key/X`, {}, { as })).toMatchObject(denied);
    expect(await call('POST', `${base}/Users`, { user_name: 'x', user_hash: 'x' }, { as })).toMatchObject(denied);
    const boss = { user_name: 'boss', password: 'boss-boss', is_admin: '1', email1: 'boss@keep.example' };
    expect((await call('POST', `${base}/Users`, boss)).body).toMatchObject({
      is_admin: true,
      email1: 'boss@keep.example',
    });
  });

  it('need a name that nobody has, and a password', async () => {
    for (const user_name of ['admin', 'ADMIN', 'admin@keyway.test']) {
      expect(await call('POST', `${base}/Users`, { user_name, user_hash: 'x' })).toMatchObject({
        status: 422,
        body: { error: 'invalid_parameter', error_message: `A user named ${user_name} exists already.` },
      });
    }
    expect((await call('POST', `${base}/Users`, { user_name: 'y' })).body).toMatchObject({
      error: 'missing_parameter',
    });
    for (const user_name of ['a b', 'a@b@c', 'x'.repeat(300), 'a\u0000']) {
      expect(await call('POST', `${base}/Users`, { user_name, user_hash: 'x' })).toMatchObject({ status: 422 });
    }
  });

  it('that are deleted are nobody any more', async () => {
    const id = idOf(await call('POST', `${base}/Users`, { user_name: 'leaver', user_hash: 'leaver' }));
    const as = ((await login('leaver', 'leaver')).body as Tokens).access_token;
    expect(await call('DELETE', `${base}/Users/${id}`)).toMatchObject({ status: 200, body: { id } });
    expect((await login('leaver', 'leaver')).status).toBe(401);
    expect((await call('GET', `${base}/me`, undefined, { as })).status).toBe(401);
    expect((await call('GET', `${base}/Users/${id}`)).status).toBe(404);
    const self = (await login('admin@keyway.test', 'keyway-demo')).body as Tokens;
    const me = (await call('GET', `${base}/me`, undefined, { as: self.access_token })).body as { current_user: User };
    expect(
      await call('DELETE', `${base}/Users/${me.current_user.id}`, undefined, { as: self.access_token }),
    ).toMatchObject(denied);
  });

  it('may be stood in for by an administrator, whose own session goes on', async () => {
    const own = (await login('admin@keyway.test', 'keyway-demo', 'sudo')).body as Tokens;
    const sudo = (name: string, as: string) =>
      call('POST', `${base}/oauth2/sudo/${name}`, { client_id: 'sugar', platform: 'sudo' }, { as });
    const answer = await sudo('member', own.access_token);
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'bearer', expires_in: 3600, scope: null } });
    const { access_token } = answer.body as Tokens;
    expect((await call('GET', `${base}/me`, undefined, { as: access_token })).body).toMatchObject({
      current_user: { user_name: 'member' },
    });
    expect((await call('GET', `${base}/me`, undefined, { as: own.access_token })).status).toBe(200);
    expect(await sudo('nobody', own.access_token)).toMatchObject({ status: 404, body: { error: 'not_found' } });
    expect(await sudo('admin', access_token)).toMatchObject(denied);
  });
});
