// Whatever is asked of a list, its answer is the same with the index of filterable fields and without, whichever way it is found.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { amend, key, merged, query, recordOf } from '../../../test/steps.ts';
import { compileAll, compileSort } from '../../engine/read/conditions.ts';
import { entriesOf } from '../../engine/write/working/index-entries.ts';
import type { Catalogue, RecordType } from '../../model/catalogue.ts';
import type { Condition, Sort } from '../../model/commands.ts';
import type { FieldDocument } from '../../model/schema.ts';
import { type Database, openDatabase, type Transaction } from '../postgres/database.ts';
import type { Entry } from '../records/field-index.ts';
import { type RecordRow, valuesOf } from '../records/records.ts';
import type { ListCondition, ListSort } from './conditions.ts';
import { type Bounds, usualBounds } from './list-by-index.ts';
import { countSelected, listRecords } from './record-list.ts';

const long = 'x'.repeat(512);
/** Texts that differ beyond what is sorted, at its end, in case, in bytes and not in UTF-16, and at the ends of all text. */
const texts = [
  ...[
    '',
    ' ',
    'a',
    'A',
    'a b',
    'ab',
    'b',
    'é',
    'e\u0301',
    'İ',
    '0',
    '-1',
    'null',
    'true',
    'Infinity',
    '%',
    '_',
    '\\',
    "'",
  ],
  ...['x'.repeat(511), long, `${long}a`, `${long}b`, `${long}${long}`, '😀'.repeat(600), `${'😀'.repeat(600)}!`],
  ...['\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', '\u{10ffff}\u{10ffff}', 'a\u{10ffff}', 'a\u{10ffff}b'],
];
const integers = [0, -0, 1, -1, 2, 10, 9_007_199_254_740_991, -9_007_199_254_740_991];
const decimals = [0, 0.1, 0.3, -0.1, 0.000001, 1.5, 123_456.789, 99_999_999_999_999.9, -1e14, 1];
const days = ['0001-01-01', '1999-12-31', '2026-02-28', '2026-03-01', '9999-12-31'];
const times = days.flatMap((day) => [`${day}T00:00:00Z`, `${day}T00:00:00.001Z`]);
const options = ['red', 'Red', 'green', '', 'blue'].filter((option) => option !== '');

const kinds = {
  text: { field: { type: 'text' }, values: texts },
  notes: { field: { type: 'textarea' }, values: texts },
  whole: { field: { type: 'integer' }, values: integers },
  price: { field: { type: 'decimal' }, values: decimals },
  done: { field: { type: 'boolean' }, values: [true, false] },
  day: { field: { type: 'date' }, values: days },
  at: { field: { type: 'datetime' }, values: times },
  color: { field: { type: 'enum', options: options.map((value) => ({ value })) }, values: options },
  tags: { field: { type: 'multi_enum', options: options.map((value) => ({ value })) }, values: options },
  code: { field: { type: 'text', unique: true, key_rule: ['trim', 'fold'] }, values: [] },
} as const;
type Name = keyof typeof kinds;
const names = Object.keys(kinds) as Name[];

const filterable = (field: object): FieldDocument => ({ ...field, filterable: true }) as FieldDocument;
const fields = Object.fromEntries(names.map((name) => [name, filterable(kinds[name].field)]));

const orUnset = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: null, freq: 4 });
const written = fc.record({
  ...(Object.fromEntries(
    names.flatMap((name) =>
      name === 'tags' || name === 'code' ? [] : [[name, orUnset(kinds[name].values as readonly unknown[])]],
    ),
  ) as Record<string, fc.Arbitrary<unknown>>),
  tags: fc.uniqueArray(fc.constantFrom(...options), { maxLength: 3 }),
});

const comparing = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const;
function filterOn(name: Name): fc.Arbitrary<Condition> {
  const values = fc.constantFrom(
    ...(name === 'code' ? ['K3', 'k6', ' K9 ', 'K'] : (kinds[name].values as readonly unknown[])),
  );
  const of = (op: string, value: fc.Arbitrary<unknown>, more: object = {}): fc.Arbitrary<Condition> =>
    value.map((one) => ({ field: name, op, value: one, ...more }) as Condition);
  const unset = of('null', fc.boolean());
  if (name === 'tags') return fc.oneof(of('contains', values), of('eq', values), unset);
  const several = of('in', fc.array(values, { maxLength: 4 }));
  if (name === 'done') return fc.oneof(of('eq', values), of('ne', values), several, unset);
  const orders = comparing.map((op) => of(op, values));
  const isText = ['text', 'notes', 'color', 'code'].includes(name);
  const parts = ['starts', 'ends', 'contains'].map((op) => of(op, values));
  return fc.oneof(...orders, several, unset, ...(isText ? [...parts, of('eq', values, { ignoreCase: true })] : []));
}

const filter = fc.constantFrom(...names).chain(filterOn);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 8, arbitrary: filter },
  { weight: 1, arbitrary: fc.array(filter, { maxLength: 2 }).map((all) => ({ all })) },
  { weight: 1, arbitrary: fc.array(filter, { maxLength: 2 }).map((any) => ({ any })) },
  { weight: 1, arbitrary: filter.map((not) => ({ not })) },
);
const sortable = [...names.filter((name) => name !== 'tags'), 'number', 'external_id', 'updated_at'];
const sort: fc.Arbitrary<Sort[]> = fc.array(
  fc.record({ field: fc.constantFrom(...sortable), descending: fc.boolean() }),
  {
    maxLength: 2,
  },
);
/** So few that each way is taken, of the records that there are. */
const bounds: fc.Arbitrary<Bounds> = fc.record({
  few: fc.constantFrom(0, 3, 1000),
  walked: fc.constantFrom(1, 5, 1000),
  many: fc.constantFrom(0, 1000),
});

type Asked = { readonly filters: readonly ListCondition[]; readonly sort: readonly ListSort[] };

/** The same, without the index. */
const withoutIndex = (asked: Asked): Asked =>
  JSON.parse(JSON.stringify(asked), (name, value) => (name === 'indexed' ? false : value));

describe('a list', () => {
  let fresh: FreshHub;
  let database: Database;
  let catalogue: Catalogue;
  let type: RecordType;

  beforeAll(async () => {
    fresh = await freshHub();
    database = openDatabase({ connection: { connectionString: fresh.databaseUrl } });
    const external_id = filterable({ type: 'text' });
    catalogue = await amend(fresh.hub, fresh.admin, (current) =>
      merged(current, { types: { sample: { fields: { ...fields, external_id } } } }),
    );
    type = catalogue.types.get('sample') as RecordType;
    const rows = fc.sample(written, { numRuns: 120, seed: 1 });
    // Made, changed, deleted and come back: what the index has follows.
    const write = (index: number, values: object) =>
      fresh.hub.upsert(fresh.admin, {
        type: 'sample',
        ref: key(`s${index}`),
        mode: 'upsert',
        fields: { ...values, ...(index % 3 === 0 && { code: `K${index}` }) },
      });
    for (const [index, values] of rows.entries()) recordOf(await write(index % 80, values));
    for (const index of [3, 4, 5, 6]) await fresh.hub.delete(fresh.admin, { type: 'sample', ref: key(`s${index}`) });
    for (const index of [3, 6]) recordOf(await write(index, rows[index] ?? {}));
  });
  afterAll(async () => {
    await database.close();
    await fresh.close();
  });

  const inWorkspace = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.inWorkspace(catalogue.workspace, work);

  function compiled(filters: readonly Condition[], sorts: readonly Sort[]): Asked {
    const asked = {
      filters: compileAll({ catalogue, caller: fresh.admin }, type, filters),
      sort: compileSort(type, sorts),
    };
    if ('kind' in asked.filters || 'kind' in asked.sort) throw new Error(JSON.stringify([filters, asked]));
    return asked as Asked;
  }

  const plainly = { backwards: false, skip: 0, bounds: usualBounds };
  type Way = { readonly limit: number; readonly backwards: boolean; readonly skip: number; readonly bounds: Bounds };

  /** The numbers and places of a list, page by page; passing over some of the first page, or of all that there is. */
  async function walk(tx: Transaction, asked: Asked, { limit, backwards, skip, bounds: within }: Way) {
    const found: unknown[] = [];
    const base = { ...asked, type: type.id, deletedToo: false, backwards, limit, mayBeShort: false };
    for (let place: readonly unknown[] | null = null; ; ) {
      const { rows, isMore } = await listRecords(
        tx,
        catalogue.workspace,
        { ...base, place, skip: place === null ? skip : 0 },
        within,
      );
      found.push(...rows.map(({ number, sort_values }) => [number, sort_values]));
      expect(rows.length).toBeLessThanOrEqual(limit);
      if (!isMore) return found;
      if (found.length > 1_000) throw new Error('A walk without an end');
      place = rows.at(-1)?.sort_values ?? null;
    }
  }

  it('is the same with the index and without, in any order, page by page, in either direction', async () => {
    const asked = fc.record({
      filters: fc.array(condition, { maxLength: 2 }),
      sorts: sort,
      way: fc.record({
        limit: fc.constantFrom(1, 3, 7, 200),
        backwards: fc.boolean(),
        skip: fc.constantFrom(0, 0, 2, 60, 100),
        bounds,
      }),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ filters, sorts, way }) => {
        const indexed = compiled(filters, sorts);
        const plain = withoutIndex(indexed);
        await inWorkspace(async (tx) => {
          const expected = await walk(tx, plain, { ...way, bounds: usualBounds });
          expect(await walk(tx, indexed, way)).toEqual(expected);
          const sought = { type: type.id, deletedToo: false };
          const count = await countSelected(tx, catalogue.workspace, { ...sought, filters: plain.filters });
          expect(
            await countSelected(tx, catalogue.workspace, { ...sought, filters: indexed.filters }, way.bounds),
          ).toBe(count);
        });
      }),
      { numRuns: 400 },
    );
  });

  it('asks the record where the index has the beginning of a text only', async () => {
    const stored = await inWorkspace((tx) => walk(tx, compiled([], []), { limit: 200, ...plainly }));
    for (const field of ['text', 'notes'])
      for (const op of ['eq', 'gt', 'gte', 'lt', 'lte', 'starts'] as const)
        for (const value of texts.filter((text) => text.length > 510)) {
          const indexed = compiled([{ field, op, value }], [{ field, descending: false }]);
          const [found, expected] = await inWorkspace(async (tx) => [
            await walk(tx, indexed, { limit: 200, ...plainly }),
            await walk(tx, withoutIndex(indexed), { limit: 200, ...plainly }),
          ]);
          expect([field, op, value, found]).toEqual([field, op, value, expected]);
          expect(expected.length).toBeLessThan(stored.length);
        }
  });

  it.each([
    ['text', '\u{10ffff}\u{10ffff}\u{10ffff}', 0],
    ['text', '', Number.POSITIVE_INFINITY],
    ['whole', '', 1e300],
    ['whole', '', -1e300],
  ])(
    'ends, and has each record once, where the index has a second entry of one: %s %o %d',
    async (field, text, number) => {
      const id = type.fieldsByKey.get(field)?.id;
      const [entry] = await query<{ number: number }>(
        fresh.databaseUrl,
        `insert into field_index (workspace_id, type, field, number_value, text_value, number)
       select $1, $2, $3::int, $4, $5, number from record
       where type = $2 and deleted_at is null and data -> $3::int::text is not null order by number offset 10 limit 1
       returning number::int`,
        [catalogue.workspace, type.id, id, number, text],
      );
      for (const descending of [false, true])
        for (const backwards of [false, true])
          for (const limit of [3, 7]) {
            const filters: Condition[] = [{ field, op: 'null', value: false }];
            const asked = compiled(limit === 3 ? [] : filters, [{ field, descending }]);
            const way = { ...plainly, limit, backwards, bounds: { few: 0, walked: 1000, many: 0 } };
            const [found, expected] = await inWorkspace(async (tx) => [
              await walk(tx, asked, way),
              await walk(tx, withoutIndex(asked), way),
            ]);
            expect([descending, backwards, limit, found]).toEqual([descending, backwards, limit, expected]);
          }
      await query(
        fresh.databaseUrl,
        'delete from field_index where field = $1 and number_value = $2 and text_value = $3 and number = $4',
        [id, number, text, entry?.number],
      );
    },
  );

  it('passes over what it was asked to, where others write meanwhile', async () => {
    const set = compiled([{ field: 'whole', op: 'null', value: false }], []);
    const sought = { type: type.id, deletedToo: false };
    const skip = await inWorkspace((tx) => countSelected(tx, catalogue.workspace, { ...sought, ...set }));
    const query = { ...sought, ...compiled([], [{ field: 'whole', descending: true }]), ...plainly, skip };
    const { rows } = await inWorkspace((tx) => {
      // Between the page of those that have a value, which has none left, and the count of them.
      const late = new Proxy(tx, {
        get: (of, name: keyof Transaction) =>
          name !== 'query'
            ? of[name].bind(of)
            : async (statement: string, values: readonly unknown[]) => {
                if (statement.startsWith('select count(*)'))
                  recordOf(
                    await fresh.hub.upsert(fresh.admin, {
                      ...{ type: 'sample', ref: key('late'), mode: 'create', fields: { whole: 1 } },
                    }),
                  );
                return tx.query(statement, values);
              },
      });
      return listRecords(late, catalogue.workspace, { ...query, place: null, limit: 3, mayBeShort: false });
    });
    expect(rows.map(({ sort_values: [value] }) => value)).toEqual([null, null, null]);
  });

  it('has an entry for each live record and field, and no other', async () => {
    const rows = await query<RecordRow>(
      fresh.databaseUrl,
      'select number::int, external_id, data from record where type = $1 and deleted_at is null',
      [type.id],
    );
    const expected = rows.flatMap((row) => entriesOf(type, type.filterable, row.number, valuesOf(row)));
    const stored = await query<Entry>(
      fresh.databaseUrl,
      'select number_value, text_value, type, field, number::int from field_index where type = $1',
      [type.id],
    );
    const inOrder = (entries: readonly Entry[]) => entries.map((entry) => JSON.stringify(entry)).sort();
    expect(inOrder(stored)).toEqual(inOrder(expected));
    expect(stored.length).toBeGreaterThan(rows.length * type.filterable.length - 1);
  });
});
