import { beforeAll, describe, expect, it } from 'vitest';
import { demoServer, type Json, reasons } from '../test-client.ts';

describe('a key whose type and field nobody knows', async () => {
  const { call } = await demoServer();
  const write = (path: string, fields: object) => call('PATCH', `/v1/records/${path}`, { body: { fields } });
  const find = async (key: string, as = 'admin') => {
    const { status, body } = await call('GET', `/v1/find?${new URLSearchParams({ key })}`, { as });
    expect(status).toBe(200);
    return body.items.map(({ record, field, former }: Json) => [record.type, record.fields.name, field, former]);
  };

  beforeAll(async () => {
    await write('claim/claim_number:F-1', { name: 'Hail', sync_key: 'a/b: %41' });
    await write('contact/external_id:F-1', { name: 'Ann' });
    await write('customer/entity_id:F-1', { name: 'Lee & Co', external_id: 'F-1' });
  });

  it('finds each record that has it, in the order of the schema, by the first field that has it', async () => {
    expect(await find('F-1')).toEqual([
      ['claim', 'Hail', 'claim_number', false],
      ['contact', 'Ann', 'external_id', false],
      ['customer', 'Lee & Co', 'external_id', false],
    ]);
  });

  it('may be a number, an id, or a reference; and what looks like one may be a key', async () => {
    const { body: ann } = await call('GET', '/v1/records/contact/external_id:F-1');
    await write(`policy/policy_number:${ann.number}`, { name: 'Fleet' });
    expect(await find(String(ann.number))).toEqual([
      ['policy', 'Fleet', 'policy_number', false],
      ['contact', 'Ann', null, false],
    ]);
    for (const text of [`#${ann.number}`, ann.id, ann.id.toUpperCase()])
      expect(await find(text)).toEqual([['contact', 'Ann', null, false]]);
    expect(await find('claim_number:F-1')).toEqual([['claim', 'Hail', 'claim_number', false]]);
    expect(await find('a/b: %41')).toEqual([['claim', 'Hail', 'sync_key', false]]);
    await write('contact/external_id:claim_number%3AF-1', { name: 'A colon' });
    expect(await find('claim_number:F-1')).toHaveLength(2);
  });

  it('finds a record by a key that it had', async () => {
    await write('claim/claim_number:OLD', { name: 'Renamed' });
    await write('claim/claim_number:OLD', { claim_number: 'NEW' });
    expect(await find('OLD')).toEqual([['claim', 'Renamed', 'claim_number', true]]);
    expect(await find('NEW')).toEqual([['claim', 'Renamed', 'claim_number', false]]);
    await write('claim/claim_number:NEW', { claim_number: null });
    expect(await find('OLD')).toEqual([['claim', 'Renamed', 'claim_number', true]]);
  });

  it('is compared as its field says', async () => {
    const { body: schema } = await call('GET', '/v1/schema');
    const fields = { external_id: { type: 'text', unique: true, key_rule: ['trim', 'fold'] } };
    await call('PUT', '/v1/schema', { body: { ...schema, types: { ...schema.types, supplier: { fields } } } });
    await write('supplier/external_id:Straße-1', { name: 'Folded' });
    expect(await find(' STRASSE-1')).toEqual([['supplier', 'Folded', 'external_id', false]]);
    expect(await find('f-1')).toEqual([]); // the others compare exactly
  });

  it('finds nothing that is deleted, was never there, or could not be', async () => {
    await write('contact/external_id:gone', { name: 'Gone' });
    await call('DELETE', '/v1/records/contact/external_id:gone');
    for (const text of [
      'gone',
      'nobody',
      '%',
      'F-%',
      '\u0000',
      '\ud800',
      '9'.repeat(30),
      'x'.repeat(2048),
      ':',
      '999999',
    ])
      expect(await find(text), text).toEqual([]);
  });

  it('finds only what the caller may read', async () => {
    const { body: key } = await call('POST', '/v1/keys', {
      body: { label: 'x', role: 'member', grants: { contact: ['read'], claim: ['edit'] } },
    });
    expect(await find('F-1', key.secret)).toEqual([['contact', 'Ann', 'external_id', false]]);
    const { body: none } = await call('POST', '/v1/keys', { body: { label: 'y', role: 'member', grants: {} } });
    expect(await find('F-1', none.secret)).toEqual([]);
  });

  it('must be given, and be short enough for one', async () => {
    expect(reasons(await call('GET', '/v1/find'))).toEqual([['member_missing', 'query.key']]);
    expect(reasons(await call('GET', '/v1/find?key='))).toEqual([['parameter_invalid', 'query.key']]);
    expect(reasons(await call('GET', `/v1/find?key=${'x'.repeat(2049)}`))).toEqual([
      ['parameter_invalid', 'query.key'],
    ]);
  });
});
