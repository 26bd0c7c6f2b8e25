import { beforeEach, describe, expect, it } from 'vitest';
import { demoServer, type Json, reasons } from '../test-client.ts';

describe('runs that hold deletes', async () => {
  const { call } = await demoServer();
  const interfaceUrl = '/v1/interfaces/myendpoint';
  const guard = (change: object) => call('PATCH', interfaceUrl, { body: { guard: change } });
  const send = async (...keys: string[]) =>
    (
      await call('POST', `${interfaceUrl}/runs`, {
        body: keys.map((external_id) => ({ external_id, name: external_id })),
      })
    ).body;
  const count = async () => (await call('GET', '/v1/records/element?limit=1000')).body.items.length;

  beforeEach(async () => {
    await guard({ deletes: null, percent: null, empty_set: 'apply' });
    await send('E-1', 'E-2', 'E-3');
    await guard({ deletes: 1 });
  });

  it('say in their answer what is held, until when, and where to approve it', async () => {
    const run = await send('E-1', 'E-4');
    expect(run).toMatchObject({
      state: 'held',
      counts: { received: 2, created: 1, unchanged: 1, held: 0, deleted: 0 },
      held: { deletes: 2, approve_url: expect.stringMatching(`/v1/runs/${run.id}/approve$`) },
    });
    expect(run.issues_url).toMatch(new RegExp(`/v1/runs/${run.id}/issues$`));
    expect((await call('GET', new URL(run.issues_url).pathname)).body.items).toHaveLength(run.issues);
    expect(run.held.message).toContain('2 records that are not in the set were left as they are');
    expect(new Date(run.held.expires_at).getTime()).toBeGreaterThan(Date.now() + 6 * 24 * 3_600_000);
    expect((await call('GET', `/v1/runs/${run.id}`)).body).toEqual(run);
    const first = (await call('GET', `/v1/runs/${run.id}/held?limit=1`)).body;
    const second = (await call('GET', `/v1/runs/${run.id}/held?limit=1&cursor=${first.next}`)).body;
    expect([...first.items, ...second.items]).toMatchObject([
      { record: { type: 'element' }, key: 'E-2', name: 'E-2' },
      { key: 'E-3' },
    ]);
    expect(second.next).toBeNull();
  });

  it('are the last run of their interface, whatever is planned since', async () => {
    const run = await send('E-1');
    await call('POST', `${interfaceUrl}/runs?plan=true`, { body: [] });
    const listed = (await call('GET', '/v1/interfaces')).body.items;
    expect(listed.find((one: Json) => one.endpoint === 'myendpoint').last_run).toEqual(run);
  });

  it('delete what is approved, for the number that was shown', async () => {
    const run = await send('E-1');
    const approve = (deletes: number) => call('POST', `/v1/runs/${run.id}/approve`, { body: { deletes } });
    const refused = await approve(1);
    expect(reasons(refused)).toEqual([['held_differs', 'deletes']]);
    expect(refused.body.violations[0].deletes).toBe(2);
    expect((await approve(2)).body).toMatchObject({
      outcome: 'approved',
      run: { state: 'applied', held: null, counts: { deleted: 2 } },
      skipped: 0,
    });
    expect(reasons(await approve(2))).toEqual([['run_not_held', 'path.run']]);
    expect(await count()).toBe(1);
  });

  it('say which of them stay, as they were changed since', async () => {
    const run = await send('E-1');
    await call('PATCH', '/v1/records/element/external_id:E-2', { body: { fields: { internal_note: 'Ours' } } });
    const { items } = (await call('GET', `/v1/runs/${run.id}/held`)).body;
    expect(items.map((one: Json) => [one.key, one.stays])).toEqual([
      ['E-2', 'it was changed since it was held'],
      ['E-3', null],
    ]);
    const approved = await call('POST', `/v1/runs/${run.id}/approve`, { body: { deletes: 2 } });
    expect(approved.body).toMatchObject({ run: { state: 'partial', counts: { deleted: 1 } }, skipped: 1 });
    expect(await count()).toBe(2);
  });

  it('are of the whole set, where the interface says so', async () => {
    await guard({ on_trip: 'hold_run' });
    const run = await send('E-1', 'E-4');
    expect(run).toMatchObject({
      state: 'held',
      counts: { received: 2, held: 2, created: 0 },
      held: { deletes: 2, whole: true, message: expect.stringContaining('Nothing of the set was applied') },
    });
    expect(await count()).toBe(3);
    const approve = () => call('POST', `/v1/runs/${run.id}/approve`, { body: { deletes: 2 } });
    const name = { external_id: 'E-4', name: 'other' };
    const other = { endpoint: 'other', name: 'Other', type: 'element' };
    await call('POST', '/v1/interfaces', { body: other });
    await call('POST', '/v1/interfaces/other/runs', { body: [name] });
    expect(reasons(await approve())).toEqual([['held_changed', 'path.run']]);
    await call('POST', '/v1/interfaces/other/runs', { body: [] });
    const again = await send('E-1', 'E-4');
    expect((await call('GET', `/v1/runs/${run.id}`)).body).toMatchObject({ state: 'superseded', held: null });
    const approved = await call('POST', `/v1/runs/${again.id}/approve`, { body: { deletes: 2 } });
    expect(approved.body).toMatchObject({ outcome: 'approved', run: { state: 'applied', counts: { deleted: 2 } } });
    await call('DELETE', '/v1/interfaces/other');
    await guard({ on_trip: 'hold_deletes' });
  });

  it('leave all as it is when they are cancelled', async () => {
    const run = await send('E-1');
    const cancelled = await call('POST', `/v1/runs/${run.id}/cancel`);
    expect(cancelled.body).toMatchObject({ outcome: 'cancelled', run: { state: 'partial', held: null } });
    expect(await count()).toBe(3);
  });
});

describe('a run that is taken back', async () => {
  const { call } = await demoServer();
  const send = async (body: object[]) => (await call('POST', '/v1/interfaces/myendpoint/runs', { body })).body;
  const name = async () => (await call('GET', '/v1/records/element/external_id:E-1')).body.fields.name;

  it('is planned first, then reverted by a run of its own', async () => {
    await send([{ external_id: 'E-1', name: 'one' }]);
    const run = await send([{ external_id: 'E-1', name: 'two' }, { external_id: 'E-2' }]);
    const counts = { received: 1, updated: 1, deleted: 1, rejected: 0 };
    const plan = await call('POST', `/v1/runs/${run.id}/revert?plan=true`);
    expect(plan.body).toMatchObject({ outcome: 'planned', run: null, counts, left: [] });
    expect(await name()).toBe('two');
    const done = await call('POST', `/v1/runs/${run.id}/revert`);
    expect(done.body).toMatchObject({
      outcome: 'reverted',
      run: { state: 'applied', reverts: run.id, counts },
      left: [],
    });
    expect(await name()).toBe('one');
    expect((await call('GET', `/v1/runs/${run.id}`)).body.state).toBe('reverted');
    const again = await call('POST', `/v1/runs/${run.id}/revert`);
    expect(reasons(again)).toEqual([['run_not_revertible', 'path.run']]);
    expect(again.body).toMatchObject({
      detail: 'The run was reverted already.',
      remedy: expect.stringMatching(/^Nothing/),
    });
    const back = await call('POST', `/v1/runs/${done.body.run.id}/revert`);
    expect(back.body.remedy).toBe('To have its set again, send it again.');
  });

  it('has a plan with items, by whose id just that is taken back', async () => {
    await send([{ external_id: 'E-1', name: 'one' }]);
    const run = await send([{ external_id: 'E-1', name: 'two' }, { external_id: 'E-3' }]);
    const revert = (query: string, as = 'admin') => call('POST', `/v1/runs/${run.id}/revert${query}`, { as });
    const { body: plan } = await revert('?plan=true');
    expect(plan).toMatchObject({
      outcome: 'planned',
      kind: 'revert',
      state: 'open',
      actions: { update: 1, delete: 1 },
      items: expect.arrayContaining([
        expect.objectContaining({
          action: 'update',
          key: 'E-1',
          fields: [{ field: 'name', before: 'two', after: 'one' }],
        }),
        expect.objectContaining({ action: 'delete', key: 'E-3' }),
      ]),
    });
    expect((await call('GET', `/v1/plans/${plan.plan_id}`)).body).toMatchObject({ kind: 'revert', items: plan.items });
    expect(reasons(await revert(`?plan=true&plan_id=${plan.plan_id}`))).toEqual([
      ['parameter_invalid', 'query.plan_id'],
    ]);
    expect((await revert(`?plan_id=${plan.plan_id}`, 'power')).status).toBe(404);
    const done = await revert(`?plan_id=${plan.plan_id}`);
    expect(done.body).toMatchObject({ outcome: 'reverted', run: { reverts: run.id, state: 'applied' } });
    expect((await call('GET', `/v1/runs/${run.id}`)).body).toMatchObject({
      state: 'reverted',
      reverted_by: done.body.run.id,
    });
    expect(done.body.plan_id).toBeUndefined();
    expect(await name()).toBe('one');
    const again = await revert(`?plan_id=${plan.plan_id}`);
    expect(again.body.violations).toMatchObject([{ code: 'plan_stale', reason: 'applied' }]);
  });

  it('is not taken back by a plan of another run, or one that would do something else by now', async () => {
    await send([{ external_id: 'E-1', name: 'one' }]);
    const run = await send([{ external_id: 'E-1', name: 'two' }]);
    const { body: plan } = await call('POST', `/v1/runs/${run.id}/revert?plan=true`);
    const later = await send([{ external_id: 'E-1', name: 'three' }]);
    const other = await call('POST', `/v1/runs/${later.id}/revert?plan_id=${plan.plan_id}`);
    expect(other.body.violations).toMatchObject([{ code: 'plan_stale', reason: 'other_call' }]);
    const stale = await call('POST', `/v1/runs/${run.id}/revert?plan_id=${plan.plan_id}`);
    expect(stale).toMatchObject({ status: 409, body: { violations: [{ code: 'plan_stale', reason: 'changed' }] } });
    expect(await name()).toBe('three');
    expect((await call('GET', `/v1/runs/${run.id}`)).body.state).toBe('applied');
    const unplanned = await call('POST', `/v1/runs/${run.id}/revert?plan_id=00000000-0000-4000-8000-000000000000`);
    expect(reasons(unplanned)).toEqual([['unknown_plan', 'query.plan_id']]);
  });

  it('lists what was changed since', async () => {
    await send([{ external_id: 'E-1', name: 'one' }]);
    const run = await send([{ external_id: 'E-1', name: 'two' }]);
    await send([{ external_id: 'E-1', name: 'three' }]);
    const { body } = await call('POST', `/v1/runs/${run.id}/revert`);
    expect(body.left).toMatchObject([{ code: 'changed_since', member: 'name', record: { type: 'element' } }]);
    expect((await call('GET', `/v1/interfaces/myendpoint/runs/${body.run.id}/issues`)).body.items).toHaveLength(1);
    expect(await name()).toBe('three');
  });
});
