/** One engine behind all APIs: what is written through one is at once seen through every other, pair by pair. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import {
  contactDoors,
  doorNames,
  expectStatus,
  linkDoorNames,
  linkDoors,
  numberOf,
  type Pair,
  type Role,
  recordsOf,
} from './doors.ts';
import { allServed, served } from './served.ts';
import { guid, type Json, signIn } from './vendor-clients.ts';

const server = await freshServer();
afterAll(() => server.close());
const clients = await signIn(server.url);
const { native, sugarcrm, origami, netsuite, relatics } = clients;
const contacts = contactDoors(clients);
const links = linkDoors(clients);
const known = recordsOf(clients);

const pairs = <Name extends string>(names: readonly Name[]): { writer: Name; reader: Name }[] =>
  names.flatMap((writer) => names.map((reader) => ({ writer, reader })));

/** Who provides contacts to Relatics: the demo has no such interface. */
beforeAll(async () => {
  const { body } = await native('GET', '/v1/schema');
  const provided = { name: 'Contacts', type: 'contact', direction: 'providing', api_keys: [] };
  const schema = { ...body, interfaces: { ...body.interfaces, contacts: provided } };
  expectStatus(await native('PUT', '/v1/schema', schema), 200);
});

describe('a contact', () => {
  it.each(pairs(doorNames))(
    'written through $writer is at once seen, changed and cleared, through $reader',
    async ({ writer, reader }) => {
      const key = `${writer}-${reader}`;
      const { number } = await contacts[writer].upsert(key, { name: 'Mila Jansen', email: 'mila@example.test' });
      const contact = await known('contact', key);
      expect(number).toBe(contact.number);
      expect(await contacts[reader].read(contact)).toEqual({ number, name: 'Mila Jansen', email: 'mila@example.test' });
      await contacts[writer].upsert(key, { name: 'Mila de Vries' });
      expect(await contacts[reader].read(contact)).toEqual({
        number,
        name: 'Mila de Vries',
        email: 'mila@example.test',
      });
      await contacts[writer].upsert(key, { name: 'Mila de Vries', email: null });
      expect(await contacts[reader].read(contact)).toEqual({ number, name: 'Mila de Vries', email: null });
    },
  );

  it.each(pairs(doorNames))(
    'deleted through $writer is at once absent from $reader, and revived there',
    async ({ writer, reader }) => {
      const contact = await known('contact', `gone-${writer}-${reader}`, { name: 'Mila', email: 'mila@example.test' });
      await contacts[writer].remove(contact);
      expect(await contacts[reader].read(contact)).toBeUndefined();
      const { number } = await contacts[reader].upsert(contact.key, { name: 'Mila again' });
      expect(number).toBe(contact.number);
      expect(await contacts[writer].read(contact)).toEqual({ number, name: 'Mila again', email: null });
    },
  );

  it.runIf(served('relatics')).each(doorNames)(
    'written through %s is provided to Relatics with its id and display name',
    async (writer) => {
      const { number } = await contacts[writer].upsert(`shown-${writer}`, { name: `Shown by ${writer}` });
      const answer = await relatics('GET', `/api/v1/workspaces/${guid}/interfaces/providing/contacts`);
      const shown = answer.body.Contacts.find((one: Json) => one['@displayname'] === `Shown by ${writer}`);
      expect(numberOf(shown['@id'])).toBe(number);
    },
  );

  it.runIf(allServed)(
    'whose SugarCRM sync key is set is found by it everywhere that a unique field can be named',
    async () => {
      const contact = await known('contact', 'keyed', { name: 'Keyed' });
      const path = `/rest/v11_10/integrate/Contacts/${contact.id}/sync_key/S-1`;
      expect(await sugarcrm('PUT', path)).toMatchObject({ status: 200, body: { success: true } });
      expect((await native('GET', '/v1/records/contact/sync_key:S-1')).body.number).toBe(contact.number);
      const byMatch = await origami('POST', '/api/Contact/Upsert?matchFields=SyncKey', { SyncKey: 'S-1', Phone: '1' });
      expect(byMatch.body.RecordID).toBe(contact.number);
      expect(await contacts.zendesk.read(contact)).toMatchObject({ number: contact.number });
    },
  );

  it('has one history, in which every change says through which API it came', async () => {
    for (const [index, writer] of doorNames.entries()) await contacts[writer].upsert('told', { name: `Name ${index}` });
    const { body } = await native('GET', '/v1/records/contact/external_id:told/history');
    expect(body.items.map(({ kind, via }: Json) => `${kind} ${via}`).reverse()).toEqual([
      'created native',
      ...doorNames.slice(1).map((name) => `updated ${name}`),
    ]);
  });
});

const primary: Role = { number: -10, key: 'primary', name: 'Primary Contact' };
const family: Role = { number: 1, key: 'family', name: 'Family' };
const decisionMaker: Role = { number: 2, key: 'decision_maker', name: 'Decision maker' };

describe('a link of a customer and a contact', () => {
  const newPair = async (name: string): Promise<Pair> => ({
    customer: await known('customer', `customer-${name}`, { name, entity_id: name }),
    contact: await known('contact', `contact-${name}`, { name }),
  });

  it.each(pairs(linkDoorNames))(
    'made, given a role and removed through $writer is at once so through $reader',
    async ({ writer, reader }) => {
      const pair = await newPair(`${writer}-${reader}`);
      const contact = pair.contact.number;
      const shown = (role: number | null) => [reader === 'sugarcrm' ? { contact } : { contact, role }];
      expect(await links[reader].contactsOf(pair)).toEqual([]);
      await links[writer].link(pair);
      expect(await links[reader].contactsOf(pair)).toEqual(shown(null));
      await links[writer].link(pair, decisionMaker);
      expect(await links[reader].contactsOf(pair)).toEqual(shown(decisionMaker.number));
      await links[writer].link(pair, primary);
      expect(await links[reader].contactsOf(pair)).toEqual(shown(primary.number));
      await links[writer].unlink(pair);
      expect(await links[reader].contactsOf(pair)).toEqual([]);
    },
  );

  it('is one link, however many APIs make it', async () => {
    const pair = await newPair('shared');
    await Promise.all(linkDoorNames.map((name) => links[name].link(pair, family)));
    const { body } = await native('GET', `/v1/records/customer/${pair.customer.number}/links`);
    expect(body.items).toEqual([expect.objectContaining({ role: 'Family', role_external_id: 'family' })]);
  });

  it('goes with either of its records, whichever API deletes it', async () => {
    for (const writer of doorNames) {
      const pair = await newPair(`deleted-${writer}`);
      await links.native.link(pair, family);
      await contacts[writer].remove(pair.contact);
      for (const reader of linkDoorNames) expect(await links[reader].contactsOf(pair), reader).toEqual([]);
    }
  });
});

describe('a role of a claim’s contact', () => {
  it.runIf(allServed)(
    'set through Origami shows in the native links and by name; a second one is a second link',
    async () => {
      const pair = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'Contact', ChildRecordID: 106 };
      for (const Relationship of ['Adjuster', 'Witness']) {
        expectStatus(await origami('POST', '/api/Link/Upsert', { ...pair, Relationship }), 200);
      }
      const { body } = await native('GET', '/v1/records/claim/5001/links/contacts');
      expect(body.items.map(({ role }: Json) => role).sort()).toEqual(['Adjuster', 'Witness']);
      const roles = await netsuite('GET', '/services/rest/record/v1/claim/5001/contactRoles');
      expect(roles.body.items.map(({ role }: Json) => role.refName).sort()).toEqual(['Adjuster', 'Witness']);
      expectStatus(await netsuite('POST', '/services/rest/record/v1/claim/5001/!detach/contact/106'), 204);
      const query = '/api/Link/Query?parentDomain=Claim&parentRecordID=5001&childDomain=Contact';
      expect((await origami('GET', query)).body).toEqual([]);
    },
  );
});
