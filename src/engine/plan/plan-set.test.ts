import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { issuesOf } from '../../../test/issues-of.ts';
import { setOf } from '../../../test/set-of.ts';
import { amend, itemsOf, key, merged, query, recordOf } from '../../../test/steps.ts';
import type { SetElement, SetMember } from '../../model/commands.ts';
import type { PlanItem, PlanRefused, PlanView } from '../../model/plan.ts';
import { byKey, type Ref } from '../../model/ref.ts';
import type { RunView } from '../../model/runs.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        pump: {
          owner: 'external',
          fields: {
            note: { type: 'text', owner: 'external' },
            serial: { type: 'text', owner: 'external', unique: true },
            weight: { type: 'integer', owner: 'external' },
            remark: { type: 'text' },
          },
        },
      },
      links: { 'pump.keepers': { to: 'contact', inverse: 'pumps', owner: 'external' } },
      interfaces: { pumps: { name: 'Pumps', type: 'pump', guard: { deletes: 2 } } },
    }),
  );
  for (const one of ['C1', 'C2'])
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key(one), mode: 'create', fields: {} });
});
afterAll(() => fresh.close());

type Values = Readonly<Record<string, unknown>>;

function element(name: string, values: Values = {}, keepers?: readonly Ref[]): SetElement {
  const members: SetMember[] = Object.entries(values).map(([field, value]) => ({
    kind: 'field',
    name: field,
    field,
    value,
  }));
  if (keepers !== undefined) members.push({ kind: 'relation', name: 'keepers', link: 'keepers', targets: keepers });
  return { key: name, path: name, members };
}
const placed = (elements: readonly SetElement[]) => setOf(elements.map((one, at) => ({ ...one, path: `[${at}]` })));

async function plan(elements: readonly SetElement[], hub = fresh.hub): Promise<PlanView> {
  const outcome = await hub.plans.set(fresh.admin, 'pumps', placed(elements));
  if (outcome.kind !== 'planned') throw new Error(JSON.stringify(outcome));
  return outcome.plan;
}
const apply = (made: PlanView, elements: readonly SetElement[], hub = fresh.hub) =>
  hub.plans.applySet(fresh.admin, 'pumps', placed(elements), made.id);
async function applied(made: PlanView, elements: readonly SetElement[], hub = fresh.hub): Promise<RunView> {
  const outcome = await apply(made, elements, hub);
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.run;
}
async function stale(made: PlanView, elements: readonly SetElement[]): Promise<PlanRefused & { kind: 'plan_stale' }> {
  const outcome = await apply(made, elements);
  if (outcome.kind !== 'plan_stale') throw new Error(JSON.stringify(outcome));
  return outcome;
}
async function send(elements: readonly SetElement[]): Promise<RunView> {
  const outcome = await fresh.hub.sync(fresh.admin, 'pumps', placed(elements));
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.run;
}
/** The same, with all that the guard holds deleted. */
async function have(elements: readonly SetElement[]): Promise<void> {
  const run = await send(elements);
  if (run.held !== null) await fresh.hub.approveHeld(fresh.admin, run.id, run.held.deletes);
}
const newestRuns = async (limit: number) => itemsOf(await fresh.hub.runs(fresh.admin, 'pumps', { states: [], limit }));
const remark = (name: string, text: string) =>
  fresh.hub.upsert(fresh.admin, { type: 'pump', ref: key(name), mode: 'update', fields: { remark: text } });

/** All that a set writes, but for plans and planned runs. */
const stored = async (): Promise<unknown> => {
  const feed = ['change', 'commit', 'commit_counter', 'refusal', 'idempotency'].map(digestOf);
  const runs = "select run, state, held_deletes from run where state <> 'planned' order by run";
  return [await data(), await query(fresh.databaseUrl, feed.join(' union all ')), await query(fresh.databaseUrl, runs)];
};
/** The same without the feed, which tells of runs too. */
const data = async (): Promise<unknown> => {
  const tables = [
    'record',
    'record_key',
    'field_index',
    'link',
    'interface_record',
    'held_delete',
    'staging',
    'queued_part',
    'open_run',
  ];
  return query(fresh.databaseUrl, tables.map(digestOf).join(' union all '));
};
const digestOf = (table: string): string =>
  `select '${table}' as name, md5(string_agg(t::text, '' order by t::text)) from ${table} t`;

const shortOf = ({ action, key: name }: PlanItem): string => `${action} ${name}`;

describe('issues of a planned set', () => {
  it('call a record that is yet to be made by its key, as no number is drawn for it', async () => {
    await have([]);
    const set = [element('New-1', { serial: 'S1' }), element('New-2', { serial: 'S1' }), element('new-1')];
    const made = await plan(set);
    if (made.run === null) throw new Error('A set is planned as a run');
    const issues = await issuesOf(fresh.hub, fresh.admin, made.run.id);
    expect(issues.map(({ code, key: named, record, other }) => [code, named, record, other])).toEqual([
      ['key_taken', 'New-2', null, null],
      ['near_miss', 'new-1', null, null],
    ]);
    expect(issues.map(({ message }) => message)).toEqual([
      'serial S1 belongs to the element New-1 of the same set already.',
      expect.stringContaining('"New-1", the key of another element of the set'),
    ]);
    for (const { message, remedy } of issues) expect(`${message} ${remedy}`).not.toMatch(/pump \d/);
    const run = await applied(made, set);
    const first = recordOf(await fresh.hub.find(fresh.admin, 'pump', key('New-1'))).number;
    const told = await issuesOf(fresh.hub, fresh.admin, run.id);
    expect(told.map(({ other }) => other?.number)).toEqual([first, first]);
    expect(told[0]?.message).toContain(`pump ${first}`);
  });

  it('name the record that has the key, where it is there already', async () => {
    await have([element('Old', { serial: 'S2' })]);
    const there = recordOf(await fresh.hub.find(fresh.admin, 'pump', key('Old'))).number;
    const made = await plan([element('Old', { serial: 'S2' }), element('New', { serial: 'S2' })]);
    const [issue] = await issuesOf(fresh.hub, fresh.admin, made.run?.id ?? '');
    expect(issue).toMatchObject({ code: 'key_taken', other: { number: there } });
    expect(issue?.message).toContain(`pump ${there}`);
  });
});

describe('the plan of a complete set', () => {
  it('shows what would be made, changed, deleted, linked and rejected, keeps a planned run, and writes nothing else', async () => {
    await send([
      element('P1', { note: 'a' }, [byKey('external_id', 'C1')]),
      element('P2', { note: 'b' }),
      element('P3'),
    ]);
    const before = await stored();
    const set = [
      element('P1', { note: 'c' }, [byKey('external_id', 'C2')]),
      element('P2', { note: 'b' }),
      element('P4', { note: 'new', weight: 'heavy' }),
      element('\u0000'),
      element('P4'),
    ];
    const made = await plan(set);
    expect(made).toMatchObject({
      kind: 'set',
      counts: { received: 5, created: 1, updated: 1, unchanged: 1, rejected: 1, superseded: 1, deleted: 1 },
      actions: { create: 1, update: 1, link: 1, unlink: 1, delete: 1, reject: 1, hold: 0 },
      run: { state: 'planned', counts: { received: 5, deleted: 1 }, issues: 3, held: null },
    });
    expect(made.items.map(shortOf)).toEqual([
      'update P1',
      'unlink P1',
      'link P1',
      'create P4',
      'delete P3',
      'reject \u0000',
    ]);
    expect(made.items[0]).toMatchObject({ version: 1, row: 0, fields: [{ field: 'note', before: 'a', after: 'c' }] });
    expect(made.items[3]).toMatchObject({
      record: null,
      row: 2,
      issues: [{ code: 'invalid_value', member: 'weight' }],
    });
    expect(await stored()).toEqual(before);
    const issues = await issuesOf(fresh.hub, fresh.admin, made.run?.id ?? '');
    expect(issues.map(({ code }) => code).sort()).toEqual(['duplicate_key', 'invalid_key', 'invalid_value']);
    expect(await fresh.hub.plans.ofRun(fresh.admin, 'pumps', made.run?.id ?? '')).toEqual(made);
    const reverted = await fresh.hub.revertRun(fresh.admin, made.run?.id ?? '');
    expect(reverted).toMatchObject({ kind: 'refused', message: 'The run is planned: there is nothing to take back.' });

    const run = await applied(made, set);
    expect(run).toMatchObject({ state: 'partial', counts: made.counts });
    expect(await fresh.hub.plans.find(fresh.admin, made.id)).toMatchObject({ appliedAt: expect.any(Date) });
    expect(await stale(made, set)).toMatchObject({ reason: 'applied' });
  });

  it('shows the deletes that the guard would hold, and holds none', async () => {
    await have([]);
    await have(['H1', 'H2', 'H3', 'H4'].map((name) => element(name)));
    const made = await plan([element('H1')]);
    expect(made).toMatchObject({
      actions: { hold: 3, delete: 0 },
      counts: { deleted: 0, unchanged: 1 },
      run: { held: null },
    });
    expect(made.items.map(shortOf)).toEqual(['hold H2', 'hold H3', 'hold H4']);
    expect(await query(fresh.databaseUrl, 'select run from held_delete')).toEqual([]);
    expect(await applied(made, [element('H1')])).toMatchObject({ state: 'held', held: { deletes: 3 } });
    // A plan is no newer set: what is held stays so.
    const next = await plan([element('H1'), element('H2')]);
    expect(await newestRuns(3)).toMatchObject([{ state: 'planned' }, { state: 'held' }, { state: 'planned' }]);
    await fresh.hub.upsert(fresh.admin, { type: 'pump', ref: key('H3'), mode: 'update', fields: { remark: 'keep' } });
    expect((await stale(next, [element('H1'), element('H2')])).changes).toMatchObject([
      { key: 'H3', what: 'version', planned: 1, now: 2 },
      { key: 'H3', what: 'remark', planned: null, now: 'keep' },
    ]);
  });

  it('is applied by a second server, after whatever is at work on the interface', async () => {
    const set = [element('S1', { note: 'x' }), element('S2')];
    await have([]);
    const made = await plan(set);
    const other = fresh.secondHub();
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const slow = fresh.hub.sync(fresh.admin, 'pumps', (at) => {
      const source = placed([])();
      void at;
      return {
        ...source,
        elements: (async function* () {
          begun.resolve();
          await release.promise;
          yield* source.elements;
        })(),
      };
    });
    await begun.promise;
    const applying = apply(made, set, other);
    release.resolve();
    expect(await slow).toMatchObject({ kind: 'done' });
    expect(await applying).toMatchObject({ kind: 'done', run: { counts: { created: 2 } } });
    expect(await fresh.hub.plans.find(fresh.admin, made.id)).toMatchObject({ appliedAt: expect.any(Date) });
  });

  it('is applied once, however many try', async () => {
    const set = [element('O1'), element('O2')];
    const made = await plan(set);
    const other = fresh.secondHub();
    const outcomes = await Promise.all([apply(made, set), apply(made, set, other), apply(made, set)]);
    expect(outcomes.map((outcome) => (outcome.kind === 'plan_stale' ? outcome.reason : outcome.kind)).sort()).toEqual([
      'applied',
      'applied',
      'done',
    ]);
  });

  it('leaves nothing when its body breaks off', async () => {
    const before = [await stored(), await query(fresh.databaseUrl, 'select run, state from run order by run')];
    const broken = fresh.hub.plans.set(fresh.admin, 'pumps', () => ({
      ...placed([element('B1')])(),
      elements: (async function* () {
        yield* placed([element('B1')])().elements;
        throw new Error('broken off');
      })(),
    }));
    expect(await broken).toMatchObject({ kind: 'unreadable', cause: { message: 'broken off' } });
    expect([await stored(), await query(fresh.databaseUrl, 'select run, state from run order by run')]).toEqual(before);
  });
});

describe('the plan of a complete set that cannot be applied any more', () => {
  const set = [element('X1', { note: 'b' }), element('X2')];

  it('says which record or value is another one, and fails as a run', async () => {
    await have([element('X1', { note: 'a' })]);
    const made = await plan(set);
    await remark('X1', 'elsewhere');
    const before = await data();
    const { reason, changes, message } = await stale(made, set);
    expect([reason, changes]).toMatchObject([
      'changed',
      [{ type: 'pump', key: 'X1', what: 'version', planned: 1, now: 2 }],
    ]);
    const [failed] = await newestRuns(1);
    expect(failed).toMatchObject({ state: 'failed', failure: message });
    expect(await data()).toEqual(before);
  });

  it('says what another set has done meanwhile', async () => {
    await have([element('X1', { note: 'a' })]);
    const made = await plan(set);
    await send([element('X1', { note: 'a' }), element('X2'), element('X3')]);
    const { changes } = await stale(made, set);
    expect(changes).toMatchObject([
      { key: 'X2', what: 'action', planned: 'create', now: null },
      { key: 'X3', what: 'action', planned: null, now: 'delete' },
    ]);
  });

  it('says when only a count is another one', async () => {
    await have(set);
    const body = [...set, element('X2')];
    const made = await plan(body);
    await amend(fresh.hub, fresh.admin, (current) => {
      const { pumps } = current.interfaces ?? {};
      return merged(current, {
        interfaces: { pumps: { name: 'Pumps', type: 'pump', ...pumps, duplicates: 'refuse' } },
      });
    });
    const { changes } = await stale(made, body);
    expect(changes.length).toBeGreaterThan(0);
    await amend(fresh.hub, fresh.admin, (current) => {
      const { pumps } = current.interfaces ?? {};
      return merged(current, { interfaces: { pumps: { name: 'Pumps', type: 'pump', ...pumps, duplicates: 'first' } } });
    });
  });

  it('is for its own caller, interface and body', async () => {
    const made = await plan(set);
    const { hub, admin, power } = fresh;
    expect(await hub.plans.applySet(power, 'pumps', placed(set), made.id)).toEqual({
      kind: 'unknown_plan',
      plan: made.id,
    });
    expect(await hub.plans.applySet(admin, 'myendpoint', placed(set), made.id)).toMatchObject({ reason: 'other_call' });
    expect(await stale(made, [element('X1', { note: 'c' }), element('X2')])).toMatchObject({ reason: 'other_body' });
    expect(await hub.plans.applySet(fresh.member, 'pumps', placed(set), made.id)).toMatchObject({ kind: 'rejected' });
    expect(await hub.plans.set(fresh.member, 'pumps', placed(set))).toMatchObject({ kind: 'rejected' });
  });

  it('does not mind what it never touched', async () => {
    await have(set);
    const body = [...set, element('X4')];
    const made = await plan(body);
    await remark('X1', 'of no interest'); // it is judged now, and found unchanged
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key('C1'), mode: 'update', fields: { name: 'x' } });
    expect(await applied(made, body)).toMatchObject({ counts: { created: 1, unchanged: 2 } });
  });
});

const names = ['R1', 'R2', 'R3', 'R4', 'R5'];
const someElement = fc
  .tuple(
    fc.constantFrom(...names),
    fc.record(
      {
        note: fc.constantFrom('a', 'b', null),
        weight: fc.constantFrom<unknown>(1, 2, 'heavy'),
        remark: fc.constantFrom('mine'),
        // Of another element, of itself, or of none: the record goes on under another key.
        external_id: fc.constantFrom(...names, 'R6'),
      },
      { requiredKeys: [] },
    ),
    fc.option(fc.uniqueArray(fc.constantFrom('C1', 'C2', 'C-none')), { nil: undefined }),
  )
  .map(([name, values, keepers]) =>
    element(
      name,
      values,
      keepers?.map((one) => byKey('external_id', one)),
    ),
  );
const someSet = fc.array(someElement, { maxLength: 8 });
const someWrite = fc.option(fc.constantFrom(...names), { nil: undefined, freq: 1 });

type Change = {
  kind: string;
  number: number;
  version: number | null;
  before: Values | null;
  after: Values | null;
  link_type: number | null;
};
const actionOf: Readonly<Record<string, string>> = {
  created: 'create',
  updated: 'update',
  deleted: 'delete',
  revived: 'revive',
  linked: 'link',
  relinked: 'relink',
  unlinked: 'unlink',
};

describe('whatever the set', () => {
  it('a plan knows that a key which an element gives up may come again, for a new record', async () => {
    await have([element('X1'), element('X2')]);
    const body = [element('X2'), element('X1', { external_id: 'X9', note: 'b' }), element('X1', { note: 'c' })];
    const made = await plan(body);
    expect(made.counts).toMatchObject({ received: 3, unchanged: 1, updated: 1, created: 1 });
    expect((await applied(made, body)).counts).toEqual(made.counts);
  });

  it('a plan that is applied does all that it showed and nothing else; one that is stale does nothing', async () => {
    const { hub, admin } = fresh;
    const catalogue = await hub.catalogue(admin.principal.workspace);
    const fields = catalogue.types.get('pump')?.fieldsById;
    await fc.assert(
      fc.asyncProperty(someSet, someSet, someWrite, async (first, second, written) => {
        await send(first);
        const made = await plan(second);
        if (written !== undefined) await remark(written, `${Math.random()}`);
        const before = await data();
        const outcome = await apply(made, second);
        if (outcome.kind === 'plan_stale') {
          expect(written).toBeDefined();
          expect(outcome.changes.length).toBeGreaterThan(0);
          expect(await data()).toEqual(before);
          return;
        }
        if (outcome.kind !== 'done') throw new Error(outcome.kind);
        expect(outcome.run.counts).toEqual(made.counts);
        expect(outcome.run.held?.deletes ?? 0).toBe(made.actions.hold);
        const changes = await query<Change>(
          fresh.databaseUrl,
          'select kind, number, version, before, after, link_type from change where run = $1 and kind = any($2) order by batch, row',
          [outcome.run.number, Object.keys(actionOf)],
        );
        const planned = made.items.filter(({ action }) => !['hold', 'reject'].includes(action));
        expect(planned.map(({ action }) => action)).toEqual(changes.map(({ kind }) => actionOf[kind]));
        for (const [index, change] of changes.entries()) {
          const item = planned[index] as PlanItem;
          const number = (item.link?.left ?? item.record)?.number ?? null;
          if (number !== null) expect(number).toBe(Number(change.number));
          if (change.link_type !== null) continue;
          if (number === null)
            expect(recordOf(await hub.find(admin, 'pump', key(item.key ?? ''))).number).toBe(Number(change.number));
          else expect(item.version).toBe(Number(change.version) - 1);
          const shown = item.fields.map(({ field, before: was, after: is }) => [field, was, is]);
          const ids = new Set([...Object.keys(change.before ?? {}), ...Object.keys(change.after ?? {})]);
          const wrote = [...ids].map((id) => [
            fields?.get(Number(id))?.key,
            change.before?.[id] ?? null,
            change.after?.[id] ?? null,
          ]);
          expect(shown).toEqual(wrote);
        }
      }),
      { numRuns: 40 },
    );
  });
});
