import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '../../test/fresh-database.ts';
import { keyway, type ServingKeyway, serveKeyway } from '../../test/keyway-process.ts';
import { migrate } from '../store/migrate.ts';

let folder: string;
let serving: ServingKeyway | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyway-serve-'));
  await chmod(folder, 0o755);
});
afterEach(async () => {
  await serving?.stop();
  serving = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function serveIn(dataDir: string, ...args: string[]): Promise<ServingKeyway> {
  serving = await serveKeyway(['--data', dataDir, ...args]);
  return serving;
}

const schemaStatus = async (url: string, token: string): Promise<number> =>
  (await fetch(`${url}/v1/schema`, { headers: { Authorization: `Bearer ${token}`, Connection: 'close' } })).status;

describe('the first start', () => {
  it('says that it is ready, makes a workspace, and shows its administrator key once', async () => {
    const first = await serveIn(join(folder, 'data'));
    expect(first.output.stdout).toMatch(
      /^keyway ready http:\/\/127\.0\.0\.1:\d+\n\nWorkspace +Main \([0-9a-f-]{36}\)\n/,
    );
    const key = /^Administrator key +(\S+)$/m.exec(first.output.stdout)?.[1] ?? '';
    expect(await schemaStatus(first.url, key)).toBe(200);
    expect((await first.stop()).code).toBe(0);

    const second = await serveIn(join(folder, 'data'));
    expect(second.output.stdout).toBe(`keyway ready ${second.url}\n`);
    expect(await schemaStatus(second.url, key)).toBe(200);
    expect(second.output.stderr).not.toContain(key);
  });

  it('keeps a secret key in the data folder that only its user can read', async () => {
    await serveIn(join(folder, 'data'));
    const { mode, size } = await stat(join(folder, 'data', 'secret-key'));
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBeGreaterThan(32);
  });
});

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s ends with 0 and leaves the folder free', async (signal) => {
    const first = await serveIn(join(folder, 'data'));
    expect((await first.stop(signal)).code).toBe(0);
    const second = await serveIn(join(folder, 'data'));
    expect((await second.stop(signal)).code).toBe(0);
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
    expectRefusal(['--colour', 'red', '--body-limit-mb', '0'], { KEYWAY_SIZE: 'large' }, 2, [
      /^keyway: --colour: there is no such flag$/,
      /^keyway: --body-limit-mb: must be/,
      /^keyway: KEYWAY_SIZE: there is no such setting$/,
    ]));

  it('is the demo on an address that others can reach', () =>
    expectRefusal(['--demo', '--host', '0.0.0.0', '--data', folder], {}, 2, [
      /^keyway: --host: the demo credentials are/,
    ]));

  it('is on a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => other.once('listening', done));
    const { port } = other.address() as { port: number };
    await expectRefusal(['--port', String(port), '--data', join(folder, 'data')], {}, 1, [
      new RegExp(`^keyway: Port ${port} is in use on 127.0.0.1`),
    ]);
    other.close();
  });

  it('is on a folder that cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expectRefusal(['--data', join(folder, 'file', 'data')], {}, 1, [/^keyway: Cannot use the data folder /]);
  });

  it('is on a folder that another Keyway has', async () => {
    await serveIn(join(folder, 'data'));
    await expectRefusal(['--data', join(folder, 'data')], {}, 1, [
      /^keyway: The data folder .* is in use by process \d+$/,
    ]);
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
