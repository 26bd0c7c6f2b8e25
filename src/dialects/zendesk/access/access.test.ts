import { describe, expect, it } from 'vitest';
import { workspaceId } from '../../../model/ids.ts';
import { zendeskDialect } from '../index.ts';
import { defaultOptions } from '../options.ts';
import { basic, clientOf, credentials, demoServer, must, newObject } from '../test-client.ts';
import { rateLimiter } from './rate-limit.ts';

const server = demoServer();
const as = (authorization: string | null) => clientOf(() => server.origin, authorization);
const admin = as(credentials.admin);
const power = as(credentials.power);
const member = as(credentials.member);

const couldNot = { status: 401, body: { error: "Couldn't authenticate you" } };
const forbidden = { status: 403, body: { error: { title: 'Forbidden', message: expect.any(String) } } };

describe('credentials', () => {
  it('are an API token by Basic, or a bearer token', async () => {
    for (const good of [credentials.admin, 'Bearer kw_demo_admin', 'bearer kw_demo_admin']) {
      expect((await as(good).get('/custom_objects')).status).toBe(200);
    }
  });

  it('that are missing or wrong are answered with 401', async () => {
    for (const bad of [
      null,
      'Basic',
      'Basic !!!',
      'Digest x',
      basic('admin@keyway.test/token', 'wrong'),
      basic('/token', 'kw_demo_admin'),
      basic('admin@keyway.test', 'kw_demo_admin'),
      basic('admin@keyway.test', 'keyway-demo'),
    ]) {
      expect(await as(bad).get('/custom_objects'), String(bad)).toMatchObject(couldNot);
    }
    expect(await as('Bearer wrong').get('/custom_objects')).toMatchObject({
      status: 401,
      body: { error: 'invalid_token', error_description: expect.any(String) },
    });
  });

  it('are judged before the body and the path are', async () => {
    expect(await as(null).post('/custom_objects/unheard_of/records', '{')).toMatchObject(couldNot);
  });

  it('work under the prefix of their workspace, and of no other', async () => {
    const prefixed = (name: string) => admin.get(`${server.origin}/w/${name}/api/v2/custom_objects/claim`);
    const { body } = await must(prefixed('Demo'), 200);
    expect(body.custom_object.url).toBe(`${server.origin}/w/Demo/api/v2/custom_objects/claim.json`);
    expect((await prefixed('Nobody')).status).toBe(404);
  });
});

describe('users/me', () => {
  it('says who the credentials are, and their role', async () => {
    for (const [client, role] of [
      [admin, 'admin'],
      [power, 'admin'],
      [member, 'agent'],
    ] as const) {
      for (const path of ['/users/me', '/users/me.json']) {
        const { body } = await must(client.get(path), 200);
        expect(body.user).toMatchObject({ id: expect.any(Number), name: expect.any(String), role });
      }
    }
  });

  it('is anonymous without credentials, and 401 with wrong ones', async () => {
    const { body } = await must(as(null).get('/users/me'), 200);
    expect(body.user).toMatchObject({ id: null, role: 'end-user' });
    expect((await as('Bearer wrong').get('/users/me')).status).toBe(401);
  });
});

describe('users', () => {
  const names = ({ body }: { body: { users: { name: string }[] } }) => body.users.map(({ name }) => name);
  const all = ['Power user', 'Member', 'Administrator'];

  it('are those of the workspace, in pages of either kind', async () => {
    expect(names(await must(member.get('/users.json'), 200))).toEqual(all);
    const first = await must(member.get('/users?page[size]=2'), 200);
    expect(first.body.meta.has_more).toBe(true);
    expect(names(await must(member.get(first.body.links.next), 200))).toEqual(all.slice(2));
    const second = await must(member.get('/users?page=2&per_page=2'), 200);
    expect(second.body).toMatchObject({ count: 3, next_page: null, previous_page: expect.stringContaining('page=1') });
    expect(names(second)).toEqual(all.slice(2));
  });

  it('are shown one by one, and several, by their ids', async () => {
    const { user } = (await must(member.get('/users/me'), 200)).body;
    expect((await must(admin.get(`/users/${user.id}.json`), 200)).body.user).toEqual(user);
    const [first, , third] = (await must(member.get('/users'), 200)).body.users;
    const some = await must(member.get(`/users/show_many.json?ids=${first.id},999,${third.id}`), 200);
    expect(names(some)).toEqual([all[0], all[2]]);
    for (const id of ['0', '999999', 'x', '-1', '1e3']) expect((await member.get(`/users/${id}`)).status, id).toBe(404);
    expect((await member.get('/users/show_many')).status).toBe(400);
    expect((await as(null).get('/users')).status).toBe(401);
  });

  it('are found by address and by name', async () => {
    const search = async (query: string) => names(await must(member.get(`/users/search.json?query=${query}`), 200));
    expect(await search('member@keyway.test')).toEqual(['Member']);
    expect(await search('email:ADMIN@keyway.test')).toEqual(['Administrator']);
    expect(await search('user')).toEqual(['Power user']);
    expect(await search('nobody')).toEqual([]);
    const paged = await must(member.get('/users/search?query=e&per_page=1'), 200);
    expect(paged.body.next_page === null || paged.body.next_page.includes('query=e')).toBe(true);
  });
});

describe('roles', () => {
  const field = { custom_object_field: { key: 'color', title: 'Color' } };

  it('let administrators and power users change objects and fields, and agents only look at them', async () => {
    const path = await newObject(power, [{ key: 'size' }]);
    const calls = (client: typeof member) => [
      () => client.post('/custom_objects', { custom_object: { key: 'own', title: 'Own' } }),
      () => client.patch(path, { custom_object: { title: 'Other' } }),
      () => client.get('/custom_objects/limits/object_limit'),
      () => client.post(`${path}/fields`, field),
      () => client.patch(`${path}/fields/size`, { custom_object_field: { title: 'Other' } }),
      () => client.put(`${path}/fields/reorder`, { field_ids: [] }),
      () => client.delete(`${path}/fields/size`),
      () => client.delete(path),
    ];
    for (const call of calls(member)) expect(await call()).toMatchObject(forbidden);
    for (const path_ of [
      '/custom_objects',
      path,
      `${path}/fields`,
      `${path}/fields/size`,
      `${path}/limits/field_limit`,
      '/custom_objects/limits/record_limit',
    ]) {
      expect((await member.get(path_)).status, path_).toBe(200);
    }
    for (const call of calls(power)) expect((await call()).status).toBeLessThan(300);
  });

  it('let agents do with records what their grants say', async () => {
    const path = await newObject(admin);
    const record = { custom_object_record: { name: 'Van' } };
    const made = await must(member.post(`${path}/records`, record), 201);
    await must(member.patch(`${path}/records?external_id=A`, record), 200);
    const one = `${path}/records/${made.body.custom_object_record.id}`;
    for (const read of [one, `${path}/records`, `${path}/records/count`])
      expect((await member.get(read)).status).toBe(200);
    for (const gone of [one, `${path}/records?external_id=A`])
      expect(await member.delete(gone)).toMatchObject(forbidden);
    expect((await member.get(one)).body.custom_object_record.created_by_user_id).toBe(
      String((await member.get('/users/me')).body.user.id),
    );
  });
});

describe('every answer', () => {
  it('has the rate-limit headers, and no Retry-After', async () => {
    const answers = [
      await admin.get('/custom_objects'),
      await admin.get('/unheard_of'),
      await as(null).get('/custom_objects'),
      await admin.patch('/custom_objects/claim/records', {}),
    ];
    for (const { headers } of answers) {
      expect(headers.get('x-rate-limit')).toBe('700');
      expect(headers.get('x-rate-limit-remaining')).toBe('699');
      expect(headers.get('ratelimit-limit')).toBe('700');
      expect(headers.get('ratelimit-remaining')).toBe('699');
      expect(Number(headers.get('ratelimit-reset'))).toBeLessThanOrEqual(60);
      expect(headers.get('retry-after')).toBeNull();
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    }
  });

  it('to an unknown path or method is InvalidEndpoint', async () => {
    for (const answer of [
      await admin.get('/tickets'),
      await admin.get('/custom_objects/claim/unheard_of'),
      await admin.put('/custom_objects/claim/records', {}),
      await admin.delete('/custom_objects'),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { error: 'InvalidEndpoint', description: 'Not found' } });
    }
  });

  it('to a body that is nested thousands deep is 400', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const bodies = [`{"custom_object_record":{"name":"Van","custom_object_fields":{"description":${deep}}}}`, deep];
    for (const body of bodies) {
      const answer = await admin.patch('/custom_objects/claim/records?external_id=A', body);
      expect(answer).toMatchObject({ status: 400, body: { error: 'Unprocessable' } });
    }
  });

  it('to a body that is not JSON is 400, and a long one 413', async () => {
    const path = '/custom_objects/claim/records';
    expect(await admin.post(path, '{"custom_object_record":')).toMatchObject({
      status: 400,
      body: { error: 'Unprocessable' },
    });
    const long = await admin.post(path, `"${'x'.repeat(11 * 1024 * 1024)}"`);
    expect(long).toMatchObject({ status: 413, body: { error: 'RequestEntityTooLarge' } });
  });
});

describe('a server with settings of its own', () => {
  const own = zendeskDialect({
    ...defaultOptions,
    passwordLogin: true,
    rateLimit: 30,
    createdByUpsertStatus: 201,
    dates: 'day',
    unknownFieldKeys: 'refuse',
    limits: { ...defaultOptions.limits, objects: 11, fieldsPerObject: 2 },
  });
  const settings = demoServer(own);
  const client = clientOf(() => settings.origin);
  const record = (custom_object_record: unknown) => ({ custom_object_record });

  it('takes passwords', async () => {
    const withPassword = (password: string) => clientOf(() => settings.origin, basic('admin@keyway.test', password));
    expect((await withPassword('keyway-demo').get('/users/me')).body.user).toMatchObject({ role: 'admin' });
    expect(await withPassword('wrong').get('/users/me')).toMatchObject(couldNot);
  });

  it('limits objects and fields, refuses unknown keys, shows days, says created, and counts requests', async () => {
    const path = await newObject(client, [{ key: 'sold', type: 'date' }, { key: 'color' }]);
    const third = await client.post(`${path}/fields`, { custom_object_field: { key: 'size', title: 'Size' } });
    expect(third.body.details.base).toMatchObject([{ error: 'LimitExceeded' }]);
    const another = await client.post('/custom_objects', { custom_object: { key: 'other', title: 'Other' } });
    expect(another.status).toBe(422);
    expect(another.body.details.base).toMatchObject([{ error: 'LimitExceeded' }]);
    expect((await client.get('/custom_objects/limits/object_limit')).body).toEqual({ count: 11, limit: 11 });
    const upsert = (fields: unknown) =>
      client.patch(`${path}/records?external_id=A`, record({ name: 'Van', custom_object_fields: fields }));
    const unknown = await upsert({ size: 'L', color: 5 });
    expect(unknown.status).toBe(422);
    expect(Object.keys(unknown.body.details).sort()).toEqual(['color', 'size']);
    const made = await must(upsert({ sold: '2026-03-01' }), 201);
    expect(made.body.custom_object_record.custom_object_fields.sold).toBe('2026-03-01');
    expect((await upsert({ sold: '2026-03-02' })).status).toBe(200);
    expect((await client.get(path)).headers.get('x-rate-limit')).toBe('30');
  });
});

describe('the rate limit', () => {
  it('counts by workspace and minute, and refuses with the seconds to wait', () => {
    let now = Date.UTC(2026, 2, 1, 9, 15, 20);
    const limiter = rateLimiter(2, () => now);
    const [one, two] = [workspaceId(1), workspaceId(2)];
    expect(limiter.take(one)).toMatchObject({
      allowed: true,
      headers: { 'x-rate-limit': '2', 'x-rate-limit-remaining': '1' },
    });
    expect(limiter.take(one).allowed).toBe(true);
    expect(limiter.take(one)).toMatchObject({
      allowed: false,
      resetSeconds: 40,
      headers: { 'ratelimit-remaining': '0' },
    });
    expect(limiter.take(two).allowed).toBe(true);
    now += 40_000;
    expect(limiter.take(one).allowed).toBe(true);
  });
});
