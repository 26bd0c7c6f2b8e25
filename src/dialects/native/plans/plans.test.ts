import { describe, expect, it } from 'vitest';
import { query } from '../../../../test/steps.ts';
import { type Answer, demoServer, type Json } from '../test-client.ts';

describe('the plan of a single write', async () => {
  const { call, databaseUrl } = await demoServer();

  /** Everything that is stored, but for plans. */
  const stored = async (): Promise<Json> => {
    const tables = await query<{ name: string }>(
      databaseUrl,
      `select table_name as name from information_schema.columns
       where table_schema = 'public' and column_name = 'workspace_id' and table_name not like 'plan%' order by 1`,
    );
    const counts = tables.map(
      ({ name }) => `select '${name}' as name, count(*), md5(string_agg(t::text, '' order by t::text)) from ${name} t`,
    );
    return query(databaseUrl, counts.join(' union all '));
  };
  const make = (key: string, fields: object) =>
    call('PATCH', `/v1/records/contact/external_id:${key}`, { body: { fields } });
  const changesOf = async (key: string): Promise<Json[]> =>
    (await call('GET', `/v1/records/contact/external_id:${key}/history`)).body.items;
  const reason = ({ status, body }: Answer) => [status, body.code, body.violations[0].reason];

  it('says what would be made or changed, with old and new values, and writes nothing but itself', async () => {
    await make('P-1', { name: 'One', email: 'one@example.test' });
    const before = await stored();
    const changed = await call('PATCH', '/v1/records/contact/external_id:P-1?plan=true', {
      body: { fields: { name: 'Uno', email: null } },
      headers: { 'idempotency-key': 'a plan needs none' },
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      kind: 'write',
      state: 'open',
      counts: { received: 1, updated: 1, created: 0 },
      actions: { update: 1, create: 0 },
      items: [
        {
          action: 'update',
          type: 'contact',
          key: 'P-1',
          version: 1,
          fields: [
            { field: 'name', before: 'One', after: 'Uno' },
            { field: 'email', before: 'one@example.test', after: null },
          ],
        },
      ],
      items_total: 1,
      applied_at: null,
    });
    const made = await call('PATCH', '/v1/records/contact/external_id:P-2?plan=true', {
      body: { fields: { name: 'Two' } },
    });
    expect(made.body.items).toMatchObject([{ action: 'create', key: 'P-2', record: null, version: null }]);
    const same = await call('PATCH', '/v1/records/contact/external_id:P-1?plan=true', {
      body: { fields: { name: 'One' } },
    });
    expect(same.body).toMatchObject({ counts: { unchanged: 1 }, items: [], items_total: 0 });
    const one = await call('POST', '/v1/records/contact?plan=true', { body: { fields: { name: 'Keyless' } } });
    expect(one.body.items).toMatchObject([{ action: 'create', key: null }]);
    expect(await stored()).toEqual(before);
    expect((await call('GET', `/v1/plans/${changed.body.plan_id}`)).body).toEqual(changed.body);
    const items = await call('GET', `/v1/plans/${changed.body.plan_id}/items?limit=1`);
    expect(items.body).toEqual({ items: changed.body.items, next: null });
  });

  it('is applied by the same call, once', async () => {
    const path = '/v1/records/contact/external_id:P-3';
    const body = { fields: { name: 'Three' } };
    const plan = await call('PATCH', `${path}?plan=true`, { body });
    const applying = { body, headers: { 'idempotency-key': 'apply P-3' } };
    const applied = await call('PATCH', `${path}?plan_id=${plan.body.plan_id}`, applying);
    expect([applied.status, applied.body.outcome]).toEqual([201, 'created']);
    // A repetition with the same Idempotency-Key is answered as the first time, any other is told.
    expect((await call('PATCH', `${path}?plan_id=${plan.body.plan_id}`, applying)).body).toEqual(applied.body);
    expect(reason(await call('PATCH', `${path}?plan_id=${plan.body.plan_id}`, { body }))).toEqual([
      409,
      'plan_stale',
      'applied',
    ]);
    expect(await changesOf('P-3')).toHaveLength(1);
    expect((await call('GET', `/v1/plans/${plan.body.plan_id}`)).body.state).toBe('applied');
  });

  it('plans deletes, with the links that go along', async () => {
    await make('P-4', { name: 'Four' });
    await call('PUT', '/v1/records/claim/5001/links/contacts/external_id:P-4', { body: { role: 'Broker' } });
    const path = '/v1/records/contact/external_id:P-4';
    const plan = await call('DELETE', `${path}?plan=true`);
    expect(plan.body.counts).toMatchObject({ received: 0, deleted: 1 });
    expect(plan.body.items).toMatchObject([
      { action: 'unlink', link: { link: 'claim.contacts', before: { role: 'Broker' }, after: null } },
      {
        action: 'delete',
        key: 'P-4',
        fields: expect.arrayContaining([{ field: 'name', before: 'Four', after: null }]),
      },
    ]);
    expect((await call('DELETE', `${path}?plan_id=${plan.body.plan_id}`)).body.outcome).toBe('deleted');
    const back = await call('PATCH', `${path}?plan=true`, { body: { fields: { name: 'Again' } } });
    expect(back.body).toMatchObject({ counts: { revived: 1 }, items: [{ action: 'revive', key: 'P-4', version: 2 }] });
  });

  it('plans links, changes of roles, removals, and links that wait', async () => {
    await make('P-5', {});
    const path = '/v1/records/claim/5001/links/contacts/external_id:P-5';
    const linked = await call('PUT', `${path}?plan=true`, { body: { role: 'Broker' } });
    expect(linked.body).toMatchObject({
      counts: { received: 1, created: 1 },
      items: [
        { action: 'link', link: { number: null, right: { key: 'P-5' }, before: null, after: { role: 'Broker' } } },
      ],
    });
    expect((await call('PUT', `${path}?plan_id=${linked.body.plan_id}`, { body: { role: 'Broker' } })).status).toBe(
      201,
    );
    const again = { body: { role: 'Broker', newRole: 'Adjuster' } };
    const relinked = await call('PUT', `${path}?plan=true`, again);
    expect(relinked.body.items).toMatchObject([
      { action: 'relink', link: { before: { role: 'Broker' }, after: { role: 'Adjuster' } } },
    ]);
    const unlinked = await call('DELETE', `${path}?plan=true`);
    expect(unlinked.body).toMatchObject({ counts: { updated: 1 }, items: [{ action: 'unlink' }] });
    expect((await call('PUT', `${path}?plan_id=${relinked.body.plan_id}`, again)).body.outcome).toBe('updated');
    const stale = await call('DELETE', `${path}?plan_id=${unlinked.body.plan_id}`);
    expect(reason(stale)).toEqual([409, 'plan_stale', 'changed']);
    expect(stale.body.violations[0].changes).toMatchObject([
      { what: 'link.claim.contacts', planned: { role: 'Broker' }, now: { role: 'Adjuster' } },
    ]);
    const waiting = '/v1/records/claim/5001/links/contacts/external_id:P-later';
    const defer = { body: { onMissing: 'defer', expires_in: 60 } };
    const deferred = await call('PUT', `${waiting}?plan=true`, defer);
    expect(deferred.body).toMatchObject({ counts: { held: 1 }, items: [{ action: 'defer' }] });
    expect((await call('GET', '/v1/links/pending')).body.items).toEqual([]);
    expect((await call('PUT', `${waiting}?plan_id=${deferred.body.plan_id}`, defer)).status).toBe(202);
    const joined = await call('PATCH', '/v1/records/contact/external_id:P-later?plan=true', { body: { fields: {} } });
    expect(joined.body.items).toMatchObject([
      { action: 'create' },
      { action: 'link', link: { right: { key: 'P-later' } } },
    ]);
  });

  it('is refused as the write itself would be', async () => {
    const refused = await call('PATCH', '/v1/records/contact/external_id:P-1?plan=true', {
      body: { fields: { nmae: 'x' } },
    });
    expect([refused.status, refused.body.code]).toEqual([422, 'unknown_field']);
    const absent = await call('DELETE', '/v1/records/contact/external_id:nobody?plan=true');
    expect([absent.status, absent.body.code]).toEqual([404, 'record_not_found']);
    const ungranted = await call('DELETE', '/v1/records/contact/external_id:P-1?plan=true', { as: 'member' });
    expect([ungranted.status, ungranted.body.code]).toEqual([403, 'grant_missing']);
    const both = await call('PATCH', '/v1/records/contact/external_id:P-1?plan=true&plan_id=x', {
      body: { fields: {} },
    });
    expect([both.status, both.body.code]).toEqual([400, 'parameter_invalid']);
  });
});

describe('a plan that is applied without the body', async () => {
  const { call } = await demoServer();
  const record = (key: string) => `/v1/records/contact/external_id:${key}`;
  const plan = async (method: string, path: string, body: object): Promise<string> =>
    (await call(method, `${path}?plan=true`, { body })).body.plan_id;

  it.each([
    ['none', undefined],
    ['an empty one', {}],
  ])('does what was planned: %s', async (_name, body) => {
    const path = record(`B-${String(body)}`);
    const id = await plan('PATCH', path, { fields: { name: 'B', email: 'b@example.test' } });
    const applied = await call('PATCH', `${path}?plan_id=${id}`, { body });
    expect(applied).toMatchObject({
      status: 201,
      body: { record: { fields: { name: 'B', email: 'b@example.test' } } },
    });
    const again = await call('PATCH', `${path}?plan_id=${id}`, { body });
    expect(again.body.violations).toMatchObject([{ code: 'plan_stale', reason: 'applied' }]);
  });

  it('does so with lookups, and as of the stamp that was sent with the plan', async () => {
    const path = '/v1/records/building_component';
    const id = await plan('POST', path, { fields: { name: 'Beam', supplier: 106 } });
    const made = (await call('POST', `${path}?plan_id=${id}`)).body.record;
    const supplier = (await call('GET', '/v1/records/contact/106')).body.id;
    expect(made.fields).toMatchObject({ name: 'Beam', supplier });
    const dated = await plan('PATCH', record('B-2'), { fields: { name: 'B' }, as_of: '2026-03-02T00:00:00Z' });
    expect((await call('PATCH', `${record('B-2')}?plan_id=${dated}`)).body.outcome).toBe('created');
    const late = { fields: { name: 'old' }, as_of: '2026-03-01T00:00:00Z' };
    expect((await call('PATCH', record('B-2'), { body: late })).body.outcome).toBe('stale');
  });

  it('links as was planned, and has a link wait as long', async () => {
    const link = (target: string) => `/v1/records/policy/67890/links/contacts/${target}`;
    const id = await plan('PUT', link('2001'), { attributes: { share: 5 } });
    const linked = await call('PUT', `${link('2001')}?plan_id=${id}`);
    expect(linked.body.link.attributes).toEqual({ share: 5 });
    const body = { onMissing: 'defer', expires_at: '2099-01-01T00:00:00Z', attributes: { share: 6 } };
    const waits = await plan('PUT', link('external_id:B-none'), body);
    expect(await call('PUT', `${link('external_id:B-none')}?plan_id=${waits}`, { body: {} })).toMatchObject({
      status: 202,
      body: { outcome: 'deferred', link: { expires_at: '2099-01-01T00:00:00.000Z', attributes: { share: 6 } } },
    });
  });

  it('is refused as with the body when anything changed, and for another call', async () => {
    const path = record('B-3');
    await call('PATCH', path, { body: { fields: { name: 'a' } } });
    const id = await plan('PATCH', path, { fields: { name: 'b' } });
    const elsewhere = await call('PATCH', `${record('B-4')}?plan_id=${id}`);
    expect(elsewhere.body.violations).toMatchObject([{ reason: 'other_call' }]);
    await call('PATCH', path, { body: { fields: { name: 'c' } } });
    const changed = await call('PATCH', `${path}?plan_id=${id}`);
    expect(changed).toMatchObject({ status: 409, body: { violations: [{ code: 'plan_stale', reason: 'changed' }] } });
  });

  it('is no way to send nothing: a body that says nothing is another one than was planned, and no plan is a body', async () => {
    const path = record('B-5');
    const id = await plan('PATCH', path, { fields: { name: 'b' } });
    const other = await call('PATCH', `${path}?plan_id=${id}`, { body: { fields: {} } });
    expect(other.body.violations).toMatchObject([{ reason: 'other_body' }]);
    expect((await call('PATCH', path, { body: {} })).body.violations).toMatchObject([{ code: 'member_missing' }]);
    expect((await call('PATCH', `${path}?plan=true`, { body: {} })).status).toBe(400);
  });
});

describe('a plan that cannot be applied any more', async () => {
  const { call, databaseUrl } = await demoServer();
  const path = '/v1/records/contact/external_id:S-1';
  const planned = async (fields: object, options: object = {}): Promise<string> =>
    (await call('PATCH', `${path}?plan=true`, { body: { fields }, ...options })).body.plan_id;
  const apply = (plan: string, fields: object, options: object = {}) =>
    call('PATCH', `${path}?plan_id=${plan}`, { body: { fields }, ...options });
  const stale = async (answer: Promise<Answer>): Promise<Json> => {
    const { status, body } = await answer;
    expect([status, body.code]).toEqual([409, 'plan_stale']);
    return body.violations[0];
  };
  await call('PATCH', path, { body: { fields: { name: 'a', email: 'a@example.test' } } });

  it('says which value is another one now', async () => {
    const plan = await planned({ name: 'b' });
    await call('PATCH', path, { body: { fields: { name: 'c' } } });
    const { reason, changes, message } = await stale(apply(plan, { name: 'b' }));
    expect(reason).toBe('changed');
    expect(changes).toMatchObject([
      { type: 'contact', key: 'S-1', what: 'version', planned: 1, now: 2 },
      {
        what: 'name',
        planned: 'a',
        now: 'c',
        message: expect.stringContaining('name was "a" when the plan was made, and is "c" now'),
      },
    ]);
    expect(message).toContain('contact S-1: it was at version 1');
    expect(message).toContain('name was changed since');
    expect((await call('GET', path)).body.fields.name).toBe('c');
  });

  it('says that the record was changed elsewhere, was made or deleted, or has the value already', async () => {
    const plan = await planned({ name: 'd' });
    await call('PATCH', path, { body: { fields: { email: 'b@example.test' } } });
    const elsewhere = await stale(apply(plan, { name: 'd' }));
    expect(elsewhere.changes).toMatchObject([
      { what: 'version', planned: 2, now: 3, message: expect.stringMatching(/at 3 now\. email was changed since\.$/) },
    ]);
    expect(elsewhere.message).toContain('email was changed since');
    const already = await planned({ name: 'd' });
    await call('PATCH', path, { body: { fields: { name: 'd' } } });
    expect((await stale(apply(already, { name: 'd' }))).changes).toMatchObject([
      {
        what: 'action',
        planned: 'update',
        now: null,
        message: expect.stringMatching(/to be changed, .* left as it is now/),
      },
    ]);
    const gone = await planned({ name: 'e' });
    await call('DELETE', path);
    expect((await stale(apply(gone, { name: 'e' }))).changes).toMatchObject([
      { what: 'action', planned: 'update', now: 'revive' },
      { what: 'version' },
    ]);
    const revived = await planned({ name: 'e' });
    await call('PATCH', path, { body: { fields: {} } });
    expect((await stale(apply(revived, { name: 'e' }))).changes[0]).toMatchObject({ planned: 'revive', now: 'update' });
  });

  it('says why it would be refused now', async () => {
    await call('PATCH', path, { body: { fields: {} } });
    const plan = await planned({ sync_key: 'S-taken' });
    await call('PATCH', '/v1/records/contact/external_id:S-2', { body: { fields: { sync_key: 'S-taken' } } });
    const { changes } = await stale(apply(plan, { sync_key: 'S-taken' }));
    expect(changes).toMatchObject([
      { what: 'action', planned: 'update', now: 'reject', message: expect.stringContaining('belongs to contact') },
    ]);
  });

  it('is for its own caller, call and body only', async () => {
    const plan = await planned({ name: 'f' });
    expect((await apply(plan, { name: 'f' }, { as: 'power' })).body).toMatchObject({
      status: 404,
      code: 'unknown_plan',
    });
    expect(await stale(apply(plan, { name: 'g' }))).toMatchObject({ reason: 'other_body' });
    const elsewhere = call('PATCH', `/v1/records/contact/external_id:S-2?plan_id=${plan}`, {
      body: { fields: { name: 'f' } },
    });
    expect(await stale(elsewhere)).toMatchObject({ reason: 'other_call' });
    expect(await stale(call('DELETE', `${path}?plan_id=${plan}`))).toMatchObject({ reason: 'other_call' });
    for (const none of ['00000000-0000-4000-8000-000000000000', 'x'])
      expect((await apply(none, { name: 'f' })).status).toBe(404);
    expect((await apply(plan, { name: 'f' })).body.outcome).toBe('updated');
  });

  it('is good for a day, and removed by those that come later', async () => {
    const plan = await planned({ name: 'h' });
    await query(databaseUrl, "update plan set expires_at = now() - interval '1 minute' where plan = $1", [plan]);
    expect((await call('GET', `/v1/plans/${plan}`)).body.state).toBe('expired');
    expect(await stale(apply(plan, { name: 'h' }))).toMatchObject({ reason: 'expired' });
    await planned({ name: 'h' });
    expect((await call('GET', `/v1/plans/${plan}`)).status).toBe(404);
    expect(await query(databaseUrl, 'select 1 from plan_item where plan = $1', [plan])).toEqual([]);
  });

  it('is seen by whoever made it and by those who configure the workspace; and tells no one what they may not read', async () => {
    const key = await call('POST', '/v1/keys', {
      body: { label: 'writer', role: 'member', grants: { contact: ['edit'] } },
    });
    const writer = { as: key.body.secret };
    const plan = await call('PATCH', `${path}?plan=true`, { body: { fields: { name: 'blind' } }, ...writer });
    expect(plan.body.items).toMatchObject([{ action: 'update', key: null, fields: [] }]);
    expect((await call('GET', `/v1/plans/${plan.body.plan_id}`, writer)).body.items[0].fields).toEqual([]);
    expect((await call('GET', `/v1/plans/${plan.body.plan_id}`)).body.items[0].fields[0].before).toEqual(
      expect.any(String),
    );
    for (const at of ['', '/items'])
      expect((await call('GET', `/v1/plans/${plan.body.plan_id}${at}`, { as: 'member' })).status).toBe(404);
    await call('PATCH', path, { body: { fields: { name: 'secret value' } } });
    const refused = await apply(plan.body.plan_id, { name: 'blind' }, writer);
    expect(refused.status).toBe(409);
    expect(JSON.stringify(refused.body)).not.toContain('secret value');
  });
});

describe('the plan of an import', async () => {
  const { call, databaseUrl } = await demoServer();
  const send = (query: string, rows: readonly object[], path = '/v1/records/contact/import') =>
    call('POST', `${path}?${query}`, { body: rows });
  const rows = [
    ...Array.from({ length: 1500 }, (_, index) => ({ external_id: `M-${index}`, name: 'x' })),
    { external_id: 'M-1', name: 'again' },
    { external_id: 'M-bad', nmae: 'y' },
  ];
  const data = () =>
    query(
      databaseUrl,
      `select (select count(*) from record), (select count(*) from change), (select count(*) from import),
         (select last_commit from commit_counter limit 1)`,
    );

  it('is one of all its rows, and writes none of them', async () => {
    const before = await data();
    const { status, body } = await send('plan=true', rows);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'import',
      counts: { received: 1502, created: 1500, updated: 1, rejected: 1, deleted: 0 },
      actions: { create: 1500, update: 1, reject: 1 },
      items_total: 1502,
      items_kept: 1502,
    });
    expect(body.items).toHaveLength(1000);
    expect(body.items[0]).toMatchObject({
      action: 'reject',
      key: 'M-bad',
      row: 1501,
      issues: [{ code: 'unknown_field', member: 'nmae' }],
    });
    const keys: string[] = [];
    for (let cursor = ''; cursor !== null; ) {
      const page = await call('GET', `/v1/plans/${body.plan_id}/items?limit=700${cursor && `&cursor=${cursor}`}`);
      keys.push(...page.body.items.map(({ action, key }: Json) => `${action} ${key}`));
      cursor = page.body.next;
    }
    expect([keys.length, keys.at(-1)]).toEqual([1502, 'update M-1']);
    expect(await data()).toEqual(before);
  });

  it('is applied whole or not at all', async () => {
    const { body: first } = await send('plan=true', rows);
    await call('PATCH', '/v1/records/contact/external_id:M-7', { body: { fields: { name: 'elsewhere' } } });
    const before = await query(databaseUrl, 'select count(*) from record');
    const stale = await send(`plan_id=${first.plan_id}`, rows);
    expect([stale.status, stale.body.violations[0].reason]).toEqual([409, 'changed']);
    expect(stale.body.violations[0].changes).toMatchObject([
      { key: 'M-7', what: 'action', planned: 'create', now: 'update' },
      { key: 'M-7', what: 'version' },
    ]);
    expect(await query(databaseUrl, 'select count(*) from record')).toEqual(before);
    const [failed] = (await call('GET', '/v1/imports?limit=1')).body.items;
    expect(failed).toMatchObject({ state: 'failed', rows_done: 0, failure: expect.stringContaining('M-7') });

    const { body: plan } = await send('plan=true', rows);
    expect((await send(`plan_id=${plan.plan_id}`, rows.slice(1))).body.violations[0].reason).toBe('other_body');
    expect((await send(`plan_id=${plan.plan_id}&key=sync_key`, rows)).body.violations[0].reason).toBe('other_call');
    const applied = await send(`plan_id=${plan.plan_id}`, rows);
    expect(applied.body).toMatchObject({
      counts: { received: 1502, created: 1499, updated: 2, rejected: 1 },
      rejected: [{ row: 1501, key: 'M-bad' }],
    });
    expect((await call('GET', `/v1/imports/${applied.body.import}`)).body).toMatchObject({
      state: 'done',
      rows_done: 1502,
    });
    expect((await call('GET', '/v1/records/contact/external_id:M-1')).body).toMatchObject({
      version: 2,
      fields: { name: 'again' },
    });
    const commits =
      'select count(distinct c.commit)::int as commits from change ch join commit c using (workspace_id, batch) where place = 3';
    expect(await query(databaseUrl, commits)).toEqual([{ commits: 1 }]);
  });

  it('names no record that will never be, where one row takes what another one has', async () => {
    const body = [
      { external_id: 'N-1', sync_key: 'N-key' },
      { external_id: 'N-2', sync_key: 'N-key' },
    ];
    const { body: plan } = await send('plan=true', body);
    const [item] = plan.items.filter(({ action }: Json) => action === 'reject');
    expect(item).toMatchObject({ key: 'N-2', issues: [{ code: 'key_taken' }] });
    expect(item.issues[0].message).toBe('sync_key N-key is made by another row of the same body already.');
    const twice = await send('plan=true&mode=create', [{ external_id: 'N-3' }, { external_id: 'N-3' }]);
    const [again] = twice.body.items.filter(({ action }: Json) => action === 'reject');
    expect(again.issues[0].message).toBe('The record is made by another row of the same body already.');
    const applied = await send(`plan_id=${plan.plan_id}`, body);
    const { number } = (await call('GET', '/v1/records/contact/external_id:N-1')).body;
    expect(applied.body.rejected[0].violations[0].message).toContain(`belongs to contact ${number} already`);
  });

  it('takes links, those that wait too', async () => {
    const links = [
      { left: '5001', right: 'external_id:M-1', role: 'Broker' },
      { left: '5001', right: 'external_id:M-later', onMissing: 'defer' },
    ];
    const path = '/v1/links/claim.contacts/import';
    const { body: plan } = await send('plan=true', links, path);
    expect(plan).toMatchObject({ counts: { received: 2, created: 1, held: 1 }, actions: { link: 1, defer: 1 } });
    let applied = await send(`plan_id=${plan.plan_id}`, links, path);
    // The first link that waits of its type is told to all servers first.
    if (applied.status === 503) applied = await send(`plan_id=${plan.plan_id}`, links, path);
    expect(applied.body).toMatchObject({ counts: { created: 1, held: 1 } });
  });

  it('does not go on with an import, and needs a body that can be read', async () => {
    expect((await send('plan=true&import=1', [])).body.code).toBe('parameter_invalid');
    const broken = await call('POST', '/v1/records/contact/import?plan=true', {
      body: '[{"external_id": "M-x"}',
      headers: { 'content-type': 'application/json' },
    });
    expect([broken.status, broken.body.code]).toEqual([400, 'malformed_body']);
  });
});

describe('plans of complete sets that are asked for at once', async () => {
  const { call } = await demoServer();
  const send = (query: string, key: string): Promise<Answer> =>
    call('POST', `/v1/interfaces/myendpoint/runs?${query}`, { body: [{ external_id: key, name: key }] });

  it('wait for their turn, and so do the sets that are sent by their plans', async () => {
    const keys = ['A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6'];
    const plans = await Promise.all(keys.map((key) => send('plan=true', key)));
    expect(plans.map(({ status }) => status)).toEqual(keys.map(() => 200));
    const applied = await Promise.all(keys.map((key, at) => send(`plan_id=${plans[at]?.body.plan_id}`, key)));
    // The first deletes nothing of anybody's; for the others the interface has another record by now.
    expect(applied.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  });
});
