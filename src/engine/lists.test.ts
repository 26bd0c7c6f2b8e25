import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { amend, itemsOf, key, merged } from '../../test/steps.ts';
import type { Condition, Filter, ListQuery, Sort } from '../model/commands.ts';
import { byKey } from '../model/ref.ts';

let fresh: FreshHub;

/** Records by their name, `r0` to `r5`; r5 has nothing but its name. */
const rows: Record<string, unknown>[] = [
  {
    text: 'apple',
    number_: 1,
    price: 0.5,
    done: true,
    day: '2026-01-01',
    at: '2026-01-01T00:00:00Z',
    color: 'red',
    tags: ['x'],
  },
  {
    text: 'Apple',
    number_: 2,
    price: 10,
    done: false,
    day: '2026-01-02',
    at: '2026-01-01T00:00:00.001Z',
    color: 'green',
    tags: ['x', 'y'],
  },
  {
    text: 'banana',
    number_: 10,
    price: -3,
    done: true,
    day: '2025-12-31',
    at: '2025-12-31T23:59:59Z',
    color: 'red',
    tags: ['y'],
  },
  {
    text: '50%_off\\',
    number_: -7,
    price: 2.25,
    done: false,
    day: '2024-02-29',
    at: '2026-01-01T00:30:00+01:00',
    color: 'blue',
  },
  {
    text: '',
    number_: 0,
    price: 0,
    done: false,
    day: '2026-01-01',
    at: '2030-01-01T00:00:00Z',
    color: 'green',
    tags: [],
  },
  {},
];

beforeAll(async () => {
  fresh = await freshHub();
  const options = ['red', 'green', 'blue'].map((value) => ({ value }));
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        fruit: {
          fields: {
            text: { type: 'text' },
            number_: { type: 'integer' },
            price: { type: 'decimal' },
            done: { type: 'boolean' },
            day: { type: 'date' },
            at: { type: 'datetime' },
            color: { type: 'enum', options },
            tags: { type: 'multi_enum', options: [{ value: 'x' }, { value: 'y' }] },
          },
        },
      },
    }),
  );
  for (const [index, fields] of rows.entries())
    await fresh.hub.upsert(fresh.admin, { type: 'fruit', ref: key(`r${index}`), mode: 'create', fields });
});
afterAll(() => fresh.close());

const list = (query: Partial<ListQuery>) =>
  fresh.hub.list(fresh.admin, { type: 'fruit', filters: [], sort: [], limit: 100, ...query });
const keysOf = async (query: Partial<ListQuery>): Promise<string> =>
  itemsOf(await list(query))
    .map((record) => record.fields.external_id)
    .join(' ');
const filtered = (field: string, op: Filter['op'], value: unknown) => keysOf({ filters: [{ field, op, value }] });

describe('a filter', () => {
  it.each<[string, Filter['op'], unknown, string]>([
    ['text', 'eq', 'apple', 'r0'],
    ['text', 'eq', '', 'r4'],
    ['text', 'gt', 'a', 'r0 r2'],
    ['text', 'lt', 'a', 'r1 r3 r4'],
    ['text', 'in', ['apple', 'banana', 'none'], 'r0 r2'],
    ['text', 'in', [], ''],
    ['text', 'starts', '50%_', 'r3'],
    ['text', 'starts', '%', ''],
    ['text', 'starts', '_', ''],
    ['text', 'ends', 'na', 'r2'],
    ['text', 'ends', '%', ''],
    ['color', 'starts', 'gr', 'r1 r4'],
    ['id', 'in', [], ''],
    ['id', 'eq', 'nobody', ''],
    ['text', 'ends', 'more than banana', ''],
    ['text', 'contains', 'ana', 'r2'],
    ['text', 'contains', '%', 'r3'],
    ['text', 'contains', '_', 'r3'],
    ['text', 'contains', '\\', 'r3'],
    ['text', 'null', true, 'r5'],
    ['text', 'null', false, 'r0 r1 r2 r3 r4'],
    ['number_', 'eq', 10, 'r2'],
    ['number_', 'gt', 1, 'r1 r2'],
    ['number_', 'gte', 1, 'r0 r1 r2'],
    ['number_', 'lt', 0, 'r3'],
    ['number_', 'lte', 0, 'r3 r4'],
    ['number_', 'in', [0, 10], 'r2 r4'],
    ['price', 'gt', 2, 'r1 r3'],
    ['price', 'lte', -3, 'r2'],
    ['price', 'eq', 0.5, 'r0'],
    ['done', 'eq', true, 'r0 r2'],
    ['done', 'eq', false, 'r1 r3 r4'],
    ['done', 'null', true, 'r5'],
    ['day', 'eq', '2026-01-01', 'r0 r4'],
    ['day', 'lt', '2026-01-01', 'r2 r3'],
    ['day', 'gte', '2026-01-02', 'r1'],
    ['at', 'eq', '2026-01-01T01:00:00+01:00', 'r0'],
    ['at', 'gt', '2026-01-01T00:00:00Z', 'r1 r4'],
    ['at', 'lt', '2026-01-01T00:00:00.000Z', 'r2 r3'],
    ['color', 'eq', 'red', 'r0 r2'],
    ['color', 'in', ['green', 'blue'], 'r1 r3 r4'],
    ['tags', 'null', true, 'r3 r4 r5'],
    ['external_id', 'eq', 'r3', 'r3'],
    ['external_id', 'gt', 'r3', 'r4 r5'],
    ['external_id', 'in', ['r0', 'r5'], 'r0 r5'],
    ['external_id', 'starts', 'r', 'r0 r1 r2 r3 r4 r5'],
    ['external_id', 'null', false, 'r0 r1 r2 r3 r4 r5'],
    ['sync_key', 'null', true, 'r0 r1 r2 r3 r4 r5'],
    ['version', 'eq', 1, 'r0 r1 r2 r3 r4 r5'],
    ['version', 'gt', 1, ''],
    ['created_at', 'gt', '2020-01-01T00:00:00Z', 'r0 r1 r2 r3 r4 r5'],
    ['updated_at', 'lt', '2020-01-01T00:00:00Z', ''],
  ])('%s %s %j gives %s', async (field, op, value, expected) => {
    expect(await filtered(field, op, value)).toBe(expected);
  });

  it('ne is all the others', async () => {
    for (const [field, value] of [
      ['text', 'apple'],
      ['number_', 1],
      ['done', true],
      ['color', 'red'],
      ['external_id', 'r0'],
    ] as const) {
      const equal = (await filtered(field, 'eq', value)).split(' ');
      const others = (await filtered(field, 'ne', value)).split(' ');
      for (const one of equal) expect(others).not.toContain(one);
      expect(others.length + equal.length).toBeGreaterThanOrEqual(5);
    }
  });

  it('and another both hold', async () => {
    const filters: Filter[] = [
      { field: 'color', op: 'eq', value: 'red' },
      { field: 'number_', op: 'gt', value: 1 },
    ];
    expect(await keysOf({ filters })).toBe('r2');
  });

  it('is put together with others by all, any and not', async () => {
    const red: Condition = { field: 'color', op: 'eq', value: 'red' };
    const many: Condition = { field: 'number_', op: 'gt', value: 1 };
    const total = async (filters: readonly Condition[]): Promise<unknown> =>
      fresh.hub.countListed(fresh.admin, { type: 'fruit', filters });
    for (const [condition, expected] of [
      [{ any: [red, many] }, 'r0 r1 r2'],
      [{ all: [red, many] }, 'r2'],
      [{ not: red }, 'r1 r3 r4 r5'],
      [{ all: [{ not: red }, { any: [many, { field: 'text', op: 'null', value: true }] }] }, 'r1 r5'],
      [{ not: { not: { all: [red, { not: many }] } } }, 'r0'],
      [{ any: [] }, ''],
      [{ all: [] }, 'r0 r1 r2 r3 r4 r5'],
    ] as const satisfies [Condition, string][]) {
      expect([condition, await keysOf({ filters: [condition] })]).toEqual([condition, expected]);
      const count = expected === '' ? 0 : expected.split(' ').length;
      expect(await total([condition])).toEqual({ kind: 'counted', count });
    }
    const nope: Condition = { any: [red, { not: { field: 'nope', op: 'eq', value: 1 } }] };
    expect((await list({ filters: [nope] })).kind).toBe('rejected');
    expect(await total([{ not: { field: 'done', op: 'starts', value: 'x' } }])).toMatchObject({
      kind: 'list_rejected',
    });
  });

  it('passes over as many as are to be skipped', async () => {
    expect(await keysOf({ skip: 2, limit: 3 })).toBe('r2 r3 r4');
    expect(await keysOf({ skip: 6 })).toBe('');
  });

  const hostile: unknown[] = [
    '',
    'x',
    'a\u0000b',
    '\ud800',
    1e308,
    -0,
    2 ** 53,
    Number.NaN,
    true,
    null,
    [],
    [null],
    [[]],
    {},
    { a: 1 },
    ['a\u0000'],
    "'; drop table record; --",
    undefined,
  ];
  const operators: Filter['op'][] = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'starts', 'ends', 'contains', 'null'];

  it('of any field, operator and value gives a page or a refusal of the filter, and no fault', async () => {
    const fields = [
      'text',
      'number_',
      'price',
      'done',
      'day',
      'at',
      'color',
      'tags',
      'external_id',
      'name',
      'number',
      'id',
      'version',
      'created_at',
      'created_by',
      'constructor',
      '__proto__',
      'nope',
      '',
    ];
    for (const field of fields) {
      const outcomes = await Promise.all(
        operators.flatMap((op) => hostile.map((value) => list({ filters: [{ field, op, value }], limit: 1 }))),
      );
      for (const outcome of outcomes) {
        if (outcome.kind === 'list_rejected') expect(outcome.parameter).toBe('filter');
        else expect(outcome.kind).toMatch(/page|rejected/);
      }
    }
  });

  it('of a field that is not there is refused', async () => {
    for (const field of ['nope', '', 'constructor', '__proto__', 'external_id; --', 'TEXT']) {
      const outcome = await list({ filters: [{ field, op: 'eq', value: 'x' }] });
      expect(outcome.kind).not.toBe('page');
    }
  });

  it('with a value that is none of the field is refused, and not taken for empty', async () => {
    for (const [field, value] of [
      ['number_', 'x'],
      ['done', 'yes'],
      ['price', 'x'],
      ['number', 'x'],
    ] as const)
      expect(await list({ filters: [{ field, op: 'eq', value }] })).toMatchObject({
        kind: 'list_rejected',
        parameter: 'filter',
      });
  });
});

describe('a sort', () => {
  it.each([
    'text',
    'number_',
    'price',
    'done',
    'day',
    'at',
    'color',
    'external_id',
    'sync_key',
    'number',
    'created_at',
    'updated_at',
    'version',
  ])(
    'by %s is the same forwards page by page as at once, and backwards the reverse, with unset values last',
    async (field) => {
      for (const descending of [false, true]) {
        const sort: Sort[] = [{ field, descending }];
        const whole = await keysOf({ sort });
        expect(whole.split(' ').sort().join(' ')).toBe('r0 r1 r2 r3 r4 r5');
        for (const limit of [1, 2, 4]) expect((await walk({ sort, limit })).join(' ')).toBe(whole);
      }
      const [up, down] = [
        await keysOf({ sort: [{ field, descending: false }] }),
        await keysOf({ sort: [{ field, descending: true }] }),
      ];
      // r5 has no values of its own, and no record has a sync key: what is unset stands last in both directions.
      const set = (keys: string) => (field === 'sync_key' ? [] : keys.split(' ').slice(0, rows.length - unset));
      const unset = ['external_id', 'number', 'created_at', 'updated_at', 'version'].includes(field) ? 0 : 1;
      expect(set(down).reverse()).toEqual(set(up));
      if (unset === 1 && field !== 'sync_key') expect([up.slice(-2), down.slice(-2)]).toEqual(['r5', 'r5']);
    },
  );

  it('orders values as they are, and not as text', async () => {
    expect((await keysOf({ sort: [{ field: 'number_', descending: false }] })).replace(/ ?r5 ?/, '')).toBe(
      'r3 r4 r0 r1 r2',
    );
    expect((await keysOf({ sort: [{ field: 'price', descending: false }] })).replace(/ ?r5 ?/, '')).toBe(
      'r2 r4 r0 r3 r1',
    );
    expect((await keysOf({ sort: [{ field: 'at', descending: false }] })).replace(/ ?r5 ?/, '')).toBe('r3 r2 r0 r1 r4');
  });

  it('by several fields breaks the ties of the first by the next', async () => {
    const sort = [
      { field: 'day', descending: true },
      { field: 'number_', descending: false },
    ];
    const whole = await keysOf({ sort });
    expect(whole.replace(/ ?r5 ?/, '')).toBe('r1 r4 r0 r2 r3');
    for (const limit of [1, 2, 3]) expect((await walk({ sort, limit })).join(' ')).toBe(whole);
  });

  it('by a field that is not there, or cannot be sorted by, is refused', async () => {
    for (const field of ['nope', '', 'constructor', '__proto__', "x'"]) {
      const outcome = await list({ sort: [{ field, descending: false }] });
      expect(outcome.kind).not.toBe('page');
    }
  });
});

async function walk(
  query: Partial<ListQuery>,
  between: () => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 200; pages++) {
    const page = await list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...itemsOf(page).map((record) => String(record.fields.external_id)));
    if (page.kind !== 'page' || page.next === null) return seen;
    cursor = page.next;
    await between();
  }
  throw new Error('The list has no end');
}

describe('a walk through pages', () => {
  it('shows what was there once, whatever is added and deleted meanwhile', async () => {
    const put = (id: string, number_: number | null) =>
      fresh.hub.upsert(fresh.admin, { type: 'fruit', ref: key(id), mode: 'upsert', fields: { text: 'walk', number_ } });
    for (let index = 0; index < 30; index++) await put(`w${index}`, index % 4 === 0 ? null : index % 5);
    const filters: Filter[] = [{ field: 'text', op: 'eq', value: 'walk' }];
    const sorts: Sort[][] = [
      [],
      [{ field: 'number_', descending: false }],
      [{ field: 'number_', descending: true }],
      [{ field: 'updated_at', descending: true }],
    ];
    let added = 0;
    for (const sort of sorts) {
      const seen = await walk({ filters, sort, limit: 4 }, async () => {
        added += 1;
        await put(`new-${added}`, added % 6);
        await put(`new-null-${added}`, null);
      });
      for (let index = 0; index < 30; index++) expect(seen.filter((one) => one === `w${index}`)).toHaveLength(1);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  it('goes on after the record at the cursor was deleted', async () => {
    const filters: Filter[] = [{ field: 'text', op: 'eq', value: 'gone' }];
    for (const id of ['g1', 'g2', 'g3', 'g4'])
      await fresh.hub.upsert(fresh.admin, { type: 'fruit', ref: key(id), mode: 'upsert', fields: { text: 'gone' } });
    const first = await list({ filters, limit: 2 });
    if (first.kind !== 'page' || first.next === null) throw new Error(first.kind);
    await fresh.hub.delete(fresh.admin, { type: 'fruit', ref: key('g2') });
    expect(await keysOf({ filters, limit: 2, cursor: first.next })).toBe('g3 g4');
  });

  it('takes no cursor of another list', async () => {
    const sort: Sort[] = [{ field: 'day', descending: false }];
    const page = await list({ sort, limit: 2 });
    if (page.kind !== 'page' || page.next === null) throw new Error(page.kind);
    const cursor = page.next;
    const others: Partial<ListQuery>[] = [
      { sort: [], cursor },
      { sort: [{ field: 'day', descending: true }], cursor },
      { sort: [{ field: 'at', descending: false }], cursor },
      { sort, filters: [{ field: 'done', op: 'eq', value: true }], cursor },
      { sort, type: 'contact', cursor },
      { type: 'claim', sort: [], cursor },
    ];
    for (const query of others) expect((await list({ limit: 2, ...query })).kind).not.toBe('page');
    const links = await fresh.hub.links(fresh.admin, { type: 'contact', limit: 2, cursor });
    expect(links).toMatchObject({ kind: 'list_rejected', parameter: 'cursor' });
  });

  it.each([
    '',
    'x',
    'e30',
    '{}',
    'null',
    'W10',
    '%00',
    'a\u0000',
    'AAAA',
    Buffer.from('{"__proto__":1}').toString('base64url'),
    'x'.repeat(10_000),
  ])('takes no cursor that is none: %j', async (cursor) => {
    expect(await list({ cursor })).toMatchObject({ kind: 'list_rejected', parameter: 'cursor' });
  });

  it('takes no cursor that was tampered with to a fault', async () => {
    const page = await list({ sort: [{ field: 'day', descending: false }], limit: 2 });
    if (page.kind !== 'page' || page.next === null) throw new Error(page.kind);
    const text = Buffer.from(page.next, 'base64url').toString();
    for (const other of [
      text.replaceAll('2026', '\\u0000'),
      text.replaceAll('2025', 'x'),
      text.replaceAll('2024', '{}'),
      text.slice(0, -1),
      text.replaceAll(/\d+/g, '1e400'),
    ]) {
      const outcome = await list({
        sort: [{ field: 'day', descending: false }],
        limit: 2,
        cursor: Buffer.from(other).toString('base64url'),
      });
      expect(outcome.kind).toMatch(/page|list_rejected/);
    }
  });

  it('has 1 to 1,000 records a page', async () => {
    for (const limit of [0, -1, 1001, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(await list({ limit })).toMatchObject({ kind: 'list_rejected', parameter: 'limit' });
    expect((await list({ limit: 1000 })).kind).toBe('page');
  });

  it('ends with no next on the last page, also when that is full', async () => {
    const filters: Filter[] = [{ field: 'external_id', op: 'in', value: ['r0', 'r1'] }];
    expect(await list({ filters, limit: 2 })).toMatchObject({ kind: 'page', next: null });
    expect(await list({ filters: [{ field: 'external_id', op: 'eq', value: 'none' }] })).toMatchObject({
      items: [],
      next: null,
    });
  });
});

describe('a history', () => {
  it('pages newest first, each change once', async () => {
    for (let index = 0; index < 7; index++)
      await fresh.hub.upsert(fresh.admin, {
        type: 'fruit',
        ref: byKey('sync_key', 'h'),
        mode: 'upsert',
        fields: { number_: index },
      });
    const versions: (number | null)[] = [];
    let cursor: string | undefined;
    do {
      const page = await fresh.hub.history(fresh.admin, {
        type: 'fruit',
        ref: byKey('sync_key', 'h'),
        limit: 3,
        ...(cursor ? { cursor } : {}),
      });
      versions.push(...itemsOf(page).map((change) => change.version));
      cursor = page.kind === 'page' ? (page.next ?? undefined) : undefined;
    } while (cursor !== undefined);
    expect(versions).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });
});
