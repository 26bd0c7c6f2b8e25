import { describe, expect, it } from 'vitest';
import { demoServer, type Json } from '../test-client.ts';

describe('importing links', async () => {
  const { call } = await demoServer();
  const post = (rows: readonly unknown[], query = '', link = 'claim.contacts', as = 'admin') =>
    call('POST', `/v1/links/${link}/import${query}`, {
      body: rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
      as,
    });
  for (const [type, name] of [
    ['claim', 'CL'],
    ['contact', 'CO'],
    ['opportunity', 'OP'],
    ['account', 'AC'],
  ] as const) {
    const rows = Array.from({ length: 5 }, (_, index) => ({ external_id: `${name}-${index}` }));
    await call('POST', `/v1/records/${type}/import`, { body: rows });
  }
  const rolesOf = async (claim: string): Promise<unknown[]> => {
    const { body } = await call('GET', `/v1/records/claim/external_id:${claim}/links/contacts`);
    return body.items.map(({ role, attributes }: Json) => [role, attributes]);
  };

  it('links by references on both sides, then reports unchanged, then updates', async () => {
    const rows = [0, 1, 2].map((n) => ({ left: `external_id:CL-${n}`, right: `external_id:CO-${n}`, role: 'Broker' }));
    expect((await post(rows)).body.counts).toMatchObject({ received: 3, created: 3 });
    expect((await post(rows)).body.counts).toMatchObject({ received: 3, unchanged: 3 });
    const changed = [
      { ...rows[0], newRole: 'witness' },
      { ...rows[1], attributes: { since: 2020 } },
      { ...rows[2], role: 1 },
    ];
    expect((await post(changed)).body.counts).toMatchObject({ updated: 2, created: 1 });
    expect(await rolesOf('CL-0')).toEqual([['Witness', {}]]);
    expect(await rolesOf('CL-1')).toEqual([['Broker', { since: 2020 }]]);
    expect(await rolesOf('CL-2')).toEqual([
      ['Broker', {}],
      ['Claimant', {}],
    ]);
  });

  it('takes plain keys of a match field that is named for a side', async () => {
    const made = await post([{ left: 'CL-3', right: 'CO-3' }], '?left_key=external_id&right_key=external_id');
    expect(made.body.counts.created).toBe(1);
    const number = (await call('GET', '/v1/records/contact/external_id:CO-3')).body.number;
    expect((await post([{ left: 'CL-3', right: number }], '?left_key=external_id')).body.counts.unchanged).toBe(1);
    expect((await post([], '?right_key=phone')).body.violations[0]).toMatchObject({
      code: 'not_a_match_field',
      path: 'query.right_key',
    });
  });

  it('removes links: one that there was counts as updated, one that there was not as unchanged', async () => {
    const pair = { left: 'external_id:CL-4', right: 'external_id:CO-4' };
    const rows = [
      { ...pair, role: 'Broker' },
      { ...pair, role: 'Insured', action: 'link' },
      { ...pair, role: 'Broker', action: 'unlink' },
      { ...pair, role: 'Broker', action: 'unlink' },
    ];
    expect((await post(rows)).body.counts).toMatchObject({ received: 4, created: 2, updated: 1, unchanged: 1 });
    expect(await rolesOf('CL-4')).toEqual([['Insured', {}]]);
  });

  it('replaces what a side with one place held, row after row', async () => {
    const rows = [0, 1].map((n) => ({ left: `external_id:AC-${n}`, right: 'external_id:OP-0' }));
    expect((await post(rows, '', 'account.opportunities')).body.counts.created).toBe(2);
    const { body } = await call('GET', '/v1/records/opportunity/external_id:OP-0/links/accounts');
    expect(body.items).toHaveLength(1);
  });

  it('reads CSV and a JSON array as it reads NDJSON', async () => {
    const csv =
      'left,right,role\r\nexternal_id:CL-0,external_id:CO-4,Adjuster\r\nexternal_id:CL-1,external_id:CO-4,\\N\r\n';
    const asCsv = await call('POST', '/v1/links/claim.contacts/import', {
      body: csv,
      headers: { 'content-type': 'text/csv' },
    });
    expect(asCsv.body.counts.created).toBe(2);
    const rows = [
      { left: 'external_id:CL-0', right: 'external_id:CO-4', role: 'adjuster' },
      { left: 'external_id:CL-1', right: 'external_id:CO-4', role: null },
    ];
    const asJson = await call('POST', '/v1/links/claim.contacts/import', { body: rows });
    expect(asJson.body.counts.unchanged).toBe(2);
  });

  it('says of each row that it rejects where in the row the reason is', async () => {
    const rows = [
      { left: 'external_id:none', right: 'external_id:gone' },
      { left: 'external_id:CL-0', right: 'external_id:CO-0', role: 'Friend' },
      { left: 'CL-0', right: 'external_id:CO-0' },
      { left: 'external_id:CL-0', right: 'external_id:CO-0', attributes: { deep: {} } },
      { left: 'external_id:CL-0', right: 'external_id:CO-0', rol: 'x' },
      { left: 'external_id:CL-0' },
      { left: 'external_id:CL-0', right: 'external_id:CO-0', action: 'cut' },
      '[]',
    ];
    const { body } = await post(rows);
    expect(body.counts).toMatchObject({ received: 8, rejected: 8 });
    const shown = body.rejected.map(({ violations }: Json) => violations.map(({ code, path }: Json) => [code, path]));
    expect(shown).toEqual([
      [
        ['record_not_found', 'left'],
        ['record_not_found', 'right'],
      ],
      [['unknown_role', 'role']],
      [['row_unreadable', null]],
      [['value_invalid', 'attributes.deep']],
      ...Array.from({ length: 4 }, () => [['row_unreadable', null]]),
    ]);
    expect(body.rejected[0].key).toBe('none gone');
    expect(body.rejected[4].violations[0].message).toMatch(/onMissing, @as_of, @source_version\.$/);
  });

  it('refuses before it reads a row what no row could make good', async () => {
    for (const link of ['claim.nothing', 'nothing.contacts', 'contacts']) {
      const { status, body } = await post([], '', link);
      expect([status, body.violations[0].path], link).toEqual([404, 'path.link']);
    }
    expect((await post([], '', 'claim.contacts', 'member')).body.code).toBe('grant_missing');
    expect((await post([{}], '', 'element.contacts')).body.counts.rejected).toBe(1);
  });

  it('is kept, and goes on', async () => {
    const { body } = await post([{ left: 'external_id:CL-0', right: 'external_id:CO-1' }], '?left_key=sync_key');
    const kept = (await call('GET', `/v1/imports/${body.import}`)).body;
    expect(kept).toMatchObject({
      kind: 'links',
      link: 'claim.contacts',
      left_key: 'sync_key',
      type: null,
      rows_done: 1,
    });
    const other = await post([], `?import=${body.import}`);
    expect(other.body).toMatchObject({ code: 'import_mismatch' });
  });
});
