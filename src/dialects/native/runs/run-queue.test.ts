import { afterEach, describe, expect, it } from 'vitest';
import { slowSet } from '../../../../test/slow-set.ts';
import { query } from '../../../../test/steps.ts';
import { adminOf, demoServer, type Json, reasons } from '../test-client.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe('a complete set that is queued', async () => {
  const { call, hub } = await demoServer();
  const runs = '/v1/interfaces/myendpoint/runs';
  const submit = (body: string, type: string, query = '') =>
    call('POST', `${runs}${query}`, { body, headers: { 'content-type': type } });
  const ended = async (id: string): Promise<Json> => {
    const state = async () => (await call('GET', `/v1/runs/${id}`)).body.state;
    await expect.poll(state).not.toBe('queued');
    return (await call('GET', `/v1/runs/${id}`)).body;
  };
  const keepBusy = async () => {
    const set = slowSet([]);
    const run = hub.sync(await adminOf(hub), 'myendpoint', set.open);
    ends.push(set.end, () => run);
    await set.begun;
    return set.end;
  };
  const newest = async (): Promise<Json> => (await call('GET', `${runs}?limit=1`)).body.items[0];

  it.each([
    [
      'application/json',
      '[{"external_id":"Q1","name":"json","contacts":["external_id:nobody"]},{"external_id":"Q2","length":"long"}]',
    ],
    ['application/x-ndjson', '{"external_id":"Q1","name":"ndjson"}\n{"external_id":"Q2","length":"long"}\n'],
    ['text/csv', 'external_id,name,length\nQ1,csv,\\N\nQ2,,long\n'],
    [
      'application/xml',
      '<rows><row><external_id>Q1</external_id><name>xml</name></row><row><external_id>Q2</external_id><length>long</length></row></rows>',
    ],
  ])('is applied as it would have been at once, with the same issues: %s', async (type, body) => {
    const queued = await submit(body, type, '?wait=0');
    expect(queued.status).toBe(202);
    expect(queued.body).toMatchObject({ state: 'queued', counts: { received: 2 }, queue_position: 1, via: 'native' });
    expect(queued.headers.get('location')).toMatch(new RegExp(`/v1/runs/${queued.body.id}$`));
    const run = await ended(queued.body.id);
    const again = await submit(body, type);
    expect(again).toMatchObject({ status: 200, body: { counts: { received: 2, created: 0, updated: 0 } } });
    expect(run).toMatchObject({ state: 'partial', counts: { received: 2 }, queue_position: null });
    const issues = async (id: string) =>
      (await call('GET', `${runs}/${id}/issues`)).body.items.map(({ at: _, record: __, ...issue }: Json) => issue);
    expect((await issues(run.id)).length).toBeGreaterThan(0);
    expect(await issues(again.body.id)).toEqual(await issues(run.id));
  });

  it('is refused for its structure as one that is not, and leaves nothing but a run that failed', async () => {
    const refused = await submit('[{"external_id":"Q1"},{"name":"no key"}]', 'application/json', '?wait=0');
    expect(reasons(refused)).toEqual([['set_malformed', '[1]']]);
    expect(await newest()).toMatchObject({ state: 'failed', counts: { received: 2, rejected: 2 }, started_at: null });
    const cut = await submit('[{"external_id":"Q1"},', 'application/json', '?wait=0');
    expect(cut.status).toBe(400);
  });

  it('waits as long as its sender does', async () => {
    const end = await keepBusy();
    const body = '{"external_id":"Q5"}';
    const before = performance.now();
    const late = await submit(body, 'application/x-ndjson', '?wait=1');
    expect(late.status).toBe(202);
    expect(performance.now() - before).toBeGreaterThan(950);
    const waiting = submit(body, 'application/x-ndjson', '?wait=20');
    const superseded = await ended(late.body.id);
    end();
    const answer = await waiting;
    expect(answer).toMatchObject({ status: 200, body: { state: 'applied', superseded_by: null } });
    expect(superseded).toMatchObject({ state: 'superseded', superseded_by: answer.body.id, counts: { superseded: 1 } });
    for (const wait of ['-1', '601', 'x', '0.5'])
      expect(reasons(await submit(body, 'application/x-ndjson', `?wait=${wait}`))).toEqual([
        ['parameter_invalid', 'query.wait'],
      ]);
  });

  it('is found in the lists of runs, by state and page by page', async () => {
    const end = await keepBusy();
    const { body: queued } = await submit('[]', 'application/json', '?wait=0');
    expect((await call('GET', `${runs}?state=queued`)).body.items).toMatchObject([{ id: queued.id }]);
    expect((await call('GET', '/v1/runs?state=queued,received')).body.items).toMatchObject([
      { id: queued.id, principal: { name: expect.any(String) }, request_id: expect.any(String) },
      { state: 'received', via: 'test' },
    ]);
    end();
    await ended(queued.id);
    const all = (await call('GET', '/v1/runs?limit=1000')).body;
    expect(all.next).toBeNull();
    for (const path of ['/v1/runs', runs]) {
      const paged: Json[] = [];
      for (let cursor = ''; ; ) {
        const { body } = await call('GET', `${path}?limit=2${cursor}`);
        paged.push(...body.items);
        if (body.next === null) break;
        cursor = `&cursor=${encodeURIComponent(body.next)}`;
      }
      expect(paged).toEqual(all.items);
    }
    const { body } = await call('GET', `${runs}?limit=1`);
    const foreign = await call('GET', `/v1/runs?limit=1&cursor=${encodeURIComponent(body.next)}`);
    expect(reasons(foreign)).toEqual([['cursor_invalid', 'query.cursor']]);
    expect(reasons(await call('GET', '/v1/runs?state=done'))).toEqual([['parameter_invalid', 'query.state']]);
    const nobody = await hub.access.createCredential(await adminOf(hub), {
      kind: 'bearer',
      label: 'Nobody',
      role: 'member',
      grants: {},
    });
    expect((await call('GET', '/v1/runs', { as: nobody.secret })).body.items).toEqual([]);
    expect((await call('GET', '/v1/interfaces', { as: nobody.secret })).body.items[0].last_run).toBeNull();
  });
});

describe('the list of all runs', async () => {
  const { call, hub } = await demoServer();
  const made = { endpoint: 'other', name: 'Other', type: 'element' };
  await call('POST', '/v1/interfaces', { body: made });
  for (const endpoint of ['myendpoint', 'other', 'myendpoint'])
    await call('POST', `/v1/interfaces/${endpoint}/runs`, { body: [] });
  const list = (query: string, as = 'admin') => call('GET', `/v1/runs?${query}`, { as });

  it('is of one interface where one is named, with its states and pages', async () => {
    const of = (await list('interface=myendpoint')).body.items;
    expect(of.map((one: Json) => one.interface)).toEqual(['myendpoint', 'myendpoint']);
    expect((await list('interface=other&state=applied')).body.items).toHaveLength(1);
    expect((await list('interface=other&state=failed')).body.items).toEqual([]);
    const first = (await list('interface=myendpoint&limit=1')).body;
    const second = (await list(`interface=myendpoint&limit=1&cursor=${first.next}`)).body;
    expect([...first.items, ...second.items]).toEqual(of);
    expect(reasons(await list(`interface=other&limit=1&cursor=${first.next}`))).toEqual([
      ['cursor_invalid', 'query.cursor'],
    ]);
  });

  it('refuses an interface that there is not, or whose records one may not read', async () => {
    const none = await list('interface=nothing');
    expect([none.status, ...reasons(none)]).toEqual([404, ['unknown_interface', 'query.interface']]);
    const nobody = { kind: 'bearer', label: 'Nobody', role: 'member', grants: {} } as const;
    const { secret } = await hub.access.createCredential(await adminOf(hub), nobody);
    expect((await list('interface=other', secret)).status).toBe(404);
    expect((await list('interface=')).status).toBe(400);
    expect(reasons(await call('GET', '/v1/interfaces/other/runs?interface=other'))).toEqual([
      ['unknown_parameter', 'query.interface'],
    ]);
  });
});

describe('an interface that should have had a set', async () => {
  const { call, hub, databaseUrl } = await demoServer();
  /** As if all that happened had been so long before. */
  const pass = (time: string) =>
    query(
      databaseUrl,
      'update overdue_watch set since = since - $1::interval, due_at = due_at - $1::interval returning since',
      [time],
    );
  const set = (overdue_after: unknown) => call('PATCH', '/v1/interfaces/myendpoint', { body: { overdue_after } });
  const shown = async () => (await call('GET', '/v1/interfaces')).body.items[0];

  it('is overdue until it has one', async () => {
    for (const wrong of ['26', 'soon', 0, -1, '1y', true])
      expect((await set(wrong)).status).toBeGreaterThanOrEqual(400);
    expect((await set('PT1H')).body.overdue_after).toBe('PT1H');
    expect((await shown()).overdue_since).toBeNull();
    await pass('2 hours');
    expect((await shown()).overdue_since).not.toBeNull();
    const worker = hub.workOnRuns({});
    ends.push(() => worker.stop());
    const told = async () =>
      (await call('GET', '/v1/changes?after=&kind=interface_overdue')).body.items.map(({ interface: on }: Json) => on);
    await expect.poll(told).toEqual(['myendpoint']);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await told()).toEqual(['myendpoint']); // once for each time
    await set('3h');
    expect((await shown()).overdue_since).toBeNull();
    await set(10_800);
    await call('POST', '/v1/interfaces/myendpoint/runs', { body: [] });
    await pass('2 hours');
    expect(await shown()).toMatchObject({
      overdue_after: 10_800,
      overdue_since: null,
      last_run: { state: 'applied' },
    });
    await pass('2 hours');
    await expect.poll(told).toEqual(['myendpoint', 'myendpoint']);
    await set(null);
    expect(await shown()).toMatchObject({ overdue_after: null, overdue_since: null });
  });
});
