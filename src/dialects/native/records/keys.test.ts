// Issue 4, point 11: keys for life. A renamed key goes on finding its record, and a duplicate goes into its survivor.
import { describe, expect, it } from 'vitest';
import { demoServer, type Json, reasons } from '../test-client.ts';

const { call } = await demoServer();
const patch = async (address: string, fields: object, query = ''): Promise<Json> => {
  const answer = await call('PATCH', `/v1/records/${address}${query}`, { body: { fields } });
  expect([200, 201]).toContain(answer.status);
  return answer.body;
};
const get = async (address: string): Promise<Json> => (await call('GET', `/v1/records/${address}`)).body;
const merge = async (address: string, body: object, query = ''): Promise<Json> =>
  (await call('POST', `/v1/records/${address}/merge${query}`, { body })).body;

describe('a key that was renamed', () => {
  it('goes on finding its record, with a note', async () => {
    const { record } = await patch('contact/external_id:R1', { name: 'one' });
    expect(await patch('contact/external_id:R1', { external_id: 'R1-new' })).not.toHaveProperty('resolved_by_alias');
    const note = { field: 'external_id', value: 'R1', current: 'R1-new' };
    expect(await get('contact/external_id:R1')).toMatchObject({ number: record.number, resolved_by_alias: note });
    expect(await get('contact/external_id:R1-new')).not.toHaveProperty('resolved_by_alias');
    expect(await patch('contact/external_id:R1', { name: 'two' })).toMatchObject({
      outcome: 'updated',
      record: { number: record.number, fields: { external_id: 'R1-new', name: 'two' } },
      resolved_by_alias: note,
    });
  });

  it('is not taken back by whoever still sends it along', async () => {
    await patch('contact/external_id:R2', {});
    await patch('contact/external_id:R2', { external_id: 'R2-new' });
    const { record } = await patch('contact/external_id:R2', { external_id: 'R2', name: 'x' });
    expect(record.fields).toMatchObject({ external_id: 'R2-new', name: 'x' });
    const rows = [{ external_id: 'R2', name: 'y' }];
    expect((await call('POST', '/v1/records/contact/import', { body: rows })).body.counts).toMatchObject({
      updated: 1,
    });
    expect((await get('contact/external_id:R2-new')).fields.name).toBe('y');
  });

  it('can be taken back on purpose, and then finds its record as before', async () => {
    const { record } = await patch('contact/external_id:R3', {});
    await patch('contact/external_id:R3', { external_id: 'R3-new' });
    await patch(`contact/${record.number}`, { external_id: 'R3' });
    expect(await get('contact/external_id:R3')).not.toHaveProperty('resolved_by_alias');
    expect(await get('contact/external_id:R3-new')).toMatchObject({ number: record.number });
  });

  it('goes to a record that claims it', async () => {
    await patch('contact/external_id:R4', {});
    await patch('contact/external_id:R4', { external_id: 'R4-new' });
    const { record } = await patch('contact/external_id:R4-other', {});
    await patch('contact/external_id:R4-other', { external_id: 'R4' });
    expect(await get('contact/external_id:R4')).toMatchObject({ number: record.number, fields: { external_id: 'R4' } });
  });

  it('is found as target of a link and of a lookup, and by a sync key too', async () => {
    const { record } = await patch('contact/sync_key:R5', {});
    await patch('contact/sync_key:R5', { sync_key: 'R5-new' });
    const component = await call('POST', '/v1/records/building_component', {
      body: { fields: { name: 'C5', supplier: 'sync_key:R5' } },
    });
    expect(component.body.record.fields.supplier).toBe(record.id);
    const linked = await call('PUT', '/v1/records/policy/67890/links/contacts/sync_key:R5');
    expect(linked.body.link.right.number).toBe(record.number);
  });

  it('is free at once where it is cleared, or where the type says so', async () => {
    const { record } = await patch('contact/external_id:R6', {});
    await patch(`contact/${record.number}`, { external_id: null });
    expect((await call('GET', '/v1/records/contact/external_id:R6')).status).toBe(404);
    const { body: schema } = await call('GET', '/v1/schema');
    schema.types.file = { ...schema.types.file, keep_aliases: false };
    expect((await call('PUT', '/v1/schema', { body: schema })).status).toBe(200);
    await patch('file/external_id:R7', {});
    await patch('file/external_id:R7', { external_id: 'R7-new' });
    expect((await call('GET', '/v1/records/file/external_id:R7')).status).toBe(404);
  });
});

describe('a merge', () => {
  it('moves values, keys and links to the survivor, and says so in both histories', async () => {
    const survivor = (await patch('contact/external_id:M1', { name: 'Ann' })).record;
    const duplicate = (await patch('contact/external_id:M2', { name: 'Anne', sync_key: 'M2-sync' })).record;
    await call('PUT', '/v1/records/policy/67890/links/contacts/external_id:M2', { body: { role: 'Broker' } });
    await call('POST', '/v1/records/building_component', {
      body: { fields: { name: 'M', supplier: 'external_id:M2' } },
    });

    const plan = await merge('contact/external_id:M1', { from: 'external_id:M2' }, '?plan=true');
    expect(plan).toMatchObject({ outcome: 'planned', counts: { set: 1, alias: 1, move: 2, join: 0, drop: 0 } });
    expect((await get('contact/external_id:M2')).number).toBe(duplicate.number);

    const { items, ...merged } = await merge('contact/external_id:M1', { from: 'external_id:M2' });
    expect(items).toEqual(plan.items);
    expect(merged).toMatchObject({
      outcome: 'merged',
      record: { number: survivor.number, fields: { name: 'Ann', external_id: 'M1', sync_key: 'M2-sync' } },
      duplicate: { number: duplicate.number },
    });
    expect(await get('contact/external_id:M2')).toMatchObject({
      number: survivor.number,
      resolved_by_alias: { current: 'M1' },
    });
    expect((await get('building_component/name:M')).fields.supplier).toBe(survivor.id);
    expect((await get('contact/external_id:M1/links/policies')).items).toMatchObject([{ role: 'Broker' }]);

    expect(await get(`contact/${duplicate.number}`)).toMatchObject({
      code: 'record_not_found',
      violations: [{ survivor: { number: survivor.number } }],
    });
    const pair = { from: { number: duplicate.number }, into: { number: survivor.number } };
    for (const number of [survivor.number, duplicate.number]) {
      const { items: changes } = await get(`contact/${number}/history`);
      expect(changes.filter(({ kind }: Json) => kind === 'merged')).toMatchObject([{ merged: pair }]);
    }
  });

  it('makes one link of two of the same pair, and keeps the survivor’s where only one fits', async () => {
    await patch('contact/external_id:M3', {});
    await patch('contact/external_id:M4', {});
    const link = (name: string, body: object): Promise<unknown> =>
      call('PUT', `/v1/records/customer/external_id:MC/links/contacts/external_id:${name}`, { body });
    await patch('customer/external_id:MC', {});
    await link('M3', {});
    await link('M4', { role: 'Family' });
    const merged = await merge('contact/external_id:M3', { from: 'external_id:M4' });
    expect(merged.counts).toMatchObject({ join: 1, move: 0 });
    expect((await get('contact/external_id:M3/links')).items).toMatchObject([{ role: 'Family' }]);

    const component = (name: string, supplier: string) =>
      call('POST', '/v1/records/building_component', { body: { fields: { name, supplier } } });
    await component('M5', '106');
    await component('M6', '2001');
    const dropped = await merge('building_component/name:M5', { from: 'name:M6' });
    expect(dropped.items).toContainEqual(expect.objectContaining({ action: 'drop', reason: 'cardinality' }));
    expect((await get('building_component/name:M6')).fields.supplier).toBe((await get('contact/106')).id);
  });

  it('takes the duplicate’s values and lookups when asked to', async () => {
    const component = (name: string, supplier: string, weight: number) =>
      call('POST', '/v1/records/building_component', { body: { fields: { name, supplier, weight } } });
    await component('M7', '106', 1);
    await component('M8', '2001', 2);
    await merge('building_component/name:M7', { from: 'name:M8', fields: 'duplicate' });
    const { fields, resolved_by_alias: note } = await get('building_component/name:M7');
    expect(fields).toMatchObject({ name: 'M8', weight: 2, supplier: (await get('contact/2001')).id });
    expect(note).toMatchObject({ current: 'M8' });
  });

  it('is repeatable by an Idempotency-Key, and passes former keys on', async () => {
    for (const name of ['M9', 'M10', 'M11']) await patch(`contact/external_id:${name}`, {});
    await merge('contact/external_id:M10', { from: 'external_id:M11' });
    const options = { body: { from: 'external_id:M10' }, headers: { 'idempotency-key': 'merge-once' } };
    const first = await call('POST', '/v1/records/contact/external_id:M9/merge', options);
    const again = await call('POST', '/v1/records/contact/external_id:M9/merge', options);
    expect(again.body).toEqual(first.body);
    for (const name of ['M10', 'M11']) expect((await get(`contact/external_id:${name}`)).fields.external_id).toBe('M9');
  });

  it('is refused with itself, with nobody, and to whoever may not delete', async () => {
    await patch('contact/external_id:M12', {});
    const post = (from: string, as = 'admin') =>
      call('POST', '/v1/records/contact/external_id:M12/merge', { as, body: { from } });
    const itself = await post('external_id:M12');
    expect(reasons(itself)).toEqual([['value_invalid', 'from']]);
    expect(itself.body.remedy).toMatch(/^Name the duplicate in `from`/);
    expect(itself.body.detail).toMatch(
      /^from takes another contact: external_id:M12 is contact \d+, the record that stays\./,
    );
    expect(reasons(await post('external_id:nobody'))).toEqual([['record_not_found', 'from']]);
    expect(reasons(await post('nobody'))).toEqual([['ref_malformed', 'from']]);
    expect((await post('106', 'member')).status).toBe(403);
  });
});
