// However late and in whatever order, pieces and repetition the stamped writes and deletes of several sources arrive, through whatever
// server and way, and wherever a server dies: one state, and the one that they tell when each is taken at its time.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hub } from '../src/engine/hub.ts';
import { saidText } from '../src/engine/write/working/stamps.ts';
import type { ImportRow } from '../src/model/commands.ts';
import type { Caller } from '../src/model/principal.ts';
import { byKey } from '../src/model/ref.ts';
import type { Stamp } from '../src/model/stamp.ts';
import { arrivalOf, checkCases, type Servers, type Step, stampOf, startServers, thousand } from './stamped-arrivals.ts';

type Values = { readonly material?: string | null; readonly weight?: number | null; readonly supplier?: string | null };
/** `at`: as of when, or by which version; `source`: who sends it. */
type Piece = { readonly key: string; readonly at: number; readonly source: 'admin' | 'power' } & (
  | { readonly kind: 'write'; readonly fields: Values }
  | { readonly kind: 'delete' }
);

const common = {
  key: fc.constantFrom('B1', 'B2'),
  at: fc.integer({ min: 1, max: 6 }),
  source: fc.constantFrom('admin' as const, 'power' as const),
};
const fields: fc.Arbitrary<Values> = fc.record(
  {
    material: fc.constantFrom('oak', 'steel', null),
    weight: fc.constantFrom(5, 12, null),
    supplier: fc.constantFrom('P1', 'P2', null),
  },
  { requiredKeys: [] },
);
const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ...common, kind: fc.constant('write' as const), fields }) },
  { weight: 1, arbitrary: fc.record({ ...common, kind: fc.constant('delete' as const) }) },
);

const arrival = arrivalOf(fc.array(piece, { minLength: 2, maxLength: 8 }));

type Value = string | number | null;
const greatest = (field: keyof Values, values: readonly Value[]): Value => {
  const textOf = (value: Value): string =>
    value === null ? '' : field === 'supplier' ? saidText(`external_id:${value}`) : JSON.stringify(value);
  return values.reduce((a, b) => (textOf(b) > textOf(a) ? b : a));
};

/** What the pieces tell, each at its time: a delete takes all that is not newer, and of equal stamps the greater value stays. */
function told(pieces: readonly Piece[]): Record<string, Values> {
  const records: Record<string, Values> = {};
  for (const key of ['B1', 'B2']) {
    const ofKey = pieces.filter((one) => one.key === key);
    const deleted = Math.max(0, ...ofKey.filter(({ kind }) => kind === 'delete').map(({ at }) => at));
    const writes = ofKey.flatMap((one) => (one.kind === 'write' && one.at > deleted ? [one] : []));
    if (writes.length === 0) continue;
    const lastOf = (field: keyof Values) => {
      const saying = writes.filter((one) => one.fields[field] !== undefined);
      const last = Math.max(...saying.map(({ at }) => at));
      const values = saying.filter(({ at }) => at === last).map((one) => one.fields[field] ?? null);
      return values.length === 0 ? null : greatest(field, values);
    };
    records[key] = Object.fromEntries(
      (['material', 'weight', 'supplier'] as const).map((field) => [field, lastOf(field)]),
    );
  }
  return records;
}

describe('stamped writes and deletes of several sources', () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers();
    const { fresh } = servers;
    for (const id of ['P1', 'P2'])
      await fresh.hub.upsert(fresh.admin, {
        type: 'contact',
        ref: byKey('external_id', id),
        mode: 'upsert',
        fields: {},
      });
  });
  afterAll(() => servers.close());

  const type = 'building_component';
  const inputs = ({ supplier, ...values }: Values) =>
    supplier === undefined
      ? values
      : { ...values, supplier: supplier === null ? null : byKey('external_id', supplier) };
  const callerOf = ({ source }: Piece): Caller => (source === 'admin' ? servers.fresh.admin : servers.fresh.power);

  function send(hub: Hub, prefix: string, kind: Stamp['kind'], one: Piece): Promise<{ kind: string }> {
    const ref = byKey('name', `${prefix}${one.key}`);
    const stamp = stampOf(kind, one.at);
    return one.kind === 'delete'
      ? hub.delete(callerOf(one), { type, ref, stamp })
      : hub.upsert(callerOf(one), { type, ref, mode: 'upsert', fields: inputs(one.fields), stamp });
  }

  async function importAll(prefix: string, kind: Stamp['kind'], pieces: readonly Piece[]): Promise<void> {
    const rows = pieces.flatMap((one, index): ImportRow[] => {
      if (one.kind !== 'write') return [];
      const fields = { name: `${prefix}${one.key}`, ...inputs(one.fields) };
      return [{ index, line: index + 1, source: '', kind: 'row', fields, stamp: stampOf(kind, one.at) }];
    });
    const numbered = rows.map((row, index) => ({ ...row, index }));
    const { fresh } = servers;
    const started = await fresh.hub.import(
      fresh.admin,
      { kind: 'records', type, key: 'name', mode: 'upsert' },
      async function* () {
        yield numbered;
      },
    );
    if (started.kind !== 'importing') throw new Error(started.kind);
    for await (const { outcomes } of started.chunks)
      for (const { kind: outcome } of outcomes) expect(outcome).not.toBe('rejected');
  }

  async function take(prefix: string, kind: Stamp['kind'], { pieces, way, dies }: Step<Piece>): Promise<void> {
    const { fresh, other, mortal } = servers;
    if (dies) await Promise.allSettled(pieces.map((one) => send(mortal, prefix, kind, one)));
    const imported = way === 'import' ? pieces.filter((one) => one.kind === 'write') : [];
    if (imported.length > 0) await importAll(prefix, kind, imported);
    const singly = way === 'import' ? pieces.filter((one) => one.kind === 'delete') : pieces;
    const hub = way === 'other server' ? other : fresh.hub;
    for (const outcome of await Promise.all(singly.map((one) => send(hub, prefix, kind, one))))
      expect(outcome.kind).not.toBe('rejected');
  }

  async function stateOf(prefix: string): Promise<Record<string, Values>> {
    const { fresh, pool } = servers;
    const catalogue = await fresh.hub.catalogue(fresh.admin.principal.workspace);
    const known = catalogue.types.get(type);
    const [material, weight, supplier] = ['material', 'weight', 'supplier'].map((key) => known?.fieldsByKey.get(key));
    const { rows } = await pool.query(
      `select r.data, c.external_id as supplier from record r
         left join link l on l.workspace_id = r.workspace_id and l.left_number = r.number and l.link_type = $2
         left join record c on c.workspace_id = r.workspace_id and c.number = l.right_number
       where r.deleted_at is null and r.data ->> '3' like $1 || '%'`,
      [prefix, supplier?.link?.id],
    );
    return Object.fromEntries(
      rows.map(({ data, supplier: at }) => [
        data['3'].slice(prefix.length),
        { material: data[material?.id ?? 0] ?? null, weight: data[weight?.id ?? 0] ?? null, supplier: at },
      ]),
    );
  }

  it('end in what they tell, in any order, pieces and repetition, and wherever a server dies', async () => {
    const cases = await checkCases(arrival, thousand, async (together) => {
      await Promise.all(
        together.map(async ({ prefix, pieces, steps, kind }) => {
          for (const step of steps) await take(prefix, kind, step);
          expect(await stateOf(prefix)).toEqual(told(pieces));
        }),
      );
    });
    expect(cases).toBe(1000);
    expect(servers.death.deaths).toBeGreaterThan(100);
  });
});
