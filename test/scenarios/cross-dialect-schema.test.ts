/** One schema behind all APIs: what is added to it through one can be written and read through the others. */
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { expectStatus, numberOf } from './doors.ts';
import { allServed } from './served.ts';
import { type Json, signIn } from './vendor-clients.ts';

const server = await freshServer();
afterAll(() => server.close());
const { native, sugarcrm, origami, netsuite, zendesk } = await signIn(server.url);
const custom = '/api/v2/custom_objects';
const suite = '/services/rest/record/v1';

describe.runIf(allServed)('a type that is made through Zendesk', () => {
  it('is a domain, a module and a record type, whose records all of them write and read', async () => {
    const vehicle = { key: 'vehicle', title: 'Vehicle', title_pluralized: 'Vehicles' };
    expectStatus(await zendesk('POST', custom, { custom_object: vehicle }), 201);
    const field = { type: 'integer', key: 'wheels', title: 'Wheels' };
    expectStatus(await zendesk('POST', `${custom}/vehicle/fields`, { custom_object_field: field }), 201);

    const names = (await origami('GET', '/api/Domains')).body.map(({ Name }: Json) => Name);
    expect(names).toContain('Vehicle');
    expect((await origami('GET', '/api/Vehicle/Fields')).body).toContainEqual(
      expect.objectContaining({ Name: 'Wheels', DataType: 'Integer' }),
    );
    const modules = (await sugarcrm('GET', '/rest/v11_10/metadata?type_filter=modules')).body.modules;
    expect(modules.Vehicles.fields.wheels).toMatchObject({ type: 'int' });
    const { status, text } = await netsuite('GET', `${suite}/metadata-catalog/vehicle`, undefined, {
      Accept: 'application/schema+json',
    });
    expect([status, JSON.parse(text).properties.wheels.type]).toEqual([200, ['integer', 'null']]);

    const cart = { ExternalId: 'cart', Name: 'Cart', Wheels: 2 };
    const { RecordID } = expectStatus(await origami('POST', '/api/Vehicle', cart), 200).body;
    const wheels = async () => [
      (await native('GET', `/v1/records/vehicle/${RecordID}`)).body.fields.wheels,
      Number((await sugarcrm('GET', '/rest/v11_10/integrate/Vehicles/external_id/cart')).body.wheels),
      (await origami('GET', `/api/Vehicle/${RecordID}?columns=Wheels`)).body.Wheels,
      (await netsuite('GET', `${suite}/vehicle/eid:cart`)).body.wheels,
      (await zendesk('GET', `${custom}/vehicle/records?filter%5Bexternal_ids%5D=cart`)).body.custom_object_records[0]
        .custom_object_fields.wheels,
    ];
    expect(await wheels()).toEqual([2, 2, 2, 2, 2]);
    const patch = { custom_object_record: { custom_object_fields: { wheels: 4 } } };
    expectStatus(await zendesk('PATCH', `${custom}/vehicle/records?external_id=cart`, patch), 200);
    expect(await wheels()).toEqual([4, 4, 4, 4, 4]);
    expectStatus(await sugarcrm('PATCH', '/rest/v11_10/integrate/Vehicles/external_id/cart', { wheels: 6 }), 200);
    expectStatus(await netsuite('PATCH', `${suite}/vehicle/eid:cart`, { name: 'Wagon' }), 204);
    expect(await wheels()).toEqual([6, 6, 6, 6, 6]);
  });
});

describe.runIf(allServed)('a code that is added through Origami', () => {
  it('is an option everywhere, and a value of records', async () => {
    const code = { Field: 'Status', Code: 'litigated', Description: 'In court' };
    expectStatus(await origami('POST', '/api/Claim/Codes/Upsert', code), 200);
    const modules = (await sugarcrm('GET', '/rest/v11_10/metadata?type_filter=modules')).body.modules;
    expect(modules.Claims.fields.status.options).toMatchObject({ litigated: 'In court' });
    const { custom_object_fields: fields } = (await zendesk('GET', `${custom}/claim/fields`)).body;
    const options = fields.find(({ key }: Json) => key === 'status').custom_field_options;
    expect(options).toContainEqual(expect.objectContaining({ value: 'litigated', name: 'In court' }));
    expectStatus(await netsuite('PATCH', `${suite}/claim/5001`, { status: { id: 'litigated' } }), 204);
    const shown = (await origami('GET', '/api/Claim/5001?columns=Status.Description%20as%20Shown')).body;
    expect(shown).toEqual({ Shown: 'In court' });
    expect((await native('GET', '/v1/records/claim/5001')).body.fields.status).toBe('litigated');
  });

  it('of relationships is a role that SugarCRM and the native API can give', async () => {
    const code = { Field: 'ContactType', Code: 'expert', Description: 'Expert witness' };
    const { RecordID } = expectStatus(await origami('POST', '/api/Policy/Codes/Upsert', code), 200).body;
    expectStatus(await native('PUT', '/v1/records/claim/5001/links/contacts/106', { role: 'Expert witness' }), 201);
    const links = '/api/Link/Query?parentDomain=Claim&parentRecordID=5001&childDomain=Contact&relationship=expert';
    expect((await origami('GET', links)).body).toEqual([
      expect.objectContaining({ ChildID: 106, ContactTypeID: RecordID, Relationship: 'Expert witness' }),
    ]);
    const roles = (await netsuite('GET', `${suite}/claim/5001/contactRoles`)).body.items;
    expect(roles).toContainEqual(
      expect.objectContaining({ role: expect.objectContaining({ id: String(RecordID), refName: 'Expert witness' }) }),
    );
  });
});

describe.runIf(allServed)('a file of an opportunity', () => {
  const [parent, file] = [379, 398];
  const idOf = async (record: string): Promise<string> => (await native('GET', `/v1/records/${record}`)).body.id;
  const pair = { ParentDomain: 'Opportunity', ParentRecordID: parent, ChildDomain: 'File', ChildRecordID: file };
  const sugar = async (): Promise<string> =>
    `/rest/v11_10/Opportunities/${await idOf(`opportunity/${parent}`)}/link/files`;
  const at = `/v1/records/opportunity/${parent}/links/files`;
  const doors: Record<string, { attach(): Promise<unknown>; detach(): Promise<unknown>; files(): Promise<number[]> }> =
    {
      native: {
        attach: async () => expectStatus(await native('PUT', `${at}/${file}`), 200, 201),
        detach: async () => expectStatus(await native('DELETE', `${at}/${file}`), 200),
        files: async () => (await native('GET', at)).body.items.map(({ right }: Json) => right.number),
      },
      sugarcrm: {
        attach: async () => expectStatus(await sugarcrm('POST', `${await sugar()}/${await idOf(`file/${file}`)}`), 200),
        detach: async () =>
          expectStatus(await sugarcrm('DELETE', `${await sugar()}/${await idOf(`file/${file}`)}`), 200),
        files: async () =>
          expectStatus(await sugarcrm('GET', await sugar()), 200).body.records.map(({ id }: Json) => numberOf(id)),
      },
      origami: {
        attach: async () => expectStatus(await origami('POST', '/api/Link/Upsert', pair), 200),
        detach: async () => expectStatus(await origami('POST', '/api/Link/Remove', pair), 200),
        files: async () =>
          (await origami('GET', `/api/Opportunity/${parent}/Files`)).body.map(({ FileID }: Json) => FileID),
      },
      netsuite: {
        attach: async () =>
          expectStatus(await netsuite('POST', `${suite}/opportunity/${parent}/!attach/file/${file}`), 204),
        detach: async () =>
          expectStatus(await netsuite('POST', `${suite}/opportunity/${parent}/!detach/file/${file}`), 204),
        // The vendor has no call that lists attached files.
        files: async () => [],
      },
    };
  const readers = Object.entries(doors).filter(([name]) => name !== 'netsuite');

  it.each(Object.keys(doors))(
    'that is attached through %s, and taken off, is so through all others',
    async (writer) => {
      await doors[writer]?.attach();
      for (const [name, { files }] of readers) expect(await files(), name).toEqual([file]);
      await doors[writer]?.detach();
      for (const [name, { files }] of readers) expect(await files(), name).toEqual([]);
    },
  );
});
