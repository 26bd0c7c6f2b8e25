import { describe, expect, it } from 'vitest';
import { demoServer } from '../test-client.ts';

describe('an Idempotency-Key', async () => {
  const { call } = await demoServer();
  const post = (key: string, name: string, path = '/v1/records/contact') =>
    call('POST', path, { body: { fields: { name } }, headers: { 'idempotency-key': key } });

  it('makes a write that is repeated answer as the first time, and be done once', async () => {
    const first = await post('k-1', 'Once');
    expect(first.status).toBe(201);
    const again = await post('k-1', 'Once');
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    const path = `/v1/records/contact/${first.body.record.number}`;
    await call('PATCH', path, { body: { fields: { name: 'Later' } } });
    expect((await post('k-1', 'Once')).body).toEqual(first.body);
    expect((await call('GET', path)).body).toMatchObject({ version: 2, fields: { name: 'Later' } });
  });

  it('makes one record of 40 simultaneous requests', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => post('k-40', 'Forty')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.record.id)).size).toBe(1);
  });

  it('is refused for any other request: another body, address or precondition', async () => {
    await post('k-2', 'One');
    expect((await post('k-2', 'Two')).body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    expect((await post('k-2', 'One', '/v1/records/partner')).status).toBe(422);
    expect((await post('k-2', 'One')).status).toBe(201);
  });

  it('belongs to the principal who sent it', async () => {
    const own = await post('k-3', 'Mine');
    const other = await call('POST', '/v1/records/contact', {
      as: 'member',
      body: { fields: { name: 'Mine' } },
      headers: { 'idempotency-key': 'k-3' },
    });
    expect(other.status).toBe(201);
    expect(other.body.record.id).not.toBe(own.body.record.id);
  });

  it('goes with deletes and links, whose repetition would answer otherwise', async () => {
    const { body } = await post('k-4', 'Gone');
    const headers = { 'idempotency-key': 'k-5' };
    const linked = await call('PUT', `/v1/records/customer/660/links/contacts/${body.record.number}`, {
      body: {},
      headers,
    });
    expect(linked.status).toBe(201);
    const relinked = await call('PUT', `/v1/records/customer/660/links/contacts/${body.record.number}`, {
      body: {},
      headers,
    });
    expect(relinked).toMatchObject({ status: 201, body: linked.body });
    const gone = { 'idempotency-key': 'k-6' };
    const path = `/v1/records/contact/${body.record.number}`;
    expect((await call('DELETE', path, { headers: gone })).status).toBe(200);
    expect((await call('DELETE', path, { headers: gone })).status).toBe(200);
    expect((await call('DELETE', path)).status).toBe(404);
  });

  it('does not keep a refusal: what was in the way may be gone', async () => {
    const headers = { 'idempotency-key': 'k-7' };
    const link = () => call('PUT', '/v1/records/customer/660/links/contacts/external_id:K7', { body: {}, headers });
    expect((await link()).status).toBe(404);
    await call('PATCH', '/v1/records/contact/external_id:K7', { body: { fields: {} } });
    expect((await link()).status).toBe(201);
  });

  it('is refused when it is malformed, by every write', async () => {
    const tooLong = 'x'.repeat(256);
    expect((await post(tooLong, 'Long')).body.code).toBe('idempotency_key_malformed');
    const headers = { 'idempotency-key': tooLong };
    for (const path of ['/v1/interfaces/myendpoint/runs', '/v1/records/contact/import'])
      expect((await call('POST', path, { body: [], headers })).body.code).toBe('idempotency_key_malformed');
    const key = await call('POST', '/v1/keys', { body: { label: 'k' }, headers });
    expect(key.body.code).toBe('idempotency_key_malformed');
    expect((await call('GET', '/v1/me', { headers })).status).toBe(200);
  });
});
