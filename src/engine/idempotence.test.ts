// Invariant 2, against a model of the hub that is a few lines of Maps: whatever is done in whatever order, the hub says and holds what
// the model does, and doing any of it again changes nothing and writes no change row.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { changeRows, codesOf, itemsOf, key } from '../../test/steps.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
});
afterAll(() => fresh.close());

type Fields = { name?: string | null; claim_number?: string | null };
type Command =
  | { do: 'upsert' | 'create' | 'update'; id: string; fields: Fields }
  | { do: 'delete'; id: string }
  | { do: 'link' | 'unlink'; id: string; to: string; role: string | null };

const id = fc.constantFrom('a', 'b', 'c');
const to = fc.constantFrom('p', 'q');
const role = fc.constantFrom('Adjuster', 'Witness', null);
const fields: fc.Arbitrary<Fields> = fc.record(
  { name: fc.constantFrom('x', 'y', null), claim_number: fc.constantFrom('N1', 'N2', null) },
  { requiredKeys: [] },
);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('upsert', 'create', 'update'), id, fields }) as fc.Arbitrary<Command>,
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete'), id }) as fc.Arbitrary<Command> },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('link', 'unlink'), id, to, role }) as fc.Arbitrary<Command> },
);

/** What must hold, without a database: claims by key, tombstones, and links as `claim contact role`. */
class Model {
  readonly claims = new Map<string, { name: string | null; claim_number: string | null; version: number }>();
  readonly tombstones = new Map<string, number>();
  readonly links = new Set<string>();

  apply(one: Command): string {
    switch (one.do) {
      case 'upsert':
      case 'create':
      case 'update':
        return this.#write(one.do, one.id, one.fields);
      case 'delete': {
        const claim = this.claims.get(one.id);
        if (claim === undefined) return 'record_not_found';
        this.claims.delete(one.id);
        this.tombstones.set(one.id, claim.version + 1);
        for (const link of this.links) if (link.startsWith(`${one.id} `)) this.links.delete(link);
        return 'deleted';
      }
      case 'link':
      case 'unlink': {
        if (!this.claims.has(one.id)) return 'record_not_found';
        const link = `${one.id} ${one.to} ${one.role}`;
        const was = this.links.has(link);
        if (one.do === 'link') this.links.add(link);
        else this.links.delete(link);
        if (one.do === 'unlink') return was ? 'unlinked 1' : 'unlinked 0';
        return was ? 'unchanged' : 'created';
      }
    }
  }

  #write(mode: 'upsert' | 'create' | 'update', claimId: string, given: Fields): string {
    const live = this.claims.get(claimId);
    if (live !== undefined && mode === 'create') return 'record_exists';
    if (live === undefined && mode === 'update') return 'record_not_found';
    const next = { name: null, claim_number: null, ...live, ...given };
    const taken = [...this.claims].some(
      ([other, { claim_number }]) =>
        other !== claimId && next.claim_number !== null && claim_number === next.claim_number,
    );
    if (taken) return 'key_taken';
    const tombstone = this.tombstones.get(claimId);
    if (live !== undefined && live.name === next.name && live.claim_number === next.claim_number) return 'unchanged';
    this.claims.set(claimId, { ...next, version: (live?.version ?? tombstone ?? 0) + 1 });
    this.tombstones.delete(claimId);
    if (live !== undefined) return 'updated';
    return tombstone === undefined ? 'created' : 'revived';
  }

  state(): unknown {
    return [
      [...this.claims].map(([name, claim]) => [name, claim.name, claim.claim_number, claim.version]).sort(),
      [...this.links].sort(),
    ];
  }
}

async function run(prefix: string, one: Command): Promise<string> {
  const { hub, admin } = fresh;
  const claim = { type: 'claim', ref: key(`${prefix}${one.id}`) };
  switch (one.do) {
    case 'delete':
      return codesOf(await hub.delete(admin, claim)).join();
    case 'link':
    case 'unlink': {
      const named = one.role === null ? null : ({ by: 'name', value: one.role } as const);
      const pair = { from: claim, link: 'contacts', to: { ref: key(`${prefix}${one.to}`) }, role: named };
      if (one.do === 'link') return codesOf(await hub.link(admin, pair)).join();
      const outcome = await hub.unlink(admin, { ...pair, which: 'all' });
      return outcome.kind === 'unlinked' ? `unlinked ${outcome.removed.length}` : codesOf(outcome).join();
    }
    default: {
      const number = one.fields.claim_number;
      const sent = { ...one.fields, ...(typeof number === 'string' ? { claim_number: `${prefix}${number}` } : {}) };
      return codesOf(await hub.upsert(admin, { ...claim, mode: one.do, fields: sent })).join();
    }
  }
}

async function state(prefix: string): Promise<unknown> {
  const { hub, admin } = fresh;
  const claims: unknown[] = [];
  const links: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    const found = await hub.find(admin, 'claim', key(`${prefix}${name}`));
    if (found.kind !== 'found') continue;
    const { fields: stored, version } = found.record;
    claims.push([
      name,
      stored.name,
      typeof stored.claim_number === 'string' ? stored.claim_number.replace(prefix, '') : null,
      version,
    ]);
    for (const contact of ['p', 'q']) {
      const other = await hub.find(admin, 'contact', key(`${prefix}${contact}`));
      const all = itemsOf(await hub.links(admin, { type: 'claim', ref: key(`${prefix}${name}`), limit: 100 }));
      for (const link of all)
        if (other.kind === 'found' && link.right.number === other.record.number)
          links.push(`${name} ${contact} ${link.role?.name ?? null}`);
    }
  }
  return [claims.sort(), links.sort()];
}

describe('any sequence of upserts, deletes and links', () => {
  it('gives the outcomes and the state that it must, and each repeated at once changes nothing', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 14 }), async (commands) => {
        round += 1;
        const prefix = `i${round}-`;
        for (const contact of ['p', 'q'])
          await fresh.hub.upsert(fresh.admin, {
            type: 'contact',
            ref: key(`${prefix}${contact}`),
            mode: 'create',
            fields: {},
          });
        const model = new Model();
        for (const one of commands) {
          const outcome = await run(prefix, one);
          expect([one, outcome]).toEqual([one, model.apply(one)]);
          const before = await changeRows(fresh.databaseUrl);
          const again = await run(prefix, one);
          expect(again).toBe(model.apply(one));
          expect(again).toMatch(/^(unchanged|unlinked 0|record_not_found|record_exists|key_taken)$/);
          expect(await changeRows(fresh.databaseUrl)).toBe(before);
        }
        expect(await state(prefix)).toEqual(model.state());
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('writes one change row for each change', async () => {
    const counts: number[] = [];
    const steps: Command[] = [
      { do: 'upsert', id: 'a', fields: { name: 'x' } },
      { do: 'upsert', id: 'a', fields: { name: 'y', claim_number: 'N1' } },
      { do: 'upsert', id: 'a', fields: { name: 'y' } },
      { do: 'link', id: 'a', to: 'p', role: 'Witness' },
      { do: 'link', id: 'a', to: 'p', role: 'Witness' },
      { do: 'unlink', id: 'a', to: 'p', role: 'Witness' },
      { do: 'delete', id: 'a' },
      { do: 'upsert', id: 'a', fields: {} },
    ];
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key('row-p'), mode: 'create', fields: {} });
    for (const one of steps) {
      const before = await changeRows(fresh.databaseUrl);
      await run('row-', one);
      counts.push((await changeRows(fresh.databaseUrl)) - before);
    }
    expect(counts).toEqual([1, 1, 0, 1, 0, 1, 1, 1]);
  });
});
