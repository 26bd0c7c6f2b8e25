import { describe, expect, it, onTestFinished } from 'vitest';
import { clock } from '../../../model/clock.ts';
import { type Answer, clientOf, demoServer, must, newObject, problemsOf } from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);
const field = (custom_object_field: unknown) => ({ custom_object_field });
const options = [
  { name: 'Red', value: 'red' },
  { name: 'Green', value: 'green' },
];
const create = (path: string, members: Record<string, unknown>): Promise<Answer> =>
  admin.post(`${path}/fields`, field({ key: 'some', title: 'Some', ...members }));
/** Writes one value, and reads it back. */
const store = async (path: string, value: unknown): Promise<Answer> =>
  admin.patch(`${path}/records?external_id=A`, {
    custom_object_record: { name: 'Van', custom_object_fields: { some: value } },
  });
const storedOf = ({ body }: Answer): unknown => body.custom_object_record.custom_object_fields.some;

describe('making a field', () => {
  it('answers 201 with all members, its address as Location, and found by key and id', async () => {
    const path = await newObject(admin);
    const { body, headers } = await must(create(path, { key: 'color', description: 'Of the paint' }), 201);
    const made = body.custom_object_field;
    expect(made).toEqual({
      url: `${server.origin}/api/v2${path}/fields/${made.id}.json`,
      id: expect.any(Number),
      type: 'text',
      key: 'color',
      title: 'Some',
      raw_title: 'Some',
      description: 'Of the paint',
      raw_description: 'Of the paint',
      position: 0,
      active: true,
      system: false,
      regexp_for_validation: null,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect(Number.isSafeInteger(made.id)).toBe(true);
    expect(headers.get('location')).toBe(made.url);
    for (const one of ['color', 'color.json', made.id, `${made.id}.json`]) {
      expect(await admin.get(`${path}/fields/${one}`)).toMatchObject({ status: 200, body });
    }
    expect(await admin.get(`${path}/fields/unheard_of`)).toMatchObject({
      status: 404,
      body: { error: 'RecordNotFound' },
    });
  });

  const refused: [members: Record<string, unknown>, problems: Record<string, string[]>][] = [
    [{ key: undefined }, { key: ['BlankValue'] }],
    [{ key: 'a b' }, { key: ['InvalidFormat'] }],
    [{ key: '123' }, { key: ['InvalidValue'] }],
    [{ key: 'standard::name' }, { key: ['InvalidFormat'] }],
    [{ key: 'x'.repeat(61) }, { key: ['TooLong'] }],
    [{ title: undefined }, { title: ['BlankValue'] }],
    [{ title: ' ' }, { title: ['BlankValue'] }],
    [{ title: 5 }, { title: ['InvalidValue'] }],
    [{ type: 'unheard_of' }, { type: ['InvalidValue'] }],
    [{ type: 'regexp' }, { regexp_for_validation: ['BlankValue'] }],
    [{ type: 'regexp', regexp_for_validation: '(' }, { regexp_for_validation: ['InvalidValue'] }],
    [{ type: 'dropdown' }, { custom_field_options: ['BlankValue'] }],
    [{ type: 'multiselect', custom_field_options: [] }, { custom_field_options: ['InvalidValue'] }],
    [{ type: 'dropdown', custom_field_options: 'red' }, { custom_field_options: ['InvalidValue'] }],
    [{ type: 'dropdown', custom_field_options: [{ name: 'Red' }] }, { custom_field_options: ['InvalidValue'] }],
    [{ type: 'dropdown', custom_field_options: [options[0], options[0]] }, { custom_field_options: ['InvalidValue'] }],
    [
      {
        type: 'dropdown',
        custom_field_options: Array.from({ length: 2001 }, (_, i) => ({ name: `${i}`, value: `${i}` })),
      },
      { custom_field_options: ['InvalidValue'] },
    ],
    [{ type: 'lookup' }, { relationship_target_type: ['BlankValue'] }],
    [
      { type: 'lookup', relationship_target_type: 'zen:custom_object:none' },
      { relationship_target_type: ['InvalidValue'] },
    ],
    [{ type: 'lookup', relationship_target_type: 'person' }, { relationship_target_type: ['InvalidValue'] }],
    [
      { position: -1, active: 'yes' },
      { position: ['InvalidValue'], active: ['InvalidValue'] },
    ],
    [
      { key: '', title: '', type: 'regexp' },
      { key: ['BlankValue'], title: ['BlankValue'], regexp_for_validation: ['BlankValue'] },
    ],
  ];
  it.each(refused)('refuses %o', async (members, problems) => {
    const path = await newObject(admin);
    const answer = await create(path, members);
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toEqual(problems);
    expect((await admin.get(`${path}/fields`)).body).toEqual({ custom_object_fields: [] });
  });

  it('refuses a key that is taken, also by one of two at once', async () => {
    const path = await newObject(admin);
    const answers = await Promise.all([create(path, {}), create(path, {})]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(problemsOf(await create(path, { type: 'integer' }))).toEqual({ key: ['DuplicateValue'] });
  });

  it('loses none of many fields that are made at once', async () => {
    const path = await newObject(admin);
    const keys = Array.from({ length: 8 }, (_, i) => `field_${i}`);
    const answers = await Promise.all(keys.map((key) => create(path, { key })));
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 201));
    const { body } = await admin.get(`${path}/fields`);
    expect(body.custom_object_fields.map(({ key }: { key: string }) => key).sort()).toEqual(keys);
    expect((await admin.get(`${path}/limits/field_limit`)).body).toEqual({ count: 8, limit: 100 });
  });

  it('takes keys that the schema keeps for itself, and capitals', async () => {
    const path = await newObject(admin);
    const keys = ['name', 'external_id', 'number', 'VIN', '_x', '2nd'];
    for (const key of keys) await must(create(path, { key }), 201);
    const fields = Object.fromEntries(keys.map((key) => [key, `value of ${key}`]));
    const custom_object_record = { name: 'Van', custom_object_fields: fields };
    const answer = await admin.patch(`${path}/records?external_id=A`, { custom_object_record });
    expect(answer.body.custom_object_record).toMatchObject({
      name: 'Van',
      external_id: 'A',
      custom_object_fields: fields,
    });
    expect(problemsOf(await create(path, { key: 'name' }))).toEqual({ key: ['DuplicateValue'] });
  });

  it('refuses the hundred-and-first field, and the eleventh lookup', async () => {
    const path = await newObject(admin);
    const lookup = { type: 'lookup', relationship_target_type: 'zen:custom_object:contact' };
    for (let i = 0; i < 10; i++) await must(create(path, { key: `lookup_${i}`, ...lookup }), 201);
    expect(problemsOf(await create(path, lookup))).toEqual({ base: ['LimitExceeded'] });
  });
});

describe('changing a field', () => {
  it('changes what is given, and leaves the rest', async () => {
    const path = await newObject(admin, [{ key: 'some', type: 'dropdown', custom_field_options: options }]);
    const { body } = await must(admin.get(`${path}/fields/some`), 200);
    const changed = await admin.patch(`${path}/fields/some`, field({ title: 'Paint', active: false, position: 9 }));
    expect(changed.status).toBe(200);
    expect(changed.body.custom_object_field).toEqual({
      ...body.custom_object_field,
      title: 'Paint',
      raw_title: 'Paint',
      active: false,
      position: 9,
      updated_at: expect.any(String),
    });
  });

  it('takes its own members back, changed or not, but no other key, type or target', async () => {
    const path = await newObject(admin, [{ key: 'some', type: 'checkbox' }]);
    const { body } = await must(admin.get(`${path}/fields/some`), 200);
    expect(await admin.patch(`${path}/fields/some`, body)).toMatchObject({ status: 200, body });
    const answer = await admin.patch(
      `${path}/fields/some`,
      field({ key: 'other', type: 'text', relationship_target_type: 'zen:user' }),
    );
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toEqual({
      key: ['InvalidValue'],
      type: ['InvalidValue'],
      relationship_target_type: ['InvalidValue'],
    });
  });

  it.each(['building_component/fields/grade', 'building_component/fields/supplier', 'claim/fields/status'])(
    'is not changed by what it is already, though the schema does not say it: %s',
    async (path) => {
      const { body } = await must(admin.get(`/custom_objects/${path}`), 200);
      clock.set(new Date(Date.now() + 3_600_000));
      onTestFinished(() => clock.set(null));
      expect(await admin.patch(`/custom_objects/${path}`, body)).toMatchObject({ status: 200, body });
    },
  );

  it('adds, renames, reorders and removes options, but none that a record has', async () => {
    const path = await newObject(admin, [{ key: 'some', type: 'dropdown', custom_field_options: options }]);
    const idsOf = (answer: Answer): Record<string, number> =>
      Object.fromEntries(
        answer.body.custom_object_field.custom_field_options.map((one: { value: string; id: number }) => [
          one.value,
          one.id,
        ]),
      );
    const before = idsOf(await admin.get(`${path}/fields/some`));
    await must(store(path, 'green'), 200);
    const [red, green] = options;
    const change = (custom_field_options: unknown): Promise<Answer> =>
      admin.patch(`${path}/fields/some`, field({ title: 'Paint', custom_field_options }));
    const added = await must(change([{ name: 'Blue', value: 'blue' }, { ...green, name: 'Lime' }, red]), 200);
    expect(added.body.custom_object_field.custom_field_options).toMatchObject([
      { value: 'blue', name: 'Blue' },
      { value: 'green', name: 'Lime' },
      { value: 'red', name: 'Red' },
    ]);
    expect(idsOf(added)).toMatchObject(before);
    const refused = await change([red]);
    expect(refused.status).toBe(422);
    expect(problemsOf(refused)).toEqual({ custom_field_options: ['InvalidValue'] });
    await must(change([green]), 200);
    expect(storedOf(await store(path, 'green'))).toBe('green');
  });

  it('changes a pattern', async () => {
    const path = await newObject(admin, [{ key: 'some', type: 'regexp', regexp_for_validation: 'a+' }]);
    await must(admin.patch(`${path}/fields/some`, field({ regexp_for_validation: 'b+' })), 200);
    expect((await store(path, 'bb')).status).toBe(200);
    expect(problemsOf(await store(path, 'aa'))).toEqual({ some: ['InvalidFormat'] });
    const broken = await admin.patch(`${path}/fields/some`, field({ regexp_for_validation: '(' }));
    expect(problemsOf(broken)).toEqual({ regexp_for_validation: ['InvalidValue'] });
  });
});

describe('the standard fields', () => {
  const standard = ['standard::name', 'standard::external_id'];

  it('are listed when asked for, and found by key and id', async () => {
    const path = await newObject(admin, [{ key: 'some' }]);
    const keysOf = async (query: string) =>
      (await admin.get(`${path}/fields${query}`)).body.custom_object_fields.map(({ key }: { key: string }) => key);
    expect(await keysOf('')).toEqual(['some']);
    expect(await keysOf('?include_standard_fields=true')).toEqual([...standard, 'some']);
    for (const key of [...standard, 'standard%3A%3Aname']) {
      const { body } = await must(admin.get(`${path}/fields/${key}`), 200);
      expect(await admin.get(`${path}/fields/${body.custom_object_field.id}`)).toMatchObject({ status: 200, body });
    }
  });

  it('change their title, and cannot be deleted or deactivated', async () => {
    const path = await newObject(admin);
    for (const key of standard) {
      const changed = await admin.patch(
        `${path}/fields/${key}`,
        field({ title: 'Plate', description: 'On the car', position: 4 }),
      );
      expect(changed.body.custom_object_field).toMatchObject({
        title: 'Plate',
        description: 'On the car',
        position: 0,
      });
      expect((await admin.patch(`${path}/fields/${key}`, field({ active: false }))).status).toBe(422);
      expect((await admin.delete(`${path}/fields/${key}`)).status).toBe(422);
    }
    const refused = await admin.post(`${path}/records`, {});
    expect(refused.body.details.name[0].description).toBe('Plate: cannot be blank');
  });

  it('the name is made unique while there are no records, and not after', async () => {
    const path = await newObject(admin);
    const name = `${path}/fields/standard::name`;
    const change = (properties: unknown): Promise<Answer> => admin.patch(name, field({ properties }));
    expect((await admin.get(name)).body.custom_object_field.properties).toEqual({
      is_unique: false,
      autoincrement_enabled: false,
      autoincrement_prefix: '',
      autoincrement_padding: 0,
      autoincrement_next_sequence: 1,
    });
    expect((await must(change({ is_unique: true }), 200)).body.custom_object_field.properties.is_unique).toBe(true);
    await must(admin.patch(`${path}/records?name=Van`), 200);
    expect(problemsOf(await change({ is_unique: false }))).toEqual({ is_unique: ['InvalidValue'] });
    expect((await change({ is_unique: true })).status).toBe(200);
    expect(problemsOf(await change({ is_unique: 'no' }))).toEqual({ is_unique: ['InvalidValue'] });
    expect(problemsOf(await change({ autoincrement_enabled: true }))).toEqual({
      autoincrement_enabled: ['InvalidValue'],
    });
    const external = await admin.patch(
      `${path}/fields/standard::external_id`,
      field({ properties: { is_unique: false } }),
    );
    expect(external.status).toBe(422);
  });
});

describe('deleting and ordering fields', () => {
  it('deletes a field with its values', async () => {
    const path = await newObject(admin, [{ key: 'some' }]);
    await must(store(path, 'red'), 200);
    await must(admin.delete(`${path}/fields/some`), 204);
    expect((await admin.delete(`${path}/fields/some`)).status).toBe(404);
    const { body } = await admin.get(`${path}/records`);
    expect(body.custom_object_records[0].custom_object_fields).toEqual({});
    await must(create(path, {}), 201);
    expect(storedOf(await admin.patch(`${path}/records?external_id=A`))).toBeNull();
  });

  it('puts fields in order, and the unnamed ones after them', async () => {
    const path = await newObject(admin, [{ key: 'a' }, { key: 'b' }, { key: 'c' }]);
    const listed = async () => (await admin.get(`${path}/fields`)).body.custom_object_fields;
    const ids = Object.fromEntries((await listed()).map(({ key, id }: { key: string; id: number }) => [key, id]));
    const answer = await admin.put(`${path}/fields/reorder`, { custom_object_field_ids: [ids.c, String(ids.a)] });
    expect(answer).toMatchObject({ status: 200, body: undefined });
    expect((await listed()).map(({ key, position }: { key: string; position: number }) => [key, position])).toEqual([
      ['c', 0],
      ['a', 1],
      ['b', 2],
    ]);
    await must(admin.put(`${path}/fields/reorder.json`, { field_ids: [ids.b] }), 200);
    expect((await listed()).map(({ key }: { key: string }) => key)).toEqual(['b', 'c', 'a']);
    for (const body of [undefined, {}, { field_ids: 'a' }, { field_ids: [1] }, { field_ids: [ids.a, ids.a] }]) {
      expect((await admin.put(`${path}/fields/reorder`, body)).status).toBe(400);
    }
  });

  it('puts a field that is made with a position at its place', async () => {
    const path = await newObject(admin, [
      { key: 'a' },
      { key: 'b' },
      { key: 'c', position: 9 },
      { key: 'd' },
      { key: 'e', position: 0 },
    ]);
    const { body } = await admin.get(`${path}/fields`);
    const order = body.custom_object_fields.map(({ key, position }: { key: string; position: number }) => [
      key,
      position,
    ]);
    expect(order).toEqual([
      ['a', 0],
      ['e', 0],
      ['b', 1],
      ['d', 3],
      ['c', 9],
    ]);
  });

  it('lists fields in pages, by cursor or by number', async () => {
    const path = await newObject(admin, [{ key: 'a' }, { key: 'b' }, { key: 'c' }]);
    const keysOf = ({ body }: Answer) => body.custom_object_fields.map(({ key }: { key: string }) => key);
    const first = await admin.get(`${path}/fields?page[size]=2`);
    expect(keysOf(first)).toEqual(['a', 'b']);
    const second = await admin.get(first.body.links.next);
    expect(keysOf(second)).toEqual(['c']);
    expect(second.body).toMatchObject({ meta: { has_more: false }, links: { next: null } });
    expect(keysOf(await admin.get(second.body.links.prev))).toEqual(['a', 'b']);
    expect((await admin.get(`${path}/fields?page[after]=x`)).status).toBe(400);
    const byNumber = await admin.get(`${path}/fields?per_page=2`);
    expect(byNumber.body).toMatchObject({ count: 3, previous_page: null });
    expect(keysOf(await admin.get(byNumber.body.next_page))).toEqual(['c']);
    expect((await admin.get(`${path}/fields?page=0`)).status).toBe(400);
  });
});
