import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
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
const linesOf = (body: string): Json[] =>
  body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('importing records', async () => {
  const { call, url } = await demoServer();
  const ndjson = { 'content-type': 'application/x-ndjson' };
  const importRows = (type: string, rows: unknown[], query = '', headers: Record<string, string> = {}) =>
    call('POST', `/v1/records/${type}/import${query}`, {
      body: rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'),
      headers: { ...ndjson, ...headers },
    });

  it('creates by key, then reports unchanged, then updates what was sent', async () => {
    const rows = Array.from({ length: 2500 }, (_, index) => ({ external_id: `I-${index}`, name: `N ${index}` }));
    const counts = { ...noCounts, received: 2500 };
    const first = await importRows('contact', rows);
    const address = `${url}/v1/imports/${first.body.import}`;
    expect(first.headers.get('location')).toBe(address);
    expect(first.body).toEqual({
      import: expect.any(String),
      counts: { ...counts, created: 2500 },
      rejected: [],
      rejected_url: `${address}/rejected`,
    });
    expect((await importRows('contact', rows)).body.counts).toEqual({ ...counts, unchanged: 2500 });
    const changed = rows.map((row, index) => (index % 5 === 0 ? { external_id: row.external_id, phone: '1' } : row));
    expect((await importRows('contact', changed)).body.counts).toEqual({ ...counts, updated: 500, unchanged: 2000 });
    const one = await call('GET', '/v1/records/contact/external_id:I-5');
    expect(one.body.fields).toMatchObject({ name: 'N 5', phone: '1' });
  });

  it('gives every row an outcome of its own, with line, key and every violation', async () => {
    const rows = [
      { external_id: 'R-1', status: 'opne', incurred: 'x' },
      '{ not json',
      '',
      { name: 'no key' },
      { external_id: 'R-2', status: 'open' },
      '[1]',
    ];
    const { body } = await importRows('claim', rows);
    expect(body.counts).toEqual({ ...noCounts, received: 5, created: 1, rejected: 4 });
    const shown = body.rejected.map((row: Json) => [
      row.row,
      row.line,
      row.key,
      row.violations.map((one: Json) => one.code),
    ]);
    expect(shown).toEqual([
      [0, 1, 'R-1', ['value_not_an_option', 'value_invalid']],
      [1, 2, null, ['row_unreadable']],
      [2, 4, null, ['required_missing']],
      [4, 6, null, ['row_unreadable']],
    ]);
    expect(body.rejected[0].violations[0]).toMatchObject({ path: 'fields.status', nearest: 'open' });
  });

  it('streams the outcomes back, the import first, each row a line, the counts last', async () => {
    const rows = [{ external_id: 'S-1' }, { external_id: 'S-2', email: 7 }, { external_id: 'S-1', name: 'again' }];
    const { body } = await importRows('contact', rows, '', { accept: 'application/x-ndjson' });
    const [begun, ...lines] = linesOf(body);
    expect(begun).toEqual({ import: expect.any(String), rows_done: 0 });
    expect(lines.map((line: Json) => line.outcome ?? 'counts')).toEqual(['created', 'rejected', 'updated', 'counts']);
    expect(lines[0]).toMatchObject({ row: 0, line: 1, key: 'S-1', number: expect.any(Number), id: expect.any(String) });
    expect(lines[3].counts).toMatchObject({ received: 3, created: 1, updated: 1, rejected: 1 });
    const few = await importRows('contact', rows, '?outcomes=rejected', { accept: 'application/x-ndjson' });
    expect(linesOf(few.body).slice(1)).toMatchObject([
      { row: 1, outcome: 'rejected' },
      { rows_done: 3 },
      { counts: {} },
    ]);
  });

  it('reads a JSON array and CSV as it reads NDJSON, and makes lookups of references', async () => {
    const rows = [
      { external_id: 'B-1', name: 'Beam 1', weight: 12, grade: 'a', supplier: 'external_id:user1' },
      { external_id: 'B-2', name: 'Beam; "2"', weight: null, grade: 'b', supplier: 2001 },
    ];
    const path = '/v1/records/building_component/import';
    const asJson = await call('POST', path, {
      body: JSON.stringify(rows),
      headers: { 'content-type': 'application/json' },
    });
    expect(asJson.body.counts.created).toBe(2);
    const csv =
      'external_id,name,weight,grade,supplier\r\nB-1,Beam 1,12,a,external_id:user1\r\nB-2,"Beam; ""2""",\\N,b,2001\r\nB-3,"Line\nbreak",3,,\r\n';
    const asCsv = await call('POST', path, { body: csv, headers: { 'content-type': 'text/csv' } });
    expect(asCsv.body.counts).toMatchObject({ unchanged: 2, created: 1 });
    const { body } = await call('GET', '/v1/records/building_component/external_id:B-1');
    expect(body.fields).toMatchObject({ weight: 12, supplier: expect.stringMatching(/^0000/) });
  });

  it('imports by any match field, and may refuse what exists or what does not', async () => {
    const rows = [{ claim_number: 'CLM-2026-001', name: 'Renamed' }, { claim_number: 'CLM-NEW' }];
    const created = await importRows('claim', rows, '?key=claim_number&mode=create');
    expect(created.body.rejected).toMatchObject([{ row: 0, violations: [{ code: 'record_exists' }] }]);
    const updated = await importRows('claim', [...rows, { claim_number: 'NONE' }], '?key=claim_number&mode=update');
    expect(updated.body.counts).toMatchObject({ updated: 1, unchanged: 1, rejected: 1 });
  });

  it('says how far it came when the body cannot be read on', async () => {
    const good = Array.from({ length: 3000 }, (_, index) => JSON.stringify({ external_id: `C-${index}` })).join(',');
    const json = { 'content-type': 'application/json' };
    const cut = await call('POST', '/v1/records/contact/import', { body: `[${good}`, headers: json });
    expect(cut.status).toBe(400);
    expect(cut.body).toMatchObject({
      code: 'malformed_body',
      violations: [{ counts: { created: expect.any(Number) } }],
    });
    const { import: id, rows_done: done, counts } = cut.body.violations[0];
    expect(counts).toEqual({ ...noCounts, received: done, created: done });
    expect(cut.body.detail).toContain(`import=${id}`);
    const rest = await call('POST', `/v1/records/contact/import?import=${id}`, { body: `[${good}]`, headers: json });
    expect(rest.body.counts).toEqual({ ...noCounts, received: 3000, created: 3000 });
  });

  it('refuses before it reads a row what no row could make good', async () => {
    expect((await importRows('nothing', [{}])).status).toBe(404);
    expect((await importRows('contact', [{}], '?key=phone')).body.code).toBe('not_a_match_field');
    expect((await importRows('contact', [{}], '?mode=replace')).status).toBe(400);
    const xml = await call('POST', '/v1/records/contact/import', {
      body: '<a/>',
      headers: { 'content-type': 'text/xml' },
    });
    expect(xml.status).toBe(415);
  });

  it('judges every row by ownership, as a single write is', async () => {
    const answer = await call('POST', '/v1/records/element/import', { as: 'admin', body: [{ external_id: 'E-1' }] });
    expect(answer.body.rejected[0].violations[0]).toMatchObject({ code: 'type_owned_elsewhere' });
  });

  it('ends in the same state as single upserts of the same rows, in their order', async () => {
    const row = fc.record(
      {
        external_id: fc.constantFrom('P-a', 'P-b', 'P-c'),
        name: fc.option(fc.constantFrom('x', 'y')),
        sync_key: fc.option(fc.constantFrom('s-1', 's-2')),
      },
      { requiredKeys: ['external_id'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const [single, bulk] = ['single', 'bulk'].map((how) => {
          const run = `${how}-${Math.random()}`;
          return rows.map((one) => ({
            ...one,
            external_id: `${run} ${one.external_id}`,
            ...(one.sync_key ? { sync_key: `${run} ${one.sync_key}` } : {}),
          }));
        });
        const expected: string[] = [];
        for (const { external_id: key, ...fields } of single ?? []) {
          const answer = await call('PATCH', `/v1/records/contact/external_id:${encodeURIComponent(key)}`, {
            body: { fields },
          });
          expected.push(answer.body.outcome ?? 'rejected');
        }
        const { body } = await importRows('contact', bulk ?? [], '', { accept: 'application/x-ndjson' });
        const outcomes = linesOf(body).map(({ outcome }) => outcome);
        expect(outcomes.slice(1, -1)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps what it answered when the sender hangs up in the middle', async () => {
    const sent = httpRequest(new URL('/v1/records/contact/import', url), {
      method: 'POST',
      headers: { ...ndjson, authorization: 'Bearer kw_demo_admin', accept: 'application/x-ndjson' },
    });
    sent.on('error', () => {});
    for (let index = 0; index < 5000; index++) sent.write(`${JSON.stringify({ external_id: `H-${index}` })}\n`);
    const [response] = await once(sent, 'response');
    const [first] = await once(response, 'data');
    const { import: id } = JSON.parse(String(first).split('\n')[0] ?? '');
    const [chunk] = String(first).includes('"key"') ? [first] : await once(response, 'data');
    sent.destroy();
    const answered = linesOf(String(chunk).replace(/\n[^\n]*$/, '')).find(({ key }) => key !== undefined)?.key;
    await expect.poll(async () => (await call('GET', `/v1/imports/${id}`)).body.state).toBe('cut_short');
    expect((await call('GET', `/v1/records/contact/external_id:${answered}`)).status).toBe(200);
  });
});
