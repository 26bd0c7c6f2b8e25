import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { issuesOf as allIssues } from '../../test/issues-of.ts';
import { setOf } from '../../test/set-of.ts';
import { amend, changeRows, codesOf, itemsOf, key, lastRuns, merged, query, recordOf } from '../../test/steps.ts';
import type { SetElement, SetMember } from '../model/commands.ts';
import { byKey } from '../model/ref.ts';
import type { RunView } from '../model/runs.ts';
import type { Hub } from './hub.ts';

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
        valve: {
          owner: 'external',
          on_return: 'new',
          fields: { size: { type: 'integer', required: true, owner: 'external' } },
        },
      },
      links: {
        'pump.contacts': { to: 'contact', inverse: 'pumps', owner: 'external' },
        'pump.files': { to: 'file', inverse: 'pumps', owner: 'external', cardinality: 'many-to-one' },
      },
      interfaces: {
        pumps: { name: 'Pumps', type: 'pump', guard: { deletes: null } },
        more_pumps: { name: 'More pumps', type: 'pump' },
        pumps_by_code: { name: 'Pumps by code', type: 'pump', key: 'code' },
        valves: { name: 'Valves', type: 'valve' },
        provided: { name: 'Provided', type: 'pump', direction: 'providing' },
      },
    }),
  );
  for (const id of ['c1', 'c2', 'c3'])
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key(id), mode: 'create', fields: {} });
  for (const id of ['f1', 'f2'])
    await fresh.hub.upsert(fresh.admin, { type: 'file', ref: key(id), mode: 'create', fields: {} });
});
afterAll(() => fresh.close());
beforeEach(async () => {
  for (const endpoint of ['pumps', 'more_pumps', 'pumps_by_code', 'valves']) await run(endpoint, []);
});

const field = (name: string, value: unknown): SetMember => ({ name, kind: 'field', field: name, value });
const relation = (link: string, ...keys: string[]): SetMember => ({
  name: link,
  kind: 'relation',
  link,
  targets: keys.map(key),
});
let position = 0;
const element = (elementKey: string, ...members: SetMember[]): SetElement => {
  position += 1;
  return { key: elementKey, path: `Pumps[${position}]`, members };
};

async function run(endpoint: string, elements: readonly SetElement[], hub: Hub = fresh.hub): Promise<RunView> {
  const outcome = await hub.sync(fresh.admin, endpoint, setOf(elements));
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.run;
}
/** The counts that are not zero. */
const counted = ({ counts }: RunView) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
const issuesOf = ({ id }: RunView) => allIssues(fresh.hub, fresh.admin, id);
const live = async (type = 'pump') =>
  itemsOf(await fresh.hub.list(fresh.admin, { type, filters: [], sort: [], limit: 1000 })).map(
    (one) => one.fields.external_id,
  );
const pump = async (id: string) => recordOf(await fresh.hub.find(fresh.admin, 'pump', key(id)));
const linked = async (id: string, link: string) =>
  itemsOf(await fresh.hub.links(fresh.admin, { type: 'pump', ref: key(id), link, limit: 100 })).length;

describe('a complete set', () => {
  it('creates, updates, leaves alone, deletes and revives, and says how many of each', async () => {
    expect(
      counted(await run('pumps', [element('P1', field('size', 1)), element('P2', field('size', 2))])),
    ).toMatchObject({ received: 2 });
    const before = await pump('P1');
    const second = await run('pumps', [element('P1', field('size', 9)), element('P3')]);
    expect(counted(second)).toMatchObject({ received: 2, updated: 1, deleted: 1 });
    expect(await live()).toEqual(expect.arrayContaining(['P1', 'P3']));
    expect(await live()).not.toContain('P2');
    const third = await run('pumps', [element('P1', field('size', 9)), element('P2'), element('P3')]);
    expect(counted(third)).toEqual({ received: 3, unchanged: 2, revived: 1 });
    expect((await pump('P2')).fields.size).toBeNull();
    expect((await pump('P1')).number).toBe(before.number);
  });

  it('sent again changes nothing and writes no change row', async () => {
    const set = () => [
      element('P1', field('size', 1), relation('contacts', 'c1', 'c2'), field('site', key('c1'))),
      element('P2', relation('files', 'f1')),
    ];
    await run('pumps', set());
    const before = [await changeRows(fresh.databaseUrl), (await pump('P1')).version];
    expect(counted(await run('pumps', set()))).toEqual({ received: 2, unchanged: 2 });
    expect([await changeRows(fresh.databaseUrl), (await pump('P1')).version]).toEqual(before);
  });

  it('that is empty deletes all that its interface supplied, and a second one nothing', async () => {
    await run('pumps', [element('P1'), element('P2')]);
    expect(counted(await run('pumps', []))).toEqual({ deleted: 2 });
    expect(counted(await run('pumps', []))).toEqual({});
    expect(await live()).toEqual([]);
  });

  it('leaves members alone that it does not have, and clears those that are null', async () => {
    await run('pumps', [element('P1', field('size', 1), field('code', 'C1'), relation('contacts', 'c1'))]);
    await run('pumps', [element('P1', field('size', null))]);
    expect((await pump('P1')).fields).toMatchObject({ size: null, code: 'C1' });
    expect(await linked('P1', 'contacts')).toBe(1);
  });

  it('deletes only what its own interface created or supplied', async () => {
    await run('pumps', [element('P1'), element('P2')]);
    await run('more_pumps', [element('P2'), element('P3')]);
    expect(counted(await run('more_pumps', [element('P3')]))).toMatchObject({ unchanged: 1, deleted: 1 });
    expect(await live()).toEqual(['P1', 'P3']);
    expect(counted(await run('pumps', [element('P1'), element('P2')]))).toMatchObject({ unchanged: 1, revived: 1 });
    await run('more_pumps', []);
    expect(await live()).toEqual(['P1', 'P2']);
  });

  it('finds its elements by the key field of the interface', async () => {
    await run('pumps_by_code', [element('K1', field('size', 1))]);
    const [record] = itemsOf(await fresh.hub.list(fresh.admin, { type: 'pump', filters: [], sort: [], limit: 10 }));
    expect(record?.fields).toMatchObject({ code: 'K1', external_id: null, size: 1 });
    expect(counted(await run('pumps_by_code', [element('K1', field('code', 'K1'))]))).toEqual({
      received: 1,
      unchanged: 1,
    });
  });

  it('makes new records of returning keys where the type says so', async () => {
    await run('valves', [element('V1', field('size', 1))]);
    const before = recordOf(await fresh.hub.find(fresh.admin, 'valve', key('V1')));
    await run('valves', []);
    expect(counted(await run('valves', [element('V1', field('size', 1))]))).toEqual({ received: 1, created: 1 });
    expect(recordOf(await fresh.hub.find(fresh.admin, 'valve', key('V1'))).number).not.toBe(before.number);
  });

  it('of more elements than one chunk is one set', async () => {
    const many = Array.from({ length: 2_100 }, (_, index) => element(`M${index}`, field('size', index)));
    expect(counted(await run('pumps', many))).toMatchObject({ received: 2_100 });
    const again = await run('pumps', [...many, element('M0'), element('M2099')]);
    expect(counted(again)).toEqual({ received: 2_102, unchanged: 2_100, superseded: 2 });
    expect(counted(await run('pumps', many.slice(0, 1_050)))).toEqual({
      received: 1_050,
      unchanged: 1_050,
      deleted: 1_050,
    });
    expect(counted(await run('pumps', []))).toEqual({ deleted: 1_050 });
  });
});

describe('what is wrong in a set', () => {
  it('a key that stands there twice: the first is applied, the other becomes an issue', async () => {
    const done = await run('pumps', [element('P1', field('size', 1)), element('P1', field('size', 2)), element('P1')]);
    expect(counted(done)).toMatchObject({ received: 3, superseded: 2 });
    expect((await pump('P1')).fields.size).toBe(1);
    expect((await issuesOf(done)).map((issue) => [issue.code, issue.key])).toEqual([
      ['duplicate_key', 'P1'],
      ['duplicate_key', 'P1'],
    ]);
  });

  it('a bad member is skipped with an issue that says where; the others are applied, and the element is not deleted', async () => {
    await run('pumps', [element('P1', field('size', 1), relation('contacts', 'c1'))]);
    position = 0;
    const done = await run('pumps', [
      element(
        'P1',
        field('size', 'big'),
        field('code', 'C-1'),
        { name: 'Colour', kind: 'unknown', value: 'red' },
        relation('contacts', 'c2', 'nobody'),
        relation('files', 'f1', 'f2'),
        field('site', key('nobody')),
        field('note', 'ours'),
      ),
    ]);
    expect(counted(done)).toEqual({ received: 1, updated: 1 });
    expect(done.state).toBe('partial');
    const issues = await issuesOf(done);
    expect(issues.map((issue) => `${issue.code} ${issue.member}`).sort()).toEqual([
      'cardinality_exceeded files',
      'invalid_value size',
      'not_owned note',
      'unknown_member Colour',
      'unknown_relation_target contacts',
      'unknown_relation_target site',
    ]);
    expect(done.issues).toBe(6);
    for (const issue of issues) {
      expect(issue).toMatchObject({ key: 'P1', path: 'Pumps[1]', record: { type: 'pump' } });
      expect(issue.message).not.toBe('');
      expect(issue.remedy).not.toBe('');
    }
    expect((await pump('P1')).fields).toMatchObject({ size: 1, code: 'C-1', site: null, note: null });
    expect(await linked('P1', 'contacts')).toBe(1);
  });

  it('an element that is rejected is counted, and its record is never deleted for it', async () => {
    await run('valves', [element('V1', field('size', 1)), element('V2', field('size', 2))]);
    const done = await run('valves', [
      element('V1', field('size', null)),
      element('V2', field('size', 3)),
      element('V3'),
      element('a\u0000b', field('size', 1)),
    ]);
    expect(done.counts).toMatchObject({ received: 4, deleted: 0, created: 0 });
    expect(done.counts.rejected).toBeGreaterThanOrEqual(2);
    expect(await live('valve')).toEqual(['V1', 'V2']);
    expect((await issuesOf(done)).map((issue) => issue.code)).toContain('required_missing');
  });

  it('a unique value of another record is refused for its member alone', async () => {
    const done = await run('pumps', [
      element('P1', field('code', 'X')),
      element('P2', field('code', 'X'), field('size', 2)),
    ]);
    expect((await pump('P2')).fields).toMatchObject({ code: null, size: 2 });
    expect(await issuesOf(done)).toMatchObject([{ code: 'key_taken', key: 'P2', member: 'code' }]);
  });

  it('an element without key, or with one that is too long, makes the whole no set: nothing is written', async () => {
    await run('pumps', [element('P1')]);
    const before = await changeRows(fresh.databaseUrl);
    for (const bad of ['', 'x'.repeat(513)])
      expect(await fresh.hub.sync(fresh.admin, 'pumps', setOf([element('P2'), element(bad)]))).toMatchObject({
        kind: 'malformed',
        faults: [{ path: `Pumps[${position}]` }],
      });
    expect(await changeRows(fresh.databaseUrl)).toBe(before);
    expect(await live()).toEqual(['P1']);
  });

  it('has the first 20 unknown members of an element as issues, and how many more there are, however many came', async () => {
    const noise = Array.from({ length: 80_000 }, (_, at): SetMember => ({ name: `x${at}`, kind: 'unknown', value: 1 }));
    const some = noise.slice(0, 20);
    const applied = await run('pumps', [element('P1', ...noise, field('size', 7)), element('P2', ...some)]);
    expect(applied).toMatchObject({ issues: 41, counts: { received: 2, rejected: 0 } });
    const issues = (await issuesOf(applied)).filter((issue) => issue.key === 'P1');
    expect(issues.map(({ code, member }) => [code, member])).toEqual([
      ...some.map(({ name }) => ['unknown_member', name]),
      ['unknown_member', null],
    ]);
    expect(issues.at(-1)?.message).toContain('79,980 more members');
    expect((await pump('P1')).fields.size).toBe(7);
  });

  it('an interface that is not there, or that provides only, is unknown', async () => {
    for (const endpoint of ['nope', '', 'provided', 'PUMPS', 'constructor', '__proto__', 'a\u0000'])
      expect(await fresh.hub.sync(fresh.admin, endpoint, setOf([]))).toEqual({ kind: 'unknown_interface', endpoint });
  });

  it('values of any kind become issues and no fault', async () => {
    const values = [
      'a\u0000',
      '\ud800',
      1e308,
      Number.NaN,
      {},
      [],
      [[]],
      { by: 'number', number: 'x' },
      { by: 'id' },
      true,
      new Date(),
    ];
    const elements = values.map((value, index) =>
      element(`W${index}`, field('size', value), field('code', value), field('site', value)),
    );
    const done = await run('pumps', elements);
    expect(done.counts.received).toBe(values.length);
    expect(done.issues).toBeGreaterThan(values.length);
  });
});

describe('relations in a set', () => {
  it('become exactly the ones that were sent', async () => {
    await run('pumps', [element('P1', relation('contacts', 'c1', 'c2', 'c1'))]);
    expect(await linked('P1', 'contacts')).toBe(2);
    const before = itemsOf(await fresh.hub.links(fresh.admin, { type: 'pump', ref: key('P1'), limit: 10 }));
    expect(counted(await run('pumps', [element('P1', relation('contacts', 'c2', 'c3'))]))).toEqual({
      received: 1,
      updated: 1,
    });
    const after = itemsOf(await fresh.hub.links(fresh.admin, { type: 'pump', ref: key('P1'), limit: 10 }));
    expect(after).toHaveLength(2);
    expect(after.filter((link) => before.some((old) => old.number === link.number))).toHaveLength(1);
    expect(counted(await run('pumps', [element('P1', relation('contacts'))]))).toEqual({ received: 1, updated: 1 });
    expect(await linked('P1', 'contacts')).toBe(0);
  });

  it('by a lookup show in its field, with a version of their own, also when the target is deleted', async () => {
    const site = async () => (await pump('P1')).fields.site;
    await run('pumps', [element('P1', relation('site', 'c1'))]);
    const { version } = await pump('P1');
    expect(await site()).not.toBeNull();
    await run('pumps', [element('P1', relation('site', 'c2'))]);
    expect((await pump('P1')).version).toBe(version + 1);
    await run('pumps', [element('P1', relation('site', 'c2'))]);
    expect((await pump('P1')).version).toBe(version + 1);
    await run('pumps', [element('P1', relation('site'))]);
    expect(await site()).toBeNull();
    expect((await pump('P1')).version).toBe(version + 2);
  });

  it('may be to elements of the same set, that stand earlier in it', async () => {
    const done = await run('pumps', [element('P1', relation('files', 'f1')), element('P2', relation('files', 'f1'))]);
    expect(counted(done)).toMatchObject({ received: 2 });
    expect([await linked('P1', 'files'), await linked('P2', 'files')]).toEqual([1, 1]);
  });
});

describe('runs', () => {
  it('are listed newest first, and found by number and by id', async () => {
    const [a, b] = [await run('pumps', [element('P1')]), await run('pumps', [])];
    const listed = await lastRuns(fresh.hub, fresh.admin, 'pumps', 2);
    expect(listed.map((one) => one.number)).toEqual([b.number, a.number]);
    for (const name of [a.id, String(a.number)]) {
      expect(await fresh.hub.run(fresh.admin, 'pumps', name)).toEqual(a);
      expect(await allIssues(fresh.hub, fresh.admin, name)).toEqual([]);
    }
  });

  it('of another interface, or that are none, are not found', async () => {
    const { id, number } = await run('pumps', []);
    for (const name of [
      '',
      '0',
      '-1',
      'x',
      '99999999',
      '1e3',
      '99999999999999999999',
      'a\u0000',
      '__proto__',
      '3fa85f64-5717-4562-b3fc-2c963f66afa6',
    ])
      expect(await fresh.hub.run(fresh.admin, 'pumps', name)).toBeUndefined();
    for (const name of [id, String(number)]) {
      expect(await fresh.hub.run(fresh.admin, 'valves', name)).toBeUndefined();
      expect(await fresh.hub.issues(fresh.admin, 'valves', name, { limit: 10 })).toEqual({ kind: 'unknown_run' });
    }
    expect(await fresh.hub.runs(fresh.admin, 'nope', { states: [], limit: 10 })).toEqual({ kind: 'unknown_interface' });
  });

  it('of one interface come one after the other, whichever server they came to', async () => {
    const second = fresh.secondHub();
    const sets = Array.from({ length: 6 }, (_, index) => [element('P0', field('size', index)), element(`P${index}`)]);
    const done = await Promise.all(sets.map((set, index) => run('pumps', set, index % 2 === 0 ? fresh.hub : second)));
    const last = done.reduce((a, b) => (a.number > b.number ? a : b));
    const winner = done.indexOf(last);
    expect((await live()).sort()).toEqual(winner === 0 ? ['P0'] : ['P0', `P${winner}`].sort());
    expect((await pump('P0')).fields.size).toBe(winner);
    for (const { counts } of done) expect(counts.received).toBe(2);
  });

  it('beside single writes of the same keys make one record of each', async () => {
    const second = fresh.secondHub();
    const keys = Array.from({ length: 20 }, (_, index) => `S${index}`);
    const writes = keys.map((id) =>
      second.upsert(fresh.admin, {
        type: 'contact',
        ref: byKey('external_id', id),
        mode: 'upsert',
        fields: { name: 'x' },
      }),
    );
    const [done] = await Promise.all([
      run(
        'pumps',
        keys.map((id) => element(id, field('size', 1))),
      ),
      ...writes,
    ]);
    expect(done.counts.received).toBe(20);
    expect(new Set(await live()).size).toBe((await live()).length);
  });

  it('that fail leave nothing but the word that they failed', async () => {
    await run('pumps', [element('P1', field('size', 1))]);
    const before = await changeRows(fresh.databaseUrl);
    // The database itself refuses the last thing that a run does.
    await query(fresh.databaseUrl, "alter table run add constraint broken check (state <> 'applied') not valid");
    try {
      await expect(
        fresh.hub.sync(fresh.admin, 'pumps', setOf([element('P1', field('size', 2)), element('P9')])),
      ).rejects.toThrow();
    } finally {
      await query(fresh.databaseUrl, 'alter table run drop constraint broken');
    }
    expect(await changeRows(fresh.databaseUrl)).toBe(before);
    const [failed] = await lastRuns(fresh.hub, fresh.admin, 'pumps', 1);
    expect(failed).toMatchObject({ state: 'failed', failure: expect.stringContaining('internal error') });
    expect(failed?.finishedAt).not.toBeNull();
    expect((await pump('P1')).fields.size).toBe(1);
    expect(codesOf(await fresh.hub.find(fresh.admin, 'pump', key('P9')))).toEqual(['record_not_found']);
    expect(counted(await run('pumps', [element('P1', field('size', 2))]))).toMatchObject({ updated: 1 });
  });

  it('are named in the changes that they made, with who sent them', async () => {
    await run('pumps', [element('P1', field('size', 77))]);
    const [newest] = itemsOf(await fresh.hub.history(fresh.admin, { type: 'pump', ref: key('P1'), limit: 1 }));
    expect(newest).toMatchObject({ via: 'test', principal: { id: fresh.admin.principal.id }, after: { size: 77 } });
  });
});
