// What waits for a record ends when the schema takes away by what it is found: the plan says so, and nothing waits for ever.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { amend, itemsOf, merged, query } from '../../../test/steps.ts';
import { byKey } from '../../model/ref.ts';
import type { SchemaDocument } from '../../model/schema.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
});
afterAll(() => fresh.close());

const whole = (current: SchemaDocument): SchemaDocument =>
  merged(current, {
    types: {
      pump: { fields: { code: { type: 'text', unique: true }, plate: { type: 'text', unique: true } } },
      valve: { fields: { tag: { type: 'text', unique: true } } },
    },
    role_lists: {
      valve_role: [
        { number: 1, name: 'Inlet' },
        { number: 2, name: 'Outlet' },
      ],
    },
    links: { 'pump.valves': { to: 'valve', inverse: 'pumps', once_per: 'role', roles: 'valve_role' } },
  });

const defer = (pumpKey: string, left: string, valveKey: string, right: string, role = 'Inlet') =>
  fresh.hub.linkOrDefer(fresh.admin, {
    from: { type: 'pump', ref: byKey(pumpKey, left) },
    link: 'valves',
    to: { ref: byKey(valveKey, right) },
    role: { by: 'name', value: role },
    defer: { expiresAt: null },
  });
const stored = async () =>
  (
    await query<{ left_value: string; right_value: string }>(
      fresh.databaseUrl,
      'select left_value, right_value from pending_link order by 1, 2',
    )
  ).map(({ left_value, right_value }) => `${left_value} ${right_value}`);

beforeEach(async () => {
  await amend(fresh.hub, fresh.admin, whole, true);
  await query(fresh.databaseUrl, 'delete from pending_link');
  await defer('code', 'A', 'tag', 'a');
  await defer('plate', 'B', 'tag', 'b');
  await defer('external_id', 'C', 'external_id', 'c', 'Outlet');
});

type Fields = Record<string, object>;
const withFields = (type: string, change: (fields: Fields) => Fields) => (current: SchemaDocument) => {
  const document = current.types?.[type] as { fields: Fields };
  return {
    ...current,
    types: { ...current.types, [type]: { ...document, fields: change(document.fields) } },
  } as SchemaDocument;
};
const without = (name: string) => (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([one]) => one !== name));

const changes: readonly (readonly [string, (current: SchemaDocument) => SchemaDocument, RegExp, string[]])[] = [
  [
    'a match field of the left side is removed',
    withFields('pump', without('code')),
    /^1 link that waits for a record by pump\.code$/,
    ['B b', 'C c'],
  ],
  [
    'a match field of the right side is removed',
    withFields('valve', without('tag')),
    /^2 links that wait for a record by valve\.tag$/,
    ['C c'],
  ],
  [
    'a match field is unique no more',
    withFields('pump', (fields) => ({ ...fields, plate: { type: 'text' } })),
    /^1 link that waits for a record by pump\.plate$/,
    ['A a', 'C c'],
  ],
  [
    'a match field becomes another field',
    withFields('pump', (fields) => ({ ...fields, code: { type: 'integer', unique: true } })),
    /^1 link that waits for a record by pump\.code$/,
    ['B b', 'C c'],
  ],
  [
    'the link type is removed',
    ({ links: { 'pump.valves': _, ...links } = {}, ...current }) => ({ ...current, links }),
    /^3 links that wait for its records$/,
    [],
  ],
  [
    'a record type is removed',
    ({ types: { valve: _, ...types } = {}, links: { 'pump.valves': _links, ...links } = {}, ...current }) => ({
      ...current,
      types,
      links,
    }),
    /^3 links that wait for its records$/,
    [],
  ],
];

describe('links that wait', () => {
  it.each(changes)(
    'when %s are listed by the plan, keep it from being applied, and end with it',
    async (_when, change, words, left) => {
      const plan = await fresh.hub.planSchema(fresh.admin, change);
      if (plan.kind !== 'plan') throw new Error(JSON.stringify(plan));
      expect(plan.changes.flatMap(({ loss }) => loss ?? [])).toContainEqual(expect.stringMatching(words));
      expect(await fresh.hub.applySchema(fresh.admin, change, { allowLoss: false })).toMatchObject({
        kind: 'loss_refused',
      });
      expect(await stored()).toEqual(['A a', 'B b', 'C c']);
      await amend(fresh.hub, fresh.admin, change, true);
      expect(await stored()).toEqual(left);
    },
  );

  it('are told beside what else is lost', async () => {
    await fresh.hub.upsert(fresh.admin, { type: 'pump', ref: byKey('code', 'Z'), mode: 'upsert', fields: {} });
    const plan = await fresh.hub.planSchema(fresh.admin, withFields('pump', without('code')));
    expect(plan).toMatchObject({
      changes: [{ loss: 'the value of pump.code in 1 record, and 1 link that waits for a record by pump.code' }],
    });
  });

  it('and have expired are no loss', async () => {
    await query(fresh.databaseUrl, "update pending_link set expires_at = '2026-01-01'");
    await amend(fresh.hub, fresh.admin, withFields('valve', without('tag')));
    expect(await stored()).toEqual(['C c']);
  });

  it('keep a role that they wait in from being removed', async () => {
    const removal = (current: SchemaDocument): SchemaDocument => ({
      ...current,
      role_lists: { ...current.role_lists, valve_role: [{ number: 1, name: 'Inlet' }] },
    });
    expect(await fresh.hub.applySchema(fresh.admin, removal, { allowLoss: true })).toMatchObject({
      kind: 'invalid',
      problems: [{ message: '1 link of pump.valves waits in a role that would go. Withdraw it first.' }],
    });
    const [waiting] = itemsOf(
      await fresh.hub.pendingLinks(fresh.admin, { waitsFor: byKey('external_id', 'C'), limit: 10 }),
    );
    await fresh.hub.forgetPendingLink(fresh.admin, waiting?.number ?? 0);
    await amend(fresh.hub, fresh.admin, removal);
  });
});
