// Gives the tests the oldest PostgreSQL that Keyway supports: TEST_DATABASE_URL, else a throw-away cluster of the
// system's PostgreSQL 15, or of the oldest newer one that is installed.
import { readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { accountFor, collectLines, ended, endWithKeyway, spawnAs } from '../src/store/embedded/embedded-binaries.ts';
import './global-setup-embedded.ts'; // declares what is provided
import { keepTemporaryFilesInMemory } from './temporary-folder.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  keepTemporaryFilesInMemory();
  const given = process.env.TEST_DATABASE_URL;
  const server = given ? { url: given, stop: async () => {} } : await startInstalled(findInstalled());
  project.provide('databaseUrl', server.url);
  return server.stop;
}

function findInstalled(): string {
  const root = '/usr/lib/postgresql'; // Debian's place
  let versions: number[] = [];
  try {
    versions = readdirSync(root).map(Number);
  } catch {
    // there is none
  }
  const oldest = Math.min(...versions.filter((version) => version >= 15));
  if (!Number.isFinite(oldest)) {
    throw new Error(
      `no PostgreSQL 15 or newer in ${root}: run node scripts/setup.mjs --test, or set TEST_DATABASE_URL`,
    );
  }
  return join(root, String(oldest), 'bin');
}

async function startInstalled(bin: string): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'keyway-test-'));
  const account = accountFor(folder);
  if (account !== undefined) await chown(folder, account.uid, account.gid);

  const initdb = spawnAs(account, folder, join(bin, 'initdb'), [
    ...['-D', folder, '-U', 'keyway', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
  ]);
  const initLines = collectLines(initdb);
  if ((await ended(initdb)).code !== 0) throw new Error(`initdb failed: ${initLines.join('\n')}`);

  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    max_connections: 500, // some files have thirty open, and a machine may have many workers
    shared_buffers: '256MB',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_wal_size: '2GB',
    jit: 'off',
    timezone: 'UTC',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const postgres = spawnAs(account, folder, join(bin, 'postgres'), ['-D', folder, ...args]);
  const lines = collectLines(postgres);
  const end = ended(postgres);
  endWithKeyway(postgres, end);
  const url = `postgresql://keyway@localhost/postgres?host=${encodeURIComponent(folder)}`;
  while (!(await accepts(url))) {
    if (postgres.exitCode !== null) throw new Error(`postgres did not start: ${lines.join('\n')}`);
    await sleep(20);
  }
  return {
    url,
    async stop() {
      postgres.kill('SIGINT');
      await end;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
