// What became of what a run held is told by the run, by its issue and by the feed, in the same words.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, merged, query } from '../../../../test/steps.ts';
import type { RunView } from '../../../model/runs.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, { types: { pump: { owner: 'external' } }, interfaces: { pumps: { name: 'Pumps', type: 'pump' } } }),
  );
});
afterAll(() => fresh.close());

const guarded = (on_trip: 'hold_deletes' | 'hold_run') =>
  amend(fresh.hub, fresh.admin, (current) =>
    merged(current, { interfaces: { pumps: { name: 'Pumps', type: 'pump', guard: { deletes: 1, on_trip } } } }),
  );

async function send(...keys: string[]): Promise<RunView> {
  const outcome = await fresh.hub.sync(
    fresh.admin,
    'pumps',
    setOf(keys.map((key, index) => ({ key, path: `[${index}]`, members: [] }))),
  );
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.run;
}

async function endsToldOf(run: RunView) {
  const kinds = ['run_applied', 'run_partial', 'run_held', 'run_failed', 'run_superseded'] as const;
  const page = await fresh.hub.changes(fresh.admin, { after: '', limit: 1000, waitMs: 0, kinds, run: run.number });
  if (page.kind !== 'changes') throw new Error(page.kind);
  return page.items.map(({ kind, after }) => ({ kind, held_result: after.held_result }));
}

const heldIssueOf = async (run: RunView) =>
  (await issuesOf(fresh.hub, fresh.admin, run.id)).find(({ code }) => code === 'deletes_held');

/** Each decides on what the run holds. @returns the newer run where there is one. */
const decide: Record<string, (run: RunView) => Promise<RunView | undefined>> = {
  approved: async (run) => {
    expect(await fresh.hub.approveHeld(fresh.admin, run.id, 2)).toMatchObject({ kind: 'done' });
    return undefined;
  },
  cancelled: async (run) => {
    expect(await fresh.hub.cancelHeld(fresh.admin, run.id)).toMatchObject({ kind: 'done' });
    return undefined;
  },
  overtaken: () => send('A', 'B', 'C'),
  expired: async () => {
    await query(fresh.databaseUrl, "update run set held_until = '2026-01-01' where state = 'held'");
    await fresh.hub.clean(fresh.admin, { plan: false });
    return undefined;
  },
};

describe.each(['hold_deletes', 'hold_run'] as const)('with the guard at %s', (onTrip) => {
  const whole = onTrip === 'hold_run';
  let run: RunView;
  beforeEach(async () => {
    await guarded('hold_deletes');
    await send('A', 'B', 'C');
    await guarded(onTrip);
    run = await send('A');
    expect(run).toMatchObject({ state: 'held', held: { deletes: 2, whole }, heldResult: null });
    expect(await heldIssueOf(run)).toMatchObject({ resolved: null, remedy: expect.stringContaining('approve') });
    expect(await endsToldOf(run)).toEqual([{ kind: 'run_held', held_result: null }]);
  });

  it.each([
    ['approved', 'run_applied', / was approved by Administrator \(\d+\) at 2\d{3}-/],
    ['cancelled', whole ? 'run_failed' : 'run_partial', / was cancelled by Administrator \(\d+\) at 2\d{3}-/],
    ['overtaken', whole ? 'run_superseded' : 'run_partial', / was overtaken at 2\d{3}-.*, run [0-9a-f-]{36}/],
    ['expired', whole ? 'run_failed' : 'run_partial', / was not approved in time, until 2026-01-01T00:00:00.000Z/],
  ] as const)('tells that it was %s', async (outcome, event, words) => {
    const before = Date.now();
    const newer = await decide[outcome]?.(run);
    const ended = await fresh.hub.findRun(fresh.admin, run.id);
    const result = ended?.heldResult;
    const { id, name } = fresh.admin.principal;
    expect(ended).toMatchObject({
      held: null,
      heldResult: {
        outcome,
        deletes: 2,
        whole,
        by: outcome === 'approved' || outcome === 'cancelled' ? { id, name } : null,
        run: newer?.id ?? null,
        message: expect.stringMatching(words),
      },
    });
    expect(result?.message).toContain('2 deletes');
    if (outcome !== 'expired') expect(result?.at.getTime()).toBeGreaterThanOrEqual(before);
    const issue = await heldIssueOf(run);
    expect(issue).toMatchObject({ resolved: result, remedy: `Nothing. ${result?.message}` });
    const told = await endsToldOf(run);
    expect(told.map(({ kind }) => kind)).toEqual(['run_held', event]);
    expect(told[1]?.held_result).toEqual(JSON.parse(JSON.stringify(result)));
    const counts = ended?.counts;
    expect(counts).toMatchObject({ received: 1, held: 0 });
    if (event === 'run_failed') expect(ended).toMatchObject({ counts: { rejected: 1 }, failure: result?.message });
    const again = await fresh.hub.approveHeld(fresh.admin, run.id, 2);
    expect(again).toMatchObject({
      code: outcome === 'expired' ? 'held_expired' : 'run_not_held',
      message: expect.stringContaining(result?.message ?? '?'),
    });
  });
});

it('is nothing for a run that held nothing', async () => {
  await guarded('hold_deletes');
  await send('A', 'B', 'C');
  const run = await send('A', 'B', 'C');
  expect(run).toMatchObject({ state: 'applied', held: null, heldResult: null });
  expect(await fresh.hub.approveHeld(fresh.admin, run.id, 2)).toMatchObject({ message: 'It holds no deletes.' });
});
