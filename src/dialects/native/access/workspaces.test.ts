import { beforeAll, describe, expect, it } from 'vitest';
import { type Call, demoServer, type Json, reasons } from '../test-client.ts';

describe('another workspace', async () => {
  const { call, hub } = await demoServer();
  let other: string;
  let guid: string;
  beforeAll(async () => {
    const made = await hub.workspaces.create({ name: 'Other' });
    if (made.kind !== 'created') throw new Error(made.kind);
    other = made.adminKey;
    guid = made.workspace.guid;
    const document = (await call('GET', '/v1/schema')).body;
    expect((await call('PUT', '/v1/schema', { as: other, body: document })).status).toBe(200);
  });
  const asOther: Call = (method, path, options = {}) => call(method, path, { ...options, as: other });

  it('finds nothing by the ids, numbers and keys of this one', async () => {
    const { body: claim } = await call('GET', '/v1/records/claim/5001');
    for (const ref of [claim.id, '5001', 'claim_number:CLM-2026-001']) {
      for (const [method, body] of [['GET'], ['DELETE'], ['PATCH', { fields: { name: 'theirs' } }]] as const) {
        if (method === 'PATCH' && ref.includes(':')) continue; // makes a record of its own: see below
        const answer = await asOther(method, `/v1/records/claim/${ref}`, { body });
        expect([answer.status, reasons(answer)]).toEqual([404, [['record_not_found', 'path.ref']]]);
      }
      expect((await asOther('GET', `/v1/records/claim/${ref}/history`)).status).toBe(404);
      expect((await asOther('GET', `/v1/records/claim/${ref}/links`)).status).toBe(404);
      expect((await asOther('PUT', `/v1/records/claim/${ref}/links/contacts/2001`)).status).toBe(404);
    }
    expect((await asOther('GET', '/v1/records/claim')).body).toEqual({ items: [], next: null });
    expect((await asOther('GET', '/v1/interfaces/myendpoint/runs')).body.items).toEqual([]);
  });

  it('has its own record under the same key', async () => {
    const made = await asOther('PATCH', '/v1/records/claim/claim_number:CLM-2026-001', {
      body: { fields: { name: 'theirs' } },
    });
    expect(made.body.outcome).toBe('created');
    expect((await call('GET', `/v1/records/claim/${made.body.record.id}`)).status).toBe(404);
    expect((await call('GET', '/v1/records/claim/claim_number:CLM-2026-001')).body.fields.name).toBe(
      'Water damage at the mill',
    );
  });

  it('cannot point a lookup or a link at a record of this one', async () => {
    const { body: contact } = await call('GET', '/v1/records/contact/2001');
    const lookup = await asOther('PATCH', '/v1/records/building_component/name:x', {
      body: { fields: { supplier: contact.id } },
    });
    expect(reasons(lookup)).toEqual([['lookup_target_not_found', 'fields.supplier']]);
    await asOther('PATCH', '/v1/records/claim/external_id:mine', { body: { fields: {} } });
    const link = await asOther('PUT', `/v1/records/claim/external_id:mine/links/contacts/${contact.id}`);
    expect(reasons(link)).toEqual([['record_not_found', 'path.target']]);
  });

  it('cannot go on with a cursor of this one', async () => {
    const { body } = await call('GET', '/v1/records/account?limit=1');
    expect(body.next).not.toBe(null);
    const answer = await asOther('GET', `/v1/records/account?limit=1&cursor=${encodeURIComponent(body.next)}`);
    expect(reasons(answer)).toEqual([['cursor_invalid', 'query.cursor']]);
  });

  it('sees and revokes none of its keys, and none of its users', async () => {
    const { body: keys } = await call('GET', '/v1/keys');
    for (const { id } of keys.items) expect((await asOther('DELETE', `/v1/keys/${id}`)).status).toBe(404);
    expect((await call('GET', '/v1/keys')).body).toEqual(keys);
    const { body: theirs } = await asOther('GET', '/v1/keys');
    expect(
      theirs.items.map(({ id }: Json) => id).filter((id: number) => keys.items.some((key: Json) => key.id === id)),
    ).toEqual([]);
    expect((await asOther('GET', '/v1/users')).body.items).toEqual([]);
  });

  it('is the only one that its key opens under a named workspace', async () => {
    expect((await asOther('GET', `/w/${guid}/v1/me`)).body.workspace).toEqual({ id: guid, name: 'Other' });
    expect((await asOther('GET', '/w/Demo/v1/me')).status).toBe(401);
    expect((await call('GET', '/w/Other/v1/me')).status).toBe(401);
    const made = await call('PATCH', '/w/Demo/v1/records/contact/external_id:named', { body: { fields: {} } });
    expect(made.headers.get('location')).toMatch(/\/w\/Demo\/v1\/records\/contact\//);
    expect((await call('GET', '/w/Nowhere/v1/me')).status).toBe(404);
  });
});
