import { beforeAll, describe, expect, it } from 'vitest';
import { basic, clientOf, demoServer, must, newObject } from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);
const stranger = clientOf(() => server.origin, basic('admin@keyway.test/token', 'wrong'));

let vans = '';
let fieldId = 0;

beforeAll(async () => {
  vans = await newObject(admin, [
    { key: 'color', type: 'dropdown', custom_field_options: ['red', 'blue'].map((value) => ({ name: value, value })) },
    { key: 'note', type: 'textarea' },
    { key: 'plate', type: 'regexp', regexp_for_validation: '[A-Z]{2}-\\d+' },
    { key: 'seats', type: 'integer' },
    { key: 'driver', type: 'lookup', relationship_target_type: 'zen:user' },
  ]);
  const rows = [
    ['Van One', { color: 'red', note: 'stored in the North Hall', plate: 'AB-12', seats: 3 }],
    ['van two', { color: 'blue', note: 'needs a new clutch', seats: 5, driver: '12' }],
    ['Caravan', { color: 'red', note: 'HALL 2' }],
    ['Übergröße XL', {}],
  ] as const;
  for (const [name, custom_object_fields] of rows) {
    const record = { name, external_id: `X${name}`, custom_object_fields };
    await must(admin.post(`${vans}/records`, { custom_object_record: record }), 201);
  }
  const trips = await newObject(admin, [
    {
      key: 'van',
      type: 'lookup',
      relationship_target_type: `zen:custom_object:${vans.split('/').at(-1)}`,
      relationship_filter: { all: [{ field: 'custom_object_fields.color', operator: 'is', value: 'red' }], any: [] },
    },
  ]);
  fieldId = (await must(admin.get(`${trips}/fields/van`), 200)).body.custom_object_field.id;
});

const namesOf = (body: { custom_object_records: { name: string }[] }) =>
  body.custom_object_records.map(({ name }) => name);
const search = async (query: string) => (await must(admin.get(`${vans}/records/search?${query}`), 200)).body;
const suggest = async (query: string) => (await must(admin.get(`${vans}/records/autocomplete?${query}`), 200)).body;
const post = (body: unknown, query = '') => admin.post(`${vans}/records/search${query}`, body);
const filtered = async (filter: unknown, query = '') => namesOf((await must(post({ filter }, query), 200)).body);

describe('a search for words', () => {
  it.each([
    ['query=van', ['Van One', 'van two']],
    ['query=VAN', ['Van One', 'van two']],
    ['query=aravan', []],
    ['query=north%20clutch', ['Van One', 'van two']],
    ['query=north+clutch', ['Van One', 'van two']],
    ['query=hall', ['Van One', 'Caravan']],
    ['query=ab-1', ['Van One']],
    ['query=%C3%BCBERGR%C3%B6%C3%9F', ['Übergröße XL']],
    ['query=12', ['Van One']],
    ['query=Xvan', []],
    ['query=.*', []],
    ['query=%00', []],
    ['query=*', ['Van One', 'van two', 'Caravan', 'Übergröße XL']],
    ['query=', ['Van One', 'van two', 'Caravan', 'Übergröße XL']],
    ['', ['Van One', 'van two', 'Caravan', 'Übergröße XL']],
    ['query=hall%20caravan', ['Caravan', 'Van One']],
    ['query=van%20caravan&sort=-name', ['van two', 'Van One', 'Caravan']],
    ['query=van&sort=-created_at', ['van two', 'Van One']],
    ['query=van&sort=updated_at', ['Van One', 'van two']],
  ])('%s', async (query, names) => {
    const body = await search(query);
    expect(namesOf(body)).toEqual(names);
    expect(body.count).toBe(names.length);
  });

  it('comes in pages that keep the query', async () => {
    const first = await search('query=hall+van&sort=name&page[size]=2');
    expect(first).toMatchObject({ count: 3, meta: { has_more: true } });
    expect(first.links.next).toMatch(`${server.origin}/api/v2${vans}/records/search.json?query=hall+van&sort=name&`);
    const { body: last } = await must(admin.get(first.links.next), 200);
    expect(namesOf(first).concat(namesOf(last))).toEqual(['Caravan', 'Van One', 'van two']);
    expect(last).toMatchObject({ meta: { has_more: false }, links: { next: null } });
    expect(namesOf((await must(admin.get(last.links.prev), 200)).body)).toEqual(namesOf(first));
  });

  it('refuses an order that is none, a page that is none, and strangers', async () => {
    for (const query of ['sort=id', 'sort=color', 'sort=constructor', 'query=a&query=b'])
      expect((await admin.get(`${vans}/records/search?${query}`)).status, query).toBe(400);
    const answer = await admin.get(`${vans}/records/search?page[after]=x`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ code: 'InvalidPaginationParameter' }] } });
    expect((await stranger.get(`${vans}/records/search?query=van`)).status).toBe(401);
    expect((await admin.get('/custom_objects/nothing/records/search?query=van')).status).toBe(404);
  });

  it('does not take a cursor of the other direction', async () => {
    const { meta } = await search('page[size]=1');
    expect((await admin.get(`${vans}/records/search?page[size]=1&page[before]=${meta.after_cursor}`)).status).toBe(400);
  });
});

describe('a search by filter', () => {
  const color = 'custom_object_fields.color';
  const seats = 'custom_object_fields.seats';
  it.each<[string, unknown, string[]]>([
    ['one comparison', { [color]: { $eq: 'red' } }, ['Van One', 'Caravan']],
    ['$noteq, which an unset value passes', { [color]: { $noteq: 'red' } }, ['van two', 'Übergröße XL']],
    ['$in', { [color]: { $in: ['blue'] } }, ['van two']],
    ['$notin', { [color]: { $notin: ['blue', 'red'] } }, ['Übergröße XL']],
    ['$exists', { [color]: { $exists: false } }, ['Übergröße XL']],
    ['null', { [color]: { $eq: null } }, ['Übergröße XL']],
    ['a range', { [seats]: { $gt: 2, $lte: '3' } }, ['Van One']],
    ['$contains of a name, in any case', { name: { $contains: 'VAN' } }, ['Van One', 'van two', 'Caravan']],
    ['$notcontains', { name: { $notcontains: 'van' } }, ['Übergröße XL']],
    ['an external id', { external_id: { $eq: 'XCaravan' } }, ['Caravan']],
    ['a user', { 'custom_object_fields.driver': { $eq: 12 } }, ['van two']],
    ['$and', { $and: [{ [color]: { $eq: 'red' } }, { [seats]: { $exists: true } }] }, ['Van One']],
    ['$or', { $or: [{ name: { $eq: 'Caravan' } }, { [seats]: { $gte: 5 } }] }, ['van two', 'Caravan']],
    [
      '$and with $or',
      { $and: [{ [color]: { $eq: 'red' } }], $or: [{ name: { $eq: 'Caravan' } }, { [seats]: { $eq: 5 } }] },
      ['Caravan'],
    ],
    ['nothing', {}, ['Van One', 'van two', 'Caravan', 'Übergröße XL']],
    ['the time of creation', { created_at: { $gt: '2020-01-01T00:00:00Z' }, updated_at: { $lt: '2020-01-01' } }, []],
  ])('takes %s', async (_name, filter, names) => {
    expect(await filtered(filter)).toEqual(names);
  });

  it('takes who created and changed the records', async () => {
    const { id } = (await must(admin.get('/users/me'), 200)).body.user;
    expect(await filtered({ created_by_user: { $eq: String(id) } })).toHaveLength(4);
    expect(await filtered({ updated_by_user: { $eq: id + 1 } })).toEqual([]);
  });

  it('goes together with words, in the query or the body, and with pages', async () => {
    expect(await filtered({ [color]: { $eq: 'red' } }, '?query=hall&sort=-name')).toEqual(['Van One', 'Caravan']);
    const both = await must(post({ query: 'two', filter: { [color]: { $eq: 'blue' } } }), 200);
    expect(both.body).toMatchObject({ count: 1, custom_object_records: [{ name: 'van two' }] });
    const { body } = await must(post({ filter: { [color]: { $eq: 'red' } } }, '?page[size]=1'), 200);
    const next = await must(admin.post(body.links.next, { filter: { [color]: { $eq: 'red' } } }), 200);
    expect(namesOf(body).concat(namesOf(next.body))).toEqual(['Van One', 'Caravan']);
    expect(namesOf((await must(post(undefined), 200)).body)).toHaveLength(4);
  });

  it.each<[string, unknown]>([
    ['an unknown attribute', { colour: { $eq: 'red' } }],
    ['a field without its prefix', { color: { $eq: 'red' } }],
    ['an unknown field', { 'custom_object_fields.nothing': { $eq: 'red' } }],
    ['an unknown operator', { [color]: { $like: 'red' } }],
    ['an operator of another type', { [color]: { $contains: 'red' } }],
    ['one for text on a number', { [seats]: { $contains: '1' } }],
    ['one for order on a checkbox', { name: { $gt: 'a' } }],
    ['a value of another type', { [seats]: { $eq: 'many' } }],
    ['a value that is no option', { [color]: { $eq: 'green' } }],
    ['a time that is none', { created_at: { $gt: 'yesterday' } }],
    ['a value without operator', { [color]: 'red' }],
    ['a list for one value', { [color]: { $eq: ['red'] } }],
    ['one value for a list', { [color]: { $in: 'red' } }],
    ['$and without a list', { $and: { [color]: { $eq: 'red' } } }],
    ['an empty $or', { $or: [] }],
    ['no object', 'red'],
    ['a list', [{ [color]: { $eq: 'red' } }]],
    ['text that cannot be stored', { name: { $eq: '\u0000' } }],
    ['too many comparisons', { $or: Array.from({ length: 101 }, () => ({ name: { $eq: 'a' } })) }],
    ['too deep a nest', Array.from({ length: 12 }).reduce((inner) => ({ $and: [inner] }), { name: { $eq: 'a' } })],
  ])('refuses %s', async (_name, filter) => {
    expect(await post({ filter })).toMatchObject({ status: 400, body: { error: { title: 'Invalid attribute' } } });
  });
});

describe('autocomplete', () => {
  it.each([
    ['name=va', ['Van One', 'van two']],
    ['name=van%20t', ['van two']],
    ['name=two+van', ['van two']],
    ['name=hall', []],
    ['name=xl', ['Übergröße XL']],
  ])('finds the beginnings of words of the name: %s', async (query, names) => {
    const body = await suggest(query);
    expect(namesOf(body)).toEqual(names);
    expect(body.count).toBe(names.length);
  });

  it('suggests for a lookup field what its filter lets pass', async () => {
    expect(namesOf(await suggest(`name=van&field_id=${fieldId}`))).toEqual(['Van One']);
    expect((await admin.get(`${vans}/records/autocomplete?name=van&field_id=7`)).status).toBe(400);
  });

  it('comes in pages', async () => {
    const body = await suggest('name=van&page[size]=1');
    expect(body).toMatchObject({ count: 2, meta: { has_more: true } });
    expect(namesOf((await must(admin.get(body.links.next), 200)).body)).toEqual(['van two']);
  });
});
