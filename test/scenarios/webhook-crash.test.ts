// Webhooks and the change feed survive the server: nothing is left out, and what comes twice has the same id.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub, testSecretKey } from '../fresh-hub.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { query } from '../steps.ts';

describe('kill -9 of a server in the middle of a delivery', () => {
  const headers = { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' };
  const received: { id: string; name: string }[] = [];
  const unanswered: ServerResponse[] = [];
  let hangs = false;
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    received.push({ id: String(request.headers['webhook-id']), name: JSON.parse(body).data.after.name });
    if (hangs) unanswered.push(response);
    else response.writeHead(204).end();
  });

  let fresh: FreshHub;
  let doomed: ServerProcess;
  let survivor: ServerProcess;
  const start = (): Promise<ServerProcess> =>
    startServer(['--database-url', fresh.databaseUrl, '--webhooks-allow-private'], {
      KEYWAY_SECRET_KEY: testSecretKey,
    });

  beforeAll(async () => {
    fresh = await freshHub();
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    doomed = await start();
  });
  afterAll(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await survivor?.stop();
    await fresh.close();
  });

  const write = async (server: ServerProcess, name: string): Promise<void> => {
    const address = `${server.url}/v1/records/contact/external_id:${name}`;
    const answer = await fetch(address, { method: 'PATCH', headers, body: JSON.stringify({ fields: { name } }) });
    expect(answer.status).toBe(201);
    await answer.text();
  };

  it('lets another server take over once the claim is over', async () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const made = await fetch(`${doomed.url}/v1/webhooks`, { method: 'POST', headers, body: JSON.stringify({ url }) });
    expect(made.status).toBe(201);
    await made.text();
    await write(doomed, 'crash-0');
    await expect.poll(() => received.length).toBe(1);
    hangs = true;
    for (const name of ['crash-1', 'crash-2']) await write(doomed, name);
    await expect.poll(() => received.length).toBe(2);
    await doomed.kill();
    hangs = false;
    const [claim] = await query(
      fresh.databaseUrl,
      "select claimed_by is not null as held, claimed_until - clock_timestamp() < '30 seconds' as soon from webhook",
    );
    expect(claim).toEqual({ held: true, soon: true });
    const claimUntil = (when: string) => query(fresh.databaseUrl, `update webhook set claimed_until = ${when}`);
    await claimUntil("clock_timestamp() + '1 hour'"); // however long the other server takes to start
    survivor = await start();
    await write(survivor, 'crash-3');
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // it looks twice a second
    expect(received).toHaveLength(2);
    await claimUntil('clock_timestamp()');
    await expect.poll(() => received.length).toBe(5);
    expect(received.map(({ name }) => name)).toEqual(['crash-0', 'crash-1', 'crash-1', 'crash-2', 'crash-3']);
    expect(received[2]?.id).toBe(received[1]?.id);
    expect(new Set(received.map(({ id }) => id)).size).toBe(4);
  });
});
