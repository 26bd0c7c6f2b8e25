import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, readLockFile, sharedMegabytes, startEmbedded } from './embedded.ts';
import {
  type Account,
  accountFor,
  collectLines,
  ended,
  isAlive,
  makeFolder,
  processIn,
  spawnAs,
} from './embedded-binaries.ts';

let made: string; // a data folder with a database in it; to make one takes a second, to copy it a tenth
let folder: string;
let running: EmbeddedPostgres[] = [];
let children: ChildProcess[] = [];

beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'keyway-embedded-'));
  await (await startEmbedded({ dataDir: made })).stop();
});

afterAll(() => rm(made, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyway-embedded-')); // of mode 700
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(running.map((postgres) => postgres.stop()));
  for (const dataDir of readdirSync(folder)) await untilNoServer(join(folder, dataDir));
  running = [];
  children = [];
  await rm(folder, { recursive: true, force: true });
});

const start = async (dataDir: string): Promise<EmbeddedPostgres> => {
  const postgres = await startEmbedded({ dataDir });
  running.push(postgres);
  return postgres;
};

async function copyMade(dataDir: string): Promise<string> {
  await cp(made, dataDir, { recursive: true });
  return dataDir;
}

async function query(postgres: EmbeddedPostgres, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query({ text: statement, rowMode: 'array' });
  await client.end();
  return rows.flat();
}

type Writer = {
  child: ChildProcess;
  lines: string[];
  end: Promise<unknown>;
  committed(): number;
  postmaster(): number;
};

/** Starts durable-writer.ts, which starts PostgreSQL and writes; as the account where one is given. */
function startWriter(dataDir: string, account?: Account): Writer {
  const program = fileURLToPath(new URL('../../../test/durable-writer.ts', import.meta.url));
  const child = spawnAs(account, account === undefined ? '/' : folder, process.execPath, [program, dataDir]);
  children.push(child);
  // As they come: only the last of the lines are kept.
  const said = new Map<string, number>();
  const lines = collectLines(child, (line) => {
    const [, word = '', number] = /^(postmaster|committed) (\d+)$/.exec(line) ?? [];
    said.set(word, Number(number));
  });
  return {
    child,
    lines,
    end: ended(child),
    committed: () => said.get('committed') ?? 0,
    postmaster() {
      const pid = said.get('postmaster');
      if (pid === undefined) throw new Error('The writer has not said which process PostgreSQL is'); // 0 would be all of ours
      return pid;
    },
  };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waitedMs = 0; !holds(); waitedMs += 5) {
    if (waitedMs > 60_000) throw new Error(`waited in vain: ${what}`);
    await sleep(5);
  }
}

async function untilNoServer(dataDir: string): Promise<void> {
  const cluster = join(dataDir, 'postgres-18');
  const pid = (await readLockFile(cluster))?.pid;
  if (pid !== undefined) await until('the server ends', () => processIn(cluster, pid) === undefined);
}

describe('the embedded PostgreSQL', () => {
  it('keeps what was written over a stop and a start', async () => {
    const dataDir = await copyMade(join(folder, 'data'));
    const first = await start(dataDir);
    await query(first, `create table kept as select 'ä€' as text`);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start(dataDir);
    expect(await query(second, 'select text from kept')).toEqual(['ä€']);
  });

  it('is durable, and reached by no network', async () => {
    const postgres = await start(await copyMade(join(folder, 'data')));
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'server_encoding'];
    const values = await Promise.all(settings.map((name) => query(postgres, `show ${name}`)));
    expect(values.flat()).toEqual(['on', 'on', 'on', '', 'UTF8']);
    expect(statSync(postgres.connection.host).mode & 0o777).toBe(0o700);
    const version = await query(postgres, `select current_setting('server_version_num')::int / 10000`);
    expect(version).toEqual([18]);
  });

  it.each([
    { machine: 1, shared: 128 },
    { machine: 4, shared: 256 },
    { machine: 10, shared: 640 },
    { machine: 64, shared: 1024 },
  ])('keeps pages in a sixteenth of the memory of a machine of $machine GiB, within bounds', ({ machine, shared }) => {
    expect(sharedMegabytes(machine * 1024 ** 3)).toBe(shared);
  });

  it('works in a data folder whose path is too long for a socket', async () => {
    const postgres = await start(join(folder, 'a-name-of-some-length'.repeat(5), 'data'));
    expect(await query(postgres, 'select 1')).toEqual([1]);
    await postgres.stop();
    expect(existsSync(postgres.connection.host)).toBe(false);
  });

  it('is refused a folder that another Keyway uses', async () => {
    const dataDir = await copyMade(join(folder, 'data'));
    await start(dataDir);
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({
      name: 'EmbeddedError',
      code: 'data_dir_in_use',
      message: expect.stringContaining(`by process ${process.pid}`),
    });
  });

  it('lets one of two first starts win', async () => {
    const writers = [startWriter(join(folder, 'data')), startWriter(join(folder, 'data'))];
    await until('one of them ends', () => writers.some(({ child }) => child.exitCode !== null));
    const [loser, winner] = writers[0]?.child.exitCode === null ? writers.reverse() : writers;
    await loser?.end;
    expect(loser?.lines.join('\n')).toContain('data_dir_in_use');
    await until('the other one writes', () => (winner?.committed() ?? 0) > 0);
  });

  it('finds the folder, and those above it, that another one makes at the same moment', async () => {
    const dataDir = join(folder, 'above', 'data');
    const account = accountFor(dataDir);
    expect(await Promise.all([makeFolder(dataDir, account), makeFolder(dataDir, account)])).toEqual([dataDir, dataDir]);
    await rm(join(folder, 'above'), { recursive: true });
  });

  it('says that it cannot write into the folder', async () => {
    // The system denies a folder in /proc by saying that its parent is missing.
    for (const dataDir of ['/dev/null/data', '/dev/null', ...(process.platform === 'linux' ? ['/proc/keyway'] : [])]) {
      await expect(startEmbedded({ dataDir })).rejects.toMatchObject({ code: 'data_dir_unwritable' });
    }
  });
});

describe('after kill -9 of Keyway', () => {
  it.runIf(process.platform === 'linux')('a PostgreSQL that is just ending is waited for', async () => {
    const dataDir = await copyMade(join(folder, 'data'));
    const cluster = join(dataDir, 'postgres-18');
    // The system shows no command of a process that is ending.
    const ending = spawn('cat', [], { argv0: '', cwd: cluster, stdio: ['pipe', 'ignore', 'ignore'] });
    children.push(ending);
    const lines = [ending.pid, cluster, 0, 5432, cluster, '', '', 'stopping'];
    await writeFile(join(cluster, 'postmaster.pid'), `${lines.join('\n')}\n`);
    const starting = start(dataDir);
    await Promise.race([starting, sleep(100)]);
    ending.stdin.end();
    expect(await query(await starting, 'select 1')).toEqual([1]);
  });

  it('PostgreSQL ends, and no acknowledged row is lost', async () => {
    const dataDir = await copyMade(join(folder, 'data'));
    for (let round = 1, committed = 0; round <= 4; round += 1) {
      const writer = startWriter(dataDir);
      await until('it writes', () => writer.committed() >= committed + 100);
      writer.child.kill('SIGKILL');
      await writer.end;
      committed = writer.committed();
      if (round % 2 === 0) {
        await until(
          'PostgreSQL ends',
          () => processIn(join(dataDir, 'postgres-18'), writer.postmaster()) === undefined,
        );
      } // else the next start finds it at work
      const postgres = await start(dataDir);
      const [count] = await query(postgres, `select count(*)::int from written where number <= ${committed}`);
      expect(count).toBe(committed);
      await postgres.stop();
    }
  });

  it('a first start that was cut short is begun anew', async () => {
    const dataDir = join(folder, 'data');
    const writer = startWriter(dataDir);
    const unfinished = (): string | undefined =>
      existsSync(dataDir) ? readdirSync(dataDir).find((name) => name.startsWith('postgres-18.new-')) : undefined;
    await until('initdb writes', () => existsSync(join(dataDir, unfinished() ?? '', 'base')));
    writer.child.kill('SIGKILL');
    await writer.end;
    expect(existsSync(join(dataDir, 'postgres-18'))).toBe(false);
    const postgres = await start(dataDir);
    expect(await query(postgres, 'select 1')).toEqual([1]);
  });
});

it('after kill -9 of PostgreSQL itself, its leftovers do not prevent the next start', async () => {
  const dataDir = await copyMade(join(folder, 'data'));
  for (let round = 1; round <= 3; round += 1) {
    const writer = startWriter(dataDir);
    await until('it writes', () => writer.committed() > 0);
    process.kill(writer.postmaster(), 'SIGKILL');
    await writer.end; // of the lost connection
    const postgres = await start(dataDir);
    expect(await query(postgres, 'select count(*) >= 1 from written')).toEqual([true]);
    await postgres.stop();
  }
});

it('serves an ordinary user, in a folder that is closed to others', async () => {
  const account = accountFor(folder); // an ordinary user where the tests run as root; else we are one ourselves
  const home = join(folder, 'home');
  await mkdir(home);
  await chmod(home, 0o700);
  if (account !== undefined) await chown(home, account.uid, account.gid);
  const writer = startWriter(join(home, 'data'), account);
  await until('it writes', () => writer.committed() > 0 || writer.child.exitCode !== null);
  expect(writer.lines.at(-1)).toMatch(/^committed/);
  expect(statSync(join(home, 'data/postgres-18')).uid).toBe(account?.uid ?? process.geteuid?.());
  writer.child.kill('SIGKILL');
  await untilNoServer(join(home, 'data'));
});
