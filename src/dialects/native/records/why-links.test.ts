// Issue 4, point 7: links can be asked where they come from, as values can.
import { describe, expect, it } from 'vitest';
import { demoServer, type Json } from '../test-client.ts';

describe('why of a link', async () => {
  const { call } = await demoServer();
  const why = async (address: string, as = 'admin'): Promise<Json> =>
    (await call('GET', `/v1/records/${address}`, { as })).body;
  const changeSchema = async (change: (document: Json) => void): Promise<void> => {
    const { body } = await call('GET', '/v1/schema');
    change(body);
    expect(await call('PUT', '/v1/schema', { body })).toMatchObject({ status: 200 });
  };
  const make = async (type: string, id: string): Promise<Json> =>
    (await call('PATCH', `/v1/records/${type}/external_id:${id}`, { body: { fields: {} } })).body.record;
  await changeSchema(({ types, links }) => {
    types.depot = {};
    types.crew = { owner: 'external' };
    links['depot.crews'] = { to: 'crew', cardinality: 'one-to-many', inverse: 'depot' };
  });
  await changeSchema((document) => {
    document.interfaces.crews = { name: 'Crews', type: 'crew' };
  });
  const setOwner = (owner: string) =>
    changeSchema(({ links }) => {
      links['depot.crews'].owner = owner;
    });
  const send = async (body: Json): Promise<Json> => (await call('POST', '/v1/interfaces/crews/runs', { body })).body;

  it('says of each link of a relation that takes many who made it, with its role, from both ends', async () => {
    const { id: policy, number } = await make('policy', 'P1');
    const [first, second] = [await make('contact', 'C1'), await make('contact', 'C2')];
    const at = `/v1/records/policy/${number}/links/contacts`;
    await call('PUT', `${at}/external_id:C1`, { body: { role: 'Adjuster' } });
    await call('PUT', `${at}/external_id:C2`, { as: 'power' });
    const made = (await why(`policy/${number}/history`)).items;
    const traced = {
      owner: 'internal',
      via: 'native',
      run: null,
      interface: null,
      row: null,
      import: null,
      not_kept: false,
      forced: false,
      stamp: null,
      refused: [],
    };
    expect(await why(`policy/${number}/why/contacts`)).toEqual({
      field: 'contacts',
      owner: 'internal',
      links: [
        {
          ...traced,
          link: made[1].link.number,
          value: first.id,
          role: 'Adjuster',
          written_by: made[1].principal,
          request: made[1].request_id,
          at: made[1].at,
        },
        {
          ...traced,
          link: made[0].link.number,
          value: second.id,
          role: null,
          written_by: made[0].principal,
          request: made[0].request_id,
          at: made[0].at,
        },
      ],
      next: null,
    });
    expect(await why('contact/external_id:C1/why/policies')).toMatchObject({
      links: [{ value: policy, role: 'Adjuster', written_by: made[1].principal }],
    });
  });

  it('is of the last change of a link, and of none that is gone', async () => {
    await make('customer', 'P2');
    await make('contact', 'C3');
    const at = '/v1/records/customer/external_id:P2/links/contacts/external_id:C3';
    await call('PUT', at, { body: { role: 'Primary Contact' } });
    await call('PUT', at, { as: 'power', body: { role: null } });
    expect((await why('customer/external_id:P2/why/contacts')).links).toMatchObject([
      { role: null, written_by: { name: expect.stringMatching(/power/i) } },
    ]);
    await call('DELETE', at);
    expect((await why('customer/external_id:P2/why/contacts')).links).toEqual([]);
    await call('PUT', at, { body: { as_of: '2026-01-01T00:00:00Z' } });
    expect((await why('customer/external_id:P2/why/contacts')).links).toMatchObject([
      { role: null, stamp: { as_of: '2026-01-01T00:00:00.000Z' } },
    ]);
  });

  it('comes in pages', async () => {
    await make('policy', 'P3');
    const ids: string[] = [];
    for (const id of ['C4', 'C5', 'C6']) {
      ids.push((await make('contact', id)).id);
      await call('PUT', `/v1/records/policy/external_id:P3/links/contacts/external_id:${id}`);
    }
    const page = async (query: string): Promise<Json> => why(`policy/external_id:P3/why/contacts?${query}`);
    const first = await page('limit=2');
    const rest = await page(`limit=2&cursor=${first.next}`);
    expect([...first.links, ...rest.links].map(({ value }: Json) => value)).toEqual(ids);
    expect([first.links.length, rest.next]).toEqual([2, null]);
    const foreign = await call('GET', `/v1/records/policy/external_id:P2/why/contacts?cursor=${first.next}`);
    expect(foreign).toMatchObject({ status: 400, body: { violations: [{ path: 'query.cursor' }] } });
  });

  it('is one answer for a side that takes one link, and says who took the last one away', async () => {
    await setOwner('internal');
    const { id } = await make('depot', 'D1');
    await send([{ external_id: 'K1' }]);
    const ask = (): Promise<Json> => why('crew/external_id:K1/why/depot');
    expect(await ask()).toMatchObject({ field: 'depot', link: null, value: null, written_by: null, not_kept: false });
    const at = '/v1/records/crew/external_id:K1/links/depot/external_id:D1';
    await call('PUT', at);
    expect(await ask()).toMatchObject({ link: expect.any(Number), value: id, role: null, via: 'native' });
    await call('DELETE', at, { as: 'power' });
    expect(await ask()).toMatchObject({
      link: null,
      value: null,
      written_by: { name: expect.stringMatching(/power/i) },
      at: expect.any(String),
    });
  });

  it('names the run, interface and row, and who was refused since, by runs and single writes', async () => {
    await setOwner('external');
    await make('depot', 'D2');
    const { id } = await make('depot', 'D3');
    const run = await send([{ external_id: 'K1' }, { external_id: 'K2', depot: ['external_id:D3'] }]);
    const ask = (): Promise<Json> => why('crew/external_id:K2/why/depot');
    expect(await ask()).toMatchObject({
      value: id,
      owner: 'external',
      run: run.id,
      interface: 'crews',
      row: 1,
      refused: [],
    });
    for (const _ of [1, 2]) {
      const refused = await call('PUT', '/v1/records/depot/external_id:D2/links/crews/external_id:K2');
      expect(refused.status).toBe(409);
    }
    await call('DELETE', '/v1/records/crew/external_id:K2/links/depot/external_id:D3', { as: 'power' });
    expect((await ask()).refused).toMatchObject([
      { by: { name: expect.stringMatching(/power/i) }, times: 1, run: null, value: null },
      { via: 'native', times: 2 },
    ]);
    // The link that there is was not refused to the depot that was to have it.
    expect(await why('depot/external_id:D3/why/crews')).toMatchObject({ links: [{ refused: [{ times: 1 }] }] });

    await setOwner('internal');
    const later = await send([{ external_id: 'K1' }, { external_id: 'K2', depot: ['external_id:D2'] }]);
    expect((await ask()).refused[0]).toMatchObject({
      run: later.id,
      interface: 'crews',
      row: 1,
      value: expect.stringContaining('D2'),
    });
  });

  it('names the import and its row', async () => {
    await make('policy', 'P4');
    await make('contact', 'C7');
    const body = [
      { left: 'external_id:P4', right: 'external_id:nobody' },
      { left: 'external_id:P4', right: 'external_id:C7' },
    ];
    const imported = await call('POST', '/v1/links/policy.contacts/import', { body });
    expect((await why('policy/external_id:P4/why/contacts')).links).toMatchObject([
      { import: imported.body.import, row: 1, run: null },
    ]);
  });

  it('is for those who may read both record types', async () => {
    const grants = { policy: ['read'], crew: ['read'] };
    const { body: made } = await call('POST', '/v1/keys', { body: { label: 'Reader', role: 'member', grants } });
    const as = made.secret;
    expect((await call('GET', '/v1/records/policy/external_id:P1/why/name', { as })).status).toBe(200);
    const refused = await call('GET', '/v1/records/policy/external_id:P1/why/contacts', { as });
    expect(refused).toMatchObject({ status: 403 });
    expect(JSON.stringify(refused.body)).not.toContain('Adjuster');
    expect((await call('GET', '/v1/records/crew/external_id:K2/why/depot', { as })).status).toBe(403);
  });

  it('knows neither other names nor deleted records', async () => {
    expect((await call('GET', '/v1/records/policy/external_id:P1/why/toString')).status).toBe(422);
    expect((await call('GET', '/v1/records/policy/external_id:nobody/why/contacts')).status).toBe(404);
  });
});
