/** node-zendesk, as it comes from npm, drives a listening server. It knows nothing of it but its address. */
import { readFileSync } from 'node:fs';
import { createClient, type ZendeskClientOptions } from 'node-zendesk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../fresh-server.ts';

let server: FreshServer;
beforeAll(async () => {
  server = await freshServer();
});
afterAll(() => server.close());

const admin = { username: 'admin@keyway.test', token: 'kw_demo_admin' };
const clientWith = (options: ZendeskClientOptions, origin = server.url) =>
  createClient({ endpointUri: `${origin}/api/v2`, throwOriginalException: true, ...options });

// biome-ignore lint/suspicious/noExplicitAny: the client types what it reads as modules of node
type Read = any;
type Segments = (string | number | object)[];

/** Any part of the client sends a request for path segments, which it empties: so a new list for each. */
function api(options: ZendeskClientOptions = admin, origin = server.url) {
  const { tickets } = clientWith(options, origin);
  const send = async (method: string, path: Segments, body?: object): Promise<Read> => {
    const answer: Read = await tickets.request(method, [...path] as Read, ...(body === undefined ? [] : [body]));
    return answer.result;
  };
  return {
    get: (...path: Segments) => send('GET', path),
    post: (path: Segments, body: object) => send('POST', path, body),
    patch: (path: Segments, body: object) => send('PATCH', path, body),
    put: (path: Segments, body: object) => send('PUT', path, body),
    delete: (...path: Segments) => send('DELETE', path),
    all: async (...path: Segments): Promise<Read[]> => tickets.requestAll('GET', path as Read),
  };
}

let objects = 0;
async function newObject(): Promise<string> {
  const key = `vehicle_${++objects}`;
  await api().post(['custom_objects'], { custom_object: { key, title: 'Vehicle', title_pluralized: 'Vehicles' } });
  return key;
}
const record = (members: object) => ({ custom_object_record: members });
const namesOf = (pages: Read[]): string[] =>
  pages.flatMap((page) => page.custom_object_records.map(({ name }: Read) => name));

describe('node-zendesk', () => {
  it('says who it is, by API token and by bearer token', async () => {
    for (const options of [admin, { oauth: true, token: 'kw_demo_admin' }]) {
      const { result } = (await clientWith(options).users.me()) as Read;
      expect(result).toMatchObject({ email: 'admin@keyway.test', role: 'admin' });
    }
  });

  it('gets users as its own types have them', async () => {
    const { users } = clientWith(admin);
    const listed = (await users.list()) as Read[];
    expect(listed.map(({ email }) => email).sort()).toEqual(
      ['admin', 'member', 'power'].map((name) => `${name}@keyway.test`),
    );
    const { result: shown } = (await users.show(listed[0].id)) as Read;
    expect(shown).toEqual(listed[0]);
    const { result: some } = (await users.showMany(listed.slice(1).map(({ id }) => id))) as Read;
    expect(some).toEqual(listed.slice(1));
    expect(await users.search({ query: 'member@keyway.test' })).toMatchObject([{ name: 'Member' }]);
    const typed = typeOf('users', 'User');
    expect(typed.size).toBeGreaterThan(10);
    for (const user of listed) {
      for (const [member, type] of typed) expect([member, typeof user[member]]).toEqual([member, type]);
    }
  });

  it('makes an object with fields of every type, and changes and deletes them', async () => {
    const key = await newObject();
    const fields: Segments = ['custom_objects', key, 'fields'];
    const options = ['red', 'blue'].map((value) => ({ name: value, value }));
    for (const more of [
      { type: 'text' },
      { type: 'textarea' },
      { type: 'checkbox', tag: 'on' },
      { type: 'date' },
      { type: 'integer' },
      { type: 'decimal' },
      { type: 'regexp', regexp_for_validation: '[A-Z]+' },
      { type: 'dropdown', custom_field_options: options },
      { type: 'multiselect', custom_field_options: options },
      { type: 'lookup', relationship_target_type: 'zen:custom_object:contact' },
    ]) {
      await api().post(fields, { custom_object_field: { key: `a_${more.type}`, title: more.type, ...more } });
    }
    const { custom_object_fields: made } = await api().get(...fields);
    expect(made).toHaveLength(10);
    await api().put([...fields, 'reorder'], { custom_object_field_ids: made.map(({ id }: Read) => id).reverse() });
    const { custom_object_fields: turned } = await api().get(...fields, { page: { size: 3 } });
    expect(turned.map(({ key: one }: Read) => one)).toEqual(['a_lookup', 'a_multiselect', 'a_dropdown']);
    await api().patch([...fields, 'a_text'], { custom_object_field: { title: 'Text' } });
    expect((await api().get(...fields, 'a_text')).custom_object_field.title).toBe('Text');
    await api().delete(...fields, 'a_text');

    const values = {
      ...{ a_textarea: 'two\nlines', a_checkbox: true, a_date: '2026-03-01', a_integer: 7, a_decimal: 1.5 },
      ...{ a_regexp: 'ABC', a_dropdown: 'red', a_multiselect: ['red', 'blue'], a_lookup: 'external_id:user1' },
    };
    const written = await api().post(
      ['custom_objects', key, 'records'],
      record({ name: 'Van', custom_object_fields: values }),
    );
    expect(written.custom_object_record.custom_object_fields).toEqual({
      ...values,
      a_date: '2026-03-01T00:00:00+00:00',
      a_lookup: expect.stringMatching(/^[0-9A-Z]{26}$/),
    });
    await api().patch(['custom_objects', key], { custom_object: { title: 'Car' } });
    expect((await api().get('custom_objects', key)).custom_object.title).toBe('Car');
    await api().delete('custom_objects', key);
    await expect(api().get('custom_objects', key)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('writes records by external id, however awkward it is, and reads each back', async () => {
    const key = await newObject();
    const ids = ['a/b', 'a b', 'a+b', '100%', '%41', 'ä/ø ✓', "it's", '?x=1&y=2', '#5', 'a:b', '..', 'x'.repeat(500)];
    for (const external_id of ids) {
      const path: Segments = ['custom_objects', key, 'records', { external_id }];
      const made = await api().patch(path, record({ name: external_id.slice(0, 20) }));
      expect(made.custom_object_record.external_id).toBe(external_id);
      const again = await api().patch(path, record({ name: 'again' }));
      expect(again.custom_object_record.id).toBe(made.custom_object_record.id);
      const found = await api().get('custom_objects', key, 'records', { filter: { external_ids: external_id } });
      expect(found.custom_object_records, external_id).toMatchObject([{ external_id, name: 'again' }]);
    }
    const { count } = await api().get('custom_objects', key, 'records', 'count');
    expect(count.value).toBe(ids.length);
    for (const external_id of ids) await api().delete('custom_objects', key, 'records', { external_id });
    expect((await api().get('custom_objects', key, 'records')).custom_object_records).toEqual([]);
  });

  it('follows the pages of lists and searches to their end', async () => {
    const key = await newObject();
    const names = Array.from({ length: 7 }, (_, n) => `Van ${n}`);
    for (const name of names) await api().post(['custom_objects', key, 'records'], record({ name }));
    const records: Segments = ['custom_objects', key, 'records'];
    expect(namesOf(await api().all(...records, { page: { size: 3 } }))).toEqual(names);
    expect(namesOf(await api().all(...records, { 'page[size]': 2, sort: '-id' }))).toEqual(names.toReversed());
    expect(namesOf(await api().all(...records, 'search', { query: 'van', page: { size: 4 } }))).toEqual(names);
    expect(namesOf(await api().all(...records, 'autocomplete', { name: 'van 3' }))).toEqual(['Van 3']);
    const filter = { filter: { $or: [{ name: { $eq: 'Van 1' } }, { name: { $contains: '5' } }] } };
    expect(namesOf([await api().post([...records, 'search'], filter)])).toEqual(['Van 1', 'Van 5']);
  });

  it('links by a lookup, and finds what points to a record', async () => {
    const [people, vans] = [await newObject(), await newObject()];
    const field = {
      key: 'owner',
      type: 'lookup',
      title: 'Owner',
      relationship_target_type: `zen:custom_object:${people}`,
    };
    const { custom_object_field: owner } = await api().post(['custom_objects', vans, 'fields'], {
      custom_object_field: field,
    });
    const upsert = async (key: string, external_id: string, custom_object_fields = {}) =>
      (
        await api().patch(
          ['custom_objects', key, 'records', { external_id }],
          record({ name: external_id, custom_object_fields }),
        )
      ).custom_object_record;
    const ada = await upsert(people, 'HR-9');
    const van = await upsert(vans, 'FLEET-12', { owner: 'external_id:HR-9' });
    expect(van.custom_object_fields.owner).toBe(ada.id);
    const related: Segments = [
      `zen:custom_object:${people}`,
      ada.id,
      'relationship_fields',
      owner.id,
      `zen:custom_object:${vans}`,
    ];
    expect(namesOf(await api().all(...related))).toEqual(['FLEET-12']);
  });

  it('starts a job and watches it to its end', async () => {
    const key = await newObject();
    const { job_status: job } = await api().post(['custom_objects', key, 'jobs'], {
      job: { action: 'create', items: [{ name: 'a', external_id: 'A' }, {}] },
    });
    const { jobstatuses } = clientWith(admin);
    expect(await jobstatuses.watch(job.id, 50, 5)).toMatchObject({
      ...{ id: job.id, status: 'completed', total: 2, progress: 2 },
      results: [
        { success: true, status: 'Created' },
        { success: false, error: 'RecordInvalid' },
      ],
    });
    const { result: several } = (await jobstatuses.showMany([job.id])) as Read;
    expect(several.job_statuses).toMatchObject([{ id: job.id }]);
    const { result: all } = (await jobstatuses.list()) as Read;
    expect(all.job_statuses[0].id).toBe(job.id);
  });

  it('exports what was changed', async () => {
    const [page] = await api().all('incremental', 'custom_objects', 'contact', 'cursor', { start_time: 0 });
    expect(page).toMatchObject({ end_of_stream: true, custom_object_records: expect.any(Array) });
  });

  it('is told what was wrong, in the shapes that it reads', async () => {
    const key = await newObject();
    const records: Segments = ['custom_objects', key, 'records'];
    await expect(api().post(records, record({}))).rejects.toMatchObject({
      statusCode: 422,
      result: { error: 'RecordInvalid', details: { name: [{ error: 'BlankValue' }] } },
    });
    await expect(api().get(...records, '01GCSJW391QVSC80GYDH7E93Q6')).rejects.toMatchObject({ statusCode: 404 });
    await expect(api({ ...admin, token: 'wrong' }).get(...records)).rejects.toMatchObject({ statusCode: 401 });
    const member = { username: 'member@keyway.test', token: 'kw_demo_member' };
    // It reads title and message of such an answer by itself.
    await expect(api({ ...member, throwOriginalException: false }).delete('custom_objects', key)).rejects.toThrow(
      /403.* - Forbidden: You do not have access/,
    );
    await expect(
      api({ ...admin, throwOriginalException: false }).get(...records, { external_id: 'a', sort: 'x' }),
    ).rejects.toThrow(/Invalid attribute: You passed an invalid value for the sort attribute/);
  });
});

/** The members that a type of the client's declarations requires, with what `typeof` says of them. */
function typeOf(part: string, name: string): Map<string, string> {
  const file = new URL(`../../node_modules/node-zendesk/dist/types/clients/core/${part}.d.ts`, import.meta.url);
  const body = new RegExp(`export type ${name} = \\{(.*?)^\\};`, 'ms').exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  return new Map(
    [...body.matchAll(/^ {4}(\w+): (string|number|boolean);$/gm)].map(([, member = '', type = '']) => [member, type]),
  );
}
