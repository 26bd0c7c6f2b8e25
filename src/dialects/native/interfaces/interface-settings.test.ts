import { describe, expect, it } from 'vitest';
import { demoServer, reasons } from '../test-client.ts';

const unknown = [['unknown_interface', 'path.endpoint']];

describe('interfaces', async () => {
  const { call } = await demoServer();
  const change = (body: object) => call('PATCH', '/v1/interfaces/myendpoint', { body });

  it('are listed and read as the schema has them, defaults filled in, with what their sets may write', async () => {
    const myEndpoint = {
      endpoint: 'myendpoint',
      name: 'My interface',
      type: 'element',
      direction: 'synchronising',
      setup: 'custom',
      initiator: 'external_application',
      key: 'external_id',
      formats: ['json', 'ndjson', 'csv', 'xml'],
      duplicates: 'first',
      scope: {},
      delete_policy: 'delete',
      mark_field: null,
      api_keys: ['kw_demo_client'],
      guard: { deletes: 500, percent: null, empty_set: 'apply', on_trip: 'hold_deletes' },
      overdue_after: null,
      writes: {
        records: true,
        fields: ['external_id', 'name', 'installed_on', 'length'].map((name) => ({ name, owner: 'external' })),
        relations: [{ name: 'contacts', owner: 'external' }],
      },
    };
    const state = { last_run: null, overdue_since: null };
    expect((await call('GET', '/v1/interfaces')).body).toEqual({ items: [{ ...myEndpoint, ...state }], next: null });
    expect((await call('GET', '/v1/interfaces/myendpoint')).body).toEqual({ ...myEndpoint, ...state });
    expect(reasons(await call('GET', '/v1/interfaces/nothing'))).toEqual(unknown);
  });

  it('have a guard that is changed member by member', async () => {
    expect((await change({ guard: { percent: 20 } })).body.guard).toEqual({
      deletes: 500,
      percent: 20,
      empty_set: 'apply',
      on_trip: 'hold_deletes',
    });
    expect((await change({ guard: { deletes: null, empty_set: 'hold' } })).body).toMatchObject({
      endpoint: 'myendpoint',
      guard: { deletes: null, percent: 20, empty_set: 'hold', on_trip: 'hold_deletes' },
    });
    expect((await change({ guard: { percent: 101 } })).status).toBe(400);
    expect((await change({ key: 'name' })).status).toBe(422);
    expect(reasons(await call('PATCH', '/v1/interfaces/nothing', { body: {} }))).toEqual(unknown);
    await change({ guard: { deletes: 500, percent: null, empty_set: 'apply', on_trip: 'hold_deletes' } });
  });

  it('are made by a power user, and not by a member', async () => {
    const body = { endpoint: 'made', name: 'Made', type: 'element', key: 'sync_key', formats: ['csv'] };
    expect(reasons(await call('POST', '/v1/interfaces', { body, as: 'member' }))).toEqual([['role_required', null]]);
    const made = await call('POST', '/v1/interfaces', { body, as: 'power' });
    expect([made.status, made.headers.get('location')]).toEqual([
      201,
      expect.stringMatching(/\/v1\/interfaces\/made$/),
    ]);
    expect(made.body).toMatchObject({ endpoint: 'made', key: 'sync_key', formats: ['csv'], guard: { deletes: 500 } });
    expect((await call('GET', '/v1/interfaces/made')).body).toMatchObject(made.body);
    const { body: schema } = await call('GET', '/v1/schema');
    expect(schema.interfaces.made).toEqual({ name: 'Made', type: 'element', key: 'sync_key', formats: ['csv'] });
    expect(reasons(await call('POST', '/v1/interfaces', { body }))).toEqual([['interface_exists', 'endpoint']]);
  });

  it.each([
    [{ name: 'x', type: 'nothing' }, 422, 'interfaces.bad.type'],
    [{ name: 'x', type: 'contact' }, 422, 'interfaces.bad.type'],
    [{ name: '', type: 'element' }, 422, 'interfaces.bad.name'],
    [{ name: 'x', type: 'element', key: 'length' }, 422, 'interfaces.bad.key'],
    [{ name: 'x', type: 'element', formats: [] }, 422, 'interfaces.bad.formats'],
    [{ name: 'x', type: 'element', formats: ['csv', 'csv'] }, 422, 'interfaces.bad.formats'],
    [{ name: 'x', type: 'contact', direction: 'providing', formats: ['csv'] }, 422, 'interfaces.bad.formats'],
    [{ name: 'x', type: 'element', formats: ['yaml'] }, 400, 'formats.0'],
    [{ name: 'x', type: 'element', sort: 1 }, 400, 'sort'],
    [{ type: 'element' }, 400, 'name'],
  ])('are not made as %j', async (settings, status, path) => {
    const answer = await call('POST', '/v1/interfaces', { body: { endpoint: 'bad', ...settings } });
    expect([answer.status, answer.body.path]).toEqual([status, path]);
    expect((await call('GET', '/v1/interfaces/bad')).status).toBe(404);
  });

  it('are not made at an endpoint that cannot stand in an address', async () => {
    for (const endpoint of ['', 'a b', 'a/b', 'ä', 'x'.repeat(101), '\u0000'])
      expect((await call('POST', '/v1/interfaces', { body: { endpoint, name: 'x', type: 'element' } })).status).toBe(
        endpoint === '\u0000' ? 400 : 422,
      );
  });

  it('take the formats that they name, and refuse a body in another', async () => {
    await change({ formats: ['ndjson'] });
    const runs = '/v1/interfaces/myendpoint/runs';
    const send = (type: string, body: string) => call('POST', runs, { body, headers: { 'content-type': type } });
    for (const [type, body] of [
      ['application/json', '[]'],
      ['text/csv', 'external_id\nF-1\n'],
    ] as const) {
      const answer = await send(type, body);
      expect([answer.status, answer.body.violations[0].allowed]).toEqual([415, ['ndjson']]);
      expect(reasons(answer)).toEqual([['format_not_taken', 'header.content-type']]);
    }
    expect((await send('application/x-ndjson', '{"external_id":"F-1"}')).body.counts).toMatchObject({ created: 1 });
    const { items } = (await call('GET', runs)).body;
    expect(items.map(({ state }: { state: string }) => state)).toEqual(['applied', 'failed', 'failed']);
    expect(items[1].failure).toBe('The interface myendpoint takes ndjson, and the body is csv.');
    await change({ formats: ['json', 'ndjson', 'csv', 'xml'] });
  });
});

describe('an interface that is removed', async () => {
  const { call } = await demoServer();
  const url = '/v1/interfaces/pumps';
  const send = async (...keys: string[]) =>
    (await call('POST', `${url}/runs`, { body: keys.map((external_id) => ({ external_id })) })).body;
  const make = () => call('POST', '/v1/interfaces', { body: { endpoint: 'pumps', name: 'Pumps', type: 'element' } });
  const count = async () => (await call('GET', '/v1/records/element?limit=1000')).body.items.length;

  it('leaves its records as they are, to whichever interface sends them next', async () => {
    await make();
    await send('A', 'B', 'C');
    expect((await call('DELETE', url, { as: 'member' })).status).toBe(403);
    expect((await call('DELETE', url)).body).toEqual({ outcome: 'deleted', endpoint: 'pumps' });
    expect(await count()).toBe(3);
    expect(reasons(await call('DELETE', url))).toEqual(unknown);
    await make();
    expect((await send('A')).counts).toMatchObject({ unchanged: 1, deleted: 0 });
    expect((await send('A', 'B', 'C')).counts).toMatchObject({ unchanged: 3 });
  });

  it('lets go of what its runs hold, when that is allowed', async () => {
    await call('PATCH', url, { body: { guard: { deletes: 1 } } });
    const run = await send('A');
    expect(run.held).toMatchObject({ deletes: 2 });
    const refused = await call('DELETE', url);
    expect(reasons(refused)).toEqual([['schema_loss_refused', 'interfaces.pumps']]);
    expect(refused.body.violations[0].message).toContain('2 deletes');
    expect((await call('DELETE', `${url}?allow_loss=true`)).status).toBe(200);
    expect(await count()).toBe(3);
    expect((await call('POST', `/v1/runs/${run.id}/approve`, { body: { deletes: 2 } })).status).toBe(404);
    await make();
    expect((await send('A')).counts).toMatchObject({ deleted: 0 });
  });

  it('is not removed while something is owned by it', async () => {
    const { body: schema } = await call('GET', '/v1/schema');
    schema.types.element.fields.length.owner = 'interface:pumps';
    await call('PUT', '/v1/schema', { body: schema });
    expect((await call('GET', url)).body.writes.fields.at(-1)).toEqual({ name: 'length', owner: 'interface:pumps' });
    expect((await call('DELETE', url)).body.path).toBe('types.element.fields.length.owner');
  });
});
