import { describe, expect, it } from 'vitest';
import { query } from '../../../../test/steps.ts';
import { demoServer, type Json } from '../test-client.ts';

describe('the deliveries of a webhook', async () => {
  const { call, databaseUrl } = await demoServer();
  const made = await call('POST', '/v1/webhooks', { body: { url: 'https://example.com/hook' } });
  const { id } = made.body.webhook;

  /** As if it had been told of these items of the feed, the first of them first. */
  async function tell(items: readonly Json[]): Promise<void> {
    for (const { commit, row, kind } of items)
      await query(
        databaseUrl,
        `insert into webhook_delivery (workspace_id, webhook, commit, row, event, state, attempts, attempted_at)
         select workspace_id, webhook, $2::bigint, $3, $4, 'delivered', 1, '2026-01-01'::timestamptz + $2::bigint * interval '1 s'
         from webhook where webhook = $1`,
        [id, commit, row, kind],
      );
  }

  /** What the feed says of what `change` did, and what the deliveries of that say. */
  async function toldOf(change: () => Promise<unknown>, kinds = ''): Promise<{ items: Json[]; told: Json[] }> {
    const { next } = (await call('GET', '/v1/changes?limit=1')).body;
    await change();
    const { items } = (await call('GET', `/v1/changes?after=${next}&limit=100${kinds}`)).body;
    await tell(items);
    const { body } = await call('GET', `/v1/webhooks/${id}/deliveries?limit=${items.length}`);
    const ofItem = (item: Json) => body.items.find((one: Json) => one.id === `${item.commit}.${item.row}`)?.change;
    return { items, told: items.map(ofItem) };
  }

  it('say which record each was of, and which of its fields changed', async () => {
    const { items, told } = await toldOf(async () => {
      await call('PATCH', '/v1/records/contact/external_id:D-1', { body: { fields: { name: 'Ann', phone: '1' } } });
      await call('PATCH', '/v1/records/contact/external_id:D-1', {
        body: { fields: { phone: null, email: 'a@b.test' } },
      });
      await call('DELETE', '/v1/records/contact/external_id:D-1');
    });
    expect(told.map(({ kind, type, record }) => ({ kind, type, record }))).toEqual(
      items.map(({ kind, type, record }) => ({ kind, type, record })),
    );
    expect(told.map(({ kind }) => kind)).toEqual(['created', 'updated', 'deleted']);
    expect(told[1].changed.toSorted()).toEqual(['email', 'phone']);
    expect(told[1]).toMatchObject({ link: null, interface: null, run: null });
    expect(told[1]).not.toHaveProperty('after'); // values may be large, and are in the feed
  });

  it('say which records a link joins', async () => {
    const path = '/v1/records/policy/67890/links/contacts';
    const { items, told } = await toldOf(async () => {
      await call('PUT', `${path}/106`, { body: { role: 'Broker' } });
      await call('DELETE', `${path}/106?role=Broker`);
    });
    expect(told.map(({ kind, link }) => [kind, link])).toEqual(items.map(({ kind, link }) => [kind, link]));
    expect(told.map(({ kind }) => kind)).toEqual(['linked', 'unlinked']);
    expect(told[0].link).toMatchObject({
      link: 'policy.contacts',
      left: { type: 'policy' },
      right: { type: 'contact' },
    });
  });

  it('say what of a link changed', async () => {
    const path = '/v1/records/customer/660/links/contacts/106';
    const { told } = await toldOf(async () => {
      for (const role of ['Family', 'Influencer']) await call('PUT', path, { body: { role } });
    });
    expect(told.map(({ kind, changed }) => [kind, changed])).toEqual([
      ['linked', ['role']],
      ['relinked', ['role']],
    ]);
  });

  it('say which run and interface an event is of', async () => {
    const { items, told } = await toldOf(
      () => call('POST', '/v1/interfaces/myendpoint/runs', { body: [{ external_id: 'D-2', name: 'Pump' }] }),
      '&kind=created,run_applied',
    );
    expect(told.map(({ kind, interface: endpoint, run }) => [kind, endpoint, run])).toEqual([
      ['created', null, items[0].run],
      ['run_applied', 'myendpoint', items[0].run],
    ]);
    expect(told[1]).toMatchObject({ type: 'element', record: null, link: null, changed: [] });
  });

  it('say nothing of what is no longer kept', async () => {
    const { items } = await toldOf(() =>
      call('PATCH', '/v1/records/contact/external_id:D-3', { body: { fields: { name: 'Bo' } } }),
    );
    await query(databaseUrl, 'delete from change where batch = (select batch from commit where commit = $1)', [
      items[0].commit,
    ]);
    const { body } = await call('GET', `/v1/webhooks/${id}/deliveries?limit=1`);
    expect(body.items).toMatchObject([{ event: 'created', state: 'delivered', change: null }]);
  });

  it('say nothing of a type that the schema no longer has', async () => {
    const schema = (await call('GET', '/v1/schema')).body;
    await call('PUT', '/v1/schema', { body: { ...schema, types: { ...schema.types, kite: {} } } });
    const { told } = await toldOf(() =>
      call('PATCH', '/v1/records/kite/external_id:K-1', { body: { fields: { name: 'Red' } } }),
    );
    expect(told).toMatchObject([{ kind: 'created', type: 'kite' }]);
    await call('PUT', '/v1/schema?allow_loss=true', { body: schema });
    const { body } = await call('GET', `/v1/webhooks/${id}/deliveries?limit=1`);
    expect(body.items[0].change).toBe(null);
  });
});
