import { describe, expect, it } from 'vitest';
import { demoServer } from '../test-client.ts';

describe('the APIs of a server', async () => {
  const { call } = await demoServer(); // of the native one alone

  it('are those that it serves, by name and title, for whoever is signed in', async () => {
    const { body } = await call('GET', '/v1/dialects', { as: 'member' });
    expect(body.items).toEqual([{ name: 'native', title: 'Native' }]);
    expect((await call('GET', '/v1/dialects', { as: null })).status).toBe(401);
  });

  it('take no set in the form of one that is not served', async () => {
    const refused = await call('POST', '/v1/interfaces/myendpoint/runs?form=vendor', { body: [] });
    expect([refused.status, refused.body.violations[0].message]).toEqual([400, 'There is no form "vendor".']);
  });

  it('show how a record is read, and written by its first key', async () => {
    const key = encodeURIComponent("external_id:A's/1 ü%41");
    await call('PATCH', `/v1/records/account/${key}`, { body: { fields: { name: 'Ann' } } });
    const headers = { Authorization: 'Bearer <api key>' };
    const path = `/v1/records/account/${key}`;
    const { body } = await call('GET', `${path}/calls`, { as: 'power' });
    expect(body.items).toEqual([
      {
        name: 'native',
        title: 'Native',
        read: { method: 'GET', path, headers, body: null },
        write: { method: 'PATCH', path, headers, body: { fields: { name: 'Ann' } } },
      },
    ]);
  });

  it('show no write of a record without a key, which would make another one each time', async () => {
    const { body: made } = await call('POST', '/v1/records/account', { body: { fields: { name: 'Nameless' } } });
    const { body } = await call('GET', `/v1/records/account/${made.record.id}/calls`);
    expect(body.items[0].read.path).toBe(`/v1/records/account/${made.record.id}`);
    expect(body.items[0].write).toBeNull();
  });

  it('show nothing of a record that is not there, or that one may not read', async () => {
    expect((await call('GET', '/v1/records/account/external_id:NOBODY/calls')).status).toBe(404);
    expect((await call('GET', '/v1/records/unheard_of/1/calls')).status).toBe(404);
    const { body: key } = await call('POST', '/v1/keys', {
      body: { label: 'blind', role: 'member', grants: { claim: ['read'] } },
    });
    const { body: contacts } = await call('GET', '/v1/records/contact?limit=1');
    const blind = await call('GET', `/v1/records/contact/${contacts.items[0].id}/calls`, { as: key.secret });
    expect([blind.status, blind.body.code]).toEqual([403, 'grant_missing']);
  });
});
