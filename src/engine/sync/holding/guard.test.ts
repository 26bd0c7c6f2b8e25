import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf as allIssues } from '../../../../test/issues-of.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, itemsOf, key, merged, recordOf } from '../../../../test/steps.ts';
import type { RunView } from '../../../model/runs.ts';
import type { GuardDocument } from '../../../model/schema.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        pump: { owner: 'external', fields: { note: { type: 'text' } } },
        tank: { owner: 'external', fields: { note: { type: 'text' }, sync_key: { type: 'text', owner: 'external' } } },
      },
      interfaces: {
        pumps: { name: 'Pumps', type: 'pump' },
        more_pumps: { name: 'More pumps', type: 'pump' },
        tanks: { name: 'Tanks', type: 'tank', key: 'sync_key', guard: { deletes: 0 } },
      },
    }),
  );
});
afterAll(() => fresh.close());

const guardedBy = (guard: GuardDocument) =>
  amend(fresh.hub, fresh.admin, (current) => {
    const { pumps } = current.interfaces ?? {};
    return merged(current, { interfaces: { pumps: { name: 'Pumps', type: 'pump', ...pumps, guard } } });
  });

async function send(keys: readonly string[], endpoint = 'pumps'): Promise<RunView> {
  const elements = keys.map((one, index) => ({ key: one, path: `Pumps[${index}]`, members: [] }));
  const outcome = await fresh.hub.sync(fresh.admin, endpoint, setOf(elements));
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.run;
}

const pumps = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `P${from + index}`);
const live = async () =>
  itemsOf(await fresh.hub.list(fresh.admin, { type: 'pump', filters: [], sort: [], limit: 1000 })).length;
const heldKeys = async (run: RunView) =>
  itemsOf(await fresh.hub.heldDeletes(fresh.admin, run.id, { limit: 100 })).map((one) => one.key);
const issuesOf = async (run: RunView) => await allIssues(fresh.hub, fresh.admin, run.id);
const now = (run: RunView) => fresh.hub.findRun(fresh.admin, run.id);

beforeEach(async () => {
  await guardedBy({ deletes: null });
  await send([], 'more_pumps');
  await send([]);
  await send(pumps(1, 10));
});

describe('the guard of an interface', () => {
  it('lets a set delete as many records as it allows, 500 unless said', async () => {
    expect((await fresh.hub.catalogue(fresh.admin.principal.workspace)).interfaces.get('more_pumps')?.guard).toEqual({
      deletes: 500,
      percent: null,
      emptySet: 'apply',
      onTrip: 'hold_deletes',
    });
    await guardedBy({ deletes: 3 });
    expect(await send(pumps(4, 10))).toMatchObject({ state: 'applied', counts: { deleted: 3 }, held: null });
  });

  it('holds the deletes of a set that wants more, all of them, and applies all else', async () => {
    await guardedBy({ deletes: 3 });
    const run = await send([...pumps(5, 10), 'P11']);
    expect(run).toMatchObject({ state: 'held', held: { deletes: 4 }, issues: 1 });
    expect(run.counts).toMatchObject({ received: 7, created: 1, unchanged: 6, held: 0, deleted: 0 });
    expect(await live()).toBe(11);
    expect(await heldKeys(run)).toEqual(pumps(1, 4));
    const [issue] = await issuesOf(run);
    expect(issue).toMatchObject({ severity: 'error', code: 'deletes_held', key: null });
    expect(issue?.message).toBe(
      '4 records are not in the set, and were not deleted: a set of this interface may delete 3 at most. All else was applied.',
    );
  });

  it('speaks of one record as of one', async () => {
    await guardedBy({ deletes: 0 });
    const run = await send(pumps(2, 10));
    const [issue] = await issuesOf(run);
    expect(issue?.message).toMatch(/^1 record is not in the set, and was not deleted: /);
    expect(issue?.remedy).toContain('approve 1 delete or cancel it');
    expect(await fresh.hub.approveHeld(fresh.admin, run.id, 0)).toMatchObject({
      message:
        'The approval is for 0 deletes at most, and it would be 1 delete now. Nothing was deleted: look at the list again.',
    });
  });

  it('can be a part of the records that the interface is responsible for', async () => {
    await guardedBy({ deletes: null, percent: 30 });
    expect(await send(pumps(4, 10))).toMatchObject({ state: 'applied', counts: { deleted: 3 } });
    expect(await send(pumps(7, 10))).toMatchObject({ state: 'held', held: { deletes: 3 } });
  });

  it('can hold whatever an empty set would delete', async () => {
    await guardedBy({ empty_set: 'hold' });
    expect(await send(pumps(1, 1))).toMatchObject({ state: 'applied', counts: { deleted: 9 } });
    expect(await send([])).toMatchObject({ state: 'held', held: { deletes: 1 } });
  });

  it('does not count records that somebody else has deleted', async () => {
    await guardedBy({ deletes: 3 });
    await send(pumps(1, 2), 'more_pumps');
    await send([], 'more_pumps');
    expect(await live()).toBe(8);
    expect(await send(pumps(6, 10))).toMatchObject({ state: 'applied', counts: { deleted: 3 } });
  });
});

describe('deletes that are held', () => {
  let run: RunView;
  beforeEach(async () => {
    await guardedBy({ deletes: 3 });
    run = await send(pumps(5, 10));
  });

  it('are applied when somebody approves that number', async () => {
    const outcome = await fresh.hub.approveHeld(fresh.admin, run.id, 4);
    expect(outcome).toMatchObject({ kind: 'done', skipped: 0 });
    expect(await now(run)).toMatchObject({ state: 'applied', counts: { deleted: 4 }, held: null });
    expect(await live()).toBe(6);
    expect(await heldKeys(run)).toEqual([]);
    expect(await fresh.hub.approveHeld(fresh.admin, run.id, 4)).toMatchObject({ code: 'run_not_held' });
    expect(await send(pumps(5, 10))).toMatchObject({ state: 'applied', counts: { unchanged: 6, deleted: 0 } });
  });

  it('are let go of when they are cancelled, until the next set without them', async () => {
    expect(await fresh.hub.cancelHeld(fresh.admin, run.id)).toMatchObject({ kind: 'done' });
    expect(await now(run)).toMatchObject({ state: 'partial', held: null });
    expect(await fresh.hub.approveHeld(fresh.admin, run.id, 4)).toMatchObject({ code: 'run_not_held' });
    expect(await live()).toBe(10);
    expect(await send(pumps(5, 10))).toMatchObject({ state: 'held', held: { deletes: 4 } });
  });

  it('are overtaken by the next set, which says anew what is to be deleted', async () => {
    const next = await send(pumps(6, 10));
    expect(next).toMatchObject({ state: 'held', held: { deletes: 5 } });
    expect(await now(run)).toMatchObject({ state: 'partial', held: null });
    expect(await fresh.hub.approveHeld(fresh.admin, run.id, 4)).toMatchObject({ code: 'run_not_held' });
    expect(await live()).toBe(10);
    await send(pumps(1, 10));
    expect(await fresh.hub.approveHeld(fresh.admin, next.id, 5)).toMatchObject({ code: 'run_not_held' });
    expect(await live()).toBe(10);
  });

  it('leave alone what another interface has supplied since, and say so', async () => {
    const { number } = recordOf(await fresh.hub.find(fresh.admin, 'pump', key('P1')));
    await send(pumps(1, 1), 'more_pumps');
    await send([], 'more_pumps');
    await send(pumps(1, 1), 'more_pumps');
    const outcome = await fresh.hub.approveHeld(fresh.admin, run.id, 4);
    expect(outcome).toMatchObject({ kind: 'done', skipped: 1, run: { state: 'partial', counts: { deleted: 3 } } });
    expect((await issuesOf(run)).slice(1)).toMatchObject([
      {
        code: 'delete_blocked',
        key: 'P1',
        record: { number },
        message: expect.stringContaining('supplied or brought back'),
      },
    ]);
    expect(await live()).toBe(7);
  });

  it('are named by the field that the interface knows its elements by', async () => {
    await send(['T1', 'T2', 'T3'], 'tanks');
    const held = await send(['T1'], 'tanks');
    expect(await heldKeys(held)).toEqual(['T2', 'T3']);
    const ref = { by: 'key', field: 'sync_key', value: 'T2' } as const;
    await fresh.hub.upsert(fresh.admin, { type: 'tank', ref, mode: 'update', fields: { note: 'Seen' } });
    expect(await fresh.hub.approveHeld(fresh.admin, held.id, 2)).toMatchObject({ kind: 'done', skipped: 1 });
    expect((await issuesOf(held)).filter(({ code }) => code === 'delete_blocked')).toMatchObject([{ key: 'T2' }]);
  });

  it('are for administrators and power users, and of a run that is there', async () => {
    const member = { ...fresh.admin, principal: { ...fresh.admin.principal, role: 'member' as const } };
    const readers = { ...member, principal: { ...member.principal, grants: { pump: ['read' as const] } } };
    expect(await fresh.hub.approveHeld(readers, run.id, 4)).toEqual({ kind: 'forbidden' });
    expect(await fresh.hub.cancelHeld(readers, run.id)).toEqual({ kind: 'forbidden' });
    const strangers = { ...member, principal: { ...member.principal, grants: {} } };
    expect(await fresh.hub.approveHeld(strangers, run.id, 4)).toEqual({ kind: 'unknown_run' });
    expect(await fresh.hub.heldDeletes(strangers, run.id, { limit: 1 })).toEqual({ kind: 'unknown_run' });
    expect(await fresh.hub.approveHeld(fresh.admin, '999999', 4)).toEqual({ kind: 'unknown_run' });
  });
});
