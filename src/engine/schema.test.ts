import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { setOf } from '../../test/set-of.ts';
import { amend, codesOf, itemsOf, key, lastRuns, linkOf, merged, recordOf } from '../../test/steps.ts';
import { byKey, byNumber } from '../model/ref.ts';
import type { FieldDocument, SchemaDocument } from '../model/schema.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
});
afterAll(() => fresh.close());

const apply = (change: (current: SchemaDocument) => SchemaDocument, allowLoss = false) =>
  fresh.hub.applySchema(fresh.admin, change, { allowLoss });
const plan = (change: (current: SchemaDocument) => SchemaDocument) => fresh.hub.planSchema(fresh.admin, change);
const withFields = (type: string, fields: Record<string, FieldDocument>) => (current: SchemaDocument) =>
  merged(current, { types: { [type]: { ...current.types?.[type], fields } } });
const without =
  (type: string) =>
  (current: SchemaDocument): SchemaDocument => {
    const { [type]: _gone, ...types } = current.types ?? {};
    return { ...current, types };
  };
const document = async () => (await fresh.hub.catalogue(fresh.admin.principal.workspace)).document;
const put = (type: string, id: string, fields: Record<string, unknown>) =>
  fresh.hub.upsert(fresh.admin, { type, ref: key(id), mode: 'upsert', fields });
const get = async (type: string, id: string) => recordOf(await fresh.hub.find(fresh.admin, type, key(id)));

describe('planning and applying', () => {
  it('the stored document again is no change and no new version', async () => {
    const before = await fresh.hub.catalogue(fresh.admin.principal.workspace);
    const copy = JSON.parse(JSON.stringify(before.document)) as SchemaDocument;
    expect(await plan(() => copy)).toMatchObject({ kind: 'plan', changes: [] });
    expect(await apply(() => copy)).toMatchObject({
      kind: 'applied',
      changes: [],
      catalogue: { version: before.version },
    });
    expect(await document()).toEqual(before.document);
  });

  it('a plan names each difference by its path, changes nothing, and applying does just that', async () => {
    const change = (current: SchemaDocument): SchemaDocument =>
      merged(current, {
        types: { planned: { fields: { a: { type: 'text' } } }, claim: { ...current.types?.claim, label: 'Case' } },
        links: { 'planned.contacts': { to: 'contact', inverse: 'planned_ones' } },
      });
    const before = await document();
    const planned = await plan(change);
    if (planned.kind !== 'plan') throw new Error(planned.kind);
    expect(planned.changes.map((one) => `${one.action} ${one.path}`)).toEqual(
      expect.arrayContaining(['add types.planned', 'add links.planned.contacts']),
    );
    expect(planned.changes.every((one) => one.loss === null)).toBe(true);
    expect(await document()).toEqual(before);
    const applied = await apply(change);
    expect(applied).toMatchObject({ kind: 'applied', changes: planned.changes });
    expect(await plan(change)).toMatchObject({ changes: [] });
  });

  it('every problem is named at once, with its path', async () => {
    const bad: unknown = {
      types: {
        'Bad Key': {},
        ok: {
          owner: 'nobody',
          on_return: 'never',
          colour: 'red',
          fields: {
            a: { type: 'nothing' },
            b: { type: 'enum' },
            c: { type: 'lookup', to: 'nowhere' },
            d: { type: 'regexp', pattern: '(' },
            e: { type: 'boolean', unique: true },
            f: { type: 'decimal', scale: 16 },
            g: { type: 'integer', default: 'x' },
            h: { type: 'text', max_length: -1 },
          },
        },
      },
      links: {
        'ok.things': { to: 'nowhere' },
        nonsense: { to: 'ok' },
        'ok.more': { to: 'ok', cardinality: 'few', roles: 'none' },
      },
      role_lists: { twice: [{ name: 'A' }, { name: 'a' }] },
      interfaces: { 'bad endpoint': { name: 'x', type: 'nowhere' } },
    };
    const outcome = await plan(() => bad as SchemaDocument);
    if (outcome.kind !== 'invalid') throw new Error(outcome.kind);
    const paths = outcome.problems.map((problem) => problem.path);
    const expected = [
      'types.Bad Key',
      'types.ok.owner',
      'types.ok.on_return',
      'types.ok.fields.a',
      'types.ok.fields.b',
      'types.ok.fields.c',
      'types.ok.fields.d',
      'types.ok.fields.e',
      'types.ok.fields.f',
      'types.ok.fields.g',
      'types.ok.fields.h',
      'links.ok.things',
      'links.nonsense',
      'links.ok.more',
      'role_lists.twice',
      'interfaces.bad endpoint',
    ];
    for (const path of expected)
      expect(
        paths.some((one) => one.startsWith(path)),
        `${path} in ${paths.join(', ')}`,
      ).toBe(true);
    for (const problem of outcome.problems) expect(problem.message).not.toBe('');
    expect(await apply(() => bad as SchemaDocument)).toMatchObject({ kind: 'invalid' });
  });

  it('a record type that there is not is named, and the one that may be meant', async () => {
    const slips: Pick<SchemaDocument, 'types' | 'links' | 'interfaces'> = {
      types: { note: { fields: { about: { type: 'lookup', to: 'contcat' } } } },
      links: { 'clam.notes': { to: 'note' }, 'claim.letters': { to: 'lettre' } },
      interfaces: { notes: { name: 'Notes', type: 'ntoe' } },
    };
    const outcome = await plan((current) => ({
      ...current,
      types: { ...current.types, ...slips.types },
      links: { ...current.links, ...slips.links },
      interfaces: { ...current.interfaces, ...slips.interfaces },
    }));
    if (outcome.kind !== 'invalid') throw new Error(outcome.kind);
    expect(outcome.problems.map(({ path, message }) => [path, message])).toEqual([
      ['types.note.fields.about.to', 'There is no record type contcat. Did you mean contact?'],
      ['links.clam.notes', 'There is no record type clam. Did you mean claim?'],
      ['links.claim.letters.to', 'There is no record type lettre.'],
      ['interfaces.notes.type', 'There is no record type ntoe. Did you mean note?'],
    ]);
  });

  it('whatever is no schema is refused and no fault', async () => {
    const nonsense: unknown[] = [
      null,
      [],
      'x',
      5,
      { types: [] },
      { types: null },
      { types: { a: null } },
      { types: { a: [] } },
      { types: { a: { fields: [] } } },
      { types: { a: { fields: { b: null } } } },
      { types: { a: { fields: { b: { type: 'enum', options: 'x' } } } } },
      { types: { a: { fields: { b: { type: 'enum', options: [null] } } } } },
      { types: { a: { fields: { b: { type: 'enum', options: [{ value: 'a\u0000' }] } } } } },
      { types: { a: { label: 'a\u0000b' } } },
      { types: { a: { label: '\ud800' } } },
      { types: { a: { names: { x: 5 } } } },
      { links: [] },
      { links: { 'claim.x': null } },
      { role_lists: { a: {} } },
      { role_lists: { a: [null] } },
      { role_lists: { a: [{ name: 5 }] } },
      { role_lists: { a: [{ name: 'a', number: 1.5 }] } },
      { role_lists: { a: [{ name: 'a', number: 2 ** 40 }] } },
      {
        role_lists: {
          a: [
            { name: 'a', number: 1 },
            { name: 'b', number: 1 },
          ],
        },
      },
      { role_lists: { 'a\u0000': [] } },
      { interfaces: [] },
      { interfaces: { a: null } },
      { interfaces: { a: { name: 'x', type: 'claim', api_keys: 'x' } } },
    ];
    for (const one of nonsense) {
      const outcome = await plan(() => one as SchemaDocument);
      expect([outcome.kind, JSON.stringify(one)]).toEqual(['invalid', JSON.stringify(one)]);
    }
  });
});

describe('loss', () => {
  it('is refused with what would go, and allowed it is really gone', async () => {
    await amend(fresh.hub, fresh.admin, withFields('lossy', { a: { type: 'text' }, b: { type: 'text' } }));
    for (const id of ['1', '2']) await put('lossy', id, { a: 'old', b: 'kept' });
    const drop = withFields('lossy', { b: { type: 'text' } });
    const refused = await apply(drop);
    expect(refused).toMatchObject({
      kind: 'loss_refused',
      changes: [{ action: 'remove', path: 'types.lossy.fields.a', loss: expect.stringContaining('2') }],
    });
    expect((await get('lossy', '1')).fields).toMatchObject({ a: 'old' });
    expect(await apply(drop, true)).toMatchObject({ kind: 'applied' });
    await amend(fresh.hub, fresh.admin, withFields('lossy', { b: { type: 'text' }, a: { type: 'text' } }));
    expect((await get('lossy', '1')).fields).toMatchObject({ a: null, b: 'kept' });
    expect(
      itemsOf(
        await fresh.hub.list(fresh.admin, {
          type: 'lossy',
          filters: [{ field: 'a', op: 'null', value: false }],
          sort: [],
          limit: 10,
        }),
      ),
    ).toEqual([]);
  });

  it('of a whole type takes its records, links and keys; a type of the same name later starts empty', async () => {
    const make = () =>
      amend(fresh.hub, fresh.admin, (current) =>
        merged(
          withFields('brief', {
            code: { type: 'text', unique: true },
            who: { type: 'lookup', to: 'contact', inverse: 'briefs' },
          })(current),
          {},
        ),
      );
    await make();
    await put('contact', 'b1', {});
    const made = recordOf(await put('brief', 'x', { code: 'C', who: key('b1') }));
    expect(await apply(without('brief'))).toMatchObject({ kind: 'loss_refused' });
    expect(await apply(without('brief'), true)).toMatchObject({ kind: 'applied' });
    expect(codesOf(await fresh.hub.find(fresh.admin, 'brief', key('x')))).toEqual(['unknown_record_type']);
    expect(itemsOf(await fresh.hub.links(fresh.admin, { type: 'contact', ref: key('b1'), limit: 10 }))).toEqual([]);
    await make();
    expect(await fresh.hub.count(fresh.admin, 'brief')).toBe(0);
    for (const ref of [key('x'), byKey('code', 'C'), { by: 'number', number: made.number } as const])
      expect(codesOf(await fresh.hub.find(fresh.admin, 'brief', ref))).toEqual(['record_not_found']);
    expect(await put('brief', 'x', { code: 'C' })).toMatchObject({
      kind: 'created',
      record: { fields: { who: null } },
    });
  });

  it('of a link type is told by its whole name, of one link and of several', async () => {
    await amend(fresh.hub, fresh.admin, (current) =>
      merged(current, { links: { 'claim.helpers': { to: 'contact', inverse: 'helped' } } }),
    );
    const losses = async (helper: string): Promise<readonly unknown[]> => {
      await put('contact', helper, {});
      const from = { type: 'claim', ref: byNumber(5001) };
      await fresh.hub.link(fresh.admin, { from, link: 'helpers', to: { ref: key(helper) } });
      const outcome = await plan(({ links: { 'claim.helpers': _gone, ...links } = {}, ...current }) => ({
        ...current,
        links,
      }));
      return outcome.kind === 'plan' ? outcome.changes.map(({ loss }) => loss) : [outcome.kind];
    };
    expect(await losses('h1')).toEqual(['1 link of type claim.helpers']);
    expect(await losses('h2')).toEqual(['2 links of type claim.helpers']);
  });

  it('a field that becomes one of another type does not show its old values', async () => {
    await amend(fresh.hub, fresh.admin, withFields('changing', { a: { type: 'text' } }));
    await put('changing', '1', { a: '5' });
    const change = withFields('changing', { a: { type: 'integer' } });
    expect(await apply(change)).toMatchObject({ kind: 'loss_refused' });
    await amend(fresh.hub, fresh.admin, change, true);
    expect((await get('changing', '1')).fields.a).toBeNull();
  });

  it('of an option takes its values, in lists of options only that one', async () => {
    const options = (...values: string[]) => values.map((value) => ({ value }));
    const type = (...values: string[]) =>
      withFields('choice', {
        one: { type: 'enum', options: options(...values) },
        many: { type: 'multi_enum', options: options(...values) },
      });
    await amend(fresh.hub, fresh.admin, type('a', 'b', 'c'));
    await put('choice', '1', { one: 'a', many: ['a', 'b'] });
    await put('choice', '2', { one: 'b', many: ['a'] });
    expect(await apply(type('b', 'c'))).toMatchObject({ kind: 'loss_refused' });
    await amend(fresh.hub, fresh.admin, type('b', 'c'), true);
    expect((await get('choice', '1')).fields).toMatchObject({ one: null, many: ['b'] });
    expect((await get('choice', '2')).fields).toMatchObject({ one: 'b', many: null });
    await amend(fresh.hub, fresh.admin, type('a', 'b', 'c'));
    expect((await get('choice', '1')).fields).toMatchObject({ one: null, many: ['b'] });
  });
});

describe('unique', () => {
  const fields = (unique: boolean): Record<string, FieldDocument> => ({
    code: { type: 'text', unique },
    n: { type: 'integer', unique },
  });

  it('cannot be switched on while values collide; then it can, and finds and holds at once', async () => {
    await amend(fresh.hub, fresh.admin, withFields('uniq', fields(false)));
    await put('uniq', '1', { code: 'X', n: 1 });
    await put('uniq', '2', { code: 'X', n: 1 });
    const outcome = await apply(withFields('uniq', fields(true)), true);
    expect(outcome).toMatchObject({
      kind: 'invalid',
      problems: [{ path: expect.stringContaining('uniq') }, { path: expect.stringContaining('uniq') }],
    });
    await put('uniq', '2', { code: 'Y', n: 2 });
    await amend(fresh.hub, fresh.admin, withFields('uniq', fields(true)));
    expect(recordOf(await fresh.hub.find(fresh.admin, 'uniq', byKey('code', 'Y'))).fields.external_id).toBe('2');
    expect(recordOf(await fresh.hub.find(fresh.admin, 'uniq', byKey('n', '1'))).fields.external_id).toBe('1');
    expect(codesOf(await put('uniq', '3', { code: 'Y' }))).toEqual(['key_taken']);
    await amend(fresh.hub, fresh.admin, withFields('uniq', fields(false)));
    expect(codesOf(await fresh.hub.find(fresh.admin, 'uniq', byKey('code', 'Y')))).toEqual(['not_a_match_field']);
    expect((await put('uniq', '3', { code: 'Y' })).kind).toBe('created');
    await put('uniq', '3', { code: null });
    await amend(fresh.hub, fresh.admin, withFields('uniq', fields(true)));
    expect(recordOf(await fresh.hub.find(fresh.admin, 'uniq', byKey('code', 'Y'))).fields.external_id).toBe('2');
  });

  it('is not hindered by deleted records, and cannot be switched on over values that are no keys', async () => {
    await amend(fresh.hub, fresh.admin, withFields('uniq2', fields(false)));
    await put('uniq2', '1', { code: 'X' });
    await put('uniq2', '2', { code: 'X' });
    await fresh.hub.delete(fresh.admin, { type: 'uniq2', ref: key('2') });
    await amend(fresh.hub, fresh.admin, withFields('uniq2', fields(true)));
    await amend(fresh.hub, fresh.admin, withFields('uniq2', fields(false)));
    for (const code of ['', 'k'.repeat(513), 'é'.repeat(40_000)]) {
      await put('uniq2', '1', { code });
      expect((await apply(withFields('uniq2', fields(true)))).kind).toBe('invalid');
    }
  });
});

describe('roles', () => {
  it('without number get one that stays theirs, whatever is put before them or taken away', async () => {
    const roles =
      (...names: string[]) =>
      (current: SchemaDocument) =>
        merged(current, {
          role_lists: { crew: names.map((name) => ({ name })) },
          links: { 'claim.partners': { to: 'partner', inverse: 'crew_claims', once_per: 'role', roles: 'crew' } },
        });
    await amend(fresh.hub, fresh.admin, roles('Pilot', 'Mate'));
    await put('claim', 'r', {});
    await put('partner', 'r', {});
    const role = (value: string) =>
      fresh.hub.link(fresh.admin, {
        from: { type: 'claim', ref: key('r') },
        link: 'partners',
        to: { ref: key('r') },
        role: { by: 'name', value },
      });
    const mate = linkOf(await role('Mate'));
    const stored = (await document()).role_lists?.crew ?? [];
    await amend(fresh.hub, fresh.admin, roles('Cook', 'Mate', 'Pilot'));
    expect(await role('Mate')).toMatchObject({ kind: 'unchanged', link: { number: mate.number } });
    const now = (await document()).role_lists?.crew ?? [];
    for (const one of stored) expect(now.find((other) => other.name === one.name)?.number).toBe(one.number);
    expect(new Set(now.map((one) => one.number)).size).toBe(3);
    expect((await apply(roles('Cook', 'Pilot'), true)).kind).toBe('invalid');
    expect((await apply(roles('Mate'), true)).kind).toBe('applied');
    await amend(fresh.hub, fresh.admin, roles('Mate', 'New'));
    expect(await role('Mate')).toMatchObject({ kind: 'unchanged' });
  });
});

describe('two schema changes at once', () => {
  it('both survive, on two servers', async () => {
    const second = fresh.secondHub();
    const names = Array.from({ length: 8 }, (_, index) => `both_${index}`);
    const outcomes = await Promise.all(
      names.map((name, index) =>
        (index % 2 === 0 ? fresh.hub : second).applySchema(fresh.admin, withFields(name, { a: { type: 'text' } }), {
          allowLoss: false,
        }),
      ),
    );
    expect(outcomes.map((one) => one.kind)).toEqual(names.map(() => 'applied'));
    await new Promise((resolve) => setTimeout(resolve, 300)); // until this server has seen what came through the other
    const catalogue = await fresh.hub.catalogue(fresh.admin.principal.workspace);
    for (const name of names) expect(catalogue.types.has(name)).toBe(true);
    expect(new Set([...catalogue.types.values()].map((type) => type.id)).size).toBe(catalogue.types.size);
  });

  it('and writes between them, through another server, are each judged by one schema', async () => {
    const second = fresh.secondHub();
    await amend(fresh.hub, fresh.admin, withFields('racing', { a: { type: 'text' } }));
    const outcomes: string[] = [];
    let going = true;
    const writer = async (hub: typeof second, id: string) => {
      for (let index = 0; going; index++) {
        const outcome = await hub.upsert(fresh.admin, {
          type: 'racing',
          ref: key(`${id}-${index}`),
          mode: 'upsert',
          fields: { a: 'value' },
        });
        outcomes.push(...codesOf(outcome));
      }
    };
    const pause = () => new Promise((resolve) => setTimeout(resolve, 30));
    const writers = [writer(fresh.hub, 'x'), writer(second, 'y')];
    for (let index = 0; index < 4; index++) {
      await pause();
      await amend(fresh.hub, fresh.admin, withFields('racing', {}), true);
      await pause();
      await amend(fresh.hub, fresh.admin, withFields('racing', { a: { type: 'text' } }));
    }
    await amend(fresh.hub, fresh.admin, withFields('racing', { a: { type: 'integer' } }), true);
    going = false;
    await Promise.all(writers);
    expect(new Set(outcomes).size).toBeGreaterThan(0);
    for (const outcome of outcomes) expect(['created', 'unknown_field', 'value_invalid']).toContain(outcome);
    const all = itemsOf(await fresh.hub.list(fresh.admin, { type: 'racing', filters: [], sort: [], limit: 1000 }));
    for (const record of all) expect(record.fields.a).toBeNull();
  });
});

describe('names of an object prototype', () => {
  it('are names like others, or refused: as type, field, link, role, option and endpoint', async () => {
    const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'prototype'];
    for (const name of names) {
      const own = <T>(value: T): Record<string, T> => Object.fromEntries([[name, value]]);
      const parts: SchemaDocument[] = [
        { types: own({ owner: 'external', fields: { a: { type: 'text' } } }) },
        { types: { odd: { fields: own<FieldDocument>({ type: 'text', unique: true }) } } },
        { links: Object.fromEntries([[`claim.${name}`, { to: 'contact', inverse: `odd_${name.toLowerCase()}` }]]) },
        { role_lists: own([{ name: 'A' }]) },
        { interfaces: own({ name: 'x', type: 'element' }) },
        { types: { odd: { fields: { a: { type: 'enum', options: [{ value: name }] } } } } },
      ];
      for (const part of parts) {
        const outcome = await apply((current) => merged(current, part), true);
        expect([name, outcome.kind]).toEqual([name, expect.stringMatching(/^(applied|invalid)$/)]);
        if (outcome.kind !== 'applied') continue;
        expect(await apply((current) => merged(current, part))).toMatchObject({ kind: 'applied', changes: [] });
        if (part.role_lists !== undefined)
          expect(outcome.catalogue.document.role_lists?.[name]).toMatchObject([{ name: 'A', number: 1 }]);
        if (part.interfaces !== undefined) {
          expect(Number.isInteger(outcome.catalogue.interfaces.get(name)?.id)).toBe(true);
          expect((await fresh.hub.sync(fresh.admin, name, setOf([]))).kind).toBe('done');
          expect(await lastRuns(fresh.hub, fresh.admin, name, 5)).toHaveLength(1);
        }
      }
    }
    expect(({} as Record<string, unknown>).owner).toBeUndefined();
    const catalogue = await fresh.hub.catalogue(fresh.admin.principal.workspace);
    const type = catalogue.types.get('constructor');
    expect(Number.isInteger(type?.id)).toBe(true);
    expect(await fresh.hub.count(fresh.admin, 'constructor')).toBe(0);
    expect(codesOf(await fresh.hub.find(fresh.member, 'constructor', key('x')))).toEqual(['record_not_found']);
  });
});
