import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { setOf } from '../../../test/set-of.ts';
import { amend, key } from '../../../test/steps.ts';
import type { RetentionDocument } from '../../model/retention.ts';
import type { SchemaDocument } from '../../model/schema.ts';
import type { Hub } from '../hub.ts';

const day = 86_400_000;
let fresh: FreshHub;
let hub: Hub;
let client: pg.Client;

beforeAll(async () => {
  fresh = await freshHub();
  hub = fresh.hub;
  client = new pg.Client({ connectionString: fresh.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await fresh.close();
});

const keep = (retention: RetentionDocument): Promise<unknown> =>
  amend(hub, fresh.admin, (current) => ({ ...current, retention }));
const write = async (external: string, fields: Record<string, string> = {}): Promise<number> => {
  const command = { type: 'contact', ref: key(external), mode: 'upsert' as const, fields };
  const outcome = await hub.upsert(fresh.admin, command);
  if (outcome.kind === 'rejected') throw new Error(outcome.violations[0].message);
  return outcome.record.number;
};
const remove = (external: string): Promise<unknown> => hub.delete(fresh.admin, { type: 'contact', ref: key(external) });
/** Makes all that is there now so many days older. */
const age = async (days: number): Promise<void> => {
  for (const [table, columns] of Object.entries({
    commit: ['at'],
    change: ['at'],
    record: ['deleted_at'],
    run: ['received_at', 'held_until'],
    import: ['started_at'],
    idempotency: ['at'],
    job: ['started_at'],
    refusal: ['at'],
    pending_link: ['expires_at'],
    webhook_delivery: ['attempted_at'],
    access_event: ['at'],
    plan: ['expires_at'],
  })) {
    const set = columns.map((column) => `${column} = ${column} - interval '${days} days'`).join(', ');
    await client.query(`update ${table} set ${set}`);
  }
};
const elements = (...keys: string[]) => setOf(keys.map((one) => ({ key: one, path: one, members: [] })));
const rowsIn = async (table: string): Promise<number> =>
  Number((await client.query(`select count(*) from ${table}`)).rows[0].count);
const clean = async () => {
  const outcome = await hub.clean(fresh.admin, { plan: false });
  if (outcome.kind !== 'cleaned') throw new Error(outcome.kind);
  return outcome.counts;
};
const feed = (after: string | Date) => hub.changes(fresh.admin, { after, limit: 1000, waitMs: 0 });
const nextOf = async (): Promise<string> => {
  const outcome = await hub.changes(fresh.admin, { limit: 1, waitMs: 0 });
  return outcome.kind === 'changes' ? outcome.next : '';
};

describe('cleaning', () => {
  it('takes changes only where the workspace says so', async () => {
    const place = await nextOf();
    await write('old-1', { name: 'One' });
    await age(5_000);
    expect(await clean()).toMatchObject({ changes: 0, tombstones: 0, runs: 0 });
    expect(await feed(place)).toMatchObject({ kind: 'changes', items: [{ kind: 'created' }] });
  });

  it('leaves a reader who asks for all since a time what was changed since', async () => {
    const start = new Date();
    await write('since-1');
    await pause(2); // a write takes less than a millisecond, in which times are told
    const since = new Date();
    await write('since-2');
    const keysSince = async (time: Date) => {
      const outcome = await feed(time);
      return outcome.kind === 'changes' ? outcome.items.map(({ after }) => after.external_id) : outcome.kind;
    };
    expect(await keysSince(start)).toEqual(['since-1', 'since-2']);
    expect(await keysSince(since)).toEqual(['since-2']);
    expect(await keysSince(new Date(Date.now() + 60_000))).toEqual([]);
    expect((await keysSince(new Date(0))).length).toBeGreaterThan(2);
    await age(5_000);
  });

  it('refuses a place behind which changes are gone, and begins with what is kept', async () => {
    await keep({ changes: '30d' });
    await write('kept-1', { name: 'Kept' });
    const before = await nextOf();
    await write('kept-2', { name: 'Kept' });
    const planned = await hub.clean(fresh.admin, { plan: true });
    const counts = await clean();
    expect(counts.changes).toBeGreaterThan(1);
    expect(planned).toEqual({ kind: 'planned', counts });
    const beginning = await feed('');
    expect(beginning).toMatchObject({ items: [{ after: { external_id: 'kept-1' } }, {}] });
    expect(await feed(before)).toMatchObject({ items: [{ after: { external_id: 'kept-2' } }] });
    expect(await feed(new Date(0))).toEqual({ kind: 'no_longer_kept' }); // there may have been more since then
    await age(31);
    await clean();
    expect(await feed(before)).toEqual({ kind: 'no_longer_kept' });
    expect(await feed('')).toMatchObject({ items: [] });
    expect(await feed(new Date(0))).toEqual({ kind: 'no_longer_kept' });
    expect(await rowsIn('change')).toBe(0);
    expect(await rowsIn('commit')).toBe(0);
  });

  it('shows no reader a part, when it is cut short between its transactions', async () => {
    const place = await nextOf();
    await write('part-1');
    await write('part-2');
    const { rows } = await client.query('select max(commit) as last from commit');
    await client.query('update cleaning set changes_from = $1', [rows[0].last]);
    expect(await feed(place)).toEqual({ kind: 'no_longer_kept' });
    expect(await feed('')).toMatchObject({ items: [{ after: { external_id: 'part-2' } }] });
    await clean(); // goes on where the other one was
    expect(await rowsIn('commit')).toBe(1);
  });

  it('says of history and of a value that more was known once', async () => {
    await write('why-1', { name: 'Before', email: 'why@example.test' });
    const whyOf = (name: string) => hub.why(fresh.admin, { type: 'contact', ref: key('why-1'), name, limit: 1 });
    const history = () => hub.history(fresh.admin, { type: 'contact', ref: key('why-1'), limit: 10 });
    expect(await history()).toMatchObject({ items: [{ kind: 'created' }], notKept: false });
    expect(await whyOf('phone')).toMatchObject({ why: { written: null, notKept: false } });
    await age(31);
    await write('why-1', { name: 'After' });
    await clean();
    expect(await history()).toMatchObject({ items: [{ kind: 'updated' }], notKept: true });
    expect(await whyOf('name')).toMatchObject({ why: { written: { via: 'test' }, notKept: false } });
    expect(await whyOf('email')).toMatchObject({ why: { written: null, notKept: true } });
  });

  it('leaves a run that cannot be taken back any more, and it says so', async () => {
    const sent = await hub.sync(fresh.admin, 'myendpoint', elements('r-1', 'r-2', 'r-3'));
    const run = sent.kind === 'done' ? sent.run : undefined;
    await age(31);
    await clean();
    expect(await hub.plans.revert(fresh.admin, run?.id ?? '')).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('older than the changes that are kept'),
    });
  });

  it('takes tombstones with the last of their changes: their key makes another record then', async () => {
    const number = await write('grave', { name: 'Grave' });
    await remove('grave');
    await age(31);
    await write('stays');
    await remove('stays');
    await keep({ changes: '30d', tombstones: '30d' });
    expect((await clean()).tombstones).toBeGreaterThan(0);
    expect((await client.query('select 1 from record where number = $1', [number])).rowCount).toBe(0);
    const again = await hub.upsert(fresh.admin, { type: 'contact', ref: key('grave'), mode: 'upsert', fields: {} });
    expect(again).toMatchObject({ kind: 'created' });
    expect(again.kind === 'created' && again.record.number).toBeGreaterThan(number);
    const back = await hub.upsert(fresh.admin, { type: 'contact', ref: key('stays'), mode: 'upsert', fields: {} });
    expect(back.kind).toBe('revived');
  });

  it('takes answers, runs with their issues and elements, imports with their rows, refusals and links that wait, each at its age', async () => {
    await keep({ runs: '30d' });
    const once = { key: 'once', fingerprint: 'f' };
    await hub.upsert({ ...fresh.admin, once }, { type: 'contact', ref: key('once'), mode: 'upsert', fields: {} });
    await hub.sync(fresh.admin, 'myendpoint', elements('r-1', 'r-1'));
    await hub.sync(fresh.admin, 'myendpoint', elements('r-1'));
    await client.query(
      `insert into refusal select workspace_id, 1, 1, 1, 'test', 'test', now(), 1 from workspace_schema limit 1`,
    );
    await client.query(
      `insert into import (workspace_id, command, state, attempt, rows_done, counts, principal_id, via, request, requests, started_at, active_at)
       select workspace_id, '{}', 'done', 1, 1, '{}', 1, 'test', 'test', '{test}', now(), now() from workspace_schema`,
    );
    await client.query(
      'insert into import_batch select workspace_id, g, import from import, generate_series(1, 2500) g',
    );
    await client.query(
      `insert into import_rejection select workspace_id, import, g, g, 'k', '[]', 's' from import, generate_series(1, 4500) g`,
    );
    await clean(); // of what was made before
    expect(await clean()).toMatchObject({ answers: 0, runs: 0, issues: 0, inputs: 0, refusals: 0 });
    await age(2);
    expect(await clean()).toMatchObject({ answers: 1, runs: 0, issues: 0, inputs: 0, refusals: 0 });
    await age(90);
    const [runs, kept] = [await rowsIn('run'), await rowsIn('run_element')];
    expect(kept).toBeGreaterThan(0);
    expect(await clean()).toMatchObject({ runs: runs - 1 + 1, inputs: 4500 + kept, refusals: 0 });
    const left = ['run', 'issue', 'run_element', 'import', 'import_batch'];
    expect(await Promise.all(left.map(rowsIn))).toEqual([1, 0, 0, 0, 0]);
    await age(400);
    expect(await clean()).toMatchObject({ refusals: 1, runs: 0 });
  });

  it('takes what was done to access where the workspace says so, and the settings that say it stand in what is left', async () => {
    await age(5_000);
    expect(await clean()).toMatchObject({ access: 0 });
    const old = await rowsIn('access_event');
    expect(old).toBeGreaterThan(3);
    await keep({ access: '365d' });
    expect(await hub.clean(fresh.admin, { plan: true })).toMatchObject({ counts: { access: old } });
    expect(await clean()).toMatchObject({ access: old });
    expect(await rowsIn('access_event')).toBe(1);
    await age(364);
    expect(await clean()).toMatchObject({ access: 0 });
  });

  it('is done by one server at a time, and by another when that one died', async () => {
    const other = fresh.secondHub();
    const claimed = (until: Date) =>
      client.query(`update cleaning set claimed_by = 'another server', claimed_until = $1`, [until]);
    await claimed(new Date(Date.now() + day));
    expect(await other.clean(fresh.admin, { plan: false })).toEqual({ kind: 'at_work' });
    await claimed(new Date(Date.now() - 1));
    expect(await other.clean(fresh.admin, { plan: false })).toMatchObject({ kind: 'cleaned', more: false });
    expect(await hub.clean(fresh.power, { plan: true })).toEqual({ kind: 'forbidden' });
  });

  it('is done by servers by themselves, and by each workspace once in a while', async () => {
    await client.query(`update cleaning set due_at = now() - interval '1 minute'`);
    const options = { lookMs: 20, pauseMs: 1 };
    const cleaners = [hub.keepClean(options), fresh.secondHub().keepClean(options)];
    await expect
      .poll(
        async () =>
          (await client.query('select 1 from cleaning where due_at < now() or claimed_by is not null')).rowCount,
      )
      .toBe(0);
    await Promise.all(cleaners.map((cleaner) => cleaner.stop()));
    const { rows } = await client.query(`select min(due_at) > now() + interval '40 minutes' as later from cleaning`);
    expect(rows).toEqual([{ later: true }]);
  });

  it('refuses ages that are none, too short, or contradict one another', async () => {
    const problems = async (retention: object): Promise<string[]> => {
      const plan = await hub.planSchema(fresh.admin, (current) => ({ ...current, retention }) as SchemaDocument);
      return plan.kind === 'invalid' ? plan.problems.map(({ path }) => path) : [];
    };
    expect(await problems({ changes: '29d', answers: 'soon', nothing: '1d' })).toEqual(
      expect.arrayContaining(['retention.changes', 'retention.answers']),
    );
    expect(await problems({ tombstones: '30d', changes: 'forever' })).toEqual(['retention.tombstones']);
    expect(await problems({ access: '364d' })).toEqual(['retention.access']);
    expect(await problems({ changes: 'forever', deliveries: '36h' })).toEqual([]);
  });
});
