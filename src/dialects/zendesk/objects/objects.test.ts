import { describe, expect, it } from 'vitest';
import { clientOf, demoServer, must, newObject, problemsOf, recordsOf } from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);
const object = (custom_object: unknown) => ({ custom_object });
const vehicle = { key: 'vehicle', title: 'Vehicle', title_pluralized: 'Vehicles' };

describe('custom objects', () => {
  it('are made with all members, and found by key with and without .json', async () => {
    const made = await admin.post('/custom_objects.json', object({ ...vehicle, description: 'On wheels' }));
    expect(made.status).toBe(201);
    const { custom_object } = made.body;
    expect(custom_object).toEqual({
      url: `${server.origin}/api/v2/custom_objects/vehicle.json`,
      key: 'vehicle',
      title: 'Vehicle',
      raw_title: 'Vehicle',
      title_pluralized: 'Vehicles',
      raw_title_pluralized: 'Vehicles',
      description: 'On wheels',
      raw_description: 'On wheels',
      include_in_list_view: true,
      allows_photos: false,
      allows_attachments: false,
      created_by_user_id: expect.stringMatching(/^\d+$/),
      updated_by_user_id: custom_object.created_by_user_id,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      updated_at: custom_object.created_at,
    });
    expect(made.headers.get('location')).toBe(custom_object.url);
    for (const path of ['/custom_objects/vehicle', '/custom_objects/vehicle.json', custom_object.url]) {
      expect(await admin.get(path)).toMatchObject({ status: 200, body: made.body });
    }
    const { body } = await must(admin.get('/custom_objects'), 200);
    expect(body.custom_objects.at(-1)).toEqual(custom_object);
  });

  it('are all record types of the workspace', async () => {
    const { body } = await must(admin.get('/custom_objects'), 200);
    const keys = body.custom_objects.map(({ key }: { key: string }) => key);
    expect(keys).toEqual(expect.arrayContaining(['claim', 'contact', 'building_component', 'element']));
    expect(body.custom_objects[0]).toMatchObject({ created_by_user_id: '-1', include_in_list_view: true });
    expect(await admin.get('/custom_objects/unheard_of')).toMatchObject({
      status: 404,
      body: { error: 'RecordNotFound' },
    });
  });

  it('are refused for a bad or taken key and a missing title, all at once', async () => {
    const cases: [members: unknown, problems: Record<string, string[]>][] = [
      [{}, { key: ['BlankValue'], title: ['BlankValue'] }],
      [
        { key: 'a b', title: '' },
        { key: ['InvalidFormat'], title: ['BlankValue'] },
      ],
      [
        { key: 'claim', title: null },
        { key: ['DuplicateValue'], title: ['BlankValue'] },
      ],
      [{ key: 'limits', title: 'Limits' }, { key: ['InvalidValue'] }],
      [
        { key: 'x', title: 'X', title_pluralized: '', allows_photos: 1 },
        { title_pluralized: ['BlankValue'], allows_photos: ['InvalidValue'] },
      ],
      [{ key: 'x'.repeat(61), title: 'X' }, { key: ['TooLong'] }],
      [
        { key: 5, title: 5 },
        { key: ['InvalidFormat'], title: ['InvalidValue'] },
      ],
    ];
    for (const [members, problems] of cases) {
      const answer = await admin.post('/custom_objects', object(members));
      expect(answer.status, JSON.stringify(members)).toBe(422);
      expect(problemsOf(answer), JSON.stringify(members)).toEqual(problems);
    }
    expect((await admin.post('/custom_objects', object([]))).status).toBe(400);
  });

  it('may have keys with capitals, or that begin with a digit', async () => {
    for (const key of ['Car', '2nd', '_x', 'CAR']) {
      await must(admin.post('/custom_objects', object({ key, title: key })), 201);
      const path = `/custom_objects/${key}`;
      const { body } = await must(
        admin.patch(`${path}/records?external_id=A`, { custom_object_record: { name: 'Van' } }),
        200,
      );
      expect(body.custom_object_record).toMatchObject({ custom_object_key: key });
    }
    expect(problemsOf(await admin.post('/custom_objects', object({ key: 'Car', title: 'Car' })))).toEqual({
      key: ['DuplicateValue'],
    });
  });

  it('lose none of many that are made at once, and make one of one key', async () => {
    const keys = ['one', 'two', 'three', 'four', 'four'];
    const answers = await Promise.all(keys.map((key) => admin.post('/custom_objects', object({ key, title: key }))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 422]);
    for (const key of keys) expect((await admin.get(`/custom_objects/${key}`)).status).toBe(200);
  });

  it('are changed in what is given; the key stays', async () => {
    const path = await newObject(admin);
    const { body } = await must(admin.get(path), 200);
    expect(await admin.patch(path, body)).toMatchObject({ status: 200, body });
    const changed = await admin.patch(
      path,
      object({ key: 'other', title: 'Car', include_in_list_view: false, allows_photos: true }),
    );
    expect(changed.body.custom_object).toMatchObject({
      key: body.custom_object.key,
      title: 'Car',
      title_pluralized: 'Things',
      include_in_list_view: false,
      allows_photos: true,
    });
    expect(problemsOf(await admin.patch(path, object({ title: '' })))).toEqual({ title: ['BlankValue'] });
    expect((await admin.patch('/custom_objects/unheard_of', object({ title: 'X' }))).status).toBe(404);
  });

  it('keep their plural, also one that follows from their key, when the title alone is changed', async () => {
    const { body } = await must(admin.get('/custom_objects/partner'), 200);
    const changed = await must(admin.patch('/custom_objects/partner', object({ title: 'Business partner' })), 200);
    expect(changed.body.custom_object).toMatchObject({ title: 'Business partner', title_pluralized: 'Partners' });
    const back = await must(admin.patch('/custom_objects/partner', object({ title: 'Partner' })), 200);
    expect(back.body.custom_object).toMatchObject({ title: body.custom_object.title, title_pluralized: 'Partners' });
  });

  it('are not changed by what they say already', async () => {
    const { body } = await must(admin.get('/custom_objects/claim'), 200);
    expect(await admin.patch('/custom_objects/claim', body)).toMatchObject({ status: 200, body });
  });

  it('are deleted with their fields, records, and the lookups that point to them', async () => {
    const path = await newObject(admin, [{ key: 'color' }]);
    const key = path.split('/')[2];
    const other = await newObject(admin, [
      { key: 'color' },
      { key: 'thing', type: 'lookup', relationship_target_type: `zen:custom_object:${key}` },
    ]);
    const record = { custom_object_record: { name: 'Van' } };
    await must(admin.patch(`${path}/records?external_id=A`, record), 200);
    const pointing = {
      custom_object_record: { name: 'Bus', custom_object_fields: { thing: 'external_id:A', color: 'red' } },
    };
    await must(admin.patch(`${other}/records?external_id=B`, pointing), 200);

    await must(admin.delete(path), 204);
    for (const gone of [path, `${path}/fields`, `${path}/records`]) expect((await admin.get(gone)).status).toBe(404);
    expect((await admin.delete(path)).status).toBe(404);
    const left = await must(admin.get(`${other}/records`), 200);
    expect(left.body.custom_object_records).toMatchObject([{ name: 'Bus', custom_object_fields: { color: 'red' } }]);

    await must(admin.post('/custom_objects', object({ key, title: 'Again' })), 201);
    expect(await recordsOf(admin, path)).toEqual([]);
  });

  it('stay while a link type or an interface uses them', async () => {
    for (const key of ['contact', 'element']) {
      const answer = await admin.delete(`/custom_objects/${key}`);
      expect(answer.status).toBe(422);
      expect(problemsOf(answer)).toEqual({ base: ['InvalidValue'] });
      expect((await admin.get(`/custom_objects/${key}`)).status).toBe(200);
    }
  });

  it('are counted against the limits', async () => {
    const { body } = await must(admin.get('/custom_objects'), 200);
    expect((await admin.get('/custom_objects/limits/object_limit')).body).toEqual({
      count: body.custom_objects.length,
      limit: 1000,
    });
    const records = () => admin.get('/custom_objects/limits/record_limit.json');
    const before = (await records()).body.count;
    const path = await newObject(admin);
    await must(admin.patch(`${path}/records?external_id=A`, { custom_object_record: { name: 'Van' } }), 200);
    expect((await records()).body).toEqual({ count: before + 1, limit: 50_000_000 });
  });
});

describe('a record type that is owned elsewhere', () => {
  it('is read, and refuses to create: 422', async () => {
    expect((await admin.get('/custom_objects/element/records')).status).toBe(200);
    const answer = await admin.post('/custom_objects/element/records', {
      custom_object_record: { name: 'Pump', custom_object_fields: { length: 'x' } },
    });
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toMatchObject({ base: ['InvalidValue'], length: ['InvalidValue'] });
  });
});
