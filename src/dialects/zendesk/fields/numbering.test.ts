import { describe, expect, it } from 'vitest';
import { type Answer, clientOf, demoServer, must, newObject, problemsOf, recordsOf } from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);

const field = (members: unknown) => ({ custom_object_field: members });
const record = (members: object) => ({ custom_object_record: members });
const change = (path: string, properties: unknown): Promise<Answer> =>
  admin.patch(`${path}/fields/standard::name`, field({ properties }));
const propertiesOf = async (path: string) =>
  (await must(admin.get(`${path}/fields/standard%3A%3Aname`), 200)).body.custom_object_field.properties;

async function numbered(properties = {}): Promise<string> {
  const path = await newObject(admin, [{ key: 'weight', type: 'integer' }]);
  const all = { autoincrement_enabled: true, autoincrement_prefix: 'INV-', autoincrement_padding: 4, ...properties };
  await must(change(path, all), 200);
  return path;
}

describe('numbered names', () => {
  it('are drawn by prefix, padding and next number, and shown so', async () => {
    const path = await numbered({ autoincrement_next_sequence: 12 });
    for (const name of ['INV-0012', 'INV-0013']) {
      const { body } = await must(admin.post(`${path}/records`, record({ custom_object_fields: { weight: 1 } })), 201);
      expect(body.custom_object_record.name).toBe(name);
    }
    expect(await propertiesOf(path)).toEqual({
      is_unique: false,
      autoincrement_enabled: true,
      autoincrement_prefix: 'INV-',
      autoincrement_padding: 4,
      autoincrement_next_sequence: 14,
    });
    const listed = await must(admin.get(`${path}/fields?include_standard_fields=true`), 200);
    expect(listed.body.custom_object_fields[0].properties.autoincrement_next_sequence).toBe(14);
  });

  it('are drawn by an upsert that creates, and by no other', async () => {
    const path = await numbered();
    const upsert = (key: string, members = {}) => admin.patch(`${path}/records?external_id=${key}`, record(members));
    expect((await must(upsert('A'), 200)).body.custom_object_record.name).toBe('INV-0001');
    await must(upsert('A', { custom_object_fields: { weight: 2 } }), 200);
    expect((await upsert('B', { custom_object_fields: { weight: 'heavy' } })).status).toBe(422);
    expect((await must(upsert('B'), 200)).body.custom_object_record.name).toBe('INV-0002');
  });

  it('cannot be given, nor name a record', async () => {
    const path = await numbered();
    const made = await must(admin.post(`${path}/records`, record({})), 201);
    const { id } = made.body.custom_object_record;
    for (const refused of [
      admin.post(`${path}/records`, record({ name: 'by hand' })),
      admin.patch(`${path}/records/${id}`, record({ name: 'by hand' })),
      admin.patch(`${path}/records?external_id=A`, record({ name: 'by hand' })),
    ]) {
      expect(problemsOf(await refused)).toEqual({ name: ['InvalidValue'] });
    }
    expect((await admin.patch(`${path}/records?name=INV-0001`, record({}))).status).toBe(422);
    expect(await recordsOf(admin, path)).toEqual([{ id, name: 'INV-0001' }]);
  });

  it('are drawn once each, and without gaps, by twenty calls at once', async () => {
    const path = await numbered({ autoincrement_prefix: '', autoincrement_padding: 0 });
    await Promise.all(Array.from({ length: 20 }, () => must(admin.post(`${path}/records`, record({})), 201)));
    const names = (await recordsOf(admin, path)).map(({ name }) => Number(name));
    expect(names.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });
});

describe('the settings of names', () => {
  it('cannot change once there are records, and may be sent back as they are', async () => {
    const path = await numbered();
    await must(admin.post(`${path}/records`, record({})), 201);
    for (const [member, value] of Object.entries({
      is_unique: true,
      autoincrement_enabled: false,
      autoincrement_prefix: 'X',
      autoincrement_padding: 5,
      autoincrement_next_sequence: 9,
    })) {
      expect(problemsOf(await change(path, { [member]: value })), member).toEqual({ [member]: ['InvalidValue'] });
    }
    await must(change(path, await propertiesOf(path)), 200);
    const renamed = await must(admin.patch(`${path}/fields/standard::name`, field({ title: 'Invoice' })), 200);
    expect(renamed.body.custom_object_field).toMatchObject({
      title: 'Invoice',
      properties: { autoincrement_enabled: true, autoincrement_prefix: 'INV-' },
    });
  });

  it('are unique or numbered, not both', async () => {
    const path = await newObject(admin, [], { uniqueNames: true });
    expect(problemsOf(await change(path, { autoincrement_enabled: true }))).toEqual({
      autoincrement_enabled: ['InvalidValue'],
    });
    const swapped = await must(change(path, { autoincrement_enabled: true, is_unique: false }), 200);
    expect(swapped.body.custom_object_field.properties).toMatchObject({
      is_unique: false,
      autoincrement_enabled: true,
    });
    expect(problemsOf(await change(path, { is_unique: true }))).toEqual({ is_unique: ['InvalidValue'] });
  });

  it('are kept while names are not numbered', async () => {
    const path = await newObject(admin);
    await must(change(path, { autoincrement_prefix: 'K-', autoincrement_next_sequence: 0 }), 200);
    expect(await propertiesOf(path)).toMatchObject({ autoincrement_enabled: false, autoincrement_prefix: 'K-' });
    await must(change(path, { autoincrement_enabled: true }), 200);
    const { body } = await must(admin.post(`${path}/records`, record({})), 201);
    expect(body.custom_object_record.name).toBe('K-0');
    await must(admin.delete(`${path}/records/${body.custom_object_record.id}`), 204);
    expect(problemsOf(await change(path, { autoincrement_next_sequence: 0 }))).toEqual({
      autoincrement_next_sequence: ['InvalidValue'],
    });
    await must(change(path, { autoincrement_enabled: false }), 200);
    expect(await propertiesOf(path)).toMatchObject({ autoincrement_enabled: false, autoincrement_prefix: 'K-' });
    expect(problemsOf(await admin.post(`${path}/records`, record({})))).toEqual({ name: ['BlankValue'] });
  });

  it.each<[string, unknown]>([
    ['autoincrement_prefix', 'x'.repeat(31)],
    ['autoincrement_prefix', 7],
    ['autoincrement_padding', 10],
    ['autoincrement_padding', -1],
    ['autoincrement_padding', 1.5],
    ['autoincrement_next_sequence', -1],
    ['autoincrement_next_sequence', '5'],
    ['autoincrement_enabled', 'yes'],
  ])('cannot have the %s %o', async (member, value) => {
    const path = await newObject(admin);
    expect(problemsOf(await change(path, { [member]: value }))).toEqual({ [member]: ['InvalidValue'] });
  });

  it('are of the name only', async () => {
    const path = await newObject(admin, [{ key: 'weight', type: 'integer' }]);
    for (const key of ['standard::external_id', 'weight']) {
      const properties = { autoincrement_enabled: true, autoincrement_prefix: 'X' };
      const answer = await admin.patch(`${path}/fields/${key}`, field({ properties }));
      expect(problemsOf(answer), key).toEqual({
        autoincrement_enabled: ['InvalidValue'],
        autoincrement_prefix: ['InvalidValue'],
      });
    }
  });
});
