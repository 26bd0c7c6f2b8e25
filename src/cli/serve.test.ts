import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../../test/fresh-database.ts';
import { keyway, type ServingKeyway, serveKeyway } from '../../test/keyway-process.ts';
import { readLockFile } from '../store/embedded/embedded.ts';
import { migrate } from '../store/postgres/migrate.ts';

const runInShell = promisify(execFile);

let folder: string;
/** Made once, as that takes longest. */
let dataDir: string;
let serving: ServingKeyway | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyway-serve-'));
  await chmod(folder, 0o755);
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  await serving?.stop();
  serving = undefined;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function serve(...args: string[]): Promise<ServingKeyway> {
  serving = await serveKeyway(['--data', dataDir, ...args]);
  return serving;
}

const schemaStatus = async (url: string, token: string): Promise<number> =>
  (await fetch(`${url}/v1/schema`, { headers: { Authorization: `Bearer ${token}`, Connection: 'close' } })).status;

describe('keyway serve', () => {
  it('makes a workspace at its first start, and shows the administrator key once', async () => {
    const first = await serve();
    expect(first.output.stdout).toMatch(
      /^keyway ready http:\/\/127\.0\.0\.1:\d+\n\nWorkspace +Main \([0-9a-f-]{36}\)\n/,
    );
    const key = /^Administrator key +(\S+)$/m.exec(first.output.stdout)?.[1] ?? '';
    expect(await schemaStatus(first.url, key)).toBe(200);
    const { mode, size } = await stat(join(dataDir, 'secret-key'));
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBeGreaterThan(32);
    expect((await first.stop('SIGTERM')).code).toBe(0);

    const second = await serve();
    expect(second.output.stdout).toBe(`keyway ready ${second.url}\n`);
    expect(await schemaStatus(second.url, key)).toBe(200);
    expect(second.output.stderr).not.toContain(key);
    expect((await second.stop('SIGINT')).code).toBe(0);
  });

  it('loads the demo, and prints calls that work and may be repeated', async () => {
    const { output } = await serve('--demo');
    expect(output.stdout).toContain('admin@keyway.test, power@keyway.test, member@keyway.test; password keyway-demo');
    const calls = output.stdout.split('\n').filter((line) => line.startsWith('curl '));
    expect(calls).toHaveLength(5);
    for (const call of [...calls, ...calls]) {
      const { stdout } = await runInShell('sh', ['-c', `curl() { command curl --fail "$@"; }; ${call}`]);
      expect(stdout).not.toBe('');
    }
  });

  it('lets other commands work on its database', async () => {
    await serve('--demo');
    const listed = await keyway(['users', 'list', '--workspace', 'Demo', '--data', dataDir]);
    expect(listed.stderr).toBe('');
    expect(listed.stdout).toContain('admin@keyway.test');
    expect((await keyway(['doctor', '--data', dataDir])).stdout).toMatch(
      /^database +ok +embedded, in use by a running server;/m,
    );
  });

  it('writes its log as JSON lines when told to', async () => {
    const { url, stop } = await serve('--json-log');
    await fetch(`${url}/nowhere?token=hush`, { headers: { 'X-Request-Id': 'r-1', Connection: 'close' } });
    const lines = (await stop()).stderr.trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries).toContainEqual(
      expect.objectContaining({ request: 'r-1', path: '/nowhere?token', status: 404, msg: 'request' }),
    );
  });

  it('ends with 1 when its database ends under it', async () => {
    const { ended } = await serve();
    const { pid = 0 } = (await readLockFile(join(dataDir, 'postgres-18'))) ?? {};
    expect(pid).toBeGreaterThan(0); // 0 would be all processes of ours
    process.kill(pid, 'SIGKILL');
    const { code, stderr } = await ended;
    expect(stderr).toContain('PostgreSQL ended unexpectedly');
    expect(code).toBe(1);
  });

  it('ends at once at a second signal', async () => {
    const { url, output, kill, ended } = await serve();
    const upload = connect(Number(new URL(url).port), '127.0.0.1'); // holds the first stop up
    upload.on('error', () => {});
    upload.write('POST /v1/schema HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n');
    await once(upload, 'data'); // it is told to go on
    kill('SIGTERM');
    await expect.poll(() => output.stderr).toContain('stopping');
    await sleep(400); // one that comes sooner is taken for the same
    kill('SIGTERM');
    expect((await ended).code).toBe(1);
  });
});

describe('a start that cannot be', () => {
  async function expectRefusal(
    args: string[],
    env: Record<string, string>,
    code: number,
    lines: RegExp[],
  ): Promise<void> {
    const run = await keyway(['serve', '--port', '0', ...args], { env });
    expect(run.stdout).toBe('');
    const said = run.stderr.split('\n').filter((line) => line.startsWith('keyway: '));
    expect(said).toHaveLength(lines.length);
    for (const [i, line] of lines.entries()) expect(said[i]).toMatch(line);
    expect(run.stderr).not.toMatch(/^\s+at /m);
    expect(run.code).toBe(code);
  }

  it('tells every wrong setting at once', () =>
    expectRefusal(['--colour', 'red', '--body-limit-mb', '0'], { KEYWAY_SIZE: 'large' }, 64, [
      /^keyway: --colour: there is no such flag$/,
      /^keyway: --body-limit-mb: must be/,
      /^keyway: KEYWAY_SIZE: there is no such setting$/,
    ]));

  it('is the demo on an address that others can reach', () =>
    expectRefusal(['--demo', '--host', '0.0.0.0', '--data', dataDir], {}, 64, [
      /^keyway: --host: the demo credentials are/,
    ]));

  it('is on a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => other.once('listening', done));
    const { port } = other.address() as { port: number };
    await expectRefusal(['--port', String(port), '--data', dataDir], {}, 1, [
      new RegExp(`^keyway: Port ${port} is in use on 127.0.0.1`),
    ]);
    other.close();
  });

  it('is on a folder that cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expectRefusal(['--data', join(folder, 'file', 'data')], {}, 1, [/^keyway: Cannot use the data folder /]);
  });

  it('is on a folder that another Keyway has', async () => {
    await serve();
    await expectRefusal(['--data', dataDir], {}, 1, [/^keyway: The data folder .* is in use by process \d+$/]);
  });

  it('is on a database that does not answer, which is told without its password', () =>
    expectRefusal(['--database-url', 'postgresql://ada:swordfish@127.0.0.1:1/x'], { KEYWAY_DATA: folder }, 1, [
      /^keyway: Cannot reach the database at 127\.0\.0\.1:1\/x: [^\n]*$/,
    ]));

  it('is on a database that a newer Keyway has migrated', async () => {
    const database = await freshDatabase();
    await migrate({ connectionString: database.url });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("insert into schema_migration values (9999, 'of the future', now())");
    await client.end();
    await expectRefusal(['--database-url', database.url], { KEYWAY_DATA: folder }, 1, [
      /^keyway: The database is at schema 9999, and this version of Keyway knows only up to \d+/,
    ]);
    await database.drop();
  });
});
