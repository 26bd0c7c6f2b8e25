import { describe, expect, it } from 'vitest';
import { clientOf, demoServer, must, newObject, problemsOf, recordsOf } from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);
const record = (custom_object_record: unknown) => ({ custom_object_record });
const notFound = { status: 404, body: { error: 'RecordNotFound', description: 'Not found' } };

describe('creating a record', () => {
  it('answers 201 with all members, and its address as Location', async () => {
    const path = await newObject(admin, [{ key: 'color' }]);
    const answer = await admin.post(`${path}/records`, record({ name: 'Van', external_id: 5 }));
    expect(answer.status).toBe(201);
    const { custom_object_record: made } = answer.body;
    expect(answer.headers.get('location')).toBe(made.url);
    expect(Object.keys(made).sort()).toEqual([
      'created_at',
      'created_by_user_id',
      'custom_object_fields',
      'custom_object_key',
      'external_id',
      'id',
      'name',
      'photo',
      'updated_at',
      'updated_by_user_id',
      'url',
    ]);
    expect(made).toMatchObject({ external_id: '5', custom_object_fields: { color: null }, photo: null });
    expect(await admin.get(made.url)).toMatchObject({ status: 200, body: answer.body });
  });

  it('needs a name, also on a record type that does not', async () => {
    for (const path of [await newObject(admin), '/custom_objects/contact']) {
      for (const body of [undefined, record({}), record({ name: null }), record({ name: '' })]) {
        const answer = await admin.post(`${path}/records`, body);
        expect(answer.status).toBe(422);
        expect(problemsOf(answer)).toEqual({ name: ['BlankValue'] });
      }
    }
  });

  it('refuses an external id that is taken', async () => {
    const path = await newObject(admin);
    await must(admin.post(`${path}/records`, record({ name: 'Van', external_id: 'A' })), 201);
    const answer = await admin.post(`${path}/records`, record({ name: 'Bus', external_id: 'A' }));
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toEqual({ external_id: ['DuplicateValue'] });
  });

  it('takes any number of records without external id', async () => {
    const path = await newObject(admin);
    for (const external_id of [null, '', undefined]) {
      await must(admin.post(`${path}/records`, record({ name: 'Van', external_id })), 201);
    }
    expect(await recordsOf(admin, path)).toHaveLength(3);
  });

  it('refuses a record of more than 32 KB', async () => {
    const path = await newObject(admin, [{ key: 'note', type: 'textarea' }]);
    const answer = await admin.post(
      `${path}/records`,
      record({ name: 'Van', custom_object_fields: { note: 'x'.repeat(33_000) } }),
    );
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toEqual({ base: ['TooLong'] });
  });
});

describe('a record by its id', () => {
  it('is changed in what is given, and deleted', async () => {
    const path = await newObject(admin, [{ key: 'color' }, { key: 'size' }]);
    const made = await must(
      admin.post(`${path}/records`, record({ name: 'Van', custom_object_fields: { color: 'red', size: 'L' } })),
      201,
    );
    const one = `${path}/records/${made.body.custom_object_record.id}`;
    const changed = await admin.patch(
      `${one}.json`,
      record({ external_id: 'A', custom_object_fields: { color: null } }),
    );
    expect(changed.status).toBe(200);
    expect(changed.body.custom_object_record).toMatchObject({
      name: 'Van',
      external_id: 'A',
      custom_object_fields: { color: null, size: 'L' },
    });
    const cleared = await admin.patch(one, record({ external_id: null }));
    expect(cleared.body.custom_object_record.external_id).toBeNull();

    const gone = await admin.delete(one);
    expect(gone.status).toBe(204);
    expect(gone.body).toBeUndefined();
    for (const answer of [
      await admin.get(one),
      await admin.patch(one, record({ name: 'Bus' })),
      await admin.delete(one),
    ]) {
      expect(answer).toMatchObject(notFound);
    }
  });

  it('is not found by another object`s path, by a number, a GUID or small letters', async () => {
    const path = await newObject(admin);
    const other = await newObject(admin);
    const { body } = await must(admin.post(`${path}/records`, record({ name: 'Van' })), 201);
    const { id } = body.custom_object_record;
    for (const wrong of [
      `${other}/records/${id}`,
      `${path}/records/${id.toLowerCase()}`,
      '/custom_objects/claim/records/5001',
      `${path}/records/00000000000000000000000000`,
    ]) {
      expect(await admin.get(wrong), wrong).toMatchObject(notFound);
    }
  });
});

describe('deleting by identifier', () => {
  it('finds by external id, and by name where names are unique', async () => {
    const path = await newObject(admin, [], { uniqueNames: true });
    await must(admin.post(`${path}/records`, record({ name: 'Van', external_id: 'A' })), 201);
    await must(admin.post(`${path}/records`, record({ name: 'Bus' })), 201);
    expect((await admin.delete(`${path}/records?external_id=A&name=Van`)).status).toBe(400);
    expect((await admin.delete(`${path}/records`)).status).toBe(400);
    await must(admin.delete(`${path}/records?external_id=A`), 204);
    await must(admin.delete(`${path}/records.json?name=Bus`), 204);
    expect(await admin.delete(`${path}/records?name=Bus`)).toMatchObject(notFound);
    expect(await admin.delete(`${path}/records?external_id=A`)).toMatchObject(notFound);
    const notUnique = await newObject(admin);
    expect((await admin.delete(`${notUnique}/records?name=Van`)).status).toBe(422);
  });
});

describe('lists', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const filled = async (): Promise<string> => {
    const path = await newObject(admin);
    for (const name of names) {
      await must(admin.post(`${path}/records`, record({ name, external_id: `X${name}` })), 201);
    }
    return path;
  };
  /** The names on every page from the first on, by the addresses that the answers give. */
  const walk = async (url: string, direction: 'next' | 'prev' = 'next'): Promise<string[][]> => {
    const pages: string[][] = [];
    for (let address: string | null = url; address !== null; ) {
      const { body } = await must(admin.get(address), 200);
      pages.push(body.custom_object_records.map(({ name }: { name: string }) => name));
      if (direction === 'next') expect(body.meta.has_more).toBe(body.links.next !== null);
      address = body.links[direction];
    }
    return pages;
  };

  it('come in pages by id, without an empty one at the end', async () => {
    const path = await filled();
    expect(await walk(`${path}/records`)).toEqual([names]);
    expect(await walk(`${path}/records?page[size]=2`)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(await walk(`${path}/records.json?page%5Bsize%5D=5`)).toEqual([names]);
    expect(await walk(`${path}/records?sort=-id&page[size]=3`)).toEqual([
      ['e', 'd', 'c'],
      ['b', 'a'],
    ]);
  });

  it('give both cursors and absolute addresses, and lead back', async () => {
    const path = await filled();
    const first = await must(admin.get(`${path}/records?page[size]=2&sort=id`), 200);
    expect(first.body.meta).toEqual({ has_more: true, after_cursor: expect.any(String), before_cursor: null });
    expect(first.body.links.prev).toBeNull();
    expect(first.body.links.next).toMatch(`${server.origin}/api/v2${path}/records.json?sort=id&page%5Bafter%5D=`);
    const after = encodeURIComponent(first.body.meta.after_cursor);
    const second = await must(admin.get(`${path}/records?page[size]=2&sort=id&page[after]=${after}`), 200);
    expect(second.body.custom_object_records).toMatchObject([{ name: 'c' }, { name: 'd' }]);
    const third = await must(admin.get(second.body.links.next), 200);
    expect(await walk(third.body.links.prev, 'prev')).toEqual([
      ['c', 'd'],
      ['a', 'b'],
    ]);
    const back = await must(admin.get(second.body.links.prev), 200);
    expect(back.body).toMatchObject({ meta: { has_more: true, before_cursor: null }, links: { prev: null } });
    expect(await walk(back.body.links.next)).toEqual([['c', 'd'], ['e']]);
  });

  it('skip and repeat nothing when records are inserted or deleted between pages', async () => {
    const path = await filled();
    const first = await must(admin.get(`${path}/records?page[size]=2`), 200);
    await must(admin.delete(`${path}/records?external_id=Xb`), 204);
    await must(admin.post(`${path}/records`, record({ name: 'f' })), 201);
    expect(await walk(first.body.links.next)).toEqual([
      ['c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('sort by the time of change, in both directions and over pages', async () => {
    const path = await filled();
    for (const key of ['Xc', 'Xa']) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await must(admin.patch(`${path}/records?external_id=${key}`, record({ name: `${key[1]}!` })), 200);
    }
    const rising = ['b', 'd', 'e', 'c!', 'a!'];
    for (const size of [1, 2, 3, 5]) {
      const up = await walk(`${path}/records?sort=updated_at&page[size]=${size}`);
      const down = await walk(`${path}/records?sort=-updated_at&page[size]=${size}`);
      expect(up.flat(), `size ${size}`).toEqual(rising);
      expect(down.flat(), `size ${size}`).toEqual(rising.toReversed());
    }
    const first = await must(admin.get(`${path}/records?sort=updated_at&page[size]=2`), 200);
    const second = await must(admin.get(first.body.links.next), 200);
    expect(await walk(second.body.links.prev, 'prev')).toEqual([['b', 'd']]);
  });

  it('filter by ids and by external ids, which are case-sensitive', async () => {
    const path = await filled();
    const all = await recordsOf(admin, path);
    const [a, , c] = all.map(({ id }) => id);
    const listed = async (query: string) => (await walk(`${path}/records?${query}`)).flat();
    expect(await listed(`filter[ids]=${a},${c}`)).toEqual(['a', 'c']);
    expect(await listed(`filter%5Bids%5D=${a?.toLowerCase()},unheard-of`)).toEqual([]);
    expect(await listed('filter[external_ids]=Xe,Xb,xa')).toEqual(['b', 'e']);
    expect(await listed(`filter[external_ids]=Xa,Xb&filter[ids]=${a}`)).toEqual(['a']);
    expect(await listed('filter[external_ids]=')).toEqual([]);
    expect(await walk(`${path}/records?filter[external_ids]=Xa,Xb,Xc&page[size]=2`)).toEqual([['a', 'b'], ['c']]);
  });

  it('refuse pages, orders and filters that are none', async () => {
    const path = await filled();
    for (const query of [
      'page[size]=0',
      'page[size]=101',
      'page[size]=x',
      'page[after]=rubbish',
      'page[before]=e30',
      'page[after]=a&page[before]=b',
      'page=2',
    ]) {
      const answer = await admin.get(`${path}/records?${query}`);
      expect(answer.status, query).toBe(400);
      expect(answer.body.errors[0].code, query).toBe('InvalidPaginationParameter');
    }
    const { body } = await must(admin.get(`${path}/records?page[size]=2`), 200);
    expect((await admin.get(`${path}/records?sort=updated_at&page[after]=${body.meta.after_cursor}`)).status).toBe(400);
    for (const query of ['sort=name', 'sort=', 'filter[name]=a', 'filter=a']) {
      expect((await admin.get(`${path}/records?${query}`)).body, query).toMatchObject({
        error: { title: 'Invalid attribute' },
      });
    }
  });

  it('are counted', async () => {
    const path = await filled();
    await must(admin.delete(`${path}/records?external_id=Xa`), 204);
    const { body } = await must(admin.get(`${path}/records/count.json`), 200);
    expect(body).toEqual({ count: { value: 4, refreshed_at: expect.stringMatching(/Z$/) } });
  });
});
