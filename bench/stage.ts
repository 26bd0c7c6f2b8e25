// What a benchmark runs on: a durable PostgreSQL (an embedded one in a temporary folder, or a database of its own on a given server),
// a Keyway server process with the demo, and what measures both.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { startEmbedded } from '../src/store/embedded/embedded.ts';
import { type BenchServer, startKeyway, startProcess } from './server.ts';

const run = promisify(execFile);

export const token = 'kw_demo_admin';

export type Size = {
  /** Records of the benchmarks of bulk and sets. */
  readonly records: number;
  /** Requests of one round of a benchmark of single calls. */
  readonly requests: number;
};

export type Stage = {
  readonly size: Size;
  /** For bodies and logs; removed at the end. */
  readonly folder: string;
  readonly databaseUrl: string;
  /** A session as the owner of the database, with PostgreSQL's own settings. */
  readonly database: pg.Client;
  readonly server: BenchServer;
  /** A new server process, so that its memory and its caches owe nothing to what ran before. */
  restart(): Promise<void>;
  /** A further Keyway on the same database. */
  another(): Promise<BenchServer>;
  /** A process of ours that is a limit. @param script in this folder. */
  limitProcess(script: string, args: readonly string[]): Promise<BenchServer>;
  /** The most memory that any Keyway process of this stage held since the last restart. */
  peakRssMb(): Promise<number>;
  /** Runs `work` while neither server nor database runs. Undefined where the database is not ours to stop. */
  readonly whileStopped: (<T>(work: (dataFolder: string) => Promise<T>) => Promise<T>) | undefined;
  /** Writes out what earlier work left to write, and refreshes statistics, so that it does not happen during the measurement. */
  settle(options?: { vacuum?: boolean }): Promise<void>;
  /** Megabytes of write-ahead log that `work` makes. */
  walOf<T>(work: () => Promise<T>): Promise<{ result: T; walMb: number }>;
  pgbench(scripts: readonly string[], options: { clients: number; seconds: number }): Promise<PgbenchResult>;
  close(): Promise<void>;
};

type PgbenchResult = { readonly perSecond: number; readonly meanMs: number };

export async function openStage(size: Size, givenUrl: string | undefined): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'keyway-bench-'));
  const dataFolder = join(folder, 'data');
  const log = join(folder, 'server.log');
  const place = givenUrl === undefined ? await embeddedPlace(dataFolder) : await placeOn(givenUrl);
  let database = await connected(place.url());
  const start = (): Promise<BenchServer> => startKeyway(['--demo', '--database-url', place.url()], log);
  let server = await start();
  const others: BenchServer[] = [];
  const limits: BenchServer[] = [];
  const stopOthers = async (): Promise<void> => {
    await Promise.all([...others.splice(0), ...limits.splice(0)].map((one) => one.stop()));
  };
  const stage: Stage = {
    size,
    folder,
    get databaseUrl() {
      return place.url();
    },
    get database() {
      return database;
    },
    get server() {
      return server;
    },
    async restart() {
      await stopOthers();
      await server.stop();
      server = await start();
    },
    async another() {
      const one = await start();
      others.push(one);
      return one;
    },
    async limitProcess(script, args) {
      const one = await startProcess([join(import.meta.dirname, script), ...args], log, {
        NODE_ENV: 'production',
        GRAPHILE_ENV: 'production',
        PARSE_SERVER_LOGS_FOLDER: 'null', // else one in the folder of whoever measures
      });
      limits.push(one);
      return one;
    },
    peakRssMb: async () => Math.max(...(await Promise.all([server, ...others].map((one) => one.peakRssMb())))),
    whileStopped:
      place.restart &&
      (async (work) => {
        await stopOthers();
        await server.stop();
        await database.end();
        await place.stop();
        try {
          return await work(dataFolder);
        } finally {
          await place.restart?.();
          database = await connected(place.url());
          server = await start();
        }
      }),
    async settle({ vacuum = false } = {}) {
      if (vacuum) await database.query('vacuum analyze');
      await database.query('checkpoint');
    },
    async walOf(work) {
      const position = async (): Promise<string> =>
        (await database.query('select pg_current_wal_insert_lsn() as lsn')).rows[0].lsn;
      const before = await position();
      const result = await work();
      const { rows } = await database.query('select pg_wal_lsn_diff($1::pg_lsn, $2::pg_lsn)::float8 as bytes', [
        await position(),
        before,
      ]);
      return { result, walMb: rows[0].bytes / 1e6 };
    },
    pgbench: (scripts, options) => pgbench(place.url(), folder, scripts, options),
    async close() {
      await stopOthers();
      await server.stop();
      await database.end();
      await place.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

type Place = { url(): string; stop(): Promise<void>; readonly restart: (() => Promise<void>) | undefined };

async function embeddedPlace(dataDir: string): Promise<Place> {
  let postgres = await startEmbedded({ dataDir });
  return {
    url: () => postgres.url,
    stop: () => postgres.stop(),
    async restart() {
      postgres = await startEmbedded({ dataDir });
    },
  };
}

async function placeOn(givenUrl: string): Promise<Place> {
  const name = `keyway_bench_${process.pid}_${Date.now()}`;
  const url = new URL(givenUrl);
  url.pathname = `/${name}`;
  const asked = async (statement: string): Promise<void> => {
    const client = await connected(givenUrl);
    await client.query(statement).finally(() => client.end());
  };
  await asked(`create database ${name}`);
  return { url: () => url.href, stop: () => asked(`drop database ${name} with (force)`), restart: undefined };
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: 'keyway bench' });
  await client.connect();
  return client;
}

/** Runs the scripts, each equally often, over tables of `limit-tables.ts` before the server's own. */
async function pgbench(
  url: string,
  folder: string,
  scripts: readonly string[],
  { clients, seconds }: { clients: number; seconds: number },
): Promise<PgbenchResult> {
  const files: string[] = [];
  for (const [index, script] of scripts.entries()) {
    const file = join(folder, `script-${index}.sql`);
    await writeFile(file, script);
    files.push('-f', file);
  }
  const { stdout } = await run(
    pgbenchPath(),
    ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), ...files, url],
    { env: { ...process.env, PGOPTIONS: '-c search_path=bench_limit,public' } },
  );
  return { perSecond: numberIn(stdout, /tps = ([\d.]+)/), meanMs: numberIn(stdout, /latency average = ([\d.]+)/) };
}

function numberIn(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`No ${pattern} in: ${text}`);
  return Number(found);
}

/** The package of PostgreSQL that the project embeds has no pgbench: Debian's is set up for the tests. */
function pgbenchPath(): string {
  const versions = '/usr/lib/postgresql';
  const found = existsSync(versions)
    ? readdirSync(versions)
        .map((version) => join(versions, version, 'bin/pgbench'))
        .find((path) => existsSync(path))
    : undefined;
  if (found === undefined)
    throw new Error("pgbench is not installed: node scripts/setup.mjs --test installs it, with Debian's PostgreSQL.");
  return found;
}
