import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { afterAll, describe, expect, it } from 'vitest';
import { piecesOf, StalledBody } from './bodies.ts';

const server = createServer();
afterAll(() => void server.close());

/** A body on its way, as its reader gets it. */
async function sending(bodyPatienceMs: number) {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  const sender = request({ method: 'POST', port: (server.address() as AddressInfo).port });
  sender.on('error', () => {});
  sender.write('first');
  const [body] = (await once(server, 'request')) as [IncomingMessage];
  const pieces = piecesOf({ body, bodyPatienceMs } as unknown as FastifyRequest);
  expect(String((await pieces.next()).value)).toBe('first');
  return { sender, pieces };
}

describe('the pieces of a body', () => {
  it('are waited for no longer than they may take', async () => {
    const { sender, pieces } = await sending(20);
    await expect(pieces.next()).rejects.toBeInstanceOf(StalledBody);
    sender.destroy();
  });

  it('are not missed where the server itself was late in reading them', async () => {
    const { sender, pieces } = await sending(20);
    const next = pieces.next();
    sender.write('second');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60); // nothing else happens in this process
    expect(String((await next).value)).toBe('second');
    sender.destroy();
  });
});
