/** What goes wrong beside the records is a bare JSON string with the status that fits, and tells nothing of what is inside. */
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub, testSecretKey } from '../../../test/fresh-hub.ts';
import { freshServer } from '../../../test/fresh-server.ts';
import { plainDialect } from '../../../test/plain-dialect.ts';
import { createHub } from '../../engine/create-hub.ts';
import type { Hub } from '../../engine/hub.ts';
import { Overloaded } from '../../engine/hub-errors.ts';
import { createServer } from '../../http/server.ts';
import { openDatabase } from '../../store/postgres/database.ts';
import { origami } from './index.ts';

type Json = Record<string, unknown> | unknown[];
const api = '/OrigamiApi/api';

/** Every kind of call: a method, a path, and a body that it takes. */
const calls: readonly (readonly [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: Json])[] = [
  ['POST', '/Link/Upsert', pairOf(106)],
  ['POST', '/Link/Remove', pairOf(106)],
  ['GET', '/Link/Query?parentDomain=Claim'],
  ['GET', '/Claim/Query'],
  ['GET', '/Claim/5001'],
  ['GET', '/Claim/5001/Files'],
  ['DELETE', '/Claim/5001'],
  ['POST', '/Claim', { Name: 'x' }],
  ['PUT', '/Claim', { ClaimID: 5001, Name: 'x' }],
  ['POST', '/Claim/Upsert?matchFields=ClaimNumber', { ClaimNumber: 'x' }],
  ['POST', '/Claim/Upsert?matchFields=Name', { Name: 'x' }],
  ['POST', '/Claim/BulkInsert', [{ Name: 'x' }]],
  ['POST', '/Claim/BulkUpsert?matchFields=Name', [{ Name: 'x' }]],
  ['POST', '/Claim/Codes/Upsert', { Field: 'Status', Code: 'x' }],
];
const writes = calls.filter(([, , body]) => body !== undefined);

function pairOf(contact: number): Json {
  return { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'Contact', ChildRecordID: contact };
}

const text = (status: number, body: unknown) => ({ status, type: 'application/json; charset=utf-8', body });
const hasInside = (body: unknown): boolean =>
  /\bat .*\.ts|node_modules|Error:|secret|select |insert /.test(String(body));

describe('requests that cannot be served', async () => {
  const server = await freshServer();
  afterAll(() => server.close());
  const send = async (method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { Token: 'kw_demo_admin', 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: body as string }),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: (await response.json()) as unknown,
      headers: response.headers,
    };
  };

  it.each([
    ['GET', '/OrigamiApi'],
    ['GET', '/OrigamiApi/'],
    ['GET', '/OrigamiApi/api'],
    ['GET', '/OrigamiApi-v2/api/'],
    ['GET', `${api}/Claim/abc`],
    ['GET', `${api}/Claim/-1`],
    ['GET', `${api}/Claim/5001/Contacts`],
    ['GET', `${api}/Link/101`],
    ['DELETE', `${api}/Link/101`],
    ['POST', `${api}/Link/Update`],
    ['POST', `${api}/Link/Delete`],
    ['POST', `${api}/Link`],
    ['POST', `${api}/Link/BulkInsert`],
    ['GET', `${api}/Link/Fields`],
    ['GET', '/OrigamiApi/Authentication/Nothing'],
    ['GET', '/OrigamiApi/AccountInformation'],
  ])('because there is no %s %s', async (method, path) => {
    expect(await send(method, path)).toMatchObject(
      text(404, 'No HTTP resource was found that matches the request URI.'),
    );
  });

  it.each([
    ['GET', `${api}/Link/Upsert`, 'POST'],
    ['GET', `${api}/Link/Remove`, 'POST'],
    ['POST', `${api}/Link/Query`, 'GET, HEAD'],
    ['PATCH', `${api}/Claim/5001`, 'GET, HEAD, DELETE'],
    ['GET', `${api}/Claim`, 'POST, PUT'],
    ['PUT', '/OrigamiApi/Authentication/Authenticate', 'POST'],
  ])('because %s is no method of %s', async (method, path, allowed) => {
    const answer = await send(method, path);
    expect(answer).toMatchObject(text(405, `The requested resource does not support http method '${method}'.`));
    expect(new Set(answer.headers.get('allow')?.split(', '))).toEqual(new Set(allowed.split(', ')));
  });

  it.each<[string, string | Buffer]>([
    ['is broken', '{"Name": '],
    ['has more behind it', '{} {}'],
    ['is text', '"x"'],
    ['is null', 'null'],
    ['is a number', '17'],
    ['is missing', ''],
    ['is no text at all', Buffer.from([0xff, 0xfe, 0x00])],
    ['has a NUL byte', '{"Name": "a\u0000b"}'],
    ['is too deep', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
  ])('because their body %s', async (_what, body) => {
    for (const [method, path] of writes) {
      expect(await send(method, `${api}${path}`, body), path).toMatchObject(text(400, 'The request is invalid.'));
    }
  });

  it.each([
    ['an escaped NUL', { Name: 'a\u0000b' }],
    ['half of a surrogate pair', { Name: '\udead' }],
    ['an object in the place of text', { Name: { a: 1 } }],
    ['a list in the place of text', { Name: [1] }],
  ])('because a value has %s', async (_what, fields) => {
    for (const path of ['/Claim', '/Claim/Upsert?matchFields=ClaimNumber']) {
      const answer = await send('POST', `${api}${path}`, JSON.stringify({ ClaimNumber: 'VALUE', ...fields }));
      expect(answer).toMatchObject(text(500, expect.stringMatching(/^Unable to execute\. .*'Name'/)));
      expect(hasInside(answer.body)).toBe(false);
    }
  });

  it('because their body is packed', async () => {
    for (const [method, path, body] of writes) {
      const packed = gzipSync(JSON.stringify(body));
      const answer = await send(method, `${api}${path}`, packed, { 'content-encoding': 'gzip' });
      expect(answer, path).toMatchObject(text(415, expect.stringContaining('as it is, not packed')));
    }
  });

  it('because their body is over 10 MB', async () => {
    const body = JSON.stringify({ Name: 'x'.repeat(10 * 1024 * 1024) });
    for (const path of ['/Claim', '/Claim/BulkInsert', '/Link/Remove']) {
      expect(await send('POST', `${api}${path}`, body)).toMatchObject(
        text(413, 'The request body must not exceed 10485760 bytes.'),
      );
    }
  });

  it.each(['%', '%E0%A4%A', '%zz'])('because their address has %s', async (part) => {
    expect(await send('GET', `${api}/${part}/Query`)).toMatchObject(text(400, 'The request is invalid.'));
  });

  it('because nobody sends them', async () => {
    for (const [method, path, body] of calls) {
      const answer = await send(method, `${api}${path}`, body && JSON.stringify(body), { Token: 'wrong' });
      expect(answer, path).toMatchObject(text(401, 'Authorization has been denied for this request.'));
    }
  });
});

const settings = { publicOrigin: null, trustProxy: false, bodyLimitBytes: 10 * 1024 * 1024 };
const login = { Account: 'Demo', ClientName: 'Demo', User: 'admin@keyway.test', Password: 'keyway-demo' };

/** What a server on this hub answers to every kind of call. */
async function answersOf(hub: Hub) {
  const server = createServer({ hub, dialects: [plainDialect('native', ['/v1'], () => {}), origami], settings });
  const answers = [];
  for (const [method, path, payload] of calls) {
    const headers = { token: 'kw_demo_admin' };
    answers.push(await server.inject({ method, url: `${api}${path}`, headers, ...(payload && { payload }) }));
  }
  const signIn = { method: 'POST', url: '/OrigamiApi/Authentication/Authenticate', payload: login } as const;
  const signedIn = await server.inject(signIn);
  await server.close();
  const shown = [...answers, signedIn].map((answer) => ({
    ...text(answer.statusCode, answer.json()),
    ...{ type: answer.headers['content-type'], retryAfter: answer.headers['retry-after'] },
  }));
  return { answers: shown.slice(0, -1), signedIn: shown.at(-1) };
}

describe('while the database is away', () => {
  it('every call is told so, and to come back', async () => {
    const connection = { host: '127.0.0.1', port: 1, user: 'nobody', database: 'nothing' };
    const hub = createHub({ database: openDatabase({ connection, onError: () => {} }), secretKey: testSecretKey });
    const { answers, signedIn } = await answersOf(hub);
    await hub.close();
    for (const answer of [...answers, signedIn]) {
      expect(answer).toMatchObject(text(503, 'The service is busy and nothing was written. Try again later.'));
      expect(Number(answer?.retryAfter)).toBeGreaterThan(0);
    }
  });
});

describe('a server that is at its limit, or broken', () => {
  let fresh: FreshHub | undefined;
  afterAll(() => fresh?.close());
  const failing = async (fail: () => never) => {
    fresh ??= await freshHub();
    const broken = async () => fail();
    return answersOf({
      ...fresh.hub,
      ...{ find: broken, list: broken, upsert: broken, delete: broken },
      ...{ link: broken, unlink: broken, links: broken, applySchema: broken },
    });
  };

  it('says that it is too busy, and when to try again', async () => {
    const { answers } = await failing(() => {
      throw new Overloaded(3);
    });
    for (const answer of answers) {
      expect(answer).toMatchObject(text(503, 'The service is busy and nothing was written. Try again later.'));
      expect(answer.retryAfter).toBe('3');
    }
  });

  it('says nothing of a fault but that there was one', async () => {
    const { answers, signedIn } = await failing(() => {
      throw new TypeError('secret at /somewhere/inside.ts:1');
    });
    for (const answer of answers) expect(answer).toMatchObject(text(500, 'An error has occurred.'));
    expect(signedIn?.status).toBe(200);
  });
});
