import { describe, expect, it } from 'vitest';
import { type Answer, clientOf, demoServer, must, newObject, problemsOf } from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);
const record = (custom_object_record: unknown) => ({ custom_object_record });

/** A vehicle object with a lookup to a person object, and what sets the owner of one vehicle. */
async function vehicles(rule: { uniqueNames: boolean }) {
  const person = await newObject(admin, [], rule);
  const target = `zen:custom_object:${person.split('/')[2]}`;
  const vehicle = await newObject(admin, [{ key: 'owner', type: 'lookup', relationship_target_type: target }]);
  const ada = await must(admin.patch(`${person}/records?external_id=HR-9`, record({ name: 'Ada' })), 200);
  const setOwner = (owner: unknown): Promise<Answer> =>
    admin.patch(`${vehicle}/records?external_id=FLEET-12`, record({ name: 'Van', custom_object_fields: { owner } }));
  return { person, vehicle, ada: ada.body.custom_object_record.id as string, setOwner };
}

const ownerOf = ({ body }: Answer): unknown => body.custom_object_record.custom_object_fields.owner;

describe('a lookup field', () => {
  it('is written as id, external id or name, and shown as the id', async () => {
    const { ada, setOwner } = await vehicles({ uniqueNames: true });
    for (const form of [ada, 'external_id:HR-9', 'name:Ada']) {
      expect(ownerOf(await must(setOwner(null), 200))).toBeNull();
      expect(ownerOf(await must(setOwner(form), 200)), form).toBe(ada);
    }
  });

  it('cuts its prefix once, so that keys may hold colons', async () => {
    const { person, setOwner } = await vehicles({ uniqueNames: true });
    for (const key of ['a:b', 'external_id:x', 'name:y']) {
      const { body } = await must(
        admin.patch(`${person}/records?external_id=${encodeURIComponent(key)}`, record({ name: key })),
        200,
      );
      expect(ownerOf(await must(setOwner(`external_id:${key}`), 200))).toBe(body.custom_object_record.id);
      expect(ownerOf(await must(setOwner(`name:${key}`), 200))).toBe(body.custom_object_record.id);
    }
  });

  it('keeps its target when the external id of the target changes', async () => {
    const { person, vehicle, ada, setOwner } = await vehicles({ uniqueNames: false });
    await must(setOwner('external_id:HR-9'), 200);
    await must(admin.patch(`${person}/records/${ada}`, record({ external_id: 'HR-10' })), 200);
    expect(ownerOf(await admin.patch(`${vehicle}/records?external_id=FLEET-12`, record({})))).toBe(ada);
  });

  it('refuses a target that is not there: 422 on the field, nothing written', async () => {
    const { vehicle, ada, setOwner } = await vehicles({ uniqueNames: true });
    await must(setOwner(ada), 200);
    const made = await must(admin.post('/custom_objects/contact/records', record({ name: 'Not a person' })), 201);
    const elsewhere = made.body.custom_object_record.id;
    for (const wrong of [
      'external_id:NONE',
      'external_id:',
      'name:None',
      'name:',
      'x',
      '',
      elsewhere,
      5001,
      true,
      ['x'],
      {},
    ]) {
      const answer = await setOwner(wrong);
      expect(answer.status, JSON.stringify(wrong)).toBe(422);
      expect(problemsOf(answer)).toEqual({ owner: ['InvalidValue'] });
    }
    expect(ownerOf(await admin.patch(`${vehicle}/records?external_id=FLEET-12`, record({})))).toBe(ada);
  });

  it('refuses a name where names of the target object are not unique, beside all else', async () => {
    const { vehicle } = await vehicles({ uniqueNames: false });
    const answer = await admin.post(`${vehicle}/records`, record({ custom_object_fields: { owner: 'name:Ada' } }));
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toEqual({ name: ['BlankValue'], owner: ['InvalidValue'] });
  });

  it('is cleared when its target is deleted', async () => {
    const { person, vehicle, ada, setOwner } = await vehicles({ uniqueNames: false });
    await must(setOwner(ada), 200);
    await must(admin.delete(`${person}/records/${ada}`), 204);
    expect(ownerOf(await admin.patch(`${vehicle}/records?external_id=FLEET-12`, record({})))).toBeNull();
  });

  it('takes a relationship filter and never judges a write by it', async () => {
    const { vehicle, ada, setOwner } = await vehicles({ uniqueNames: false });
    const relationship_filter = { all: [{ field: 'name', operator: 'is', value: 'Grace' }], any: [] };
    const changed = await admin.patch(`${vehicle}/fields/owner`, { custom_object_field: { relationship_filter } });
    expect(changed.body.custom_object_field.relationship_filter).toEqual(relationship_filter);
    expect(ownerOf(await must(setOwner(ada), 200))).toBe(ada);
  });

  it('of a building component points at a contact of the demo workspace', async () => {
    const path = '/custom_objects/building_component/records?external_id=LINKED';
    const body = record({ name: 'Linked', custom_object_fields: { supplier: 'external_id:user1' } });
    const linked = await must(admin.patch(path, body), 200);
    const supplier = linked.body.custom_object_record.custom_object_fields.supplier;
    expect(await admin.get(`/custom_objects/contact/records/${supplier}`)).toMatchObject({
      status: 200,
      body: record({ name: 'Tom Visser', external_id: 'user1' }),
    });
  });
});

describe('a lookup of users, tickets or organizations', () => {
  it('keeps ids of digits, as number or text, and shows them as text', async () => {
    const path = await newObject(admin, [{ key: 'agent', type: 'lookup', relationship_target_type: 'zen:user' }]);
    const write = (agent: unknown): Promise<Answer> =>
      admin.patch(`${path}/records?external_id=A`, record({ name: 'Van', custom_object_fields: { agent } }));
    for (const id of [35436, '35436']) {
      expect((await must(write(id), 200)).body.custom_object_record.custom_object_fields).toEqual({ agent: '35436' });
    }
    expect(problemsOf(await write('Ada'))).toEqual({ agent: ['InvalidFormat'] });
    const { body } = await must(admin.get(`${path}/fields/agent`), 200);
    expect(body.custom_object_field).toMatchObject({
      type: 'lookup',
      relationship_target_type: 'zen:user',
      relationship_filter: { all: [], any: [] },
      regexp_for_validation: null,
    });
  });
});
