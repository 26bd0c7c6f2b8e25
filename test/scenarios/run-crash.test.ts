// Runs of complete sets through two servers, of which one is killed with -9: what was acknowledged is applied, all else leaves nothing.
import { request as httpRequest } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBalance } from '../../src/engine/balance.ts';
import { type FreshHub, freshHub, testSecretKey } from '../fresh-hub.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { stateDigest } from '../state-digest.ts';

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test finds out
type Json = any;
const auth = { authorization: 'Bearer kw_demo_admin' };
const row = (key: string, name: string): string => `${JSON.stringify({ external_id: key, name })}\n`;
const rows = (count: number, name: string): string =>
  Array.from({ length: count }, (_, index) => row(`X-${index}`, name)).join('');

describe('kill -9 of a server with runs', () => {
  let fresh: FreshHub;
  let client: pg.Client;
  const servers: ServerProcess[] = [];

  const start = async (): Promise<ServerProcess> => {
    const server = await startServer(['--database-url', fresh.databaseUrl], { KEYWAY_SECRET_KEY: testSecretKey });
    servers.push(server);
    return server;
  };

  beforeAll(async () => {
    fresh = await freshHub();
    client = new pg.Client({ connectionString: fresh.databaseUrl });
    await client.connect();
    const server = await start();
    const change = JSON.stringify({ guard: { deletes: null } });
    const headers = { ...auth, 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/v1/interfaces/myendpoint`, { method: 'PATCH', headers, body: change });
    expect(answer.status).toBe(200);
    await answer.text();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.process.exitCode ?? server.process.signalCode ?? server.stop()));
    await client.end();
    await fresh.close();
  });

  const get = async (server: ServerProcess, path: string): Promise<Json> =>
    (await fetch(`${server.url}${path}`, { headers: auth })).json();

  const submit = (server: ServerProcess, body: string, wait: number, more: Record<string, string> = {}) =>
    fetch(`${server.url}/v1/interfaces/myendpoint/runs?wait=${wait}`, {
      method: 'POST',
      headers: { ...auth, 'content-type': 'application/x-ndjson', ...more },
      body,
    });

  /** A body that does not end: its run has the interface until its server is gone. */
  function neverEnding(server: ServerProcess, begin: string, more: Record<string, string> = {}): Promise<void> {
    const request = httpRequest(`${server.url}/v1/interfaces/myendpoint/runs?wait=60`, {
      method: 'POST',
      headers: { ...auth, 'content-type': 'application/x-ndjson', ...more },
    });
    request.on('error', () => {});
    request.write(begin);
    return expect
      .poll(async () => (await get(server, '/v1/interfaces/myendpoint/runs?state=received')).items.length)
      .toBe(1) as unknown as Promise<void>;
  }

  /** Every run has ended, and balances. */
  const settled = async (server: ServerProcess): Promise<void> => {
    await expect.poll(async () => (await get(server, '/v1/runs?state=received,queued')).items).toEqual([]);
    for (const run of (await get(server, '/v1/runs?limit=1000')).items) checkBalance(run.id, run.counts);
    // A number drawn by a server that was killed before it recorded its run is let go later.
    const { rows: left } = await client.query(
      `select (select count(*)::int from open_run join run using (workspace_id, run)) as open,
         (select count(*)::int from queued_part) as parts, (select count(*)::int from staging) as staged`,
    );
    expect(left).toEqual([{ open: 0, parts: 0, staged: 0 }]);
  };

  it('applies what the dead one had queued, and says of what it was receiving that it failed', async () => {
    const [doomed, survivor] = [servers[0] as ServerProcess, await start()];
    await neverEnding(doomed, row('X-lost', 'never'));
    const queued = await submit(doomed, rows(3_000, 'queued'), 0);
    expect(queued.status).toBe(202);
    const run: Json = await queued.json();
    expect(run).toMatchObject({ state: 'queued', counts: { received: 3_000 }, queue_position: 1, started_at: null });
    expect(queued.headers.get('location')).toMatch(new RegExp(`/v1/runs/${run.id}$`));
    await doomed.kill();
    await settled(survivor);
    const { items } = await get(survivor, '/v1/interfaces/myendpoint/runs');
    expect(items).toMatchObject([
      { id: run.id, state: 'applied', counts: { received: 3_000, created: 3_000 } },
      { state: 'failed', counts: { received: 0 }, failure: expect.stringContaining('server stopped') },
    ]);
    const { records } = await stateDigest(client, 'X-');
    expect(records).toHaveLength(3_000);
    expect(records.every((text) => text.includes('queued'))).toBe(true);
  });

  it('leaves all or nothing of each run, wherever it is killed', async () => {
    const survivor = servers[1] as ServerProcess;
    const before = new Map<string, string>();
    for (const name of ['red', 'blue']) {
      expect((await submit(survivor, rows(2_500, name), 60)).status).toBe(200);
      before.set(name, (await stateDigest(client, 'X-')).digest);
    }
    let last = 'blue';
    for (const waitMs of [20, 60, 120, 200, 300, 450]) {
      const doomed = await start();
      const next = last === 'blue' ? 'red' : 'blue';
      // One that is acknowledged before it is applied, on every other turn.
      const isQueued = waitMs % 40 === 20;
      const sent = submit(doomed, rows(2_500, next), isQueued ? 0 : 60).then(
        async (answer) => ((await answer.json()) as Json).state as string,
        () => 'no answer',
      );
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await doomed.kill();
      const told = await sent;
      await settled(survivor);
      const { digest } = await stateDigest(client, 'X-');
      expect([before.get(last), before.get(next)]).toContain(digest);
      if (told !== 'no answer') expect(digest).toBe(before.get(next)); // what was acknowledged is applied
      if (digest === before.get(next)) last = next;
    }
  });

  it('applies a set that comes again under its Idempotency-Key once, wherever its server was killed', async () => {
    const survivor = servers[1] as ServerProcess;
    const key = (name: string) => ({ 'idempotency-key': name });
    const again = async (body: string, name: string): Promise<Json> =>
      (await submit(survivor, body, 60, key(name))).json();
    const runsOf = async (): Promise<number> => Number((await client.query('select count(*) from run')).rows[0].count);

    const receiving = await start();
    await neverEnding(receiving, row('X-lost', 'never'), key('receiving'));
    const waiting = again(rows(500, 'again'), 'receiving'); // while it lives
    await new Promise((resolve) => setTimeout(resolve, 200));
    await receiving.kill();
    expect(await waiting).toMatchObject({ state: 'applied', counts: { received: 500 } });

    for (const waitMs of [30, 150, 400]) {
      const name = `killed after ${waitMs} ms`;
      const doomed = await start();
      const before = await runsOf();
      submit(doomed, rows(2_000, name), 60, key(name)).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await doomed.kill();
      const run = await again(rows(2_000, name), name);
      expect(run).toMatchObject({ state: 'applied', counts: { received: 2_000 } });
      expect(await again(rows(2_000, name), name)).toEqual(run);
      const { rows: ended } = await client.query(
        `select count(*)::int as applied from run where run > (select max(run) - $1 from run) and state = 'applied'`,
        [(await runsOf()) - before],
      );
      expect(ended).toEqual([{ applied: 1 }]);
    }
    await settled(survivor);
  });

  it('takes up again what it was applying when it died', async () => {
    const survivor = servers[1] as ServerProcess;
    const doomed = await start();
    const answer = await submit(doomed, rows(6_000, 'applying'), 0);
    const { id } = (await answer.json()) as Json;
    await expect.poll(async () => (await get(survivor, `/v1/runs/${id}`)).started_at, { interval: 5 }).not.toBeNull();
    await doomed.kill();
    await settled(survivor);
    expect(await get(survivor, `/v1/runs/${id}`)).toMatchObject({ state: 'applied', counts: { received: 6_000 } });
    expect((await stateDigest(client, 'X-')).records).toHaveLength(6_000);
  });
});
