// Stamped links and removals of several sources: in whatever order, pieces and repetition they arrive, they end in what they tell.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hub } from '../src/engine/hub.ts';
import { saidText } from '../src/engine/write/stamps.ts';
import type { ImportRow } from '../src/model/commands.ts';
import { byKey } from '../src/model/ref.ts';
import type { Stamp } from '../src/model/stamp.ts';
import { arrivalOf, checkThousand, type Servers, type Step, stampOf, startServers } from './stamped-arrivals.ts';
import { stateDigest } from './state-digest.ts';

/** Once per role; once per pair, with roles; one account for each contact. */
type Left = 'claim' | 'opportunity' | 'account';
type Piece = {
  readonly left: Left;
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly removes: boolean;
  /** Of a removal of a claim's link: absent is every role. */
  readonly role: string | undefined;
};

const roles = { claim: ['Broker', 'Witness'], opportunity: ['Primary Contact'], account: [] } as const;
const piece: fc.Arbitrary<Piece> = fc.constantFrom<Left>('claim', 'opportunity', 'account').chain((left) =>
  fc
    .record({
      left: fc.constant(left),
      from: fc.constantFrom('1', '2'),
      to: fc.constantFrom('1', '2'),
      at: fc.integer({ min: 1, max: 6 }),
      removes: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      role: fc.constantFrom<string | undefined>(undefined, ...roles[left]),
    })
    .map((one) => (one.removes && left === 'opportunity' ? { ...one, role: undefined } : one)),
);

const arrival = arrivalOf(piece, 9);

const numberOfRole: Record<string, number> = { Broker: 2, Witness: 6, 'Primary Contact': -10 };
const roleOf = ({ role }: Piece): number | null => (role === undefined ? null : (numberOfRole[role] ?? null));
const saidOf = (one: Piece): string => (one.removes ? '~' : saidText([roleOf(one), []]));
const isLater = (a: readonly [number, string], b: readonly [number, string]): boolean =>
  a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);

/** What the pieces tell: a link is there unless something later is told of the pair in its role, of all its roles, or of its contact. */
function told(prefix: string, pieces: readonly Piece[]): string[] {
  const alive = pieces.filter((one) => {
    if (one.removes) return false;
    const ofType = pieces.filter(({ left }) => left === one.left);
    const ofPair = ofType.filter(({ from, to }) => from === one.from && to === one.to);
    const isEvery = (other: Piece): boolean => other.removes && other.left === 'claim' && other.role === undefined;
    const isOfSlot = (other: Piece): boolean => one.left !== 'claim' || roleOf(other) === roleOf(one);
    if (ofPair.some((other) => isEvery(other) && other.at >= one.at)) return false;
    const rivals = ofPair.filter((other) => !isEvery(other) && isOfSlot(other));
    if (rivals.some((other) => isLater([other.at, saidOf(other)], [one.at, saidOf(one)]))) return false;
    if (one.left !== 'account') return true;
    const nameOf = ({ from }: Piece): string => saidText(`external_id:${prefix}account${from}`);
    const claims = ofType.filter(({ to, removes }) => to === one.to && !removes);
    return !claims.some((other) => isLater([other.at, nameOf(other)], [one.at, nameOf(one)]));
  });
  return [...new Set(alive.map((one) => `${one.left}${one.from} contact${one.to} ${roleOf(one) ?? ''}`.trim()))].sort();
}

describe('stamped links and removals of several sources', () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(() => servers.close());

  const partsOf = (prefix: string, kind: Stamp['kind'], one: Piece) => ({
    left: byKey('external_id', `${prefix}${one.left}${one.from}`),
    right: byKey('external_id', `${prefix}contact${one.to}`),
    role: one.role === undefined ? {} : { role: { by: 'name' as const, value: one.role } },
    stamp: stampOf(kind, one.at),
  });

  function send(hub: Hub, prefix: string, kind: Stamp['kind'], one: Piece): Promise<{ kind: string }> {
    const { fresh } = servers;
    const { left, right, role, stamp } = partsOf(prefix, kind, one);
    const command = { from: { type: one.left, ref: left }, link: 'contacts', to: { ref: right }, ...role, stamp };
    return one.removes
      ? hub.unlinkOrWithdraw(fresh.admin, { ...command, which: 'all' })
      : hub.linkOrDefer(fresh.power, command);
  }

  async function importAll(prefix: string, kind: Stamp['kind'], pieces: readonly Piece[]): Promise<void> {
    for (const left of ['claim', 'opportunity', 'account'] as const) {
      const rows = pieces
        .filter((one) => one.left === left)
        .map((one, index): ImportRow => {
          const { role, ...parts } = partsOf(prefix, kind, one);
          const action = one.removes ? 'unlink' : 'link';
          return { index, line: index + 1, source: '', kind: 'link', action, ...parts, ...role };
        });
      if (rows.length === 0) continue;
      const command = { kind: 'links', link: `${left}.contacts`, leftKey: null, rightKey: null } as const;
      const { fresh } = servers;
      const started = await fresh.hub.import(fresh.admin, command, async function* () {
        yield rows;
      });
      if (started.kind !== 'importing') throw new Error(started.kind);
      for await (const { outcomes } of started.chunks)
        for (const { kind: outcome } of outcomes) expect(outcome).not.toBe('rejected');
    }
  }

  async function take(prefix: string, kind: Stamp['kind'], { pieces, way, dies }: Step<Piece>): Promise<void> {
    const { fresh, other, mortal } = servers;
    if (dies) await Promise.allSettled(pieces.map((one) => send(mortal, prefix, kind, one)));
    if (way === 'import') return importAll(prefix, kind, pieces);
    const hub = way === 'other server' ? other : fresh.hub;
    for (const outcome of await Promise.all(pieces.map((one) => send(hub, prefix, kind, one))))
      expect(outcome.kind).not.toBe('rejected');
  }

  it('end in what they tell, in any order, pieces and repetition, and wherever a server dies', async () => {
    const { fresh, pool, death } = servers;
    const ids = ['claim', 'opportunity', 'account', 'contact'].flatMap((type) =>
      ['1', '2'].map((n) => [type, n] as const),
    );
    const cases = await checkThousand(arrival, async (together) => {
      const made = together.flatMap(({ prefix }) =>
        ids.map(([type, n]) => {
          const ref = byKey('external_id', `${prefix}${type}${n}`);
          return fresh.hub.upsert(fresh.admin, { type, ref, mode: 'upsert', fields: {} });
        }),
      );
      await Promise.all(made);
      await Promise.all(
        together.map(async ({ prefix, pieces, steps, kind }) => {
          for (const step of steps) await take(prefix, kind, step);
          const { links } = await stateDigest(pool, prefix);
          const shown = links.map((text) => {
            const [, left, right, , role = ''] = text.replace('{}', '').trim().split(' ');
            return `${left} ${right} ${role}`.trim();
          });
          expect(shown.sort(), JSON.stringify(pieces)).toEqual(told(prefix, pieces));
        }),
      );
    });
    expect(cases).toBe(1000);
    expect(death.deaths).toBeGreaterThan(100);
  }, 300_000);
});
