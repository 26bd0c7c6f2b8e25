/** One key, one record: the same key through every API, at once and one after another, and keys that are awkward to send. */
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { contactDoors, doorNames, encode, expectStatus, type Known, type Told } from './doors.ts';
import { allServed } from './served.ts';
import { guid, type Json, signIn } from './vendor-clients.ts';

const server = await freshServer();
afterAll(() => server.close());
const clients = await signIn(server.url);
const { native, sugarcrm, origami, netsuite, zendesk, relatics } = clients;
const contacts = contactDoors(clients);

/** The record that a key finds, and how often it was created. */
async function made(key: string): Promise<{ number: number; created: number; changes: number }> {
  const path = `/v1/records/contact/external_id:${encode(key)}`;
  const { number } = expectStatus(await native('GET', path), 200).body;
  const { items } = expectStatus(await native('GET', `${path}/history?limit=100`), 200).body;
  return { number, created: items.filter(({ kind }: Json) => kind === 'created').length, changes: items.length };
}

async function numberOfContacts(): Promise<number> {
  const principal = await server.hub.access.bearer('kw_demo_admin', 'native');
  if (principal === undefined) throw new Error('The demo has no administrator.');
  return server.hub.count({ principal, via: 'test', requestId: 'test' }, 'contact');
}

describe('one new key', () => {
  it('upserted through all APIs at once makes one record, and at most one of them is told created', async () => {
    const before = await numberOfContacts();
    for (let round = 0; round < 10; round++) {
      const key = `race of all ${round}`;
      const calls = Array.from({ length: 8 }, () => doorNames).flat();
      const told: Told[] = await Promise.all(calls.map((door) => contacts[door].upsert(key, { name: 'Mila' })));
      const { number, created, changes } = await made(key);
      expect([created, changes]).toEqual([1, 1]);
      expect(new Set(told.map((one) => one.number))).toEqual(new Set([number]));
      expect(told.filter((one) => one.created).length).toBeLessThanOrEqual(1);
    }
    expect(await numberOfContacts()).toBe(before + 10);
  });

  it.runIf(allServed)('linked by all APIs at once, each side by its key, makes one link', async () => {
    expectStatus(
      await native('PATCH', '/v1/records/customer/external_id:C', { fields: { name: 'C', entity_id: 'C' } }),
      201,
    );
    expectStatus(await native('PATCH', '/v1/records/contact/external_id:P', { fields: { name: 'P' } }), 201);
    const parent = { ParentDomain: 'Customer', ParentRecordKey: 'C', ParentRecordMatchField: 'ExternalId' };
    const child = { ChildDomain: 'Contact', ChildRecordKey: 'P', ChildRecordMatchField: 'ExternalId' };
    const calls = [
      () => native('PUT', '/v1/records/customer/external_id:C/links/contacts/external_id:P'),
      () => sugarcrm('POST', '/rest/v11_10/integrate/Customers/external_id/C/link/contacts/external_id/P'),
      () => origami('POST', '/api/Link/Upsert', { ...parent, ...child }),
      () => netsuite('POST', '/services/rest/record/v1/customer/eid:C/!attach/contact/eid:P'),
    ];
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => calls).flatMap((all) => all.map((call) => call())),
    );
    expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
    const { body } = await native('GET', '/v1/records/customer/external_id:C/links/contacts');
    expect(body.items).toHaveLength(1);
  });
});

/** Keys of other systems, with what URLs, paths of ours and vendors' grammars make of such characters. */
const awkwardKeys: Readonly<Record<string, string>> = {
  'with reserved characters': 'a/b+c%d é',
  'a GUID that is not ours': '0b7f3f0e-6f0a-4f6e-9d3b-2d6f5e0c9a11',
  'a word of a path: link': 'link',
  'a word of a path: count': 'count',
  'the name of a field': 'sync_key',
  zero: '0',
  'a step upwards': '..',
  'a dot': '.',
  'an escape': '%2F',
  'a space at the end': 'trailing ',
  'a space at the beginning': ' leading',
  'with colons': 'eid:external_id:7',
  'like a number of ours': '#2001',
  'with quotes and brackets': `"it's" <b>{x}[0]`,
  'with query characters': '?a=1&b=2#c;d',
  'with a backslash': 'a\\b',
  'a letter and its accent, apart': 'e\u0301',
  emoji: '👩‍🔧🔩',
  '512 characters': 'x'.repeat(512),
};

describe.each(Object.entries(awkwardKeys).map(([what, key]) => ({ what, key })))('a key: $what', ({ what, key }) => {
  it.each(doorNames)('written through %s is read back, and written again, through every other', async (writer) => {
    const { number } = await contacts[writer].upsert(key, { name: `${what} by ${writer}` });
    const contact: Known = { key, number, id: (await native('GET', `/v1/records/contact/${number}`)).body.id };
    for (const reader of doorNames) {
      expect(await contacts[reader].read(contact), reader).toMatchObject({ number, name: `${what} by ${writer}` });
      expect((await contacts[reader].upsert(key, { name: `${what} by ${writer}` })).number, reader).toBe(number);
    }
  });

  it.runIf(allServed)('links, each side found by it', async () => {
    const { number } = await contacts.native.upsert(key, { name: what });
    const customer = { fields: { name: what, entity_id: what } };
    const path = `/v1/records/customer/external_id:${encode(key)}`;
    const { id } = expectStatus(await native('PATCH', path, customer), 200, 201).body.record;
    const side = `external_id/${encode(key)}`;
    expectStatus(await sugarcrm('POST', `/rest/v11_10/integrate/Customers/${side}/link/contacts/${side}`), 200);
    const eid = `eid:${encode(key)}`;
    expectStatus(await netsuite('POST', `/services/rest/record/v1/customer/${eid}/!attach/contact/${eid}`), 204);
    const parent = { ParentDomain: 'Customer', ParentRecordKey: key, ParentRecordMatchField: 'ExternalId' };
    const child = { ChildDomain: 'Contact', ChildRecordKey: key, ChildRecordMatchField: 'ExternalId' };
    expectStatus(await origami('POST', '/api/Link/Upsert', { ...parent, ...child }), 200);
    const links = await native('GET', `${path}/links/contacts`);
    expect(links.body.items).toEqual([expect.objectContaining({ right: expect.objectContaining({ number }) })]);
    expect(links.body.items[0].left.id).toBe(id);
  });
});

/** The vendor takes 450 characters at most. */
const externalIds = Object.entries(awkwardKeys).map(([what, key]) => ({ what, key: key.slice(0, 450) }));

describe.runIf(allServed).each(externalIds)('an external id of Relatics: $what', ({ what, key }) => {
  it('comes in a complete set in JSON and in XML, and is read through the others', async () => {
    const endpoint = `/api/v1/workspaces/${guid}/interfaces/synchronizing/myendpoint`;
    const json = await relatics('POST', endpoint, { Elements: [{ '@externalid': key, Name: what }] });
    expect(json).toMatchObject({ status: 200, body: { created: 1, issues: 0 } });
    const escaped = key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
    const xml = `<elements><Elements><Element externalid="${escaped}"><Name>${what}</Name></Element></Elements></elements>`;
    const headers = { 'Content-Type': 'application/xml', Accept: 'application/json' };
    expect(await relatics('POST', endpoint, xml, headers)).toMatchObject({ status: 200, body: { unchanged: 1 } });
    const read = await native('GET', `/v1/records/element/external_id:${encode(key)}`);
    expect(read.body.fields).toMatchObject({ external_id: key, name: what });
    const sugar = await sugarcrm('GET', `/rest/v11_10/integrate/Elements/external_id/${encode(key)}`);
    expect(sugar.body).toMatchObject({ external_id: key, name: what });
    const suite = await netsuite('GET', `/services/rest/record/v1/element/eid:${encode(key)}`);
    expect(suite.body).toMatchObject({ externalId: key, name: what });
    const domain = await origami('GET', `/api/Element/${read.body.number}`);
    expect(domain.body).toMatchObject({ ExternalId: key, Name: what });
  });
});

describe.runIf(allServed)('a key that is too long', () => {
  it('is refused by every API for what is wrong with it, and makes nothing', async () => {
    const before = await numberOfContacts();
    const key = 'x'.repeat(513);
    const fields = { name: 'Too long' };
    const answers = [
      await native('PATCH', `/v1/records/contact/external_id:${key}`, { fields }),
      await sugarcrm('PATCH', `/rest/v11_10/integrate/Contacts/external_id/${key}`, fields),
      await origami('POST', '/api/Contact/Upsert?matchFields=ExternalId', { ExternalId: key, Name: 'Too long' }),
      await netsuite('PUT', `/services/rest/record/v1/contact/eid:${key}`, fields),
      await zendesk('PATCH', `/api/v2/custom_objects/contact/records?external_id=${key}`, {
        custom_object_record: fields,
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 500, 400, 422]);
    for (const { text } of answers) expect(text).toContain('512');
    expect(await numberOfContacts()).toBe(before);
  });
});
