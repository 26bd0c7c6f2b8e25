import { describe, expect, it } from 'vitest';
import { sugarServer } from '../test-client.ts';

const path = '/rest/v11_10/metadata';

describe('metadata', () => {
  const { call } = sugarServer();
  const read = async (query = '') => (await call('GET', `${path}${query}`)).body as Record<string, unknown>;

  it('names every module, its fields with their types, and its links', async () => {
    const { modules } = (await read()) as { modules: Record<string, { fields: object }> };
    expect(modules.Accounts?.fields).toMatchObject({
      id: { name: 'id', type: 'id', readonly: true },
      date_modified: { type: 'datetime', readonly: true },
      sync_key: { type: 'varchar', unique: true },
      name: { type: 'name' },
      industry: { name: 'industry', type: 'varchar', len: 100 },
      annual_revenue: { type: 'decimal', len: '26,2' },
      employees: { type: 'int' },
      description: { type: 'text' },
      email: { type: 'email', source: 'non-db' },
      contacts: { type: 'link', relationship: 'account_contacts', module: 'Contacts', source: 'non-db' },
    });
    expect(modules.Users?.fields).toMatchObject({ user_name: { required: true }, is_admin: { type: 'bool' } });
    expect(modules.BuildingComponents?.fields).toMatchObject({
      name: { required: true },
      grade: { type: 'enum', options: { a: 'Grade A', b: 'Grade B', c: 'Grade C' } },
      supplier_id: { type: 'id' },
      supplier_name: { type: 'relate', module: 'Contacts', id_name: 'supplier_id', source: 'non-db' },
    });
    expect(modules.Contacts?.fields).toMatchObject({
      accounts: { type: 'link', module: 'Accounts', 'link-type': 'one' },
    });
  });

  it('is cut down to what is asked for', async () => {
    expect(Object.keys(await read())).toEqual(['modules', 'relationships', 'full_module_list', '_hash']);
    for (const query of ['?modules', '?modules=', '?type_filter=modules']) {
      expect(Object.keys(await read(query))).toEqual(['modules', '_hash']);
    }
    const { modules } = (await read('?type_filter=modules&module_filter=Accounts,Contacts')) as { modules: object };
    expect(Object.keys(modules).sort()).toEqual(['Accounts', 'Contacts']);
    expect((await read('?type_filter=relationships')).relationships).toMatchObject({
      account_contacts: { lhs_module: 'Accounts', rhs_module: 'Contacts', relationship_type: 'one-to-many' },
    });
  });

  it('has a hash that stays as long as it does', async () => {
    const [one, two, other] = [await read(), await read(), await read('?module_filter=Accounts')];
    expect(one._hash).toEqual(two._hash);
    expect(one._hash).not.toEqual(other._hash);
  });

  it('is for those who are logged in', async () => {
    expect((await call('GET', path, undefined, { as: null })).status).toBe(401);
    expect((await call('GET', path, undefined, { as: 'member' })).status).toBe(200);
  });
});
