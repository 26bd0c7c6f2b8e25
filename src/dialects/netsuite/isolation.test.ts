// Whatever goes wrong at whichever address: the answer is the vendor's, and tells nothing of us.
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../test/fresh-server.ts';
import { Overloaded } from '../../engine/hub-errors.ts';

const server = await freshServer();
afterAll(() => server.close());

const json = { 'content-type': 'application/json' };
const collection = { 'content-type': 'application/vnd.oracle.resource+json; type=collection', prefer: 'respond-async' };
const records = '/services/rest/record/v1';
const token = '/services/rest/auth/oauth2/v1/token';

type Sent = {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: object;
};

async function send(url: string, { method, path, body, headers = {} }: Sent) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: 'Bearer kw_demo_admin', ...json, ...headers },
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The status, and the code of the vendor's error; nothing else may be in it. */
function refusalIn({ status, headers, text }: Awaited<ReturnType<typeof send>>): [number, string] {
  expect(text).not.toMatch(/\n\s+at |node_modules|\.ts:\d|postgres|SELECT/i);
  const body = JSON.parse(text);
  if (headers.get('content-type')?.startsWith('application/json')) {
    expect(Object.keys(body)).toEqual(['error']);
    return [status, body.error];
  }
  expect(headers.get('content-type')).toBe('application/vnd.oracle.resource+json; type=error');
  expect(Object.keys(body)).toEqual(['type', 'title', 'status', 'o:errorDetails']);
  expect(body.status).toBe(status);
  const [detail] = body['o:errorDetails'];
  const locators = Object.keys(detail).filter((name) => /^o:error(Path|Url|Header|QueryParam)$/.test(name));
  expect(locators.length).toBeLessThan(2);
  return [status, detail['o:errorCode']];
}

const writes: Sent[] = [
  { method: 'POST', path: `${records}/customer` },
  { method: 'PATCH', path: `${records}/customer/660` },
  { method: 'PUT', path: `${records}/customer/eid:isolated` },
  { method: 'POST', path: `${records}/customer/660/!attach/contact/106` },
  { method: 'POST', path: `${records}/customer/660/!detach/contact/106` },
  { method: 'POST', path: `${records}/customer/660/!transform/opportunity` },
  { method: 'PUT', path: `${records}/customer`, headers: collection },
];

describe.each(writes)('$method $path', (call) => {
  it.each<[string, string | Buffer]>([
    ['JSON that is broken', '{"a":'],
    ['JSON that goes on', '{"a":1}}'],
    ['a list', '[]'],
    ['a text', '"customer"'],
    ['null', 'null'],
    ['NUL', '\u0000'],
    ['bytes that are no text', Buffer.of(0x7b, 0xff, 0x7d)],
    ['a packed body that does not say so', gzipSync('{}')],
  ])('refuses a body of %s', async (_what, body) => {
    expect(refusalIn(await send(server.url, { ...call, body }))).toEqual([400, 'INVALID_CONTENT']);
  });

  it('refuses a body that is packed, too large, or no JSON', async () => {
    const packed = await send(server.url, {
      ...call,
      body: gzipSync('{}'),
      headers: { ...call.headers, 'content-encoding': 'gzip' },
    });
    expect(refusalIn(packed)).toEqual([415, 'INVALID_HEADER']);
    expect(packed.text).toContain('"o:errorHeader":"Content-Encoding"');
    const large = await send(server.url, {
      ...call,
      body: JSON.stringify({ companyName: 'x'.repeat(10 * 1024 * 1024) }),
    });
    expect(refusalIn(large)).toEqual([413, 'INVALID_REQUEST']);
    const xml = await send(server.url, {
      ...call,
      body: '<a/>',
      headers: { ...call.headers, 'content-type': 'text/xml' },
    });
    expect(refusalIn(xml)).toEqual([415, 'INVALID_HEADER']);
  });
});

describe('a value that cannot be stored', () => {
  it.each(['companyName', 'externalId', 'email'])('is refused by name in %s', async (name) => {
    for (const value of ['a\\u0000b', '\\ud800']) {
      const answer = await send(server.url, { ...(writes[0] as Sent), body: `{"${name}": "${value}"}` });
      expect(refusalIn(answer)).toEqual([400, 'INVALID_CONTENT']);
      expect(answer.text).toContain(`"o:errorPath":"${name}"`);
    }
  });

  it('is refused in the path, in a reference, in a role and in a line', async () => {
    for (const [sent, code] of [
      [{ method: 'GET', path: `${records}/customer/eid:a%00b` }, 'NONEXISTENT_ID'],
      [{ method: 'PUT', path: `${records}/customer/eid:a%00b`, body: '{}' }, 'INVALID_CONTENT'],
      [{ method: 'GET', path: `${records}/customer%00` }, 'NOT_FOUND'],
      [{ method: 'POST', path: `${records}/customer/660/!attach/contact/eid:%00` }, 'NONEXISTENT_ID'],
      [{ ...(writes[3] as Sent), body: '{"role": {"externalId": "\\u0000"}}' }, 'INVALID_CONTENT'],
      [
        { method: 'PATCH', path: `${records}/buildingComponent/1`, body: '{"supplier": {"externalId": "\\u0000"}}' },
        null,
      ],
      [
        {
          method: 'PATCH',
          path: `${records}/opportunity/379`,
          body: '{"accounts": {"items": [{"account": {"externalId": "\\u0000"}}]}}',
        },
        'INVALID_CONTENT',
      ],
    ] as const) {
      const [status, found] = refusalIn(await send(server.url, sent));
      expect([400, 404]).toContain(status);
      if (code !== null) expect([sent.path, found]).toEqual([sent.path, code]);
    }
  });
});

describe('an external id that is too long', () => {
  it.each([2_100, 8_000])('is refused, of %d characters', async (length) => {
    const path = `${records}/customer/eid:${'x'.repeat(length)}`;
    const [put] = refusalIn(await send(server.url, { method: 'PUT', path, body: '{}' }));
    expect(put).toBe(400);
    const [get] = refusalIn(await send(server.url, { method: 'GET', path }));
    expect([400, 404]).toContain(get);
    const job = await send(server.url, {
      ...(writes[6] as Sent),
      body: JSON.stringify({ items: [{ externalId: 'x'.repeat(length) }] }),
    });
    expect(job.status).toBe(202);
  });
});

it.each<[string, string, number, string]>([
  ['GET', '/services/rest', 400, 'INVALID_URL'],
  ['GET', '/services/rest/nothing', 400, 'INVALID_URL'],
  ['GET', '/services/rest/record/v2/customer', 400, 'INVALID_URL'],
  ['POST', '/services/rest/query/v1/suiteql', 400, 'INVALID_URL'],
  ['GET', `${records}/customer/660/a/b/c/d`, 400, 'INVALID_URL'],
  ['POST', `${records}/customer/660/!link/contact/106`, 400, 'INVALID_URL'],
  ['POST', `${records}/customer/660/!attach`, 400, 'INVALID_URL'],
  ['POST', `${records}/customer/660/!attach/contact`, 400, 'INVALID_URL'],
  ['POST', `${records}/customer/660/%21detach/contact/`, 400, 'INVALID_URL'],
  ['POST', `${records}/customer/660/!transform`, 400, 'INVALID_URL'],
  ['POST', `${records}/customer/660/contactRoles`, 405, 'METHOD_NOT_ALLOWED'],
  ['GET', `${records}/customer/660/!transform/invoice`, 405, 'METHOD_NOT_ALLOWED'],
  ['GET', `${records}/customer/%zz`, 400, 'INVALID_URL'],
  ['GET', '/services/rest/async/v1', 400, 'INVALID_URL'],
  ['GET', '/services/rest/async/v1/job/1/nothing', 400, 'INVALID_URL'],
  ['POST', '/services/rest/async/v1/job/1', 405, 'METHOD_NOT_ALLOWED'],
  ['DELETE', `${records}/metadata-catalog`, 404, 'NOT_FOUND'],
  ['GET', `${records}/customer/660/!attach/contact/106`, 405, 'METHOD_NOT_ALLOWED'],
  ['GET', token, 405, 'invalid_request'],
  ['POST', `${token}/%zz`, 400, 'INVALID_URL'],
])('%s %s is %d %s', async (method, path, status, code) => {
  expect(refusalIn(await send(server.url, { method, path }))).toEqual([status, code]);
});

describe('while the database is away', () => {
  it('every call is told so, and none has been done', async () => {
    const own = await freshServer();
    const name = new URL(own.databaseUrl).pathname.slice(1);
    const elsewhere = new URL(own.databaseUrl);
    elsewhere.pathname = '/postgres';
    const client = new pg.Client({ connectionString: elsewhere.href });
    await client.connect();
    try {
      expect((await send(own.url, { method: 'GET', path: `${records}/customer/660` })).status).toBe(200);
      await client.query(`alter database ${name} with allow_connections false`);
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
      for (const call of [
        ...writes.map((write) => ({
          ...write,
          body: write.path.endsWith('/customer') && write.method === 'PUT' ? '{"items": [{"externalId": "o"}]}' : '{}',
        })),
        { method: 'PATCH', path: `${records}/customer/660`, body: '{}', headers: { prefer: 'respond-async' } },
        { method: 'GET', path: `${records}/customer?q=id%20EQUAL%201` },
        { method: 'GET', path: '/services/rest/async/v1/job/1' },
      ]) {
        const answer = await send(own.url, call);
        expect(refusalIn(answer)).toEqual([503, 'UNEXPECTED_ERROR']);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    } finally {
      await client.query(`alter database ${name} with allow_connections true`);
      await client.end();
    }
    await expect
      .poll(async () => (await send(own.url, { method: 'GET', path: `${records}/customer/660` })).status)
      .toBe(200);
    expect((await send(own.url, { method: 'GET', path: `${records}/customer/eid:isolated` })).status).toBe(404);
    await own.close();
  });
});

describe('when too much waits already', () => {
  it('a call is blocked with the vendor’s words, and one of a batch fails for itself', async () => {
    const own = await freshServer();
    const busy = (): Promise<never> => Promise.reject(new Overloaded(3));
    Object.assign(own.hub, { upsert: busy, find: busy });
    const { url } = own;
    const answer = await send(url, { method: 'PATCH', path: `${records}/customer/660`, body: '{}' });
    expect(refusalIn(answer)).toEqual([429, 'CONCURRENCY_LIMIT_EXCEEDED']);
    expect(JSON.parse(answer.text)['o:errorDetails']).toEqual([
      { detail: 'Concurrent request limit exceeded. Request blocked.', 'o:errorCode': 'CONCURRENCY_LIMIT_EXCEEDED' },
    ]);
    const accepted = await send(url, { ...(writes[6] as Sent), body: '{"items": [{"externalId": "b"}]}' });
    expect(accepted.status).toBe(202);
    const result = `${new URL(accepted.headers.get('location') ?? '').pathname}/task/1/result`;
    expect(refusalIn(await send(url, { method: 'GET', path: result }))).toEqual([429, 'CONCURRENCY_LIMIT_EXCEEDED']);
    await own.close();
  });
});
