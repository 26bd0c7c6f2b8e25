import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, reasons } from '../test-client.ts';

describe('webhooks', async () => {
  const { call } = await demoServer();
  const create = (body: object): Promise<Answer> => call('POST', '/v1/webhooks', { body });
  const url = 'https://example.com/hook';

  it('are made, read, changed and removed, and show their secret once', async () => {
    const made = await create({ url, types: ['contact'], events: ['record.created'], description: 'CRM' });
    expect([made.status, made.body.secret]).toEqual([201, expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/)]);
    const { id } = made.body.webhook;
    expect(made.headers.get('location')).toMatch(new RegExp(`/v1/webhooks/${id}$`));
    const read = await call('GET', `/v1/webhooks/${id}`);
    expect(read.body).toEqual(made.body.webhook);
    expect(read.body).toMatchObject({ url, types: ['contact'], state: 'active', failures: 0, next_attempt_at: null });
    const paused = await call('PATCH', `/v1/webhooks/${id}`, { body: { state: 'paused', events: [] } });
    expect(paused.body).toEqual({ ...read.body, state: 'paused', events: [] });
    expect((await call('GET', '/v1/webhooks')).body.items).toEqual([paused.body]);
    expect((await call('GET', `/v1/webhooks/${id}/deliveries`)).body).toEqual({ items: [], next: null });
    expect((await call('DELETE', `/v1/webhooks/${id}`)).body).toEqual({ outcome: 'deleted', id });
    expect((await call('GET', `/v1/webhooks/${id}`)).body.code).toBe('unknown_webhook');
  });

  it('are refused for what they cannot be, with the member', async () => {
    expect(reasons(await create({ url: 'https://10.0.0.1/' }))).toEqual([['webhook_invalid', 'url']]);
    expect(reasons(await create({ url: 'http://example.com/' }))).toEqual([['webhook_invalid', 'url']]);
    expect(reasons(await create({ url, types: ['nothing'] }))).toEqual([['webhook_invalid', 'types']]);
    expect(reasons(await create({ url, events: ['record.made'] }))).toEqual([['webhook_invalid', 'events']]);
    expect(reasons(await create({ url, after: 'nonsense' }))).toEqual([['webhook_invalid', 'after']]);
    expect(reasons(await create({ url, secret: 'mine' }))).toEqual([['unknown_member', 'secret']]);
    expect((await call('GET', '/v1/webhooks')).body.items).toEqual([]);
  });

  it('are replayed from a place, or one delivery of them', async () => {
    const { webhook } = (await create({ url })).body;
    const replay = (body: object): Promise<Answer> => call('POST', `/v1/webhooks/${webhook.id}/replay`, { body });
    const { items } = (await call('GET', '/v1/changes?after=&limit=1')).body;
    expect((await replay({ after: items[0].cursor })).body.after).toBe(items[0].cursor);
    expect((await replay({ delivery: '1.0' })).body.code).toBe('unknown_delivery');
    expect(reasons(await replay({}))).toEqual([['webhook_invalid', null]]);
    expect(reasons(await replay({ after: '', delivery: '1.0' }))).toEqual([['webhook_invalid', null]]);
    const unknown = await call('POST', '/v1/webhooks/999999/replay', { body: {} });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'unknown_webhook']);
  });

  it('are for power users and administrators', async () => {
    expect((await call('GET', '/v1/webhooks', { as: 'power' })).status).toBe(200);
    expect((await call('GET', '/v1/webhooks', { as: 'member' })).body.code).toBe('role_required');
  });
});
