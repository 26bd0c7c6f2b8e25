import { get } from 'node:http';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../test/fresh-server.ts';
import { plainDialect } from '../../test/plain-dialect.ts';
import { callerOf, type Dialect } from '../dialects/contract.ts';
import { Overloaded, Unavailable } from '../engine/hub-errors.ts';

/** Answers with what the contract says that it finds on every request. */
const native = (): Dialect => {
  const dialect: Dialect = plainDialect('native', ['/v1'], (app) => {
    app.get('/v1/seen/:key', async (request) => ({
      key: (request.params as { key: string }).key,
      publicBase: request.publicBase,
      rawUrl: request.rawUrl,
      namedWorkspace: request.namedWorkspace,
    }));
    app.post('/v1/echo', async (request) => ({ body: request.body ?? null }));
    app.post('/v1/large', { bodyLimit: 4096 }, async () => ({ ok: true }));
    app.get('/v1/me', async (request) => {
      const principal = await server.hub.access.bearer('kw_demo_member', 'native');
      if (principal === undefined) throw new Error('the demo has no member');
      request.operation = 'look';
      request.outcome = 'found';
      return { id: callerOf(dialect, principal, request).principal.id };
    });
    app.get('/v1/fail/:how', async (request) => {
      const { how } = request.params as { how: string };
      if (how === 'overloaded') throw new Overloaded(3);
      if (how === 'unavailable') throw new Unavailable(5);
      throw new Error('the password is swordfish');
    });
  });
  return dialect;
};

const pattern = plainDialect('pattern', ['/api'], (app) => {
  app.get('/api/:domain/:id', async () => ({ dialect: 'pattern' }));
});
const precise = plainDialect('precise', ['/api/v2'], (app) => {
  app.patch('/api/v2/thing', async () => ({ dialect: 'precise' }));
  app.delete('/api/v2/thing', async () => ({ dialect: 'precise' }));
});

const logged: Record<string, unknown>[] = [];
const logger = pino({ level: 'info', base: null }, { write: (line: string) => logged.push(JSON.parse(line)) });

let server: FreshServer;
beforeAll(async () => {
  server = await freshServer({ dialects: [native(), pattern, precise], settings: { bodyLimitBytes: 1024 }, logger });
});
afterAll(() => server.close());

async function call(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await fetch(`${server.url}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** The log line of a request is written once its answer has been sent. */
async function lineOf(requestId: string | null): Promise<Record<string, unknown>> {
  const find = () => logged.find(({ request, msg }) => request === requestId && msg === 'request');
  await expect.poll(find).toBeDefined();
  return find() ?? {};
}

describe('a request id', () => {
  it('is made for a request that brings none, and stands on the answer and in the log', async () => {
    const { headers } = await call('/v1/seen/a');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await lineOf(headers.get('x-request-id'))).toMatchObject({ dialect: 'native', status: 200 });
  });

  it('is the client’s own where that is safe to repeat', async () => {
    const { headers } = await call('/v1/nowhere', { headers: { 'X-Request-Id': 'import-17.row:3' } });
    expect(headers.get('x-request-id')).toBe('import-17.row:3');
  });

  it.each(['has a space', 'x'.repeat(65), 'quote"', '<b>'])('is not %s', async (id) => {
    const { headers } = await call('/v1/seen/a', { headers: { 'X-Request-Id': id } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the log line of a request', () => {
  it('says who did what and what came of it', async () => {
    const { headers, body } = await call('/v1/me');
    expect(await lineOf(headers.get('x-request-id'))).toMatchObject({
      dialect: 'native',
      operation: 'look',
      outcome: 'found',
      method: 'GET',
      path: '/v1/me',
      status: 200,
      principal: (body as { id: number }).id,
    });
  });

  it('has the names of the query’s parameters and none of their values, and no header', async () => {
    const { headers } = await call('/v1/seen/a?token=hush&x=', { headers: { Authorization: 'Bearer hush' } });
    const line = await lineOf(headers.get('x-request-id'));
    expect(line.path).toBe('/v1/seen/a?token&x');
    expect(JSON.stringify(line)).not.toContain('hush');
  });
});

describe('an address that begins with several slashes', () => {
  it.each([
    ['//v1/seen/a', '//v1/seen/a'],
    ['///v1/seen/a?x=//', '///v1/seen/a?x=//'],
    ['//w/Demo/v1/seen/a', '//w/Demo/v1/seen/a'],
  ])('is what a base address makes of it that ends with one: %s', async (path, rawUrl) => {
    expect(await call(path)).toMatchObject({ status: 200, body: { key: 'a', rawUrl } });
  });

  it('is answered by whose it is when nothing is there', async () => {
    expect((await call('//api/v2/nothing')).body).toMatchObject({ dialect: 'precise' });
    expect((await call('/v1//seen/a')).status).toBe(404);
  });
});

describe('the workspace prefix', () => {
  const guid = '755053b0-ba42-494a-b467-8c2cf408be65';

  it.each([guid, guid.toUpperCase(), 'Demo', '%44emo'])('names a workspace as %s', async (name) => {
    const { body } = await call(`/w/${name}/v1/seen/a%2Fb?x=%20`);
    const workspace = await server.hub.access.workspace(guid);
    expect(body).toEqual({
      key: 'a/b',
      publicBase: `${server.url}/w/${name}`,
      rawUrl: `/w/${name}/v1/seen/a%2Fb?x=%20`,
      namedWorkspace: workspace?.id,
    });
  });

  it('is answered by the path’s dialect when there is no such workspace', async () => {
    const { status, body } = await call('/w/Nowhere/api/v2/thing', { method: 'PATCH' });
    expect(status).toBe(404);
    expect(body).toEqual({ dialect: 'precise', failure: { kind: 'unknown_path' } });
  });

  it('is absent from plain paths', async () => {
    const { body } = await call('/v1/seen/w');
    expect(body).toEqual({ key: 'w', publicBase: server.url, rawUrl: '/v1/seen/w', namedWorkspace: null });
  });
});

describe('a path parameter', () => {
  it.each(['a/b+c%d é', '😀', ' ', "'", 'link', 'x;y=z', '755053b0-ba42-494a-b467-8c2cf408be65', 'é'.repeat(512)])(
    'comes through as it was: %#',
    async (key) => {
      const { body } = await call(`/v1/seen/${encodeURIComponent(key)}`);
      expect(body).toMatchObject({ key });
    },
  );
});

describe('a path that leaves the folder of the console’s files', () => {
  it.each(['/assets/../index.html', '/assets/%2e%2e/index.html', '/assets/../../package.json', '/assets/a\\..\\..\\b'])(
    'leads nowhere, and is no fault of the server: %s',
    async (path) => {
      const { port, hostname } = new URL(server.url);
      const status = await new Promise((answered, failed) => {
        get({ hostname, port, path }, (response) => answered(response.resume().statusCode)).on('error', failed); // fetch would mend it
      });
      expect(status).toBe(404);
    },
  );
});

describe('whose path it is', () => {
  it('is the dialect’s with the longest match', async () => {
    expect((await call('/api/claim/5')).body).toEqual({ dialect: 'pattern' });
    expect((await call('/api/v2/thing', { method: 'PATCH' })).body).toEqual({ dialect: 'precise' });
  });

  it('stays that dialect’s when another’s pattern would match an unknown path of it', async () => {
    for (const path of ['/api/v2/other', '/api/%762/other']) {
      expect(await call(path)).toMatchObject({
        status: 404,
        body: { dialect: 'precise', failure: { kind: 'unknown_path' } },
      });
    }
  });

  it('is the native dialect’s when it is nobody’s', async () => {
    expect((await call('/nowhere')).body).toMatchObject({ dialect: 'native' });
    expect((await call('/apix')).body).toMatchObject({ dialect: 'native' });
  });

  it('tells the methods that a path takes', async () => {
    const { status, body } = await call('/api/v2/thing', { method: 'POST', body: '<x/>' });
    expect(status).toBe(405);
    expect(body).toEqual({
      dialect: 'precise',
      failure: { kind: 'method_not_allowed', allowed: ['DELETE', 'PATCH'] },
    });
  });

  it('is case-sensitive', async () => {
    expect((await call('/V1/seen/a')).status).toBe(404);
  });
});

describe('a failure at the edge', () => {
  const malformed = 'The address has a malformed percent-encoding.';
  it.each([
    ['a broken percent-encoding', '/v1/seen/%zz', malformed],
    ['a broken percent-encoding under a prefix', '/w/%E0%A4%A/v1/seen/a', malformed],
    ['a part of 8,193 characters', `/v1/seen/${'x'.repeat(8193)}`, 'A part of the address is too long.'],
    ['a query of 32 KiB', `/v1/seen/a?${'x'.repeat(32_768)}`, 'The address is longer than 32768 characters.'],
  ])('is an address with %s', async (_name, path, message) => {
    const { status, headers, body } = await call(path);
    expect(status).toBe(400);
    expect(body).toEqual({ dialect: 'native', failure: { kind: 'malformed_url', message } });
    expect(await lineOf(headers.get('x-request-id'))).toMatchObject({ outcome: 'malformed_url', status: 400 });
  });

  it.each([
    ['is no JSON', '{"a":', 400, { kind: 'malformed_body' }],
    ['is too large', 'x'.repeat(1025), 413, { kind: 'body_too_large', limitBytes: 1024 }],
  ])('is a body that %s', async (_name, body, status, failure) => {
    const answer = await call('/v1/echo', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    expect(answer).toMatchObject({ status, body: { dialect: 'native', failure } });
  });

  it('is a body that is packed, whatever is in it', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const answer = await call('/v1/echo', { method: 'POST', body: '{}', headers });
    const mediaType = 'application/json with Content-Encoding gzip';
    expect(answer).toMatchObject({
      status: 415,
      body: { failure: { kind: 'unsupported_media_type', mediaType, contentEncoding: 'gzip' } },
    });
    const plain = { 'Content-Type': 'application/json', 'Content-Encoding': 'Identity' };
    expect((await call('/v1/echo', { method: 'POST', body: '{}', headers: plain })).status).toBe(200);
  });

  it('tells the limit of the route itself', async () => {
    const { body } = await call('/v1/large', { method: 'POST', body: `"${'x'.repeat(5000)}"` });
    expect(body).toMatchObject({ failure: { kind: 'unsupported_media_type', mediaType: 'text/plain;charset=UTF-8' } });
    const headers = { 'Content-Type': 'application/json' };
    const large = await call('/v1/large', { method: 'POST', body: `"${'x'.repeat(5000)}"`, headers });
    expect(large.body).toMatchObject({ failure: { kind: 'body_too_large', limitBytes: 4096 } });
    expect((await call('/v1/large', { method: 'POST', body: `"${'x'.repeat(4000)}"`, headers })).status).toBe(200);
  });

  it.each([
    ['overloaded', '3'],
    ['unavailable', '5'],
  ])('says when to try again: %s', async (how, seconds) => {
    const { status, headers, body } = await call(`/v1/fail/${how}`);
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe(seconds);
    expect(body).toMatchObject({ failure: { kind: how, retryAfterSeconds: Number(seconds) } });
  });

  it('of ours is told to the log, and nothing of it to the client', async () => {
    const { status, headers, body } = await call('/v1/fail/bug');
    expect(status).toBe(500);
    expect(body).toEqual({ dialect: 'native', failure: { kind: 'internal' } });
    const id = headers.get('x-request-id');
    const fault = logged.find(({ request, msg }) => request === id && msg === 'internal error');
    expect(fault).toMatchObject({ level: 50, err: { stack: expect.stringContaining('swordfish') } });
  });
});

describe('every answer', () => {
  it('forbids browsers to guess its type, and invites no other origin', async () => {
    for (const path of ['/v1/seen/a', '/nowhere', '/v1/seen/%zz', '/health/live']) {
      const { headers } = await call(path, { headers: { Origin: 'https://elsewhere.example' } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('for whoever runs the server', () => {
  it('tells that it lives and is ready', async () => {
    expect(await call('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await call('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it('counts and times requests by dialect, operation and status', async () => {
    await call('/v1/me');
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toMatch(
      /keyway_http_request_duration_seconds_count\{dialect="native",operation="look",status="2xx"\} [1-9]/,
    );
    expect(text).toMatch(/keyway_http_requests_in_flight 1\n/);
    expect(text).toContain('process_resident_memory_bytes');
  });
});

describe('the dialects', () => {
  it('may not claim the same path', async () => {
    await expect(freshServer({ dialects: [native(), plainDialect('twin', ['/v1'], () => {})] })).rejects.toThrow(
      '/v1 is claimed by native and by twin',
    );
  });
});
