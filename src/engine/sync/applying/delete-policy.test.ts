import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { setOf } from '../../../../test/set-of.ts';
import { amend, itemsOf, key, merged, query } from '../../../../test/steps.ts';
import type { SetElement, SetMember } from '../../../model/commands.ts';
import type { InterfaceDocument } from '../../../model/schema.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: {
        pump: {
          owner: 'external',
          fields: {
            size: { type: 'integer', owner: 'external' },
            missing: { type: 'boolean', owner: 'external' },
            missing_since: { type: 'date', owner: 'external' },
            site: { type: 'lookup', to: 'contact', inverse: 'pumps_here', owner: 'external' },
          },
        },
      },
      links: {
        'pump.contacts': { to: 'contact', inverse: 'pumps', owner: 'external' },
        'pump.files': { to: 'file', inverse: 'pumps' },
      },
      interfaces: { pumps: { name: 'Pumps', type: 'pump' } },
    }),
  );
});
afterAll(() => fresh.close());

const setTo = (settings: Partial<InterfaceDocument>) =>
  amend(fresh.hub, fresh.admin, (current) =>
    merged(current, { interfaces: { pumps: { name: 'Pumps', type: 'pump', ...settings } } }),
  );

const element = ({ key: id, ...members }: Record<string, unknown>, place: number): SetElement => ({
  key: String(id),
  path: `[${place}]`,
  members: Object.entries(members).map(
    ([name, value]): SetMember =>
      name === 'contacts'
        ? { name, kind: 'relation', link: name, targets: (value as string[]).map(key) }
        : { name, kind: 'field', field: name, value: name === 'site' ? key(String(value)) : value },
  ),
});

async function send(...sent: Record<string, unknown>[]) {
  const outcome = await fresh.hub.sync(fresh.admin, 'pumps', setOf(sent.map(element)));
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  const issues = await issuesOf(fresh.hub, fresh.admin, outcome.run.id);
  return {
    ...outcome.run,
    counts: Object.fromEntries(Object.entries(outcome.run.counts).filter(([, count]) => count !== 0)),
    found: issues.map((one) => [one.key, one.code, one.member]),
  };
}

const stored = async (...fields: string[]) =>
  itemsOf(await fresh.hub.list(fresh.admin, { type: 'pump', filters: [], sort: [], limit: 100 })).map((one) =>
    fields.map((field) => one.fields[field]),
  );
const linksOf = async (id: string) => {
  const links = itemsOf(await fresh.hub.links(fresh.admin, { type: 'pump', ref: key(id), limit: 100 }));
  return links.map(({ link }) => link).sort();
};

const [a, b] = [
  { key: 'A', contacts: ['user1'], site: 'user1' },
  { key: 'B', contacts: ['user1'] },
];

beforeEach(async () => {
  await setTo({});
  await send();
  await query(fresh.databaseUrl, 'delete from record where number > 100000');
});

describe('a record that a set leaves out, by the policy unlink', () => {
  beforeEach(async () => {
    await setTo({ delete_policy: 'unlink' });
    await send(a, b);
    const files = {
      from: { type: 'pump', ref: key('A') },
      link: 'files',
      to: { ref: { by: 'number', number: 398 } },
    } as const;
    await fresh.hub.link(fresh.admin, files);
  });

  it('stays, without the relations that the interface may write', async () => {
    expect(await linksOf('A')).toEqual(['pump.contacts', 'pump.files', 'pump.site']);
    expect(await send(b)).toMatchObject({ state: 'applied', counts: { received: 1, unchanged: 1, unlinked: 1 } });
    expect(await linksOf('A')).toEqual(['pump.files']);
    expect(await stored('external_id', 'site')).toEqual([
      ['A', null],
      ['B', null],
    ]);
  });

  it('is not the interface’s any more, until it is sent again', async () => {
    await send(b);
    expect(await send(b)).toMatchObject({ counts: { received: 1, unchanged: 1 } });
    expect(await send(a, b)).toMatchObject({ counts: { received: 2, updated: 1, unchanged: 1 } });
    expect(await send(b)).toMatchObject({ counts: { unlinked: 1 } });
  });

  it('is told of by a plan, which is not applied once it is another', async () => {
    const elements = () => setOf([element(b, 0)]);
    const planned = await fresh.hub.plans.set(fresh.admin, 'pumps', elements());
    if (planned.kind !== 'planned') throw new Error(JSON.stringify(planned));
    expect(planned.plan.actions).toMatchObject({ release: 1, delete: 0 });
    const released = planned.plan.items.find(({ action }) => action === 'release');
    expect(released).toMatchObject({ type: 'pump', key: 'A', record: { key: 'A' }, version: expect.any(Number) });
    await fresh.hub.upsert(fresh.admin, { type: 'pump', ref: key('A'), mode: 'update', fields: { name: 'mine' } });
    const stale = await fresh.hub.plans.applySet(fresh.admin, 'pumps', elements(), planned.plan.id);
    expect(stale).toMatchObject({
      kind: 'plan_stale',
      changes: [{ key: 'A', what: 'version', message: expect.stringMatching(/ name was changed since\.$/) }],
    });
  });

  it('is the interface’s again, with its relations, when the run is taken back', async () => {
    const run = await send(b);
    const planned = await fresh.hub.plans.revert(fresh.admin, run.id);
    if (planned.kind !== 'planned') throw new Error(JSON.stringify(planned));
    expect(planned.plan.items.filter(({ action }) => action === 'rejoin')).toMatchObject([{ type: 'pump', key: 'A' }]);
    const reverted = await fresh.hub.plans.applyRevert(fresh.admin, run.id, planned.plan.id);
    expect(reverted).toMatchObject({ kind: 'reverted', left: [] });
    expect(await linksOf('A')).toEqual(['pump.contacts', 'pump.files', 'pump.site']);
    expect(await send(b)).toMatchObject({ counts: { unlinked: 1 } });
  });

  it('counts for the guard, and is unlinked when that is approved', async () => {
    await setTo({ delete_policy: 'unlink', guard: { deletes: 0 } });
    const run = await send(b);
    expect(run).toMatchObject({ state: 'held', held: { deletes: 1 } });
    const [issue] = await issuesOf(fresh.hub, fresh.admin, run.id);
    expect(issue?.message).toMatch(/^1 record is not in the set, and was not unlinked: /);
    expect(await linksOf('A')).toHaveLength(3);
    const outcome = await fresh.hub.approveHeld(fresh.admin, run.id, 1);
    expect(outcome).toMatchObject({ kind: 'done', run: { state: 'applied', counts: { deleted: 0, unlinked: 1 } } });
    expect(await linksOf('A')).toEqual(['pump.files']);
    expect(await send(b)).toMatchObject({ state: 'applied' });
  });
});

describe('a record that a set leaves out, by the policy keep', () => {
  const keep = (mark_field: string) => setTo({ delete_policy: 'keep', mark_field });
  const today = () => new Date().toISOString().slice(0, 10);

  it('stays with all that it has, and is marked', async () => {
    await keep('missing_since');
    await send(a, b);
    const before = today();
    expect(await send(b)).toMatchObject({ state: 'applied', counts: { received: 1, unchanged: 1, kept: 1 } });
    const marked = [before, today()]; // which are two where the day ends meanwhile
    expect(await linksOf('A')).toEqual(['pump.contacts', 'pump.site']);
    expect(await stored('external_id', 'missing_since')).toEqual([
      ['A', expect.toSatisfy((day) => marked.includes(day))],
      ['B', null],
    ]);
    expect(await send(b)).toMatchObject({ counts: { received: 1, unchanged: 1 } });
  });

  it('is marked by its run, which its history says', async () => {
    await keep('missing');
    await send(a);
    const { id } = await send();
    const why = await fresh.hub.why(fresh.admin, { type: 'pump', ref: key('A'), name: 'missing', limit: 1 });
    expect(why).toMatchObject({ why: { value: true, written: { run: id, interface: 'pumps', row: null } } });
  });

  it.each([
    ['missing_since', null],
    ['missing', false],
  ])('loses its mark when it is sent again: %s', async (field, empty) => {
    await keep(field);
    await send(a, b);
    await send(b);
    expect(await send(a, b)).toMatchObject({ counts: { received: 2, updated: 1, unchanged: 1 } });
    expect((await stored(field))[0]).toEqual([empty]);
    expect(await send(a, b)).toMatchObject({ counts: { received: 2, unchanged: 2 } });
    expect(await send(b)).toMatchObject({ counts: { kept: 1 } });
  });

  it('is not marked by its sender', async () => {
    await keep('missing');
    expect(await send({ ...a, missing: true })).toMatchObject({
      counts: { received: 1, created: 1 },
      found: [['A', 'not_owned', 'missing']],
    });
    expect(await stored('missing')).toEqual([[null]]);
  });

  it('is the interface’s again, and unmarked, when the run is taken back', async () => {
    await keep('missing');
    await send(a, b);
    const run = await send(b);
    expect(await fresh.hub.revertRun(fresh.admin, run.id)).toMatchObject({
      kind: 'reverted',
      left: [],
    });
    expect(await stored('missing')).toEqual([[null], [null]]);
    expect(await send(b)).toMatchObject({ counts: { kept: 1 } });
  });
});

describe('a delete policy', () => {
  it.each([
    { delete_policy: 'forget' },
    { delete_policy: 'keep' },
    { delete_policy: 'keep', mark_field: 'size' },
    { delete_policy: 'keep', mark_field: 'nothing' },
    { delete_policy: 'keep', mark_field: 'missing', scope: { missing: false } },
    { delete_policy: 'unlink', mark_field: 'missing' },
    { mark_field: 'missing' },
    { delete_policy: 'keep', mark_field: 5 },
  ])('is not %j', async (settings) => {
    const outcome = await fresh.hub.planSchema(fresh.admin, (current) =>
      merged(current, { interfaces: { pumps: { name: 'Pumps', type: 'pump', ...(settings as object) } } }),
    );
    expect(outcome).toMatchObject({ kind: 'invalid' });
  });
});
