// What is exported and imported again is unchanged, row by row, in every format.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merged } from '../../../../test/steps.ts';
import { adminOf, demoServer, type Json } from '../test-client.ts';

const media = { ndjson: 'application/x-ndjson', csv: 'text/csv' } as const;
type Format = keyof typeof media;

describe('exporting', async () => {
  const { call, hub } = await demoServer();
  const admin = await adminOf(hub);
  await hub.applySchema(
    admin,
    (current) =>
      merged(current, {
        types: {
          gauge: {
            fields: {
              reading: { type: 'decimal', scale: 6 },
              count: { type: 'integer' },
              live: { type: 'boolean' },
              taken_on: { type: 'date' },
              taken_at: { type: 'datetime' },
              colours: { type: 'multi_enum', options: [{ value: 'red' }, { value: 'blue' }, { value: '\\N' }] },
              marks: { type: 'multi_enum', options: [{ value: 'a;b' }, { value: '[c' }, { value: '"d"' }] },
              note: { type: 'textarea' },
              serial: { type: 'text', unique: true },
              beside: { type: 'lookup', to: 'gauge', inverse: 'neighbours' },
            },
          },
        },
      }),
    { allowLoss: false },
  );
  const exported = (path: string, format: Format) => call('GET', path, { headers: { accept: media[format] } });
  const importText = (path: string, body: string, format: Format) =>
    call('POST', path, { body, headers: { 'content-type': media[format] } });

  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }).filter((one) => !one.includes('\u0000') && one.isWellFormed()),
    fc.constantFrom(
      '',
      '\\N',
      '\\\\N',
      '"10": ',
      '{"10": "x"}',
      '\\"12": ',
      'a,b',
      'two\nlines\r\n',
      ' spaces ',
      '"',
      '\\',
      'null',
      ';',
      '[1]',
    ),
  );
  const gauge = fc.record(
    {
      reading: fc.integer({ min: -1e12, max: 1e12 }).map((n) => n / 1e3),
      count: fc.maxSafeInteger(),
      live: fc.boolean(),
      taken_on: fc.constantFrom('2024-02-29', '0001-01-01'),
      taken_at: fc.constantFrom('2026-03-01T09:15:00.120Z', '1969-12-31T23:59:59Z'),
      colours: fc.subarray(['red', 'blue', '\\N'], { minLength: 1 }),
      marks: fc.subarray(['a;b', '[c', '"d"'], { minLength: 1 }),
      note: text,
      name: text,
    },
    { requiredKeys: [] },
  );

  it.each(['ndjson', 'csv'] as const)('and importing again as %s changes nothing', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(gauge, { minLength: 1, maxLength: 8 }), async (gauges) => {
        const run = randomUUID();
        const rows = gauges.map((one, index) => ({
          ...one,
          external_id: `${run} "${index}", \\N`,
          serial: `${run}\\${index}`,
          ...(index > 0 && { beside: `external_id:${run} "${index - 1}", \\N` }),
        }));
        const made = await call('POST', '/v1/records/gauge/import', { body: rows });
        expect(made.body.counts, JSON.stringify(made.body.rejected)).toMatchObject({ created: rows.length });
        const path = `/v1/records/gauge?filter[external_id][starts]=${encodeURIComponent(run)}`;
        const { status, body } = await exported(path, format);
        expect(status).toBe(200);
        const again = await importText('/v1/records/gauge/import', body, format);
        expect(again.body.counts, JSON.stringify(again.body.rejected)).toMatchObject({
          received: rows.length,
          unchanged: rows.length,
        });
        const bySerial = await importText('/v1/records/gauge/import?key=serial', body, format);
        expect(bySerial.body.counts).toMatchObject({ received: rows.length, unchanged: rows.length });
      }),
      { numRuns: 25 },
    );
  });

  it('gives NDJSON rows with the values as they are, and leaves out what is unset', async () => {
    const row = { external_id: 'X-1', name: '"2": 3', count: 7, colours: ['red'], note: 'é\u2028' };
    await call('POST', '/v1/records/gauge/import', { body: [row] });
    const { body } = await exported('/v1/records/gauge?filter[external_id]=X-1', 'ndjson');
    expect(JSON.parse(body)).toEqual(row);
    const csv = await exported('/v1/records/gauge?filter[external_id]=X-1', 'csv');
    expect(csv.body.split('\n')[0]).toBe(
      'external_id,sync_key,name,reading,count,live,taken_on,taken_at,colours,marks,note,serial,beside',
    );
  });

  it('takes the format in the address too, as a link that a browser follows has no header of its own', async () => {
    await call('POST', '/v1/records/gauge/import', { body: [{ external_id: 'F-1' }] });
    const headers = { accept: 'text/html,*/*;q=0.8' };
    for (const path of ['/v1/records/gauge', '/v1/links/policy.contacts']) {
      for (const format of ['ndjson', 'csv'] as const) {
        const linked = await call('GET', `${path}?format=${format}`, { headers });
        expect(linked.headers.get('content-type'), path).toContain(media[format]);
        expect(linked.body).toBe((await exported(path, format)).body);
      }
      expect((await call('GET', `${path}?format=xml`, { headers })).status).toBe(400);
    }
    expect((await call('GET', '/v1/records/gauge?format=csv&sort=name', { headers })).body.code).toBe(
      'parameter_invalid',
    );
  });

  it('points by external id where there is one, else by number', async () => {
    const other = (await call('POST', '/v1/records/gauge', { body: { fields: {} } })).body.record.number;
    await call('POST', '/v1/records/gauge/import', {
      body: [
        { external_id: 'P-1' },
        { external_id: 'P-2', beside: 'external_id:P-1' },
        { external_id: 'P-3', beside: other },
      ],
    });
    const { body } = await exported('/v1/records/gauge?filter[external_id][in]=P-2,P-3', 'ndjson');
    const rows = body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line).beside);
    expect(rows).toEqual(['external_id:P-1', String(other)]);
  });

  it('gives every record, however many, once, and no deleted one; or as many as limit says', async () => {
    const rows = Array.from({ length: 5200 }, (_, index) => ({ external_id: `M-${index}`, phone: 'm' }));
    await call('POST', '/v1/records/contact/import', { body: rows });
    await call('DELETE', '/v1/records/contact/external_id:M-7');
    const keysOf = (body: string): string[] =>
      body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).external_id);
    const all = keysOf((await exported('/v1/records/contact?filter[phone]=m', 'ndjson')).body);
    expect(all).toEqual(rows.map((row) => row.external_id).filter((key) => key !== 'M-7'));
    const some = keysOf((await exported('/v1/records/contact?filter[phone]=m&limit=2500', 'ndjson')).body);
    expect(some).toEqual(all.slice(0, 2500));
    const none = await exported('/v1/records/contact?filter[phone]=none', 'csv');
    expect(none.body.split('\n')).toHaveLength(2);
  });

  it('keeps memory flat: a piece ends where its bytes do', async () => {
    const note = 'x'.repeat(700_000);
    for (const n of [1, 2, 3, 4, 5, 6, 7])
      await call('PATCH', `/v1/records/gauge/external_id:B-${n}`, { body: { fields: { note, name: 'big' } } });
    const outcome = await hub.export(admin, {
      ...{ kind: 'records', type: 'gauge', format: 'ndjson', limit: null },
      filters: [{ field: 'name', op: 'eq', value: 'big' }],
    });
    if (outcome.kind !== 'exporting') throw new Error(outcome.kind);
    const sizes: number[] = [];
    for await (const text of outcome.text) sizes.push(text.length);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(3_000_000);
  });

  it('refuses what an export cannot have, and who may not read', async () => {
    for (const parameter of ['cursor=x', 'sort=name', 'include=links', 'limit=0', 'filter[nothing]=1']) {
      expect((await exported(`/v1/records/contact?${parameter}`, 'ndjson')).status, parameter).toBe(400);
    }
    expect((await exported('/v1/records/nothing', 'csv')).status).toBe(404);
    const key = await call('POST', '/v1/keys', { body: { label: 'x', role: 'member', grants: { claim: ['read'] } } });
    const headers = { accept: media.ndjson };
    const as = key.body.secret;
    expect((await call('GET', '/v1/records/contact', { as, headers })).body.code).toBe('grant_missing');
    expect((await call('GET', '/v1/links/claim.contacts', { as, headers })).body.code).toBe('grant_missing');
    expect((await call('GET', '/v1/links/claim.nothing', { headers })).body.code).toBe('unknown_link');
  });

  it('gives links as an import of links takes them', async () => {
    const contacts = Array.from({ length: 2300 }, (_, index) => ({ external_id: `K-${index}` }));
    await call('POST', '/v1/records/contact/import', { body: contacts });
    await call('POST', '/v1/records/policy/import', { body: [{ external_id: 'PO-1' }, { policy_number: 'no id' }] });
    const roles = [{ role: 'Broker' }, { role: null }, { role: 5, attributes: { since: 2020, note: '"1": ' } }];
    const links = contacts.map(({ external_id: key }, index) => ({
      left: 'external_id:PO-1',
      right: `external_id:${key}`,
      ...roles[index % 3],
    }));
    const headers = { 'content-type': media.ndjson };
    const path = '/v1/links/policy.contacts';
    const made = await call('POST', `${path}/import`, {
      body: links.map((one) => JSON.stringify(one)).join('\n'),
      headers,
    });
    expect(made.body.counts, JSON.stringify(made.body.rejected[0])).toMatchObject({ created: 2300 });
    const stored = (await exported(path, 'ndjson')).body.trim().split('\n').length;
    expect(stored).toBeGreaterThanOrEqual(2300);
    for (const format of ['ndjson', 'csv'] as const) {
      const { body } = await exported(path, format);
      const again = await importText(`${path}/import`, body, format);
      expect(again.body.counts, format).toMatchObject({ received: stored, unchanged: stored });
    }
    const plain = await exported('/v1/links/claim.files', 'csv');
    expect(plain.body.split('\n')[0]).toBe('left,right');
    const few: Json[] = (await exported(`${path}?limit=3`, 'ndjson')).body.trim().split('\n');
    expect(few).toHaveLength(3);
  });
});
