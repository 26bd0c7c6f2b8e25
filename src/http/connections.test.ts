/** What happens below HTTP, and while the server stops: over sockets of the test's own. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub, testSecretKey } from '../../test/fresh-hub.ts';
import { plainDialect } from '../../test/plain-dialect.ts';
import { createHub } from '../engine/create-hub.ts';
import { openDatabase } from '../store/postgres/database.ts';
import { createServer, type HttpSettings } from './server.ts';

let fresh: FreshHub;
let app: FastifyInstance;
let port: number;
let sockets: Socket[] = [];
/** What the server has of them, in the order in which they were made. */
let taken: Socket[] = [];

const native = plainDialect('native', ['/v1'], (scope) => {
  scope.get('/v1/base', async (request) => ({ base: request.publicBase }));
  scope.post('/v1/echo', async (request) => ({ body: request.body }));
});

async function start(settings: Partial<HttpSettings> = {}, hub = fresh.hub): Promise<void> {
  app = createServer({
    hub,
    dialects: [native],
    settings: { publicOrigin: null, trustProxy: false, bodyLimitBytes: 1024, ...settings },
  });
  app.server.on('connection', (socket) => taken.push(socket));
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
}

beforeAll(async () => {
  fresh = await freshHub();
});
afterAll(() => fresh.close());
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  taken = [];
  await app.close();
});

/** A connection that remembers all that it received. */
async function open(): Promise<{ socket: Socket; received: () => string; ended: Promise<void> }> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.on('error', () => {});
  const ended = new Promise<void>((done) => void socket.on('close', () => done()));
  await Promise.race([ended, new Promise((done) => socket.once('connect', done))]);
  return { socket, received: () => text, ended };
}

async function exchange(request: string): Promise<string> {
  const { socket, received, ended } = await open();
  socket.write(request);
  await ended;
  return received();
}

const get = (headers: string): string => `GET /v1/base HTTP/1.1\r\nConnection: close\r\n${headers}\r\n\r\n`;

describe('the address of the server in answers', () => {
  it('is the one that the client used', async () => {
    await start();
    expect(await exchange(get('Host: hub.test:81'))).toContain('{"base":"http://hub.test:81"}');
    expect(await exchange(get('Host: [::1]:81'))).toContain('{"base":"http://[::1]:81"}');
  });

  it('is never made of a Host header that names no host', async () => {
    await start();
    for (const host of ['a b', 'evil.test/path', 'x"y', 'user@host']) {
      const answer = await exchange(get(`Host: ${host}`));
      expect(answer).toMatch(/^HTTP\/1.1 400 /);
      expect(answer).toContain('The Host header names no host.');
    }
  });

  it('believes a proxy only when told to', async () => {
    const headers = 'Host: inner:81\r\nX-Forwarded-Host: hub.example.com\r\nX-Forwarded-Proto: https';
    await start();
    expect(await exchange(get(headers))).toContain('{"base":"http://inner:81"}');
    await app.close();
    await start({ trustProxy: true });
    expect(await exchange(get(headers))).toContain('{"base":"https://hub.example.com"}');
  });

  it('is the public origin where one is set', async () => {
    await start({ publicOrigin: 'https://hub.example.com' });
    expect(await exchange(get('Host: inner:81'))).toContain('{"base":"https://hub.example.com"}');
  });
});

describe('what is no HTTP request', () => {
  it('is answered with a problem, and the connection closed', async () => {
    await start();
    const answer = await exchange('HELLO\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/);
    expect(answer).toContain('"detail":"This is not an HTTP request."');
  });

  it('has more header than the server takes', async () => {
    await start();
    const answer = await exchange(get(`Host: a\r\nX-Long: ${'x'.repeat(66_000)}`));
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });
});

describe('a body that is larger than the server takes', () => {
  const head = 'POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
  const piece = 'x'.repeat(65_536);

  it.each([
    ['that says its length', `Content-Length: ${200 * piece.length}\r\n\r\n`, piece],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n', `10000\r\n${piece}\r\n`],
  ])('%s is refused so that its sender can read why', async (_name, form, sent) => {
    await start();
    const { socket, received } = await open();
    const faults: Error[] = [];
    socket.on('error', (fault) => faults.push(fault)).pause(); // it looks at the answer once all is sent
    socket.write(head + form);
    for (let count = 0; count < 200; count++) {
      if (!socket.write(sent)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    }
    socket.resume();
    await expect.poll(received).toMatch(/^HTTP\/1.1 413 .*"body_too_large"/s);
    expect(faults).toEqual([]);
  });

  it('is not received for ever', async () => {
    await start({ bodyPatienceMs: 50 });
    const { socket, received, ended } = await open();
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const sending = setInterval(() => socket.write(`400\r\n${'x'.repeat(1024)}\r\n`), 5);
    await ended;
    clearInterval(sending);
    expect(received()).toMatch(/^HTTP\/1.1 413 /);
  });
});

describe('a stopping server', () => {
  it('finishes what is under way, tells that it is not ready, and takes no new connection', async () => {
    await start();
    const slow = await open();
    const half = 'POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n"a';
    slow.socket.write(half);
    const probe = await open();
    const begun = 'GET /health/ready HTTP/1.1\r\nHost: a\r\nX-Half: ';
    probe.socket.write(begun);
    await expect.poll(() => taken.map(({ bytesRead }) => bytesRead)).toEqual([half.length, begun.length]);

    const closed = app.close();
    await expect.poll(() => app.server.listening).toBe(false);
    probe.socket.write('1\r\n\r\n');
    await probe.ended;
    expect(probe.received()).toMatch(/^HTTP\/1.1 503 .*connection: close.*{"status":"stopping"}$/is);
    expect((await open()).socket.readyState).toBe('closed');

    slow.socket.write('bc"');
    await slow.ended;
    expect(slow.received()).toMatch(/^HTTP\/1.1 200 .*{"body":"abc"}$/s);
    await closed;
  });
});

describe('readiness', () => {
  it('ends when the database is away', async () => {
    const database = openDatabase({ connection: { connectionString: 'postgresql://127.0.0.1:1/none' } });
    await start({}, createHub({ database, secretKey: testSecretKey }));
    const answer = await exchange('GET /health/ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 503 /);
    expect(answer).toContain('{"status":"database_unreachable"}');
  });
});
