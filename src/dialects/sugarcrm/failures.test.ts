/** What goes wrong beside the records is answered in the vendor's format, and tells nothing of what is inside. */
import { once } from 'node:events';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub, testSecretKey } from '../../../test/fresh-hub.ts';
import { createHub } from '../../engine/create-hub.ts';
import type { Hub } from '../../engine/hub.ts';
import { Overloaded } from '../../engine/hub-errors.ts';
import { createServer } from '../../http/server.ts';
import { openDatabase } from '../../store/postgres/database.ts';
import { sugarcrm } from './index.ts';
import { fallback, sugarServer } from './test-client.ts';

const base = '/rest/v11_10';

/** Exactly the vendor's two members, as JSON. */
const failure = (status: number, error: string) => ({
  status,
  body: { error, error_message: expect.stringMatching(/^[^\n]+$/) },
});

describe('requests that cannot be served', () => {
  const { call } = sugarServer();

  it.each([
    ['GET', '/rest'],
    ['GET', '/rest/'],
    ['GET', '/rest/v11_10'],
    ['GET', '/rest/v11_10/'],
    ['GET', '/rest/v11_10//'],
    ['GET', '/rest/v11_10/Accounts/x/y/z'],
    ['PATCH', '/rest/v11_10/Accounts'],
    ['POST', '/rest/v11_10/integrate/Accounts/sync_key/a/b'],
    ['PATCH', '/rest/v10/Accounts/sync_key/foo%20bar/1'],
    ['DELETE', '/rest/v11_10/me'],
    ['PUT', '/rest/v11_10/bulk'],
    ['REPORT', '/rest/v11_10/Accounts'],
  ])('because there is no %s %s', async (method, path) => {
    const answer = await call(method, path);
    expect(answer).toMatchObject(answer.status === 301 ? failure(301, 'incorrect_version') : failure(404, 'no_method'));
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it.each<[string, string | Buffer]>([
    ['is broken', '{"name": '],
    ['has more behind it', '{} {}'],
    ['is text', '"x"'],
    ['is a list', '[{}]'],
    ['is null', 'null'],
    ['is a number', '17'],
    ['is no text at all', Buffer.from([0xff, 0xfe, 0x00])],
    ['has a NUL byte', '{"name": "a\u0000b"}'],
    ['has an escaped NUL', '{"name": "a\\u0000b"}'],
    ['has half of a surrogate pair', '{"name": "\\udead"}'],
    ['is compressed', gzipSync('{"name": "x"}')],
    ['is too deep', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
    ['has a value of another type', '{"employees": {"a": 1}}'],
  ])('because their body %s', async (name, body) => {
    for (const path of ['/integrate/Accounts/sync_key/BODY', '/Accounts/sync_key/BODY']) {
      const answer = await call('PATCH', `${base}${path}`, body as string, {
        headers: { 'content-type': 'application/json', ...(Buffer.isBuffer(body) && { 'content-encoding': 'gzip' }) },
      });
      expect(answer).toMatchObject(failure(422, 'invalid_parameter'));
      expect(answer.message).not.toMatch(/\bat .*\.ts|node_modules|Error:/);
      if (name === 'is compressed') expect(answer.message).toContain('sent as it is, not packed');
    }
  });

  it('because they have more arguments than anybody needs, before anybody is known', async () => {
    const many = 'a[]=x&'.repeat(100_000);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await call('POST', `${base}/oauth2/token`, many, { as: null, headers });
    expect(answer).toMatchObject(failure(422, 'invalid_parameter'));
    expect(await call('GET', `${base}/Accounts?${'a=x&'.repeat(2000)}`)).toMatchObject(
      failure(422, 'invalid_parameter'),
    );
  });

  it('because their body is too large', async () => {
    const body = JSON.stringify({ description: 'x'.repeat(10 * 1024 * 1024) });
    expect(await call('PATCH', `${base}/integrate/Accounts/sync_key/LARGE`, body)).toMatchObject(
      failure(413, 'request_too_large'),
    );
  });

  it.each(['%', '%E0%A4%A', '%zz'])('because their address has %s', async (part) => {
    expect(await call('GET', `${base}/Accounts/sync_key/${part}`)).toMatchObject(failure(422, 'invalid_parameter'));
  });

  it('because their address is too long', async () => {
    expect(await call('GET', `${base}/Accounts/sync_key/${'k'.repeat(40_000)}`)).toMatchObject({
      body: { error: 'invalid_parameter' },
    });
  });
});

describe('while the database is away', () => {
  it('every call is told so, and to come back', async () => {
    const fresh = await freshHub();
    const gate = await openGate(fresh.databaseUrl);
    const hub = hubOn(gate.url);
    const server = createServer({ hub, dialects: [fallback, sugarcrm], settings });
    try {
      const headers = { 'oauth-token': 'kw_demo_admin' };
      const up = await server.inject({ url: `${base}/Accounts`, headers });
      expect(up.statusCode).toBe(200);
      await gate.close();
      for (const [method, url] of [
        ['GET', '/Accounts'],
        ['GET', '/me'],
        ['PATCH', '/integrate/Accounts/sync_key/X'],
        ['POST', '/Accounts/filter'],
      ] as const) {
        const answer = await server.inject({ method, url: `${base}${url}`, headers: { 'oauth-token': 'other' } });
        expect({ status: answer.statusCode, body: answer.json() }).toMatchObject(failure(503, 'service_unavailable'));
        expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      }
      const login = await server.inject({
        method: 'POST',
        url: `${base}/oauth2/token`,
        payload: { grant_type: 'password', client_id: 'sugar', username: 'admin', password: 'keyway-demo' },
      });
      expect(login.json()).toMatchObject({ error: 'service_unavailable' });
    } finally {
      await server.close();
      await hub.close();
      await fresh.close();
    }
  });
});

describe('a server that is at its limit, or broken', () => {
  let fresh: FreshHub | undefined;
  afterAll(() => fresh?.close());
  const answerOf = async (fail: () => never) => {
    fresh ??= await freshHub();
    const hub: Hub = { ...fresh.hub, list: async () => fail(), upsert: async () => fail() };
    const server = createServer({ hub, dialects: [fallback, sugarcrm], settings });
    const headers = { 'oauth-token': 'kw_demo_admin' };
    const url = `${base}/Accounts`;
    const bulk = { requests: [{ url: '/v10/Accounts' }, { url: '/v10/ping' }] };
    const answers = [
      await server.inject({ url, headers }),
      await server.inject({ method: 'PATCH', url: `${url}/sync_key/X`, headers }),
    ];
    const parts = await server.inject({ method: 'POST', url: `${base}/bulk`, headers, payload: bulk });
    await server.close();
    return { answers, parts: parts.json() as { status: number }[] };
  };

  it('says that it is too busy, and when to try again', async () => {
    const { answers, parts } = await answerOf(() => {
      throw new Overloaded(3);
    });
    for (const answer of answers) {
      expect({ status: answer.statusCode, body: answer.json() }).toMatchObject(failure(503, 'service_unavailable'));
      expect(answer.headers['retry-after']).toBe('3');
    }
    expect(parts.map(({ status }) => status)).toEqual([503, 200]);
  });

  it('says nothing of a fault but that there was one', async () => {
    const { answers, parts } = await answerOf(() => {
      throw new TypeError('secret at /somewhere/inside.ts:1');
    });
    for (const answer of answers) {
      expect({ status: answer.statusCode, body: answer.json() }).toMatchObject(failure(500, 'fatal_error'));
      expect(answer.payload).not.toMatch(/secret|somewhere|TypeError/);
    }
    expect(parts.map(({ status }) => status)).toEqual([500, 200]);
  });
});

const settings = { publicOrigin: null, trustProxy: false, bodyLimitBytes: 10 * 1024 * 1024 };

const hubOn = (url: string): Hub =>
  createHub({
    database: openDatabase({ connection: { connectionString: url }, onError: () => {} }),
    secretKey: testSecretKey,
  });

/** A way to the database that can be closed. */
async function openGate(databaseUrl: string): Promise<{ url: string; close(): Promise<void> }> {
  const { hostname, port, searchParams } = new URL(databaseUrl);
  const folder = searchParams.get('host');
  const reach = (): Socket =>
    folder?.startsWith('/')
      ? connect(`${folder}/.s.PGSQL.${port || 5432}`)
      : connect(Number(port || 5432), folder ?? hostname);
  const sockets = new Set<Socket>();
  const gate = createTcpServer((client) => {
    const database = reach();
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.pipe(database).pipe(client);
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  const url = new URL(databaseUrl);
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  url.port = String((gate.address() as { port: number }).port);
  return {
    url: url.href,
    async close() {
      for (const socket of sockets) socket.destroy();
      gate.close();
      await once(gate, 'close');
    },
  };
}
