/** Looks at a database without changing anything in it. */
import pg from 'pg';
import type { Connection } from './database.ts';
import { readMigrations } from './migrate.ts';

export type Inspection = {
  /** `18.1` */
  readonly serverVersion: string;
  readonly serverMajor: number;
  /** 0: no Keyway has used it. */
  readonly schema: number;
  /** The schema that this version of Keyway brings it to. */
  readonly knownSchema: number;
};

/** Throws what the driver throws when the database cannot be reached. */
export async function inspectDatabase(connection: Connection): Promise<Inspection> {
  const client = new pg.Client({ ...connection, application_name: 'keyway doctor', connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // a lost connection also fails the query that is under way
  await client.connect();
  try {
    const server = await client.query<{ version: string; number: number }>(
      "select current_setting('server_version') as version, current_setting('server_version_num')::int as number",
    );
    const { version = '', number = 0 } = server.rows[0] ?? {};
    const used = await client.query("select 1 where to_regclass('schema_migration') is not null");
    const schema =
      used.rowCount === 0
        ? undefined
        : await client.query<{ number: number }>('select max(number)::int as number from schema_migration');
    return {
      serverVersion: version.split(' ', 1)[0] ?? '',
      serverMajor: Math.floor(number / 10_000),
      schema: schema?.rows[0]?.number ?? 0,
      knownSchema: (await readMigrations()).at(-1)?.number ?? 0,
    };
  } finally {
    await client.end();
  }
}
