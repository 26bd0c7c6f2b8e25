/** The commands beside `serve`, as processes on one database. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { testSecretKey } from '../../test/fresh-hub.ts';
import { type FreshServer, freshServer } from '../../test/fresh-server.ts';
import { keyway } from '../../test/keyway-process.ts';
import type { SchemaDocument } from '../model/schema.ts';

let server: FreshServer;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await freshServer();
  folder = await mkdtemp(join(tmpdir(), 'keyway-commands-'));
  env = { DATABASE_URL: server.databaseUrl, KEYWAY_DATA: folder, KEYWAY_SECRET_KEY: testSecretKey };
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command in the demo workspace that must succeed. */
async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await keyway(args, { env });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

const schemaStatus = async (token: string): Promise<number> =>
  (await fetch(`${server.url}/v1/schema`, { headers: { Authorization: `Bearer ${token}` } })).status;

describe('keyway keys', () => {
  it('makes a key that opens the API, lists it without its secret, and revokes it', async () => {
    const made = await run('keys', 'create', '--workspace', 'Demo', '--label', 'nightly load', '--role', 'power');
    const id = /^Key: +(\d+) \(nightly load, power\)$/m.exec(made)?.[1] ?? '';
    const token = /^Bearer token: +(\S+)$/m.exec(made)?.[1] ?? '';
    expect(await schemaStatus(token)).toBe(200);

    const listed = await run('keys', 'list', '--workspace', 'Demo');
    expect(listed).toMatch(new RegExp(`^${id} +bearer +nightly load +`, 'm'));
    expect(listed).not.toContain(token);

    expect(await run('keys', 'revoke', id, '--workspace', 'Demo')).toBe(`Key ${id} is revoked.\n`);
    // A running server asks again after a second.
    await expect.poll(() => schemaStatus(token)).toBe(401);
    const again = await keyway(['keys', 'revoke', id, '--workspace', 'Demo'], { env });
    expect(again).toMatchObject({ code: 1, stderr: `keyway: There is no key ${id} that could be revoked.\n` });
  });

  it('names every flaw of its grants', async () => {
    const args = [
      'keys',
      'create',
      '--workspace',
      'Demo',
      '--label',
      'x',
      '--grant',
      'contact',
      '--grant',
      '*=read,fly',
    ];
    const { code, stderr } = await keyway(args, { env });
    expect(stderr).toBe(
      'keyway: --grant contact: must be TYPE=ACTION,… as contact=read,edit\n' +
        'keyway: --grant *=read,fly: fly is no action; there are read, create, edit, delete, force and attach:TYPE\n',
    );
    expect(code).toBe(64);
  });
});

describe('keyway users', () => {
  it('makes a user with a password of its own, once', async () => {
    const args = ['users', 'create', '--workspace', 'Demo', '--email', 'eva@keyway.test', '--role', 'power'];
    const made = await run(...args);
    const password = /^Password, shown this once: +(\S+)$/m.exec(made)?.[1] ?? '';
    const options = { workspace: null, shortName: false, from: '192.0.2.1', via: 'test', requestId: 'test' };
    expect(await server.hub.access.password('eva@keyway.test', password, options)).toMatchObject({ kind: 'one' });
    const again = await keyway(args, { env });
    expect(again).toMatchObject({ code: 1, stderr: 'keyway: There is a user eva@keyway.test already.\n' });
    expect(await run('users', 'list', '--workspace', 'Demo')).toMatch(
      /^\d+ +user +eva@keyway\.test +eva@keyway\.test +power$/m,
    );
  });

  it('takes the password from standard input', async () => {
    const args = ['users', 'create', '--workspace', 'Demo', '--email', 'kim@keyway.test', '--password-stdin'];
    const made = await keyway(args, { env, input: 'correct horse\n' });
    expect(made.code).toBe(0);
    expect(made.stdout).not.toContain('correct horse');
    const options = { workspace: null, shortName: false, from: '192.0.2.1', via: 'test', requestId: 'test' };
    expect(await server.hub.access.password('kim@keyway.test', 'correct horse', options)).toMatchObject({
      kind: 'one',
    });
  });
});

describe('keyway schema', () => {
  it('plans, applies and exports one document', async () => {
    const exported = await run('schema', 'export', '--workspace', 'Demo');
    const file = join(folder, 'schema.yaml');
    await writeFile(file, exported);
    expect(await run('schema', 'plan', file, '--workspace', 'Demo')).toBe(
      'No changes: the schema is as the file says.\n',
    );

    const changed = exported.replace(/^types:\n/m, 'types:\n  boat:\n    fields:\n      mast: { type: text }\n');
    await writeFile(file, changed);
    const plan = await keyway(['schema', 'plan', file, '--workspace', 'Demo'], { env });
    expect(plan.stdout).toMatch(/^\+ types\.boat/m);
    expect(plan.stdout).toMatch(/\n\d+ to add, 0 to change, 0 to remove\.\n$/);
    expect(plan.code).toBe(2);

    expect(await run('schema', 'apply', file, '--workspace', 'Demo')).toMatch(/\nApplied\.\n$/);
    const demo = await server.hub.access.workspace('Demo');
    if (demo === undefined) throw new Error('there is no demo workspace');
    await expect.poll(async () => [...(await server.hub.catalogue(demo.id)).types.keys()]).toContain('boat');
  });

  it('removes what holds data only when told to', async () => {
    const document = parse(await run('schema', 'export', '--workspace', 'Demo')) as SchemaDocument;
    delete document.types?.claim?.fields?.status;
    const file = join(folder, 'smaller.yaml');
    await writeFile(file, stringify(document));
    const refused = await keyway(['schema', 'apply', file, '--workspace', 'Demo'], { env });
    expect(refused.stdout).toMatch(/^- types\.claim\.fields\.status {2}# .*1 record/m);
    expect(refused.stderr).toMatch(/^keyway: types\.claim\.fields\.status: .*1 record/m);
    expect(refused.stderr).toMatch(/^keyway: Nothing was applied\. Add --allow-loss to lose this\.$/m);
    expect(refused.code).toBe(1);

    const removed = await run('schema', 'apply', file, '--allow-loss', '--workspace', 'Demo');
    expect(removed).toMatch(/\n0 to add, 0 to change, 1 to remove\.\nApplied\.\n$/);
  });

  it('says which index of a large type is not filled yet', async () => {
    const rows = Array.from({ length: 5_001 }, (_, index) => `{"external_id": "F-${index}"}`);
    const imported = await fetch(`${server.url}/v1/records/partner/import`, {
      method: 'POST',
      headers: { Authorization: 'Bearer kw_demo_admin', 'Content-Type': 'application/x-ndjson' },
      body: rows.join('\n'),
    });
    expect(imported.status).toBe(200);
    const document = parse(await run('schema', 'export', '--workspace', 'Demo')) as SchemaDocument;
    Object.assign(document.types?.partner?.fields ?? {}, { region: { type: 'text', filterable: true } });
    const file = join(folder, 'filterable.yaml');
    await writeFile(file, stringify(document));
    expect(await run('schema', 'apply', file, '--workspace', 'Demo')).toMatch(
      /\nApplied\.\nThe index of partner\.region is being filled by the server\. Until then .*\.\n$/,
    );
  });

  it.each([
    ['types: [', /^keyway: .*schema\.yaml is not YAML: /],
    ['types: { claim: { fields: { a: { type: colour } } } }', /^keyway: .*schema\.yaml: types\.claim\.fields\.a/],
    ['- 1', /^keyway: .*schema\.yaml: /],
  ])('says what is wrong with a document: %s', async (document, said) => {
    const file = join(folder, 'schema.yaml');
    await writeFile(file, document);
    const { code, stderr } = await keyway(['schema', 'plan', file, '--workspace', 'Demo'], { env });
    expect(stderr).toMatch(said);
    expect(code).toBe(1);
  });
});

describe('keyway workspaces', () => {
  it('makes a workspace with a key of its own', async () => {
    const made = await run('workspaces', 'create', 'Second');
    const key = /^Administrator key: +(\S+)$/m.exec(made)?.[1] ?? '';
    expect(await schemaStatus(key)).toBe(200);
    expect(await run('workspaces', 'list')).toMatch(/^\d+ +Second +[0-9a-f-]{36}$/m);
    const unclear = await keyway(['users', 'list'], { env });
    expect(unclear).toMatchObject({
      code: 64,
      stderr: 'keyway: Say which workspace with --workspace: Demo, Second.\n',
    });
    const unknown = await keyway(['users', 'list', '--workspace', 'Third'], { env });
    expect(unknown.stderr).toBe('keyway: There is no workspace Third; keyway workspaces list shows them.\n');
  });
});

describe('keyway', () => {
  it('migrates a database that needs it', async () => {
    expect(await run('migrate')).toMatch(/^The database is at schema \d+ already\.\n$/);
  });

  it('finds itself well, or says what is not', async () => {
    expect(await run('doctor')).not.toContain('FAILED');
    const ill = await keyway(['doctor'], { env: { ...env, DATABASE_URL: 'postgresql://127.0.0.1:1/x' } });
    expect(ill.stdout).toMatch(/^database +FAILED +Cannot reach the database at 127\.0\.0\.1:1\/x: /m);
    expect(ill.code).toBe(1);
  });

  it.each([
    [['sreve'], /unknown command 'sreve'/],
    [['keys', 'revoke'], /missing required argument 'ID'/],
    [['serve', 'now'], /now: nothing is expected here/],
    [['keys', 'list', '--demo'], /--demo: there is no such flag/],
  ])('refuses %j with 64', async (args, said) => {
    const { code, stdout, stderr } = await keyway(args);
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/^keyway: /);
    expect(stdout).toBe('');
    expect(code).toBe(64);
  });
});
