/** Brings a database to this version's schema: numbered SQL files, each once, in order, in one transaction under a lock. */
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import type { Connection } from './database.ts';

const folder = new URL('../migrations/', import.meta.url);

/** Any constant will do, so long as every Keyway server uses the same. */
const migrationLock = 5_391_229_301;

/** The database was migrated by a newer Keyway than this one. */
export class NewerSchema extends Error {
  readonly code = 'newer_schema';
  constructor(stored: number, known: number) {
    super(
      `The database is at schema ${stored}, and this version of Keyway knows only up to ${known}. Start the newer version, or restore a backup made before it.`,
    );
    this.name = 'NewerSchema';
  }
}

export type Migration = { readonly number: number; readonly name: string; readonly sql: string };

export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      number: Number(name.slice(0, 4)),
      name,
      sql: await readFile(new URL(name, folder), 'utf8'),
    })),
  );
}

export async function migrate(connection: Connection): Promise<{ from: number; to: number }> {
  const migrations = await readMigrations();
  const known = migrations.at(-1)?.number ?? 0;
  const client = new pg.Client({ ...connection, application_name: 'keyway migrate', connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // a lost connection also fails the query that is under way
  await client.connect();
  try {
    await createRole(client);
    await client.query('begin');
    // Held until the commit: of two servers that start at once, the second waits and then finds nothing to do.
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query(
      'create table if not exists schema_migration (number integer primary key, name text not null, applied_at timestamptz not null)',
    );
    const stored = await client.query<{ number: number }>(
      'select coalesce(max(number), 0)::int as number from schema_migration',
    );
    const from = stored.rows[0]?.number ?? 0;
    if (from > known) throw new NewerSchema(from, known);
    for (const migration of migrations.filter(({ number }) => number > from)) {
      await client.query(migration.sql);
      await client.query('insert into schema_migration values ($1, $2, $3)', [
        migration.number,
        migration.name,
        new Date(),
      ]);
    }
    await client.query('commit');
    return { from, to: known };
  } finally {
    await client.end();
  }
}

/** Roles belong to the whole cluster, and two databases of it may be migrated at once: the loser of that race has what it wanted. */
async function createRole(client: pg.Client): Promise<void> {
  const exists = "select 1 from pg_roles where rolname = 'keyway_app'";
  const member = "select 1 where pg_has_role(current_user, 'keyway_app', 'member')";
  for (let attempt = 1; ; attempt++) {
    try {
      if ((await client.query(exists)).rowCount === 0) await client.query('create role keyway_app nologin');
      if ((await client.query(member)).rowCount === 0) await client.query('grant keyway_app to current_user');
      return;
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}
