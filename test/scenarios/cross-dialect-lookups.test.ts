/** A lookup is one link, which each API shows and writes in its own form. */
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { contactDoors, expectStatus, type Known, numberOf, recordsOf } from './doors.ts';
import { allServed } from './served.ts';
import { type Json, signIn } from './vendor-clients.ts';

const server = await freshServer();
afterAll(() => server.close());
const clients = await signIn(server.url);
const { native, sugarcrm, origami, netsuite, zendesk } = clients;
const contacts = contactDoors(clients);
const known = recordsOf(clients);

async function fieldsOf(record: string): Promise<Json> {
  return expectStatus(await native('GET', `/v1/records/${record}`), 200).body.fields;
}

describe.runIf(allServed)('a lookup', () => {
  const path = '/v1/records/building_component';
  const custom = '/api/v2/custom_objects/building_component/records';
  const suite = '/services/rest/record/v1/buildingComponent';
  const integrate = '/rest/v11_10/integrate/BuildingComponents/external_id';
  type LookupDoor = {
    /** Makes a contact the supplier of a component, in the place of another; null: nobody. */
    set(component: Known, supplier: Known | null, before: Known | null): Promise<unknown>;
    /** The number of the supplier. */
    get(component: Known): Promise<number | null>;
  };
  const doors: Record<string, LookupDoor> = {
    'a field of the native API': {
      set: async ({ key }, supplier) =>
        expectStatus(
          await native('PATCH', `${path}/external_id:${key}`, { fields: { supplier: supplier?.id ?? null } }),
          200,
        ),
      async get({ key }) {
        const { supplier } = await fieldsOf(`building_component/external_id:${key}`);
        return supplier === null ? null : numberOf(supplier);
      },
    },
    'a native link': {
      async set({ number }, supplier, before) {
        const target = (supplier ?? before)?.number;
        const method = supplier === null ? 'DELETE' : 'PUT';
        return expectStatus(await native(method, `${path}/${number}/links/supplier/${target}`), 200, 201);
      },
      async get({ number }) {
        const { body } = await native('GET', `${path}/${number}/links/supplier`);
        return body.items[0]?.right.number ?? null;
      },
    },
    'a SugarCRM relationship': {
      async set({ key }, supplier, before) {
        const target = (supplier ?? before)?.key;
        const method = supplier === null ? 'DELETE' : 'POST';
        const link = `${integrate}/${key}/link/supplier/external_id/${target}`;
        return expectStatus(await sugarcrm(method, link), 200);
      },
      async get({ id }) {
        const { body } = await sugarcrm('GET', `/rest/v11_10/BuildingComponents/${id}/link/supplier`);
        return body.records[0] === undefined ? null : numberOf(body.records[0].id);
      },
    },
    'a SugarCRM field': {
      set: async ({ key }, supplier) =>
        expectStatus(await sugarcrm('PATCH', `${integrate}/${key}`, { supplier_id: supplier?.id ?? '' }), 200),
      async get({ key }) {
        const { body } = await sugarcrm('GET', `${integrate}/${key}`);
        return body.supplier_id ? numberOf(body.supplier_id) : null;
      },
    },
    'an Origami association': {
      async set({ key }, supplier) {
        const body = { ExternalId: key, SupplierID: supplier?.number ?? null };
        return expectStatus(await origami('POST', '/api/BuildingComponent/Upsert?matchFields=ExternalId', body), 200);
      },
      get: async ({ number }) => (await origami('GET', `/api/BuildingComponent/${number}`)).body.SupplierID,
    },
    'a NetSuite reference': {
      async set({ key }, supplier) {
        const body = { supplier: supplier && { externalId: supplier.key } };
        return expectStatus(await netsuite('PATCH', `${suite}/eid:${key}`, body), 204);
      },
      async get({ key }) {
        const { body } = await netsuite('GET', `${suite}/eid:${key}`);
        return body.supplier === undefined ? null : Number(body.supplier.id);
      },
    },
    'a Zendesk lookup': {
      async set({ key }, supplier) {
        const target = supplier && `external_id:${supplier.key}`;
        const body = { custom_object_record: { custom_object_fields: { supplier: target } } };
        return expectStatus(await zendesk('PATCH', `${custom}?external_id=${key}`, body), 200);
      },
      async get({ key }) {
        const { body } = await zendesk('GET', `${custom}?filter%5Bexternal_ids%5D=${key}`);
        const { supplier } = body.custom_object_records[0].custom_object_fields;
        return supplier === null ? null : numberOf(supplier);
      },
    },
  };

  it.each(Object.entries(doors).map(([name, door], index) => ({ name, door, index })))(
    'written as $name is at once seen as all the others',
    async ({ door, index }) => {
      const component = await known('building_component', `part-${index}`, { name: `Part ${index}` });
      const first = await known('contact', `first-${index}`, { name: 'First' });
      const second = await known('contact', `second-${index}`, { name: 'Second' });
      const steps = [
        [first, null],
        [second, first],
        [null, second],
      ] as const;
      for (const [supplier, before] of steps) {
        await door.set(component, supplier, before);
        for (const [reader, { get }] of Object.entries(doors)) {
          expect(await get(component), reader).toBe(supplier?.number ?? null);
        }
      }
    },
  );

  it('is empty everywhere once its target is deleted', async () => {
    const component = await known('building_component', 'orphan', { name: 'Orphan' });
    const target = await known('contact', 'deleted-target', { name: 'Target' });
    await doors['a Zendesk lookup']?.set(component, target, null);
    await contacts.zendesk.remove(target);
    for (const [reader, { get }] of Object.entries(doors)) expect(await get(component), reader).toBeNull();
  });
});
