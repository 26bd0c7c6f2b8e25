/** What an interface owns, and what the other APIs see and keep of it. */
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { contactDoors, expectStatus, type Known, recordsOf } from './doors.ts';
import { allServed } from './served.ts';
import { guid, type Json, signIn } from './vendor-clients.ts';

const server = await freshServer();
afterAll(() => server.close());
const clients = await signIn(server.url);
const { native, sugarcrm, origami, netsuite, zendesk, relatics } = clients;
const contacts = contactDoors(clients);
const known = recordsOf(clients);

async function fieldsOf(record: string): Promise<Json> {
  return expectStatus(await native('GET', `/v1/records/${record}`), 200).body.fields;
}

describe.runIf(allServed)('a complete set from Relatics', () => {
  const endpoint = `/api/v1/workspaces/${guid}/interfaces/synchronizing/myendpoint`;
  const sync = async (...elements: Json[]): Promise<Json> =>
    expectStatus(await relatics('POST', endpoint, { Elements: elements }), 200).body;
  /** The element’s name as each API shows it; undefined: not there. */
  const readers: Record<string, (element: Known) => Promise<string | undefined>> = {
    native: async ({ key }) => (await native('GET', `/v1/records/element/external_id:${key}`)).body.fields?.name,
    sugarcrm: async ({ key }) =>
      (await sugarcrm('GET', `/rest/v11_10/integrate/Elements/external_id/${key}`)).body.name,
    origami: async ({ number }) => (await origami('GET', `/api/Element/${number}`)).body.Name,
    netsuite: async ({ key }) => (await netsuite('GET', `/services/rest/record/v1/element/eid:${key}`)).body.name,
    async zendesk({ key }) {
      const path = `/api/v2/custom_objects/element/records?filter%5Bexternal_ids%5D=${key}`;
      return (await zendesk('GET', path)).body.custom_object_records[0]?.name;
    },
  };
  const elementOf = async (key: string): Promise<Known> => {
    const { body } = await native('GET', `/v1/records/element/external_id:${key}`);
    return { key, number: body.number, id: body.id };
  };

  it('is at once seen through all the others, and so is what it leaves out', async () => {
    await sync({ '@externalid': 'E-1', Name: 'Pump' }, { '@externalid': 'E-2', Name: 'Valve' });
    const [first, second] = [await elementOf('E-1'), await elementOf('E-2')];
    for (const [name, read] of Object.entries(readers)) {
      expect([await read(first), await read(second)], name).toEqual(['Pump', 'Valve']);
    }
    expect(await sync({ '@externalid': 'E-1', Name: 'Pump 1' })).toMatchObject({ updated: 1, deleted: 1 });
    for (const [name, read] of Object.entries(readers)) {
      expect([await read(first), await read(second)], name).toEqual(['Pump 1', undefined]);
    }
  });

  it('owns its fields and elements: no other API changes or deletes them, and an echo of the same value is no change', async () => {
    await sync({ '@externalid': 'E-1', Name: 'Pump' });
    const { number, key, id } = await elementOf('E-1');
    const refused = [
      await native('PATCH', `/v1/records/element/external_id:${key}`, { fields: { name: 'Mine' } }),
      await native('DELETE', `/v1/records/element/external_id:${key}`),
      await sugarcrm('PATCH', `/rest/v11_10/integrate/Elements/external_id/${key}`, { name: 'Mine' }),
      await sugarcrm('DELETE', `/rest/v11_10/Elements/${id}`),
      await origami('POST', '/api/Element/Upsert?matchFields=ExternalId', { ExternalId: key, Name: 'Mine' }),
      await origami('DELETE', `/api/Element/${number}`),
      await netsuite('PATCH', `/services/rest/record/v1/element/${number}`, { name: 'Mine' }),
      await netsuite('DELETE', `/services/rest/record/v1/element/${number}`),
      await zendesk('PATCH', `/api/v2/custom_objects/element/records?external_id=${key}`, {
        custom_object_record: { name: 'Mine' },
      }),
      await zendesk('DELETE', `/api/v2/custom_objects/element/records?external_id=${key}`),
    ];
    expect(refused.map(({ status }) => status)).toEqual([409, 409, 403, 403, 500, 500, 403, 403, 422, 422]);
    expect(await fieldsOf('element/external_id:E-1')).toMatchObject({ name: 'Pump' });
    const echo = await native('PATCH', `/v1/records/element/external_id:${key}`, { fields: { name: 'Pump' } });
    expect(echo).toMatchObject({ status: 200, body: { outcome: 'unchanged' } });
  });

  it('leaves alone what is owned internally, whichever API wrote it', async () => {
    await sync({ '@externalid': 'E-1', Name: 'Pump' });
    const { key } = await elementOf('E-1');
    const notes: Record<string, (note: string) => Promise<unknown>> = {
      native: (note) => native('PATCH', `/v1/records/element/external_id:${key}`, { fields: { internal_note: note } }),
      sugarcrm: (note) =>
        sugarcrm('PATCH', `/rest/v11_10/integrate/Elements/external_id/${key}`, { internal_note: note }),
      origami: (note) =>
        origami('POST', '/api/Element/Upsert?matchFields=ExternalId', { ExternalId: key, InternalNote: note }),
      netsuite: (note) => netsuite('PATCH', `/services/rest/record/v1/element/eid:${key}`, { internalNote: note }),
      zendesk: (note) =>
        zendesk('PATCH', `/api/v2/custom_objects/element/records?external_id=${key}`, {
          custom_object_record: { custom_object_fields: { internal_note: note } },
        }),
    };
    for (const [name, write] of Object.entries(notes)) {
      await write(`note by ${name}`);
      await sync({ '@externalid': 'E-1', Name: `Pump after ${name}` });
      expect(await fieldsOf('element/external_id:E-1')).toMatchObject({
        name: `Pump after ${name}`,
        internal_note: `note by ${name}`,
      });
    }
  });

  it('relates elements to contacts of any origin, and drops who is not supplied', async () => {
    const first = await known('contact', 'related-1', { name: 'One' });
    const second = await known('contact', 'related-2', { name: 'Two' });
    const related = async (): Promise<number[]> => {
      const { id } = await elementOf('E-1');
      const { body } = await sugarcrm('GET', `/rest/v11_10/Elements/${id}/link/contacts`);
      const seen = (await native('GET', '/v1/records/element/external_id:E-1/links/contacts')).body.items;
      expect(body.records.map((one: Json) => one.id)).toEqual(seen.map(({ right }: Json) => right.id));
      return seen.map(({ right }: Json) => right.number);
    };
    await sync({ '@externalid': 'E-1', Contacts: [{ '@id': first.id }, { '@id': second.id }] });
    expect(await related()).toEqual([first.number, second.number]);
    await sync({ '@externalid': 'E-1', Contacts: [{ '@id': second.id }] });
    expect(await related()).toEqual([second.number]);
    await contacts.zendesk.remove(second);
    expect(await related()).toEqual([]);
  });

  it('upserted at once through all five vendors, Relatics among them, is one record', async () => {
    const note = { internal_note: 'noted' };
    const writers: Record<string, (key: string) => Promise<{ status: number; text: string }>> = {
      sugarcrm: (key) => sugarcrm('PATCH', `/rest/v11_10/integrate/Elements/external_id/${key}`, note),
      origami: (key) =>
        origami('POST', '/api/Element/Upsert?matchFields=ExternalId', { ExternalId: key, InternalNote: 'noted' }),
      netsuite: (key) => netsuite('PUT', `/services/rest/record/v1/element/eid:${key}`, { internalNote: 'noted' }),
      zendesk: (key) =>
        zendesk('PATCH', `/api/v2/custom_objects/element/records?external_id=${key}`, {
          custom_object_record: { custom_object_fields: note },
        }),
    };
    const elements = Array.from({ length: 5 }, (_, round) => ({ '@externalid': `five-${round}`, Name: 'Pump' }));
    // Who comes before the set finds nothing that it may make, and is refused; who comes after it writes the same record.
    const calls = elements.flatMap(({ '@externalid': key }) => Object.values(writers).map((write) => write(key)));
    const [set, ...answers] = await Promise.all([sync(...elements), ...calls]);
    expect(set).toMatchObject({ received: 5, created: 5 });
    for (const { status, text } of answers) expect([200, 204, 403, 422, 500], text).toContain(status);
    for (const { '@externalid': key } of elements) {
      for (const [name, write] of Object.entries(writers)) expect((await write(key)).status, name).toBeLessThan(300);
      const { body } = await native('GET', `/v1/records/element/external_id:${key}/history`);
      expect(body.items.filter(({ kind }: Json) => kind === 'created')).toHaveLength(1);
      expect(await fieldsOf(`element/external_id:${key}`)).toMatchObject({ name: 'Pump', ...note });
    }
    expect((await native('GET', '/v1/records/element?limit=100')).body.items).toHaveLength(5);
  });
});
