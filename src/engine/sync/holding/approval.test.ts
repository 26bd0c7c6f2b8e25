// An approval is for the deletes that were shown: no more than its number, and only of records that are as they were when they were held.
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { untilOneWaits } from '../../../../test/lock-waits.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, itemsOf, key, merged, query, recordOf } from '../../../../test/steps.ts';
import type { RunView } from '../../../model/runs.ts';
import type { GuardDocument } from '../../../model/schema.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        pump: {
          owner: 'external',
          fields: { note: { type: 'text' }, spare: { type: 'lookup', to: 'pump', inverse: 'spare_of' } },
        },
      },
      links: { 'pump.contacts': { to: 'contact', inverse: 'pumps', roles: 'contact_role' } },
      interfaces: { pumps: { name: 'Pumps', type: 'pump' }, more_pumps: { name: 'More pumps', type: 'pump' } },
    }),
  );
  for (const id of ['c1', 'c2'])
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key(id), mode: 'create', fields: {} });
});
afterAll(() => fresh.close());

const guardedBy = (guard: GuardDocument) =>
  amend(fresh.hub, fresh.admin, (current) =>
    merged(current, { interfaces: { pumps: { name: 'Pumps', type: 'pump', guard } } }),
  );

async function send(keys: readonly string[], endpoint = 'pumps'): Promise<RunView> {
  const elements = keys.map((one, index) => ({ key: one, path: `[${index}]`, members: [] }));
  const outcome = await fresh.hub.sync(fresh.admin, endpoint, setOf(elements));
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.run;
}
const approve = (run: RunView, deletes: number) => fresh.hub.approveHeld(fresh.admin, run.id, deletes);
const live = async () =>
  itemsOf(await fresh.hub.list(fresh.admin, { type: 'pump', filters: [], sort: [], limit: 1000 }))
    .map(({ fields }) => fields.external_id)
    .sort();
const staying = async (run: RunView) =>
  Object.fromEntries(
    itemsOf(await fresh.hub.heldDeletes(fresh.admin, run.id, { limit: 100 })).map((one) => [one.key, one.stays]),
  );
const edit = (id: string, fields: Record<string, unknown>) =>
  fresh.hub.upsert(fresh.admin, { type: 'pump', ref: key(id), mode: 'update', fields: fields as never });
const link = (id: string, contact: string, role?: string) =>
  fresh.hub.link(fresh.admin, {
    from: { type: 'pump', ref: key(id) },
    link: 'contacts',
    to: { ref: key(contact) },
    ...(role && { role: { by: 'name', value: role } }),
  });
const unlink = (id: string, contact: string) =>
  fresh.hub.unlink(fresh.admin, {
    from: { type: 'pump', ref: key(id) },
    link: 'contacts',
    to: { ref: key(contact) },
    which: 'all',
  });

/** By another interface, which supplies it first. */
async function deleted(id: string): Promise<void> {
  await send([id], 'more_pumps');
  await send([], 'more_pumps');
}

const all = ['A', 'B', 'C', 'D', 'E'];
/** What somebody may do to B, and what is said of it then. */
const edits: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
  ['was edited', () => edit('B', { note: 'Keep' }), /it was changed since/],
  ['was linked', () => link('B', 'c2'), /it was linked/],
  ['has another role in a link', () => link('B', 'c1', 'Influencer'), /it was linked/],
  ['is what another one shows now', () => edit('E', { spare: key('B') }), /it was linked/],
  [
    'was deleted, and made again',
    async () => {
      await deleted('B');
      await send(['B'], 'more_pumps');
    },
    /supplied or brought back/,
  ],
];

beforeEach(async () => {
  await guardedBy({ deletes: null });
  await send([], 'more_pumps');
  await send([]);
  await send(all);
  await edit('B', { note: null });
  await link('B', 'c1', 'Family');
});

describe('an approval of deletes', () => {
  let run: RunView;
  beforeEach(async () => {
    await guardedBy({ deletes: 2 });
    run = await send(['E']);
    expect(run).toMatchObject({ state: 'held', held: { deletes: 4 } });
  });

  it.each([0, 3])('for less than would be deleted, %i, deletes nothing and says how many it would be', async (most) => {
    const refused = await approve(run, most);
    expect(refused).toMatchObject({ kind: 'refused', code: 'held_differs', deletes: 4 });
    expect(refused).toMatchObject({ message: expect.stringContaining('it would be 4 deletes now') });
    expect(await live()).toEqual(all);
    expect(await fresh.hub.findRun(fresh.admin, run.id)).toMatchObject({ state: 'held', counts: { deleted: 0 } });
    expect(await approve(run, 4)).toMatchObject({ kind: 'done', skipped: 0 });
  });

  it('for more deletes what was shown, and nothing else', async () => {
    expect(await approve(run, 100)).toMatchObject({ run: { state: 'applied', counts: { deleted: 4 } }, skipped: 0 });
    expect(await live()).toEqual(['E']);
  });

  it('counts what would be deleted now: not what somebody else has deleted', async () => {
    await deleted('A');
    expect(await approve(run, 2)).toMatchObject({ code: 'held_differs', deletes: 3 });
    expect(await approve(run, 3)).toMatchObject({ run: { counts: { deleted: 3 } }, skipped: 1 });
  });

  it.each(edits)('leaves a record that %s since, lists it before, and says so after', async (_what, change, words) => {
    expect(await staying(run)).toEqual({ A: null, B: null, C: null, D: null });
    await change();
    expect(await staying(run)).toMatchObject({ A: null, B: expect.stringMatching(words), C: null });
    const { number } = recordOf(await fresh.hub.find(fresh.admin, 'pump', key('B')));
    const outcome = await approve(run, 4);
    expect(outcome).toMatchObject({ kind: 'done', skipped: 1, run: { state: 'partial', counts: { deleted: 3 } } });
    expect(await live()).toEqual(['B', 'E']);
    const told = (await issuesOf(fresh.hub, fresh.admin, run.id)).filter(({ code }) => code === 'delete_blocked');
    expect(told).toMatchObject([{ key: 'B', record: { number }, message: expect.stringMatching(words) }]);
    // It is the interface's still, and the next set judges it again.
    await guardedBy({ deletes: null });
    expect(await send(['E'])).toMatchObject({ counts: { deleted: 1 } });
  });

  it('deletes a record that lost a link since, and those that are linked with each other', async () => {
    await guardedBy({ deletes: null });
    await edit('A', { spare: key('D') });
    await edit('C', { spare: key('D') });
    await guardedBy({ deletes: 2 });
    const again = await send(['E']);
    await unlink('B', 'c1');
    expect(await approve(again, 4)).toMatchObject({ skipped: 0, run: { counts: { deleted: 4 } } });
    expect(await live()).toEqual(['E']);
  });

  it('is of this list only: a newer set ends it', async () => {
    const newer = await send(['D', 'E']);
    expect(newer).toMatchObject({ state: 'held', held: { deletes: 3 } });
    expect(await approve(run, 4)).toMatchObject({ code: 'run_not_held', message: expect.stringContaining(newer.id) });
    expect(await live()).toEqual(all);
  });
});

describe('approvals at the same time', () => {
  let run: RunView;
  beforeEach(async () => {
    await guardedBy({ deletes: 2 });
    run = await send(['E']);
  });

  it('delete once, and one of them is told that it is done', async () => {
    const outcomes = await Promise.all([approve(run, 4), approve(run, 4), approve(run, 4)]);
    expect(outcomes.map((one) => (one.kind === 'refused' ? one.code : one.kind)).sort()).toEqual([
      'done',
      'run_not_held',
      'run_not_held',
    ]);
    expect(await fresh.hub.findRun(fresh.admin, run.id)).toMatchObject({ counts: { deleted: 4 } });
  });

  it('as a newer set either come before it or are refused: what it supplies is there in the end', async () => {
    const [outcome, newer] = await Promise.all([approve(run, 4), send(all)]);
    expect(['done', 'refused']).toContain(outcome.kind);
    expect(newer.state).toBe('applied');
    expect(await live()).toEqual(all);
  });

  it('wait for an edit that is under way, and leave its record', async () => {
    const { number } = recordOf(await fresh.hub.find(fresh.admin, 'pump', key('B')));
    const editor = new pg.Client({ connectionString: fresh.databaseUrl });
    await editor.connect();
    try {
      await editor.query('begin');
      await editor.query('update record set version = version + 1 where number = $1', [number]);
      const outcome = approve(run, 4);
      await untilOneWaits(fresh.databaseUrl);
      await editor.query('commit');
      expect(await outcome).toMatchObject({ kind: 'done', skipped: 1, run: { counts: { deleted: 3 } } });
      expect(await live()).toEqual(['B', 'E']);
    } finally {
      await editor.end();
    }
  });

  it('as many edits: whatever is done to a record, it is either deleted or as it was edited', async () => {
    const [outcome, ...edited] = await Promise.all([
      approve(run, 4),
      ...['A', 'B', 'C', 'D'].map((id) => edit(id, { note: 'Late' })),
    ]);
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
    const written = edited.filter(({ kind }) => kind === 'updated').length;
    expect(outcome.skipped).toBe(written);
    expect(await live()).toHaveLength(1 + written);
  });
});

describe('an approval of a set that is held as a whole', () => {
  let run: RunView;
  beforeEach(async () => {
    await guardedBy({ deletes: 2, on_trip: 'hold_run' });
    run = await send(['E', 'F']);
    expect(run).toMatchObject({ state: 'held', held: { deletes: 4, whole: true } });
  });

  it('is a ceiling, too', async () => {
    expect(await approve(run, 3)).toMatchObject({ code: 'held_differs', deletes: 4 });
    expect([await live(), (await fresh.hub.findRun(fresh.admin, run.id))?.state]).toEqual([all, 'held']);
    expect(await approve(run, 10)).toMatchObject({ kind: 'done', run: { counts: { deleted: 4 } } });
    expect(await live()).toEqual(['E', 'F']);
  });

  it.each(edits.slice(0, 3))('is refused when a record that it would delete %s', async (_what, change, words) => {
    await change();
    const refused = await approve(run, 4);
    expect(refused).toMatchObject({ code: 'held_changed', message: expect.stringMatching(words) });
    expect(refused).toMatchObject({ message: expect.stringContaining('send the set again') });
    expect([await live(), (await fresh.hub.findRun(fresh.admin, run.id))?.state]).toEqual([all, 'held']);
  });

  it('is applied when somebody else has deleted one of them', async () => {
    await deleted('A');
    expect(await approve(run, 3)).toMatchObject({ kind: 'done', run: { counts: { deleted: 3 } } });
    expect(await live()).toEqual(['E', 'F']);
  });

  it('takes away nothing that was not shown', async () => {
    const { number } = recordOf(await fresh.hub.find(fresh.admin, 'pump', key('A')));
    await query(fresh.databaseUrl, 'delete from held_delete where number = $1', [number]);
    expect(await approve(run, 4)).toMatchObject({ code: 'held_changed', message: expect.stringContaining('as well') });
    expect(await live()).toEqual(all);
  });
});
