import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { issuesOf } from '../../test/issues-of.ts';
import { setOf } from '../../test/set-of.ts';
import { amend, changeRows, codesOf, itemsOf, key, linkOf, merged, recordOf, refusals } from '../../test/steps.ts';
import type { SetElement, SetMember } from '../model/commands.ts';
import { byId } from '../model/ref.ts';
import type { SchemaDocument } from '../model/schema.ts';

/** Fields and links owned by people (`ours`), by any interface (`theirs`), and by one interface. People make records of `box` only. */
const schema: SchemaDocument = {
  types: {
    box: { fields: { ours: { type: 'text' }, theirs: { type: 'text', owner: 'external' } } },
    asset: {
      owner: 'external',
      fields: {
        ours: { type: 'text' },
        theirs: { type: 'text', owner: 'external' },
        priced: { type: 'decimal', scale: 2, owner: 'external' },
        seen_at: { type: 'datetime', owner: 'external' },
        from_a: { type: 'text', owner: 'interface:feed_a' },
        from_b: { type: 'text', owner: 'interface:feed_b' },
        keeper: { type: 'lookup', to: 'contact', inverse: 'kept_assets', owner: 'external' },
      },
    },
    gauge: {
      owner: 'interface:feed_c',
      fields: { note: { type: 'text' }, level: { type: 'integer', owner: 'external' } },
    },
  },
  links: {
    'asset.contacts': { to: 'contact', inverse: 'assets', owner: 'external' },
    'asset.files': { to: 'file', inverse: 'assets' },
    'asset.partners': { to: 'partner', inverse: 'assets', owner: 'interface:feed_a' },
  },
  interfaces: {
    feed_a: { name: 'A', type: 'asset' },
    feed_b: { name: 'B', type: 'asset' },
    feed_c: { name: 'C', type: 'gauge' },
    feed_d: { name: 'D', type: 'gauge' },
  },
};

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) => merged(current, schema));
  for (const id of ['ada', 'bo'])
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key(id), mode: 'create', fields: { name: id } });
  await fresh.hub.upsert(fresh.admin, { type: 'partner', ref: key('pa'), mode: 'create', fields: {} });
});
afterAll(() => fresh.close());

let round = 0;
let id = '';
beforeEach(() => {
  round += 1;
  id = `asset-${round}`;
});

const upsert = (fields: Record<string, unknown>, type = 'asset') =>
  fresh.hub.upsert(fresh.admin, { type, ref: key(id), mode: 'upsert', fields });
const found = async (type = 'asset') => recordOf(await fresh.hub.find(fresh.admin, type, key(id)));

const element = (members: readonly SetMember[], elementKey = id): SetElement => ({
  key: elementKey,
  path: 'Assets[1]',
  members,
});
const field = (name: string, value: unknown): SetMember => ({ name, kind: 'field', field: name, value });
const relation = (link: string, ...keys: string[]): SetMember => ({
  name: link,
  kind: 'relation',
  link,
  targets: keys.map(key),
});

/** Sends a set, and gives its counts and issues. */
async function sync(endpoint: string, elements: readonly SetElement[]) {
  const outcome = await fresh.hub.sync(fresh.admin, endpoint, setOf(elements));
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  const issues = await issuesOf(fresh.hub, fresh.admin, outcome.run.id);
  return { ...outcome.run.counts, issues: issues.map((issue) => `${issue.code} ${issue.member}`).sort() };
}

const everything = {
  theirs: 't',
  priced: 12.5,
  seen_at: '2026-03-01T10:00:00.000Z',
};

/** An asset that feed_b supplies, with nothing in it but what people write. */
async function started(fields: Record<string, unknown>): Promise<void> {
  expect(await sync('feed_b', [element([])])).toMatchObject({ created: 1, issues: [] });
  await upsert(fields);
}

/** An asset with all that the interfaces own. */
async function supplied(): Promise<void> {
  await started({ ours: 'o' });
  const external = Object.entries(everything).map(([name, value]) => field(name, value));
  const a = [field('from_a', 'a'), relation('partners', 'pa'), relation('contacts', 'ada'), relation('keeper', 'ada')];
  expect(await sync('feed_a', [element([...external, ...a])])).toMatchObject({ updated: 1, issues: [] });
  expect(await sync('feed_b', [element([field('from_b', 'b')])])).toMatchObject({ updated: 1, issues: [] });
}

describe('a single write', () => {
  it('to fields owned elsewhere is refused whole, naming every one of them', async () => {
    await started({ ours: 'before' });
    const outcome = await upsert({
      ours: 'after',
      theirs: 'x',
      priced: 1,
      from_a: 'x',
      from_b: 'x',
      keeper: key('ada'),
    });
    expect(refusals(outcome)).toEqual([
      'owned_elsewhere from_a',
      'owned_elsewhere from_b',
      'owned_elsewhere keeper',
      'owned_elsewhere priced',
      'owned_elsewhere theirs',
    ]);
    expect((await found()).fields).toMatchObject({ ours: 'before', theirs: null, from_a: null });
  });

  it('names the owner of each field', async () => {
    await started({});
    expect(await upsert({ from_a: 'x', theirs: 'x' })).toMatchObject({
      violations: expect.arrayContaining([
        expect.objectContaining({ field: 'from_a', owner: 'interface:feed_a' }),
        expect.objectContaining({ field: 'theirs', owner: 'external' }),
      ]),
    });
  });

  it('names violations of ownership together with those of values', async () => {
    await started({});
    expect(refusals(await upsert({ ours: 'a\u0000b', theirs: 'x' }))).toEqual([
      'owned_elsewhere theirs',
      'value_invalid ours',
    ]);
  });

  it('does not create a record with a value that is owned elsewhere', async () => {
    expect(refusals(await upsert({ ours: 'x', theirs: 'x' }, 'box'))).toEqual(['owned_elsewhere theirs']);
    expect(codesOf(await fresh.hub.find(fresh.admin, 'box', key(id)))).toEqual(['record_not_found']);
  });

  it('creates one with null in fields that are owned elsewhere: that is what they are anyway', async () => {
    expect(await upsert({ ours: 'x', theirs: null }, 'box')).toMatchObject({ kind: 'created' });
  });

  it('may echo the whole record, and change what is its own with it', async () => {
    await supplied();
    const { fields, version } = await found();
    const echo = { ...fields, keeper: key('ada') };
    expect(await upsert(echo)).toMatchObject({ kind: 'unchanged', record: { version } });
    const keeper = fields.keeper as { id: string };
    expect(await upsert({ ...fields, keeper: byId(keeper.id), ours: 'new' })).toMatchObject({
      kind: 'updated',
      changed: ['ours'],
    });
  });

  it('may give the stored value in another spelling', async () => {
    await supplied();
    expect(await upsert({ seen_at: '2026-03-01T12:00:00+02:00', priced: 12.5 })).toMatchObject({ kind: 'unchanged' });
  });

  it('may not clear what is owned elsewhere', async () => {
    await supplied();
    expect(refusals(await upsert({ theirs: null, keeper: null }))).toEqual([
      'owned_elsewhere keeper',
      'owned_elsewhere theirs',
    ]);
    expect((await found()).fields).toMatchObject({ theirs: 't', keeper: { type: 'contact' } });
  });

  it('neither creates nor deletes records of a type that is owned elsewhere, and changes what is its own on them', async () => {
    for (const [type, endpoint] of [
      ['element', 'myendpoint'],
      ['gauge', 'feed_c'],
    ] as const) {
      expect(codesOf(await upsert({}, type))).toContain('type_owned_elsewhere');
      await sync(endpoint, [element([])]);
      expect(codesOf(await fresh.hub.delete(fresh.admin, { type, ref: key(id) }))).toEqual(['type_owned_elsewhere']);
      const own = type === 'gauge' ? 'note' : 'internal_note';
      expect(await upsert({ [own]: 'mine' }, type)).toMatchObject({ kind: 'updated', changed: [own] });
      await sync(endpoint, []);
      expect(codesOf(await upsert({}, type))).toContain('type_owned_elsewhere');
    }
  });
});

describe('a link owned elsewhere', () => {
  const link = (name: string, to: string) =>
    fresh.hub.link(fresh.admin, { from: { type: 'asset', ref: key(id) }, link: name, to: { ref: key(to) } });
  const unlink = (name: string, to: string) =>
    fresh.hub.unlink(fresh.admin, {
      from: { type: 'asset', ref: key(id) },
      link: name,
      to: { ref: key(to) },
      which: 'all',
    });

  it('is neither made nor removed by a person, from either side', async () => {
    await supplied();
    for (const [name, inverse, type, other] of [
      ['contacts', 'assets', 'contact', 'bo'],
      ['keeper', 'kept_assets', 'contact', 'bo'],
    ] as const) {
      expect(codesOf(await link(name, other))).toEqual(['owned_elsewhere']);
      const back = { from: { type, ref: key(other) }, link: inverse, to: { ref: key(id) } };
      expect(codesOf(await fresh.hub.link(fresh.admin, back))).toEqual(['owned_elsewhere']);
      const there = { from: { type, ref: key('ada') }, link: inverse, to: { ref: key(id) }, which: 'all' as const };
      expect(codesOf(await fresh.hub.unlink(fresh.admin, there))).toEqual(['owned_elsewhere']);
      expect(codesOf(await unlink(name, 'ada'))).toEqual(['owned_elsewhere']);
    }
    const kept = await fresh.hub.links(fresh.admin, { type: 'asset', ref: key(id), limit: 10 });
    expect(itemsOf(kept)).toHaveLength(3);
  });

  it('may be repeated as it is, and what is not linked may be unlinked: nothing changes', async () => {
    await supplied();
    const before = await changeRows(fresh.databaseUrl);
    for (const [name, to] of [
      ['contacts', 'ada'],
      ['partners', 'pa'],
      ['keeper', 'ada'],
    ] as const)
      expect(await link(name, to)).toMatchObject({ kind: 'unchanged' });
    expect(await unlink('contacts', 'bo')).toMatchObject({ kind: 'unlinked', removed: [] });
    expect(await changeRows(fresh.databaseUrl)).toBe(before);
  });

  it('takes no new attributes or roles either', async () => {
    await supplied();
    const outcome = await fresh.hub.link(fresh.admin, {
      from: { type: 'asset', ref: key(id) },
      link: 'contacts',
      to: { ref: key('ada') },
      attributes: { since: 2020 },
    });
    expect(codesOf(outcome)).toEqual(['owned_elsewhere']);
  });

  it('beside one that is owned here leaves that one free', async () => {
    await supplied();
    await fresh.hub.upsert(fresh.admin, { type: 'file', ref: key(id), mode: 'create', fields: {} });
    expect(linkOf(await link('files', id))).toMatchObject({ link: 'asset.files' });
  });
});

describe('a set', () => {
  it('skips the members that its interface does not own, with an issue each, and applies the others', async () => {
    await supplied();
    const members = [
      field('ours', 'x'),
      field('theirs', 'x'),
      field('from_b', 'x'),
      field('from_a', 'x'),
      relation('files'),
    ];
    const run = await sync('feed_a', [element(members)]);
    expect(run).toMatchObject({ received: 1, updated: 1, rejected: 0, issues: ['not_owned from_b', 'not_owned ours'] });
    expect((await found()).fields).toMatchObject({ ours: 'o', theirs: 'x', from_b: 'b', from_a: 'x' });
  });

  it('may echo values and relations that others own, without an issue', async () => {
    await supplied();
    const run = await sync('feed_b', [
      element([field('ours', 'o'), field('from_a', 'a'), field('from_b', 'b'), relation('partners', 'pa')]),
    ]);
    expect(run).toMatchObject({ unchanged: 1, issues: [] });
  });

  it('does not touch relations of another owner', async () => {
    await supplied();
    expect(await sync('feed_b', [element([relation('partners')])])).toMatchObject({ issues: ['not_owned partners'] });
    const links = await fresh.hub.links(fresh.admin, { type: 'asset', ref: key(id), link: 'partners', limit: 10 });
    expect(itemsOf(links)).toHaveLength(1);
  });

  it('does not clear what others own', async () => {
    await supplied();
    const run = await sync('feed_a', [element([field('ours', null), field('from_b', null), field('theirs', null)])]);
    expect(run).toMatchObject({ updated: 1, issues: ['not_owned from_b', 'not_owned ours'] });
    expect((await found()).fields).toMatchObject({ ours: 'o', from_b: 'b', theirs: null });
  });

  it('of an interface that does not own the type neither creates nor deletes', async () => {
    await sync('feed_c', [element([field('level', 1)])]);
    const run = await sync('feed_d', [element([field('level', 2)]), element([], `${id}-new`)]);
    expect(run).toMatchObject({ received: 2, updated: 1, rejected: 1, created: 0, deleted: 0 });
    expect(run.issues.length).toBeGreaterThan(0);
    expect(await sync('feed_d', [])).toMatchObject({ deleted: 0 });
    expect((await found('gauge')).fields).toMatchObject({ level: 2 });
  });
});

describe('giving a field to another owner', () => {
  it('counts from the next write on', async () => {
    await upsert({ ours: 'o' }, 'box');
    const owned = (owner: 'internal' | 'external') =>
      amend(fresh.hub, fresh.admin, (current) => {
        const box = current.types?.box ?? {};
        const fields = { ...box.fields, ours: { type: 'text' as const, owner } };
        return merged(current, { types: { box: { ...box, fields } } });
      });
    await owned('external');
    expect(refusals(await upsert({ ours: 'x' }, 'box'))).toEqual(['owned_elsewhere ours']);
    await owned('internal');
    expect(await upsert({ ours: 'x' }, 'box')).toMatchObject({ kind: 'updated' });
  });
});
