/** The vendor's own modules and links, as modules.yaml has them. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SchemaDocument } from '../../model/schema.ts';
import { adminOf, idOf, sugarServer } from './test-client.ts';

const base = '/rest/v11_10';
const standard = parse(readFileSync(new URL('modules.yaml', import.meta.url), 'utf8')) as SchemaDocument;

describe('the standard modules', () => {
  const server = sugarServer();
  const { call } = server;
  beforeAll(async () => {
    const outcome = await server.hub.applySchema(await adminOf(server.hub), () => standard, { allowLoss: true });
    expect(outcome.kind).toBe('applied');
  });

  const make = async (module: string, fields: object) => idOf(await call('POST', `${base}/${module}`, fields));
  const linked = async (module: string, id: string, link: string) => {
    const { body } = await call('GET', `${base}/${module}/${id}/link/${link}?fields=name`);
    return (body as { records: { name: string }[] }).records.map(({ name }) => name).sort();
  };

  it('are all there, with their links and what is at the other end', async () => {
    const { body } = await call('GET', `${base}/metadata?type_filter=modules`);
    const { modules } = body as {
      modules: Record<string, { fields: Record<string, { type: string; module?: string }> }>;
    };
    for (const module of 'Accounts Contacts Opportunities Leads Cases Calls Meetings Tasks Notes'.split(' ')) {
      expect(modules).toHaveProperty(module);
      expect(modules[module]?.fields).toMatchObject({ id: { type: 'id' }, name: { type: 'name' } });
    }
    for (const [path, other] of [
      ['Accounts.contacts', 'Contacts'],
      ['Contacts.accounts', 'Accounts'],
      ['Accounts.opportunities', 'Opportunities'],
      ['Opportunities.accounts', 'Accounts'],
      ['Accounts.cases', 'Cases'],
      ['Cases.accounts', 'Accounts'],
      ['Accounts.members', 'Accounts'],
      ['Accounts.member_of', 'Accounts'],
      ['Contacts.opportunities', 'Opportunities'],
      ['Opportunities.contacts', 'Contacts'],
      ['Contacts.cases', 'Cases'],
      ['Cases.contacts', 'Contacts'],
      ['Contacts.calls', 'Calls'],
      ['Contacts.meetings', 'Meetings'],
      ['Contacts.direct_reports', 'Contacts'],
      ['Contacts.reports_to_link', 'Contacts'],
    ] as const) {
      const [module = '', link = ''] = path.split('.');
      expect(modules[module]?.fields[link], path).toMatchObject({ type: 'link', module: other });
    }
  });

  it('give a contact one account, by its link from either end and by its field', async () => {
    const [one, two] = [await make('Accounts', { name: 'One' }), await make('Accounts', { name: 'Two' })];
    const mila = await make('Contacts', { first_name: 'Mila', last_name: 'Jansen', account_id: one });
    const read = async () => (await call('GET', `${base}/Contacts/${mila}`)).body;
    expect(await read()).toMatchObject({
      name: 'Mila Jansen',
      full_name: 'Mila Jansen',
      account_id: one,
      account_name: 'One',
    });
    await call('POST', `${base}/Accounts/${two}/link/contacts/${mila}`);
    expect(await linked('Accounts', one, 'contacts')).toEqual([]);
    expect(await read()).toMatchObject({ account_id: two, account_name: 'Two' });
    await call('POST', `${base}/Contacts/${mila}/link/accounts/${one}`);
    expect(await linked('Accounts', two, 'contacts')).toEqual([]);
    expect(await linked('Accounts', one, 'contacts')).toEqual(['Mila Jansen']);
    await call('DELETE', `${base}/Accounts/${one}/link/contacts/${mila}`);
    expect(await read()).toMatchObject({ account_id: '', account_name: '' });
  });

  it('keep a tree of accounts, in which none is its own parent', async () => {
    const [parent, child] = [await make('Accounts', { name: 'Parent' }), await make('Accounts', { name: 'Child' })];
    await call('POST', `${base}/Accounts/${parent}/link/members/${child}`);
    expect((await call('GET', `${base}/Accounts/${child}`)).body).toMatchObject({
      parent_id: parent,
      parent_name: 'Parent',
    });
    expect(await linked('Accounts', child, 'member_of')).toEqual(['Parent']);
    expect(await call('POST', `${base}/Accounts/${parent}/link/members/${parent}`)).toMatchObject({
      status: 422,
      body: { error: 'invalid_parameter' },
    });
  });

  it('keep the role of a contact in an opportunity on the pair', async () => {
    const deal = await make('Opportunities', { name: 'Deal', amount: 25000 });
    const ada = await make('Contacts', { last_name: 'Ada' });
    const path = `${base}/Opportunities/${deal}/link/contacts`;
    expect((await call('POST', `${path}/${ada}`, { opportunity_role: 'Influencer' })).body).toMatchObject({
      record: { id: deal, amount: '25000.000000' },
      related_record: { id: ada, opportunity_role: 'Influencer' },
    });
    expect((await call('PUT', `${path}/${ada}`, { opportunity_role: 'Other' })).status).toBe(200);
    expect((await call('GET', `${path}/${ada}`)).body).toMatchObject({ last_name: 'Ada', opportunity_role: 'Other' });
    expect((await call('GET', `${base}/Contacts/${ada}/link/opportunities`)).body).toMatchObject({
      records: [{ name: 'Deal', opportunity_role: 'Other' }],
    });
    expect((await call('GET', path)).body).toMatchObject({ records: [{ id: ada, opportunity_role: 'Other' }] });
  });

  it('say whose a record is', async () => {
    const { current_user } = (await call('GET', `${base}/me`)).body as { current_user: Record<string, string> };
    const { body } = await call('POST', `${base}/Tasks`, { name: 'Call', assigned_user_id: current_user.id });
    expect(body).toMatchObject({ assigned_user_id: current_user.id, assigned_user_name: current_user.full_name });
    for (const assigned_user_id of ['', 'nobody', '999999999999999']) {
      expect((await call('POST', `${base}/Tasks`, { assigned_user_id })).body).toMatchObject({
        assigned_user_name: '',
      });
    }
  });

  it('name a person that has a single name by that', async () => {
    const { body } = await call('POST', `${base}/Leads`, { name: 'Cher' });
    expect(body).toMatchObject({ name: 'Cher', full_name: 'Cher', first_name: '' });
  });

  it('take a moment for the day that a date is', async () => {
    const { body } = await call('POST', `${base}/Contacts`, {
      last_name: 'Born',
      birthdate: '1990-05-17T22:15:00.000Z',
    });
    expect(body).toMatchObject({ birthdate: '1990-05-17' });
  });
});
