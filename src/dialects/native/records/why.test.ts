// Issue 4, point 7: every value can be asked where it came from, and who was refused it.
import { describe, expect, it } from 'vitest';
import { demoServer, type Json } from '../test-client.ts';

describe('why', async () => {
  const { call } = await demoServer();
  const why = async (address: string): Promise<Json> => (await call('GET', `/v1/records/${address}`)).body;

  it('says who wrote a value, through what, in which request and when', async () => {
    await call('PATCH', '/v1/records/contact/external_id:W1', { body: { fields: { name: 'first' } } });
    await call('PATCH', '/v1/records/contact/external_id:W1', { as: 'member', body: { fields: { name: 'second' } } });
    await call('PATCH', '/v1/records/contact/external_id:W1', { body: { fields: { sync_key: 'other' } } });
    const history = await why('contact/external_id:W1/history');
    expect(await why('contact/external_id:W1/why/name')).toEqual({
      field: 'name',
      not_kept: false,
      value: 'second',
      owner: 'internal',
      written_by: history.items[1].principal,
      via: 'native',
      request: history.items[1].request_id,
      run: null,
      interface: null,
      forced: false,
      stamp: null,
      row: null,
      import: null,
      at: history.items[1].at,
      refused: [],
    });
  });

  it('has no writer for what nobody has written since the record was made', async () => {
    await call('PATCH', '/v1/records/contact/external_id:W2', { body: { fields: { name: 'gone' } } });
    expect(await why('contact/external_id:W2/why/sync_key')).toMatchObject({ value: null, written_by: null, at: null });
    await call('DELETE', '/v1/records/contact/external_id:W2');
    await call('PATCH', '/v1/records/contact/external_id:W2', { body: { fields: {} } });
    expect(await why('contact/external_id:W2/why/name')).toMatchObject({ value: null, written_by: null });
  });

  it('of a name that the type does not have points at where the address has it', async () => {
    const { status, body } = await call('GET', '/v1/records/contact/2001/why/emial');
    expect([status, body.path, body.detail]).toEqual([
      422,
      'path.name',
      'Record type contact has no field emial. Did you mean email?',
    ]);
  });

  it('says who cleared a value', async () => {
    await call('PATCH', '/v1/records/contact/external_id:W3', { body: { fields: { name: 'x' } } });
    await call('PATCH', '/v1/records/contact/external_id:W3', { as: 'power', body: { fields: { name: null } } });
    expect(await why('contact/external_id:W3/why/name')).toMatchObject({ value: null, written_by: { name: /power/i } });
  });

  it('answers for a lookup too, whoever set its link', async () => {
    const { body } = await call('POST', '/v1/records/building_component', { body: { fields: { name: 'Beam' } } });
    await call('PUT', `/v1/records/building_component/${body.record.number}/links/supplier/106`);
    const supplier = (await call('GET', '/v1/records/contact/106')).body;
    expect(await why('building_component/name:Beam/why/supplier')).toMatchObject({
      value: supplier.id,
      written_by: { name: expect.any(String) },
      via: 'native',
    });
  });

  it('names the import and the row that brought a value', async () => {
    const rows = [{ external_id: 'W4' }, { external_id: 'W5', name: 'imported' }];
    const imported = await call('POST', '/v1/records/contact/import', { body: rows });
    expect(await why('contact/external_id:W5/why/name')).toMatchObject({
      row: 1,
      import: imported.body.import,
      run: null,
    });
  });

  it('names the run and the row of a complete set, and whom it refused since', async () => {
    const [endpoint, { type }] = Object.entries((await call('GET', '/v1/schema')).body.interfaces).find(
      ([, one]: [string, Json]) => one.direction !== 'providing',
    ) as [string, Json];
    const { fields } = (await call('GET', '/v1/schema')).body.types[type];
    const field = Object.keys(fields).find((key) => ['text', 'textarea'].includes(fields[key].type)) as string;
    const change = async (owner: string): Promise<void> => {
      const { body } = await call('GET', '/v1/schema');
      body.types[type].fields[field].owner = owner;
      expect((await call('PUT', '/v1/schema', { body })).status).toBe(200);
    };
    await change('external');
    const send = (value: string) =>
      call('POST', `/v1/interfaces/${endpoint}/runs`, {
        body: [{ external_id: 'E0' }, { external_id: 'E1', [field]: value }],
      });
    const { body: run } = await send('from the set');
    const address = `${type}/external_id:E1`;
    expect(await why(`${address}/why/${field}`)).toMatchObject({
      value: 'from the set',
      owner: 'external',
      run: run.id,
      interface: endpoint,
      row: 1,
      refused: [],
    });

    for (const _ of [1, 2]) {
      const refused = await call('PATCH', `/v1/records/${address}`, { body: { fields: { [field]: 'mine' } } });
      expect(refused.status).toBe(409);
    }
    const { refused } = await why(`${address}/why/${field}`);
    expect(refused).toMatchObject([{ via: 'native', times: 2, value: null, run: null }]);

    await change('internal');
    await call('PATCH', `/v1/records/${address}`, { body: { fields: { [field]: 'mine' } } });
    const { body: later } = await send('from the set again');
    expect(await why(`${address}/why/${field}`)).toMatchObject({
      value: 'mine',
      owner: 'internal',
      refused: [{ run: later.id, interface: endpoint, row: 1, value: 'from the set again' }],
    });
  });

  it('knows neither other fields nor deleted records', async () => {
    expect((await call('GET', '/v1/records/contact/2001/why/nothing')).status).toBe(422);
    expect((await call('GET', '/v1/records/contact/external_id:nobody/why/name')).status).toBe(404);
  });
});
