/** Whatever goes wrong is answered in the vendor's shapes, on every kind of call, and tells nothing of the inside. */
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { zendeskDialect } from './index.ts';
import { defaultOptions } from './options.ts';
import { beginMinute, credentials } from './test-client.ts';

const serverWith = (options: Partial<typeof defaultOptions> = {}): Promise<FreshServer> => {
  const dialect = zendeskDialect({ ...defaultOptions, ...options });
  return freshServer({ dialects: [{ ...dialect, name: 'native', paths: [], register: () => {} }, dialect] });
};
let server: FreshServer;
beforeAll(async () => {
  server = await serverWith();
});
afterAll(() => server.close());

type Sent = { readonly body?: string | Buffer; readonly headers?: Record<string, string>; readonly origin?: string };

async function send(request: string, { body, headers = {}, origin = server.url }: Sent = {}) {
  const [method = '', path = ''] = request.split(' ');
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: { authorization: credentials.admin, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  expect(text, text).not.toMatch(/\.ts:|\.js:|node_modules|\n\s+at |postgres|ECONN/);
  return { status: response.status, headers: response.headers, body: JSON.parse(text) };
}

const contact = '/api/v2/custom_objects/contact';
const writes = [
  'POST /api/v2/custom_objects',
  `PATCH ${contact}`,
  `POST ${contact}/fields`,
  `PATCH ${contact}/fields/email`,
  `PUT ${contact}/fields/reorder`,
  `POST ${contact}/records`,
  `PATCH ${contact}/records?external_id=user1`,
  `POST ${contact}/records/search`,
  `POST ${contact}/jobs`,
];

describe.each(writes)('%s', (request) => {
  it.each<[string, string | Buffer, Record<string, string>]>([
    ['half an object', '{"custom_object_record":', {}],
    ['two objects', '{}{}', {}],
    ['a NUL byte', '\u0000', {}],
    ['a NUL byte within', '{"custom_object_record":{"name":"a\u0000"}}', {}],
    ['bytes that are no text', Buffer.of(0x7b, 0xff, 0x7d), {}],
    ['gzip', gzipSync('{"custom_object_record":{"name":"a"}}'), { 'content-encoding': 'gzip' }],
    ['a form', 'name=a', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['nothing but brackets', '['.repeat(100_000), {}],
  ])('refuses %s as a body that cannot be read', async (_name, body, headers) => {
    const answer = await send(request, { body, headers });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: 'Unprocessable', message: expect.any(String) });
    if ('content-encoding' in headers)
      expect(JSON.stringify(answer.body)).toContain('send the body as it is, not packed');
  });

  it.each(['7', '"text"', 'true', '[]', '[{"name":"a"}]'])('refuses %s where an object is expected', async (body) => {
    const answer = await send(request, { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: { title: 'Invalid attribute', message: expect.any(String) } });
  });

  it('refuses a body of more than 10 MB', async () => {
    const body = JSON.stringify({ custom_object_record: { name: 'x'.repeat(10 * 1024 * 1024) } });
    const answer = await send(request, { body });
    expect(answer).toMatchObject({ status: 413, body: { error: 'RequestEntityTooLarge' } });
  });
});

describe('a value that is wrong', () => {
  it.each<[string, string]>([
    ['text with an escaped NUL', '{"custom_object_record":{"name":"a\\u0000b"}}'],
    ['half a surrogate', '{"custom_object_record":{"name":"\\ud800"}}'],
    ['a number with too many digits', '{"custom_object_record":{"name":12345678901234567890.5}}'],
    ['an object for a name', '{"custom_object_record":{"name":{"a":1}}}'],
    ['a list for a name', '{"custom_object_record":{"name":["a"]}}'],
    [
      'a record of more than 32 KB',
      `{"custom_object_record":{"name":"a","custom_object_fields":{"email":"${'x'.repeat(33_000)}"}}}`,
    ],
  ])('is named: %s', async (_name, body) => {
    const answer = await send(`POST ${contact}/records`, { body });
    expect(answer).toMatchObject({ status: 422, body: { error: 'RecordInvalid', details: expect.any(Object) } });
  });
});

describe('an address', () => {
  it.each([
    'GET /api/v2',
    'GET /api/v2/',
    'GET /api/v2/nothing',
    'GET /api/v2/tickets.json',
    'POST /api/v2/custom_objects/contact',
    `PUT ${contact}/records`,
    `GET ${contact}/records/1/2`,
    `GET ${contact}/jobs`,
    'DELETE /api/v2/job_statuses/V3-1',
    'GET /api/v2/incremental/custom_objects/contact',
    'GET /oauth/tokens',
    'GET /w/Demo/api/v2/nothing',
    'GET /w/Nobody/api/v2/custom_objects',
  ])('that is none is no endpoint: %s', async (request) => {
    const answer = await send(request);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({ error: 'InvalidEndpoint', description: 'Not found' });
  });

  it('that cannot be read is refused', async () => {
    expect(await send(`GET ${contact}/%zz`)).toMatchObject({ status: 400, body: { error: 'BadRequest' } });
    expect(await send(`GET ${contact}/records/${'x'.repeat(40_000)}`)).toMatchObject({
      status: 400,
      body: { error: 'BadRequest' },
    });
  });
});

describe('beyond the rate limit', () => {
  it('every call is told when to come again, whatever it asks, and who asks counts for the account', async () => {
    const narrow = await serverWith({ rateLimit: 1 });
    beginMinute();
    try {
      const origin = narrow.url;
      await send(`GET ${contact}`, { origin });
      for (const request of [`GET ${contact}`, `POST ${contact}/jobs`, `GET ${contact}/records`]) {
        const answer = await send(request, { origin, headers: { authorization: credentials.member } });
        expect(answer.status).toBe(429);
        expect(answer.body).toEqual({ errors: [{ code: 'TooManyRequests', title: expect.any(String) }] });
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(answer.headers.get('x-rate-limit')).toBe('1');
        expect(answer.headers.get('x-rate-limit-remaining')).toBe('0');
      }
    } finally {
      await narrow.close();
    }
  });

  it('is never said of an answer that is none', async () => {
    for (const request of [`GET ${contact}`, `GET ${contact}/records`, 'GET /api/v2/users/me']) {
      const { headers } = await send(request);
      expect(headers.get('retry-after')).toBeNull();
      expect(headers.get('x-rate-limit')).toBe('700');
      expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(0);
    }
  });
});

describe('while the database is away', () => {
  const calls: [string, string?][] = [
    [`GET ${contact}/records`],
    [`GET ${contact}/records/search?query=a`],
    [`POST ${contact}/jobs`, '{"job":{"action":"create","items":[{"name":"a"}]}}'],
    ['GET /api/v2/job_statuses'],
    ['GET /api/v2/incremental/custom_objects/contact/cursor?start_time=0'],
    [`POST ${contact}/records`, '{"custom_object_record":{"name":"a"}}'],
    ['POST /oauth/tokens', '{"grant_type":"client_credentials","client_id":"kw_demo_client","client_secret":"x"}'],
  ];

  it('every call is told to come again, and is answered when it is back', async () => {
    const away = await serverWith();
    const database = new URL(away.databaseUrl);
    const name = database.pathname.slice(1);
    database.pathname = '/postgres';
    const client = new pg.Client({ connectionString: database.href });
    await client.connect();
    try {
      const origin = away.url;
      await send(`GET ${contact}/records`, { origin });
      await client.query(`alter database ${name} with allow_connections false`);
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
      for (const [request, body] of calls) {
        const answer = await send(request, { origin, ...(body === undefined ? {} : { body }) });
        expect(answer, request).toMatchObject({ status: 503, body: { error: 'ServiceUnavailable' } });
        expect(Number(answer.headers.get('retry-after')), request).toBeGreaterThan(0);
      }
      await client.query(`alter database ${name} with allow_connections true`);
      await expect.poll(async () => (await send(`GET ${contact}/records`, { origin })).status).toBe(200);
    } finally {
      await client.query(`alter database ${name} with allow_connections true`);
      await client.end();
      await away.close();
    }
  });
});
