import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, type Json, reasons } from '../test-client.ts';

describe('access', async () => {
  const { call, url } = await demoServer();
  const makeKey = (body: object): Promise<Answer> => call('POST', '/v1/keys', { body });

  it('tells a key who it is and what it may', async () => {
    const { body } = await call('GET', '/v1/me', { as: 'member' });
    expect(body).toMatchObject({
      workspace: { id: '755053b0-ba42-494a-b467-8c2cf408be65', name: 'Demo' },
      principal: { role: 'member' },
    });
    expect(Object.values(body.principal.grants).flat()).toEqual(expect.arrayContaining(['read', 'create', 'edit']));
  });

  it('makes a key that works at once, with its grants and no more, until it is revoked', async () => {
    const made = await makeKey({ label: 'ERP', grants: { claim: ['read'], policy: ['read', 'attach:contact'] } });
    expect(made.status).toBe(201);
    const { key, secret } = made.body;
    expect(key).toMatchObject({ kind: 'bearer', label: 'ERP', principal: { role: 'member' }, revoked_at: null });
    expect((await call('GET', '/v1/records/claim/5001', { as: secret })).status).toBe(200);
    const refused = await call('GET', '/v1/records/contact/2001', { as: secret });
    expect(refused.body).toMatchObject({
      status: 403,
      code: 'grant_missing',
      violations: [{ action: 'read', type: 'contact' }],
    });
    expect((await call('PUT', '/v1/records/policy/67890/links/contacts/106', { as: secret })).status).toBe(201);
    expect(JSON.stringify((await call('GET', '/v1/keys')).body)).not.toContain(secret);
    expect((await call('DELETE', `/v1/keys/${key.id}`)).body).toEqual({ outcome: 'revoked', id: key.id });
    expect((await call('GET', '/v1/records/claim/5001', { as: secret })).status).toBe(401);
    expect(reasons(await call('DELETE', `/v1/keys/${key.id}`))).toEqual([['unknown_key', 'path.id']]);
    const { body: keys } = await call('GET', '/v1/keys');
    expect(keys.items.find(({ id }: Json) => id === key.id).revoked_at).not.toBe(null);
  });

  it.each(['client', 'oauth1', 'hmac'])('makes %s credentials, their secrets shown once', async (kind) => {
    const { body } = await makeKey({ label: kind, kind });
    expect(body.key).toMatchObject({ kind, label: kind });
    expect(body.token_id === null).toBe(kind !== 'oauth1');
    const { body: keys } = await call('GET', '/v1/keys');
    expect(JSON.stringify(keys)).not.toContain(body.secret);
    expect(keys.items).toContainEqual(body.key);
  });

  it('makes a client that signs assertions, known by its public key', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
    const { status, body } = await makeKey({ label: 'm2m', kind: 'jwt', public_key: pem });
    expect([status, body.secret, body.token_secret]).toEqual([201, null, null]);
    expect(body).toMatchObject({ key: { kind: 'jwt' }, token_id: expect.stringMatching(/^kw_key_/) });
  });

  it.each([
    [{ label: 'x', kind: 'jwt' }, 400, [['member_missing', 'public_key']]],
    [{ label: 'x', kind: 'jwt', public_key: 'a key' }, 400, [['member_invalid', 'public_key']]],
    [{ label: 'x', public_key: 'a key' }, 400, [['member_invalid', 'public_key']]],
    [{}, 400, [['member_missing', 'label']]],
    [{ label: '' }, 400, [['member_invalid', 'label']]],
    [{ label: 'x\u0000' }, 400, [['member_invalid', 'label']]],
    [{ label: 'x', role: 'boss' }, 400, [['member_invalid', 'role']]],
    [
      { label: 'x', kind: 'saml', scope: [] },
      400,
      [
        ['unknown_member', 'scope'],
        ['member_invalid', 'kind'],
      ],
    ],
    [{ label: 'x', grants: { claim: ['write'] } }, 400, [['member_invalid', 'grants.claim.0']]],
    [
      { label: 'x', grants: { clam: ['read'], claim: ['attach:contract'] } },
      422,
      [
        ['grant_on_unknown_type', 'grants.clam'],
        ['grant_on_unknown_type', 'grants.claim.0'],
      ],
    ],
  ])('refuses the key %j', async (body, status, expected) => {
    const answer = await makeKey(body);
    expect([answer.status, reasons(answer)]).toEqual([status, expected]);
  });

  it('makes a user, once per e-mail address', async () => {
    const user = {
      email: 'new@example.test',
      name: 'New',
      password: 'long enough',
      grants: { '*': ['read', 'attach:*'] },
    };
    const made = await call('POST', '/v1/users', { body: user });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      email: 'new@example.test',
      role: 'member',
      disabled: false,
      grants: user.grants,
    });
    expect((await call('GET', '/v1/users')).body.items).toContainEqual(made.body);
    const again = await call('POST', '/v1/users', { body: user });
    expect([again.status, reasons(again)]).toEqual([409, [['email_taken', 'email']]]);
    const bad = await call('POST', '/v1/users', { body: { email: 'nobody', name: 'x', password: 'short' } });
    expect(reasons(bad)).toEqual([
      ['member_invalid', 'email'],
      ['member_invalid', 'password'],
    ]);
    expect(JSON.stringify(bad.body)).not.toContain('short"');
  });

  it('changes the role and the grants of a user, each by itself, and they hold at once', async () => {
    const user = { email: 'gil@keyway.test', name: 'Gil', password: 'long enough', grants: { claim: ['read'] } };
    const { body: made } = await call('POST', '/v1/users', { body: user });
    const change = (body: object, id = made.id): Promise<Answer> => call('PATCH', `/v1/users/${id}`, { body });
    const granted = await change({ grants: { '*': ['read', 'attach:contact'] } });
    expect(granted.body).toMatchObject({ role: 'member', grants: { '*': ['read', 'attach:contact'] } });
    expect((await change({ role: 'power' })).body).toMatchObject({ role: 'power', grants: granted.body.grants });
    expect((await call('GET', '/v1/users')).body.items).toContainEqual((await change({})).body);
    expect(reasons(await change({ grants: { nothing: ['read'] } })).map(([code]) => code)).toEqual([
      'grant_on_unknown_type',
    ]);
    expect((await change({ grants: { '*': ['own'] } })).status).toBe(400);
    expect(reasons(await change({ role: 'member' }, 999_999))).toEqual([['unknown_user', 'path.id']]);
  });

  it('leaves the password and the sessions of a user whose role and grants it changes, and keys alone', async () => {
    const user = { email: 'kay@keyway.test', name: 'Kay', password: 'long enough' };
    const { body: made } = await call('POST', '/v1/users', { body: user });
    const signIn = (): Promise<Answer> =>
      call('POST', '/v1/session', { as: null, body: { user_name: user.email, password: user.password } });
    const headers = { cookie: (await signIn()).headers.get('set-cookie')?.split(';')[0] ?? '' };
    await call('PATCH', `/v1/users/${made.id}`, { body: { role: 'power', grants: { claim: ['read'] } } });
    const me = await call('GET', '/v1/me', { as: null, headers });
    expect([me.status, me.body.principal?.role]).toEqual([200, 'power']);
    expect((await signIn()).status).toBe(200);
    const { body: key } = await call('POST', '/v1/keys', { body: { label: 'No user', role: 'member' } });
    const ofKey = `/v1/users/${key.key.principal_id}`;
    expect(reasons(await call('PATCH', ofKey, { body: { role: 'admin' } }))).toEqual([['unknown_user', 'path.id']]);
    expect(reasons(await call('DELETE', ofKey))).toEqual([['unknown_user', 'path.id']]);
    expect((await call('GET', '/v1/me', { as: key.secret })).body.principal.role).toBe('member');
  });

  it('gives a user another password, with which alone one signs in from then on', async () => {
    const user = { email: 'pia@keyway.test', name: 'Pia', password: 'the old one' };
    const { body: made } = await call('POST', '/v1/users', { body: user });
    const signIn = (password: string): Promise<Answer> =>
      call('POST', '/v1/session', { as: null, body: { user_name: user.email, password } });
    const headers = { cookie: (await signIn('the old one')).headers.get('set-cookie')?.split(';')[0] ?? '' };
    const me = (): Promise<Answer> => call('GET', '/v1/me', { as: null, headers });
    expect((await me()).status).toBe(200);
    const changed = await call('PATCH', `/v1/users/${made.id}`, { body: { password: 'the new one' } });
    expect([changed.status, changed.body]).toEqual([200, made]);
    expect((await me()).status).toBe(401);
    expect((await signIn('the old one')).status).toBe(401);
    expect((await signIn('the new one')).status).toBe(200);
    const short = await call('PATCH', `/v1/users/${made.id}`, { body: { password: 'short' } });
    expect([short.status, reasons(short)]).toEqual([400, [['member_invalid', 'password']]]);
    const other = await call('PATCH', `/v1/users/${made.id}`, { as: 'power', body: { password: 'of somebody' } });
    expect(other.status).toBe(403);
  });

  it('disables a user, whose address is free then', async () => {
    const user = { email: 'lea@keyway.test', name: 'Lea', password: 'long enough' };
    const { body: made } = await call('POST', '/v1/users', { body: user });
    const disable = (id = made.id): Promise<Answer> => call('DELETE', `/v1/users/${id}`);
    expect((await disable()).body).toEqual({ outcome: 'disabled', id: made.id });
    expect((await call('GET', '/v1/users')).body.items).toContainEqual({ ...made, disabled: true });
    expect(reasons(await disable())).toEqual([['unknown_user', 'path.id']]);
    expect(reasons(await call('PATCH', `/v1/users/${made.id}`, { body: {} }))).toEqual([['unknown_user', 'path.id']]);
    expect((await call('POST', '/v1/users', { body: user })).status).toBe(201);
  });

  it('lets no administrator shut himself out', async () => {
    const user = { email: 'eve@keyway.test', name: 'Eve', password: 'long enough', role: 'admin' };
    await call('POST', '/v1/users', { body: user });
    const answer = await call('POST', '/v1/session', {
      as: null,
      body: { user_name: user.email, password: user.password },
      headers: { origin: url },
    });
    const headers = { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '', origin: url };
    const { id } = answer.body.principal;
    const refused = await call('PATCH', `/v1/users/${id}`, { as: null, body: { role: 'member' }, headers });
    expect([refused.status, reasons(refused)]).toEqual([409, [['own_access', 'role']]]);
    const gone = await call('DELETE', `/v1/users/${id}`, { as: null, headers });
    expect(reasons(gone)).toEqual([['own_access', 'path.id']]);
  });

  it('shows names only to a power user, and the client ids that an interface names', async () => {
    const { body: keys } = await call('GET', '/v1/keys', { as: 'power' });
    const membersOf = (kind: string): string[] => Object.keys(keys.items.find((key: Json) => key.kind === kind)).sort();
    expect(membersOf('client')).toEqual(['client_id', 'id', 'kind', 'label', 'principal_id', 'revoked_at']);
    for (const kind of ['bearer', 'oauth1'])
      expect(membersOf(kind)).toEqual(['id', 'kind', 'label', 'principal_id', 'revoked_at']);
    const { body: users } = await call('GET', '/v1/users', { as: 'power' });
    expect(users.items.length).toBeGreaterThan(0);
    for (const user of users.items) expect(Object.keys(user).sort()).toEqual(['id', 'name']);
  });
});
