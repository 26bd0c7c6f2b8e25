import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { type Answer, clientOf, ownerOf, unable } from '../test-client.ts';
import { signatureOf } from './hmac.ts';

const server = await freshServer();
afterAll(() => server.close());

const anonymous = clientOf(() => server.url, {});
const denied = { status: 401, body: 'Authorization has been denied for this request.' };
const login = { Account: 'Demo', ClientName: 'Demo', User: 'admin@keyway.test', Password: 'keyway-demo' };

const authenticate = (body: unknown) => anonymous.post('/OrigamiApi/Authentication/Authenticate', body);
const tokenOf = (answer: Answer): string => (answer.body as { token: string }).token;

describe('POST /Authentication/Authenticate', () => {
  it('gives a token that opens the API for half an hour', async () => {
    const before = Date.now();
    const answer = await authenticate(login);
    expect(answer).toMatchObject({
      status: 200,
      body: { token: expect.any(String), tokenExpiry: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) },
    });
    const expiry = Date.parse((answer.body as { tokenExpiry: string }).tokenExpiry) - 30 * 60_000;
    expect(expiry).toBeGreaterThan(before - 1000); // it is told in whole seconds
    expect(expiry).toBeLessThanOrEqual(Date.now());
    expect(await anonymous.get('/OrigamiApi/api/Claim/5001', { Token: tokenOf(answer) })).toMatchObject({
      status: 200,
    });
  });

  it('gives the same token when asked again, at once or later, and another to each client and user', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => authenticate({ ...login, ClientName: 'Same' })));
    const again = await authenticate({ ...login, ClientName: 'Same' });
    expect(new Set([...answers, again].map(tokenOf)).size).toBe(1);
    const across = await authenticate({ ...login, ClientName: '__CrossClientSessionClient' });
    const power = await authenticate({ ...login, ClientName: 'Same', User: 'power@keyway.test' });
    expect(new Set([again, across, power].map(tokenOf)).size).toBe(3);
  });

  it('takes the part of the user name before the @', async () => {
    expect(await authenticate({ ...login, User: 'admin' })).toMatchObject({ status: 200 });
  });

  it.each([
    { Account: 'Other' },
    { User: 'nobody@keyway.test' },
    { Password: 'wrong' },
    { Account: undefined },
    { ClientName: undefined },
    { User: undefined },
    { Password: undefined },
    { ClientName: '' },
    { Password: 7 },
    { Account: 'De\0mo' },
    { User: '\ud800' },
    { ClientName: 'x'.repeat(10_000) },
  ])('denies %j', async (change) => {
    expect(await authenticate({ ...login, ...change })).toMatchObject(denied);
  });

  it.each(['[]', '{', ''])('takes the body %j for no request', async (body) => {
    expect(await authenticate(body)).toMatchObject({ status: 400, body: 'The request is invalid.' });
  });
});

describe('POST /Authentication/AuthenticateOAuth', () => {
  const grant = {
    Grant_Type: 'client_credentials',
    Client_ID: 'Demo:Demo:admin@keyway.test',
    Client_Secret: 'keyway-demo',
  };
  const ask = (body: unknown, headers: Record<string, string> = {}) =>
    anonymous.post('/OrigamiApi-v2/Authentication/AuthenticateOAuth', body, headers);

  it('gives the token of the account, client and user', async () => {
    const fresh = { ...grant, Client_ID: 'Demo:Fresh:admin@keyway.test' };
    const answer = await ask(fresh);
    expect(answer).toMatchObject({
      status: 200,
      body: { access_token: expect.any(String), token_type: 'Bearer', expires_in: 1800 },
    });
    const { access_token: token } = answer.body as { access_token: string };
    expect(await anonymous.get('/api/Domains', { Authorization: `Bearer ${token}` })).toMatchObject({ status: 200 });
    expect(tokenOf(await authenticate({ ...login, ClientName: 'Fresh' }))).toBe(token);
  });

  it('takes member names in any case, and forms', async () => {
    const lower = { grant_type: 'client_credentials', client_id: grant.Client_ID, CLIENT_SECRET: grant.Client_Secret };
    expect(await ask(lower)).toMatchObject({ status: 200 });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await ask(new URLSearchParams(grant).toString(), form)).toMatchObject({ status: 200 });
  });

  it('takes the client id and secret of an API key', async () => {
    const key = { ...grant, Client_ID: 'kw_demo_client', Client_Secret: 'kw_demo_client_secret' };
    const { access_token: Token } = (await ask(key)).body as { access_token: string };
    expect(await anonymous.get('/api/Claim/5001', { Token })).toMatchObject({ status: 200 });
  });

  it.each([
    { Grant_Type: 'password' },
    { Grant_Type: undefined },
    { Client_ID: 'Other:Demo:admin@keyway.test' },
    { Client_ID: 'Demo:admin@keyway.test' },
    { Client_ID: 'Demo::admin@keyway.test' },
    { Client_ID: 'kw_demo_client' },
    { Client_Secret: 'wrong' },
    { Client_Secret: undefined },
  ])('denies %j', async (change) => {
    expect(await ask({ ...grant, ...change })).toMatchObject(denied);
  });
});

describe('GET /Authentication', () => {
  it('/HasTokenExpired says whether a token opens nothing any more', async () => {
    const expired = (headers: Record<string, string>) =>
      anonymous.get('/OrigamiApi/Authentication/HasTokenExpired', headers);
    expect(await expired({ Token: tokenOf(await authenticate(login)) })).toMatchObject({ status: 200, body: false });
    expect(await expired({ Token: 'kw_demo_admin' })).toMatchObject({ status: 200, body: false });
    expect(await expired({ Token: 'nonsense' })).toMatchObject({ status: 200, body: true });
    expect(await expired({})).toMatchObject(denied);
  });

  it('/HasTokenExpired is true for a token that has ended, which opens nothing any more', async () => {
    const principal = await ownerOf(server.hub);
    const session = {
      principal,
      via: 'origami',
      client: 'Demo',
      platform: 'api',
      refreshSeconds: null,
      exclusive: false,
    };
    const { accessToken: Token } = await server.hub.access.openSession({ ...session, accessSeconds: 0 });
    expect(await anonymous.get('/Authentication/HasTokenExpired', { Token })).toMatchObject({
      status: 200,
      body: true,
    });
    expect(await anonymous.get('/api/Domains', { Token })).toMatchObject(denied);
  });

  it('/Ping answers anybody', async () => {
    for (const base of ['/OrigamiApi', '/OrigamiApi-v2', '']) {
      expect(await anonymous.get(`${base}/Authentication/Ping`)).toMatchObject({ status: 200 });
    }
  });
});

const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

describe('a request', () => {
  it.each([
    ['the header Token', { Token: 'kw_demo_admin' }],
    ['a bearer token', { Authorization: 'Bearer kw_demo_admin' }],
    ['Basic, the token as user name', basic('kw_demo_admin', '')],
    ['Basic, the token as password', basic('token', 'kw_demo_admin')],
  ])('may carry %s', async (_case, headers) => {
    expect(await anonymous.get('/api/Domains', headers)).toMatchObject({ status: 200 });
  });

  it.each([
    ['nothing', {}],
    ['a wrong token', { Token: 'nonsense' }],
    ['a wrong token beside a right one', { Token: 'nonsense', Authorization: 'Bearer kw_demo_admin' }],
    ['a wrong bearer token', { Authorization: 'Bearer nonsense' }],
    ['a user name and password', basic('admin@keyway.test', 'keyway-demo')],
    ['no base64', { Authorization: 'Basic ***' }],
  ])('is denied with %s, before its body is read', async (_case, headers) => {
    const answer = await anonymous.post('/api/Link/Upsert', '{ no JSON', headers);
    expect(answer).toMatchObject(denied);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('is denied with the token of another dialect', async () => {
    const session = await server.hub.access.openSession({
      principal: await ownerOf(server.hub),
      via: 'sugarcrm',
      client: 'sugar',
      platform: 'base',
      accessSeconds: 60,
      refreshSeconds: null,
      exclusive: false,
    });
    expect(await anonymous.get('/api/Domains', { Token: session.accessToken })).toMatchObject(denied);
  });
});

describe('a signed request', async () => {
  const caller = { principal: await ownerOf(server.hub), via: 'origami', requestId: 'test' };
  const key = await server.hub.access.createCredential(caller, {
    kind: 'hmac',
    label: 'signer',
    role: 'admin',
    grants: {},
  });
  const pair = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'Contact', ChildRecordID: 2001 };
  const path = '/OrigamiApi/api/Link/Upsert';
  /** `2026-01-15 09:30:00 +00:00`, so many seconds from now. */
  const dateIn = (seconds: number): string =>
    `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} +00:00`;
  const signed = (method: string, pathAndQuery: string, date: string, contentType = '') => ({
    'x-api-key': key.clientId,
    'x-api-date': date,
    'x-api-signature': signatureOf({ method, contentType, date, pathAndQuery }, key.clientId, key.secret),
  });

  it('needs no token', async () => {
    const headers = signed('POST', path, dateIn(0), 'application/json');
    expect(await anonymous.post(path, pair, { ...headers, 'x-api-clientname': 'Demo' })).toMatchObject({ status: 200 });
    const query = '/OrigamiApi/api/Link/Query?parentDomain=Claim&columns=LinkID%20as%20id';
    expect(await anonymous.get(query, signed('GET', query, dateIn(0)))).toMatchObject({ status: 200 });
    expect(await anonymous.get('/api/Domains', signed('GET', '/api/Domains', dateIn(0)))).toMatchObject({
      status: 200,
    });
  });

  it('is signed from the base path on when the workspace is named in front of it', async () => {
    const { workspace } = await ownerOf(server.hub);
    const prefix = `/w/${(await server.hub.catalogue(workspace)).workspaceGuid}`;
    const domains = '/OrigamiApi/api/Domains';
    expect(await anonymous.get(prefix + domains, signed('GET', domains, dateIn(0)))).toMatchObject({ status: 200 });
  });

  it('may have the standard Date instead', async () => {
    const date = new Date().toUTCString();
    const { 'x-api-date': _, ...headers } = signed('GET', '/api/Domains', date);
    expect(await anonymous.get('/api/Domains', { ...headers, Date: date })).toMatchObject({ status: 200 });
  });

  it('is denied more than 120 seconds from now, or without a date', async () => {
    const at = (date: string) => anonymous.get('/api/Domains', signed('GET', '/api/Domains', date));
    for (const seconds of [-90, 90]) expect(await at(dateIn(seconds))).toMatchObject({ status: 200 });
    for (const seconds of [-150, 150]) expect(await at(dateIn(seconds))).toMatchObject(denied);
    for (const date of ['', 'today', '2026-01-15T09:30:00Z']) expect(await at(date)).toMatchObject(denied);
    const { 'x-api-date': _, ...dateless } = signed('GET', '/api/Domains', '');
    expect(await anonymous.get('/api/Domains', dateless)).toMatchObject(denied);
  });

  it('is denied when anything that is signed differs', async () => {
    const date = dateIn(0);
    const good = signed('POST', path, date, 'application/json');
    for (const headers of [
      { ...good, 'x-api-date': dateIn(-1) },
      { ...good, 'x-api-key': 'unknown' },
      { ...good, 'x-api-signature': 'AAAA' },
      { ...good, 'content-type': 'application/json; charset=utf-8' },
      signed('GET', path, date, 'application/json'),
      signed('POST', `${path}?a=1`, date, 'application/json'),
    ]) {
      expect(await anonymous.post(path, pair, headers)).toMatchObject(denied);
    }
  });

  it('must not have a content type on GET', async () => {
    const headers = {
      ...signed('GET', '/api/Domains', dateIn(0), 'application/json'),
      'content-type': 'application/json',
    };
    expect(await anonymous.get('/api/Domains', headers)).toMatchObject(denied);
  });
});

describe('another workspace', async () => {
  const made = await server.hub.workspaces.create({ name: 'Elsewhere' });
  if (made.kind !== 'created') throw new Error('the workspace could not be made');
  const stranger = clientOf(() => server.url, { Token: made.adminKey });
  const grant = { Client_ID: 'Demo:Demo:admin', Client_Secret: 'keyway-demo', Grant_Type: 'client_credentials' };

  it('is closed to a token of this one when the path names it', async () => {
    const base = '/w/Elsewhere/OrigamiApi';
    expect(await anonymous.get(`${base}/api/Domains`, { Token: 'kw_demo_admin' })).toMatchObject(denied);
    expect(await anonymous.post(`${base}/Authentication/Authenticate`, login)).toMatchObject(denied);
    expect(await anonymous.post(`${base}/Authentication/AuthenticateOAuth`, grant)).toMatchObject(denied);
    const key = { ...grant, Client_ID: 'kw_demo_client', Client_Secret: 'kw_demo_client_secret' };
    expect(await anonymous.post(`${base}/Authentication/AuthenticateOAuth`, key)).toMatchObject(denied);
    expect(await anonymous.get('/w/Demo/api/Domains', { Token: 'kw_demo_admin' })).toMatchObject({ status: 200 });
    expect(await anonymous.post('/w/Demo/Authentication/Authenticate', login)).toMatchObject({ status: 200 });
  });

  it('has domains and records of its own', async () => {
    expect(await stranger.get('/api/Domains')).toMatchObject({ status: 200, body: [] });
    const caller = { principal: await ownerOf(server.hub, made.adminKey), via: 'test', requestId: 'test' };
    const document = { types: { claim: {}, contact: {} }, links: { 'claim.contacts': { to: 'contact' } } };
    await server.hub.applySchema(caller, () => document, { allowLoss: false });
    expect(await stranger.get('/api/Claim/5001')).toMatchObject({ status: 404 });
    const pair = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'Contact', ChildRecordID: 2001 };
    expect(await stranger.post('/api/Link/Upsert', pair)).toMatchObject(
      unable('Unable to identify the parent record based on the information provided.'),
    );
    expect(await stranger.get('/api/Link/Query?childDomain=Contact')).toMatchObject({ status: 200, body: [] });
  });
});
