/** What narrows and orders a list, in every form that clients have for it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf, idOf, sugarServer } from '../test-client.ts';

const base = '/rest/v11_10';

describe('lists', () => {
  const server = sugarServer();
  const { call } = server;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    const outcome = await server.hub.applySchema(
      await adminOf(server.hub),
      (current) => ({
        ...current,
        types: {
          ...current.types,
          house: {
            fields: {
              color: { type: 'text' },
              rooms: { type: 'integer' },
              price: { type: 'decimal' },
              sold: { type: 'boolean' },
              built: { type: 'date' },
              seen: { type: 'datetime' },
              kind: { type: 'enum', options: [{ value: 'villa' }, { value: 'flat' }] },
              tags: { type: 'multi_enum', options: [{ value: 'old' }, { value: 'sea' }, { value: 'city' }] },
              email: { type: 'text' },
              assigned_user_id: { type: 'text' },
              agent: { type: 'lookup', to: 'contact', inverse: 'houses' },
            },
          },
        },
        links: { ...current.links, 'house.owners': { to: 'contact', inverse: 'owned_houses' } },
      }),
      { allowLoss: false },
    );
    expect(outcome.kind).toBe('applied');
    const me = (await call('GET', `${base}/me`)).body as { current_user: { id: string } };
    const make = async (module: string, name: string, fields: object = {}) => {
      ids[name] = idOf(await call('POST', `${base}/${module}`, { name, ...fields }));
    };
    await make('Contacts', 'Ann');
    await make('Contacts', 'Ben');
    await make('Houses', 'Alder', {
      ...{ color: 'Red', rooms: 3, price: '100.5', sold: true, built: '2026-01-01', seen: '2026-01-01T08:00:00Z' },
      ...{ kind: 'villa', tags: ['old', 'sea'], agent_id: ids.Ann, sync_key: 'A', email1: 'alder@x.example' },
    });
    await make('Houses', 'Birch', {
      ...{ color: 'dark red', rooms: 5, price: '200', sold: false, built: '2026-01-31', seen: '2026-01-31T23:30:00Z' },
      ...{ kind: 'flat', tags: ['city'], agent_id: ids.Ben, assigned_user_id: me.current_user.id },
    });
    await make('Houses', 'Cedar', { color: 'blue', rooms: 5, tags: ['sea'] });
    await make('Houses', 'Dune');
    for (const [house, owner] of [
      ['Alder', 'Ann'],
      ['Cedar', 'Ann'],
      ['Birch', 'Ben'],
    ] as const) {
      await call('POST', `${base}/Houses/${ids[house]}/link/owners/${ids[owner]}`);
    }
  });

  const namesIn = (body: unknown) =>
    (body as { records: { name: string }[] }).records.map(({ name }) => name).join(' ');
  const found = async (filter: unknown) => {
    const answer = await call('POST', `${base}/Houses/filter`, { filter, fields: 'name' });
    return answer.status === 200 ? namesIn(answer.body) : `${answer.status} ${answer.message}`;
  };
  const refused = { status: 422, body: { error: 'invalid_parameter' } };

  it.each<[object, string]>([
    [{ name: 'birch' }, 'Birch'],
    [{ sync_key: 'A' }, 'Alder'],
    [{ sync_key: 'a' }, ''],
    [{ color: { $equals: 'RED' } }, 'Alder'],
    [{ color: { $not_equals: 'red' } }, 'Birch Cedar Dune'],
    [{ color: { $in: ['red', 'blue'] } }, 'Alder Cedar'],
    [{ color: ['red', 'blue'] }, 'Alder Cedar'],
    [{ color: { $in: ['red', ''] } }, 'Alder Dune'],
    [{ color: { $not_in: ['red', 'blue'] } }, 'Birch Dune'],
    [{ color: { $starts: 'DARK' } }, 'Birch'],
    [{ color: { $ends: 'red' } }, 'Alder Birch'],
    [{ color: { $contains: 'RE' } }, 'Alder Birch'],
    [{ color: { $not_contains: 're' } }, 'Cedar Dune'],
    [{ color: '' }, 'Dune'],
    [{ color: { $is_null: '' } }, 'Dune'],
    [{ color: { $not_null: '' } }, 'Alder Birch Cedar'],
    [{ color: { $empty: '' } }, 'Dune'],
    [{ color: { $not_empty: '' } }, 'Alder Birch Cedar'],
    [{ rooms: 3 }, 'Alder'],
    [{ rooms: '5' }, 'Birch Cedar'],
    [{ rooms: { $gt: 3 } }, 'Birch Cedar'],
    [{ rooms: { $gte: 3, $lt: 5 } }, 'Alder'],
    [{ rooms: { $lte: '3' } }, 'Alder'],
    [{ rooms: { $between: [3, 4] } }, 'Alder'],
    [{ price: { $between: ['100', '200'] } }, 'Alder Birch'],
    [{ sold: true }, 'Alder'],
    [{ sold: '0' }, 'Birch'],
    [{ built: { $dateBetween: ['2026-01-01', '2026-01-30'] } }, 'Alder'],
    [{ seen: { $dateBetween: ['2026-01-02', '2026-01-31'] } }, 'Birch'],
    [{ seen: { $gt: '2026-01-01T08:00:00+00:00' } }, 'Birch'],
    [{ date_entered: { $dateRange: 'last_7_days' } }, 'Alder Birch Cedar Dune'],
    [{ date_modified: { $dateRange: 'last_year' } }, ''],
    [{ kind: 'VILLA' }, 'Alder'],
    [{ kind: 'castle' }, ''],
    [{ tags: { $contains: ['old', 'city'] } }, 'Alder Birch'],
    [{ tags: { $contains: 'sea' } }, 'Alder Cedar'],
    [{ tags: { $not_contains: ['sea'] } }, 'Birch Dune'],
    [{ email1: 'ALDER@x.example' }, 'Alder'],
    [{ 'email_addresses.email_address': 'alder@x.example' }, 'Alder'],
    [{ agent_name: 'ann' }, 'Alder'],
    [{ agent_name: { $is_null: '' } }, 'Cedar Dune'],
    [{ agent_id: 'nobody' }, ''],
    [{ agent_id: '' }, 'Cedar Dune'],
    [{ id: 'nobody' }, ''],
    [{ 'owners.name': 'Ann' }, 'Alder Cedar'],
    [{ 'owners.name': { $starts: 'b' } }, 'Birch'],
    [{ $owner: '' }, 'Birch'],
    [{ $creator: '_this' }, 'Alder Birch Cedar Dune'],
    [{ $favorite: '' }, ''],
    [{ $following: '' }, ''],
    [{ $tracker: '-7 DAY' }, ''],
    [{ my_favorite: false }, 'Alder Birch Cedar Dune'],
    [{ deleted: { $equals: 1 } }, ''],
    [{ created_by: 'nobody' }, ''],
    [{ rooms: 5, color: 'blue' }, 'Cedar'],
    [{ $or: [{ color: 'blue' }, { $and: [{ rooms: 3 }, { sold: true }] }] }, 'Alder Cedar'],
    [{}, 'Alder Birch Cedar Dune'],
  ])('filtered by %j have %s', async (entry, names) => {
    expect(await found([entry])).toBe(names);
  });

  it('are filtered by ids, of records and of lookups', async () => {
    expect(await found([{ id: ids.Cedar }])).toBe('Cedar');
    expect(await found([{ id: { $in: [ids.Cedar, ids.Dune, 'x'] } }])).toBe('Cedar Dune');
    expect(await found([{ agent_id: { $in: [ids.Ann, ids.Ben] } }])).toBe('Alder Birch');
    expect(await found([{ agent_id: { $not_equals: ids.Ann } }])).toBe('Birch Cedar Dune');
    expect(await found([{ 'owners.id': ids.Ann }])).toBe('Alder Cedar');
  });

  it('take entries of a filter together, and one that is no list for its only one', async () => {
    expect(await found([{ rooms: 5 }, { color: 'blue' }])).toBe('Cedar');
    expect(await found({ rooms: 3 })).toBe('Alder');
    expect(await found([])).toBe('Alder Birch Cedar Dune');
  });

  it.each([
    'filter=[{"name":"birch"}]',
    `filter=${encodeURIComponent('[{"name":{"$starts":"Bi"}}]')}`,
    'filter[0][name]=Birch',
    'filter[0][name][$starts]=B',
    `${encodeURIComponent('filter[0][name][$equals]')}=Birch`,
    'filter[0][$or][0][name]=Birch&filter[0][$or][1][name]=nobody',
    'filter[0][rooms]=5&filter[1][color][$in][]=dark%20red&filter[1][color][$in][]=green',
  ])('take a filter from the query as %s', async (query) => {
    for (const path of ['Houses', 'Houses/filter']) {
      expect(namesIn((await call('GET', `${base}/${path}?${query}`)).body)).toBe('Birch');
    }
  });

  it.each<[string, unknown]>([
    ['an unknown field', [{ nope: 1 }]],
    ['an unknown operator', [{ name: { $like: 'x' } }]],
    ['a field of the prototype', [{ constructor: 'x' }]],
    ['a value that cannot be', [{ rooms: 'many' }]],
    ['an operator that does not go with the field', [{ rooms: { $starts: '1' } }]],
    ['a range of one', [{ rooms: { $between: [1] } }]],
    ['a range of no dates', [{ built: { $dateBetween: ['x', 'y'] } }]],
    ['dates of no date', [{ rooms: { $dateRange: 'today' } }]],
    ['an unknown date range', [{ built: { $dateRange: 'constructor' } }]],
    ['text', 'x'],
    ['a list of text', ['x']],
    ['an $or that is no list of objects', [{ $or: ['x'] }]],
    ['text that cannot be stored', [{ name: 'a\u0000b' }]],
    ['an object in an object', [{ name: { $equals: { a: 1 } } }]],
    ['too many conditions', [{ $or: Array.from({ length: 501 }, () => ({ name: 'x' })) }]],
  ])('refuse a filter with %s', async (_name, filter) => {
    expect(await call('POST', `${base}/Houses/filter`, { filter })).toMatchObject(refused);
  });

  it('refuse what leads over a link that is not there, and filters that nobody saved', async () => {
    expect(await found([{ 'foo.name': 'x' }])).toBe('404 Could not find a relationship named: foo');
    expect(await call('GET', `${base}/Houses?filter_id=mine`)).toMatchObject({
      status: 404,
      body: { error: 'not_found' },
    });
  });

  it('are in the order that is asked for, with unset values last', async () => {
    const ordered = async (order: string) =>
      namesIn((await call('GET', `${base}/Houses?order_by=${order}&fields=name`)).body);
    expect(await ordered('name:DESC')).toBe('Dune Cedar Birch Alder');
    expect(await ordered('rooms:desc,name:asc')).toBe('Birch Cedar Alder Dune');
    expect(await ordered('rooms,name:DESC')).toBe('Alder Cedar Birch Dune');
    expect(await ordered('date_entered:DESC,id')).toMatch(/^Dune/);
    for (const order of ['nope', 'name:up', 'name:ASC:x', 'agent_name', ',']) {
      expect(await call('GET', `${base}/Houses?order_by=${order}`)).toMatchObject(refused);
    }
  });

  it('are searched by q, and hold nothing that is a favourite, or only what is mine', async () => {
    const listed = async (query: string) => namesIn((await call('GET', `${base}/Houses?${query}`)).body);
    expect(await listed('q=ald')).toBe('Alder');
    expect(await listed('q=')).toBe('Alder Birch Cedar Dune');
    expect(await listed('q=nowhere')).toBe('');
    expect(await listed('favorites=1')).toBe('');
    expect(await listed('favorites=0')).toBe('Alder Birch Cedar Dune');
    expect(await listed('my_items=1')).toBe('Birch');
  });

  it('are counted as they are filtered', async () => {
    const counts: [string, string, object | undefined, number][] = [
      ['GET', 'Houses/count', undefined, 4],
      ['GET', 'Houses/filter/count?filter[0][rooms]=5', undefined, 2],
      ['POST', 'Houses/filter/count', { filter: [{ rooms: 5 }] }, 2],
      ['GET', `Contacts/${ids.Ann}/link/owned_houses/count`, undefined, 2],
      ['GET', `Contacts/${ids.Ann}/link/owned_houses/filter/count?filter[0][name]=Cedar`, undefined, 1],
    ];
    for (const [method, path, body, count] of counts) {
      expect((await call(method, `${base}/${path}`, body)).body, path).toEqual({ record_count: count });
    }
  });

  it('of linked records are filtered, ordered and paged like any other', async () => {
    const path = `${base}/Contacts/${ids.Ann}/link/owned_houses`;
    expect(namesIn((await call('GET', `${path}?order_by=name:DESC`)).body)).toBe('Cedar Alder');
    expect(namesIn((await call('GET', `${path}/filter?filter[0][color]=blue`)).body)).toBe('Cedar');
    expect((await call('GET', `${path}?max_num=1`)).body).toMatchObject({ next_offset: 1 });
    expect((await call('GET', `${path}?max_num=1&offset=1`)).body).toMatchObject({ next_offset: -1 });
  });

  it('of linked records know no other record and no other link', async () => {
    const notFound = { status: 404, body: { error: 'not_found' } };
    for (const path of [
      `Contacts/${ids.Ann}/link/foo`,
      'Contacts/nobody/link/houses',
      'Contacts/x/link/houses/count',
    ]) {
      expect(await call('GET', `${base}/${path}`)).toMatchObject(notFound);
    }
  });

  it('show deleted records to administrators that ask for them, as little of them as there is', async () => {
    const gone = idOf(await call('POST', `${base}/Houses`, { name: 'Gone', color: 'grey' }));
    await call('DELETE', `${base}/Houses/${gone}`);
    expect(await found([])).toBe('Alder Birch Cedar Dune');
    const { body } = await call('GET', `${base}/Houses?deleted=true`);
    const { records } = body as { records: { id: string }[] };
    expect(records).toHaveLength(5);
    expect(records.find(({ id }) => id === gone)).toEqual({
      id: gone,
      date_modified: expect.any(String),
      deleted: true,
      _module: 'Houses',
    });
    expect((await call('GET', `${base}/Houses/count?deleted=1`)).body).toEqual({ record_count: 5 });
    expect(await call('GET', `${base}/Houses?deleted=true`, undefined, { as: 'member' })).toMatchObject({
      status: 403,
      body: { error: 'not_authorized' },
    });
  });
});
