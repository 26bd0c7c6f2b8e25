import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { keyway } from '../../../test/keyway-process.ts';

let server: FreshServer;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  server = await freshServer();
  folder = await mkdtemp(join(tmpdir(), 'keyway-audit-'));
  env = {
    ...{ KEYWAY_URL: server.url, KEYWAY_API_KEY: 'kw_demo_admin', DATABASE_URL: server.databaseUrl },
    KEYWAY_SECRET_KEY: 'a secret key for tests, of 32 characters and more',
  };
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => keyway(args, { env });

describe('keyway audit', () => {
  it('lists who did what, also from the command line, without the secrets that it showed', async () => {
    const key = await run('keys', 'create', '--label', 'ERP\u001b[2K nightly', '--role', 'power');
    expect(key).toMatchObject({ code: 0, stderr: '' });
    const [, secret = ''] = /Bearer token: +(\S+)/.exec(key.stdout) ?? [];
    expect(secret).toMatch(/^kw_.{40,}/);
    const [, id = ''] = /Key: +(\d+)/.exec(key.stdout) ?? [];
    await run('users', 'create', '--email', 'eva@keyway.test', '--grant', 'claim=read');
    await run('keys', 'revoke', id);
    const audit = await run('audit', '--limit', '3');
    expect(audit).toMatchObject({ code: 0, stderr: '' });
    const [head, ...rows] = audit.stdout.trim().split('\n');
    expect(head).toMatch(/^AT +BY +THROUGH +ACTION +OF +CHANGE$/);
    expect(rows.map((row) => row.slice(21).replaceAll(/ {2,}/g, '  '))).toEqual([
      expect.stringMatching(
        /^Command line {2}cli {2}key_revoked {2}key ERP\\u001b\[2K nightly {2}kind: bearer, role: power, grants: \{\}, principal_id: \d+$/,
      ),
      'Command line  cli  user_created  user eva@keyway.test  role: member, email: eva@keyway.test, grants: {"claim":["read"]}',
      expect.stringMatching(
        /^Command line {2}cli {2}key_created {2}key ERP.*kind: bearer, role: power, grants: \{\}, principal_id: \d+$/,
      ),
    ]);
    const all = await run('audit', '--json', '--limit', '1000');
    expect(all.stdout).not.toContain(secret);
    expect(JSON.parse(all.stdout)[0]).toMatchObject({ action: 'key_revoked', via: 'cli', before: { kind: 'bearer' } });
  });

  it('is filtered, and written to a file as a whole', async () => {
    const one = await run(
      'audit',
      '--action',
      'user_created',
      '--concerned',
      'user:Member',
      '--since',
      '2000-01-01T00:00:00Z',
    );
    expect(one.stdout.trim().split('\n')).toHaveLength(2);
    expect((await run('audit', '--until', '2000-01-01T00:00:00Z')).stdout.trim().split('\n')).toHaveLength(1);
    const file = join(folder, 'audit.csv');
    expect(await run('audit', '--out', file)).toMatchObject({ code: 0, stdout: '' });
    expect((await readFile(file, 'utf8')).split('\n')[0]).toMatch(/^number,at,action,/);
    const lines = (await run('audit', '--format', 'ndjson')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).action)).toContain('workspace_created');
  });

  it('says what is wrong', async () => {
    const action = await run('audit', '--action', 'key_made');
    expect([action.code, action.stderr]).toEqual([1, expect.stringContaining('There is no action "key_made"')]);
    const member = await keyway(['audit'], { env: { ...env, KEYWAY_API_KEY: 'kw_demo_power' } });
    expect([member.code, member.stderr]).toEqual([1, expect.stringContaining('This is for admin only')]);
  });
});
