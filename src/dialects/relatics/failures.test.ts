/** What goes wrong beside the elements is answered as the dialect answers, in the form that Accept asks for, and tells nothing of what is inside. */
import { request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { plainDialect } from '../../../test/plain-dialect.ts';
import type { Hub } from '../../engine/hub.ts';
import { Overloaded } from '../../engine/hub-errors.ts';
import { createServer } from '../../http/server.ts';
import { relatics } from './index.ts';
import { maxElementBytes } from './options.ts';
import { askToken, demoClient, InterfaceClient, synchronizing, tokenPath, workspace } from './test-client.ts';
import { addInterfaces, contactsInterface } from './test-schema.ts';

const interfaces = `/api/v1/workspaces/${workspace}/interfaces`;
const json = 'application/json';
const xml = 'application/xml';
const forms = [json, xml, 'text/xml'] as const;

let server: FreshServer;
let client: InterfaceClient;
beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
  await addInterfaces(server.hub, client.caller, { contacts: contactsInterface });
  await client.sync([{ '@externalid': 'A', Name: 'Pump' }]);
});
afterAll(() => server.close());

type Told = { status: number; headers: { get(name: string): unknown }; text: string };

/** The whole answer in the asked form: no member too many, no stack, no path of ours. */
function expectError({ status, headers, text }: Told, wanted: readonly [status: number, code: string], accept: string) {
  expect(headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
  const code = accept === json ? JSON.parse(text).error.code : /^<error code="(\w+)"/.exec(text)?.[1];
  expect([status, code], text).toEqual(wanted);
  if (accept === json) {
    expect(Object.keys(JSON.parse(text))).toEqual(['error']);
    expect(text).toMatch(/^\{"error":\{"code":"\w+","message":"[^"]/);
  } else {
    expect(text).toMatch(/^<error code="\w+"( path="[^"<>]+")?>[^<>]+<\/error>$/);
  }
  expect(text).not.toMatch(/\n\s+at |node_modules|\.ts\b|\bError\b/);
}

const call = async (
  method: string,
  path: string,
  accept: string,
  headers: Record<string, string> = {},
  body?: string | Uint8Array<ArrayBuffer>,
) => {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: 'Bearer kw_demo_admin', accept, ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe.each(forms)('in %s', (accept) => {
  it.each([
    ['POST', '/api/v1', 404, 'NotFound'],
    ['GET', '/api/v1/workspaces', 404, 'NotFound'],
    ['GET', `${interfaces}/`, 404, 'NotFound'],
    ['POST', `${interfaces}/synchronizing`, 404, 'NotFound'],
    ['POST', `${interfaces}/synchronizing/`, 404, 'NotFound'],
    ['POST', `${interfaces}/synchronizing/myendpoint/more`, 404, 'NotFound'],
    ['POST', `${interfaces}/Synchronizing/myendpoint`, 404, 'NotFound'],
    ['POST', `${interfaces}/synchronizing/unknown`, 404, 'NotFound'],
    ['POST', `${interfaces}/synchronizing/MYENDPOINT`, 404, 'NotFound'],
    ['POST', `${interfaces}/synchronizing/${'x'.repeat(5_000)}`, 404, 'NotFound'],
    ['GET', `${interfaces}/providing/myendpoint`, 404, 'NotFound'],
    ['POST', `${interfaces}/synchronizing/%`, 404, 'NotFound'],
    ['POST', `${interfaces}/synchronizing/%00`, 404, 'NotFound'],
    ['PUT', synchronizing, 405, 'MethodNotAllowed'],
    ['DELETE', `${interfaces}/providing/contacts`, 405, 'MethodNotAllowed'],
  ] as const)('%s %s', async (method, path, status, code) => {
    expectError(await call(method, path, accept), [status, code], accept);
  });

  it.each([
    ['no token', ''],
    ['an unknown token', 'Bearer nobody'],
    ['another scheme', 'Basic a3c6a3c='],
    ['half a header', 'Bearer'],
    ['a token that cannot be', `Bearer ${'x'.repeat(9_000)}`],
  ])('a call with %s', async (_name, authorization) => {
    const answer = await call('POST', synchronizing, accept, { authorization }, '{"Elements":[]}');
    expectError(answer, [401, 'Unauthorized'], accept);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it("another interface's key", async () => {
    const wanted = { kind: 'client', label: 'Another', role: 'member', grants: {} } as const;
    const key = await server.hub.access.createCredential(client.caller, wanted);
    const asked = await askToken(server.url, { ...demoClient, client_id: key.clientId, client_secret: key.secret });
    const authorization = `Bearer ${JSON.parse(asked.text).access_token}`;
    const answer = await call('POST', synchronizing, accept, { authorization }, '{"Elements":[]}');
    expectError(answer, [403, 'Forbidden'], accept);
  });
});

describe('a body that cannot be read changes nothing', () => {
  afterEach(async () => {
    expect(await client.elements('name')).toEqual([['A', 'Pump']]);
  });

  const whole = '<elements><Elements><Element externalid="A"/></Elements></elements>';
  describe.each(forms)('and is told so in %s', (accept) => {
    it.each<[string, string, string | Buffer]>([
      ['broken JSON', json, '{"Elements":[{"@externalid":"A"'],
      ['JSON and more', json, '{"Elements":[]}{"Elements":[]}'],
      ['a NUL byte', json, '\u0000'],
      ['a NUL byte between elements', json, '{"Elements":[\u0000]}'],
      ['bytes that are no text', json, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
      ['XML where JSON is said', json, whole],
      ['broken XML', xml, whole.slice(0, -3)],
      ['XML of another root', xml, whole.replaceAll('elements>', 'root>')],
      ['XML and more', xml, `${whole}<more/>`],
      ['XML with a NUL byte', xml, whole.replace('"A"', '"\u0000"')],
      ['a document type', xml, `<!DOCTYPE elements>${whole}`],
      [
        'an external entity',
        xml,
        `<!DOCTYPE e [<!ENTITY f SYSTEM "file:///etc/passwd">]>${whole.replace('"A"', '"&f;"')}`,
      ],
      ['an unknown entity', xml, whole.replace('"A"', '"&f;"')],
      ['JSON where XML is said', xml, '{"Elements":[]}'],
      ['nothing', json, ''],
      ['nothing, as XML', xml, ''],
    ])('%s', async (_name, contentType, body) => {
      const answer = await client.post(typeof body === 'string' ? body : new Uint8Array(body), {
        'content-type': contentType,
        accept,
      });
      expectError(answer, [400, 'InvalidStructure'], accept);
    });

    it('a packed body, of which nothing is guessed', async () => {
      const answer = await client.post(new Uint8Array(gzipSync('{"Elements":[]}')), {
        'content-encoding': 'gzip',
        accept,
      });
      expectError(answer, [415, 'UnsupportedMediaType'], accept);
      expect(answer.text).toContain('sent as it is, not packed');
    });

    it('an element of 40 MB, while it is still being sent', async () => {
      const sent = request(server.url + synchronizing, {
        method: 'POST',
        headers: { authorization: 'Bearer kw_demo_admin', 'content-type': json, accept },
      });
      const answering = new Promise<Told>((resolve, reject) => {
        sent.on('error', reject);
        sent.on('response', async (response) => {
          const headers = { get: (name: string) => response.headers[name] };
          resolve({ status: response.statusCode ?? 0, headers, text: await textOf(response) });
        });
      });
      sent.write('{"Elements":[{"@externalid":"A","Name":"');
      for (let bytes = 0; bytes < 40_000_000; bytes += 1_000_000) sent.write('x'.repeat(1_000_000));
      sent.end('"}]}');
      const answer = await answering;
      expectError(answer, [400, 'InvalidStructure'], accept);
      const message = `An element is larger than ${maxElementBytes.toLocaleString('en')} bytes.`;
      expect(answer.text).toContain(accept === json ? `"message":"${message}"` : `>${message}<`);
    });
  });
});

it('a set of 40 MB is no failure', async () => {
  const rows = Array.from({ length: 40 }, (_, n) => ({ '@externalid': 'A', [`Odd ${n}`]: 'x'.repeat(1_000_000) }));
  const answer = await client.post(JSON.stringify({ Elements: rows }));
  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([200, { received: 40, deleted: 0 }]);
});

describe('a server that is at its limit, away from its database, or broken', () => {
  let fresh: FreshHub | undefined;
  afterAll(() => fresh?.close());
  const settings = { publicOrigin: null, trustProxy: false, bodyLimitBytes: 10 * 1024 * 1024 };
  const answersOf = async (accept: string, fail: () => never) => {
    fresh ??= await freshHub();
    const { access } = fresh.hub;
    const hub: Hub = {
      ...fresh.hub,
      catalogue: async () => fail(),
      access: { ...access, workspace: async () => fail(), client: async () => fail() },
    };
    const app = createServer({ hub, dialects: [plainDialect('native', [], () => {}), relatics], settings });
    const headers = { authorization: 'Bearer kw_demo_admin', accept, 'content-type': json };
    const asked = { method: 'POST', payload: new URLSearchParams(demoClient).toString() } as const;
    const answers = {
      called: [
        await app.inject({ method: 'POST', url: synchronizing, headers, payload: '{"Elements":[]}' }),
        await app.inject({ url: `${interfaces}/providing/contacts`, headers }),
      ],
      asked: [await app.inject({ ...asked, url: tokenPath }), await app.inject({ ...asked, url: '/oauth2/token' })],
    };
    await app.close();
    return answers;
  };
  const toldBy = (answer: Awaited<ReturnType<typeof answersOf>>['called'][number]): Told => ({
    status: answer.statusCode,
    headers: { get: (name) => answer.headers[name] },
    text: answer.payload,
  });

  it.each(forms)('says in %s that it is too busy, and when to try again', async (accept) => {
    const { called, asked } = await answersOf(accept, () => {
      throw new Overloaded(3);
    });
    for (const answer of called) expectError(toldBy(answer), [503, 'Unavailable'], accept);
    for (const answer of asked) {
      expect([answer.statusCode, answer.json()]).toMatchObject([503, { error: 'temporarily_unavailable' }]);
    }
    for (const answer of [...called, ...asked]) expect(answer.headers['retry-after']).toBe('3');
  });

  it.each(forms)('says in %s nothing of a fault but that there was one', async (accept) => {
    const { called, asked } = await answersOf(accept, () => {
      throw new TypeError('secret at /somewhere/inside.ts:1');
    });
    for (const answer of called) expectError(toldBy(answer), [500, 'InternalError'], accept);
    for (const answer of asked)
      expect([answer.statusCode, answer.json()]).toMatchObject([500, { error: 'server_error' }]);
    for (const answer of [...called, ...asked]) expect(answer.payload).not.toMatch(/secret|somewhere|TypeError/);
  });
});
