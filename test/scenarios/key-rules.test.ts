/** A key rule holds in every API: a record is found, written and linked by another spelling of its key than the one it was made with. */
import { afterAll, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { contactDoors, doorNames, encode, expectStatus, type Known } from './doors.ts';
import { allServed } from './served.ts';
import { signIn } from './vendor-clients.ts';

const server = await freshServer();
afterAll(() => server.close());
const clients = await signIn(server.url);
const { native, sugarcrm, origami, netsuite } = clients;
const contacts = contactDoors(clients);

const { body: schema } = await native('GET', '/v1/schema');
const ruled = { type: 'text', unique: true, key_rule: ['trim', 'fold', 'nfc'] };
for (const type of ['contact', 'customer']) {
  schema.types[type].fields = {
    ...schema.types[type].fields,
    external_id: { ...schema.types[type].fields?.external_id, ...ruled },
  };
}
expectStatus(await native('PUT', '/v1/schema', schema), 200);

it.each(doorNames)(
  'written through %s, it is found and written by another spelling through every other',
  async (writer) => {
    const key = `É-${writer}`;
    const other = `e\u0301-${writer.toUpperCase()}`;
    const { number } = await contacts[writer].upsert(key, { name: writer });
    for (const reader of doorNames) {
      const { id } = expectStatus(await native('GET', `/v1/records/contact/${number}`), 200).body;
      const contact: Known = { key: other, number, id };
      expect(await contacts[reader].read(contact), reader).toMatchObject({ number, name: writer });
      expect((await contacts[reader].upsert(other, { name: writer })).number, reader).toBe(number);
    }
    const { body } = await native('GET', `/v1/records/contact/external_id:${encode(other)}`);
    expect(body.fields.external_id).toBe(key);
    expect(body.version).toBe(1);
    expect(body).not.toHaveProperty('resolved_by_alias');
  },
);

it.runIf(allServed)('links find both of their sides by other spellings', async () => {
  const customer = { fields: { name: 'Links', entity_id: 'Links' } };
  expectStatus(await native('PATCH', '/v1/records/customer/external_id:Cust-1', customer), 201);
  expectStatus(await native('PATCH', '/v1/records/contact/external_id:Cont-1', { fields: {} }), 201);
  const parent = { ParentDomain: 'Customer', ParentRecordKey: 'CUST-1', ParentRecordMatchField: 'ExternalId' };
  const child = { ChildDomain: 'Contact', ChildRecordKey: 'CONT-1', ChildRecordMatchField: 'ExternalId' };
  expectStatus(
    await native('PUT', '/v1/records/customer/external_id:cust-1/links/contacts/external_id:cont-1'),
    200,
    201,
  );
  expectStatus(
    await sugarcrm('POST', '/rest/v11_10/integrate/Customers/external_id/cusT-1/link/contacts/external_id/conT-1'),
    200,
  );
  expectStatus(await netsuite('POST', '/services/rest/record/v1/customer/eid:CUSt-1/!attach/contact/eid:CONt-1'), 204);
  expectStatus(await origami('POST', '/api/Link/Upsert', { ...parent, ...child }), 200);
  const { body } = await native('GET', '/v1/records/customer/external_id:cust-1/links/contacts');
  expect(body.items).toHaveLength(1);
});

it('20 spellings at once, through all APIs, make one record', async () => {
  const spell = (n: number): string => [...'race'].map((c, at) => ((n >> at) & 1 ? c.toUpperCase() : c)).join('');
  const told = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      contacts[doorNames[n % doorNames.length] ?? 'native'].upsert(spell(n), { name: 'Race' }),
    ),
  );
  expect(new Set(told.map(({ number }) => number)).size).toBe(1);
  expect(told.filter(({ created }) => created).length).toBeLessThanOrEqual(1);
});

it('an export shows keys as they were sent', async () => {
  expectStatus(await native('PATCH', '/v1/records/contact/external_id:Exp-1', { fields: { name: 'Exported' } }), 201);
  const filter = 'filter%5Bexternal_id%5D=EXP-1';
  for (const accept of ['application/x-ndjson', 'text/csv']) {
    const { text } = expectStatus(await native('GET', `/v1/records/contact?${filter}`, undefined, { accept }), 200);
    expect(text).toContain('Exp-1');
    expect(text.match(/exp-1/gi)).toHaveLength(1);
  }
});
