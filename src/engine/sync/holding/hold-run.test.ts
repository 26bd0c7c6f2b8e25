// The guard of an interface that holds the whole run: nothing is applied until somebody approves it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, itemsOf, merged, query } from '../../../../test/steps.ts';
import type { RunView } from '../../../model/runs.ts';
import type { InterfaceDocument } from '../../../model/schema.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: { pump: { owner: 'external', fields: { size: { type: 'integer', owner: 'external' } } } },
      interfaces: { pumps: { name: 'Pumps', type: 'pump' }, more_pumps: { name: 'More pumps', type: 'pump' } },
    }),
  );
});
afterAll(() => fresh.close());

const setTo = (settings: Partial<InterfaceDocument>) =>
  amend(fresh.hub, fresh.admin, (current) =>
    merged(current, { interfaces: { pumps: { name: 'Pumps', type: 'pump', ...settings } } }),
  );

async function send(sizes: Record<string, number>, endpoint = 'pumps'): Promise<RunView> {
  const elements = Object.entries(sizes).map(([id, size], place) => ({
    key: id,
    path: `[${place}]`,
    members: [{ name: 'size', kind: 'field' as const, field: 'size', value: size }],
  }));
  const outcome = await fresh.hub.sync(fresh.admin, endpoint, setOf(elements));
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.run;
}

const stored = async () =>
  Object.fromEntries(
    itemsOf(await fresh.hub.list(fresh.admin, { type: 'pump', filters: [], sort: [], limit: 1000 })).map(
      ({ fields }) => [fields.external_id, fields.size],
    ),
  );
const now = (run: RunView) => fresh.hub.findRun(fresh.admin, run.id);
const approve = (run: RunView, deletes: number) => fresh.hub.approveHeld(fresh.admin, run.id, deletes);
const keptOf = async ({ id }: RunView) =>
  itemsOf(await fresh.hub.elements(fresh.admin, id, { outcomes: [], limit: 10 })).map(({ key, outcome }) => [
    key,
    outcome,
  ]);
const parts = async () =>
  (await query<{ n: number }>(fresh.databaseUrl, 'select count(*)::int as n from queued_part'))[0]?.n;

const before = { A: 1, B: 1, C: 1, D: 1 };
const sent = { A: 1, B: 2, E: 1 };

describe('a set that its interface holds as a whole', () => {
  let run: RunView;
  beforeEach(async () => {
    await setTo({});
    await send({});
    await query(fresh.databaseUrl, 'delete from record where number > 100000');
    await send(before);
    await setTo({ guard: { deletes: 1, on_trip: 'hold_run' } });
    run = await send(sent);
  });

  it('applies nothing, and says what it would come to', async () => {
    expect(run).toMatchObject({ state: 'held', held: { deletes: 2, whole: true }, issues: 1 });
    expect(run.counts).toMatchObject({ received: 3, held: 3, created: 0, updated: 0, unchanged: 0, deleted: 0 });
    expect(await stored()).toEqual(before);
    const [issue] = await issuesOf(fresh.hub, fresh.admin, run.id);
    expect(issue).toMatchObject({ code: 'deletes_held' });
    expect(issue?.message).toBe(
      '2 records are not in the set, and nothing of it was applied: a set of this interface may delete 1 at most. Applied, it would be: 1 created, 1 updated, 1 unchanged, 2 deleted.',
    );
    expect(await keptOf(run)).toEqual([]);
    const held = itemsOf(await fresh.hub.heldDeletes(fresh.admin, run.id, { limit: 10 }));
    expect(held.map((one) => one.key)).toEqual(['C', 'D']);
  });

  it('is applied from what was kept when it is approved, for the number that was shown', async () => {
    expect(await approve(run, 1)).toMatchObject({ code: 'held_differs' });
    expect(await approve(run, 2)).toMatchObject({ kind: 'done', run: { state: 'applied', held: null, issues: 1 } });
    const told = await issuesOf(fresh.hub, fresh.admin, run.id);
    expect(told).toMatchObject([{ code: 'deletes_held', resolved: { outcome: 'approved', deletes: 2 } }]);
    expect(await keptOf(run)).toEqual([
      ['B', 'updated'],
      ['E', 'created'],
    ]);
    expect((await now(run))?.counts).toMatchObject({
      received: 3,
      created: 1,
      updated: 1,
      unchanged: 1,
      held: 0,
      deleted: 2,
    });
    expect(await stored()).toEqual(sent);
    expect(await parts()).toBe(0);
    expect(await approve(run, 2)).toMatchObject({ code: 'run_not_held' });
    expect(await send(sent)).toMatchObject({ state: 'applied', counts: { unchanged: 3, deleted: 0 } });
    expect(await fresh.hub.revertRun(fresh.admin, run.id)).toMatchObject({
      kind: 'reverted',
      left: [],
    });
    expect(await stored()).toEqual(before);
  });

  it('has the issue that it was held beside those of its elements when it is approved, and is partial for these', async () => {
    const flawed = await send({ A: 1, B: 1.5 });
    expect(await approve(flawed, 2)).toMatchObject({ run: { state: 'partial', issues: 2, counts: { deleted: 2 } } });
    const told = await issuesOf(fresh.hub, fresh.admin, flawed.id);
    expect(told.map(({ code, resolved }) => [code, resolved?.outcome])).toEqual([
      ['invalid_value', undefined],
      ['deletes_held', 'approved'],
    ]);
  });

  it('is discarded when it is cancelled', async () => {
    expect(await fresh.hub.cancelHeld(fresh.admin, run.id)).toMatchObject({ kind: 'done' });
    expect(await now(run)).toMatchObject({
      state: 'failed',
      held: null,
      counts: { received: 3, rejected: 3, held: 0 },
      failure: expect.stringContaining('cancelled'),
    });
    expect([await stored(), await parts()]).toEqual([before, 0]);
    expect(await approve(run, 2)).toMatchObject({ code: 'run_not_held' });
  });

  it('gives way to a newer set', async () => {
    const newer = await send({ A: 1, B: 1, C: 1 });
    expect(newer).toMatchObject({ state: 'applied', counts: { unchanged: 3, deleted: 1 } });
    expect(await now(run)).toMatchObject({
      state: 'superseded',
      supersededBy: newer.id,
      counts: { received: 3, superseded: 3, held: 0 },
    });
    expect([await approve(run, 2), await parts()]).toMatchObject([{ code: 'run_not_held' }, 0]);
    const held = await send({ A: 1 });
    const heldAgain = await send({ B: 1 });
    expect([(await now(held))?.state, heldAgain.state]).toEqual(['superseded', 'held']);
  });

  it.each([
    ['one of its records was changed', { A: 3, B: 1, C: 1, D: 1 }],
    ['one of its records was changed, with the same effect', { A: 1, B: 3, C: 1, D: 1 }],
    ['one of its records is there already', { E: 1 }],
  ])('is refused when %s since, and stays held', async (_what, others) => {
    await send(others, 'more_pumps');
    const state = await stored();
    const refused = await approve(run, 2);
    expect(refused).toMatchObject({ kind: 'refused', code: 'held_changed' });
    expect(await stored()).toEqual(state);
    expect(await now(run)).toMatchObject({ state: 'held', issues: 1, counts: { held: 3 } });
    expect(await send({ ...sent, C: 1, D: 1 })).toMatchObject({ state: 'applied' });
  });

  it('expires', async () => {
    await query(fresh.databaseUrl, `update run set held_until = now() - interval '1 day' where state = 'held'`);
    expect(await approve(run, 2)).toMatchObject({ code: 'held_expired' });
    expect(await stored()).toEqual(before);
    expect(await fresh.hub.cancelHeld(fresh.admin, run.id)).toMatchObject({ kind: 'done' });
  });

  it('is let go of when its interface is removed', async () => {
    const removal = (allowLoss: boolean) =>
      fresh.hub.applySchema(
        fresh.admin,
        ({ interfaces: { pumps: _pumps, ...interfaces } = {}, ...current }) => ({ ...current, interfaces }),
        { allowLoss },
      );
    expect(await removal(false)).toMatchObject({ kind: 'loss_refused' });
    expect(await removal(true)).toMatchObject({ kind: 'applied' });
    expect([await stored(), await parts()]).toEqual([before, 0]);
    const [row] = await query<{ state: string; counts: object }>(
      fresh.databaseUrl,
      `select state, counts from run where held_end = 'cancelled' order by run desc limit 1`,
    );
    expect(row).toMatchObject({ state: 'failed', counts: { received: 3, rejected: 3, held: 0 } });
  });

  it('is applied at once when it takes away no more than it may', async () => {
    expect(await send({ A: 2, B: 1, C: 1 })).toMatchObject({ state: 'applied', counts: { updated: 1, deleted: 1 } });
    expect(await parts()).toBe(0);
  });

  it('ends as failed when nobody approves it in time: nothing of it was applied, and its elements go', async () => {
    await query(fresh.databaseUrl, "update run set held_until = now() - interval '1 second' where state = 'held'");
    expect(await fresh.hub.clean(fresh.admin, { plan: false })).toMatchObject({ kind: 'cleaned' });
    expect(await now(run)).toMatchObject({
      state: 'failed',
      counts: { received: 3, rejected: 3, held: 0 },
      failure: expect.stringContaining('not approved in time'),
    });
    expect(await parts()).toBe(0);
    expect(await stored()).toEqual(before);
  });

  it('is to be decided on before a record is erased that may be among its elements', async () => {
    const erase = () =>
      fresh.hub.erase(
        fresh.admin,
        { type: 'pump', ref: { by: 'key', field: 'external_id', value: 'B' } },
        { plan: false },
      );
    expect(await erase()).toEqual({ kind: 'sets_held', runs: [run.id] });
    await fresh.hub.cancelHeld(fresh.admin, run.id);
    expect(await erase()).toMatchObject({ kind: 'erased' });
  });
});
