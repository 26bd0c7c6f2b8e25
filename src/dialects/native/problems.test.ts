import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createServer } from '../../http/server.ts';
import type { EdgeFailure } from '../contract.ts';
import { errorsMarkdown } from './documentation/errors-page.ts';
import { native } from './index.ts';
import { problems, statusOrder } from './problems.ts';
import { demoServer, type Json, reasons } from './test-client.ts';

describe('the table of error codes', () => {
  it('is what docs/errors.md shows', () => {
    const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    expect(
      page,
      'write it anew: node_modules/.bin/node src/dialects/native/documentation/errors-page.ts > docs/errors.md',
    ).toBe(errorsMarkdown());
  });

  it('says for every code what to do', () => {
    for (const [code, { status, title, cause, remedy }] of Object.entries(problems)) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect([400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 429, 500, 503]).toContain(status);
      expect(title).toMatch(/[^.]$/);
      expect(cause).toMatch(/\.$/);
      expect(remedy).toMatch(/\.$/);
    }
  });
});

describe('a refusal', async () => {
  const { call, url } = await demoServer({ bodyLimitBytes: 2000 });

  it('names a number of the query that has no end', async () => {
    for (const path of ['/v1/changes?wait=1e400', '/v1/runs?limit=-1e400', '/v1/plans/x/items?limit=1e400']) {
      const answer = await call('GET', path);
      expect([path, answer.status, reasons(answer)]).toEqual([
        path,
        400,
        [['parameter_invalid', `query.${/\?(\w+)/.exec(path)?.[1]}`]],
      ]);
    }
  });

  it('says in a sentence which form was expected', async () => {
    const body = { email: 'x', name: '', password: 'short', role: 'boss', grants: { contact: 'read' } };
    const refused = await call('POST', '/v1/users', { body });
    expect(refused.body.violations.map(({ message }: Json) => message).sort()).toEqual([
      'email must match the pattern ^[^@\\s]+@[^@\\s]+$.',
      'grants.contact must be a list.',
      'name must have at least 1 character.',
      'password must have at least 8 characters.',
      'role must be one of admin, power, member.',
    ]);
    for (const [query, message] of [
      ['limit=0', 'query.limit must be 1 or more.'],
      ['limit=1001', 'query.limit must be 1000 or less.'],
      ['limit=all', 'query.limit must be a whole number.'],
    ])
      expect((await call('GET', `/v1/runs?${query}`)).body.detail).toBe(message);
    for (const [label, message] of [
      ['x'.repeat(201), 'label must have at most 200 characters.'],
      [5, 'label must be text.'],
    ])
      expect((await call('POST', '/v1/keys', { body: { label, role: 'member' } })).body.detail).toBe(message);
  });

  it('is an RFC 9457 problem with code, path, remedy and request id', async () => {
    const answer = await call('GET', '/v1/records/contact/external_id:nobody', {
      headers: { 'x-request-id': 'my-request' },
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
    expect(answer.body).toEqual({
      type: '/docs/errors#record_not_found',
      title: problems.record_not_found.title,
      status: 404,
      code: 'record_not_found',
      detail: expect.stringContaining('external_id:nobody'),
      path: 'path.ref',
      remedy: problems.record_not_found.remedy,
      request_id: 'my-request',
      violations: [
        {
          code: 'record_not_found',
          path: 'path.ref',
          message: expect.any(String),
          side: 'record',
          type: 'contact',
          ref: 'external_id:nobody',
        },
      ],
    });
  });

  it.each([
    ['GET', '/v1', 404, 'unknown_path', null],
    ['GET', '/v1/recrods/contact', 404, 'unknown_path', null],
    ['GET', '/nothing', 404, 'unknown_path', null],
    ['GET', '/docs/nothing', 404, 'unknown_path', null],
    ['GET', '/v1/records/contact/%zz', 400, 'malformed_url', null],
    ['GET', '/v1/records/contact/%ff', 400, 'malformed_url', null],
    ['GET', '/v1/records/nothing/1', 404, 'unknown_record_type', 'path.type'],
    ['GET', '/v1/records/contact/nonsense', 400, 'ref_malformed', 'path.ref'],
    ['GET', '/v1/records/contact/email:x', 400, 'not_a_match_field', 'path.ref'],
    ['GET', '/v1/records/contact/external_id:%00', 404, 'record_not_found', 'path.ref'],
    ['GET', '/v1/me?verbose=1', 400, 'unknown_parameter', 'query.verbose'],
    ['GET', '/v1/records/contact/2001?fields=name', 400, 'unknown_parameter', 'query.fields'],
    ['DELETE', '/v1/keys/mine', 400, 'parameter_invalid', 'path.id'],
  ])('of %s %s is %i %s at %s', async (method, path, status, code, at) => {
    const answer = await call(method, path);
    expect([answer.status, reasons(answer)]).toEqual([status, [[code, at]]]);
  });

  it.each([
    ['{"fields":', 400, [['malformed_body', null]]],
    ['{"fields": {"name": "a", "name": "b"}}', 400, [['malformed_body', null]]],
    ['', 400, [['member_invalid', null]]],
    ['[]', 400, [['member_invalid', null]]],
    ['"fields"', 400, [['member_invalid', null]]],
    ['{}', 400, [['member_missing', 'fields']]],
    ['{"fields":[]}', 400, [['member_invalid', 'fields']]],
    [
      '{"name":"x","email":"y"}',
      400,
      [
        ['member_missing', 'fields'],
        ['unknown_member', 'name'],
        ['unknown_member', 'email'],
      ],
    ],
    [
      '{"fields":{"nmae":"x","colour":"y"}}',
      422,
      [
        ['unknown_field', 'fields.nmae'],
        ['unknown_field', 'fields.colour'],
      ],
    ],
    ['{"fields":{"name":12}}', 422, [['value_invalid', 'fields.name']]],
    [`{"fields":{"name":"${'x'.repeat(2000)}"}}`, 413, [['body_too_large', null]]],
  ])('names every reason: the body %s', async (body, status, expected) => {
    const answer = await call('PATCH', '/v1/records/contact/2001', {
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, reasons(answer)]).toEqual([status, expected]);
  });

  it('lists what would have been known, for what is not', async () => {
    const { body } = await call('PATCH', '/v1/records/contact/2001?mod=create', { body: { fields: {} } });
    expect(body.violations).toEqual([
      expect.objectContaining({ code: 'unknown_parameter', allowed: ['mode', 'plan', 'plan_id', 'force'] }),
    ]);
    const { body: other } = await call('PATCH', '/v1/records/contact/2001', { body: { field: {} } });
    expect(other.violations).toContainEqual(
      expect.objectContaining({ code: 'unknown_member', allowed: ['fields', 'as_of', 'source_version'] }),
    );
    const list = await call('GET', '/v1/records/contact?filter[name][like]=A');
    expect(list.body.violations[0].allowed).toEqual([
      ...['sort', 'limit', 'cursor', 'format', 'spreadsheet', 'include', 'filter[field]'],
      'filter[field][eq|ne|gt|gte|lt|lte|in|starts|ends|contains|null]',
    ]);
    const set = await call('POST', '/v1/interfaces/myendpoint/runs?scope=EU', { body: [] });
    expect(set.body.violations[0].allowed).toEqual(expect.arrayContaining(['wait', 'scope[field]', 'scope[relation]']));
    const twice = await call('PATCH', '/v1/records/contact/2001?mode=create&mode=update', { body: { fields: {} } });
    expect(reasons(twice)).toEqual([['parameter_invalid', 'query.mode']]);
  });

  it('of a method names those that there are', async () => {
    const answer = await call('PUT', '/v1/records/contact/2001', { body: {} });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'DELETE, GET, HEAD, PATCH']);
  });

  it('of a packed body says to send it as it is', async () => {
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
    for (const path of ['/v1/interfaces/myendpoint/runs', '/v1/records/contact/import', '/v1/records/contact']) {
      const answer = await call('POST', path, { body: '{}', headers });
      expect(answer.headers.get('accept-encoding')).toBe('identity');
      expect(answer.body).toMatchObject({ status: 415, path: 'header.content-encoding' });
      expect(answer.body.remedy).toMatch(/^Send the body as it is/);
    }
    expect((await call('GET', '/v1/interfaces/myendpoint/runs')).body.items).toEqual([]);
  });

  it('of a media type says what is read', async () => {
    for (const type of ['text/csv', 'application/x-www-form-urlencoded']) {
      const answer = await call('PATCH', '/v1/records/contact/2001', {
        body: 'name=x',
        headers: { 'content-type': type },
      });
      expect([answer.status, reasons(answer)]).toEqual([415, [['unsupported_media_type', 'header.content-type']]]);
      expect(answer.body.remedy).toBe('Send the body with Content-Type application/json.');
    }
    const merge = await call('PATCH', '/v1/records/contact/2001', {
      body: '{"fields":{}}',
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(merge.status).toBe(200);
  });

  it('comes before the body is read when there is no key', async () => {
    const answer = await call('PATCH', '/v1/records/contact/2001', {
      as: null,
      body: '{"fields":',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(401);
  });

  it('has the status of the first in a fixed order when there are several', async () => {
    const body = { fields: { sync_key: 'CONTACT-2001', email: 5 } };
    const answer = await call('PATCH', '/v1/records/contact/106', { body });
    expect(reasons(answer).sort()).toEqual([
      ['key_taken', 'fields.sync_key'],
      ['value_invalid', 'fields.email'],
    ]);
    expect([answer.status, answer.body.code, answer.body.path]).toEqual([409, 'key_taken', 'fields.sync_key']);
    expect(statusOrder.indexOf(409)).toBeLessThan(statusOrder.indexOf(422));
  });

  it('of a Host header that names no host is malformed_url, on the pages too', async () => {
    for (const path of ['/v1/me', '/docs/', '/docs'])
      expect(await statusWithHost(`${url}${path}`, '['), path).toBe(400);
  });

  it('never shows a fault’s own words', async () => {
    const failures: EdgeFailure[] = [
      { kind: 'overloaded', retryAfterSeconds: 2 },
      { kind: 'unavailable', retryAfterSeconds: 3 },
      { kind: 'rate_limited', retryAfterSeconds: 4 },
      { kind: 'internal' },
    ];
    for (const failure of failures) {
      const answer = await renderedFailure(failure);
      expect(answer.status).toBe({ internal: 500, rate_limited: 429 }[failure.kind as string] ?? 503);
      expect(answer.body).toMatchObject({ code: failure.kind, violations: [{ code: failure.kind, path: null }] });
    }
  });
});

describe('the pages, where the public origin is configured', async () => {
  const { url } = await demoServer({ publicOrigin: 'https://hub.example.test' });

  it('need no Host header that makes sense, and are not broken by one that does not', async () => {
    expect(await statusWithHost(`${url}/docs/`, 'hub.example.test')).toBe(200);
    expect(await statusWithHost(`${url}/docs/`, '[')).toBe(400);
    expect(await statusWithHost(`${url}/docs/errors`, '[')).toBe(200);
  });
});

function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

/** What the dialect makes of a failure that a test cannot bring about from outside. */
async function renderedFailure(failure: EdgeFailure): Promise<{ status: number; body: Json }> {
  const dialect = {
    ...native,
    register: (app: Json) =>
      app.get('/v1/fail', (request: Json, reply: Json) => native.renderFailure(failure, request, reply)),
  };
  const settings = { publicOrigin: null, trustProxy: false, bodyLimitBytes: 1000 };
  const app = createServer({ hub: {} as Json, dialects: [dialect], settings });
  const answer = await app.inject('/v1/fail');
  await app.close();
  return { status: answer.statusCode, body: answer.json() };
}
