import { describe, expect, it } from 'vitest';
import { clientOf, credentials, demoServer, must, newObject } from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);
const member = clientOf(() => server.origin, credentials.member);

const typeOf = (path: string): string => `zen:custom_object:${path.split('/').at(-1)}`;

async function vansOfPeople() {
  const people = await newObject(admin);
  const vans = await newObject(admin, [
    { key: 'owner', type: 'lookup', relationship_target_type: typeOf(people) },
    { key: 'driver', type: 'lookup', relationship_target_type: 'zen:user' },
    { key: 'color' },
  ]);
  const put = async (path: string, key: string, custom_object_fields = {}) => {
    const record = { custom_object_record: { name: key, custom_object_fields } };
    return (await must(admin.patch(`${path}/records?external_id=${key}`, record), 200)).body.custom_object_record;
  };
  const ada = await put(people, 'ada');
  await put(vans, 'v1', { owner: 'external_id:ada', driver: '7' });
  await put(vans, 'v2', { owner: ada.id });
  await put(vans, 'v3', { driver: 7 });
  const fields = (await must(admin.get(`${vans}/fields`), 200)).body.custom_object_fields;
  const [owner, driver, color] = fields.map(({ id }: { id: number }) => id);
  return { people, vans, ada, owner, driver, color, put };
}

describe('the records that point to a record', () => {
  it('are listed by the lookup field, in pages', async () => {
    const { people, vans, ada, owner, put } = await vansOfPeople();
    const path = `/${typeOf(people)}/${ada.id}/relationship_fields/${owner}/${typeOf(vans)}`;
    for (const spelling of [path, `${path}.json`, path.replaceAll(':', '%3A')]) {
      const { body } = await must(admin.get(spelling), 200);
      expect(body.custom_object_records).toMatchObject([{ name: 'v1' }, { name: 'v2' }]);
    }
    const { body } = await must(admin.get(`${path}?page[size]=1`), 200);
    expect(body.links.next).toMatch(`${server.origin}/api/v2${path}.json?`);
    const next = await must(admin.get(body.links.next), 200);
    expect(next.body).toMatchObject({ custom_object_records: [{ name: 'v2' }], meta: { has_more: false } });

    await put(vans, 'v1', { owner: null });
    expect((await must(admin.get(path), 200)).body.custom_object_records).toMatchObject([{ name: 'v2' }]);
  });

  it('of a kind that is not kept here are listed by its id', async () => {
    const { vans, driver } = await vansOfPeople();
    const path = `relationship_fields/${driver}/${typeOf(vans)}`;
    const { body } = await must(admin.get(`/zen:user/7/${path}`), 200);
    expect(body.custom_object_records).toMatchObject([{ name: 'v1' }, { name: 'v3' }]);
    expect((await must(admin.get(`/zen:user/8/${path}`), 200)).body.custom_object_records).toEqual([]);
  });

  it('are nobody’s where record, field and type do not belong together', async () => {
    const { people, vans, ada, owner, driver, color } = await vansOfPeople();
    const one = (target: string, id: unknown, field: unknown, source: string) =>
      admin.get(`/${target}/${id}/relationship_fields/${field}/${source}`);
    for (const answering of [
      one(typeOf(people), '01GCSJW391QVSC80GYDH7E93Q6', owner, typeOf(vans)),
      one(typeOf(people), 'ada', owner, typeOf(vans)),
      one(typeOf(people), ada.id, driver, typeOf(vans)),
      one(typeOf(people), ada.id, color, typeOf(vans)),
      one(typeOf(people), ada.id, 99, typeOf(vans)),
      one(typeOf(vans), ada.id, owner, typeOf(vans)),
      one(typeOf(people), ada.id, owner, typeOf(people)),
      one(typeOf(people), ada.id, owner, 'zen:ticket'),
      one('zen:ticket', '7', driver, typeOf(vans)),
      one('zen:user', 'x', driver, typeOf(vans)),
    ]) {
      expect(await answering).toEqual(
        expect.objectContaining({ status: 404, body: { error: 'RecordNotFound', description: 'Not found' } }),
      );
    }
    expect((await member.get(`/${typeOf(people)}/${ada.id}/relationship_fields/${owner}/${typeOf(vans)}`)).status).toBe(
      200,
    );
  });
});

describe('relationships/definitions', () => {
  it('name what a filter may look at', async () => {
    const { vans } = await vansOfPeople();
    const { body } = await must(admin.get(`/relationships/definitions/${typeOf(vans)}.json`), 200);
    for (const conditions of [body.definitions.conditions_all, body.definitions.conditions_any]) {
      expect(conditions.map(({ subject }: { subject: string }) => subject)).toEqual([
        'name',
        'external_id',
        'custom_object_fields.owner',
        'custom_object_fields.driver',
        'custom_object_fields.color',
      ]);
    }
    expect((await must(admin.get('/relationships/definitions/zen:user'), 200)).body).toEqual({
      definitions: { conditions_all: [], conditions_any: [] },
    });
    for (const type of ['zen:nothing', 'zen:custom_object:nothing', 'nothing'])
      expect((await admin.get(`/relationships/definitions/${type}`)).status).toBe(404);
  });
});
