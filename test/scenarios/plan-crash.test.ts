// A server that is killed with -9 while it plans a set: nothing of the plan is left, and the next one goes on.
import { request as httpRequest } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshHub, freshHub, testSecretKey } from '../fresh-hub.ts';
import { untilOneWaits } from '../lock-waits.ts';
import { startServer } from '../server-process.ts';
import { setOf } from '../set-of.ts';
import { stateDigest } from '../state-digest.ts';

let fresh: FreshHub;
let client: pg.Client;
beforeAll(async () => {
  fresh = await freshHub();
  client = new pg.Client({ connectionString: fresh.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await fresh.close();
});

const count = 2_000;
const elements = Array.from({ length: count }, (_, index) => ({ key: `X-${index}`, path: `[${index}]`, members: [] }));
const body = elements.map(({ key }) => `${JSON.stringify({ external_id: key })}\n`).join('');

/** All that a plan, or a run, might have left. */
const traces = async () => {
  const tables = ['record', 'change', 'commit', 'plan', 'plan_item', 'run', 'staging', 'queued_part', 'issue'];
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`);
  return { ...(await client.query(`select ${counts.join(', ')}`)).rows[0], ...(await stateDigest(client, 'X-')) };
};

/** The server's transactions that have gone on for so long. */
const longTransactions = async (): Promise<number> => {
  const { rows } = await client.query(
    `select count(*)::int as n from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and xact_start < clock_timestamp() - interval '30 ms'`,
  );
  return rows[0].n;
};

it.each([
  ['while its body arrives', false],
  ['while it is worked out', true],
])('leaves nothing of a plan %s, and the next one goes on', async (_when, ends) => {
  const before = await traces();
  const server = await startServer(['--database-url', fresh.databaseUrl], { KEYWAY_SECRET_KEY: testSecretKey });
  const headers = { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/x-ndjson' };
  const asked = httpRequest(`${server.url}/v1/interfaces/myendpoint/runs?plan=true`, { method: 'POST', headers });
  let answered = false;
  asked.on('error', () => {});
  asked.on('response', () => {
    answered = true;
  });
  asked.write(body);
  if (ends) {
    await client.query('begin');
    await client.query('lock table change in share mode'); // records are written as the plan has them, and no change of them
    asked.end();
    await untilOneWaits(fresh.databaseUrl);
  } else await expect.poll(longTransactions, { interval: 5 }).toBeGreaterThan(0);
  await server.kill();
  expect(answered).toBe(false);
  if (ends) await client.query('rollback');
  await expect.poll(longTransactions).toBe(0);
  expect(await traces()).toEqual(before);

  const planned = await fresh.hub.plans.set(fresh.admin, 'myendpoint', setOf(elements));
  expect(planned).toMatchObject({ kind: 'planned', plan: { counts: { received: count, created: count } } });
  if (planned.kind !== 'planned') return;
  expect((await stateDigest(client, 'X-')).records).toEqual([]);
  if (!ends) return;
  const applied = await fresh.hub.plans.applySet(fresh.admin, 'myendpoint', setOf(elements), planned.plan.id);
  expect(applied).toMatchObject({ kind: 'done', run: { state: 'applied', counts: { created: count } } });
});
