import { describe, expect, it } from 'vitest';
import { byId } from '../../../model/ref.ts';
import { adminOf, idOf, sugarServer } from '../test-client.ts';

const base = '/rest/v11_10/integrate';

describe('links by keys', () => {
  const server = sugarServer();
  const { call } = server;

  const linked = async (module: string, id: string, link: string) => {
    const { body } = await call('GET', `/rest/v11_10/${module}/${id}/link/${link}?fields=sync_key`);
    return (body as { records: { sync_key: string }[] }).records.map(({ sync_key }) => sync_key).sort();
  };
  const contact = async (key: string) => idOf(await call('PATCH', `${base}/Contacts/sync_key/${key}`));
  const account = async (key: string) => idOf(await call('PATCH', `${base}/Accounts/sync_key/${key}`));

  /** What the engine has of a record's links, for what this vendor's answers do not show. */
  const asStored = async (type: string, id: string) => {
    const caller = await adminOf(server.hub);
    const stored = async () => {
      const outcome = await server.hub.links(caller, { type, ref: byId(id), limit: 10 });
      if (outcome.kind !== 'page') throw new Error(outcome.kind);
      return outcome.items.map(({ role, attributes }) => ({ role: role?.name, attributes }));
    };
    return { caller, stored, roles: async () => (await stored()).map(({ role }) => role).sort() };
  };

  it('give a contact one account from either end, and leave its siblings where they are', async () => {
    const [one, two] = [await account('A1'), await account('A2')];
    const [moved, sibling] = [await contact('C1'), await contact('C2')];
    await call('POST', `${base}/Accounts/sync_key/A1/link/contacts/sync_key/C1`);
    await call('POST', `${base}/Accounts/sync_key/A1/link/contacts/sync_key/C2`);
    const answer = await call('POST', `${base}/Contacts/sync_key/C1/link/accounts/sync_key/A2`);
    expect(answer).toMatchObject({ status: 200, body: { record: moved, related_record: two } });
    expect(await linked('Accounts', one, 'contacts')).toEqual(['C2']);
    expect(await linked('Accounts', two, 'contacts')).toEqual(['C1']);
    expect(await linked('Contacts', sibling, 'accounts')).toEqual(['A1']);
  });

  it('add pair to pair between many and many, and take exactly one away', async () => {
    const opportunity = idOf(await call('PATCH', `${base}/Opportunities/sync_key/O1`));
    await Promise.all([contact('C3'), contact('C4')]);
    await call('POST', `${base}/Opportunities/sync_key/O1/link/contacts/sync_key/C3`);
    await call('POST', `${base}/Opportunities/sync_key/O1/link/contacts/sync_key/C4`);
    expect(await linked('Opportunities', opportunity, 'contacts')).toEqual(['C3', 'C4']);
    await call('DELETE', `${base}/Opportunities/sync_key/O1/link/contacts/sync_key/C3`);
    expect(await linked('Opportunities', opportunity, 'contacts')).toEqual(['C4']);
  });

  it('make one link of forty simultaneous requests', async () => {
    const id = await account('A3');
    await contact('C5');
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => call('POST', `${base}/Accounts/sync_key/A3/link/contacts/sync_key/C5`)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await linked('Accounts', id, 'contacts')).toEqual(['C5']);
  });

  it('carry the role and the columns that the body gives, and new ones replace them', async () => {
    const id = idOf(await call('PATCH', `${base}/Opportunities/sync_key/O2`));
    await contact('C6');
    const link = (body: object) => call('POST', `${base}/Opportunities/sync_key/O2/link/contacts/sync_key/C6`, body);
    const { stored } = await asStored('opportunity', id);
    await link({ opportunity_role: 'Influencer', note: 'met in May', since: 2025, lhs_sync_key_field_name: 'x' });
    expect(await stored()).toEqual([{ role: 'Influencer', attributes: { note: 'met in May', since: 2025 } }]);
    await link({ opportunity_role: 'Decision maker', note: 'left' });
    await link({ list: [1], object: {} });
    expect(await stored()).toEqual([{ role: 'Decision maker', attributes: { note: 'left', since: 2025 } }]);
    for (const body of [{ opportunity_role: 'Nobody' }, { note: 'a\u0000b' }, { '\ud800': 1 }]) {
      expect(await link(body)).toMatchObject({ status: 422, body: { error: 'invalid_parameter' } });
    }
    await link({ opportunity_role: '' });
    expect(await stored()).toEqual([{ role: undefined, attributes: { note: 'left', since: 2025 } }]);
  });

  it('have one role of a pair here, also where the link type has one link per role', async () => {
    const id = idOf(await call('PATCH', `${base}/Claims/sync_key/K1`));
    const both = await contact('C8');
    const link = (body: object) => call('POST', `${base}/Claims/sync_key/K1/link/contacts/sync_key/C8`, body);
    const { caller, roles } = await asStored('claim', id);
    await link({ claim_role: 'Adjuster' });
    await link({ claim_role: 'Broker' });
    expect(await roles()).toEqual(['Broker']);
    await server.hub.link(caller, {
      from: { type: 'claim', ref: byId(id) },
      link: 'contacts',
      to: { ref: byId(both) },
      role: { by: 'name', value: 'Witness' },
    });
    expect(await roles()).toEqual(['Broker', 'Witness']);
    await contact('C9');
    await call('POST', `${base}/Claims/sync_key/K1/link/contacts/sync_key/C9`);
    expect(await linked('Claims', id, 'contacts')).toEqual(['C8', 'C9']);
    expect(await call('GET', `/rest/v11_10/Claims/${id}/link/contacts?max_num=1`)).toMatchObject({
      body: { next_offset: 1 },
    });
    await call('DELETE', `${base}/Claims/sync_key/K1/link/contacts/sync_key/C8`);
    expect(await roles()).toEqual([undefined]);
  });

  it('go with a deleted record, and do not come back with its key', async () => {
    const id = await account('A4');
    await contact('C7');
    await call('POST', `${base}/Accounts/sync_key/A4/link/contacts/sync_key/C7`);
    await call('DELETE', `${base}/Contacts/sync_key/C7`);
    expect(await linked('Accounts', id, 'contacts')).toEqual([]);
    expect(await call('PATCH', `${base}/Contacts/sync_key/C7`)).toMatchObject({ status: 201 });
    expect(await linked('Accounts', id, 'contacts')).toEqual([]);
  });

  it('and lookup fields show the same state', async () => {
    const beam = idOf(await call('PATCH', `${base}/BuildingComponents/sync_key/BEAM`, { name: 'Beam' }));
    const supplier = await contact('SUPPLIER');
    await call('PATCH', `${base}/Contacts/sync_key/SUPPLIER`, { name: 'Steel & Sons' });
    await call('POST', `${base}/Contacts/sync_key/SUPPLIER/link/supplied_components/sync_key/BEAM`);
    const read = async () => (await call('GET', `${base}/BuildingComponents/sync_key/BEAM`)).body;
    expect(await read()).toMatchObject({ supplier_id: supplier, supplier_name: 'Steel & Sons' });
    await call('PATCH', `${base}/BuildingComponents/sync_key/BEAM`, { supplier_id: '' });
    expect(await linked('Contacts', supplier, 'supplied_components')).toEqual([]);
    await call('PUT', `/rest/v11_10/BuildingComponents/${beam}`, { supplier_id: supplier, supplier_name: 'ignored' });
    expect(await linked('Contacts', supplier, 'supplied_components')).toEqual(['BEAM']);
    await call('DELETE', `${base}/BuildingComponents/sync_key/BEAM/link/supplier/sync_key/SUPPLIER`);
    expect(await read()).toMatchObject({ supplier_id: '', supplier_name: '' });
    expect(await call('PUT', `/rest/v11_10/BuildingComponents/${beam}`, { supplier_id: 'nobody' })).toMatchObject({
      status: 422,
      body: { error: 'invalid_parameter' },
    });
  });
});
