import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, itemsOf, key, merged, query } from '../../../../test/steps.ts';
import type { SetElement, SetMember } from '../../../model/commands.ts';
import type { InterfaceDocument } from '../../../model/schema.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        pump: {
          owner: 'external',
          fields: {
            region: { type: 'enum', options: [{ value: 'EU' }, { value: 'US' }], owner: 'external' },
            size: { type: 'integer', owner: 'external' },
            wet: { type: 'boolean', default: false, owner: 'external' },
            ours: { type: 'text' },
            site: { type: 'lookup', to: 'contact', inverse: 'pumps_here', owner: 'external' },
          },
        },
      },
      links: { 'pump.contacts': { to: 'contact', inverse: 'pumps', owner: 'external' } },
      interfaces: { pumps: { name: 'Pumps', type: 'pump' } },
    }),
  );
});
afterAll(() => fresh.close());

const setTo = (settings: Partial<InterfaceDocument>) =>
  amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      interfaces: { pumps: { name: 'Pumps', type: 'pump', guard: { deletes: null }, ...settings } },
    }),
  );

type Sent = Record<string, unknown>;
const relations = ['contacts'];
const element = ({ key: id, ...members }: Sent, place: number): SetElement => ({
  key: String(id),
  path: `[${place}]`,
  members: Object.entries(members).map(
    ([name, value]): SetMember =>
      relations.includes(name)
        ? { name, kind: 'relation', link: name, targets: (value as string[]).map(key) }
        : { name, kind: 'field', field: name, value: name === 'site' && value !== null ? key(String(value)) : value },
  ),
});

async function send(sent: readonly Sent[], scope?: Record<string, string>) {
  const source = setOf(sent.map(element));
  const outcome = await fresh.hub.sync(fresh.admin, 'pumps', () => ({ ...source(), ...(scope && { scope }) }));
  if (outcome.kind !== 'done') return outcome;
  const issues = await issuesOf(fresh.hub, fresh.admin, outcome.run.id);
  return {
    ...outcome.run,
    counts: Object.fromEntries(Object.entries(outcome.run.counts).filter(([, count]) => count !== 0)),
    found: issues.map(({ key, code, member }) => [key, code, member]),
  };
}

const stored = async (field = 'region') =>
  Object.fromEntries(
    itemsOf(await fresh.hub.list(fresh.admin, { type: 'pump', filters: [], sort: [], limit: 1000 })).map(
      ({ fields }) => [fields.external_id, fields[field]],
    ),
  );

const [eu, us] = [{ region: 'EU' }, { region: 'US' }];

beforeEach(async () => {
  await setTo({});
  await send([]);
  await query(fresh.databaseUrl, 'delete from record where number > 100000');
});

describe('a set that says what it is everything of', () => {
  it('leaves alone what another such set of the interface says of elsewhere', async () => {
    for (const _again of [1, 2]) {
      const first = await send(
        [
          { key: 'A', ...eu },
          { key: 'B', ...eu },
        ],
        eu,
      );
      expect(first).toMatchObject({ state: 'applied', scope: eu });
      const second = await send([{ key: 'C', ...us }], us);
      expect(second).toMatchObject({ state: 'applied', scope: us });
    }
    expect(await send([{ key: 'B', ...eu }], eu)).toMatchObject({ counts: { received: 1, unchanged: 1, deleted: 1 } });
    expect(await send([], us)).toMatchObject({ counts: { deleted: 1 } });
    expect(await stored()).toEqual({ B: 'EU' });
    expect(await send([{ key: 'B', ...eu }])).toMatchObject({ scope: null, counts: { unchanged: 1 } });
  });

  it('is known by its hashes as any other, and no element by the hash of another scope', async () => {
    const judged = async (work: Promise<unknown>) => {
      const of = () =>
        query<{ n: number }>(fresh.databaseUrl, 'select count(*)::int n from interface_record where hash is not null');
      await work;
      return (await of())[0]?.n;
    };
    const both = [
      { key: 'A', ...eu },
      { key: 'C', ...us },
    ];
    expect(await judged(send(both))).toBe(2);
    expect(await send(both, eu)).toMatchObject({
      counts: { received: 2, unchanged: 1, rejected: 1 },
      found: [['C', 'out_of_scope', 'region']],
    });
    expect(await send(both, eu)).toMatchObject({ counts: { received: 2, unchanged: 1, rejected: 1 } });
    expect(await stored()).toEqual({ A: 'EU', C: 'US' });
  });

  it('takes in what it moves there, and rejects what it would move away', async () => {
    await send(
      [
        { key: 'A', ...eu },
        { key: 'B', ...eu },
      ],
      eu,
    );
    await send([{ key: 'A', ...us }], us);
    expect(await stored()).toEqual({ A: 'US', B: 'EU' });
    expect(await send([{ key: 'B', ...us }], eu)).toMatchObject({
      counts: { received: 1, rejected: 1 },
      found: [['B', 'out_of_scope', 'region']],
    });
    expect(await stored()).toEqual({ A: 'US', B: 'EU' });
  });

  it('judges an element that does not say by what is stored, or would be', async () => {
    await send([
      { key: 'A', ...eu },
      { key: 'B', ...us },
    ]);
    expect(
      await send(
        [
          { key: 'A', size: 1 },
          { key: 'B', size: 1 },
          { key: 'C', size: 1 },
        ],
        eu,
      ),
    ).toMatchObject({
      counts: { received: 3, updated: 1, rejected: 2 },
      found: [
        ['B', 'out_of_scope', null],
        ['C', 'out_of_scope', null],
      ],
    });
    expect(await send([{ key: 'D' }, { key: 'E', wet: true }], { wet: 'false' })).toMatchObject({
      counts: { received: 2, created: 1, rejected: 1, deleted: 2 },
      found: [['E', 'out_of_scope', 'wet']],
    });
  });

  it('judges a value that is not taken, or not the interface’s to write, by what stays', async () => {
    await send([{ key: 'A', ...eu, size: 1 }]);
    expect(await send([{ key: 'A', region: 'EU?' }], eu)).toMatchObject({
      counts: { received: 1, unchanged: 1 },
      found: [['A', 'value_not_an_option', 'region']],
    });
    const ref = key('A');
    await fresh.hub.upsert(fresh.admin, { type: 'pump', ref, mode: 'update', fields: { ours: 'x' } });
    expect(await send([{ key: 'A', ours: 'y' }], { ours: 'y' })).toMatchObject({ counts: { rejected: 1 } });
    expect(await send([{ key: 'A', ours: 'y' }], { ours: 'x' })).toMatchObject({ counts: { unchanged: 1 } });
    expect(await send([], { ours: 'x' })).toMatchObject({ counts: { deleted: 1 } });
  });

  it('does not make a record its own that it rejects', async () => {
    await send([{ key: 'A', ...us }]);
    await query(fresh.databaseUrl, 'delete from interface_record');
    await send([{ key: 'A', ...us }], eu);
    expect(await send([])).toMatchObject({ counts: {} });
    expect(await stored()).toEqual({ A: 'US' });
  });

  it('can be of a relation, or of several things at once', async () => {
    const scope = { contacts: '2001' };
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key('c1'), mode: 'upsert', fields: {} });
    await send([{ key: 'A', contacts: ['user1'], site: 'user1' }, { key: 'B', contacts: ['c1'] }, { key: 'C' }]);
    expect(
      await send(
        [
          { key: 'B', size: 1 },
          { key: 'C', contacts: ['c1'] },
        ],
        { contacts: 'external_id:c1' },
      ),
    ).toMatchObject({
      counts: { received: 2, updated: 2 },
    });
    expect(await send([{ key: 'B', contacts: ['user1'] }], { contacts: 'external_id:c1' })).toMatchObject({
      counts: { received: 1, rejected: 1, deleted: 1 },
    });
    expect(await send([{ key: 'D', site: 'user1', ...eu }], { site: 'external_id:user1', ...eu })).toMatchObject({
      counts: { received: 1, created: 1 },
    });
    expect(await send([{ key: 'A', site: null }], { site: '106' })).toMatchObject({
      counts: { received: 1, rejected: 1, deleted: 1 },
    });
    expect(await send([], { ...scope, ...eu })).toMatchObject({ counts: {} });
    expect(Object.keys(await stored()).sort()).toEqual(['A', 'B']);
  });

  it('has a guard that counts only what lies there', async () => {
    const all = ['A', 'B', 'C', 'D'].map((id) => ({ key: id, ...eu }));
    await send([...all, ...['K', 'L', 'M', 'N'].map((id) => ({ key: id, ...us }))]);
    await setTo({ guard: { deletes: 1 } });
    expect(await send(all.slice(0, 3), eu)).toMatchObject({ state: 'applied', counts: { deleted: 1 } });
    expect(await send(all.slice(0, 1), eu)).toMatchObject({ state: 'held', held: { deletes: 2 } });
    await setTo({ guard: { deletes: null, percent: 40 } });
    // Two of three; of all seven that would be allowed.
    const held = await send(all.slice(0, 1), eu);
    expect(held).toMatchObject({ state: 'held', held: { deletes: 2 } });
    expect(await send(all.slice(0, 2), eu)).toMatchObject({ state: 'applied', counts: { deleted: 1 } });
    expect(Object.keys(await stored())).toHaveLength(6);
  });

  it('takes the place of what older sets hold, unless they are of other records', async () => {
    const all = [...['A', 'B'].map((id) => ({ key: id, ...eu })), ...['K', 'L'].map((id) => ({ key: id, ...us }))];
    await send(all);
    await setTo({ guard: { deletes: 0 } });
    const [inEu, inUs] = [await send([], eu), await send([], us)];
    const stateOf = async (run: object) => (await fresh.hub.findRun(fresh.admin, (run as { id: string }).id))?.state;
    expect([await stateOf(inEu), await stateOf(inUs)]).toEqual(['held', 'held']);
    expect(await fresh.hub.approveHeld(fresh.admin, (inEu as { id: string }).id, 2)).toMatchObject({ kind: 'done' });
    expect(Object.keys(await stored()).sort()).toEqual(['K', 'L']);
    const again = await send([{ key: 'K', ...us }], us);
    expect([await stateOf(inUs), await stateOf(again)]).toEqual(['partial', 'held']);
    const whole = await send([{ key: 'K', ...us }]);
    expect([await stateOf(again), await stateOf(whole)]).toEqual(['partial', 'held']);
    await send(
      [
        { key: 'K', ...us },
        { key: 'L', ...us },
      ],
      { size: '1' },
    );
    expect(await stateOf(whole)).toBe('partial');
  });

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ external_id: 'A' }, 'external_id'],
    [{ region: 'ASIA' }, 'region'],
    [{ size: 'big' }, 'size'],
    [{ size: '12345678901234567890' }, 'size'],
    [{ contacts: 'user1' }, 'contacts'],
    [{ contacts: 'external_id:nobody' }, 'contacts'],
    [{ contacts: 'external_id:\u0000' }, 'contacts'],
    [{ ours: 'x'.repeat(1_001) }, 'ours'],
    [{ __proto__x: '1', constructor: '1' }, '__proto__x'],
    [Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`f${index}`, 'x'])), 'f0'],
  ])('is refused whole where there is no such thing: %j', async (scope, name) => {
    await send([{ key: 'A', ...eu }]);
    expect(await send([], scope)).toMatchObject({ kind: 'scope_refused', name });
    expect(await stored()).toEqual({ A: 'EU' });
  });
});

describe('an interface that is everything of a part', () => {
  it('says so for all its sets, which can say more but not otherwise', async () => {
    await send([
      { key: 'A', ...eu, size: 1 },
      { key: 'B', ...eu, size: 2 },
      { key: 'C', ...us },
    ]);
    await setTo({ scope: eu });
    expect(
      await send([
        { key: 'A', size: 1 },
        { key: 'C', size: 2 },
      ]),
    ).toMatchObject({
      scope: eu,
      counts: { received: 2, unchanged: 1, rejected: 1, deleted: 1 },
    });
    expect(await send([], us)).toMatchObject({ kind: 'scope_refused', name: 'region' });
    expect(await send([], { ...eu, size: '2' })).toMatchObject({ scope: { ...eu, size: '2' }, counts: {} });
    expect(await send([], { size: '1' })).toMatchObject({ counts: { deleted: 1 } });
    expect(await stored()).toEqual({ C: 'US' });
  });

  it.each([
    { colour: 'red' },
    { external_id: 'A' },
    { region: 'ASIA' },
    { size: 'big' },
    { region: null },
    { contacts: 'user1' },
    { ours: ['x'] },
  ])('is not set up as %j', async (scope) => {
    const outcome = fresh.hub.planSchema(fresh.admin, (current) =>
      merged(current, {
        interfaces: { pumps: { name: 'Pumps', type: 'pump', scope: scope as Record<string, string> } },
      }),
    );
    expect(await outcome).toMatchObject({
      kind: 'invalid',
      problems: [{ path: `interfaces.pumps.scope.${Object.keys(scope)[0]}` }],
    });
  });
});
