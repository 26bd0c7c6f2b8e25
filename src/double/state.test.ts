import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDouble, freshDouble } from '../../test/fresh-double.ts';
import { served } from '../../test/scenarios/served.ts';
import { NotOfDouble } from './ready-folder.ts';

let double: FreshDouble;
beforeAll(async () => {
  double = await freshDouble();
});
afterAll(() => double.close());
/** Not after each test: it makes a database, and most write nothing. */
const undo = async (): Promise<void> => {
  await double.call('POST', '/v1/double/reset', { to: 'demo' });
  for (const name of await names()) await double.call('DELETE', `/v1/double/snapshots/${encodeURIComponent(name)}`);
};

const contact = (key: string, of = double) => of.call('GET', `/v1/records/contact/external_id:${key}`);
const write = (key: string, of = double) =>
  of.call('PATCH', `/v1/records/contact/external_id:${key}`, { fields: { name: key } });
const isThere = async (key: string, of = double): Promise<boolean> => (await contact(key, of)).status === 200;
const save = (name: string, of = double) => of.call('POST', '/v1/double/snapshots', { name });
const restore = (name: string) => double.call('POST', `/v1/double/snapshots/${encodeURIComponent(name)}/restore`);
const names = async (of = double): Promise<string[]> =>
  (await of.call('GET', '/v1/double/snapshots')).body.snapshots.map(({ name }: { name: string }) => name);

describe('snapshots', () => {
  afterEach(undo);

  it('bring back what was there, as often as they are restored', async () => {
    await write('kept');
    expect((await save('with kept')).status).toBe(201);
    for (const time of [1, 2, 3]) {
      await write(`later-${time}`);
      expect((await restore('with kept')).body).toEqual({ name: 'with kept', ms: expect.any(Number) });
      expect(await isThere('kept')).toBe(true);
      expect(await isThere(`later-${time}`)).toBe(false);
    }
  });

  it.runIf(served('zendesk'))('bring it back through every dialect', async () => {
    await save('before');
    await write('later');
    const names = async () =>
      (await double.call('GET', '/api/v2/custom_objects/contact/records')).body.custom_object_records.map(
        ({ name }: { name: string }) => name,
      );
    expect(await names()).toContain('later');
    await restore('before');
    expect(await names()).not.toContain('later');
  });

  it('bring back the schema, which is known at once', async () => {
    await save('before the type');
    const { body: schema } = await double.call('GET', '/v1/schema');
    const changed = { ...schema, types: { ...schema.types, gadget: { fields: {} } } };
    expect((await double.call('PUT', '/v1/schema', changed)).status).toBe(200);
    expect((await double.call('GET', '/v1/records/gadget')).status).toBe(200);
    await restore('before the type');
    expect((await double.call('GET', '/v1/records/gadget')).status).toBe(404);
  });

  it('bring back the webhooks, and new ones are made', async () => {
    const make = () => double.call('POST', '/v1/webhooks', { url: 'http://127.0.0.1:9/hook' });
    const made = async () => (await double.call('GET', '/v1/webhooks')).body.items.length;
    await save('before the webhook');
    expect((await make()).status).toBe(201);
    await restore('before the webhook');
    expect(await made()).toBe(0);
    expect((await make()).status).toBe(201);
    expect(await made()).toBe(1);
  });

  it('wait for requests under way, and let those that come meanwhile wait', async () => {
    await save('empty');
    const writes = Array.from({ length: 20 }, (_, index) => write(`before-${index}`));
    const restored = restore('empty');
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect((await restored).status).toBe(200);
    expect((await write('after')).status).toBe(201);
  });

  it('take the place of those of the same name, and are gone once deleted', async () => {
    await save('one');
    await write('second');
    await save('one');
    await save('two');
    expect(await names()).toEqual(['one', 'two']);
    await restore('one');
    expect(await isThere('second')).toBe(true);
    expect((await double.call('DELETE', '/v1/double/snapshots/one')).status).toBe(204);
    await double.call('DELETE', '/v1/double/snapshots/two');
    expect((await restore('one')).body).toMatchObject({ status: 404, code: 'unknown_snapshot' });
    expect((await double.call('DELETE', '/v1/double/snapshots/one')).status).toBe(404);
  });
});

describe('a snapshot', () => {
  it.each(["'; drop table copy; --", 'a/b?c#d%e', '"quoted"', 'ünïcødé ✓ 🎈', ' ', '__proto__', 'x'.repeat(200)])(
    'may be named %j',
    async (name) => {
      expect((await save(name)).status).toBe(201);
      expect(await names()).toContain(name);
      expect((await restore(name)).body.name).toBe(name);
      expect((await double.call('DELETE', `/v1/double/snapshots/${encodeURIComponent(name)}`)).status).toBe(204);
    },
  );

  it.each(['', '.', '..', 'two\nlines', 'nul\0', 'x'.repeat(201), '\ud800', 7, null])(
    'may not be named %j',
    async (name) => {
      expect((await save(name as string)).body).toMatchObject({ status: 422, code: 'invalid_request' });
      expect(await names()).toEqual([]);
    },
  );
});

describe('a seed', () => {
  afterEach(undo);

  const seed = `
schema:
  types:
    lamp: { fields: { watts: { type: integer } } }
    room: { fields: {} }
  links:
    lamp.room: { to: room, inverse: lamps }
records:
  - { type: room, number: 1, fields: { external_id: R-1, name: Hall } }
  - { type: lamp, fields: { external_id: L-1, name: Lamp, watts: 60 } }
links:
  - { from: { type: lamp, ref: 'external_id:L-1' }, link: room, to: 1 }
`;
  const lamp = (key: string) => double.call('GET', `/v1/records/lamp/external_id:${key}`);

  it('is what a reset goes back to, until that is to the demo', async () => {
    expect((await double.call('POST', '/v1/double/seed', seed)).body).toMatchObject({ records: 2, links: 1 });
    await double.call('PATCH', '/v1/records/lamp/external_id:L-1', { fields: { watts: 100 } });
    await double.call('POST', '/v1/double/reset');
    expect((await lamp('L-1')).body.fields.watts).toBe(60);
    expect((await double.call('GET', '/v1/records/lamp/external_id:L-1/links/room')).body.items).toHaveLength(1);
    await double.call('POST', '/v1/double/reset', { to: 'demo' });
    expect((await lamp('L-1')).status).toBe(404);
    expect((await contact('user1')).status).toBe(200);
  });

  it('may come as JSON, and twice: what is there is brought up to date', async () => {
    const records = [
      { type: 'contact', fields: { external_id: 'S-1', name: 'Seeded' } },
      { type: 'contact', number: 106, fields: { name: 'Renamed' } },
    ];
    for (const _ of [1, 2]) expect((await double.call('POST', '/v1/double/seed', { records })).status).toBe(200);
    expect((await contact('S-1')).body.version).toBe(1);
    expect((await contact('user1')).body.fields.name).toBe('Renamed');
  });

  it('writes nothing when a part of it is refused', async () => {
    const records = [
      { type: 'contact', fields: { external_id: 'S-2', name: 'Fine' } },
      { type: 'nothing', fields: {} },
    ];
    const { body } = await double.call('POST', '/v1/double/seed', { records });
    expect(body).toMatchObject({
      status: 422,
      code: 'seed_refused',
      problems: [{ at: 'records[1]', message: 'There is no record type nothing.' }],
    });
    expect(await isThere('S-2')).toBe(false);
  });

  it('says in words what of it is refused, and where', async () => {
    const refused = async (seed: object) => (await double.call('POST', '/v1/double/seed', seed)).body.problems;
    expect(await refused({ records: [{ type: 'claim', fields: { claim_number: 5, wheels: 4 } }] })).toEqual([
      { at: 'records[0]', message: 'Record type claim has no field wheels.' },
      { at: 'records[0]', message: 'Field claim_number takes text; got 5.' },
    ]);
    expect(await refused({ schema: { types: { lamp: { fields: { watts: { type: 'light' } } } } } })).toEqual([
      { at: 'schema.types.lamp.fields.watts.type', message: expect.stringContaining('text') },
    ]);
    const link = { from: { type: 'contact', ref: 'external_id:user1' }, link: 'nothing', to: 2001 };
    expect(await refused({ links: [link] })).toEqual([{ at: 'links[0]', message: expect.stringContaining('nothing') }]);
  });
});

describe('a seed that says nothing', () => {
  it.each([
    ['text', 'records: ['],
    ['a list', []],
    ['an unknown member', { record: [] }],
    ['no list', { records: {} }],
    ['a record without type', { records: [{ fields: {} }] }],
    ['a number that is none', { records: [{ type: 'contact', number: -1, fields: {} }] }],
    ['a link to nothing', { links: [{ from: { type: 'lamp', ref: 1 }, link: 'room' }] }],
  ])('is refused when it is %s', async (_what, body) => {
    expect((await double.call('POST', '/v1/double/seed', body)).body).toMatchObject({
      status: 422,
      code: 'invalid_seed',
      problems: [expect.anything()],
    });
    expect((await contact('user1')).body.version).toBe(1);
  });
});

describe('a double with a folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyway-folder-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('goes on after a restart with what was there, snapshots too', async () => {
    const first = await freshDouble(folder);
    await write('early', first);
    await save('early', first);
    await write('late', first);
    await first.close();
    const second = await freshDouble(folder);
    try {
      expect(await isThere('late', second)).toBe(true);
      expect(await names(second)).toEqual(['early']);
      await second.call('POST', '/v1/double/snapshots/early/restore');
      expect([await isThere('early', second), await isThere('late', second)]).toEqual([true, false]);
    } finally {
      await second.close();
    }
  });

  it('does not touch the folder of a server', async () => {
    const own = join(folder, 'own');
    await mkdir(join(own, 'postgres-18'), { recursive: true });
    await writeFile(join(own, 'postgres-18', 'PG_VERSION'), '18');
    await expect(freshDouble(own)).rejects.toBeInstanceOf(NotOfDouble);
  });
});
