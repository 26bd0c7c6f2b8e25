// What a benchmark runs on: a durable embedded PostgreSQL in a temporary folder, a server process with the demo, and pgbench beside it.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbedded } from '../src/store/embedded.ts';
import { type ServerProcess, startServer } from '../test/server-process.ts';

const run = promisify(execFile);

export type Stage = {
  readonly server: ServerProcess;
  readonly postgres: EmbeddedPostgres;
  readonly database: pg.Client;
  /** Transactions a second. @param scripts each run equally often. */
  pgbench(scripts: readonly string[], options: { clients: number; seconds: number }): Promise<PgbenchResult>;
  /** Peak memory of the server process so far. */
  peakRssMb(): Promise<number>;
  close(): Promise<void>;
};

type PgbenchResult = { readonly perSecond: number; readonly meanMs: number };

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'keyway-bench-'));
  const postgres = await startEmbedded({ dataDir: folder });
  const server = await startServer(['--demo', '--database-url', postgres.url], {
    KEYWAY_SECRET_KEY: 'a secret key for benchmarks, 32 characters or more',
  });
  const database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
  return {
    server,
    postgres,
    database,
    async pgbench(scripts, { clients, seconds }) {
      const files = await Promise.all(
        scripts.map(async (script, index) => {
          const file = join(folder, `script-${index}.sql`);
          await writeFile(file, script);
          return ['-f', file];
        }),
      );
      const { host, port, user, database: name } = postgres.connection;
      const { stdout } = await run(pgbenchPath(), [
        ...['-h', host, '-p', String(port), '-U', user, '-n', '-M', 'prepared'],
        ...['-c', String(clients), '-j', '1', '-T', String(seconds), ...files.flat(), name],
      ]);
      return { perSecond: numberIn(stdout, /tps = ([\d.]+)/), meanMs: numberIn(stdout, /latency average = ([\d.]+)/) };
    },
    async peakRssMb() {
      const status = await readFile(`/proc/${server.process.pid}/status`, 'utf8');
      return Math.round(numberIn(status, /VmHWM:\s+(\d+)/) / 1024);
    },
    async close() {
      await database.end();
      await server.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
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
