// The invariants that a single process cannot show: one key is one record, whichever server and dialect it comes through.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub, testSecretKey } from '../fresh-hub.ts';
import { type ServerProcess, startServer } from '../server-process.ts';

type Answer = { status: number; body: Record<string, unknown> };

describe('two server processes on one database', () => {
  let fresh: FreshHub;
  let servers: ServerProcess[];
  let database: pg.Client;

  beforeAll(async () => {
    fresh = await freshHub();
    const args = ['--database-url', fresh.databaseUrl];
    servers = await Promise.all([1, 2].map(() => startServer(args, { KEYWAY_SECRET_KEY: testSecretKey })));
    database = new pg.Client({ connectionString: fresh.databaseUrl });
    await database.connect();
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.end();
    await fresh.close();
  });

  async function call(index: number, method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${servers[index % 2]?.url}${path}`, {
      method,
      headers: {
        authorization: 'Bearer kw_demo_admin',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  const many = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => make(index)));

  it('makes one record of 64 simultaneous upserts of one new key, and says created once', async () => {
    for (const key of ['race-1', 'race-2', 'race-3']) {
      const answers = await many(64, (index) =>
        call(index, 'PATCH', `/v1/records/contact/external_id:${key}`, { fields: { name: 'Ada' } }),
      );
      expect(answers.filter(({ body }) => body.outcome === 'created')).toHaveLength(1);
      expect(answers.filter(({ body }) => body.outcome === 'unchanged')).toHaveLength(63);
      expect(new Set(answers.map(({ body }) => (body.record as { id: string }).id)).size).toBe(1);
    }
    const { rows } = await database.query("select count(*)::int as count from record where external_id like 'race-%'");
    expect(rows[0]).toEqual({ count: 3 });
  });

  it('makes one record when the key is a further match field', async () => {
    const answers = await many(64, (index) =>
      call(index, 'PATCH', '/v1/records/claim/claim_number:CLM-RACE', { fields: { external_id: `claim-race` } }),
    );
    expect(answers.filter(({ body }) => body.outcome === 'created')).toHaveLength(1);
    expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
    const keys = await database.query("select number from record_key where value = 'CLM-RACE'");
    expect(keys.rows).toHaveLength(1);
  });

  it('gives a unique value to one of many records that ask for it at once', async () => {
    const answers = await many(40, (index) =>
      call(index, 'PATCH', `/v1/records/policy/external_id:unique-${index}`, { fields: { policy_number: 'POL-ONE' } }),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'key_taken')).toHaveLength(39);
  });

  it('loses no update: every acknowledged change has a version and a change row of its own', async () => {
    const answers = await many(100, (index) =>
      call(index, 'PATCH', '/v1/records/contact/external_id:counted', { fields: { phone: `${index}` } }),
    );
    const acknowledged = answers.filter(({ body }) => body.outcome !== 'unchanged');
    const versions = acknowledged.map(({ body }) => (body.record as { version: number }).version);
    expect(new Set(versions).size).toBe(acknowledged.length);
    const { rows } = await database.query(
      `select c.version from change c join record r using (workspace_id, number)
       where r.external_id = 'counted' and c.kind in ('created', 'updated') order by c.version`,
    );
    expect(rows.map((row) => Number(row.version))).toEqual([...versions].sort((a, b) => a - b));
  });

  it('makes one link of 64 simultaneous ones, and keeps a one-side single', async () => {
    await many(6, (index) => call(index, 'PATCH', `/v1/records/account/external_id:acc-${index}`, { fields: {} }));
    await call(0, 'PATCH', '/v1/records/contact/external_id:linked', { fields: {} });
    const same = await many(64, (index) =>
      call(index, 'PUT', '/v1/records/account/external_id:acc-0/links/contacts/external_id:linked', {}),
    );
    expect(same.filter(({ body }) => body.outcome === 'created')).toHaveLength(1);
    // account to contacts is one to many: of six accounts that claim the contact at once, one has it in the end.
    const claims = await many(60, (index) =>
      call(index, 'PUT', `/v1/records/account/external_id:acc-${index % 6}/links/contacts/external_id:linked`, {}),
    );
    expect(claims.filter(({ status }) => status >= 400)).toEqual([]);
    const links = await call(0, 'GET', '/v1/records/contact/external_id:linked/links/accounts');
    expect(links.body.items).toHaveLength(1);
  });

  it('deletes once, and revives once', async () => {
    await call(0, 'PATCH', '/v1/records/contact/external_id:phoenix', { fields: { name: 'Fawkes' } });
    const deletes = await many(20, (index) => call(index, 'DELETE', '/v1/records/contact/external_id:phoenix'));
    expect(deletes.filter(({ status }) => status < 300)).toHaveLength(1);
    expect(deletes.filter(({ status }) => status === 404)).toHaveLength(19);
    const back = await many(20, (index) =>
      call(index, 'PATCH', '/v1/records/contact/external_id:phoenix', { fields: {} }),
    );
    expect(back.filter(({ body }) => body.outcome === 'revived')).toHaveLength(1);
    expect(back.filter(({ body }) => body.outcome === 'unchanged')).toHaveLength(19);
  });

  it('shows a schema change of one server to the writes of the other at once', async () => {
    const grades = [{ value: 'gold' }];
    const schema = (await call(0, 'GET', '/v1/schema')).body as {
      types: { partner: { fields: Record<string, unknown> } };
    };
    schema.types.partner.fields.tier = { type: 'enum', options: grades };
    expect((await call(0, 'PUT', '/v1/schema', schema)).status).toBe(200);
    const write = await call(1, 'PATCH', '/v1/records/partner/external_id:tiered', { fields: { tier: 'gold' } });
    expect(write.status).toBe(201);
  });

  it('keeps mixed bursts of crossing records, links and deletes free of errors and deadlocks', async () => {
    const keys = Array.from({ length: 12 }, (_, index) => `mix-${index}`);
    const pick = (index: number, step: number): string => keys[(index * step + 1) % keys.length] ?? 'mix-0';
    const answers = await many(600, (index) => {
      const [one, other] = [pick(index, 7), pick(index, 5)];
      if (index % 4 === 0)
        return call(index, 'PATCH', `/v1/records/contact/external_id:${one}`, { fields: { name: `${index}` } });
      if (index % 4 === 1)
        return call(index, 'PATCH', `/v1/records/account/external_id:${other}`, { fields: { industry: `${index}` } });
      if (index % 4 === 2) {
        return call(index, 'PUT', `/v1/records/account/external_id:${one}/links/contacts/external_id:${other}`, {});
      }
      return call(index, index % 16 === 3 ? 'DELETE' : 'GET', `/v1/records/contact/external_id:${other}`);
    });
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const { rows } = await database.query(`
      select count(*)::int as count from link l join record r on r.number in (l.left_number, l.right_number) and r.workspace_id = l.workspace_id
      where r.deleted_at is not null`);
    expect(rows[0]).toEqual({ count: 0 });
  });
});
