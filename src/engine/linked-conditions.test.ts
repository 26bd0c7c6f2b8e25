/** Conditions of a list on linked records, on ids, on text in any case; and deleted records. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { amend, codesOf, itemsOf, key, merged, recordOf } from '../../test/steps.ts';
import type { Condition, Filter, ListQuery } from '../model/commands.ts';

let fresh: FreshHub;

beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        town: { fields: { country: { type: 'text' }, people: { type: 'integer' } } },
        river: { fields: { length: { type: 'integer' }, source: { type: 'lookup', to: 'town', inverse: 'sources' } } },
      },
      links: { 'town.rivers': { to: 'river', inverse: 'towns' } },
    }),
  );
  const town = (name: string, fields: object) => put('town', name, fields);
  await town('Bonn', { country: 'DE', people: 300 });
  await town('Basel', { country: 'CH', people: 200 });
  await town('Paris', { country: 'FR', people: 2000 });
  await town('Nowhere', {});
  await put('river', 'Rhine', { length: 1200, source: key('Basel') });
  await put('river', 'Seine', { length: 700 });
  for (const [from, to] of [
    ['Bonn', 'Rhine'],
    ['Basel', 'Rhine'],
    ['Paris', 'Seine'],
  ] as const) {
    await fresh.hub.link(fresh.admin, {
      from: { type: 'town', ref: key(from) },
      link: 'rivers',
      to: { ref: key(to) },
    });
  }
});
afterAll(() => fresh.close());

const put = async (type: string, name: string, fields: object) =>
  recordOf(await fresh.hub.upsert(fresh.admin, { type, ref: key(name), mode: 'upsert', fields: { name, ...fields } }));
const list = (query: Partial<ListQuery>) =>
  fresh.hub.list(fresh.admin, { type: 'town', filters: [], sort: [], limit: 100, ...query });
const names = async (query: Partial<ListQuery>): Promise<string> =>
  itemsOf(await list(query))
    .map((record) => record.fields.external_id)
    .join(' ');
const where = (...filters: Condition[]) => names({ filters });
const is = (field: string, value: unknown, op: Filter['op'] = 'eq'): Filter => ({ field, op, value });

describe('conditions', () => {
  it('may be of the record at the other end of a link, from either end and over several links', async () => {
    const onRhine: Condition = { linked: 'rivers', to: is('external_id', 'Rhine') };
    expect(await where(onRhine)).toBe('Bonn Basel');
    expect(await where({ not: onRhine })).toBe('Paris Nowhere');
    expect(await names({ type: 'river', filters: [{ linked: 'towns', to: is('country', 'FR') }] })).toBe('Seine');
    expect(await where({ linked: 'rivers', to: { linked: 'towns', to: is('country', 'DE') } })).toBe('Bonn Basel');
    expect(await where({ linked: 'sources', to: { all: [] } })).toBe('Basel');
    expect(await names({ type: 'river', filters: [{ linked: 'source', to: is('people', 200) }] })).toBe('Rhine');
  });

  it('on a link do not see records that are deleted', async () => {
    await put('river', 'Ill', {});
    await fresh.hub.link(fresh.admin, {
      from: { type: 'town', ref: key('Nowhere') },
      link: 'rivers',
      to: { ref: key('Ill') },
    });
    expect(await where({ linked: 'rivers', to: is('name', 'Ill') })).toBe('Nowhere');
    await fresh.hub.delete(fresh.admin, { type: 'river', ref: key('Ill') });
    expect(await where({ linked: 'rivers', to: { all: [] } })).toBe('Bonn Basel Paris');
  });

  it.each<[string, Filter['op'], unknown, string]>([
    ['name', 'eq', 'BONN', 'Bonn'],
    ['name', 'ne', 'bonn', 'Basel Paris Nowhere'],
    ['name', 'in', ['bonn', 'BASEL'], 'Bonn Basel'],
    ['name', 'in', [], ''],
    ['name', 'starts', 'b', 'Bonn Basel'],
    ['name', 'ends', 'S', 'Paris'],
    ['external_id', 'eq', 'bonn', 'Bonn'],
    ['sync_key', 'eq', 'bonn', ''],
    ['people', 'eq', 200, 'Basel'],
  ])('may ignore case: %s %s %j gives %s', async (field, op, value, expected) => {
    expect(await where({ field, op, value, ignoreCase: true })).toBe(expected);
  });

  it('find a record by its id, and none by the id of another type or of nobody', async () => {
    const bonn = await put('town', 'Bonn', {});
    const rhine = await put('river', 'Rhine', {});
    expect(await where(is('id', bonn.id))).toBe('Bonn');
    expect(await where(is('id', bonn.id, 'ne'))).toBe('Basel Paris Nowhere');
    expect(await where(is('id', [bonn.id, rhine.id, 'nobody'], 'in'))).toBe('Bonn');
  });

  it('mean the record itself where they say so, whatever its fields are called', async () => {
    await amend(fresh.hub, fresh.admin, (current) =>
      merged(current, { types: { invoice: { fields: { id: { type: 'text' }, number: { type: 'integer' } } } } }),
    );
    const one = await put('invoice', 'one', { id: 'x', number: 2 });
    const two = await put('invoice', 'two', { id: 'y', number: 1 });
    const found = (filters: Condition[], sort: ListQuery['sort'] = []) => names({ type: 'invoice', filters, sort });
    expect(await found([is('number', 1)])).toBe('two');
    expect(await found([is('record.number', one.number)])).toBe('one');
    expect(await found([is('record.id', two.id)])).toBe('two');
    expect(await found([], [{ field: 'number', descending: false }])).toBe('two one');
    expect(await found([], [{ field: 'record.number', descending: false }])).toBe('one two');
    expect(codesOf(await list({ filters: [is('record.name', 'x')] }))).toEqual(['unknown_field']);
  });

  it('on what the type does not have, or the caller may not read, are refused', async () => {
    expect(codesOf(await list({ filters: [{ linked: 'lakes', to: { all: [] } }] }))).toEqual(['unknown_link']);
    expect(codesOf(await list({ filters: [{ not: { any: [is('mayor', 'x')] } }] }))).toEqual(['unknown_field']);
    const principal = {
      ...fresh.member.principal,
      role: 'member' as const,
      grants: { town: ['read' as const] },
    };
    const query = { type: 'town', filters: [{ linked: 'rivers', to: { all: [] } }], sort: [], limit: 1 };
    expect(codesOf(await fresh.hub.list({ ...fresh.member, principal }, query))).toEqual(['grant_missing']);
  });
});

describe('a list', () => {
  it('shows deleted records when they are asked for', async () => {
    await put('town', 'Gone', { country: 'XX' });
    await fresh.hub.delete(fresh.admin, { type: 'town', ref: key('Gone') });
    expect(await names({})).toBe('Bonn Basel Paris Nowhere');
    const all = itemsOf(await list({ deletedToo: true }));
    expect(all.map(({ deletedAt }) => deletedAt instanceof Date)).toEqual([false, false, false, false, true]);
  });
});

describe('a count', () => {
  const count = (filters: Condition[], deletedToo = false) =>
    fresh.hub.countListed(fresh.admin, { type: 'river', filters, deletedToo });
  it('is of all that its list would have', async () => {
    expect(await count([])).toEqual({ kind: 'counted', count: 2 });
    expect(await count([is('length', 1000, 'gt')])).toEqual({ kind: 'counted', count: 1 });
    expect(await count([], true)).toEqual({ kind: 'counted', count: 3 });
  });
  it('is refused as its list would be', async () => {
    expect(codesOf(await count([is('mouth', 'x')]))).toEqual(['unknown_field']);
    expect(await count([is('length', 'x')])).toMatchObject({ kind: 'list_rejected' });
  });
});
