// Elements that a run rejected are applied after all: as they were sent once what was missing is there, or as somebody has mended them.
import { describe, expect, it } from 'vitest';
import { slowSet } from '../../../../test/slow-set.ts';
import { amend, merged, query } from '../../../../test/steps.ts';
import { adminOf, demoServer, type Json, type Options, reasons } from '../test-client.ts';

describe('a replay', async () => {
  const { call, hub, databaseUrl } = await demoServer();
  const gauges = {
    types: {
      gauge: {
        owner: 'external',
        fields: {
          kind: { type: 'text', required: true, owner: 'external' },
          size: { type: 'integer', owner: 'external' },
          site: { type: 'lookup', to: 'contact', inverse: 'gauges', owner: 'external', required: true },
        },
      },
    },
    links: { 'gauge.keepers': { to: 'contact', inverse: 'kept', owner: 'external' } },
    interfaces: {
      gauges: { name: 'Gauges', type: 'gauge', api_keys: ['kw_demo_client'] },
      more_gauges: { name: 'More gauges', type: 'gauge' },
    },
  };
  await amend(hub, await adminOf(hub), (current) => merged(current, gauges as never));

  const runsUrl = '/v1/interfaces/gauges/runs';
  const send = async (body: unknown, query = ''): Promise<Json> => (await call('POST', runsUrl + query, { body })).body;
  const replay = (run: Json, options: Options = {}, query = '') =>
    call('POST', `/v1/runs/${run.id}/replay${query}`, options);
  const replayOne = (run: Json, place: number, options: Options = {}, query = '') =>
    call('POST', `/v1/runs/${run.id}/elements/${place}/replay${query}`, options);
  const elements = async (run: Json, query = ''): Promise<Json[]> =>
    (await call('GET', `/v1/runs/${run.id}/elements${query}`)).body.items;
  const openIssues = async (run: Json): Promise<string[]> =>
    (await call('GET', `/v1/runs/${run.id}/issues?resolved=false`)).body.items.map(
      ({ code, key }: Json) => `${key} ${code}`,
    );
  const valuesOf = async (key: string): Promise<Json> =>
    (await call('GET', `/v1/records/gauge/external_id:${key}`)).body.fields;
  const addSite = (key: string) => call('PATCH', `/v1/records/contact/external_id:${key}`, { body: { fields: {} } });
  const here = 'external_id:here';
  await addSite('here');

  it('applies what was rejected, once its cause is gone, and says in the first run by which one', async () => {
    const run = await send([
      { external_id: 'A-1', kind: 'a', site: here },
      { external_id: 'A-2', kind: 'b', site: 'external_id:a-site' },
      { external_id: 'A-3', site: here },
    ]);
    expect(run).toMatchObject({ state: 'partial', counts: { created: 1, rejected: 2 }, replays: null });
    await addSite('a-site');
    const { body } = await replay(run);
    expect(body).toMatchObject({
      outcome: 'replayed',
      run: { state: 'partial', replays: run.id, counts: { received: 2, created: 1, rejected: 1, deleted: 0 } },
      counts: { received: 2, created: 1, rejected: 1 },
      issues: [{ code: 'required_missing', place: 2, key: 'A-3', path: '[2]' }],
    });
    expect(await valuesOf('A-2')).toMatchObject({ kind: 'b' });
    expect(await valuesOf('A-1')).toMatchObject({ kind: 'a' }); // it is not in the replay, and was not deleted
    expect((await elements(run, '?outcome=rejected')).map((one) => [one.key, one.resolved_by])).toEqual([
      ['A-2', body.run.id],
      ['A-3', null],
    ]);
    expect(await elements(run, '?outcome=rejected&resolved=false')).toMatchObject([{ key: 'A-3' }]);
    expect(await openIssues(run)).toEqual(['A-3 required_missing']);
    const [issue] = (await call('GET', `/v1/runs/${run.id}/issues?resolved=true`)).body.items;
    expect(issue).toMatchObject({ key: 'A-2', resolved_by: body.run.id });
    expect((await elements(body.run)).map(({ place, outcome }: Json) => [place, outcome])).toEqual([
      [1, 'created'],
      [2, 'rejected'],
    ]);
    // A replay is no set that would be newer.
    expect((await replay(run)).body.counts).toMatchObject({ received: 1, rejected: 1 });
    const why = (await call('GET', '/v1/records/gauge/external_id:A-2/why/kind')).body;
    expect(why).toMatchObject({ run: body.run.id, row: 1 });
  });

  it('takes elements too that were applied but for an error, and not those with warnings only', async () => {
    const run = await send([
      { external_id: 'E-1', kind: 'a', site: here, size: 'long' },
      { external_id: 'E-2', kind: 'a', site: here, colour: 'red' },
      { external_id: 'E-3', kind: 'a', site: here, keepers: ['external_id:keeper'] },
    ]);
    expect(run).toMatchObject({ state: 'partial', counts: { created: 3, rejected: 0 } });
    await addSite('keeper');
    const { body } = await replay(run);
    expect(body).toMatchObject({
      counts: { received: 2, updated: 1, unchanged: 1 },
      issues: [{ code: 'invalid_value', key: 'E-1' }],
    });
    expect((await call('GET', '/v1/records/gauge/external_id:E-3/links/keepers')).body.items).toHaveLength(1);
    expect(await openIssues(run)).toEqual(['E-1 invalid_value', 'E-2 unknown_member']);
    expect((await replay(run)).body.counts).toMatchObject({ received: 1, unchanged: 1 });
    const mended = { body: [{ external_id: 'E-1', size: 5 }] };
    expect((await replay(run, mended)).body.issues).toEqual([]);
    const nothing = await replay(run);
    expect([nothing.status, nothing.body.code]).toEqual([409, 'run_not_replayable']);
  });

  it('of one element takes it as it was sent, or as the body says, which may correct its key', async () => {
    const run = await send([
      { external_id: 'B-1', kind: 'a', size: 'big', site: here },
      { external_id: 'B\u0000', kind: 'b', site: here },
    ]);
    const still = (await replayOne(run, 0)).body;
    expect(still).toMatchObject({ counts: { unchanged: 1 }, issues: [{ code: 'invalid_value', key: 'B-1' }] });
    expect(await openIssues(run)).toHaveLength(2);
    const mended = (await replayOne(run, 0, { body: { external_id: 'B-1', kind: 'a', size: 7, site: here } })).body;
    expect(mended).toMatchObject({ run: { state: 'applied', replays: run.id }, counts: { updated: 1 }, issues: [] });
    expect(await valuesOf('B-1')).toMatchObject({ size: 7 });
    await replayOne(run, 1, { body: { external_id: 'B-2', kind: 'b', site: here } });
    expect(await valuesOf('B-2')).toMatchObject({ kind: 'b' });
    expect(await openIssues(run)).toEqual([]);
    const again = await replayOne(run, 0);
    expect([again.status, ...reasons(again)]).toEqual([409, ['run_not_replayable', 'path.run']]);
    expect(again.body.violations[0].message).toMatch(/^Run \d+ has applied it/);
    const edited = await replayOne(run, 0, { body: { external_id: 'B-1', kind: 'c', site: here } });
    expect(edited.body.counts.updated).toBe(1);
  });

  it('takes the file of the run’s issues, mended, and no other elements', async () => {
    const run = await send([
      { external_id: 'C-1', kind: 'a', size: 'one', site: here },
      { external_id: 'C-2', size: 2, site: here },
      { external_id: 'C-3', kind: 'fine', size: 3, site: here },
    ]);
    const file = (await call('GET', `/v1/runs/${run.id}/issues`, { headers: { accept: 'text/csv' } })).body;
    const body = file.replace('C-1,a,one', 'C-1,a,1').replace('C-2,,2', 'C-2,mended,2');
    const headers = { 'content-type': 'text/csv' };
    const { body: answer } = await replay(run, { body, headers });
    expect(answer).toMatchObject({ counts: { received: 2, created: 1, updated: 1, rejected: 0 }, issues: [] });
    expect([await valuesOf('C-1'), await valuesOf('C-2'), await valuesOf('C-3')]).toMatchObject([
      { size: 1 },
      { kind: 'mended', size: 2 },
      { kind: 'fine' },
    ]);
    expect(await openIssues(run)).toEqual([]);
    const strange = await replay(run, { body: 'external_id,kind\nC-9,a\n', headers });
    expect(reasons(strange)).toEqual([['set_malformed', '[0]']]);
    expect(strange.body.violations[0].message).toBe('No element C-9 is kept of the run.');
    const twice = await replay(run, {
      body: [
        { external_id: 'C-1', kind: 'a' },
        { external_id: 'C-1', kind: 'b' },
      ],
    });
    expect(reasons(twice)).toEqual([['set_malformed', '[1]']]);
    const cut = await replay(run, { body: 'external_id,kind\n"C-1,a\n', headers });
    expect(reasons(cut)).toEqual([['set_malformed', expect.any(String)]]);
    const faulty = await replay(run, { body: [{ kind: 'a' }, { external_id: 'C-1' }, 7] });
    expect(reasons(faulty).map(([, path]) => path)).toEqual(['[0]', '[2]']);
    const many = Array.from({ length: 10_001 }, (_, index) => ({ external_id: `C-${index}` }));
    expect((await replay(run, { body: many })).status).toBe(413);
    expect(reasons(await replay(run, { body: [] }))).toEqual([['run_not_replayable', 'path.run']]);
  });

  it('writes nothing as a plan', async () => {
    const run = await send([{ external_id: 'D-1', kind: 'a', site: 'external_id:d-site' }]);
    await addSite('d-site');
    const before = (await call('GET', '/v1/runs?limit=1')).body.items[0].id;
    expect((await replay(run, {}, '?plan=true')).body).toMatchObject({
      outcome: 'planned',
      run: null,
      counts: { received: 1, created: 1 },
      issues: [],
    });
    expect((await call('GET', '/v1/records/gauge/external_id:D-1')).status).toBe(404);
    expect((await call('GET', '/v1/runs?limit=1')).body.items[0].id).toBe(before);
    expect(await openIssues(run)).toEqual(['D-1 unknown_relation_target', 'D-1 required_missing']);
    expect((await replayOne(run, 0, {}, '?plan=true')).body).toMatchObject({ outcome: 'planned' });
  });

  it('has a plan with items, by whose id just that is applied', async () => {
    const run = await send([{ external_id: 'P-1', kind: 'a', site: here, size: 'long' }]);
    const mended = { body: [{ external_id: 'P-1', kind: 'a', size: 7 }] };
    const { body: plan } = await replay(run, mended, '?plan=true');
    expect(plan).toMatchObject({
      outcome: 'planned',
      kind: 'replay',
      state: 'open',
      actions: { update: 1 },
      items: [{ action: 'update', key: 'P-1', row: 0, fields: [{ field: 'size', before: null, after: 7 }] }],
    });
    const apply = (options: Options = mended, id = plan.plan_id) => replay(run, options, `?plan_id=${id}`);
    const reason = ({ body }: { body: Json }) => body.violations[0].reason ?? body.violations[0].code;
    expect(reason(await apply({ body: [{ external_id: 'P-1', kind: 'a', size: 8 }] }))).toBe('other_body');
    expect(reason(await replayOne(run, 0, {}, `?plan_id=${plan.plan_id}`))).toBe('other_call');
    expect(reason(await apply({ ...mended, as: 'power' }))).toBe('unknown_plan');
    const done = await apply();
    expect(done.body).toMatchObject({
      outcome: 'replayed',
      run: { replays: run.id },
      counts: { updated: 1 },
      issues: [],
    });
    expect(await valuesOf('P-1')).toMatchObject({ size: 7 });
    expect(reason(await apply())).toBe('applied');
  });

  it('is refused by its plan when its record was changed meanwhile, and names no record that will never be', async () => {
    const run = await send([
      { external_id: 'Q-1', kind: 'a', site: 'external_id:q-site' },
      { external_id: 'Q-2', kind: 'a', site: here, size: 'x' },
    ]);
    await addSite('q-site');
    const mended = { body: [{ external_id: 'Q-2', size: 1 }] };
    const { body: plan } = await replay(run, mended, '?plan=true');
    await call('POST', '/v1/interfaces/more_gauges/runs', { body: [{ external_id: 'Q-2', kind: 'b', site: here }] });
    const stale = await replay(run, mended, `?plan_id=${plan.plan_id}`);
    expect(stale.body.violations).toMatchObject([
      { code: 'plan_stale', reason: 'changed', message: expect.stringContaining('gauge Q-2') },
    ]);
    expect(await valuesOf('Q-2')).toMatchObject({ kind: 'b', size: null });
    await call('POST', '/v1/interfaces/more_gauges/runs', { body: [] });
  });

  it('is refused for what was sent before a newer set, and not for what somebody has mended since', async () => {
    const run = await send([{ external_id: 'E-1', kind: 'old', site: 'external_id:e-site' }]);
    const newer = await send([{ external_id: 'E-1', kind: 'new', site: here }]);
    await addSite('e-site');
    for (const refused of [await replay(run), await replayOne(run, 0)]) {
      expect([refused.status, ...reasons(refused)]).toEqual([409, ['run_not_replayable', 'path.run']]);
      expect(refused.body.violations[0].message).toContain(`run ${newer.number}`);
    }
    const body = { external_id: 'E-1', kind: 'mended', site: here };
    expect((await replayOne(run, 0, { body })).body.counts).toMatchObject({ updated: 1 });
    await call('POST', `/v1/runs/${newer.id}/revert`);
    expect((await replay(run)).body.violations[0].message).toContain('no elements that were rejected');
  });

  it('does not stand in the way of the next set, which judges all anew', async () => {
    const rows = [
      { external_id: 'F-1', kind: 'a', site: 'external_id:f-site' },
      { external_id: 'F-2', kind: 'b', site: here },
    ];
    const run = await send(rows);
    await addSite('f-site');
    const replayed = (await replay(run)).body.run;
    expect(await send(rows)).toMatchObject({ counts: { unchanged: 2, deleted: 0 }, state: 'applied' });
    // Its own elements are the first run's.
    const own = await replay(replayed);
    expect(own.body.violations[0]).toMatchObject({ code: 'run_not_replayable' });
    expect(own.body.violations[0].message).toContain(`of run ${run.number}`);
    expect((await send(rows.slice(1))).counts).toMatchObject({ deleted: 1 });
  });

  it('supersedes no set that waits, and does not put off the watch for sets that do not come', async () => {
    const watch = async () => query(databaseUrl, 'select since, due_at from overdue_watch', []);
    await call('PATCH', '/v1/interfaces/gauges', { body: { overdue_after: '1d' } });
    const run = await send([{ external_id: 'W-1', site: here }]);
    const watched = await watch();
    expect(watched).toHaveLength(1);
    const other = slowSet([]);
    const busy = hub.sync(await adminOf(hub), 'gauges', other.open);
    await other.begun;
    const waiting = await send([{ external_id: 'W-1', kind: 'sent', site: here }], '?wait=0');
    expect(waiting.state).toBe('queued');
    const replaying = replayOne(run, 0, { body: { external_id: 'W-1', kind: 'mended', site: here } });
    other.end();
    await busy;
    expect((await replaying).body.outcome).toBe('replayed');
    const stateOf = async () => (await call('GET', `/v1/runs/${waiting.id}`)).body.state;
    await expect.poll(stateOf).toBe('applied');
    const before = await watch();
    await replayOne(run, 0, { body: { external_id: 'W-1', kind: 'mended again', site: here } });
    expect(await watch()).toEqual(before);
    expect(before).not.toEqual(watched);
  });

  it('is taken back as any run, and its elements are open again', async () => {
    const run = await send([{ external_id: 'G-1', kind: 'a', site: 'external_id:g-site' }]);
    await addSite('g-site');
    const replayed = (await replay(run)).body.run;
    expect(await openIssues(run)).toEqual([]);
    expect((await call('POST', `/v1/runs/${replayed.id}/revert`)).body.counts.deleted).toBe(1);
    expect(await openIssues(run)).toEqual(['G-1 unknown_relation_target', 'G-1 required_missing']);
    expect(await elements(run, '?resolved=false')).toMatchObject([{ key: 'G-1' }]);
    expect((await replay(run)).body.counts).toMatchObject({ revived: 1 });
  });

  it('keeps the scope and the stamp of its set', async () => {
    const run = await send(
      [{ external_id: 'H-1', kind: 'a', size: 1, site: 'external_id:h-site' }],
      '?as_of=2026-01-01T00:00:00Z',
    );
    expect(run.counts).toMatchObject({ rejected: 1 });
    await addSite('h-site');
    const newer = [{ external_id: 'H-1', kind: 'newer', site: here }];
    await call('POST', '/v1/interfaces/more_gauges/runs?as_of=2026-02-01T00:00:00Z', { body: newer });
    const { counts, issues } = (await replay(run)).body;
    expect(counts).toMatchObject({ received: 1, updated: 1 });
    expect(issues.map(({ code, member }: Json) => [code, member])).toEqual([
      ['stale', 'kind'],
      ['stale', 'site'],
    ]);
    expect(await valuesOf('H-1')).toMatchObject({ kind: 'newer', size: 1 });
    const scoped = await send([{ external_id: 'H-2', kind: 'a', size: 5, site: here }], '?scope[size]=4');
    expect(scoped.counts.rejected).toBe(1);
    expect((await replayOne(scoped, 0)).body.issues).toMatchObject([{ code: 'out_of_scope' }]);
  });

  it('is for whoever may call the interface, and of runs and elements that there are', async () => {
    const run = await send([{ external_id: 'I-1', site: here }]);
    for (const answer of [await replay(run, { as: 'member' }), await replayOne(run, 0, { as: 'member' })])
      expect([answer.status, answer.body.code]).toEqual([403, 'interface_closed']);
    expect((await replay({ id: '999999' })).body.code).toBe('unknown_run');
    expect((await replay({ id: '999999' }, { body: [] })).body.code).toBe('unknown_run');
    expect((await replayOne(run, 5)).body.code).toBe('unknown_element');
    expect((await replayOne(run, 0, { body: [1] })).body.code).toBe('member_invalid');
    expect(reasons(await replayOne(run, 0, { body: { kind: 'no key' } }))).toEqual([['set_malformed', '[0]']]);
    const reverted = (await call('POST', `/v1/runs/${run.id}/revert`)).body;
    expect((await replay(run)).body.violations[0].message).toBe('The run is reverted.');
    expect((await replay(reverted.run)).body.violations[0].message).toBe('The run is a revert.');
  });
});
