import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, demoServer, type Json } from '../test-client.ts';

const secret = 'zqxmark';
const json = (fields: object): { body: object } => ({ body: { fields } });

describe('erasing a record', async () => {
  const { call, databaseUrl } = await demoServer();
  const client = new pg.Client({ connectionString: databaseUrl });
  beforeAll(() => client.connect());
  afterAll(() => client.end());

  /** Rows of any table that have the text, table by table: a table that is added later is looked at as well. */
  async function whereIs(text: string): Promise<string[]> {
    const { rows: tables } = await client.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
    );
    const found: string[] = [];
    for (const { relname } of tables) {
      const { rows } = await client.query(
        `select t::text as row from ${relname} t where strpos(lower(t::text), $1) > 0`,
        [text],
      );
      found.push(...rows.map(({ row }) => `${relname} ${row}`));
    }
    return found;
  }
  const tablesWith = async (text: string): Promise<string[]> => [
    ...new Set((await whereIs(text)).map((row) => row.split(' ')[0] ?? '')),
  ];
  const ok = (answer: Answer): Json => {
    expect([200, 201, 202, 207], JSON.stringify(answer.body)).toContain(answer.status);
    return answer.body;
  };
  const erase = (type: string, ref: string, plan = false): Promise<Answer> =>
    call('POST', `/v1/records/${type}/${ref}/erase${plan ? '?plan=true' : ''}`);

  it('leaves nothing of it in any table, whatever way it came by', async () => {
    const at = (key: string): string => `/v1/records/contact/external_id:${key}`;
    ok(await call('PATCH', '/v1/records/claim/external_id:erase', json({ name: 'A claim' })));
    const schema = ok(await call('GET', '/v1/schema'));
    schema.types.contact.fields.email.filterable = true;
    ok(await call('PUT', '/v1/schema', { body: schema }));
    // A single write, with what it was answered.
    ok(
      await call('PATCH', at('zqxmark-old'), {
        ...json({ name: 'zqxmark name', email: 'zqxmark@example.test' }),
        headers: { 'idempotency-key': 'first-write' },
      }),
    );
    ok(
      await call('PATCH', at('zqxmark-old'), {
        ...json({ name: 'zqxmark name' }),
        headers: { 'idempotency-key': 'zqxmark-old again' },
      }),
    );
    // A former key, a duplicate, links with attributes, one that waits.
    ok(await call('PATCH', at('zqxmark-old'), json({ external_id: 'zqxmark-key', phone: 'zqxmark 1' })));
    ok(await call('PATCH', at('zqxmark-twin'), json({ name: 'zqxmark twin', sync_key: 'zqxmark-sync' })));
    ok(await call('POST', `${at('zqxmark-key')}/merge`, { body: { from: 'external_id:zqxmark-twin' } }));
    const link = `/v1/records/claim/external_id:erase/links/contacts`;
    for (const note of ['zqxmark one', 'zqxmark two'])
      ok(
        await call('PUT', `${link}/external_id:zqxmark-key`, {
          body: { role: 'Adjuster', attributes: { note } },
          headers: { 'idempotency-key': `link ${note.slice(-3)}` },
        }),
      );
    ok(
      await call('PUT', `/v1/records/claim/external_id:never/links/contacts/external_id:zqxmark-key`, {
        body: { role: 'Broker', onMissing: 'defer', attributes: { note: 'zqxmark waits' } },
      }),
    );
    // Rejected rows of imports: its own, and of others that name it.
    const rows = [
      { external_id: 'zqxmark-key', nonsense: 'zqxmark field' },
      { external_id: 'other', email: 'o@example.test' },
    ];
    ok(await call('POST', '/v1/records/contact/import', { body: rows }));
    const pairs = [{ left: 'external_id:nobody', right: 'external_id:zqxmark-key', role: 'Adjuster' }];
    ok(await call('POST', '/v1/links/claim.contacts/import', { body: pairs }));
    // Refused by the owner of a field, and planned.
    ok(await call('PATCH', `${at('zqxmark-key')}?plan=true`, json({ name: 'zqxmark planned' })));
    ok(await call('PATCH', `${at('zqxmark-later')}?plan=true`, json({ name: 'zqxmark-key planned' })));
    const { number, fields } = ok(await call('GET', at('zqxmark-key')));
    const same = ok(await call('PATCH', `/v1/records/contact/${number}?plan=true`, json({ name: fields.name })));
    expect([same.counts.unchanged, fields.name]).toEqual([1, expect.stringContaining('zqxmark')]);
    // What a receiver of a webhook answered.
    ok(await call('POST', '/v1/webhooks', { body: { url: 'https://example.com/erase' } }));
    await client.query(
      `insert into webhook_delivery (workspace_id, webhook, commit, row, event, state, attempts, status, answer, failure, attempted_at)
       select w.workspace_id, w.webhook, k.commit, c.row, 'record.updated', 'failing', 1, 500, 'said ' || c.after::text, 'no zqxmark', now()
       from webhook w join commit k on k.workspace_id = w.workspace_id
         join change c on c.workspace_id = k.workspace_id and c.batch = k.batch
       where c.after::text like '%zqxmark%'`,
    );
    expect(await tablesWith(secret)).toEqual([
      'change',
      'field_index',
      'idempotency',
      'import_rejection',
      'link',
      'pending_link',
      'plan',
      'plan_item',
      'record',
      'record_alias',
      'record_key',
      'webhook_delivery',
    ]);

    const planned = ok(await erase('contact', 'external_id:zqxmark-old', true));
    expect(planned.outcome).toBe('planned');
    expect(await tablesWith(secret)).toHaveLength(12);
    const erased = ok(await erase('contact', 'external_id:zqxmark-old'));
    expect(erased).toMatchObject({
      outcome: 'erased',
      counts: { records: 2, links: 1, pending_links: 1, answers: 4, rejected_rows: 2, plans: 3, ...planned.counts },
    });
    expect(await whereIs(secret)).toEqual([]);
  });

  it('takes what complete sets said of it along', async () => {
    const set = (elements: object[]): Promise<Answer> =>
      call('POST', '/v1/interfaces/myendpoint/runs', { body: elements });
    const run = ok(
      await set([
        { external_id: 'zqxmark-e', name: 'zqxmark element', length: 'zqxmark long', internal_note: 'zqxmark note' },
        { external_id: 'zqxmark-e', name: 'zqxmark again' },
        { external_id: 'stays', name: 'Stays' },
      ]),
    );
    // A decision on a run, with what it was answered.
    const mended = { external_id: 'zqxmark-e', length: 'zqxmark longer' };
    const headers = { 'idempotency-key': 'replay' };
    ok(await call('POST', `/v1/runs/${run.id}/elements/0/replay`, { body: mended, headers }));
    ok(
      await set([
        { external_id: 'zqxmark-e', name: 'zqxmark renamed', internal_note: 'zqxmark note' },
        { external_id: 'stays' },
      ]),
    );
    const { rows } = await client.query(`select number from record where external_id = 'zqxmark-e'`);
    expect(await tablesWith(secret)).toEqual(
      expect.arrayContaining(['change', 'idempotency', 'issue', 'record', 'run_element']),
    );
    const erased = ok(await erase('element', 'external_id:zqxmark-e'));
    expect(erased.outcome).toBe('erased');
    expect(await whereIs(secret)).toEqual([]);
    // The sender supplies it again: it is another record.
    const again = ok(await set([{ external_id: 'zqxmark-e', name: 'zqxmark new' }, { external_id: 'stays' }]));
    expect(again.counts).toMatchObject({ created: 1, revived: 0, unchanged: 1, deleted: 0 });
    const now = await call('GET', '/v1/records/element/external_id:zqxmark-e');
    expect(now.body.number).toBeGreaterThan(rows[0].number);
  });

  it('is one change of its history and of the feed, without values, and is told to webhooks', async () => {
    const made = ok(await call('POST', '/v1/records/contact', json({ external_id: 'feed-e', name: 'Gone' }))).record;
    const { next } = (await call('GET', '/v1/changes')).body;
    ok(await erase('contact', made.id));
    const { items } = ok(await call('GET', `/v1/changes?after=${next}`));
    expect(items.map(({ kind, before, after }: Json) => [kind, before, after])).toEqual([
      ['deleted', {}, {}],
      ['erased', {}, {}],
    ]);
    const history = ok(await call('GET', `/v1/records/contact/${made.number}/history`));
    expect(history.items.map(({ kind, after }: Json) => [kind, after])).toEqual([
      ['erased', {}],
      ['deleted', {}],
      ['created', {}],
    ]);
    const { rows } = await client.query(
      `select data, external_id, deleted_at, erased_at from record where number = $1`,
      [made.number],
    );
    expect(rows).toEqual([{ data: {}, external_id: null, deleted_at: expect.any(Date), erased_at: expect.any(Date) }]);
  });

  it('works for what was deleted before, and is done once', async () => {
    ok(await call('PATCH', '/v1/records/contact/external_id:tomb', json({ name: 'Tomb' })));
    const { record } = ok(await call('DELETE', '/v1/records/contact/external_id:tomb'));
    expect(ok(await erase('contact', 'external_id:tomb')).outcome).toBe('erased');
    const again = ok(await erase('contact', record.id));
    expect([again.outcome, again.counts.changes]).toEqual(['unchanged', 0]);
    expect((await erase('contact', 'external_id:tomb')).body.code).toBe('record_not_found');
    const back = await call('PATCH', '/v1/records/contact/external_id:tomb', json({}));
    expect([back.status, back.body.outcome]).toEqual([201, 'created']);
  });

  it('is done once with an Idempotency-Key, which may name the record', async () => {
    ok(await call('PATCH', '/v1/records/contact/external_id:keyed-1', json({})));
    const headers = { 'idempotency-key': 'erase external_id:keyed-1' };
    const send = (): Promise<Answer> => call('POST', '/v1/records/contact/external_id:keyed-1/erase', { headers });
    const erased = ok(await send());
    expect(erased.outcome).toBe('erased');
    expect(ok(await send())).toEqual(erased);
  });

  it('erases a duplicate with its survivor only, and is for administrators', async () => {
    ok(await call('PATCH', '/v1/records/contact/external_id:lives', json({})));
    const { record } = ok(await call('PATCH', '/v1/records/contact/external_id:double', json({})));
    ok(await call('POST', '/v1/records/contact/external_id:lives/merge', { body: { from: 'external_id:double' } }));
    const refused = await erase('contact', record.id);
    expect(refused.body.violations[0]).toMatchObject({ code: 'record_not_found', survivor: { type: 'contact' } });
    const power = await call('POST', '/v1/records/contact/external_id:lives/erase', { as: 'power' });
    expect(power.body.code).toBe('role_required');
  });

  it('is not undone by taking back the run that wrote it', async () => {
    const set = (elements: object[]): Promise<Answer> =>
      call('POST', '/v1/interfaces/myendpoint/runs', { body: elements });
    ok(await set([{ external_id: 'back-1', name: 'zqxback' }, { external_id: 'stays' }]));
    const run = ok(await set([{ external_id: 'stays' }]));
    expect(run.counts.deleted).toBeGreaterThan(0);
    ok(await erase('element', 'external_id:back-1'));
    const reverted = ok(await call('POST', `/v1/runs/${run.id}/revert`));
    expect(reverted.counts.rejected).toBe(1);
    expect(await whereIs('zqxback')).toEqual([]);
  });
});
