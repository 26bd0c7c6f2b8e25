// A complete set whose interface is busy, or whose sender does not wait: queued, taken up by whichever server is alive, superseded by newer ones.
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub, testSecretKey } from '../../../../test/fresh-hub.ts';
import { issuesOf } from '../../../../test/issues-of.ts';
import { untilOneWaits } from '../../../../test/lock-waits.ts';
import { setOf } from '../../../../test/set-of.ts';
import { slowSet } from '../../../../test/slow-set.ts';
import { amend, changeRows, itemsOf, lastRuns, query } from '../../../../test/steps.ts';
import type { SetElement, SetSource } from '../../../model/commands.ts';
import type { RunView } from '../../../model/runs.ts';
import { openDatabase } from '../../../store/postgres/database.ts';
import { checkBalance } from '../../balance.ts';
import { createHub } from '../../create-hub.ts';
import type { Hub } from '../../hub.ts';

let fresh: FreshHub;
let second: Hub;
const cleanUp: (() => unknown)[] = [];
beforeAll(async () => {
  fresh = await freshHub();
  second = fresh.secondHub();
  await amend(fresh.hub, fresh.admin, (current) => {
    const elements = { name: 'Elements', type: 'element', ...current.interfaces?.myendpoint, guard: { deletes: null } };
    return { ...current, interfaces: { ...current.interfaces, myendpoint: elements } };
  });
});
afterEach(async () => {
  for (const end of cleanUp.splice(0)) await end();
  await until(async () => (await runs(100)).filter(({ state }) => state === 'queued' || state === 'received')).toEqual(
    [],
  );
  // Whatever became of a run: it balances, and leaves nothing behind.
  for (const run of await runs(100)) checkBalance(run.id, run.counts);
  const left = 'select (select count(*) from open_run)::int as runs, (select count(*) from queued_part)::int as parts';
  expect(await query(fresh.databaseUrl, left)).toEqual([{ runs: 0, parts: 0 }]);
});
afterAll(() => fresh.close());

const until = (what: () => unknown) => expect.poll(what, { interval: 20 });
const element = (id: string, name = id): SetElement => ({
  key: id,
  path: `[${id}]`,
  members: [{ name: 'name', kind: 'field', field: 'name', value: name }],
});
const runs = (limit: number) => lastRuns(fresh.hub, fresh.admin, 'myendpoint', limit);
const names = async () => {
  const page = await fresh.hub.list(fresh.admin, { type: 'element', filters: [], sort: [], limit: 1000 });
  return itemsOf(page).map(({ fields }) => fields.name);
};

async function send(hub: Hub, set: readonly SetElement[] | (() => SetSource), waitMs: number): Promise<RunView> {
  const open = typeof set === 'function' ? set : setOf(set);
  const outcome = await hub.sync(fresh.admin, 'myendpoint', open, { waitMs });
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return outcome.run;
}

/** Begins a set, which is ended at the latest when the test is over. */
function slow(hub: Hub, elements: readonly SetElement[], waitMs = 10_000) {
  const set = slowSet(elements);
  const run = send(hub, set.open, waitMs);
  run.catch(() => {});
  cleanUp.push(set.end);
  return { ...set, run };
}

describe('a set that comes while another is at work', () => {
  it('is kept at once, says so, and is applied when the other is done', async () => {
    const first = slow(fresh.hub, [element('A')]);
    await first.begun;
    const queued = await send(second, [element('B'), element('C')], 1);
    expect(queued).toMatchObject({
      state: 'queued',
      position: 1,
      startedAt: null,
      finishedAt: null,
      counts: { received: 2, created: 0 },
      sender: { id: fresh.admin.principal.id },
      via: 'test',
      request: 'test',
    });
    expect(await names()).not.toContain('B');
    first.end();
    expect((await first.run).state).toBe('applied');
    await until(names).toEqual(['B', 'C']);
    const [applied] = await runs(1);
    expect(applied).toMatchObject({
      id: queued.id,
      state: 'applied',
      counts: { received: 2, created: 2 },
      position: null,
    });
    expect(applied?.startedAt?.getTime()).toBeGreaterThanOrEqual(applied?.receivedAt.getTime() ?? Infinity);
  });

  it('is answered with its result when its sender waits for long enough', async () => {
    const first = slow(fresh.hub, [element('A')]);
    await first.begun;
    const waiting = send(fresh.hub, [element('A', 'later')], 10_000);
    await until(async () => (await runs(1))[0]?.state).toBe('queued');
    first.end();
    expect(await waiting).toMatchObject({ state: 'applied', counts: { received: 1, updated: 1 } });
    expect(await names()).toEqual(['later']);
  });

  it('takes the place of one that waits, which ends as superseded and says by which', async () => {
    const first = slow(fresh.hub, [element('A')]);
    await first.begun;
    const older = send(fresh.hub, [element('B'), element('C')], 10_000);
    await until(async () => (await runs(1))[0]?.state).toBe('queued');
    const newer = send(second, [element('D')], 10_000);
    const superseded = await older; // at once: nobody waits for the first one
    const [newest] = await runs(1);
    expect(superseded).toMatchObject({
      state: 'superseded',
      supersededBy: newest?.id,
      counts: { received: 2, superseded: 2, created: 0 },
      startedAt: null,
      issues: 1,
    });
    expect(superseded.finishedAt).not.toBeNull();
    const issues = await issuesOf(fresh.hub, fresh.admin, superseded.id);
    expect(issues).toMatchObject([{ code: 'set_superseded', message: expect.stringContaining(newest?.id ?? '?') }]);
    first.end();
    await first.run;
    expect((await newer).state).toBe('applied');
    expect(await names()).toEqual(['D']);
  });

  it('is applied too when the other one fails', async () => {
    const first = slow(fresh.hub, [element('A')]);
    await first.begun;
    const waiting = send(fresh.hub, [element('E')], 10_000);
    await until(async () => (await runs(1))[0]?.state).toBe('queued');
    first.breakOff(new Error('cut short'));
    await expect(first.run).rejects.toThrow('unreadable');
    expect((await waiting).state).toBe('applied');
    expect(await names()).toEqual(['E']);
    const [, failed] = await runs(2);
    expect(failed).toMatchObject({ state: 'failed', counts: { received: 1, rejected: 1 } });
  });
});

describe('sets that are everything of a part', () => {
  const inScope = (id: string, name: string) => ({
    ...element(id),
    members: [{ name: 'name', kind: 'field', field: 'name', value: name } as const],
  });
  const of = (name: string, ...ids: string[]) => ({
    ...setOf(ids.map((id) => inScope(id, name)))(),
    scope: { name },
  });

  it('take the place of those of the same part, and all of everything; not of others', async () => {
    const first = slow(fresh.hub, []);
    await first.begun;
    const sent: Promise<RunView>[] = [];
    const come = async (set: ReturnType<typeof of>, states: string[]): Promise<void> => {
      sent.push(send(fresh.hub, () => set, 20_000));
      await until(async () => (await runs(states.length)).map(({ state }) => state)).toEqual(states);
    };
    await come(of('east', 'E1'), ['queued']);
    await come(of('west', 'W1'), ['queued', 'queued']);
    await come(of('east', 'E2'), ['queued', 'queued', 'superseded']);
    first.end();
    expect((await Promise.all(sent)).map(({ state }) => state)).toEqual(['superseded', 'applied', 'applied']);
    expect((await names()).sort()).toEqual(['east', 'west']);
    const second = slow(fresh.hub, []);
    await second.begun;
    const east = send(fresh.hub, () => of('east', 'E3'), 20_000);
    await until(async () => (await runs(1))[0]?.state).toBe('queued');
    const all = send(fresh.hub, [element('all')], 20_000);
    expect((await east).state).toBe('superseded');
    second.end();
    expect((await all).state).toBe('applied');
    expect(await names()).toEqual(['all']);
  });
});

describe('a set whose sender does not wait', () => {
  it('is queued although its interface is free, and applied at once', async () => {
    const run = await send(fresh.hub, [element('F')], 0);
    expect(run.state).toBe('queued');
    await until(names).toEqual(['F']);
  });

  it('gives way when a newer one was applied before its body was whole', async () => {
    const late = slow(fresh.hub, [element('old')], 0);
    await late.begun;
    expect((await send(second, [element('new')], 10_000)).state).toBe('applied');
    late.end();
    const [newer] = await runs(1);
    expect(await late.run).toMatchObject({ state: 'superseded', supersededBy: newer?.id });
    expect(await names()).toEqual(['new']);
  });

  it('knows unchanged elements by their hash, as one that is applied while it arrives', async () => {
    const elements = Array.from({ length: 7_000 }, (_, index) => element(`H${index}`));
    expect(await send(fresh.hub, elements, 10_000)).toMatchObject({ state: 'applied', counts: { created: 7_000 } });
    const before = await changeRows(fresh.databaseUrl);
    await send(fresh.hub, elements, 0);
    await until(async () => (await runs(1))[0]).toMatchObject({
      state: 'applied',
      counts: { received: 7_000, unchanged: 7_000 },
    });
    expect(await changeRows(fresh.databaseUrl)).toBe(before);
    const changed = elements.map(({ key }, index) => element(key, index < 6_500 ? 'changed' : key));
    await send(fresh.hub, [...changed, element('H1', 'again')], 0);
    await until(async () => (await runs(1))[0]).toMatchObject({
      state: 'partial',
      counts: { received: 7_001, updated: 6_500, unchanged: 500, superseded: 1 },
    });
  });

  it('is refused for its structure before anything is kept', async () => {
    const outcome = await fresh.hub.sync(fresh.admin, 'myendpoint', setOf([element('G'), element('')]), { waitMs: 0 });
    expect(outcome).toMatchObject({ kind: 'malformed', faults: [{ path: '[]' }] });
    const [failed] = await runs(1);
    expect(failed).toMatchObject({
      state: 'failed',
      counts: { received: 2, rejected: 2 },
      failure: expect.stringContaining('no key'),
    });
  });

  it('is not applied when its sender may not call the interface any more', async () => {
    const made = await fresh.hub.access.createCredential(fresh.admin, {
      kind: 'bearer',
      label: 'Sender',
      role: 'member',
      grants: { element: ['read', 'create', 'edit', 'delete'] },
    });
    const open = async (apiKeys: readonly string[]) =>
      amend(fresh.hub, fresh.admin, (current) => {
        const on = { name: 'Elements', type: 'element', ...current.interfaces?.myendpoint, api_keys: [...apiKeys] };
        return { ...current, interfaces: { ...current.interfaces, myendpoint: on } };
      });
    const before = (await fresh.hub.catalogue(fresh.admin.principal.workspace)).interfaces.get('myendpoint')?.apiKeys;
    await open([]);
    const principal = await fresh.hub.access.bearer(made.secret, 'native');
    if (principal === undefined) throw new Error('no principal');
    const first = slow(fresh.hub, [element('A')]);
    await first.begun;
    const sender = { principal, via: 'test', requestId: 'sender' };
    const queued = await fresh.hub.sync(sender, 'myendpoint', setOf([element('mine')]), { waitMs: 1 });
    expect(queued).toMatchObject({ run: { state: 'queued' } });
    await open(before ?? []);
    first.end();
    await expect(first.run).rejects.toThrow(); // the schema was changed meanwhile
    await until(async () => (await runs(1))[0]).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('may not call'),
      counts: { received: 1, rejected: 1 },
    });
    expect(await names()).not.toContain('mine');
  });
});

describe('a set that fails its server each time that it is begun', () => {
  it('is begun five times, ends as failed, and lets the next one through', async () => {
    await query(
      fresh.databaseUrl,
      `create function poison() returns trigger language plpgsql as $$ begin
         if new.external_id = 'poison' then raise exception 'again' using errcode = '40001'; end if; return new; end $$`,
    );
    await query(
      fresh.databaseUrl,
      'create trigger poison before insert on record for each row execute function poison()',
    );
    const poisoned = await send(fresh.hub, [element('poison')], 0);
    const worker = fresh.secondHub().workOnRuns({});
    cleanUp.push(() => worker.stop());
    const ended = async () => fresh.hub.run(fresh.admin, 'myendpoint', String(poisoned.number));
    await until(ended).toMatchObject({ state: 'failed', failure: expect.stringContaining('begun 5 times') });
    const [{ attempts }] = (await query(fresh.databaseUrl, 'select attempts from run where run = $1', [
      poisoned.number,
    ])) as [{ attempts: number }];
    expect(attempts).toBe(6); // the sixth found that it was enough
    expect((await send(fresh.hub, [element('healthy')], 10_000)).state).toBe('applied');
    await query(fresh.databaseUrl, 'drop function poison() cascade');
  });

  it('is not failed by servers that are stopped a few times', async () => {
    const first = slow(fresh.hub, [element('A')]);
    await first.begun;
    const queued = await send(second, [element('interrupted')], 1);
    await query(fresh.databaseUrl, 'update run set attempts = 4 where run = $1', [queued.number]);
    first.end();
    await first.run;
    await until(async () => (await runs(1))[0]).toMatchObject({ number: queued.number, state: 'applied' });
  });
});

describe('two servers', () => {
  it('leave nothing that a third one queued and did not take up', async () => {
    const database = openDatabase({ connection: { connectionString: fresh.databaseUrl }, onError: () => {} });
    const third = createHub({ database, secretKey: testSecretKey }); // it cannot read any queued set
    cleanUp.push(() => third.close());
    const run = await send(third, [element('left')], 0);
    expect(run.state).toBe('queued');
    const worker = fresh.secondHub().workOnRuns({});
    cleanUp.push(() => worker.stop());
    await until(names).toEqual(['left']);
  });

  it('leave none behind that came while the one was ending another, and the other waited for that', async () => {
    const first = slow(fresh.hub, [element('A')]);
    await first.begun;
    const older = await send(second, [element('B')], 1);
    const ending = new pg.Client({ connectionString: fresh.databaseUrl });
    cleanUp.push(() => ending.end());
    await ending.connect();
    await ending.query('begin');
    await ending.query('select from open_run where run = $1 for update', [older.number]);
    first.end();
    await untilOneWaits(fresh.databaseUrl);
    const newer = await send(second, [element('C')], 200); // finds the interface taken
    expect(newer.state).toBe('queued');
    const superseded = `update run set state = 'superseded', superseded_by = $2, finished_at = now(),
      counts = counts || '{"superseded": 1}' where run = $1`;
    await ending.query(superseded, [older.number, newer.number]);
    for (const table of ['open_run', 'queued_part'])
      await ending.query(`delete from ${table} where run = ${older.number}`);
    await ending.query('commit');
    await until(names).toEqual(['C']);
  });

  it('apply what either of them received, each run once', async () => {
    const servers = [fresh.hub, second];
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        send(servers[index % 2] ?? fresh.hub, [element('S', `from ${index}`), element(`S${index}`)], 20_000),
      ),
    );
    const last = sent.reduce((a, b) => (a.number > b.number ? a : b));
    const winner = sent.indexOf(last);
    expect(last.state).toBe('applied');
    expect((await names()).sort()).toEqual([`S${winner}`, `from ${winner}`].sort());
    for (const { state, counts } of sent) {
      expect(['applied', 'superseded']).toContain(state);
      expect(counts.received).toBe(2);
      if (state === 'superseded') expect(counts.superseded).toBe(2);
    }
  });
});
