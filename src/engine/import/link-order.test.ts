// The chunks of an import of links are written side by side, some without holding their records: it ends as its rows do one by one.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { key, query } from '../../../test/steps.ts';
import type { ImportRow } from '../../model/commands.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
});
afterAll(() => fresh.close());

const roles = ['Claimant', 'Broker', 'Adjuster'];
/** So many that a chunk makes many links, and so few that each comes again. */
const pairs = 300;
const rowsOfBlock = 1000;

type Asked = { readonly pair: number; readonly role: string | undefined; readonly action: 'link' | 'unlink' };

/** What the rows come to, one by one: of each pair its roles, '' for none; and how each row ends. */
function oneByOne(asked: readonly Asked[]): { state: string[]; kinds: string[] } {
  const there = new Map<number, Set<string>>();
  const kinds = asked.map(({ pair, role, action }) => {
    const has = there.get(pair) ?? new Set<string>();
    there.set(pair, has);
    if (action === 'unlink') {
      const gone = [...has].filter((one) => role === undefined || one === role);
      for (const one of gone) has.delete(one);
      return gone.length > 0 ? 'updated' : 'unchanged';
    }
    if (role === undefined ? has.size > 0 : has.has(role)) return 'unchanged';
    has.add(role ?? '');
    return 'created';
  });
  return { state: [...there].flatMap(([pair, has]) => [...has].map((role) => `${pair} ${role}`)).sort(), kinds };
}

it.each([1, 2, 3, 4])('ends as its rows do one by one, case %i', async (seed) => {
  let random = seed * 7_919;
  const below = (limit: number): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return (random >>> 8) % limit;
  };
  // Blocks of links with roles only, which hold nothing, between such as must hold their records.
  // Of a few rows at the end it is known at once what they are about: they come while the block before is being written.
  const length = seed % 2 === 0 ? rowsOfBlock + 60 : 5 * rowsOfBlock;
  const asked = Array.from({ length }, (_, index): Asked => {
    const isPlain = (Math.floor(index / rowsOfBlock) + seed) % 2 === 0;
    const role = isPlain || below(3) > 0 ? roles[below(roles.length)] : undefined;
    return { pair: below(pairs), role, action: isPlain || below(2) === 0 ? 'link' : 'unlink' };
  });
  const contact = (pair: number): string => `order-${seed}-${pair}`;
  await fresh.hub.upsert(fresh.admin, { type: 'claim', ref: key(`order-${seed}`), mode: 'upsert', fields: {} });
  for (let pair = 0; pair < pairs; pair++)
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key(contact(pair)), mode: 'upsert', fields: {} });
  const rows = asked.map(({ pair, role, action }, index): ImportRow => {
    const named = { left: key(`order-${seed}`), right: key(contact(pair)), action };
    const by = role === undefined ? {} : { role: { by: 'name' as const, value: role } };
    return { kind: 'link', index, line: index + 1, source: '', ...named, ...by };
  });
  const command = { kind: 'links', link: 'claim.contacts', leftKey: null, rightKey: null } as const;
  const started = await fresh.hub.import(fresh.admin, command, async function* (from) {
    yield rows.slice(from);
  });
  if (started.kind !== 'importing') throw new Error(started.kind);
  const kinds: string[] = [];
  for await (const { outcomes } of started.chunks) kinds.push(...outcomes.map(({ kind }) => kind));
  const expected = oneByOne(asked);
  expect(kinds).toEqual(expected.kinds);
  const stored = await query<{ pair: string; role: number | null }>(
    fresh.databaseUrl,
    `select split_part(r.external_id, '-', 3) as pair, l.role from link l join record r on r.number = l.right_number
     where r.external_id like $1`,
    [`order-${seed}-%`],
  );
  const names = new Map([
    [1, 'Claimant'],
    [2, 'Broker'],
    [3, 'Adjuster'],
  ]);
  expect(stored.map(({ pair, role }) => `${pair} ${names.get(role ?? 0) ?? ''}`).sort()).toEqual(expected.state);
});
