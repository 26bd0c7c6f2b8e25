// An import is kept: how far it came, what it did, which rows it rejected; and it goes on where it was cut short.
import { describe, expect, it } from 'vitest';
import { demoServer, type Json } from '../test-client.ts';

const noCounts = {
  received: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  revived: 0,
  rejected: 0,
  superseded: 0,
  held: 0,
};

describe('an import', async () => {
  const { call } = await demoServer();
  const ndjson = { 'content-type': 'application/x-ndjson' };
  const textOf = (rows: readonly unknown[]): string =>
    rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
  const post = (path: string, rows: readonly unknown[], as = 'admin') =>
    call('POST', path, { body: textOf(rows), headers: ndjson, as });
  const rowsOf = (name: string, count: number): { external_id: string }[] =>
    Array.from({ length: count }, (_, index) => ({ external_id: `${name}-${index}` }));
  /** A JSON array without its end: whatever came in whole chunks is written. */
  const cutShort = async (rows: readonly unknown[], query = ''): Promise<Json> => {
    const body = `[${rows.map((row) => JSON.stringify(row)).join(',')}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await call('POST', `/v1/records/contact/import${query}`, { body, headers });
    expect(answer.status).toBe(400);
    return answer.body.violations[0];
  };

  it('is kept with what it was asked and what it did', async () => {
    const { body } = await post('/v1/records/contact/import?mode=update', [{ external_id: 'nobody' }], 'power');
    const kept = await call('GET', `/v1/imports/${body.import}`);
    expect(kept.body).toMatchObject({
      ...{ id: body.import, kind: 'records', type: 'contact', key: 'external_id', mode: 'update', link: null },
      ...{ state: 'done', counts: { ...noCounts, received: 1, rejected: 1 }, rows_done: 1, failure: null },
      finished_at: expect.any(String),
    });
    expect((await call('GET', `/v1/imports/${kept.body.number}`)).body).toEqual(kept.body);
  });

  it('is listed with the others, newest first, in pages', async () => {
    for (const name of ['L1', 'L2', 'L3']) await post('/v1/records/contact/import', rowsOf(name, 1));
    const all = (await call('GET', '/v1/imports')).body.items.map(({ number }: Json) => number);
    expect(all).toEqual([...all].sort((a, b) => b - a));
    const first = (await call('GET', '/v1/imports?limit=2')).body;
    const second = (await call('GET', `/v1/imports?limit=2&cursor=${first.next}`)).body;
    expect([...first.items, ...second.items].map(({ number }: Json) => number)).toEqual(all.slice(0, 4));
  });

  it('keeps the beginning of a very long row, whose line in the file of rejected rows makes no record of what is left', async () => {
    const long = { external_id: 'long', nmae: 'x'.repeat(20_000) };
    const { body } = await post('/v1/records/claim/import', [long, { external_id: 'short', nmae: 'x' }]);
    const path = `/v1/imports/${body.import}/rejected`;
    const [kept] = (await call('GET', path)).body.items;
    expect(kept).toMatchObject({ line: 1, key: 'long', source: JSON.stringify(long).slice(0, 16_384) });
    const file = (await call('GET', path, { headers: { accept: 'text/csv' } })).body;
    expect(file).toMatch(/^external_id,nmae,_message\n,,line 1: .*\nshort,x,line 2: .*\n$/);
    const again = await call('POST', '/v1/records/claim/import', {
      body: file,
      headers: { 'content-type': 'text/csv' },
    });
    expect(again.body.counts).toMatchObject({ received: 2, rejected: 2 });
  });

  it('is listed with those of its type', async () => {
    await post('/v1/records/claim/import', rowsOf('LT', 1));
    await post('/v1/links/claim.contacts/import', []);
    const typesOf = async (query: string, as = 'admin'): Promise<unknown[]> => {
      const { items } = (await call('GET', `/v1/imports?${query}`, { as })).body;
      return [...new Set(items.map(({ type }: Json) => type))];
    };
    expect(await typesOf('limit=2')).toEqual([null, 'claim']);
    expect(await typesOf('type=claim')).toEqual(['claim']);
    expect(await typesOf('type=nothing')).toEqual([]);
    expect(await typesOf('type=claim', 'member')).toEqual([]); // of its own none is
  });

  it('is shown to the member that made it and not to another', async () => {
    const own = (await post('/v1/records/contact/import', rowsOf('M', 1), 'member')).body.import;
    const other = (await post('/v1/records/contact/import', rowsOf('M', 1))).body.import;
    expect((await call('GET', `/v1/imports/${own}`, { as: 'member' })).status).toBe(200);
    for (const path of ['', '/rejected']) {
      expect((await call('GET', `/v1/imports/${other}${path}`, { as: 'member' })).body.code).toBe('unknown_import');
    }
    const listed = (await call('GET', '/v1/imports', { as: 'member' })).body.items.map(({ id }: Json) => id);
    expect(listed).toEqual([own]);
    const taken = await post(`/v1/records/contact/import?import=${other}`, rowsOf('M', 2), 'member');
    expect(taken.body.code).toBe('unknown_import');
  });

  it('goes on after the rows that are done, with the whole body or a part of it', async () => {
    const rows = rowsOf('G', 2600);
    const { import: id, rows_done: done } = await cutShort(rows.slice(0, 2500));
    expect(done).toBe(2000);
    expect((await call('GET', `/v1/imports/${id}`)).body).toMatchObject({ state: 'cut_short', rows_done: 2000 });
    const part = await post(`/v1/records/contact/import?import=${id}&offset=1900`, rows.slice(1900, 2550));
    expect(part.body.counts).toEqual({ ...noCounts, received: 2550, created: 2550 });
    const whole = await post(`/v1/records/contact/import?import=${id}`, rows);
    expect(whole.body.counts).toEqual({ ...noCounts, received: 2600, created: 2600 });
    expect((await call('GET', `/v1/imports/${id}`)).body).toMatchObject({ state: 'done', failure: null });
  });

  it('numbers the rows of a part as those of the whole', async () => {
    const { import: id } = await cutShort(rowsOf('N', 1001));
    const rest = await post(`/v1/records/contact/import?import=${id}&offset=1000`, [{ external_id: 'N-x', email: 7 }]);
    expect(rest.body.rejected).toMatchObject([{ row: 1000, line: 1, key: 'N-x' }]);
  });

  it('goes on as what it was begun, and leaves no row out', async () => {
    const { import: id } = await cutShort(rowsOf('W', 1001));
    const other = await post(`/v1/records/claim/import?import=${id}`, []);
    expect([other.status, other.body.code]).toEqual([409, 'import_mismatch']);
    expect((await post(`/v1/records/contact/import?import=${id}&mode=create`, [])).body.code).toBe('import_mismatch');
    const gap = await post(`/v1/records/contact/import?import=${id}&offset=1001`, []);
    expect([gap.status, gap.body.code]).toEqual([409, 'import_offset_beyond']);
    expect((await post(`/v1/records/contact/import?import=no-such`, [])).body.code).toBe('unknown_import');
    expect((await post('/v1/records/contact/import?offset=3', [])).body.violations[0].path).toBe('query.offset');
  });

  it('keeps its rejected rows as they were sent: in pages, as NDJSON, and as CSV to be mended and sent again', async () => {
    const rows = [
      { external_id: 'S-0', name: 'good' },
      { external_id: 'S-1', name: 'one, "two"', email: 5, phone: null },
      '{ no json',
      { external_id: 'S-3', nmae: 'x\u0000y\ud800' },
    ];
    const { body } = await post('/v1/records/contact/import', rows);
    const path = `/v1/imports/${body.import}/rejected`;
    const first = (await call('GET', `${path}?limit=2`)).body;
    const second = (await call('GET', `${path}?limit=2&cursor=${first.next}`)).body;
    const items = [...first.items, ...second.items];
    expect(items).toMatchObject([
      { row: 1, line: 2, key: 'S-1', source: rows[1], violations: [{ code: 'value_invalid', path: 'fields.email' }] },
      { row: 2, line: 3, key: null, source: '{ no json', violations: [{ code: 'row_unreadable' }] },
      { row: 3, line: 4, key: 'S-3', violations: [{ code: 'unknown_field', field: 'nmae' }] },
    ]);
    expect(items.map(({ source: _, ...row }) => row)).toEqual(body.rejected);
    const lines = await call('GET', path, { headers: { accept: 'application/x-ndjson' } });
    expect(
      lines.body
        .trim()
        .split('\n')
        .map((line: string) => JSON.parse(line)),
    ).toEqual(items);
    const table = await call('GET', path, { headers: { accept: 'text/csv' } });
    const [header, one, two] = table.body.split('\n');
    expect(header).toBe('external_id,name,email,phone,nmae,_message');
    expect(one).toMatch(/^S-1,"one, ""two""",5,\\N,,"?line 2: Field email takes text; got 5\./);
    expect(two).toMatch(/^,,,,,.*line 3: The row cannot be read as JSON/);
  });

  it('rejected are mended in the CSV file, and imported as it is', async () => {
    const rows = [
      { external_id: 'F-1', name: '\\N', email: 5, phone: null },
      { external_id: 'F-2', name: 'Fay', email: 'fay@example.test', nmae: 'x' },
    ];
    const { body } = await post('/v1/records/contact/import', rows);
    const headers = { accept: 'text/csv' };
    const file: string = (await call('GET', `/v1/imports/${body.import}/rejected`, { headers })).body;
    const mended = file.replace(',5,', ',f@example.test,').replace(',nmae,', ',first_name,');
    expect(mended).toContain('line 1: ');
    const imported = { body: mended, headers: { 'content-type': 'text/csv' } };
    const again = await call('POST', '/v1/records/contact/import', imported);
    expect(again.body.rejected).toEqual([]);
    expect(again.body.counts).toMatchObject({ received: 2, created: 2 });
    const { fields } = (await call('GET', '/v1/records/contact/external_id:F-1')).body;
    expect(fields).toMatchObject({ name: '\\N', email: 'f@example.test', phone: null });
  });

  it('written by two senders at once makes every record once', async () => {
    const rows = rowsOf('T', 3000);
    const answers = await Promise.all([1, 2].map(() => post('/v1/records/contact/import', rows)));
    const [created, unchanged] = ['created', 'unchanged'].map((kind) =>
      answers.reduce((sum, { body }) => sum + body.counts[kind], 0),
    );
    expect([created, unchanged]).toEqual([3000, 3000]);
  });

  it('gone on with by two senders at once is written by one of them at a time, and balances', async () => {
    const rows = rowsOf('U', 4000);
    const { import: id } = await cutShort(rows.slice(0, 1500));
    const answers = await Promise.all([1, 2, 3].map(() => post(`/v1/records/contact/import?import=${id}`, rows)));
    for (const { status, body } of answers) expect([200, 409], JSON.stringify(body)).toContain(status);
    expect(answers.map(({ status }) => status)).toContain(200);
    expect((await call('GET', `/v1/imports/${id}`)).body).toMatchObject({
      state: 'done',
      rows_done: 4000,
      counts: { ...noCounts, received: 4000, created: 4000 },
    });
  });

  it('is taken back by a power user, which is an import of its own, and goes on no more', async () => {
    const { body } = await post('/v1/records/contact/import', [{ external_id: 'R-1' }, { external_id: 'R-2' }]);
    await call('PATCH', '/v1/records/contact/external_id:R-2', { body: { fields: { name: 'Ours' } } });
    const at = `/v1/imports/${body.import}/revert`;
    expect((await call('POST', at, { as: 'member' })).status).toBe(403);
    const plan = await call('POST', `${at}?plan=true`);
    expect(plan.body).toMatchObject({
      outcome: 'planned',
      import: null,
      counts: { deleted: 1, rejected: 1 },
      left: [{ code: 'changed_since' }],
      kind: 'revert',
      actions: { delete: 1 },
      items: [
        { action: 'reject', key: 'R-2', issues: [{ code: 'changed_since' }] },
        { action: 'delete', key: 'R-1' },
      ],
    });
    const { body: reverted } = await call('POST', at, { as: 'power' });
    expect(reverted).toMatchObject({
      outcome: 'reverted',
      import: {
        state: 'done',
        reverts: body.import,
        type: 'contact',
        counts: { received: 1, rejected: 1, deleted: 1 },
      },
      left: [{ code: 'changed_since', record: { type: 'contact' } }],
    });
    const left = (await call('GET', `/v1/imports/${reverted.import.id}/rejected`)).body.items;
    expect(left).toMatchObject([
      { row: 0, violations: [{ code: 'changed_since', message: reverted.left[0].message }] },
    ]);
    expect((await call('GET', `/v1/imports/${body.import}`)).body).toMatchObject({
      state: 'reverted',
      reverts: null,
      reverted_by: reverted.import.id,
    });
    const again = await call('POST', at);
    expect([again.status, again.body.code]).toEqual([409, 'import_not_revertible']);
    const gone = await post(`/v1/records/contact/import?import=${body.import}`, [{ external_id: 'R-1' }]);
    expect([gone.status, gone.body.code]).toEqual([409, 'import_over']);
    expect((await call('POST', '/v1/imports/999999/revert')).body.code).toBe('unknown_import');
  });

  it('is taken back just as a plan says, or not at all', async () => {
    const { body } = await post('/v1/records/contact/import', [{ external_id: 'R-3' }, { external_id: 'R-4' }]);
    const at = `/v1/imports/${body.import}/revert`;
    const stale = (await call('POST', `${at}?plan=true`)).body.plan_id;
    await call('PATCH', '/v1/records/contact/external_id:R-4', { body: { fields: { name: 'Ours' } } });
    const refused = await call('POST', `${at}?plan_id=${stale}`);
    expect(refused).toMatchObject({
      status: 409,
      body: { violations: [{ code: 'plan_stale', path: 'query.plan_id', reason: 'changed' }] },
    });
    const fresh = (await call('POST', `${at}?plan=true`)).body.plan_id;
    expect((await call('POST', `${at}?plan=true&plan_id=${fresh}`)).status).toBe(400);
    const { body: done } = await call('POST', `${at}?plan_id=${fresh}`);
    expect(done).toMatchObject({ outcome: 'reverted', import: { reverts: body.import }, counts: { deleted: 1 } });
    expect(done.plan_id).toBeUndefined();
    expect((await call('GET', '/v1/records/contact/external_id:R-3')).status).toBe(404);
    const { body: unknown } = await call('POST', `${at}?plan_id=00000000-0000-4000-8000-000000000000`);
    expect(unknown.code).toBe('unknown_plan');
  });
});
