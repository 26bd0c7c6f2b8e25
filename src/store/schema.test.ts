import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeSchema } from '../../test/describe-schema.ts';
import { type FreshDatabase, freshDatabase } from '../../test/fresh-database.ts';
import { workspaceId } from '../model/ids.ts';
import { openDatabase } from './postgres/database.ts';
import { migrate, NewerSchema, readMigrations } from './postgres/migrate.ts';

/** Read before a workspace is known: all other tables belong to one workspace. */
const globalTables = [
  'cleaning',
  'credential',
  'installation',
  'nonce',
  'wrong_password',
  'open_run',
  'overdue_watch',
  'principal',
  'schema_migration',
  'session',
  'webhook_workspace',
  'workspace',
];

describe('the stored schema', () => {
  let database: FreshDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await freshDatabase();
    // Two servers that start at once: both succeed, each migration runs once.
    const connection = { connectionString: database.url };
    const outcomes = await Promise.all([migrate(connection), migrate(connection), migrate(connection)]);
    expect(outcomes.filter(({ from }) => from === 0)).toHaveLength(1);
    client = new pg.Client(connection);
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const workspaceTables = async (): Promise<string[]> => {
    const { rows } = await client.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
    );
    return rows.map((row) => row.relname as string).filter((name) => !globalTables.includes(name));
  };

  it('is what schema.sql says', async () => {
    await expect(await describeSchema(client)).toMatchFileSnapshot('schema.sql');
  });

  it('refuses to start on a database that a newer version migrated, in plain words', async () => {
    const newest = (await readMigrations()).at(-1)?.number ?? 0;
    await client.query(`insert into schema_migration values ($1, 'later', now())`, [newest + 1]);
    const failure = migrate({ connectionString: database.url });
    await expect(failure).rejects.toThrow(NewerSchema);
    await expect(failure).rejects.toThrow(`schema ${newest + 1}`);
    await client.query('delete from schema_migration where number = $1', [newest + 1]);
  });

  it('has the workspace first in every primary key and in every unique index of a workspace table', async () => {
    const { rows } = await client.query(
      `select i.indrelid::regclass::text as table, a.attname as first
       from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] where i.indisunique`,
    );
    const tables = await workspaceTables();
    const firsts = rows.filter((row) => tables.includes(row.table));
    expect(new Set(firsts.map((row) => row.table))).toEqual(new Set(tables));
    expect(firsts.filter((row) => row.first !== 'workspace_id')).toEqual([]);
  });

  it('keeps foreign keys inside global tables, and has no triggers', async () => {
    const tables = await workspaceTables();
    const { rows } = await client.query(
      `select conrelid::regclass::text as table from pg_constraint where contype = 'f'`,
    );
    expect(rows.filter((row) => tables.includes(row.table))).toEqual([]);
    expect((await client.query('select 1 from pg_trigger where not tgisinternal')).rowCount).toBe(0);
  });

  it('fences every workspace table by row-level security, for a role that owns nothing and cannot bypass it', async () => {
    for (const table of await workspaceTables()) {
      const { rows } = await client.query('select qual from pg_policies where tablename = $1', [table]);
      expect(rows, table).toHaveLength(1);
      expect(rows[0].qual).toContain('workspace_id');
    }
    const { rows } = await client.query(`select rolsuper, rolbypassrls from pg_roles where rolname = 'keyway_app'`);
    expect(rows[0]).toEqual({ rolsuper: false, rolbypassrls: false });
    const owned = await client.query(
      `select 1 from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'keyway_app'`,
    );
    expect(owned.rowCount).toBe(0);
  });

  it('shows a transaction its own workspace only, whatever its statement asks for', async () => {
    await client.query(
      `insert into record (workspace_id, number, type, data, version, created_at, updated_at, created_by, updated_by)
       select w, w * 10, 1, '{}', 1, now(), now(), 1, 1 from generate_series(1, 2) w`,
    );
    const app = openDatabase({ connection: { connectionString: database.url } });
    const all = 'select number from record order by number';
    expect(await app.inWorkspace(workspaceId(1), (tx) => tx.query(all))).toEqual([{ number: 10 }]);
    expect(await app.inWorkspace(workspaceId(2), (tx) => tx.query(all))).toEqual([{ number: 20 }]);
    expect(await app.global((tx) => tx.query(all))).toEqual([]);
    const stolen = app.inWorkspace(workspaceId(1), (tx) =>
      tx.query('update record set workspace_id = 1 where number = 20 returning 1'),
    );
    expect(await stolen).toEqual([]);
    const planted = app.inWorkspace(workspaceId(1), (tx) =>
      tx.query(`insert into record (workspace_id, type, data, version, created_at, updated_at, created_by, updated_by)
                values (2, 1, '{}', 1, now(), now(), 1, 1)`),
    );
    await expect(planted).rejects.toThrow('row-level security');
    await app.close();
  });
});
