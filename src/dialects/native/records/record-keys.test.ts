import { describe, expect, it } from 'vitest';
import { demoServer } from '../test-client.ts';

describe('the keys of a record', async () => {
  const { call } = await demoServer();
  const write = (ref: string, fields: object) => call('PATCH', `/v1/records/claim/${ref}`, { body: { fields } });
  const keys = async (ref: string) => (await call('GET', `/v1/records/claim/${ref}/keys`)).body.items;

  it('are the values of its match fields, and after them those that it had', async () => {
    await write('claim_number:K-1', { external_id: 'A:1/2' });
    expect(await keys('claim_number:K-1')).toEqual([
      { field: 'external_id', value: 'A:1/2', former: false },
      { field: 'claim_number', value: 'K-1', former: false },
    ]);
    await write('claim_number:K-1', { claim_number: 'K-2' });
    await write('claim_number:K-2', { claim_number: 'K-3' });
    expect(await keys('claim_number:K-1')).toEqual([
      { field: 'external_id', value: 'A:1/2', former: false },
      { field: 'claim_number', value: 'K-3', former: false },
      { field: 'claim_number', value: 'K-1', former: true },
      { field: 'claim_number', value: 'K-2', former: true },
    ]);
  });

  it('has those of a duplicate that went into it, and not one that another record claimed', async () => {
    await write('claim_number:D-1', { name: 'Survivor' });
    await write('claim_number:D-2', { name: 'Duplicate' });
    await call('POST', '/v1/records/claim/claim_number:D-1/merge', { body: { from: 'claim_number:D-2' } });
    expect(await keys('claim_number:D-2')).toContainEqual({ field: 'claim_number', value: 'D-2', former: true });
    await call('POST', '/v1/records/claim', { body: { fields: { claim_number: 'D-2' } } });
    expect(await keys('claim_number:D-1')).toEqual([{ field: 'claim_number', value: 'D-1', former: false }]);
  });

  it('are shown to whoever may read the type, of records that are there', async () => {
    expect(await call('GET', '/v1/records/claim/claim_number:nobody/keys')).toMatchObject({ status: 404 });
    expect(await call('GET', '/v1/records/claim/status:open/keys')).toMatchObject({ status: 400 });
    const key = await call('POST', '/v1/keys', { body: { label: 'x', role: 'member', grants: { policy: ['read'] } } });
    const refused = await call('GET', '/v1/records/claim/5001/keys', { as: key.body.secret });
    expect(refused.body.code).toBe('grant_missing');
  });
});
