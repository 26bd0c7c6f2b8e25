import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, type Json, reasons } from '../test-client.ts';

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

  it('wait with their stamps, removals too, and end in the newest, in whatever order they come', async () => {
    const remove = (query: string, as = 'admin') => call('DELETE', `${address('P-9', 'Q-9')}?${query}`, { as });
    const removal = await remove('source_version=5&onMissing=defer&expires_in=3600');
    expect([removal.status, removal.body]).toMatchObject([
      202,
      { outcome: 'deferred', link: { removes: true, stamp: { source_version: 5 }, role: null } },
    ]);
    const soon = Date.parse(removal.body.link.expires_at) - Date.now();
    expect(soon).toBeLessThanOrEqual(3_600_000);
    expect((await remove('source_version=5&onMissing=defer&expires_in=3600')).body.outcome).toBe('unchanged');
    const older = await put('P-9', 'Q-9', { role: 'Broker', source_version: 4 });
    expect([older.status, older.body]).toMatchObject([200, { outcome: 'stale', link: null }]);
    const newer = await put('P-9', 'Q-9', { role: 'Broker', source_version: 6 });
    expect([newer.status, newer.body]).toMatchObject([
      202,
      { outcome: 'deferred', link: { removes: false, stamp: { source_version: 6 } } },
    ]);
    await make('claim', 'P-9');
    await make('contact', 'Q-9');
    const { body } = await call('GET', '/v1/records/claim/external_id:P-9/links');
    expect(body.items).toMatchObject([{ role: 'Broker' }]);
    expect((await remove('source_version=5&onMissing=defer')).body).toMatchObject({ outcome: 'stale' });
    expect(await pending('waits_for=external_id:P-9')).toEqual([]);
  });

  it('that are removals wait for a stamp, for those who may link, and by no force', async () => {
    const remove = (query: string, as = 'admin') => call('DELETE', `${address('P-10', 'Q-10')}?${query}`, { as });
    for (const [query, path] of [
      ['onMissing=defer', 'query.onMissing'],
      ['onMissing=defer&source_version=1&force=true', 'query.onMissing'],
      ['onMissing=wait&source_version=1', 'query.onMissing'],
      ['expires_in=5&source_version=1', 'query.expires_in'],
      ['onMissing=defer&source_version=1&expires_at=tomorrow', 'query.expires_at'],
    ] as const) {
      const answer = await remove(query);
      expect([answer.status, reasons(answer)], query).toEqual([400, [['parameter_invalid', path]]]);
    }
    expect((await remove('onMissing=defer&source_version=1', 'member')).status).toBe(403);
    expect((await remove('source_version=1')).status).toBe(404);
    expect(await pending('waits_for=external_id:P-10')).toEqual([]);
  });

  it('that are removals are planned, and applied by their plan', async () => {
    const at = `${address('P-11', 'Q-11')}?source_version=2&onMissing=defer&expires_in=3600`;
    const planned = await call('DELETE', `${at}&plan=true`);
    expect(planned.body).toMatchObject({ items: [{ action: 'defer', link: { before: { role: null }, after: null } }] });
    expect(await pending('waits_for=external_id:P-11')).toEqual([]);
    const done = await call('DELETE', `${at}&plan_id=${planned.body.plan_id}`);
    expect([done.status, done.body.outcome]).toEqual([202, 'deferred']);
  });

  it('come in bulk with stamps: rows that unlink wait as well', async () => {
    const at = { left: 'external_id:P-12', right: 'external_id:Q-12', role: 'Broker' };
    const rows = [
      { ...at, action: 'unlink', '@source_version': 3 },
      { ...at, '@source_version': 2 },
      { ...at, role: 'Witness', '@source_version': 2 },
    ];
    const { body } = await call('POST', '/v1/links/claim.contacts/import?onMissing=defer', { body: rows });
    expect(body.counts).toMatchObject({ received: 3, held: 2, superseded: 1 });
    await make('claim', 'P-12');
    await make('contact', 'Q-12');
    const links = await call('GET', '/v1/records/claim/external_id:P-12/links');
    expect(links.body.items).toMatchObject([{ role: 'Witness' }]);
  });
});
