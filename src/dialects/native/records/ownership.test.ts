// Issue 4, point 7: ownership is transferred in one call, with a preview.
import { describe, expect, it } from 'vitest';
import { demoServer, type Json, reasons } from '../test-client.ts';

describe('a transfer of ownership', async () => {
  const { call } = await demoServer();
  const transfer = (body: object, query = '', as = 'admin') =>
    call('POST', `/v1/ownership/transfer${query}`, { as, body });
  const ownerOf = async (field: string): Promise<unknown> =>
    (await call('GET', '/v1/schema')).body.types.element.fields[field].owner;

  it('says first whom it touches, and then does it', async () => {
    const rows = [{ external_id: 'T1', name: 'from outside' }];
    expect((await call('POST', '/v1/interfaces/myendpoint/runs', { body: rows })).status).toBe(200);
    const body = { type: 'element', field: 'name', owner: 'internal' };
    const touched = {
      path: 'types.element.fields.name',
      before: 'external',
      after: 'internal',
      holding: 1,
      gains: [],
      loses: ['myendpoint'],
    };
    const plan = await transfer(body, '?plan=true');
    expect(plan.body).toMatchObject({ ...touched, schema: { applied: false } });
    expect(await ownerOf('name')).toBe('external');
    expect((await transfer(body)).body).toMatchObject({ ...touched, schema: { applied: true } });
    expect(await ownerOf('name')).toBe('internal');
  });

  it('keeps the value, and has the next set leave it out though nothing in it is new', async () => {
    await call('PATCH', '/v1/records/element/external_id:T1', { body: { fields: { name: 'from here' } } });
    const { body: run } = await call('POST', '/v1/interfaces/myendpoint/runs', {
      body: [{ external_id: 'T1', name: 'from outside' }],
    });
    expect(run.issues).toBe(1);
    const { body: why } = await call('GET', '/v1/records/element/external_id:T1/why/name');
    expect(why).toMatchObject({ value: 'from here', owner: 'internal', refused: [{ run: run.id }] });
    await transfer({ type: 'element', field: 'name', owner: 'interface:myendpoint' });
    await call('POST', '/v1/interfaces/myendpoint/runs', { body: [{ external_id: 'T1', name: 'from outside' }] });
    expect((await call('GET', '/v1/records/element/external_id:T1')).body.fields.name).toBe('from outside');
  });

  it('goes for a type, a link, a lookup and a system field too', async () => {
    const path = async (body: object): Promise<Json> => (await transfer(body, '?plan=true')).body.path;
    expect(await path({ type: 'element', owner: 'interface:myendpoint' })).toBe('types.element');
    expect(await path({ type: 'claim', link: 'contacts', owner: 'external' })).toBe('links.claim.contacts');
    expect(await path({ type: 'contact', link: 'claims', owner: 'external' })).toBe('links.claim.contacts');
    expect(await path({ type: 'contact', field: 'external_id', owner: 'external' })).toBe(
      'types.contact.fields.external_id',
    );
    const lookup = { type: 'building_component', link: 'supplier', owner: 'external' };
    expect(await path(lookup)).toBe('types.building_component.fields.supplier');
  });

  it('is refused to members, and for what there is not', async () => {
    expect((await transfer({ type: 'element', field: 'name', owner: 'internal' }, '', 'member')).status).toBe(403);
    expect(reasons(await transfer({ type: 'nothing', owner: 'internal' }))).toEqual([['unknown_record_type', 'type']]);
    expect(reasons(await transfer({ type: 'element', field: 'x', owner: 'internal' }))).toEqual([
      ['unknown_field', 'field'],
    ]);
    expect(reasons(await transfer({ type: 'claim', link: 'x', owner: 'internal' }))).toEqual([
      ['unknown_link', 'link'],
    ]);
    expect((await transfer({ type: 'claim', owner: 'interface:none' })).status).toBe(422);
  });
});
