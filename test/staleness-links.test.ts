// Stamped links and removals of several sources, and their records: in whatever order, pieces and repetition they arrive, they end in what
// they tell.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hub } from '../src/engine/hub.ts';
import { saidText } from '../src/engine/write/working/stamps.ts';
import type { ImportCommand, ImportRow } from '../src/model/commands.ts';
import { byKey } from '../src/model/ref.ts';
import type { Stamp } from '../src/model/stamp.ts';
import { arrivalOf, checkCases, type Servers, type Step, stampOf, startServers, thousand } from './stamped-arrivals.ts';
import { stateDigest } from './state-digest.ts';

/** Once per role; once per pair, with roles; one account for each contact. */
type Left = 'claim' | 'opportunity' | 'account';
type LinkPiece = {
  readonly kind: 'link';
  readonly left: Left;
  readonly from: string;
  readonly to: string;
  /** The contact by its other key. */
  readonly bySync: boolean;
  readonly at: number;
  readonly removes: boolean;
  /** Of a removal of a claim's link: absent is every role. */
  readonly role: string | undefined;
};
/** A contact gets its other key by a piece of its own. */
type RecordPiece = {
  readonly kind: 'record';
  readonly type: Left | 'contact';
  readonly id: string;
  readonly hasSync: boolean;
};
type Piece = LinkPiece | RecordPiece;

const roles = { claim: ['Broker', 'Witness'], opportunity: ['Primary Contact'], account: [] } as const;
const link: fc.Arbitrary<LinkPiece> = fc.constantFrom<Left>('claim', 'opportunity', 'account').chain((left) =>
  fc
    .record({
      kind: fc.constant('link' as const),
      left: fc.constant(left),
      from: fc.constantFrom('1', '2'),
      to: fc.constantFrom('1', '2'),
      bySync: fc.boolean(),
      at: fc.integer({ min: 1, max: 6 }),
      removes: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      role: fc.constantFrom<string | undefined>(undefined, ...roles[left]),
    })
    .map((one) => (one.removes && left === 'opportunity' ? { ...one, role: undefined } : one)),
);

const twice = ['1', '2'];
const records: readonly RecordPiece[] = [
  ...(['claim', 'opportunity', 'account', 'contact'] as const).flatMap((type) =>
    twice.map((id): RecordPiece => ({ kind: 'record', type, id, hasSync: false })),
  ),
  ...twice.map((id): RecordPiece => ({ kind: 'record', type: 'contact', id, hasSync: true })),
];
const isNamedBy = ({ type, id, hasSync }: RecordPiece, links: readonly LinkPiece[]): boolean =>
  links.some(({ left, from, to, bySync }) =>
    type === 'contact' ? to === id && (bySync || !hasSync) : left === type && from === id,
  );

const arrival = arrivalOf<Piece>(
  fc
    .array(link, { minLength: 2, maxLength: 8 })
    .map((links) => [...links, ...records.filter((record) => isNamedBy(record, links))]),
);

const numberOfRole: Record<string, number> = { Broker: 2, Witness: 6, 'Primary Contact': -10 };
const roleOf = ({ role }: LinkPiece): number | null => (role === undefined ? null : (numberOfRole[role] ?? null));
const saidOf = (one: LinkPiece): string => (one.removes ? '~' : saidText([roleOf(one), []]));
const isLater = (a: readonly [number, string], b: readonly [number, string]): boolean =>
  a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);

/** What the pieces tell: a link is there unless something later is told of the pair in its role, of all its roles, or of its contact. */
function told(prefix: string, pieces: readonly Piece[]): string[] {
  const links = pieces.filter((one) => one.kind === 'link');
  const alive = links.filter((one) => {
    if (one.removes) return false;
    const ofType = links.filter(({ left }) => left === one.left);
    const ofPair = ofType.filter(({ from, to }) => from === one.from && to === one.to);
    const isEvery = (other: LinkPiece): boolean => other.removes && other.left === 'claim' && other.role === undefined;
    const isOfSlot = (other: LinkPiece): boolean => one.left !== 'claim' || roleOf(other) === roleOf(one);
    if (ofPair.some((other) => isEvery(other) && other.at >= one.at)) return false;
    const rivals = ofPair.filter((other) => !isEvery(other) && isOfSlot(other));
    if (rivals.some((other) => isLater([other.at, saidOf(other)], [one.at, saidOf(one)]))) return false;
    if (one.left !== 'account') return true;
    const nameOf = ({ from }: LinkPiece): string => saidText(`external_id:${prefix}account${from}`);
    const claims = ofType.filter(({ to, removes }) => to === one.to && !removes);
    return !claims.some((other) => isLater([other.at, nameOf(other)], [one.at, nameOf(one)]));
  });
  return [...new Set(alive.map((one) => `${one.left}${one.from} contact${one.to} ${roleOf(one) ?? ''}`.trim()))].sort();
}

describe('stamped links and removals of several sources, and their records', () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(() => servers.close());

  const partsOf = (prefix: string, kind: Stamp['kind'], one: LinkPiece) => ({
    left: byKey('external_id', `${prefix}${one.left}${one.from}`),
    right: one.bySync ? byKey('sync_key', `${prefix}S${one.to}`) : byKey('external_id', `${prefix}contact${one.to}`),
    role: one.role === undefined ? {} : { role: { by: 'name' as const, value: one.role } },
    stamp: stampOf(kind, one.at),
  });

  const fieldsOf = (prefix: string, { id, hasSync }: RecordPiece) => (hasSync ? { sync_key: `${prefix}S${id}` } : {});

  function send(hub: Hub, prefix: string, kind: Stamp['kind'], one: Piece): Promise<{ kind: string }> {
    const { fresh } = servers;
    if (one.kind === 'record') {
      const ref = byKey('external_id', `${prefix}${one.type}${one.id}`);
      return hub.upsert(fresh.admin, { type: one.type, ref, mode: 'upsert', fields: fieldsOf(prefix, one) });
    }
    const { left, right, role, stamp } = partsOf(prefix, kind, one);
    const pair = { from: { type: one.left, ref: left }, link: 'contacts', to: { ref: right } };
    const command = { ...pair, ...role, stamp, defer: { expiresAt: null } };
    return one.removes
      ? hub.unlinkOrWithdraw(fresh.admin, { ...command, which: 'all' })
      : hub.linkOrDefer(fresh.power, command);
  }

  async function importAll(prefix: string, kind: Stamp['kind'], pieces: readonly Piece[]): Promise<void> {
    const run = async (command: ImportCommand, rows: readonly ImportRow[]): Promise<void> => {
      if (rows.length === 0) return;
      const { fresh } = servers;
      const started = await fresh.hub.import(fresh.admin, command, async function* () {
        yield rows;
      });
      if (started.kind !== 'importing') throw new Error(started.kind);
      for await (const { outcomes } of started.chunks)
        for (const { kind: outcome } of outcomes) expect(outcome).not.toBe('rejected');
    };
    for (const type of ['contact', 'claim', 'opportunity', 'account'] as const) {
      const rows = pieces
        .filter((one) => one.kind === 'record')
        .filter((one) => one.type === type)
        .map((one, index): ImportRow => {
          const fields = { external_id: `${prefix}${type}${one.id}`, ...fieldsOf(prefix, one) };
          return { index, line: index + 1, source: '', kind: 'row', fields };
        });
      await run({ kind: 'records', type, key: 'external_id', mode: 'upsert' }, rows);
    }
    for (const left of ['claim', 'opportunity', 'account'] as const) {
      const rows = pieces
        .filter((one) => one.kind === 'link')
        .filter((one) => one.left === left)
        .map((one, index): ImportRow => {
          const { role, ...parts } = partsOf(prefix, kind, one);
          const action = one.removes ? 'unlink' : 'link';
          return { index, line: index + 1, source: '', kind: 'link', action, ...parts, ...role };
        });
      const link = `${left}.contacts`;
      await run({ kind: 'links', link, leftKey: null, rightKey: null, onMissing: 'defer' }, rows);
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
    const { pool, death } = servers;
    const cases = await checkCases(arrival, thousand, async (together) => {
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
    const { rows: waiting } = await pool.query('select * from pending_link');
    expect(waiting).toEqual([]);
    expect(cases).toBe(1000);
    expect(death.deaths).toBeGreaterThan(100);
  });
});
