import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { query } from '../../../../test/steps.ts';
import { type Answer, demoServer, type Json, reasons } from '../test-client.ts';

describe('GET /v1/audit', async () => {
  const { call, databaseUrl } = await demoServer();
  const audit = (query = '', accept = 'application/json'): Promise<Answer> =>
    call('GET', `/v1/audit${query}`, { headers: { accept } });
  const items = async (query = ''): Promise<Json[]> => (await audit(query)).body.items;
  const grants = { claim: ['read'] };

  it('tells who made a key, through which API and by which request, and nothing of its secret', async () => {
    const headers = { 'x-request-id': 'the-request-of-the-key' };
    const { body: made } = await call('POST', '/v1/keys', { body: { label: 'ERP nightly', role: 'power' }, headers });
    const [first] = await items();
    expect(first).toEqual({
      ...{ number: expect.any(Number), at: expect.any(String), action: 'key_created', via: 'native' },
      principal: { id: expect.any(Number), name: 'Administrator' },
      request_id: 'the-request-of-the-key',
      concerned: { kind: 'key', id: made.key.id, name: 'ERP nightly' },
      before: null,
      after: { kind: 'bearer', principal_id: made.key.principal_id, role: 'power', grants: {} },
    });
    expect(JSON.stringify(await items())).not.toContain(made.secret);
  });

  it('tells once of what is sent again with its Idempotency-Key', async () => {
    const again = { body: { label: 'Once' }, headers: { 'idempotency-key': 'audit-once' } };
    for (const _ of [1, 2]) await call('POST', '/v1/keys', again);
    expect(await items('?concerned=key:Once')).toHaveLength(1);
  });

  it('is filtered by action, principal, what was concerned, and time, and goes on page by page', async () => {
    const user = { email: 'zoe@keyway.test', name: 'Zoé: of "all", people', password: 'long enough', grants };
    const { body: made } = await call('POST', '/v1/users', { body: user });
    await call('PATCH', `/v1/users/${made.id}`, { body: { role: 'power', grants: {} } });
    const actionsOf = async (query: string) => (await items(query)).map(({ action }) => action);
    expect(await actionsOf(`?concerned=user:${made.id}`)).toEqual(['grants_changed', 'role_changed', 'user_created']);
    expect(
      await actionsOf(`?concerned=${encodeURIComponent(`user:${user.name}`)}&action=role_changed,user_created`),
    ).toEqual(['role_changed', 'user_created']);
    const me = (await call('GET', '/v1/me')).body.principal.id;
    expect(new Set((await items(`?principal=${me}`)).map(({ principal }) => principal.id))).toEqual(new Set([me]));
    expect(await items('?since=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await items('?until=0001-01-01T00:00:00Z')).toEqual([]);
    const walked: Json[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await audit(`?limit=2${cursor && `&cursor=${cursor}`}`);
      walked.push(...body.items);
      if (body.next === null) break;
      cursor = body.next;
    }
    expect(walked).toEqual(await items());
  });

  it('is exported as a whole, as NDJSON and as CSV', async () => {
    await call('POST', '/v1/keys', { body: { label: '=cmd()\n"x",' } });
    const all = await items();
    const lines = (await audit('?limit=1', 'application/x-ndjson')).body as string;
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(all);
    const csvOf = async (query: string): Promise<Json[]> => {
      const { headers, body } = await audit(query, 'text/csv');
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
      return parse(body, { columns: true });
    };
    const rows = await csvOf('');
    expect(rows).toHaveLength(all.length);
    expect(rows[0]).toEqual({
      ...{ number: String(all[0].number), at: all[0].at, action: 'key_created', via: 'native' },
      ...{ principal_id: String(all[0].principal.id), principal: 'Administrator', request_id: all[0].request_id },
      ...{ concerned_kind: 'key', concerned_id: String(all[0].concerned.id), concerned: '=cmd()\n"x",' },
      ...{ before: '', after: JSON.stringify(all[0].after) },
    });
    expect((await csvOf('?spreadsheet=true&action=key_created'))[0].concerned).toBe(`'=cmd()\n"x",`);
    expect(await csvOf('?action=webhook_removed')).toEqual([]);
  });

  it('is exported to its end, also where that is more than is read at once', async () => {
    await query(
      databaseUrl,
      `insert into access_event (workspace_id, at, via, request, action, concerned_kind, concerned_name)
       select workspace_id, date_trunc('milliseconds', now()), 'test', n::text, 'webhook_changed', 'webhook', 'many' from workspace, generate_series(1, 2500) n`,
      [],
    );
    for (const [accept, head] of [
      ['application/x-ndjson', 0],
      ['text/csv', 1],
    ] as const) {
      const lines = ((await audit('?action=webhook_changed', accept)).body as string).trim().split('\n').slice(head);
      expect(new Set(lines).size).toBe(2500);
    }
  });

  it.each([
    ['action=key_made', 'parameter_invalid', 'query.action'],
    ['action=', 'parameter_invalid', 'query.action'],
    ['concerned=record:5', 'parameter_invalid', 'query.concerned'],
    ['principal=Ada', 'parameter_invalid', 'query.principal'],
    ['since=yesterday', 'parameter_invalid', 'query.since'],
    ['until=2026-02-30T00:00:00Z', 'parameter_invalid', 'query.until'],
    ['limit=1001', 'parameter_invalid', 'query.limit'],
    ['cursor=nonsense', 'cursor_invalid', 'query.cursor'],
    ['from=2026-01-01', 'unknown_parameter', 'query.from'],
  ])('refuses ?%s', async (query, code, path) => {
    for (const accept of ['application/json', 'text/csv']) {
      const answer = await audit(`?${query}`, accept);
      expect([answer.status, reasons(answer)]).toEqual([400, [[code, path]]]);
    }
  });

  it('tells administrators, and not those whose deeds stand there', async () => {
    const { body } = await call('POST', '/v1/webhooks', { as: 'power', body: { url: 'https://example.com/power' } });
    expect((await items(`?concerned=webhook:${body.webhook.id}`))[0].principal.name).toBe('Power user');
    for (const as of ['power', 'member']) expect((await call('GET', '/v1/audit', { as })).status).toBe(403);
    expect((await call('GET', '/v1/audit', { as: null })).status).toBe(401);
  });
});
