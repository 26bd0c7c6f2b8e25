// A unique value that the database refuses again and again is no race: it is told as the fault that it is.
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import type { Json } from '../test-client.ts';

const lines: string[] = [];
const logger = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
const { url, databaseUrl, close } = await freshServer({ logger });
afterAll(close);

it('is an internal error, which the log has with the constraint, and never too many requests', async () => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  // A key of no record, as only a fault of ours can leave it.
  await client.query(
    `insert into record_key (workspace_id, type, field, value, number)
     select workspace_id, type, field, 'orphan', 999999999 from record_key k where value = 'CONTACT-2001'`,
  );
  await client.end();
  const send = (method: string, path: string, body: object) =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const single = await send('PATCH', '/v1/records/contact/sync_key:orphan', { fields: { name: 'x' } });
  expect([single.status, ((await single.json()) as Json).code]).toEqual([500, 'internal']);
  expect(lines.join('')).toContain('record_key');
  const rows = await send('POST', '/v1/records/contact/import?key=sync_key', [{ sync_key: 'orphan', name: 'x' }]);
  const { status, code, import: _, ...problem } = { status: rows.status, ...((await rows.json()) as Json) };
  expect([status, code]).toEqual([500, 'internal']);
  const kept = await fetch(`${url}/v1/imports/${problem.violations[0].import}`, {
    headers: { authorization: 'Bearer kw_demo_admin' },
  });
  expect(((await kept.json()) as Json).state).toBe('failed');
});
