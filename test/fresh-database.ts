// A database of its own for a test file, on the server of the project that runs it.
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { query } from './steps.ts';

export type FreshDatabase = { url: string; drop(): Promise<void> };

export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const server = inject('databaseUrl');
  await query(server, `create database ${name} strategy file_copy`); // see fresh-hub.ts
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await query(server, `drop database if exists ${name} with (force)`);
    },
  };
}
