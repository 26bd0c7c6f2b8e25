import { describe, expect, it } from 'vitest';
import { demoServer } from '../test-client.ts';

describe('the count of records', async () => {
  const { call } = await demoServer();
  type Item = { type: string; records: number; at_least: boolean };
  const counts = async (as = 'admin'): Promise<Item[]> => {
    const { status, body } = await call('GET', '/v1/records', { as });
    expect(status).toBe(200);
    return body.items;
  };
  const of = async (type: string): Promise<number | undefined> =>
    (await counts()).find((item) => item.type === type)?.records;

  it('is of each type, in the order of the schema, live records only', async () => {
    const all = await counts();
    const { body: schema } = await call('GET', '/v1/schema');
    expect(all.map(({ type }) => type)).toEqual(Object.keys(schema.types));
    expect(all.every((item) => !item.at_least)).toBe(true);
    for (const { type, records } of all) {
      const { body } = await call('GET', `/v1/records/${type}?limit=1000`);
      expect(records, type).toBe(body.items.length);
    }
  });

  it('follows what is written', async () => {
    const before = (await of('claim')) ?? 0;
    await call('PATCH', '/v1/records/claim/claim_number:N-1', { body: { fields: { name: 'one' } } });
    await expect.poll(() => of('claim')).toBe(before + 1);
    await call('DELETE', '/v1/records/claim/claim_number:N-1');
    await expect.poll(() => of('claim')).toBe(before);
    await call('PATCH', '/v1/records/claim/claim_number:N-1', { body: { fields: { name: 'back' } } });
    await expect.poll(() => of('claim')).toBe(before + 1);
  });

  it('knows a type as soon as there is one', async () => {
    const { body: schema } = await call('GET', '/v1/schema');
    await counts();
    await call('PUT', '/v1/schema', { body: { ...schema, types: { ...schema.types, depot: {} } } });
    expect(await of('depot')).toBe(0);
  });

  it('is not made again while nothing is written', async () => {
    const { body: first } = await call('GET', '/v1/records');
    await new Promise((resolve) => setTimeout(resolve, 300)); // longer than it rests
    const { body: second } = await call('GET', '/v1/records');
    expect(second).toEqual(first);
  });

  it('is of what the key may read', async () => {
    const { body: key } = await call('POST', '/v1/keys', {
      body: { label: 'x', role: 'member', grants: { contact: ['read'], claim: ['edit'] } },
    });
    expect((await counts(key.secret)).map(({ type }) => type)).toEqual(['contact']);
  });
});
