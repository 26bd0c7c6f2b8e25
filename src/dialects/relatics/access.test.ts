import { type IncomingMessage, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { maxSetBytes, maxTokenRequestBytes } from './options.ts';
import {
  type Answer,
  askToken,
  demoClient,
  InterfaceClient,
  send,
  synchronizing,
  tokenIn,
  tokenPath,
  workspace,
} from './test-client.ts';
import { addInterfaces, contactsInterface } from './test-schema.ts';

let server: FreshServer;
let client: InterfaceClient;
beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
  await addInterfaces(server.hub, client.caller, {
    contacts: contactsInterface,
    open: { name: 'Open to all', type: 'element' },
    files: { name: 'Files', type: 'file', direction: 'providing' },
    uploads: { name: 'Uploads', type: 'element', initiator: 'upload' },
  });
});
afterAll(() => server.close());

const json = (answer: Answer) => JSON.parse(answer.text) as unknown;
const interfaces = `/api/v1/workspaces/${workspace}/interfaces`;
const set = '{"Elements":[{"@externalid":"A"}]}';
/** Sends a set with a credential; null: without any. */
const sync = (token: string | null, path = synchronizing, headers: Record<string, string> = {}) =>
  send(server.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: set,
  });

describe('the token address', () => {
  const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const demoBasic = basic('kw_demo_client', 'kw_demo_client_secret');
  const { grant_type, client_id, client_secret } = demoClient;

  it.each(['Demo', 'demo', 'DEMO', workspace, workspace.toUpperCase()])(
    'knows the environment as %s',
    async (environment) => {
      const answer = await askToken(server.url, demoClient, tokenPath.replace('Demo', environment));
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect((await sync(tokenIn(answer))).status).toBe(200);
    },
  );

  it.each([tokenPath, '/oauth2/token'])(
    'takes the client by HTTP Basic at %s, the form as text/plain',
    async (path) => {
      const answer = await send(server.url + path, {
        method: 'POST',
        headers: { authorization: demoBasic, 'content-type': 'text/plain' },
        body: 'grant_type=client_credentials',
      });
      expect(answer.status).toBe(200);
      expect(json(answer)).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
      expect((await sync(tokenIn(answer))).status).toBe(200);
    },
  );

  it('gives a token that opens this dialect only', async () => {
    const token = tokenIn(await askToken(server.url, demoClient));
    expect(await server.hub.access.bearer(token, 'relatics')).toBeDefined();
    expect(await server.hub.access.bearer(token, 'native')).toBeUndefined();
  });

  it.each([
    ['a wrong secret', { ...demoClient, client_secret: 'wrong' }, 401, 'unauthorized_client'],
    ['an unknown client', { ...demoClient, client_id: 'nobody' }, 401, 'unauthorized_client'],
    ['another grant', { ...demoClient, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no grant', { client_id, client_secret }, 400, 'invalid_request'],
    ['no client', { grant_type, client_secret }, 400, 'invalid_request'],
    ['no secret', { grant_type, client_id }, 400, 'invalid_request'],
  ])('refuses %s', async (_case, form, status, error) => {
    const answer = await askToken(server.url, form as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(json(answer)).toEqual({ error, error_description: expect.any(String) });
  });

  it('names the missing parameter, and refuses a body that is no form in the same way', async () => {
    const answer = await send(server.url + tokenPath, { method: 'POST', body: '{"grant_type":"client_credentials"}' });
    expect(json(answer)).toEqual({ error: 'invalid_request', error_description: 'Missing form parameter: grant_type' });
  });

  it('tells an unknown realm from a wrong client', async () => {
    const answer = await askToken(server.url, demoClient, tokenPath.replace('Demo', 'Nowhere'));
    expect([answer.status, json(answer)]).toEqual([404, { error: 'Realm does not exist' }]);
  });

  it('says what is wrong before its routes in the words of OAuth, too', async () => {
    const get = await send(server.url + tokenPath);
    expect([get.status, get.headers.get('allow'), json(get)]).toMatchObject([
      405,
      'POST',
      { error: 'invalid_request' },
    ]);
    const unknown = await send(`${server.url}/auth/realms/Demo/protocol/saml`);
    expect([unknown.status, json(unknown)]).toMatchObject([404, { error: 'not_found' }]);
    const large = await askToken(
      server.url,
      { ...demoClient, scope: 'x'.repeat(maxTokenRequestBytes) },
      '/oauth2/token',
    );
    expect([large.status, json(large)]).toMatchObject([413, { error: 'invalid_request' }]);
  });

  it('knows nobody whose name cannot be stored', async () => {
    expect((await askToken(server.url, { ...demoClient, client_id: 'a\u0000' })).status).toBe(401);
    expect((await askToken(server.url, demoClient, tokenPath.replace('Demo', '%00'))).status).toBe(404);
  });

  it('at its older address says invalid_client', async () => {
    const answer = await askToken(server.url, { ...demoClient, client_secret: 'wrong' }, '/oauth2/token');
    expect([answer.status, json(answer)]).toEqual([
      401,
      { error: 'invalid_client', error_description: 'Client not found.' },
    ]);
  });

  it('knows no client of another workspace', async () => {
    const made = await server.hub.workspaces.create({ name: 'Elsewhere' });
    if (made.kind !== 'created') throw new Error(made.kind);
    for (const path of [tokenPath.replace('Demo', 'Elsewhere'), `/w/${made.workspace.guid}${tokenPath}`]) {
      const answer = await askToken(server.url, demoClient, path);
      expect([answer.status, json(answer)]).toMatchObject([401, { error: 'unauthorized_client' }]);
    }
    expect((await askToken(server.url, demoClient, `/w/${made.workspace.guid}/oauth2/token`)).status).toBe(401);
    expect((await askToken(server.url, demoClient, `/w/${workspace}/oauth2/token`)).status).toBe(200);
    expect((await sync(made.adminKey)).status).toBe(404);
    expect((await sync('kw_demo_admin', `/w/${made.workspace.guid}${synchronizing}`)).status).toBe(401);
    expect((await sync('kw_demo_admin', `/w/${workspace}${synchronizing}`)).status).toBe(200);
  });
});

describe('an interface', () => {
  it.each([
    ['no token', null],
    ['an unknown token', 'kw_nobody'],
    ['an empty token', ''],
  ])('refuses %s with 401', async (_case, token) => {
    const answer = await sync(token);
    expect([answer.status, json(answer)]).toMatchObject([401, { error: { code: 'Unauthorized' } }]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('refuses a token after it has expired', async () => {
    const principal = await server.hub.access.client('kw_demo_client', 'kw_demo_client_secret');
    if (principal === undefined) throw new Error('no demo client');
    const session = await server.hub.access.openSession({
      principal,
      via: 'relatics',
      client: 'kw_demo_client',
      platform: 'api',
      accessSeconds: -1,
      refreshSeconds: null,
      exclusive: false,
    });
    expect((await sync(session.accessToken)).status).toBe(401);
  });

  it('is open to its API keys and to those who configure it, and answers 403 to others', async () => {
    const wanted = { kind: 'client', label: 'Another application', role: 'power', grants: {} } as const;
    const key = await server.hub.access.createCredential(client.caller, wanted);
    const form = { ...demoClient, client_id: key.clientId, client_secret: key.secret };
    const other = tokenIn(await askToken(server.url, form));

    const demo = tokenIn(await askToken(server.url, demoClient));
    for (const token of [demo, 'kw_demo_admin', 'kw_demo_power']) expect((await sync(token)).status).toBe(200);
    for (const token of [other, 'kw_demo_member']) {
      const answers = [
        await sync(token),
        await send(`${server.url}${interfaces}/providing/contacts`, { headers: { authorization: `Bearer ${token}` } }),
      ];
      for (const answer of answers) {
        expect([answer.status, json(answer)]).toMatchObject([403, { error: { code: 'Forbidden' } }]);
      }
    }
    expect((await sync(other, `${interfaces}/synchronizing/open`)).status).toBe(200);
  });

  it('that names no API keys is closed to those whose grants do not suffice', async () => {
    expect((await sync('kw_demo_member', `${interfaces}/synchronizing/open`)).status).toBe(403);
    const wanted = { kind: 'bearer', label: 'No grants', role: 'member', grants: {} } as const;
    const { secret } = await server.hub.access.createCredential(client.caller, wanted);
    const answer = await send(`${server.url}${interfaces}/providing/files`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect([answer.status, json(answer)]).toMatchObject([403, { error: { code: 'Forbidden' } }]);
  });

  it('that takes uploads takes no requests', async () => {
    expect((await sync('kw_demo_admin', `${interfaces}/synchronizing/uploads`)).status).toBe(403);
  });

  it.each([
    ['an unknown endpoint', `${interfaces}/synchronizing/nothing`],
    ['an endpoint of the other direction', `${interfaces}/synchronizing/contacts`],
    ['another workspace', synchronizing.replace(workspace, '00000000-0000-4000-8000-000000000000')],
    ['a workspace by name', synchronizing.replace(workspace, 'Demo')],
    ['an unknown direction', `${interfaces}/inspecting/myendpoint`],
    ['an unknown address', `/api/v1/workspaces/${workspace}`],
    ['an endpoint that is not an endpoint', `${interfaces}/synchronizing/__proto__`],
    ['a malformed address', `${interfaces}/synchronizing/%zz`],
  ])('answers 404 for %s', async (_case, path) => {
    const answer = await sync('kw_demo_admin', path);
    expect([answer.status, json(answer)]).toMatchObject([404, { error: { code: 'NotFound' } }]);
  });

  it('is written by POST only', async () => {
    const answer = await send(server.url + synchronizing, { headers: { authorization: 'Bearer kw_demo_admin' } });
    expect([answer.status, json(answer)]).toMatchObject([405, { error: { code: 'MethodNotAllowed' } }]);
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('answers in XML when Accept says so, errors included', async () => {
    const answer = await sync('kw_nobody', synchronizing, { accept: 'application/xml' });
    expect(answer.headers.get('content-type')).toBe('application/xml; charset=utf-8');
    expect(answer.text).toMatch(/^<error code="Unauthorized">.+<\/error>$/);
    const unknown = await sync('kw_demo_admin', `${interfaces}/synchronizing/a%22%3C%26b`, { accept: 'text/xml' });
    expect(unknown.text).toMatch(/^<error code="NotFound">[^<]*a&quot;&lt;&amp;b[^<]*<\/error>$/);
  });

  it('refuses an Accept that it cannot serve, and a body that is neither JSON nor XML', async () => {
    const image = await sync('kw_demo_admin', synchronizing, { accept: 'image/png' });
    expect([image.status, json(image)]).toMatchObject([406, { error: { code: 'NotAcceptable' } }]);
    for (const type of [
      'text/csv',
      'multipart/form-data; boundary=x',
      'nonsense',
      'application/json; charset=klingon',
    ]) {
      const answer = await sync('kw_demo_admin', synchronizing, { 'content-type': type });
      expect([type, answer.status, json(answer)]).toMatchObject([
        type,
        415,
        { error: { code: 'UnsupportedMediaType' } },
      ]);
    }
  });

  it('refuses a body that is too large, before anything of it is read', async () => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: 'Bearer kw_demo_admin', 'content-length': maxSetBytes + 1 };
      const sent = request(server.url + synchronizing, { method: 'POST', headers }, resolve).on('error', reject);
      sent.flushHeaders();
    });
    const text = await textOf(answer);
    expect([answer.statusCode, JSON.parse(text)]).toMatchObject([413, { error: { code: 'TooLarge' } }]);
    answer.destroy();
  });
});
