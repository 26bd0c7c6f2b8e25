/** Where the vendor's documentation leaves a choice, the other one is an option. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { zendeskDialect } from './index.ts';
import { defaultOptions } from './options.ts';
import { clientOf, must } from './test-client.ts';

let server: FreshServer;
const other: typeof defaultOptions = {
  ...defaultOptions,
  createdByUpsertStatus: 201,
  dates: 'day',
  unknownFieldKeys: 'refuse',
  unsetFields: 'omit',
  overlongPages: 'cut',
  fixedFieldMembers: 'ignore',
  numberedNames: 'ignore',
  searchForAll: '%',
  statuses: { identifiers: 422, nameNotUnique: 400, limitExceeded: 403, recordTooLarge: 413 },
  limits: { ...defaultOptions.limits, fieldsPerObject: 2 },
};
beforeAll(async () => {
  const dialect = zendeskDialect(other);
  server = await freshServer({ dialects: [{ ...dialect, name: 'native', paths: [], register: () => {} }, dialect] });
  await must(admin.post('/custom_objects', { custom_object: { key: 'thing', title: 'Thing' } }), 201);
  for (const [key, type] of [
    ['size', 'integer'],
    ['day', 'date'],
  ])
    await must(admin.post(`${path}/fields`, { custom_object_field: { key, type, title: key } }), 201);
});
afterAll(() => server.close());

const admin = clientOf(() => server.url);
const path = '/custom_objects/thing';
const record = (members: object) => ({ custom_object_record: members });

describe('by its options, the dialect', () => {
  it('answers 201 to an upsert that creates, shows days, and leaves out what is not set', async () => {
    const upsert = () =>
      admin.patch(`${path}/records?external_id=A`, record({ name: 'a', custom_object_fields: { day: '2026-03-01' } }));
    const { body } = await must(upsert(), 201);
    expect(body.custom_object_record.custom_object_fields).toEqual({ day: '2026-03-01' });
    await must(upsert(), 200);
  });

  it('refuses what it does not know, cuts pages, and finds everything by another sign', async () => {
    expect((await admin.post(`${path}/records`, record({ name: 'b', custom_object_fields: { no: 1 } }))).status).toBe(
      422,
    );
    expect((await must(admin.get(`${path}/records?page[size]=500`), 200)).body.custom_object_records).toHaveLength(1);
    expect((await must(admin.get(`${path}/records/search?query=%25`), 200)).body.count).toBe(1);
    expect(
      (await must(admin.get('/incremental/custom_objects/thing/cursor?start_time=0&per_page=5000'), 200)).status,
    ).toBe(200);
  });

  it('passes over another type of a field, and a name where names are numbered', async () => {
    const change = { custom_object_field: { type: 'text', title: 'Size' } };
    const { body } = await must(admin.patch(`${path}/fields/size`, change), 200);
    expect(body.custom_object_field).toMatchObject({ type: 'integer', title: 'Size' });
    await must(admin.post('/custom_objects', { custom_object: { key: 'slip', title: 'Slip' } }), 201);
    const numbered = { custom_object_field: { properties: { autoincrement_enabled: true } } };
    await must(admin.patch('/custom_objects/slip/fields/standard::name', numbered), 200);
    const made = await must(admin.post('/custom_objects/slip/records', record({ name: 'mine' })), 201);
    expect(made.body.custom_object_record.name).toBe('1');
  });

  it('says other statuses', async () => {
    const status = async (answering: ReturnType<typeof admin.get>) => (await answering).status;
    expect(await status(admin.patch(`${path}/records?external_id=A&name=a`))).toBe(422);
    expect(await status(admin.patch(`${path}/records`))).toBe(422);
    expect(await status(admin.patch(`${path}/records?name=a`))).toBe(400);
    expect(
      await status(admin.post(`${path}/fields`, { custom_object_field: { key: 'one_more', title: 'More' } })),
    ).toBe(403);
    expect(await status(admin.post(`${path}/fields`, { custom_object_field: { key: 'size', title: 'Size' } }))).toBe(
      422,
    );
    expect(await status(admin.post(`${path}/records`, record({ name: 'x'.repeat(33_000) })))).toBe(413);
  });
});
