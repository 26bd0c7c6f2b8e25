import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { amend, changeRows, codesOf, itemsOf, key, linkOf, merged, recordOf } from '../../test/steps.ts';
import type { RoleRef } from '../model/commands.ts';
import type { LinkOutcome } from '../model/outcomes.ts';
import { byKey, byNumber } from '../model/ref.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: { node: { fields: { parent: { type: 'lookup', to: 'node', inverse: 'children' } } }, leaf: {} },
      links: {
        'node.one_to_one': { to: 'leaf', inverse: 'one_to_one_nodes', cardinality: 'one-to-one' },
        'node.one_to_many': { to: 'leaf', inverse: 'one_to_many_nodes', cardinality: 'one-to-many' },
        'node.many_to_one': { to: 'leaf', inverse: 'many_to_one_nodes', cardinality: 'many-to-one' },
        'node.many_to_many': { to: 'leaf', inverse: 'many_to_many_nodes' },
        'node.peers': { to: 'node', inverse: 'peers_of' },
        'node.twins': { to: 'node', inverse: 'twins_of', cardinality: 'one-to-one' },
      },
    }),
  );
});
afterAll(() => fresh.close());

let round = 0;
let id = '';
beforeEach(() => {
  round += 1;
  id = `l-${round}`;
});

const make = async (type: string, suffix: string) =>
  recordOf(await fresh.hub.upsert(fresh.admin, { type, ref: key(`${id}-${suffix}`), mode: 'upsert', fields: {} }));
const find = async (type: string, suffix: string) =>
  recordOf(await fresh.hub.find(fresh.admin, type, key(`${id}-${suffix}`)));
const name = (value: string): RoleRef => ({ by: 'name', value });

type Roles = { role?: RoleRef | null; newRole?: RoleRef | null; attributes?: Record<string, unknown> };
const link = (type: string, from: string, linkName: string, to: string, more: Roles = {}) =>
  fresh.hub.link(fresh.admin, {
    from: { type, ref: key(`${id}-${from}`) },
    link: linkName,
    to: { ref: key(`${id}-${to}`) },
    ...more,
  });
const unlink = (
  type: string,
  from: string,
  linkName: string,
  to: string,
  more: { role?: RoleRef | null; which?: 'all' | 'first' } = {},
) =>
  fresh.hub.unlink(fresh.admin, {
    from: { type, ref: key(`${id}-${from}`) },
    link: linkName,
    to: { ref: key(`${id}-${to}`) },
    which: 'all',
    ...more,
  });
const linksOf = async (type: string, suffix: string, linkName?: string) =>
  itemsOf(
    await fresh.hub.links(fresh.admin, {
      type,
      ref: key(`${id}-${suffix}`),
      limit: 100,
      ...(linkName ? { link: linkName } : {}),
    }),
  );

describe('a link', () => {
  it('is one link whichever end it is made from, and has two names', async () => {
    const [node, leaf] = [await make('node', 'a'), await make('leaf', 'b')];
    const made = linkOf(await link('node', 'a', 'many_to_many', 'b'));
    expect(made).toMatchObject({
      link: 'node.many_to_many',
      left: { number: node.number },
      right: { number: leaf.number },
      role: null,
    });
    expect(await link('leaf', 'b', 'many_to_many_nodes', 'a')).toMatchObject({ kind: 'unchanged', link: made });
    expect(await linksOf('node', 'a')).toEqual([made]);
    expect(await linksOf('leaf', 'b', 'many_to_many_nodes')).toEqual([made]);
    expect(await unlink('leaf', 'b', 'many_to_many_nodes', 'a')).toMatchObject({
      removed: [made],
      from: { number: leaf.number },
      to: { number: node.number },
    });
    expect(await linksOf('node', 'a')).toEqual([]);
  });

  it('is known by its own names only', async () => {
    await make('node', 'a');
    await make('leaf', 'b');
    for (const unknown of [
      'many_to_many_nodes',
      'MANY_TO_MANY',
      'node.many_to_many',
      '',
      'constructor',
      '__proto__',
      'toString',
    ])
      expect(codesOf(await link('node', 'a', unknown, 'b'))).toEqual(['unknown_link']);
    expect(codesOf(await link('nothing', 'a', 'x', 'b'))).toEqual(['unknown_record_type']);
    expect(codesOf(await link('constructor', 'a', 'x', 'b'))).toEqual(['unknown_record_type']);
  });

  it('needs both its records, and both that are missing are named', async () => {
    const outcome = await link('node', 'a', 'many_to_many', 'b');
    expect(outcome).toMatchObject({
      kind: 'rejected',
      violations: [
        { code: 'record_not_found', side: 'from', type: 'node' },
        { code: 'record_not_found', side: 'to', type: 'leaf' },
      ],
    });
    await make('leaf', 'a');
    expect(await link('node', 'a', 'many_to_many', 'a')).toMatchObject({ violations: [{ side: 'from' }] });
  });

  it('names match fields that are none, on both sides', async () => {
    const outcome = await fresh.hub.link(fresh.admin, {
      from: { type: 'claim', ref: byKey('status', 'open') },
      link: 'contacts',
      to: { ref: byKey('nope', 'x') },
    });
    expect(codesOf(outcome)).toEqual(['not_a_match_field', 'not_a_match_field']);
  });

  it('cannot be given a record of another type by its number', async () => {
    await make('node', 'a');
    const node = await make('node', 'b');
    const outcome = await fresh.hub.link(fresh.admin, {
      from: { type: 'node', ref: key(`${id}-a`) },
      link: 'many_to_many',
      to: { ref: byNumber(node.number) },
    });
    expect(codesOf(outcome)).toEqual(['record_not_found']);
  });

  it('that is not there is unlinked with success and without a trace', async () => {
    await make('node', 'a');
    await make('leaf', 'b');
    const before = await changeRows(fresh.databaseUrl);
    expect(await unlink('node', 'a', 'many_to_many', 'b')).toMatchObject({ kind: 'unlinked', removed: [] });
    expect(await changeRows(fresh.databaseUrl)).toBe(before);
  });
});

describe('cardinality', () => {
  // Whom a second link pushes out: the first link when it shares the end that may have one only.
  it.each([
    ['one_to_one', true, true],
    ['one_to_many', false, true],
    ['many_to_one', true, false],
    ['many_to_many', false, false],
  ] as const)('%s', async (cardinality, sameLeftReplaces, sameRightReplaces) => {
    for (const suffix of ['l1', 'l2']) await make('node', suffix);
    for (const suffix of ['r1', 'r2']) await make('leaf', suffix);
    const first = linkOf(await link('node', 'l1', cardinality, 'r1'));
    const second = await link('node', 'l1', cardinality, 'r2');
    expect(second).toMatchObject({ kind: 'created', replaced: sameLeftReplaces ? [first] : [] });
    const third = await link('leaf', 'r2', `${cardinality}_nodes`, 'l2');
    expect(third).toMatchObject({ kind: 'created', replaced: sameRightReplaces ? [linkOf(second)] : [] });
    const left = await linksOf('node', 'l1', cardinality);
    expect(left).toHaveLength(2 - (sameLeftReplaces ? 1 : 0) - (sameRightReplaces ? 1 : 0));
    expect(await link('node', 'l2', cardinality, 'r2')).toMatchObject({ kind: 'unchanged', replaced: [] });
  });

  it('one to one replaces at both ends at once', async () => {
    for (const suffix of ['l1', 'l2']) await make('node', suffix);
    for (const suffix of ['r1', 'r2']) await make('leaf', suffix);
    const [a, b] = [await link('node', 'l1', 'one_to_one', 'r1'), await link('node', 'l2', 'one_to_one', 'r2')];
    const outcome = await link('node', 'l1', 'one_to_one', 'r2');
    if (outcome.kind === 'rejected') throw new Error('rejected');
    expect(outcome.replaced.map((one) => one.number).sort()).toEqual([linkOf(a).number, linkOf(b).number].sort());
    expect(await linksOf('node', 'l2')).toEqual([]);
    expect(await linksOf('leaf', 'r1')).toEqual([]);
  });

  it('holds when many link at once on two servers', async () => {
    await make('node', 'l');
    const hubs = [fresh.hub, fresh.secondHub()];
    const names = Array.from({ length: 8 }, (_, index) => `r${index}`);
    for (const suffix of names) await make('leaf', suffix);
    const outcomes = await Promise.all(
      names.map((suffix, index) =>
        hubs[index % 2]?.link(fresh.admin, {
          from: { type: 'node', ref: key(`${id}-l`) },
          link: 'many_to_one',
          to: { ref: key(`${id}-${suffix}`) },
        }),
      ),
    );
    expect(outcomes.every((one) => one?.kind === 'created')).toBe(true);
    const replaced = outcomes.flatMap((one) => (one && 'replaced' in one ? one.replaced.map((old) => old.number) : []));
    expect(new Set(replaced).size).toBe(7);
    expect(await linksOf('node', 'l', 'many_to_one')).toHaveLength(1);
  });
});

describe('a link to the record itself', () => {
  it('is one link, seen once from either name, where many may be linked to many', async () => {
    await make('node', 'a');
    const made = linkOf(await link('node', 'a', 'peers', 'a'));
    expect(await link('node', 'a', 'peers_of', 'a')).toMatchObject({ kind: 'unchanged', link: made });
    expect((await linksOf('node', 'a')).map((one) => one.number)).toEqual([made.number]);
    await fresh.hub.delete(fresh.admin, { type: 'node', ref: key(`${id}-a`) });
  });

  it('is refused where an end may have one only', async () => {
    await make('node', 'a');
    expect(codesOf(await link('node', 'a', 'twins', 'a'))).toEqual(['link_to_self']);
    expect(codesOf(await link('node', 'a', 'parent', 'a'))).toEqual(['link_to_self']);
  });
});

describe('once per pair', () => {
  const customer = (more: Roles = {}) => link('customer', 'c', 'contacts', 'p', more);
  beforeEach(async () => {
    await make('customer', 'c');
    await make('contact', 'p');
  });

  it('a role given again replaces the old one; none given keeps it; null clears it', async () => {
    const made = linkOf(await customer({ role: name('Family') }));
    expect(made.role).toMatchObject({ number: 1, externalId: 'family', name: 'Family' });
    expect(await customer()).toMatchObject({ kind: 'unchanged', link: made });
    expect(await customer({ role: name('family') })).toMatchObject({ kind: 'unchanged' });
    const changed = await customer({ role: { by: 'number', value: '-10' } });
    expect(changed).toMatchObject({
      kind: 'updated',
      link: { number: made.number, role: { number: -10 } },
      replaced: [],
    });
    expect(await customer({ role: null })).toMatchObject({
      kind: 'updated',
      link: { number: made.number, role: null },
    });
    expect(await customer({ role: null })).toMatchObject({ kind: 'unchanged' });
    expect(await linksOf('customer', 'c')).toHaveLength(1);
  });

  it('a role is named by number, external id or name, and by any of them in that order', async () => {
    for (const role of [
      { by: 'external_id', value: 'family' },
      { by: 'any', value: '1' },
      { by: 'any', value: 'family' },
      { by: 'any', value: 'FAMILY' },
    ] as const)
      expect(linkOf(await customer({ role })).role).toMatchObject({ number: 1 });
    for (const role of [
      { by: 'number', value: 'family' },
      { by: 'external_id', value: 'Family' },
      { by: 'name', value: '1' },
      { by: 'number', value: '01' },
      { by: 'any', value: '' },
      { by: 'any', value: '__proto__' },
    ] as const)
      expect(codesOf(await customer({ role }))).toEqual(['unknown_role']);
    expect(await customer({ newRole: name('nobody') })).toMatchObject({
      violations: [{ code: 'unknown_role', role: 'nobody' }],
    });
  });

  it('a link type without role list knows no role', async () => {
    await make('node', 'a');
    await make('leaf', 'b');
    expect(codesOf(await link('node', 'a', 'many_to_many', 'b', { role: name('Family') }))).toEqual(['unknown_role']);
    expect(await link('node', 'a', 'many_to_many', 'b', { role: null })).toMatchObject({ kind: 'created' });
  });
});

describe('once per role: what role and newRole do', () => {
  const [A, U, W] = [name('Adjuster'), name('Underwriter'), name('Witness')];
  const claim = (more: Roles = {}) => link('claim', 'c', 'contacts', 'p', more);
  const roles = async () => (await linksOf('claim', 'c')).map((one) => one.role?.name ?? null);
  beforeEach(async () => {
    await make('claim', 'c');
    await make('contact', 'p');
  });
  const told = (outcome: LinkOutcome): string =>
    `${outcome.kind} ${outcome.kind === 'rejected' ? '' : (outcome.link.role?.name ?? 'none')}`;

  it.each<[string, (string | null)[], Roles, string, (string | null)[]]>([
    ['no link; newRole only', [], { newRole: A }, 'created Adjuster', ['Adjuster']],
    ['no link; role only', [], { role: A }, 'created Adjuster', ['Adjuster']],
    ['no link; neither', [], {}, 'created none', [null]],
    ['no link; both', [], { role: A, newRole: U }, 'created Underwriter', ['Underwriter']],
    ['a link with that role; newRole', ['Adjuster'], { role: A, newRole: U }, 'updated Underwriter', ['Underwriter']],
    ['a link with that role; role only', ['Adjuster'], { role: A }, 'unchanged Adjuster', ['Adjuster']],
    [
      'links, none with that role; role only',
      ['Adjuster'],
      { role: U },
      'created Underwriter',
      ['Adjuster', 'Underwriter'],
    ],
    [
      'links, none with that role; both',
      ['Adjuster'],
      { role: U, newRole: W },
      'created Witness',
      ['Adjuster', 'Witness'],
    ],
    ['exactly one link; newRole only', ['Adjuster'], { newRole: U }, 'updated Underwriter', ['Underwriter']],
    [
      'several links; newRole only',
      ['Adjuster', 'Underwriter'],
      { newRole: W },
      'updated Witness',
      ['Underwriter', 'Witness'],
    ],
    ['several links; neither', ['Adjuster', 'Underwriter'], {}, 'unchanged Adjuster', ['Adjuster', 'Underwriter']],
    [
      'the change would equal another link',
      ['Adjuster', 'Underwriter'],
      { role: A, newRole: U },
      'updated Underwriter',
      ['Underwriter'],
    ],
    ['a link; neither', ['Adjuster'], {}, 'unchanged Adjuster', ['Adjuster']],
    [
      'the one without role; newRole',
      [null, 'Adjuster'],
      { role: null, newRole: W },
      'updated Witness',
      ['Adjuster', 'Witness'],
    ],
    ['a link without role; role only', [null], { role: A }, 'created Adjuster', ['Adjuster', null]],
    ['a link; newRole is none', ['Adjuster'], { newRole: null }, 'updated none', [null]],
  ])('%s', async (_case, existing, call, expected, after) => {
    for (const role of existing) await claim({ role: role === null ? null : name(role) });
    expect(told(await claim(call))).toBe(expected);
    const sorted = (list: (string | null)[]) => [...list].map(String).sort();
    expect(sorted(await roles())).toEqual(sorted(after));
    const changes = await changeRows(fresh.databaseUrl);
    expect(await claim(call)).toMatchObject({ kind: 'unchanged' });
    expect(sorted(await roles())).toEqual(sorted(after));
    expect(await changeRows(fresh.databaseUrl)).toBe(changes);
  });

  it('a link that is merged into another gives its place to that one, which takes the attributes sent', async () => {
    const [at, twin] = [linkOf(await claim({ role: A })), linkOf(await claim({ role: U }))];
    const call = { role: A, newRole: U, attributes: { since: 2020 } };
    expect(await claim(call)).toMatchObject({
      kind: 'updated',
      link: { number: twin.number, attributes: { since: 2020 } },
      replaced: [{ number: at.number }],
    });
    expect(await claim(call)).toMatchObject({ kind: 'unchanged', link: { number: twin.number } });
  });

  it('unlink takes every link of the pair, or that with the lowest number, or those with one role', async () => {
    const all = async () => {
      for (const role of [A, U, W, null]) await claim({ role });
    };
    await all();
    expect(await unlink('claim', 'c', 'contacts', 'p', { role: U })).toMatchObject({
      removed: [{ role: { name: 'Underwriter' } }],
    });
    expect(await unlink('claim', 'c', 'contacts', 'p', { role: null })).toMatchObject({ removed: [{ role: null }] });
    expect(await unlink('claim', 'c', 'contacts', 'p', { which: 'first' })).toMatchObject({
      removed: [{ role: { name: 'Adjuster' } }],
    });
    expect(await unlink('claim', 'c', 'contacts', 'p', { role: A, which: 'first' })).toMatchObject({ removed: [] });
    expect(await roles()).toEqual(['Witness']);
    expect(codesOf(await unlink('claim', 'c', 'contacts', 'p', { role: name('nobody') }))).toEqual(['unknown_role']);
    await all();
    const outcome = await unlink('claim', 'c', 'contacts', 'p');
    expect(outcome.kind === 'unlinked' && outcome.removed).toHaveLength(4);
    expect(await roles()).toEqual([]);
  });

  it('makes one link of many simultaneous calls, on two servers', async () => {
    const hubs = [fresh.hub, fresh.secondHub()];
    const command = {
      from: { type: 'claim', ref: key(`${id}-c`) },
      link: 'contacts',
      to: { ref: key(`${id}-p`) },
      role: A,
    };
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, index) => hubs[index % 2]?.link(fresh.admin, command)),
    );
    expect(outcomes.map((one) => one?.kind).sort()).toEqual(['created', ...Array<string>(11).fill('unchanged')]);
    expect(await roles()).toEqual(['Adjuster']);
  });
});

describe('attributes of a link', () => {
  beforeEach(async () => {
    await make('node', 'a');
    await make('leaf', 'b');
  });
  const put = (attributes: Record<string, unknown>) => link('node', 'a', 'many_to_many', 'b', { attributes });

  it('are merged, and what is the same is no change, whatever its order', async () => {
    expect(await put({ x: 1, z: 'b' })).toMatchObject({
      kind: 'created',
      link: { attributes: { x: 1 } },
    });
    expect(await put({ z: 'b', x: 1 })).toMatchObject({ kind: 'unchanged' });
    expect(await put({ y: -0 })).toMatchObject({ kind: 'updated', link: { attributes: { x: 1, y: 0 } } });
    expect(await put({ y: -0 })).toMatchObject({ kind: 'unchanged' });
    expect(await put({})).toMatchObject({ kind: 'unchanged' });
    expect(await link('node', 'a', 'many_to_many', 'b')).toMatchObject({
      kind: 'unchanged',
      link: { attributes: { x: 1, y: 0 } },
    });
  });

  it('that cannot be stored are refused', async () => {
    for (const attributes of [
      { x: 'a\u0000b' },
      { 'a\u0000': 1 },
      { x: '\ud800' },
      { x: ['\ud800'] },
      { x: 'y'.repeat(1_000_000) },
    ]) {
      const outcome = await put(attributes);
      expect(outcome.kind).toBe('rejected');
    }
    expect(await linksOf('node', 'a')).toEqual([]);
  });

  it('may have the names of an object prototype', async () => {
    const attributes = JSON.parse('{"__proto__": true, "constructor": 1, "hasOwnProperty": 2}') as Record<
      string,
      unknown
    >;
    expect(await put(attributes)).toMatchObject({ kind: 'created' });
    expect(await put(attributes)).toMatchObject({ kind: 'unchanged' });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('a lookup field', () => {
  beforeEach(async () => {
    for (const suffix of ['a', 'b', 'c']) await make('node', suffix);
  });
  const point = (from: string, to: string | null) =>
    fresh.hub.upsert(fresh.admin, {
      type: 'node',
      ref: key(`${id}-${from}`),
      mode: 'update',
      fields: { parent: to === null ? null : key(`${id}-${to}`) },
    });
  const parent = async (suffix: string) => {
    const { fields, version } = await find('node', suffix);
    return [(fields.parent as { number: number } | null)?.number ?? null, version];
  };

  it('is a link, and the link is the field', async () => {
    const b = (await find('node', 'b')).number;
    await point('a', 'b');
    expect(await linksOf('node', 'a', 'parent')).toMatchObject([{ link: 'node.parent', right: { number: b } }]);
    expect(await linksOf('node', 'b', 'children')).toHaveLength(1);
    expect(await link('node', 'a', 'parent', 'b')).toMatchObject({ kind: 'unchanged' });
    expect(await link('node', 'b', 'children', 'a')).toMatchObject({ kind: 'unchanged' });
    expect(await point('a', 'b')).toMatchObject({ kind: 'unchanged' });
  });

  it('raises the version of its record however it is changed, with one change row for the record', async () => {
    const [b, c] = [(await find('node', 'b')).number, (await find('node', 'c')).number];
    await link('node', 'a', 'parent', 'b');
    expect(await parent('a')).toEqual([b, 2]);
    expect(await link('node', 'c', 'children', 'a')).toMatchObject({
      kind: 'created',
      replaced: [{ right: { number: b } }],
    });
    expect(await parent('a')).toEqual([c, 3]);
    await unlink('node', 'c', 'children', 'a');
    expect(await parent('a')).toEqual([null, 4]);
    await point('a', 'b');
    expect(await parent('a')).toEqual([b, 5]);
    await fresh.hub.delete(fresh.admin, { type: 'node', ref: key(`${id}-b`) });
    expect(await parent('a')).toEqual([null, 6]);
    const history = itemsOf(await fresh.hub.history(fresh.admin, { type: 'node', ref: key(`${id}-a`), limit: 100 }));
    const versions = history.filter((change) => change.version !== null).map((change) => change.version);
    expect(versions).toEqual([6, 5, 4, 3, 2, 1]);
    const { number } = await find('node', 'a');
    expect(history[0]?.at.getTime()).toBeGreaterThanOrEqual(history.at(-1)?.at.getTime() ?? 0);
    expect(number).toBeGreaterThan(0);
  });

  it('does not change the version of the record that it points at', async () => {
    const before = await find('node', 'b');
    await point('a', 'b');
    await unlink('node', 'a', 'parent', 'b');
    expect((await find('node', 'b')).version).toBe(before.version);
  });

  it('does not point at its own record, however that is asked for', async () => {
    expect(codesOf(await link('node', 'a', 'parent', 'a'))).toEqual(['link_to_self']);
    expect(codesOf(await point('a', 'a'))).toEqual(['value_invalid']);
  });

  it('is cleared in each of the records that pointed at a deleted one, within a batch too', async () => {
    await Promise.all([point('a', 'c'), point('b', 'c')]);
    const [, , deleted] = await Promise.all([
      point('a', 'b'),
      point('a', 'c'),
      fresh.hub.delete(fresh.admin, { type: 'node', ref: key(`${id}-c`) }),
    ]);
    expect(deleted).toMatchObject({ kind: 'deleted' });
    expect(await parent('a')).toEqual([null, 5]);
    expect(await parent('b')).toEqual([null, 3]);
  });
});

describe('lists of links', () => {
  it('go on where the last page ended, each link once', async () => {
    await make('node', 'a');
    for (let index = 0; index < 7; index++) {
      await make('leaf', `${index}`);
      await link('node', 'a', 'many_to_many', `${index}`);
    }
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await fresh.hub.links(fresh.admin, {
        type: 'node',
        ref: key(`${id}-a`),
        limit: 3,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...itemsOf(page).map((one) => one.number));
      cursor = page.kind === 'page' ? (page.next ?? undefined) : undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });

  it('refuse cursors and limits that are none', async () => {
    await make('node', 'a');
    for (const cursor of ['', 'x', 'e30', '{}', '__proto__'])
      expect(await fresh.hub.links(fresh.admin, { type: 'node', ref: key(`${id}-a`), limit: 3, cursor })).toMatchObject(
        { kind: 'list_rejected', parameter: 'cursor' },
      );
    for (const limit of [0, -1, 1001, 1.5, Number.NaN])
      expect(await fresh.hub.links(fresh.admin, { type: 'node', ref: key(`${id}-a`), limit })).toMatchObject({
        kind: 'list_rejected',
        parameter: 'limit',
      });
  });
});
