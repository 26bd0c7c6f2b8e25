import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, changeRows, itemsOf, key, lastRuns, merged, query, recordOf } from '../../../../test/steps.ts';
import type { SetElement, SetMember } from '../../../model/commands.ts';
import { byKey } from '../../../model/ref.ts';
import type { RunView } from '../../../model/runs.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        pump: {
          owner: 'external',
          fields: {
            code: { type: 'text', unique: true, owner: 'external' },
            size: { type: 'integer', owner: 'external' },
            note: { type: 'text' },
            site: { type: 'lookup', to: 'contact', inverse: 'pumps_here', owner: 'external' },
          },
        },
      },
      links: { 'pump.contacts': { to: 'contact', inverse: 'pumps', owner: 'external' } },
      interfaces: { pumps: { name: 'Pumps', type: 'pump', guard: { deletes: 3 } } },
    }),
  );
  for (const id of ['c1', 'c2'])
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key(id), mode: 'create', fields: {} });
});
afterAll(() => fresh.close());

const field = (name: string, value: unknown): SetMember => ({ name, kind: 'field', field: name, value });
const contacts = (...ids: string[]): SetMember => ({
  name: 'contacts',
  kind: 'relation',
  link: 'contacts',
  targets: ids.map(key),
});
const element = (id: string, ...members: SetMember[]): SetElement => ({ key: id, path: `Pumps[${id}]`, members });

async function send(...elements: readonly SetElement[]): Promise<RunView> {
  const outcome = await fresh.hub.sync(fresh.admin, 'pumps', setOf(elements));
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.run;
}
async function revert(run: RunView, plan = false) {
  const outcome = await (plan ? fresh.hub.plans.revert : fresh.hub.revertRun)(fresh.admin, run.id);
  if (outcome.kind !== 'reverted' && outcome.kind !== 'planned') throw new Error(JSON.stringify(outcome));
  return outcome;
}
const counted = ({ counts }: { counts: object }) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** Every pump with its values and what it is linked to; and what the interface is responsible for. */
async function state() {
  const pumps = itemsOf(await fresh.hub.list(fresh.admin, { type: 'pump', filters: [], sort: [], limit: 1000 }));
  const linked = (number: number) =>
    query(
      fresh.databaseUrl,
      'select link_type, right_number, role, number from link where left_number = $1 order by 1, 2',
      [number],
    );
  const links = await Promise.all(pumps.map(({ number }) => linked(number)));
  const supplied = await query(fresh.databaseUrl, 'select number from interface_record order by 1');
  return { pumps: pumps.map(({ number, fields }) => ({ number, fields })), links, supplied };
}

const oldSet = () => [
  element('P1', field('size', 1), field('code', 'A'), field('site', key('c1')), contacts('c1')),
  element('P2', field('size', 2), field('code', 'B'), field('site', key('c2')), contacts('c1', 'c2')),
];
const newSet = () => [
  element('P1', field('size', 9), field('code', 'B'), field('site', key('c2')), contacts('c2')),
  element('P3', field('size', 3), field('site', key('c1')), contacts('c1')),
];

beforeEach(async () => {
  await send();
  await send(...oldSet());
});

describe('a run that is reverted', () => {
  it('leaves values, keys, records, lookups and links as they were before it', async () => {
    const was = await state();
    const first = await send(
      element('P1', field('size', 9), field('code', null), contacts('c2')),
      newSet()[1] as SetElement,
    );
    expect(counted(first)).toEqual({ received: 2, created: 1, updated: 1, deleted: 1 });
    const { counts, left } = await revert(first);
    expect(left).toEqual([]);
    expect(counts).toMatchObject({ revived: 1, deleted: 1, rejected: 0 });
    expect(await state()).toEqual(was);
    expect(await fresh.hub.findRun(fresh.admin, first.id)).toMatchObject({ state: 'reverted' });
  });

  it('is a run of its own, and what it restored is judged anew by the next set', async () => {
    const run = await send(...newSet());
    const { run: own } = (await revert(run)) as { run: RunView };
    expect(own).toMatchObject({ interface: 'pumps', state: 'applied', reverts: run.id, issues: 0 });
    expect(own.revertedBy).toBeNull();
    expect(await lastRuns(fresh.hub, fresh.admin, 'pumps', 2)).toMatchObject([
      { id: own.id },
      { id: run.id, state: 'reverted', revertedBy: own.id },
    ]);
    expect(counted(await send(...oldSet()))).toEqual({ received: 2, unchanged: 2 });
    expect(counted(await send(...newSet()))).toMatchObject({ received: 2, deleted: 1 });
  });

  it('that only created deletes it again, many of them too', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => element(`M${index}`, contacts('c1')));
    const was = await state();
    const run = await send(...oldSet(), ...many);
    expect((await revert(run)).counts).toMatchObject({ deleted: 1_200, updated: 1_200, received: 1_200 });
    expect(await state()).toEqual(was);
  });

  it('leaves alone, and lists, what somebody changed since', async () => {
    const run = await send(...newSet());
    await fresh.hub.upsert(fresh.admin, { type: 'pump', ref: key('P3'), mode: 'update', fields: { note: 'ours' } });
    await send(element('P1', field('size', 10)), newSet()[1] as SetElement);
    const { left, counts } = await revert(run);
    expect(left.map(({ code, key, member }) => [code, key, member])).toEqual([
      ['changed_since', 'P3', null],
      ['changed_since', 'P1', 'size'],
    ]);
    expect(left[1]?.message).toContain('P1, size was left as it is');
    expect(left[1]?.message).toContain('Before, it was 1.');
    expect(left.map(({ value }) => value)).toEqual([null, '10']);
    expect(counts.received).toBe(counts.updated + counts.revived + counts.rejected);
    expect(recordOf(await fresh.hub.find(fresh.admin, 'pump', key('P1'))).fields).toMatchObject({
      size: 10,
      code: 'A',
    });
    expect(recordOf(await fresh.hub.find(fresh.admin, 'pump', key('P3'))).fields).toMatchObject({ note: 'ours' });
  });

  it('takes the deletes back that were approved', async () => {
    await send(...oldSet(), element('P4'), element('P5'));
    const was = await state();
    const run = await send();
    expect(run.state).toBe('held');
    expect(await fresh.hub.revertRun(fresh.admin, run.id)).toMatchObject({ kind: 'refused' });
    await fresh.hub.approveHeld(fresh.admin, run.id, 4);
    expect((await state()).pumps).toEqual([]);
    expect((await revert(run)).counts).toMatchObject({ revived: 4 });
    expect(await state()).toEqual(was);
  });

  it('gives a record that it had brought back, and deletes again, the keys by which it was found before', async () => {
    const { number } = recordOf(await fresh.hub.find(fresh.admin, 'pump', key('P2')));
    await send(oldSet()[0] as SetElement);
    const run = await send(oldSet()[0] as SetElement, element('P2', field('code', 'Z')));
    expect(counted(run)).toMatchObject({ revived: 1 });
    expect((await revert(run)).counts).toMatchObject({ deleted: 1 });
    const keys = await query<{ value: string }>(fresh.databaseUrl, 'select value from record_key where number = $1', [
      number,
    ]);
    expect(keys.map(({ value }) => value)).toEqual(['B']);
    // Found by that key, it comes back as the same record.
    await fresh.hub.sync(fresh.admin, 'pumps', setOf([]));
    expect(counted(await send(element('P2', field('code', 'B'))))).toMatchObject({ revived: 1 });
    expect(recordOf(await fresh.hub.find(fresh.admin, 'pump', byKey('code', 'B'))).number).toBe(number);
  });

  it('leaves a key to the record that has taken it since', async () => {
    await send(oldSet()[0] as SetElement);
    const run = await send(oldSet()[0] as SetElement, element('P2', field('code', 'Z')));
    await send(oldSet()[0] as SetElement, element('P2', field('code', 'Z')), element('P9', field('code', 'B')));
    const { left } = await revert(run);
    expect(left).toEqual([]);
    const holder = recordOf(await fresh.hub.find(fresh.admin, 'pump', byKey('code', 'B')));
    expect(holder.fields.external_id).toBe('P9');
  });

  it('can be planned: nothing is written then', async () => {
    const run = await send(...newSet());
    const was = [await state(), await changeRows(fresh.databaseUrl)];
    const plan = await revert(run, true);
    expect(plan.kind).toBe('planned');
    expect([await state(), await changeRows(fresh.databaseUrl)]).toEqual(was);
    expect((await revert(run)).counts).toEqual(plan.counts);
  });

  it('is reverted once, and its revert not at all', async () => {
    const run = await send(...newSet());
    const { run: own } = (await revert(run)) as { run: RunView };
    for (const { id } of [run, own])
      expect(await fresh.hub.revertRun(fresh.admin, id)).toMatchObject({ kind: 'refused' });
  });
});
