/** Conditions of a list that join others, searches for words, and pages in both directions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { amend, itemsOf, key, merged } from '../../test/steps.ts';
import type { Condition, Filter, ListQuery, Sort } from '../model/commands.ts';

let fresh: FreshHub;

/** By external id. */
const notes: Record<string, Record<string, unknown>> = {
  n0: { title: 'Steel beam', body: 'red paint', weight: 10 },
  n1: { title: 'steel-plate', body: 'Blue PAINT, red edge', weight: 20, about: key('n0') },
  n2: { title: 'Ölfarbe', body: null, weight: 30, about: key('n0') },
  n3: { title: 'stainless steel', code: 'A.7(b)', weight: 20 },
  n4: {},
};

beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        note: {
          fields: {
            title: { type: 'text' },
            body: { type: 'textarea' },
            code: { type: 'text', unique: true },
            weight: { type: 'integer' },
            about: { type: 'lookup', to: 'note', inverse: 'remarks' },
          },
        },
      },
    }),
  );
  for (const [id, fields] of Object.entries(notes))
    await fresh.hub.upsert(fresh.admin, { type: 'note', ref: key(id), mode: 'create', fields });
});
afterAll(() => fresh.close());

const list = (query: Partial<ListQuery>) =>
  fresh.hub.list(fresh.admin, { type: 'note', filters: [], sort: [], limit: 100, ...query });
const keysOf = async (query: Partial<ListQuery>): Promise<string> =>
  itemsOf(await list(query))
    .map((record) => record.fields.external_id)
    .join(' ');

const heavy: Filter = { field: 'weight', op: 'gt', value: 15 };
const steel: Filter = { field: 'title', op: 'contains', value: 'steel' };
const oil: Filter = { field: 'title', op: 'starts', value: 'Öl' };

describe('conditions', () => {
  it.each<[string, Condition[], string]>([
    ['all of them hold', [heavy, steel], 'n1 n3'],
    ['all', [{ all: [heavy, steel] }], 'n1 n3'],
    ['any', [{ any: [steel, oil] }], 'n0 n1 n2 n3'],
    ['not, which an unset value passes', [{ not: { any: [steel, oil] } }], 'n4'],
    ['one in another', [heavy, { any: [oil, { not: { field: 'code', op: 'null', value: true } }] }], 'n2 n3'],
    ['all of nothing', [{ all: [] }], 'n0 n1 n2 n3 n4'],
    ['any of nothing', [{ any: [] }], ''],
    ['a lookup', [{ any: [{ field: 'about', op: 'in', value: [0] }, oil] }], 'n2'],
  ])('%s', async (_name, filters, keys) => {
    expect(await keysOf({ filters })).toBe(keys);
    const count = keys === '' ? 0 : keys.split(' ').length;
    expect(await fresh.hub.countListed(fresh.admin, { type: 'note', filters })).toEqual({ kind: 'counted', count });
  });

  it('finds records by the record that a lookup points to, and by who made and changed them', async () => {
    const [target] = itemsOf(await list({ filters: [{ field: 'external_id', op: 'eq', value: 'n0' }] }));
    const { number } = target ?? { number: 0 };
    expect(await keysOf({ filters: [{ field: 'about', op: 'eq', value: number }] })).toBe('n1 n2');
    expect(await keysOf({ filters: [{ not: { field: 'about', op: 'in', value: [number] } }] })).toBe('n0 n3 n4');
    const { id } = fresh.admin.principal;
    for (const field of ['created_by', 'updated_by']) {
      expect(await keysOf({ filters: [{ field, op: 'eq', value: id }] })).toBe('n0 n1 n2 n3 n4');
      expect(await keysOf({ filters: [{ field, op: 'eq', value: id + 1 }] })).toBe('');
    }
  });

  it('ignores case in every script when it looks for text within text', async () => {
    expect(await keysOf({ filters: [{ field: 'title', op: 'contains', value: 'öLFARB' }] })).toBe('n2');
  });

  it('refuses a part that is wrong, however deep it is', async () => {
    const wrong: Condition = { any: [{ all: [{ field: 'weight', op: 'contains', value: '1' }] }] };
    expect(await list({ filters: [wrong] })).toMatchObject({ kind: 'list_rejected', parameter: 'filter' });
    expect(await list({ filters: [{ not: { field: 'nothing', op: 'eq', value: 1 } }] })).toMatchObject({
      kind: 'rejected',
      violations: [{ code: 'unknown_field' }],
    });
    expect(await fresh.hub.countListed(fresh.admin, { type: 'note', filters: [wrong] })).toMatchObject({
      kind: 'list_rejected',
    });
  });
});

describe('a search', () => {
  const search = (...words: string[]) => ({ words, fields: ['title', 'body', 'code'] });

  it.each([
    ['begins of words, in any case', search('STE'), 'n0 n1 n3'],
    ['not their middles', search('eel', 'aint'), ''],
    ['words behind a hyphen or a comma', search('plate', 'edge'), 'n1'],
    ['any of several words', search('öl', 'stainless'), 'n2 n3'],
    ['signs as they are, not as a pattern', search('a.7(b)'), 'n3'],
    ['nothing where a sign would be a pattern', search('.*', '[a-z]', 'a|b', '\\w', '^s'), ''],
    ['nothing without words', search(), ''],
    ['nothing for text that cannot be stored', search('\u0000'), ''],
  ])('finds %s', async (_name, words, keys) => {
    expect(await keysOf({ filters: [words] })).toBe(keys);
  });

  it('sorts by how many of the words a record has', async () => {
    const words = search('steel', 'red', 'blue');
    const sort: Sort[] = [
      { found: words, descending: true },
      { field: 'number', descending: false },
    ];
    expect(await keysOf({ filters: [words], sort })).toBe('n1 n0 n3');
    const first = await list({ filters: [words], sort, limit: 1 });
    const cursor = first.kind === 'page' ? (first.next ?? '') : '';
    expect(await keysOf({ filters: [words], sort, limit: 1, cursor })).toBe('n0');
  });

  it('refuses fields that have no words', async () => {
    for (const field of ['weight', 'about', 'number', 'updated_at'])
      expect(await list({ filters: [{ words: ['a'], fields: [field] }] })).toMatchObject({ kind: 'list_rejected' });
  });
});

describe('pages', () => {
  const sorts: Sort[][] = [
    [],
    [{ field: 'number', descending: true }],
    ...['title', 'weight', 'code', 'about', 'updated_at'].flatMap((field) => [
      [{ field, descending: false }],
      [{ field, descending: true }],
      [
        { field, descending: true },
        { field: 'number', descending: false },
      ],
    ]),
  ];

  it.each(sorts)('lead back the way they came, sorted by %o', async (...sort) => {
    const all = (await keysOf({ sort })).split(' ');
    for (const limit of [1, 2, 3]) {
      let page = await list({ sort, limit });
      const there: string[][] = [];
      for (;;) {
        if (page.kind !== 'page') throw new Error(page.kind);
        there.push(page.items.map((one) => String(one.fields.external_id)));
        if (page.next === null) break;
        page = await list({ sort, limit, cursor: page.next });
      }
      expect(there.flat()).toEqual(all);
      const back: string[][] = [];
      for (;;) {
        if (page.kind !== 'page') throw new Error(page.kind);
        back.unshift(page.items.map((one) => String(one.fields.external_id)));
        if (page.previous === null) break;
        page = await list({ sort, limit, cursor: page.previous });
      }
      expect(back.flat()).toEqual(all);
    }
  });

  it('know that the first one has none before it', async () => {
    expect(await list({ limit: 2 })).toMatchObject({ previous: null });
  });

  it('refuse a cursor of the other list', async () => {
    const page = await list({ limit: 2 });
    const cursor = page.kind === 'page' ? (page.next ?? '') : '';
    expect(await list({ filters: [{ all: [] }], cursor })).toMatchObject({ parameter: 'cursor' });
  });
});
