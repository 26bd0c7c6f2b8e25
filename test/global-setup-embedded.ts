// Gives the tests the embedded PostgreSQL, on a throw-away folder.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../src/store/embedded/embedded.ts';
import { keepTemporaryFilesInMemory } from './temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which the tests may make databases: see fresh-database.ts. */
    databaseUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  keepTemporaryFilesInMemory();
  const folder = await mkdtemp(join(tmpdir(), 'keyway-test-'));
  const postgres = await startEmbedded({ dataDir: folder, durable: false, maxConnections: 500 }); // some files have thirty open, and a machine may have many workers
  project.provide('databaseUrl', postgres.url);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
