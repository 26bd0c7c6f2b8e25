// What is shown of a run while it is at work, before anything of it is in force.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { slowSet } from '../../../../test/slow-set.ts';
import { lastRuns } from '../../../../test/steps.ts';
import type { SetElement } from '../../../model/commands.ts';
import type { RunView } from '../../../model/runs.ts';
import { noCounts } from '../../balance.ts';
import { RunsUnderWay } from './under-way.ts';

const element = (id: string): SetElement => ({
  key: id,
  path: id,
  members: [{ name: 'name', kind: 'field', field: 'name', value: id }],
});

describe('a run that is under way', () => {
  let fresh: FreshHub;
  beforeAll(async () => {
    fresh = await freshHub();
  });
  afterAll(() => fresh.close());

  it('counts what has come, where it is asked for and where runs are listed, until it has ended', async () => {
    const set = slowSet([element('W-1'), element('W-2'), element('W-3')]);
    const done = fresh.hub.sync(fresh.admin, 'myendpoint', set.open);
    await set.begun;
    const [listed] = await lastRuns(fresh.hub, fresh.admin, 'myendpoint', 1);
    expect(listed).toMatchObject({ state: 'received', counts: { received: 3, created: 0 } });
    expect((await fresh.hub.findRun(fresh.admin, String(listed?.number)))?.counts.received).toBe(3);
    const elsewhere = await fresh.secondHub().findRun(fresh.admin, String(listed?.number));
    expect(elsewhere?.counts.received).toBe(0);
    set.breakOff(new Error('Broken'));
    await done;
    const [ended] = await lastRuns(fresh.hub, fresh.admin, 'myendpoint', 1);
    expect(ended).toMatchObject({ state: 'failed', counts: { received: 3, rejected: 3 } });
  });

  it('counts what has been judged, once its body is whole', async () => {
    const underWay = new RunsUnderWay();
    const run = { number: 7, finishedAt: null, counts: noCounts } as RunView;
    const progress = { received: 5, counts: { ...noCounts, received: 5, created: 2 } };
    await underWay.during(1, 7, progress, async () => {
      expect(underWay.shown(1, run).counts).toMatchObject({ received: 5, created: 2, updated: 0 });
      expect(underWay.shown(2, run)).toBe(run); // another workspace's run of the same number
      progress.counts = { ...progress.counts, created: 4 };
      expect(underWay.shown(1, run).counts.created).toBe(4);
    });
    expect(underWay.shown(1, run)).toBe(run);
  });
});
