// Shapes of the native API that programs elsewhere are written against: each with every member that it promises, by its name and kind.
import { beforeEach, describe, expect, it } from 'vitest';
import { demoServer, type Json } from '../test-client.ts';

const text = expect.any(String);
const number = expect.any(Number);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const counts = {
  ...{ received: number, created: number, updated: number, unchanged: number, revived: number },
  ...{ rejected: number, superseded: number, held: number, deleted: number },
};
const outcomes = ['created', 'updated', 'unchanged', 'revived', 'rejected', 'superseded', 'held'];
const balances = (told: Json): void => expect(outcomes.reduce((sum, name) => sum + told[name], 0)).toBe(told.received);

describe('what programs elsewhere rely on', async () => {
  const { call, url } = await demoServer();
  const endpoint = '/v1/interfaces/myendpoint';
  const runs = `${endpoint}/runs`;
  const send = (body: unknown, query = '') => call('POST', `${runs}${query}`, { body });
  const elements = (...keys: string[]) => keys.map((external_id) => ({ external_id, name: external_id }));
  const guard = (change: object) => call('PATCH', endpoint, { body: { guard: change } });

  beforeEach(async () => {
    await guard({ deletes: 500, percent: null, empty_set: 'apply' });
    await send(elements('E-1', 'E-2', 'E-3'));
  });

  describe('a run', () => {
    it('is answered 200 when it ended while its sender waited', async () => {
      for (const query of ['', '?wait=30']) {
        const { status, body: run } = await send(
          [...elements('E-1', 'E-2'), { external_id: 'E-4', length: 'x' }],
          query,
        );
        expect(status).toBe(200);
        expect(run).toMatchObject({ id: text, interface: 'myendpoint', state: 'partial', held: null });
        expect(run.counts).toEqual(counts);
        balances(run.counts);
        for (const path of [`/v1/runs/${run.id}`, `${runs}/${run.id}`])
          expect((await call('GET', path)).body).toEqual(run);
      }
    });

    it('is answered 202 with its Location when it did not, and has its state there', async () => {
      const { status, headers, body: run } = await send(elements('E-1'), '?wait=0');
      expect(status).toBe(202);
      expect(run).toMatchObject({ id: text, interface: 'myendpoint', state: 'queued', held: null });
      expect(run.counts).toEqual(counts);
      const location = headers.get('location') ?? '';
      expect(location).toBe(`${url}/v1/runs/${run.id}`);
      const path = new URL(location).pathname;
      await expect.poll(async () => (await call('GET', path)).body.state).toBe('applied');
      expect((await call('GET', path)).body).toMatchObject({ id: run.id, counts: { unchanged: 1, deleted: 2 } });
    });
  });

  it('a plan', async () => {
    const { status, body: plan } = await send(elements('E-1', 'E-5'), '?plan=true');
    expect(status).toBe(200);
    expect(plan).toMatchObject({ plan_id: text, counts: { received: 2, created: 1, unchanged: 1, deleted: 2 } });
    expect(plan.counts).toEqual(counts);
    expect(plan.items.map(({ action, key }: Json) => [action, key]).sort()).toEqual([
      ['create', 'E-5'],
      ['delete', 'E-2'],
      ['delete', 'E-3'],
    ]);
    const applied = await send(elements('E-1', 'E-5'), `?plan_id=${plan.plan_id}`);
    expect(applied).toMatchObject({ status: 200, body: { state: 'applied', counts: plan.counts } });
    expect((await send(elements('E-1', 'E-5'), `?plan_id=${plan.plan_id}`)).status).toBe(409);

    for (const [method, path, body] of [
      ['PATCH', '/v1/records/contact/external_id:plan?plan=true', { fields: { name: 'Planned' } }],
      ['DELETE', '/v1/records/contact/2001?plan=true', undefined],
      ['PUT', '/v1/records/customer/660/links/contacts/2001?plan=true', { role: 'Family' }],
      ['POST', '/v1/records/contact/import?plan=true', [{ external_id: 'plan' }]],
      ['POST', '/v1/links/customer.contacts/import?plan=true', [{ left: '660', right: '2001' }]],
    ] as const) {
      const single = await call(method, path, { body });
      expect([single.status, path]).toEqual([200, path]);
      expect(single.body).toMatchObject({ plan_id: text, items: expect.any(Array) });
      expect(single.body.counts).toEqual(counts);
    }
  });

  it('the guard of an interface, and the deletes that it holds', async () => {
    const set = await guard({ deletes: 1, percent: null, empty_set: 'hold' });
    expect([set.status, set.body.guard]).toEqual([
      200,
      expect.objectContaining({ deletes: 1, percent: null, empty_set: 'hold' }),
    ]);
    expect((await call('GET', endpoint)).body.guard).toEqual(set.body.guard);
    const { body: run } = await send(elements('E-1', 'E-6'));
    expect(run).toMatchObject({
      state: 'held',
      counts: { received: 2, created: 1, unchanged: 1, held: 0, deleted: 0 },
      held: { deletes: 2, approve_url: `${url}/v1/runs/${run.id}/approve`, expires_at: time },
    });
    const { items } = (await call('GET', `/v1/runs/${run.id}/issues`)).body;
    expect(items).toMatchObject([{ code: 'deletes_held', severity: 'error', key: null, member: null, remedy: text }]);

    const approve = (deletes: number) => call('POST', new URL(run.held.approve_url).pathname, { body: { deletes } });
    expect((await approve(1)).status).toBe(409);
    const approved = await approve(2);
    expect(approved.status).toBe(200);
    expect(approved.body.run).toMatchObject({ id: run.id, state: 'applied', held: null, counts: { deleted: 2 } });
    expect((await call('GET', '/v1/records/element/external_id:E-2')).status).toBe(404);

    await guard({ empty_set: 'apply', deletes: null });
    expect((await send([])).body).toMatchObject({ state: 'applied', counts: { deleted: 2 } });
  });

  it('an issue', async () => {
    const { body: run } = await send([
      { external_id: 'E-1', length: 'long' },
      { external_id: 'E-2', nonsense: 1 },
    ]);
    const { items } = (await call('GET', `/v1/runs/${run.id}/issues`)).body;
    const said = { message: text, remedy: text };
    expect(items).toEqual([
      expect.objectContaining({
        ...{ severity: 'error', code: 'invalid_value', key: 'E-1', member: 'length', value: 'long' },
        ...said,
      }),
      expect.objectContaining({
        ...{ severity: 'warning', code: 'unknown_member', key: 'E-2', member: 'nonsense', value: '1' },
        ...said,
      }),
    ]);
    expect((await call('GET', `${runs}/${run.id}/issues`)).body.items).toEqual(items);
  });

  it('a link, at once or when its records are there', async () => {
    const put = (contact: string, body: object) =>
      call('PUT', `/v1/records/customer/external_id:JOHN_DOE42/links/contacts/external_id:${contact}`, { body });
    await call('PATCH', '/v1/records/contact/external_id:there', { body: { fields: {} } });
    const outcomeOf = async (contact: string, role: string) => {
      const { status, body } = await put(contact, { role, onMissing: 'defer' });
      expect(body.link).toMatchObject({ link: 'customer.contacts', role });
      return [status, body.outcome];
    };
    expect(await outcomeOf('there', 'Family')).toEqual([201, 'created']);
    expect(await outcomeOf('there', 'Family')).toEqual([200, 'unchanged']);
    expect(await outcomeOf('there', 'Decision maker')).toEqual([200, 'updated']);
    expect(await outcomeOf('later', 'Family')).toEqual([202, 'deferred']);

    const pending = async (): Promise<Json[]> => (await call('GET', '/v1/links/pending')).body.items;
    expect(await pending()).toMatchObject([
      {
        link: 'customer.contacts',
        role: 'Family',
        left: { type: 'customer', missing: false },
        right: { type: 'contact', ref: 'external_id:later', missing: true },
        expires_at: time,
      },
    ]);
    await call('PATCH', '/v1/records/contact/external_id:later', { body: { fields: {} } });
    expect(await pending()).toEqual([]);
    expect(await outcomeOf('later', 'Family')).toEqual([200, 'unchanged']);
    expect((await put('nobody', { role: 'Family', onMissing: 'error' })).status).toBe(404);
  });

  it('why', async () => {
    const { body: run } = await send([{ external_id: 'other' }, { external_id: 'E-1', name: 'Pump' }]);
    await call('PATCH', '/v1/records/element/external_id:E-1', { body: { fields: { name: 'Mine' } } });
    const { status, body: why } = await call('GET', '/v1/records/element/external_id:E-1/why/name');
    expect(status).toBe(200);
    expect(why).toMatchObject({
      ...{ value: 'Pump', owner: 'external', written_by: { id: number, name: text }, via: 'native' },
      ...{ request: run.request_id, run: run.id, row: 1, at: time },
    });
    expect(why.refused).toMatchObject([{ by: { id: number, name: text }, via: 'native', request: text, at: time }]);
    const own = (await call('GET', '/v1/records/contact/2001/why/name')).body;
    expect(own).toMatchObject({ owner: 'internal', run: null, row: null, refused: [] });
  });
});
