// Idempotency-Key with bodies that are read as they arrive: complete sets and imports.
import { type ClientRequest, request as open } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, demoServer, type Json } from '../test-client.ts';

const { call, hub, url, databaseUrl } = await demoServer();
const client = new pg.Client({ connectionString: databaseUrl });
beforeAll(() => client.connect());
afterAll(() => client.end());

const runs = '/v1/interfaces/myendpoint/runs';
const imports = '/v1/records/contact/import';
const ndjson = { 'content-type': 'application/x-ndjson' };
const line = (key: string, name = key): string => `${JSON.stringify({ external_id: key, name })}\n`;
const send = (path: string, key: string, body: string, more: Record<string, string> = {}): Promise<Answer> =>
  call('POST', path, { body, headers: { ...ndjson, 'idempotency-key': key, ...more } });
const countOf = async (table: string): Promise<number> =>
  Number((await client.query(`select count(*) from ${table}`)).rows[0].count);
const code = ({ status, body }: Answer) => [status, body.code];

/** A body that does not end before it is told to. */
function begin(path: string, key: string, part: string): { sender: ClientRequest; answer: Promise<Json> } {
  const headers = { authorization: 'Bearer kw_demo_admin', 'idempotency-key': key, ...ndjson };
  const sender = open(`${url}${path}`, { method: 'POST', headers });
  const answer = new Promise<Json>((resolve, reject) => {
    sender.on('error', reject);
    sender.on('response', async (response) => {
      let text = '';
      for await (const piece of response) text += piece;
      resolve(JSON.parse(text));
    });
  });
  sender.write(part);
  return { sender, answer };
}
const seen = (state: string, list: string) =>
  expect.poll(async () => (await call('GET', list)).body.items[0]?.state).toBe(state);

describe('a complete set with an Idempotency-Key', () => {
  it('is answered by the same run when it comes again, and received once', async () => {
    const first = await send(runs, 'set', line('A-1') + line('A-2'));
    expect(first).toMatchObject({ status: 200, body: { state: 'applied', counts: { received: 2, created: 2 } } });
    await call('POST', runs, { body: [{ external_id: 'A-3' }] });
    const before = await countOf('run');
    const again = await send(runs, 'set', line('A-1') + line('A-2'));
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(await countOf('run')).toBe(before);
    expect((await call('GET', '/v1/records/element/external_id:A-3')).status).toBe(200);
  });

  it('is refused with another body or address, and in another piece of the same bytes is the same', async () => {
    const body = line('B-1') + line('B-2');
    const { body: run } = await send(runs, 'other', body);
    expect(code(await send(runs, 'other', line('B-1')))).toEqual([422, 'idempotency_key_reused']);
    expect(code(await send(runs, 'other', `${body}${line('B-3')}`))).toEqual([422, 'idempotency_key_reused']);
    expect(code(await send(`${runs}?wait=3`, 'other', body))).toEqual([422, 'idempotency_key_reused']);
    const { sender, answer } = begin(runs, 'other', body.slice(0, 7));
    await new Promise((resolve) => setTimeout(resolve, 50));
    sender.end(body.slice(7));
    expect(await answer).toEqual(run);
  });

  it('that waits is answered with what has become of it since', async () => {
    const first = await send(`${runs}?wait=0`, 'queued', line('C-1'));
    expect([first.status, first.body.state]).toEqual([202, 'queued']);
    const again = () => send(`${runs}?wait=0`, 'queued', line('C-1'));
    await expect.poll(async () => (await again()).status).toBe(200);
    expect((await again()).body).toMatchObject({ id: first.body.id, state: 'applied' });
  });

  it('that is held is answered as approved when it was', async () => {
    const guard = (deletes: number | null) =>
      call('PATCH', '/v1/interfaces/myendpoint', { body: { guard: { deletes } } });
    await guard(null);
    await send(runs, 'to hold', line('D-1') + line('D-2') + line('D-3'));
    await guard(1);
    const { body: run } = await send(runs, 'held', line('D-1'));
    expect(run.held.deletes).toBe(2);
    await call('POST', `/v1/runs/${run.id}/approve`, { body: { deletes: 2 } });
    const again = await send(runs, 'held', line('D-1'));
    expect(again.body).toMatchObject({ id: run.id, state: 'applied', held: null, counts: { deleted: 2 } });
    await guard(null);
  });

  it('by a plan is answered by its run, and not told that the plan was applied', async () => {
    const plan = (await send(`${runs}?plan=true`, 'no plan', line('E-1'))).body.plan_id;
    const first = await send(`${runs}?plan_id=${plan}`, 'planned', line('E-1'));
    expect(first).toMatchObject({ status: 200, body: { state: 'applied' } });
    expect((await send(`${runs}?plan_id=${plan}`, 'planned', line('E-1'))).body).toEqual(first.body);
    expect(code(await send(`${runs}?plan_id=${plan}`, 'planned again', line('E-1')))).toEqual([409, 'plan_stale']);
  });

  it('waits while the first is under way, and is answered by it', async () => {
    const first = begin(runs, 'twice', line('F-1'));
    await seen('received', runs);
    let isAnswered = false;
    const second = send(runs, 'twice', line('F-1') + line('F-2')).finally(() => {
      isAnswered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isAnswered).toBe(false);
    first.sender.end(line('F-2'));
    const run = await first.answer;
    expect(run).toMatchObject({ state: 'applied', counts: { received: 2 } });
    expect((await second).body).toEqual(run);
  });

  it('is received when the first was broken off, had no right form, or was lost', async () => {
    const { sender, answer } = begin(runs, 'broken', line('G-1'));
    answer.catch(() => {});
    await seen('received', runs);
    sender.destroy();
    await seen('failed', runs);
    expect((await send(runs, 'broken', line('G-1') + line('G-2'))).body).toMatchObject({ state: 'applied' });

    expect(code(await send(runs, 'malformed', '{"name": "no key"}'))).toEqual([400, 'set_malformed']);
    expect((await send(runs, 'malformed', line('G-1'))).status).toBe(200);
    expect(code(await send(runs, 'malformed, then a record', '{}'))).toEqual([400, 'set_malformed']);
    const record = { body: { fields: {} }, headers: { 'idempotency-key': 'malformed, then a record' } };
    expect((await call('POST', '/v1/records/contact', record)).status).toBe(201);

    // As a server leaves it that is killed while it receives.
    const lost = await send(runs, 'lost', line('G-3'));
    await client.query(
      `with lost as (update run set state = 'received' where run = $1 returning workspace_id, run, interface),
         told as (update idempotency set fingerprint = '' where key = 'lost')
       insert into open_run (workspace_id, run, interface, reserved_at) select *, now() from lost`,
      [lost.body.number],
    );
    const again = await send(runs, 'lost', line('G-4'));
    expect(again.body).toMatchObject({ state: 'applied', counts: { received: 1 } });
    expect(again.body.id).not.toBe(lost.body.id);
    expect((await call('GET', `/v1/runs/${lost.body.id}`)).body.state).toBe('failed');
  });

  it('is one of 8 simultaneous requests', async () => {
    const before = await countOf('run');
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(runs, 'many', line('H-1') + line('H-2'))));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(await countOf('run')).toBe(before + 1);
  });

  it('is another’s with the same key, of another principal or workspace; and asks for the same rights each time', async () => {
    const body = line('I-1');
    const own = await send(runs, 'shared', body);
    const headers = { ...ndjson, 'idempotency-key': 'shared' };
    const power = await call('POST', runs, { as: 'power', body, headers });
    expect([power.status, power.body.state]).toEqual([200, 'applied']);
    expect(power.body.id).not.toBe(own.body.id);
    expect((await call('POST', runs, { as: 'member', body, headers })).status).toBe(403);

    const made = await hub.workspaces.create({ name: 'Other' });
    if (made.kind !== 'created') throw new Error(made.kind);
    const schema = (await call('GET', '/v1/schema')).body;
    await call('PUT', '/v1/schema', { as: made.adminKey, body: schema });
    const other = await call('POST', runs, { as: made.adminKey, body, headers });
    expect(other.body).toMatchObject({ state: 'applied', counts: { created: 1 } });
  });
});

describe('an import with an Idempotency-Key', () => {
  const rows = (prefix: string, count: number): string =>
    Array.from({ length: count }, (_, index) => line(`${prefix}-${index}`)).join('');
  const create = `${imports}?mode=create`;
  const json = { 'content-type': 'application/json' };

  it('is answered with the same summary when it comes again, rejected rows and all', async () => {
    const body = `${rows('J', 1_200)}{"external_id": "J-bad", "nonsense": 1}\n`;
    const first = await send(create, 'import', body);
    expect(first).toMatchObject({ status: 200, body: { counts: { received: 1_201, created: 1_200, rejected: 1 } } });
    const before = await countOf('import');
    const again = await send(create, 'import', body);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await countOf('import')).toBe(before);
    expect(code(await send(create, 'import', rows('J', 3)))).toEqual([422, 'idempotency_key_reused']);
  });

  it('streams its counts again, and no row', async () => {
    const accept = { accept: 'application/x-ndjson' };
    const first = (await send(create, 'stream', rows('K', 3), accept)).body.trim().split('\n');
    expect(first).toHaveLength(5);
    const again = (await send(create, 'stream', rows('K', 3), accept)).body.trim().split('\n');
    const { import: id } = JSON.parse(first[0]);
    expect([again.length, JSON.parse(again[0])]).toEqual([2, { import: id, rows_done: 3 }]);
    expect(again[1]).toBe(first[4]);
  });

  it('of links, by a plan, or that goes on is one as well', async () => {
    const path = '/v1/links/customer.contacts/import?left_key=external_id&right_key=external_id';
    const body = '{"left": "JOHN_DOE42", "right": "J-1"}\n';
    const linked = await send(path, 'links', body);
    expect(linked.body.counts).toMatchObject({ received: 1, created: 1 });
    expect((await send(path, 'links', body)).body).toEqual(linked.body);

    const plan = (await send(`${imports}?plan=true`, 'no plan', rows('L', 2))).body.plan_id;
    const applied = await send(`${imports}?plan_id=${plan}`, 'plan', rows('L', 2));
    expect(applied.body.counts).toMatchObject({ created: 2 });
    expect((await send(`${imports}?plan_id=${plan}`, 'plan', rows('L', 2))).body).toEqual(applied.body);

    const { violations } = (await call('POST', create, { body: '[{"external_id": "M-0"},', headers: json })).body;
    const resumed = await send(`${create}&import=${violations[0].import}`, 'going on', rows('M', 2));
    expect(resumed.body).toMatchObject({ import: violations[0].import, counts: { received: 2, created: 2 } });
    const again = await send(`${create}&import=${violations[0].import}`, 'going on', rows('M', 2));
    expect(again.body).toEqual(resumed.body);
  });

  it('waits while the first is under way, and is answered by it', async () => {
    const first = begin(create, 'import twice', rows('N', 1_500));
    await seen('receiving', '/v1/imports');
    const second = send(create, 'import twice', rows('N', 1_500) + line('N-last'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    first.sender.end(line('N-last'));
    const summary = await first.answer;
    expect(summary.counts).toMatchObject({ received: 1_501, created: 1_501 });
    expect((await second).body).toEqual(summary);
  });

  it('begins anew when the first was cut short or lost: what that wrote is written', async () => {
    const { sender, answer } = begin(imports, 'cut', rows('O', 1_500));
    answer.catch(() => {});
    await expect.poll(async () => (await call('GET', '/v1/imports')).body.items[0].rows_done).toBe(1_000);
    sender.destroy();
    await seen('cut_short', '/v1/imports');
    const again = await send(imports, 'cut', rows('O', 1_501));
    expect(again.body.counts).toMatchObject({ received: 1_501, created: expect.any(Number) });
    expect(again.body.counts.created + again.body.counts.unchanged).toBe(1_501);
    expect((await send(imports, 'cut', rows('O', 1_501))).body).toEqual(again.body);

    const lost = await send(imports, 'lost import', rows('P', 2));
    await client.query(
      `with told as (update idempotency set fingerprint = '' where key = 'lost import')
       update import set state = 'receiving', finished_at = null, active_at = now() - interval '2 minutes'
       where import = (select max(import) from import)`,
    );
    const anew = await send(imports, 'lost import', rows('P', 3));
    expect(anew.body.counts).toMatchObject({ received: 3, created: 1, unchanged: 2 });
    expect((await call('GET', `/v1/imports/${lost.body.import}`)).body.state).toBe('cut_short');
  });
});
