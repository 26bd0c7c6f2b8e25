// What becomes of a set whose body does not come whole, comes in great numbers, or comes while another is at work.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { setOf, textOf } from '../../../../test/set-of.ts';
import { amend, changeRows, itemsOf, key, lastRuns, query } from '../../../../test/steps.ts';
import type { SetElement } from '../../../model/commands.ts';
import { workspaceId } from '../../../model/ids.ts';
import { PackedElements } from '../../../model/packed.ts';
import type { RunView } from '../../../model/runs.ts';
import { Overloaded } from '../../hub-errors.ts';
import { ReceivingGate } from './receiving-gate.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) => {
    const elements = { name: 'Elements', type: 'element', ...current.interfaces?.myendpoint, guard: { deletes: null } };
    return { ...current, interfaces: { ...current.interfaces, myendpoint: elements } };
  });
});
afterAll(() => fresh.close());

const [one, other] = [workspaceId(1), workspaceId(2)];
const element = (id: string, name = id): SetElement => ({
  key: id,
  path: `Elements[${id}]`,
  members: [{ name: 'name', kind: 'field', field: 'name', value: name }],
});
const many = (count: number, name?: string) => Array.from({ length: count }, (_, index) => element(`E${index}`, name));

async function send(elements: readonly SetElement[]): Promise<RunView> {
  const outcome = await fresh.hub.sync(fresh.admin, 'myendpoint', setOf(elements));
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return outcome.run;
}
const counted = ({ counts }: RunView) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
const lastRun = async () => (await lastRuns(fresh.hub, fresh.admin, 'myendpoint', 1))[0];
const hashes = async () =>
  (await query<{ known: number }>(fresh.databaseUrl, 'select count(hash)::int as known from interface_record'))[0]
    ?.known;

beforeEach(() => send([]));

describe('an element that came before', () => {
  it('is known until something else writes its record', async () => {
    await send(many(3));
    expect(await hashes()).toBe(3);
    const fields = { internal_note: 'ours' };
    await fresh.hub.upsert(fresh.admin, { type: 'element', ref: key('E1'), mode: 'upsert', fields });
    const known = (await hashes()) ?? 0;
    expect(counted(await send(many(3)))).toEqual({ received: 3, unchanged: 3 });
    expect([known, await hashes()]).toEqual([2, 3]);
  });

  it('is not known once the schema has changed', async () => {
    await send(many(3));
    const read = new Set<number>();
    const count = () => {
      const set = setOf(many(3))();
      return {
        ...set,
        read(...at: Parameters<typeof set.read>) {
          read.add(at[1]);
          return set.read(...at);
        },
      };
    };
    await fresh.hub.sync(fresh.admin, 'myendpoint', count);
    expect(read.size).toBe(0);
    await amend(fresh.hub, fresh.admin, (current) => ({
      ...current,
      types: { ...current.types, other: { fields: { a: { type: 'text' } } } },
    }));
    await fresh.hub.sync(fresh.admin, 'myendpoint', count);
    expect(read.size).toBe(3);
  });
});

describe('more elements than memory should hold', () => {
  const long = (name: string) => name.padEnd(1_500, '.');

  it('are judged in the order of the body, duplicates and all', async () => {
    const first = [...many(7_200, long('all')), element('E3', 'again'), element('E7100', 'again')];
    const { counts } = await send(first);
    expect(await query(fresh.databaseUrl, "select pg_relation_size('staging') > 0 as used")).toEqual([{ used: true }]);
    expect(counts).toMatchObject({ received: 7_202, unchanged: 0, rejected: 0, superseded: 2 });
    expect(counted(await send(many(7_200, long('all'))))).toEqual({ received: 7_200, unchanged: 7_200 });
    expect(await query(fresh.databaseUrl, 'select 1 from staging')).toEqual([]);
    // The first of two wins, whether it is known or not.
    const changed = await send([element('E5', 'new'), ...many(6_000, 'all'), ...many(10)]);
    expect(counted(changed)).toEqual({ received: 6_011, updated: 6_000, superseded: 11, deleted: 1_200 });
    const known = await send([element('E1', 'other'), ...many(6_000, 'all')]);
    expect(counted(known)).toEqual({ received: 6_001, updated: 2, unchanged: 5_998, superseded: 1 });
  });
});

describe('a body that does not come whole', () => {
  it.each([0, 2, 5_500])('after %i elements: nothing is written, and the run says so', async (after) => {
    await send(many(2));
    const before = await changeRows(fresh.databaseUrl);
    const broken = new Error('cut short');
    const open = () => ({
      ...setOf(many(6_000, 'x'))(),
      elements: (async function* () {
        yield PackedElements.of(many(6_000, 'x').slice(0, after).map(textOf));
        throw broken;
      })(),
    });
    const outcome = await fresh.hub.sync(fresh.admin, 'myendpoint', open);
    expect(outcome).toEqual({ kind: 'unreadable', cause: broken, run: expect.any(String) });
    expect(await changeRows(fresh.databaseUrl)).toBe(before);
    const run = 'run' in outcome ? outcome.run : undefined;
    expect(await lastRun()).toMatchObject({ id: run, state: 'failed', failure: expect.stringContaining('cut short') });
    expect(counted(await send(many(2)))).toEqual({ received: 2, unchanged: 2 });
  });
});

describe('a run whose server is gone', () => {
  const leaveOne = () =>
    query(
      fresh.databaseUrl,
      `with left_open as (
         insert into open_run (workspace_id, interface, reserved_at)
         select workspace_id, interface, now() from run order by run desc limit 1 returning workspace_id, run, interface)
       insert into run (workspace_id, run, interface, state, counts, issues, principal_id, via, request, received_at)
       select o.workspace_id, o.run, o.interface, 'received', r.counts, 0, r.principal_id, r.via, r.request, now()
       from left_open o cross join (select * from run order by run desc limit 1) r`,
    );

  it('is seen to have failed by whoever reads it, unless it is at work', async () => {
    await leaveOne();
    expect(await lastRun()).toMatchObject({ state: 'failed', failure: expect.stringContaining('server stopped') });
    let seen: RunView | undefined;
    const open = () => ({
      ...setOf([])(),
      elements: (async function* () {
        seen = await lastRun();
        yield PackedElements.of([]);
      })(),
    });
    await fresh.hub.sync(fresh.admin, 'myendpoint', open);
    expect(seen).toMatchObject({ state: 'received', finishedAt: null });
    expect(await lastRun()).toMatchObject({ state: 'applied' });
  });

  it('is seen to have failed by the next run', async () => {
    await leaveOne();
    await send([]);
    const [, lost] = await lastRuns(fresh.hub, fresh.admin, 'myendpoint', 2);
    expect(lost).toMatchObject({ state: 'failed' });
  });
});

describe('sets that come at once', () => {
  it('are received six at once, and who waits too long is told to come again', async () => {
    const gate = new ReceivingGate(20);
    const leave = await Promise.all([one, one, one, other, other, other].map((workspace) => gate.enter(workspace)));
    await expect(gate.enter(one)).rejects.toBeInstanceOf(Overloaded);
    for (const go of leave.splice(0, 3)) go();
    leave.push(await gate.enter(one), await gate.enter(one), await gate.enter(one));
    const patient = gate.enter(one);
    leave.pop()?.();
    (await patient)();
  });

  it('leave places to other workspaces, who come in before those that wait for a share that is taken', async () => {
    const gate = new ReceivingGate(20);
    const leave = await Promise.all([one, one, one, one].map((workspace) => gate.enter(workspace)));
    await expect(gate.enter(one)).rejects.toBeInstanceOf(Overloaded);
    const others = [await gate.enter(other), await gate.enter(other)];
    const [waiting, third] = [gate.enter(one), gate.enter(other)];
    others[0]?.();
    (await third)();
    await expect(waiting).rejects.toBeInstanceOf(Overloaded);
    for (const go of leave) go();
    (await gate.enter(one))();
  });

  it('are applied three at once: others wait in the queue', () => {
    const gate = new ReceivingGate();
    const stop = [gate.tryApply(one), gate.tryApply(one), gate.tryApply(other)];
    expect(gate.tryApply(other)).toBeUndefined();
    stop[0]?.();
    stop[0]?.(); // once is enough
    expect([gate.tryApply(one), gate.tryApply(other)]).toEqual([expect.any(Function), undefined]);
  });

  it('of one workspace are applied two at once', () => {
    const gate = new ReceivingGate();
    expect([gate.tryApply(one), gate.tryApply(one), gate.tryApply(one)]).toEqual([
      expect.any(Function),
      expect.any(Function),
      undefined,
    ]);
    expect(gate.tryApply(other)).toEqual(expect.any(Function));
  });

  it('are planned two at once, and the others wait without keeping sets out', async () => {
    const gate = new ReceivingGate(20);
    const [first] = [await gate.enterToApply(one), await gate.enterToApply(one)];
    const third = gate.enterToApply(one);
    const sets = [await gate.enter(one), await gate.enter(one)];
    first();
    (await third)();
    const [again, more] = [await gate.enterToApply(one), gate.enterToApply(one)];
    await expect(more).rejects.toBeInstanceOf(Overloaded);
    for (const go of [again, ...sets]) go();
    (await gate.enterToApply(one))();
  });

  it('end as the last one says, through two servers', async () => {
    const second = fresh.secondHub();
    const outcomes = await Promise.all(
      [fresh.hub, second, fresh.hub, second].map((hub, index) =>
        hub.sync(fresh.admin, 'myendpoint', setOf(many(20 + index, `from ${index}`))),
      ),
    );
    const numbers = outcomes.map((outcome) => (outcome.kind === 'done' ? outcome.run.number : 0));
    const last = numbers.indexOf(Math.max(...numbers));
    const page = await fresh.hub.list(fresh.admin, { type: 'element', filters: [], sort: [], limit: 1000 });
    expect(itemsOf(page).map(({ fields }) => fields.name)).toEqual(Array(20 + last).fill(`from ${last}`));
  });
});
