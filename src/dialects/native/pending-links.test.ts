import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, type Json, reasons } from './test-client.ts';

describe('links that wait for their records', async () => {
  const { call } = await demoServer();
  const address = (claim: string, contact: string): string =>
    `/v1/records/claim/external_id:${claim}/links/contacts/external_id:${contact}`;
  const put = (claim: string, contact: string, body: object = {}, as = 'admin'): Promise<Answer> =>
    call('PUT', address(claim, contact), { body: { onMissing: 'defer', ...body }, as });
  const make = (type: string, key: string): Promise<Answer> =>
    call('PATCH', `/v1/records/${type}/external_id:${key}`, { body: { fields: {} } });
  const pending = async (query: string): Promise<Json[]> =>
    (await call('GET', `/v1/links/pending?${query}`)).body.items;

  it('are answered 202, listed, and joined when the last record is there', async () => {
    const asked = await put('P-1', 'Q-1', { role: 'Broker', attributes: { since: 2020 } });
    expect([asked.status, asked.body.outcome]).toEqual([202, 'deferred']);
    expect(asked.body.link).toMatchObject({
      link: 'claim.contacts',
      left: { type: 'claim', ref: 'external_id:P-1', missing: true },
      right: { type: 'contact', ref: 'external_id:Q-1', missing: true },
      role: 'Broker',
      state: 'waiting',
      via: 'native',
    });
    const days = (Date.parse(asked.body.link.expires_at) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    const again = await put('P-1', 'Q-1', { role: 'Broker', attributes: { since: 2020 } });
    expect([again.status, again.body.outcome]).toEqual([202, 'unchanged']);
    expect(await pending('waits_for=external_id:Q-1')).toEqual([again.body.link]);

    await make('contact', 'Q-1');
    await make('claim', 'P-1');
    const { body } = await call('GET', '/v1/records/claim/external_id:P-1/links');
    expect(body.items).toMatchObject([{ role: 'Broker', attributes: { since: 2020 } }]);
    expect((await put('P-1', 'Q-1', { role: 'Broker' })).body).toMatchObject({ outcome: 'unchanged', replaced: [] });
    expect(await pending('waits_for=external_id:Q-1')).toEqual([]);
    const history = await call('GET', '/v1/records/claim/external_id:P-1/history');
    expect(history.body.items[0]).toMatchObject({ kind: 'linked', request_id: asked.body.link.request_id });
  });

  it('are linked at once when both records are there, and refused as before without onMissing', async () => {
    expect((await call('PUT', address('none', 'none'), { body: {} })).status).toBe(404);
    await make('contact', 'Q-2');
    await make('claim', 'P-2');
    expect((await put('P-2', 'Q-2')).status).toBe(201);
  });

  it('end when they are to, and say which times are none', async () => {
    const soon = await put('P-3', 'Q-3', { expires_in: 3600 });
    expect(Date.parse(soon.body.link.expires_at) - Date.now()).toBeLessThanOrEqual(3_600_000);
    const at = '2099-12-31T12:00:00.000Z';
    expect((await put('P-3', 'Q-3', { expires_at: at })).body).toMatchObject({
      outcome: 'deferred',
      link: { expires_at: at },
    });
    for (const [body, path] of [
      [{ expires_at: 'tomorrow' }, 'expires_at'],
      [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
      [{ expires_at: at, expires_in: 5 }, 'expires_in'],
      [{ expires_in: 0 }, 'expires_in'],
      [{ onMissing: 'error', expires_in: 5 }, 'expires_in'],
      [{ onMissing: 'wait' }, 'onMissing'],
    ] as const) {
      const answer = await put('P-3', 'Q-3', body);
      expect([answer.status, reasons(answer)], path).toEqual([400, [['member_invalid', path]]]);
    }
  });

  it('are taken back by unlinking, and by number', async () => {
    for (const role of ['Broker', 'Witness']) await put('P-4', 'Q-4', { role });
    const unlinked = await call('DELETE', `${address('P-4', 'Q-4')}?role=Broker`);
    expect(unlinked.body).toMatchObject({ outcome: 'unlinked', removed: [], withdrawn: [{ role: 'Broker' }] });
    const [left] = await pending('waits_for=external_id:P-4&state=waiting');
    expect(left.role).toBe('Witness');
    expect((await call('DELETE', `/v1/links/pending/${left.number}`, { as: 'member' })).status).toBe(403);
    expect((await call('DELETE', `/v1/links/pending/${left.number}`)).body).toEqual({ outcome: 'removed' });
    const gone = await call('DELETE', `/v1/links/pending/${left.number}`);
    expect([gone.status, reasons(gone)]).toEqual([404, [['unknown_pending_link', 'path.pending']]]);
    expect((await call('DELETE', address('P-4', 'Q-4'))).status).toBe(404);
  });

  it('come in bulk as well, count as held, and let the import balance', async () => {
    const rows = [
      { left: 'external_id:P-5', right: 'external_id:Q-5', role: 'Broker' },
      { left: 'external_id:P-5', right: 'external_id:Q-5', role: 'Broker' },
      { left: 'external_id:P-5', right: 'external_id:Q-6', onMissing: 'error' },
      { left: 'external_id:P-5', right: '999999999' },
      { left: 'external_id:P-6', right: 'external_id:Q-6' },
      { left: 'external_id:P-6', right: 'external_id:Q-6', action: 'unlink' },
    ];
    const { body } = await call('POST', '/v1/links/claim.contacts/import?onMissing=defer', { body: rows });
    expect(body.counts).toMatchObject({ received: 6, held: 2, unchanged: 1, rejected: 2, updated: 1, created: 0 });
    const kept = await call('GET', `/v1/imports/${body.import}`);
    expect(kept.body).toMatchObject({ kind: 'links', on_missing: 'defer', counts: body.counts });
    const records = [{ external_id: 'P-5' }, { external_id: 'P-6' }];
    await call('POST', '/v1/records/claim/import', { body: records });
    await call('POST', '/v1/records/contact/import', { body: [{ external_id: 'Q-5' }, { external_id: 'Q-6' }] });
    expect((await call('GET', '/v1/records/claim/external_id:P-5/links')).body.items).toHaveLength(1);
    expect((await call('GET', '/v1/records/claim/external_id:P-6/links')).body.items).toHaveLength(0);
  });

  it('are listed by link type, state and key, in pages', async () => {
    for (let n = 0; n < 3; n++) await put('P-7', `Q-7${n}`);
    const first = await call('GET', '/v1/links/pending?waits_for=external_id:P-7&limit=2');
    expect(first.body.items).toHaveLength(2);
    const second = await call('GET', `/v1/links/pending?waits_for=external_id:P-7&limit=2&cursor=${first.body.next}`);
    expect([second.body.items.length, second.body.next]).toEqual([1, null]);
    expect(await pending('link=policy.contacts')).toEqual([]);
    expect(await pending('state=refused')).toEqual([]);
    for (const [query, code, path] of [
      ['link=claim.nothing', 'unknown_link', 'query.link'],
      ['waits_for=5001', 'parameter_invalid', 'query.waits_for'],
      ['state=late', 'parameter_invalid', 'query.state'],
      ['cursor=abc', 'cursor_invalid', 'query.cursor'],
    ]) {
      expect(reasons(await call('GET', `/v1/links/pending?${query}`)), query).toEqual([[code, path]]);
    }
  });

  it('are done once under an Idempotency-Key', async () => {
    const once = () =>
      call('PUT', address('P-8', 'Q-8'), { body: { onMissing: 'defer' }, headers: { 'idempotency-key': 'wait' } });
    const first = await once();
    expect([first.status, first.body.outcome]).toEqual([202, 'deferred']);
    expect((await once()).body).toEqual(first.body);
  });
});
