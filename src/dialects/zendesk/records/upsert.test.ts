import { beforeEach, describe, expect, it } from 'vitest';
import { ulidPattern } from '../../../model/ids.ts';
import { type Answer, clientOf, demoServer, must, newObject, problemsOf, recordsOf } from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);

const record = (custom_object_record: unknown) => ({ custom_object_record });
const upsert = (path: string, query: string, body?: unknown): Promise<Answer> =>
  admin.patch(`${path}/records?${query}`, body);

describe('PATCH /api/v2/custom_objects/{custom_object_key}/records as the vendor documents it', () => {
  it('creates a building component by external id, and updates only the specified attributes when it is there', async () => {
    const path = '/custom_objects/building_component/records.json?external_id=BEAM-1';
    const body = record({ name: 'Beam 1', custom_object_fields: { material: 'steel', weight: 120, grade: 'a' } });
    const created = await admin.patch(path, body);
    expect(created.status).toBe(200);
    expect(created.body.custom_object_record).toMatchObject({
      custom_object_key: 'building_component',
      name: 'Beam 1',
      external_id: 'BEAM-1',
      custom_object_fields: { material: 'steel', weight: 120, grade: 'a', supplier: null },
      photo: null,
    });
    const { id, url, created_at, created_by_user_id } = created.body.custom_object_record;
    expect(id).toMatch(ulidPattern);
    expect(url).toBe(`${server.origin}/api/v2/custom_objects/building_component/records/${id}.json`);
    expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(created_by_user_id).toMatch(/^\d+$/);

    const updated = await admin.patch(path, record({ custom_object_fields: { weight: 125 } }));
    expect(updated.status).toBe(200);
    expect(updated.body.custom_object_record).toMatchObject({
      id,
      name: 'Beam 1',
      custom_object_fields: { material: 'steel', weight: 125, grade: 'a' },
    });
  });

  it('creates and updates by name, as names of building components are unique', async () => {
    const path = '/custom_objects/building_component/records?name=Column%207';
    const created = await must(admin.patch(path, record({ external_id: 'COL-7' })), 200);
    expect(created.body.custom_object_record).toMatchObject({ name: 'Column 7', external_id: 'COL-7' });
    const again = await must(admin.patch(path, record({ custom_object_fields: { weight: 9 } })), 200);
    expect(again.body.custom_object_record).toMatchObject({
      id: created.body.custom_object_record.id,
      external_id: 'COL-7',
      custom_object_fields: { weight: 9 },
    });
  });
});

describe('upsert, case by case', () => {
  let path: string;
  let unique: string;
  const fields = [
    { key: 'color', type: 'text' },
    { key: 'weight', type: 'integer' },
  ];
  beforeEach(async () => {
    path = await newObject(admin, fields);
    unique = await newObject(admin, fields, { uniqueNames: true });
  });

  it('refuses both identifiers at once, and writes nothing', async () => {
    const { body } = await must(upsert(unique, 'external_id=X', record({ name: 'X' })), 200);
    for (const query of [
      'external_id=X&name=X',
      'external_id=NEW&name=NEW',
      'external_id=X&name=',
      'external_id=&name=X',
    ]) {
      const answer = await upsert(unique, query, record({ custom_object_fields: { color: 'red' } }));
      expect(answer.status, query).toBe(400);
      expect(answer.body.error.title).toBe('Invalid attribute');
    }
    expect(await recordsOf(admin, unique)).toEqual([{ id: body.custom_object_record.id, name: 'X' }]);
    const shown = await admin.get(`${unique}/records/${body.custom_object_record.id}`);
    expect(shown.body.custom_object_record.custom_object_fields.color).toBeNull();
  });

  it('refuses a call without identifier, with an empty one, or with one given twice', async () => {
    for (const query of ['', 'external_id=', 'name=', 'external_id=A&external_id=B', 'External_Id=A']) {
      const answer = await upsert(unique, query, record({ name: 'X' }));
      expect(answer.status, query).toBe(400);
    }
    expect(await recordsOf(admin, unique)).toEqual([]);
  });

  it('refuses a name while names are not unique: 422 on name, nothing written', async () => {
    const answer = await upsert(path, 'name=Van', record({}));
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toEqual({ name: ['InvalidValue'] });
    expect(await recordsOf(admin, path)).toEqual([]);
  });

  it('needs a name to create by external id: 422 blank on name, with all else that is wrong', async () => {
    for (const body of [undefined, {}, record({}), record({ custom_object_fields: { color: 'red' } })]) {
      const answer = await upsert(path, 'external_id=N', body);
      expect(answer.status).toBe(422);
      expect(answer.body).toEqual({
        error: 'RecordInvalid',
        description: 'Record validation errors',
        details: { name: [{ error: 'BlankValue', description: 'Name: cannot be blank' }] },
      });
    }
    const both = await upsert(path, 'external_id=N', record({ custom_object_fields: { weight: 'heavy' } }));
    expect(problemsOf(both)).toEqual({ name: ['BlankValue'], weight: ['InvalidValue'] });
    expect(await recordsOf(admin, path)).toEqual([]);
  });

  it('needs a name to create even where the record type asks for none, and not to change what is there', async () => {
    const contacts = '/custom_objects/contact';
    const refused = await upsert(contacts, 'external_id=user2', record({}));
    expect(problemsOf(refused)).toEqual({ name: ['BlankValue'] });
    const changed = await upsert(contacts, 'external_id=user1', record({ custom_object_fields: { phone: '123' } }));
    expect(changed.body.custom_object_record).toMatchObject({
      name: 'Tom Visser',
      custom_object_fields: { phone: '123' },
    });
  });

  it('refuses to blank the name of a record that is there', async () => {
    await must(upsert(path, 'external_id=A', record({ name: 'Van' })), 200);
    for (const name of [null, '', '  ']) {
      const answer = await upsert(path, 'external_id=A', record({ name }));
      expect(answer.status).toBe(422);
      expect(problemsOf(answer)).toEqual({ name: ['BlankValue'] });
    }
  });

  it('takes an identifier in the body that equals the one in the query', async () => {
    const byKey = await upsert(path, 'external_id=12', record({ name: 'Van', external_id: 12 }));
    expect(byKey.body.custom_object_record).toMatchObject({ external_id: '12' });
    expect((await upsert(path, 'external_id=12', record({ external_id: '12' }))).status).toBe(200);
    expect((await upsert(unique, 'name=Van', record({ name: 'Van' }))).status).toBe(200);
    expect((await upsert(unique, 'name=Van', record({ name: 'Van' }))).status).toBe(200);
  });

  it('refuses an identifier in the body that differs from the one in the query, whether the record is there or not', async () => {
    await must(upsert(unique, 'external_id=A', record({ name: 'Van' })), 200);
    for (const query of ['external_id=A', 'external_id=NEW']) {
      for (const external_id of ['B', null, '']) {
        const answer = await upsert(unique, query, record({ name: 'Lorry', external_id }));
        expect(answer.status).toBe(422);
        expect(problemsOf(answer)).toEqual({ external_id: ['InvalidValue'] });
      }
    }
    for (const query of ['name=Van', 'name=New']) {
      const answer = await upsert(unique, query, record({ name: 'Lorry' }));
      expect(answer.status).toBe(422);
      expect(problemsOf(answer)).toEqual({ name: ['InvalidValue'] });
    }
    expect(await recordsOf(admin, unique)).toEqual([{ id: expect.any(String), name: 'Van' }]);
  });

  it('renames by external id, and refuses a name that another record has where names are unique', async () => {
    await must(upsert(unique, 'external_id=A', record({ name: 'Van' })), 200);
    await must(upsert(unique, 'external_id=B', record({ name: 'Lorry' })), 200);
    const renamed = await upsert(unique, 'external_id=A', record({ name: 'Bus' }));
    expect(renamed.body.custom_object_record).toMatchObject({ name: 'Bus', external_id: 'A' });
    const taken = await upsert(unique, 'external_id=A', record({ name: 'Lorry' }));
    expect(taken.status).toBe(422);
    expect(taken.body.details).toEqual({
      name: [{ error: 'DuplicateValue', description: 'Name: has already been taken' }],
    });
  });

  it('lets names repeat where they are not unique', async () => {
    await must(upsert(path, 'external_id=A', record({ name: 'Van' })), 200);
    await must(upsert(path, 'external_id=B', record({ name: 'Van' })), 200);
    expect((await recordsOf(admin, path)).map(({ name }) => name)).toEqual(['Van', 'Van']);
  });

  it('sets an external id by name, and refuses one that another record has', async () => {
    await must(upsert(unique, 'name=Van', record({})), 200);
    const set = await upsert(unique, 'name=Van', record({ external_id: 'A' }));
    expect(set.body.custom_object_record).toMatchObject({ name: 'Van', external_id: 'A' });
    await must(upsert(unique, 'name=Lorry', record({})), 200);
    const taken = await upsert(unique, 'name=Lorry', record({ external_id: 'A' }));
    expect(taken.status).toBe(422);
    expect(problemsOf(taken)).toEqual({ external_id: ['DuplicateValue'] });
  });

  it('takes a missing body or wrapper as an empty change', async () => {
    const { body } = await must(upsert(unique, 'external_id=A', record({ name: 'Van' })), 200);
    for (const empty of [undefined, {}, null, record(null), record({})]) {
      const answer = await upsert(unique, 'external_id=A', empty);
      expect(answer).toMatchObject({ status: 200, body });
    }
    expect(await upsert(unique, 'name=Bus')).toMatchObject({
      status: 200,
      body: record({ name: 'Bus', external_id: null }),
    });
  });

  it('refuses a body that is no object: 400', async () => {
    for (const body of [[], record([]), record('x'), record(1), record({ custom_object_fields: [] })]) {
      expect((await upsert(unique, 'external_id=A', body)).status, JSON.stringify(body)).toBe(400);
    }
    expect(await recordsOf(admin, unique)).toEqual([]);
  });

  it('changes nothing when the same is sent again', async () => {
    const body = record({ name: 'Van', custom_object_fields: { color: 'red' } });
    const first = await must(upsert(path, 'external_id=A', body), 200);
    const second = await must(upsert(path, 'external_id=A', body), 200);
    expect(second.body).toEqual(first.body);
  });

  it('leaves what is absent, and clears what is null', async () => {
    await must(
      upsert(path, 'external_id=A', record({ name: 'Van', custom_object_fields: { color: 'red', weight: 7 } })),
      200,
    );
    const answer = await upsert(path, 'external_id=A', record({ custom_object_fields: { color: null } }));
    expect(answer.body.custom_object_record.custom_object_fields).toEqual({ color: null, weight: 7 });
  });

  it('brings a deleted record back empty, under its id', async () => {
    const first = await must(
      upsert(path, 'external_id=A', record({ name: 'Van', custom_object_fields: { color: 'red' } })),
      200,
    );
    await must(admin.delete(`${path}/records?external_id=A`), 204);
    const unnamed = await upsert(path, 'external_id=A', record({}));
    expect(problemsOf(unnamed)).toEqual({ name: ['BlankValue'] });
    const back = await must(upsert(path, 'external_id=A', record({ name: 'Bus' })), 200);
    expect(back.body.custom_object_record).toMatchObject({
      id: first.body.custom_object_record.id,
      name: 'Bus',
      custom_object_fields: { color: null },
    });
  });

  it('ignores members that are the server`s own, unknown members and unknown field keys', async () => {
    const answer = await upsert(
      path,
      'external_id=A',
      record({
        id: 'x',
        url: 'x',
        custom_object_key: 'y',
        created_at: '0001-01-01T00:00:00Z',
        updated_at: '0001-01-01T00:00:00Z',
        created_by_user_id: '1',
        updated_by_user_id: '1',
        photo: { id: 1 },
        unheard_of: 1,
        name: 'Van',
        custom_object_fields: { color: 'red', unheard_of: 1, external_id: 'B', 'standard::name': 'Bus' },
      }),
    );
    expect(answer.status).toBe(200);
    expect(answer.body.custom_object_record).toMatchObject({
      name: 'Van',
      external_id: 'A',
      custom_object_fields: { color: 'red', weight: null },
    });
    expect(answer.body.custom_object_record.created_at).not.toMatch(/^0001/);
  });

  it('says all that is wrong at once, by field', async () => {
    const answer = await upsert(
      path,
      'external_id=A',
      record({ name: ' ', external_id: 'B', custom_object_fields: { weight: 'heavy', color: 5 } }),
    );
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toEqual({
      name: ['BlankValue'],
      external_id: ['InvalidValue'],
      weight: ['InvalidValue'],
      color: ['InvalidValue'],
    });
  });

  it('answers 404 for an unknown object', async () => {
    const answer = await upsert('/custom_objects/unheard_of', 'external_id=A', record({ name: 'Van' }));
    expect(answer).toMatchObject({ status: 404, body: { error: 'RecordNotFound', description: 'Not found' } });
  });
});
