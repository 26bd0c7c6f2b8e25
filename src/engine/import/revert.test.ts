// An import that is taken back: as it was before, but for what somebody changed since.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { amend, changeRows, itemsOf, key, merged, query, recordOf } from '../../../test/steps.ts';
import type { ImportCommand, ImportRow } from '../../model/commands.ts';
import type { Caller } from '../../model/principal.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        pump: {
          fields: {
            code: { type: 'text', unique: true },
            size: { type: 'integer' },
            site: { type: 'lookup', to: 'contact', inverse: 'pumps_here' },
          },
        },
      },
      links: { 'pump.contacts': { to: 'contact', inverse: 'pumps', roles: 'contact_role' } },
    }),
  );
});
afterAll(() => fresh.close());

const records: ImportCommand = { kind: 'records', type: 'pump', key: 'external_id', mode: 'upsert' };
const linking: ImportCommand = {
  kind: 'links',
  link: 'pump.contacts',
  leftKey: 'external_id',
  rightKey: 'external_id',
  onMissing: 'defer',
};
const by = (requestId: string): Caller => ({ ...fresh.admin, requestId });
let calls = 0;

async function importRows(
  command: ImportCommand,
  rows: readonly object[],
  { upTo = rows.length, caller = by(`import-${++calls}`) } = {},
): Promise<string> {
  const all = rows.map((row, index) => ({ index, line: index + 1, source: '', ...row }) as ImportRow);
  const started = await fresh.hub.import(caller, command, async function* (from) {
    for (let at = from; at < upTo; at += 500) yield all.slice(at, Math.min(upTo, at + 500));
    if (upTo < rows.length) throw new Error('The body breaks off.');
  });
  if (started.kind !== 'importing') throw new Error(started.kind);
  try {
    for await (const _ of started.chunks);
  } catch (fault) {
    if (upTo === rows.length) throw fault;
  }
  return started.id;
}
const row = (external_id: string, fields: object = {}) => ({ kind: 'row', fields: { external_id, ...fields } });
const link = (left: string, right: string, more: object = {}) => ({
  kind: 'link',
  action: 'link',
  left: key(left),
  right: key(right),
  ...more,
});
const revert = (id: string) => fresh.hub.revertImport(by(`revert-${++calls}`), id);
async function planned(id: string) {
  const outcome = await fresh.hub.plans.revertImport(by(`plan-${++calls}`), id);
  if (outcome.kind !== 'planned') throw new Error(JSON.stringify(outcome));
  return outcome;
}
const applyPlan = (id: string, plan: string, caller: Caller = by(`apply-${++calls}`)) =>
  fresh.hub.plans.applyImportRevert(caller, id, plan);
async function reverted(id: string) {
  const outcome = await revert(id);
  if (outcome.kind !== 'reverted') throw new Error(JSON.stringify(outcome));
  return outcome;
}
const upsert = async (type: string, id: string, fields: Record<string, unknown>) =>
  recordOf(
    await fresh.hub.upsert(by(`write-${++calls}`), { type, ref: key(id), mode: 'upsert', fields: fields as never }),
  );

async function state() {
  const pumps = itemsOf(await fresh.hub.list(fresh.admin, { type: 'pump', filters: [], sort: [], limit: 1000 }));
  const links = await query(
    fresh.databaseUrl,
    'select link_type, left_number, right_number, role, number from link where left_number > 100000 order by 1, 2, 3, 4',
  );
  const keys = await query(fresh.databaseUrl, 'select type, field, value from record_key order by 1, 2, 3');
  const waiting = itemsOf(await fresh.hub.pendingLinks(fresh.admin, { limit: 100 })).length;
  return { pumps: pumps.map(({ number, fields }) => ({ number, fields })), links, keys, waiting };
}

beforeEach(async () => {
  for (const { number } of itemsOf(
    await fresh.hub.list(fresh.admin, { type: 'pump', filters: [], sort: [], limit: 1000 }),
  ))
    await fresh.hub.delete(by('tidy'), { type: 'pump', ref: { by: 'number', number } });
  for (const id of ['c1', 'c2']) await upsert('contact', id, {});
  await upsert('pump', 'P1', { code: 'A', size: 1, site: key('c1') });
  await upsert('pump', 'P2', { code: 'B', size: 2 });
});

describe('an import of records that is reverted', () => {
  const rows = [
    row('P1', { code: 'C', size: 9, site: key('c2') }),
    row('P2', { size: null }),
    row('P3', { code: 'A' }),
  ];

  it('leaves values, keys, lookups and records as they were before it', async () => {
    const was = await state();
    const id = await importRows(records, rows);
    const { import: own, counts, left } = await reverted(id);
    expect(left).toEqual([]);
    expect(counts).toMatchObject({ received: 4, updated: 4, deleted: 1, rejected: 0 }); // a lookup is two changes of links
    expect(await state()).toEqual(was);
    expect(own).toMatchObject({ state: 'done', reverts: id, counts: { received: 4, deleted: 1 } });
    expect(await fresh.hub.findImport(fresh.admin, id)).toMatchObject({
      state: 'reverted',
      reverts: null,
      revertedBy: own.id,
    });
  });

  it('deletes again what it had revived', async () => {
    await fresh.hub.delete(fresh.admin, { type: 'pump', ref: key('P2') });
    const { pumps } = await state();
    const id = await importRows(records, [row('P2', { size: 5 })]);
    expect((await state()).pumps).toHaveLength(2);
    expect((await reverted(id)).counts).toMatchObject({ deleted: 1 });
    expect((await state()).pumps).toEqual(pumps);
  });

  it('leaves alone, lists and keeps what somebody changed since', async () => {
    const id = await importRows(records, [...rows, row('P4')]);
    await upsert('pump', 'P1', { size: 10 });
    await upsert('pump', 'P4', { size: 4 });
    await importRows(records, [row('P2', { size: 7 })]);
    const { import: own, left, counts } = await reverted(id);
    expect(left.map(({ code, key, member }) => [code, key, member]).sort()).toEqual([
      ['changed_since', 'P1', 'size'],
      ['changed_since', 'P2', 'size'],
      ['changed_since', 'P4', null],
    ]);
    expect(counts.received).toBe(counts.updated + counts.revived + counts.rejected);
    const find = async (id: string) => recordOf(await fresh.hub.find(fresh.admin, 'pump', key(id))).fields;
    expect(await find('P1')).toMatchObject({ size: 10, code: 'A' });
    expect([(await find('P2')).size, (await find('P4')).size]).toEqual([7, 4]);
    const kept = itemsOf(await fresh.hub.rejectedRows(fresh.admin, own.id, { limit: 10 }));
    expect(kept.map(({ violations: [one] }) => one)).toMatchObject(
      left.map(({ code, message }) => ({ code, message })),
    );
  });

  it('over many chunks, and of one that broke off and went on under another request', async () => {
    const many = Array.from({ length: 2_500 }, (_, n) => row(`M${n}`, { site: key('c1') }));
    const was = await state();
    const id = await importRows(records, many, { upTo: 1_500 });
    expect(await fresh.hub.findImport(fresh.admin, id)).toMatchObject({ state: 'cut_short' });
    const resumed = await fresh.hub.import(
      by('gone-on'),
      records,
      async function* (from) {
        yield many
          .slice(from)
          .map((one, at) => ({ index: from + at, line: from + at + 1, source: '', ...one }) as ImportRow);
      },
      { resume: { import: id, offset: 0 } },
    );
    if (resumed.kind !== 'importing') throw new Error(resumed.kind);
    for await (const _ of resumed.chunks);
    const { counts, left } = await reverted(id);
    expect([counts.deleted, left]).toEqual([2_500, []]);
    expect(await state()).toEqual(was);
  });

  it('is stopped where it is still at work', async () => {
    const was = await state();
    const { promise: going, resolve: goOn } = Promise.withResolvers<void>();
    const many = Array.from({ length: 2_000 }, (_, index) => ({
      ...row(`S${index}`),
      index,
      line: index + 1,
      source: '',
    })) as ImportRow[];
    const started = await fresh.hub.import(by('at-work'), records, async function* () {
      yield many.slice(0, 1_000);
      await going;
      yield many.slice(1_000);
    });
    if (started.kind !== 'importing') throw new Error(started.kind);
    const writing = (async () => {
      for await (const _ of started.chunks);
    })();
    writing.catch(() => {});
    await expect.poll(async () => (await fresh.hub.findImport(fresh.admin, started.id))?.rowsDone).toBe(1_000);
    expect((await reverted(started.id)).counts).toMatchObject({ deleted: 1_000 });
    goOn();
    await expect(writing).rejects.toThrow('took it back');
    expect(await state()).toEqual(was);
    expect(await fresh.hub.findImport(fresh.admin, started.id)).toMatchObject({ state: 'reverted' });
  });

  it('once only; neither it nor its revert goes on', async () => {
    const id = await importRows(records, rows);
    const { import: own } = await reverted(id);
    expect(await revert(id)).toMatchObject({ kind: 'refused', message: 'It was reverted already.' });
    expect(await revert(own.id)).toMatchObject({ kind: 'refused' });
    for (const over of [id, own.id]) {
      const again = await fresh.hub.import(fresh.admin, records, async function* () {}, {
        resume: { import: over, offset: 0 },
      });
      expect(again.kind).toBe('import_over');
    }
    await importRows(records, rows);
    expect((await state()).pumps).toHaveLength(3);
  });

  it('that changed nothing, or was rejected, has nothing to take back', async () => {
    const was = await state();
    const id = await importRows(records, [row('P1', { size: 1 }), row('P2', { size: 'big' })]);
    const { counts } = await reverted(id);
    expect(counts).toMatchObject({ received: 0, rejected: 0 });
    expect(await state()).toEqual(was);
  });

  it('tells the change feed', async () => {
    const id = await importRows(records, [row('P5')]);
    const now = await fresh.hub.changes(fresh.admin, { limit: 1, waitMs: 0 });
    await reverted(id);
    const after = now.kind === 'changes' ? now.next : '';
    const feed = await fresh.hub.changes(fresh.admin, { after, limit: 10, waitMs: 0 });
    expect(feed.kind === 'changes' && feed.items.map(({ kind }) => kind)).toEqual(['deleted']);
    const [lost] = await query(
      fresh.databaseUrl,
      'select count(*)::int as n from change where not exists (select from commit where commit.batch = change.batch)',
    );
    expect(lost).toEqual({ n: 0 });
  });
});

describe('an import of links that is reverted', () => {
  it('restores links and roles, and forgets those that wait', async () => {
    await importRows(linking, [link('P1', 'c1', { role: { by: 'name', value: 'Family' } }), link('P2', 'c1')]);
    const was = await state();
    const id = await importRows(linking, [
      link('P1', 'c1', { role: { by: 'name', value: 'Influencer' } }),
      link('P1', 'c2'),
      { ...link('P2', 'c1'), action: 'unlink' },
      link('P2', 'nobody'),
    ]);
    expect((await state()).waiting).toBe(1);
    expect((await reverted(id)).counts).toMatchObject({ received: 3, updated: 3, rejected: 0 });
    expect(await state()).toEqual(was);
  });

  it('leaves alone a link that was changed since, and those that others have waiting', async () => {
    const waiting = async () =>
      fresh.hub.linkOrDefer(by('other'), {
        from: { type: 'pump', ref: key('P1') },
        link: 'contacts',
        to: { ref: key('later') },
        defer: { expiresAt: null },
      });
    await waiting();
    const id = await importRows(linking, [link('P1', 'c2'), link('P2', 'c2')]);
    const role = { by: 'name', value: 'Family' } as const;
    await fresh.hub.link(by('since'), {
      from: { type: 'pump', ref: key('P1') },
      link: 'contacts',
      to: { ref: key('c2') },
      role,
    });
    const { counts, left } = await reverted(id);
    expect(counts).toMatchObject({ received: 2, updated: 1, rejected: 1 });
    expect(left).toMatchObject([{ code: 'changed_since' }]);
    expect((await state()).waiting).toBe(1);
  });
});

describe('the plan of the revert of an import', () => {
  const rows = [row('P1', { code: 'C', size: 9 }), row('P2', { size: null }), row('P3')];

  it('says what would be taken back, with old and new values, and does nothing of it', async () => {
    const id = await importRows(records, rows);
    const [is, changes] = [await state(), await changeRows(fresh.databaseUrl)];
    const { plan, counts, left } = await planned(id);
    expect([counts, left]).toMatchObject([{ received: 2, updated: 2, deleted: 1 }, []]);
    expect(plan).toMatchObject({ kind: 'revert', actions: { update: 2, delete: 1 }, itemsTotal: 3 });
    expect(plan.items.find((item) => item.key === 'P1')).toMatchObject({
      action: 'update',
      fields: expect.arrayContaining([
        { field: 'code', before: 'C', after: 'A' },
        { field: 'size', before: 9, after: 1 },
      ]),
    });
    expect(plan.items.find((item) => item.key === 'P3')).toMatchObject({
      action: 'delete',
      version: expect.any(Number),
    });
    expect([await state(), await changeRows(fresh.databaseUrl)]).toEqual([is, changes]);
    expect(await fresh.hub.findImport(fresh.admin, id)).toMatchObject({ state: 'done' });
    expect(await fresh.hub.plans.find(fresh.admin, plan.id)).toMatchObject({ kind: 'revert', items: plan.items });
  });

  it('is done by its id, once', async () => {
    const was = await state();
    const id = await importRows(records, rows);
    const { plan, counts } = await planned(id);
    expect(await applyPlan(id, plan.id)).toMatchObject({ kind: 'reverted', counts, import: { reverts: id } });
    expect(await state()).toEqual(was);
    expect(await applyPlan(id, plan.id)).toMatchObject({ kind: 'plan_stale', reason: 'applied' });
  });

  it.each([
    ['a value that it would restore', () => upsert('pump', 'P1', { size: 10 }), 'P1'],
    ['a record that it would delete', () => upsert('pump', 'P3', { size: 3 }), 'P3'],
    ['a key that it would give back', () => upsert('pump', 'P9', { code: 'A' }), 'P1'],
  ])('is refused when somebody changed %s, and says which record', async (_what, change, which) => {
    const id = await importRows(records, rows);
    const { plan } = await planned(id);
    await change();
    const is = await state();
    expect(await applyPlan(id, plan.id)).toMatchObject({
      kind: 'plan_stale',
      reason: 'changed',
      changes: expect.arrayContaining([expect.objectContaining({ key: which })]),
    });
    expect(await state()).toEqual(is);
    expect(await fresh.hub.findImport(fresh.admin, id)).toMatchObject({ state: 'done' });
  });

  it('of links names those that wait, and is refused when another one waits or was joined since', async () => {
    const was = await state();
    const id = await importRows(linking, [link('P1', 'c2'), link('P2', 'not-yet')]);
    const { plan } = await planned(id);
    expect(plan.actions).toMatchObject({ unlink: 1, withdraw: 1 });
    expect(plan.items.find(({ action }) => action === 'withdraw')).toMatchObject({
      type: 'pump',
      key: 'external_id:P2',
      link: { link: 'pump.contacts', right: { type: 'contact', key: 'external_id:not-yet' } },
    });
    await upsert('contact', 'not-yet', {});
    expect(await applyPlan(id, plan.id)).toMatchObject({ kind: 'plan_stale', reason: 'changed' });
    const again = await planned(id);
    expect(await applyPlan(id, again.plan.id)).toMatchObject({ kind: 'reverted' });
    expect((await state()).waiting).toBe(was.waiting);
  });

  it('is for its own import and maker', async () => {
    const [id, other] = [await importRows(records, rows), await importRows(records, [row('P8')])];
    const { plan } = await planned(id);
    expect(await applyPlan(other, plan.id)).toMatchObject({ kind: 'plan_stale', reason: 'other_call' });
    const somebody = { ...fresh.admin, principal: { ...fresh.admin.principal, id: 999_999 as never } };
    expect(await applyPlan(id, plan.id, somebody)).toMatchObject({ kind: 'unknown_plan' });
    expect(await applyPlan(id, '00000000-0000-4000-8000-000000000000')).toMatchObject({ kind: 'unknown_plan' });
  });

  it('is refused as the revert would be', async () => {
    const id = await importRows(records, rows);
    await reverted(id);
    expect(await fresh.hub.plans.revertImport(fresh.admin, id)).toMatchObject({ kind: 'refused' });
    expect(await fresh.hub.plans.revertImport(fresh.admin, 'none')).toEqual({ kind: 'unknown_import' });
  });
});

describe('who may revert an import', () => {
  it('is an administrator or power user; others do not see one that is not theirs', async () => {
    const id = await importRows(records, [row('P6')]);
    const member = (own: number): Caller => ({
      ...fresh.admin,
      principal: {
        ...fresh.admin.principal,
        role: 'member',
        id: own as never,
        grants: { '*': ['read', 'edit', 'delete'] },
      },
    });
    const ask = (caller: Caller) => fresh.hub.revertImport(caller, id);
    expect(await ask(member(999_999))).toEqual({ kind: 'unknown_import' });
    expect(await ask(member(fresh.admin.principal.id))).toEqual({ kind: 'forbidden' });
    expect(await fresh.hub.revertImport(fresh.admin, 'none')).toEqual({ kind: 'unknown_import' });
  });
});

it('is refused when the changes of the import are not kept any more', async () => {
  const id = await importRows(records, [row('P7')]);
  await query(
    fresh.databaseUrl,
    'delete from change where batch in (select batch from import_batch order by batch desc limit 1)',
  );
  expect(await revert(id)).toMatchObject({ kind: 'refused', message: expect.stringContaining('older than') });
});
