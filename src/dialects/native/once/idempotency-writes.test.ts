// Every write of the native API, sent twice with one Idempotency-Key, is done once and answered as the first time.
import { describe, expect, it } from 'vitest';
import { query } from '../../../../test/steps.ts';
import { demoServer, type Json } from '../test-client.ts';

type Write = { readonly path: string; readonly body?: unknown; readonly headers?: Record<string, string> };

describe('an Idempotency-Key with any write', async () => {
  const { call, databaseUrl, document } = await demoServer();
  const runs = '/v1/interfaces/myendpoint/runs';
  const contact = (key: string): string => `/v1/records/contact/external_id:${key}`;
  const make = (key: string): Promise<Json> => call('PATCH', contact(key), { body: { fields: { name: key } } });
  const madeBy = async (path: string, body: object): Promise<Json> => (await call('POST', path, { body })).body;
  const set = (...rows: object[]): Promise<Json> => madeBy(runs, rows);
  const guard = (deletes: number | null) =>
    call('PATCH', '/v1/interfaces/myendpoint', { body: { guard: { deletes } } });
  const held = async (): Promise<Json> => {
    await guard(null);
    await set({ external_id: 'H-1' }, { external_id: 'H-2' });
    await guard(1);
    const run = await set();
    expect(run.state).toBe('held');
    return run;
  };
  const rejected = (): Promise<Json> => set({ external_id: 'R-1', length: 'long' });
  const link = '/v1/records/customer/660/links/contacts/external_id:L-1';
  const key = (label: string): Promise<Json> => madeBy('/v1/keys', { label });
  const user = (name: string) => ({ email: `${name}@example.test`, name, password: 'a long password' });
  const webhook = async (): Promise<number> =>
    (await madeBy('/v1/webhooks', { url: 'https://example.com/once' })).webhook.id;

  /** By the operation: a request that changes something, when all is prepared. */
  const writes: Record<string, () => Promise<Write>> = {
    createRecord: async () => ({ path: '/v1/records/contact', body: { fields: { name: 'Once' } } }),
    upsertRecord: async () => ({ path: contact('U-1'), body: { fields: { name: 'Once' } } }),
    async deleteRecord() {
      await make('D-1');
      return { path: contact('D-1') };
    },
    async mergeRecords() {
      await Promise.all([make('M-1'), make('M-2')]);
      return { path: `${contact('M-1')}/merge`, body: { from: 'external_id:M-2' } };
    },
    async eraseRecord() {
      await make('E-1');
      return { path: `${contact('E-1')}/erase` };
    },
    async linkRecords() {
      await make('L-1');
      return { path: link, body: {} };
    },
    unlinkRecords: async () => ({ path: link }),
    async removePendingLink() {
      const waiting = { body: { onMissing: 'defer' } };
      const { body } = await call('PUT', '/v1/records/customer/660/links/contacts/external_id:W-1', waiting);
      return { path: `/v1/links/pending/${body.link.number}` };
    },
    importRecords: async () => ({ path: '/v1/records/contact/import', body: [{ external_id: 'I-1' }] }),
    importLinks: async () => ({
      path: '/v1/links/customer.contacts/import',
      body: [{ left: '660', right: 'external_id:I-1' }],
    }),
    async revertImport() {
      const { import: id } = await madeBy('/v1/records/contact/import', [{ external_id: 'I-2' }]);
      return { path: `/v1/imports/${id}/revert` };
    },
    submitSet: async () => ({ path: runs, body: [{ external_id: 'S-1' }] }),
    async approveHeldDeletes() {
      const run = await held();
      return { path: `/v1/runs/${run.id}/approve`, body: { deletes: run.held.deletes } };
    },
    cancelHeldDeletes: async () => ({ path: `/v1/runs/${(await held()).id}/cancel` }),
    async revertRun() {
      await guard(null);
      return { path: `/v1/runs/${(await set({ external_id: 'S-2' })).id}/revert` };
    },
    async replayRun() {
      const { id } = await rejected();
      const headers = { 'content-type': 'application/x-ndjson' };
      return { path: `/v1/runs/${id}/replay`, body: '{"external_id": "R-1", "length": 1}', headers };
    },
    async replayElement() {
      const { id } = await rejected();
      return { path: `/v1/runs/${id}/elements/0/replay`, body: { external_id: 'R-1', length: 2 } };
    },
    async putSchema() {
      const { body } = await call('GET', '/v1/schema');
      return { path: '/v1/schema', body: { ...body, types: { ...body.types, gadget: { label: 'Gadget' } } } };
    },
    transferOwnership: async () => ({
      path: '/v1/ownership/transfer',
      body: { type: 'element', field: 'internal_note', owner: 'external' },
    }),
    createInterface: async () => ({
      path: '/v1/interfaces',
      body: { endpoint: 'once', name: 'Once', type: 'element' },
    }),
    changeInterface: async () => ({ path: '/v1/interfaces/once', body: { formats: ['csv'] } }),
    deleteInterface: async () => ({ path: '/v1/interfaces/once' }),
    clean: async () => ({ path: '/v1/retention/clean' }),
    createWebhook: async () => ({ path: '/v1/webhooks', body: { url: 'https://example.com/once' } }),
    changeWebhook: async () => ({ path: `/v1/webhooks/${await webhook()}`, body: { description: 'Once' } }),
    async replayWebhook() {
      const { items } = (await call('GET', '/v1/changes?after=&limit=1')).body;
      return { path: `/v1/webhooks/${await webhook()}/replay`, body: { after: items[0].cursor } };
    },
    deleteWebhook: async () => ({ path: `/v1/webhooks/${await webhook()}` }),
    createKey: async () => ({ path: '/v1/keys', body: { label: 'Once' } }),
    revokeKey: async () => ({ path: `/v1/keys/${(await key('Gone')).key.id}` }),
    createUser: async () => ({ path: '/v1/users', body: user('once') }),
    async changeUser() {
      const { id } = await madeBy('/v1/users', user('changed'));
      return { path: `/v1/users/${id}`, body: { role: 'power' } };
    },
    async disableUser() {
      const { id } = await madeBy('/v1/users', user('disabled'));
      return { path: `/v1/users/${id}` };
    },
  };

  const operations = Object.values<Json>(document.paths).flatMap((methods) =>
    Object.entries<Json>(methods)
      .filter(([method, { security }]) => method !== 'get' && security.length > 0)
      .map(([method, operation]) => ({ method: method.toUpperCase(), operation })),
  );
  const inOrder = Object.keys(writes).map((id) => {
    const found = operations.find(({ operation }) => operation.operationId === id);
    return { id, method: found?.method ?? '' };
  });

  it('is for every one that there is, and said of it in the OpenAPI document', () => {
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(Object.keys(writes).sort());
    for (const { operation } of operations) {
      const names = operation.parameters.map(({ name }: Json) => name);
      expect(names, operation.operationId).toContain('Idempotency-Key');
    }
  });

  /** All that is stored of the workspace, and who may come in. */
  const stored = async (): Promise<Json> => {
    const tables = await query<{ name: string }>(
      databaseUrl,
      `select table_name as name from information_schema.columns
       where table_schema = 'public' and column_name = 'workspace_id' order by 1`,
    );
    const digests = tables.map(
      ({ name }) => `select '${name}' as name, count(*), md5(string_agg(t::text, '' order by t::text)) from ${name} t`,
    );
    return query(databaseUrl, digests.join(' union all '));
  };

  it.each(inOrder)('does it once: $id', async ({ id, method }) => {
    const { path, body, headers = {} } = await (writes[id] as () => Promise<Write>)();
    const send = (more: Record<string, string> = {}) =>
      call(method, path, { body, headers: { ...headers, ...more, 'idempotency-key': `once ${id}` } });
    const first = await send();
    expect(first.status, JSON.stringify(first.body)).toBeLessThan(300);
    const before = await stored();
    const again = await send();
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    for (const name of ['location', 'content-type']) expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(await stored()).toEqual(before);

    const other = await send({ 'if-match': '"7"' });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(await stored()).toEqual(before);
  });

  it('keeps what is shown once where nobody can read it', async () => {
    const headers = { 'idempotency-key': 'sealed' };
    const make = () => call('POST', '/v1/keys', { body: { label: 'Sealed' }, headers });
    const { secret } = (await make()).body;
    expect((await make()).body.secret).toBe(secret);
    const [kept] = await query<{ all: string }>(
      databaseUrl,
      "select string_agg(t::text, '') as all from idempotency t where key = 'sealed'",
    );
    expect(kept?.all).toContain('sealed');
    expect(kept?.all).not.toContain(secret);
  });

  it('does not keep a refusal, and leaves the key to any other request', async () => {
    const headers = { 'idempotency-key': 'refused' };
    const change = () => call('PATCH', '/v1/interfaces/later', { body: { formats: ['csv'] }, headers });
    expect((await change()).status).toBe(404);
    await madeBy('/v1/interfaces', { endpoint: 'later', name: 'Later', type: 'element' });
    expect((await change()).status).toBe(200);
    const gone = { 'idempotency-key': 'refused, too' };
    expect((await call('DELETE', '/v1/keys/999999', { headers: gone })).status).toBe(404);
    expect((await call('PATCH', contact('K-1'), { body: { fields: {} }, headers: gone })).status).toBe(201);
  });

  it('is one request’s, of whatever kind', async () => {
    const headers = { 'idempotency-key': 'one of three' };
    expect((await call('POST', '/v1/keys', { body: { label: 'First' }, headers })).status).toBe(201);
    const others = [
      call('PATCH', contact('K-2'), { body: { fields: {} }, headers }),
      call('POST', runs, { body: [], headers }),
      call('POST', '/v1/records/contact/import', { body: [], headers }),
      call('POST', '/v1/users', { body: user('other'), headers }),
    ];
    for (const { status, body } of await Promise.all(others))
      expect([status, body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('makes one of 12 simultaneous requests', async () => {
    const headers = { 'idempotency-key': 'at once' };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => call('POST', '/v1/keys', { body: { label: 'At once' }, headers })),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.secret}`)).size).toBe(1);
    const { items } = (await call('GET', '/v1/keys')).body;
    expect(items.filter(({ label }: Json) => label === 'At once')).toHaveLength(1);
  });

  it('belongs to the principal who sent it, and plans need none', async () => {
    const headers = { 'idempotency-key': 'mine' };
    const change = (as: string) =>
      call('PATCH', '/v1/interfaces/myendpoint', { as, body: { overdue_after: '3h' }, headers });
    expect((await change('admin')).status).toBe(200);
    await call('PATCH', '/v1/interfaces/myendpoint', { body: { overdue_after: '4h' } });
    expect((await change('power')).body.overdue_after).toBe('3h');
    const plan = () => call('POST', '/v1/retention/clean?plan=true', { headers });
    expect((await plan()).body.outcome).toBe('planned');
  });
});
