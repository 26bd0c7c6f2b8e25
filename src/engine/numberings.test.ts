/** Fields that number their records: every number once, in order, and none for what was refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { setOf } from '../../test/set-of.ts';
import { amend, key, merged, recordOf, refusals } from '../../test/steps.ts';
import type { UpsertCommand } from '../model/commands.ts';
import type { FieldDocument, NumberedDocument } from '../model/schema.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
});
afterAll(() => fresh.close());

let types = 0;

/** A type of its own, whose name is numbered. */
async function numberedType(numbered: NumberedDocument): Promise<string> {
  const type = `slip_${++types}`;
  await change(type, { type: 'text', required: true, numbered });
  return type;
}

const change = (type: string, name: FieldDocument) =>
  amend(fresh.hub, fresh.admin, (current) =>
    merged(current, { types: { [type]: { fields: { name, weight: { type: 'integer' } } } } }),
  );

const make = (type: string, external: string, more: Partial<UpsertCommand> = {}) =>
  fresh.hub.upsert(fresh.admin, { type, ref: key(external), mode: 'upsert', fields: {}, ...more });
const nameOf = async (outcome: ReturnType<typeof make>) => recordOf(await outcome).fields.name;

describe('a numbered field', () => {
  it('gives each new record the next number, behind its prefix', async () => {
    const type = await numberedType({ prefix: 'SL-', padding: 4, first: 7 });
    expect(await fresh.hub.nextNumber(fresh.admin, type, 'name')).toBe(7);
    expect(await nameOf(make(type, 'a'))).toBe('SL-0007');
    expect(await nameOf(make(type, 'b', { mode: 'create', ref: null }))).toBe('SL-0008');
    expect(await fresh.hub.nextNumber(fresh.admin, type, 'name')).toBe(9);
    expect(await fresh.hub.nextNumber(fresh.admin, type, 'weight')).toBeUndefined();
  });

  it('gives none to a record that is there, to one that is refused, and in a plan', async () => {
    const type = await numberedType({});
    expect(await nameOf(make(type, 'a'))).toBe('1');
    expect(await nameOf(make(type, 'a', { fields: { weight: 3 } }))).toBe('1');
    expect(refusals(await make(type, 'b', { fields: { weight: 'heavy' } }))).toEqual(['value_invalid weight']);
    expect(await make(type, 'b', { mode: 'update' })).toMatchObject({ kind: 'rejected' });
    const planned = await fresh.hub.plans.write(fresh.admin, {
      ...{ kind: 'upsert', type, ref: key('b'), mode: 'upsert', fields: {} },
    });
    expect(planned.kind).toBe('planned');
    expect(await nameOf(make(type, 'b'))).toBe('2');
  });

  it('keeps a value that is sent, and asks for one where null is sent', async () => {
    const type = await numberedType({});
    expect(await nameOf(make(type, 'a', { fields: { name: 'by hand' } }))).toBe('by hand');
    expect(refusals(await make(type, 'b', { fields: { name: null } }))).toEqual(['required_missing name']);
    expect(await nameOf(make(type, 'c'))).toBe('1');
  });

  it('gives a record that comes back another number', async () => {
    const type = await numberedType({});
    await make(type, 'a');
    await fresh.hub.delete(fresh.admin, { type, ref: key('a') });
    expect(await make(type, 'a')).toMatchObject({ kind: 'revived', record: { fields: { name: '2' } } });
  });

  it('draws every number once when many records are made at once, through two servers', async () => {
    const type = await numberedType({});
    const hubs = [fresh.hub, fresh.secondHub()];
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        hubs[n % 2]?.upsert(fresh.admin, { type, ref: key(`n${n >> 1}`), mode: 'upsert', fields: {} }),
      ),
    );
    const made = outcomes.filter((outcome) => outcome?.kind === 'created');
    const names = made.map((outcome) => Number(outcome && recordOf(outcome).fields.name));
    expect(names.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('numbers the rows of an import and the elements of a set, in their order, and what comes back with a set', async () => {
    const type = await numberedType({ first: 10 });
    const started = await fresh.hub.import(
      fresh.admin,
      { kind: 'records', type, key: 'external_id', mode: 'upsert' },
      async function* () {
        yield Array.from({ length: 2500 }, (_, index) => ({
          ...{ kind: 'row' as const, index, line: index + 1, source: '' },
          fields: { external_id: `r${index}` },
        }));
      },
    );
    if (started.kind !== 'importing') throw new Error(started.kind);
    for await (const _ of started.chunks);
    const found = await fresh.hub.find(fresh.admin, type, key('r2499'));
    expect(recordOf(found).fields.name).toBe('2509');

    await amend(fresh.hub, fresh.admin, (current) =>
      merged(current, {
        types: {
          [type]: {
            owner: 'external',
            fields: {
              name: { type: 'text', required: true, numbered: { first: 10 } },
              weight: { type: 'integer', owner: 'external' },
            },
          },
        },
        interfaces: { [type]: { name: type, type, guard: { deletes: null } } },
      }),
    );
    const members = [{ kind: 'field' as const, name: 'weight', field: 'weight', value: 1 }];
    const elements = ['e1', 'r2499', 'e2'].map((one, index) => ({ key: one, path: `[${index}]`, members }));
    const run = await fresh.hub.sync(fresh.admin, type, setOf(elements));
    expect(run).toMatchObject({ kind: 'done' });
    const names = await Promise.all(elements.map(async (one) => fresh.hub.find(fresh.admin, type, key(one.key))));
    expect(names.map((one) => recordOf(one).fields.name)).toEqual(['2510', '2509', '2511']);

    for (const part of [elements.slice(1), elements.slice(0, 1)])
      expect(await fresh.hub.sync(fresh.admin, type, setOf(part))).toMatchObject({ run: { state: 'applied' } });
    const back = await fresh.hub.find(fresh.admin, type, key('e1'));
    expect(recordOf(back).fields.name).toBe('2512');
  });

  it('goes on higher up when told to, and never back', async () => {
    const type = await numberedType({});
    await make(type, 'a');
    await change(type, { type: 'text', numbered: { first: 100 } });
    expect(await nameOf(make(type, 'b'))).toBe('100');
    await change(type, { type: 'text', numbered: { first: 1 } });
    expect(await fresh.hub.nextNumber(fresh.admin, type, 'name')).toBe(101);
    expect(await nameOf(make(type, 'c'))).toBe('101');
  });

  it.each<[string, Partial<FieldDocument>]>([
    ['a unique field', { unique: true }],
    ['a field with a default', { default: 'x' }],
    ['a field of another type', { type: 'integer' }],
    ['a long prefix', { numbered: { prefix: 'x'.repeat(101) } }],
    ['a wide number', { numbered: { padding: 31 } }],
    ['a number below none', { numbered: { first: -1 } }],
    ['an unknown setting', { numbered: { next: 1 } as NumberedDocument }],
  ])('cannot be %s', async (_name, wrong) => {
    const field: FieldDocument = { type: 'text', numbered: {}, ...wrong };
    const outcome = await fresh.hub.planSchema(fresh.admin, (current) =>
      merged(current, { types: { odd: { fields: { code: field } } } }),
    );
    expect(outcome.kind).toBe('invalid');
  });
});
