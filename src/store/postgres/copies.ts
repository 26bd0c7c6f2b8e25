/** The databases of a test double: copies of one another, of which each can take the place of the one that is served. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Connection } from './database.ts';

/** `demo`: as a first start makes it. `seed`: as it was seeded. `current`: the one that is served. */
type CopyRole = 'current' | 'demo' | 'seed' | 'snapshot';
export type Copy = {
  readonly role: CopyRole;
  readonly name: string;
  readonly database: string;
  readonly made_at: Date;
};

const quoted = pg.escapeIdentifier;

export class Copies {
  readonly #pool: pg.Pool;

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** @param connection to a database that is not itself copied: which copies there are is kept in it. */
  static async open(connection: Connection): Promise<Copies> {
    const pool = new pg.Pool({ ...connection, max: 3, application_name: 'keyway double' });
    pool.on('error', () => {}); // the next statement says it
    await pool.query(
      `create table if not exists copy (
         role text not null check (role in ('current', 'demo', 'seed', 'snapshot')),
         name text not null,
         database text not null,
         made_at timestamptz not null,
         primary key (role, name))`,
    );
    return new Copies(pool);
  }

  /** In the order in which they were made. */
  async list(): Promise<Copy[]> {
    return (await this.#pool.query<Copy>('select role, name, database, made_at from copy order by made_at, name')).rows;
  }

  /** The first database, with nothing in it. It is the one that PostgreSQL makes others by, and those that nobody wants go: what is unpacked at each
   *  start has half the files then. @returns its name. */
  async makeFirst(): Promise<string> {
    await this.#pool.query("update pg_database set datistemplate = false where datname = 'template0'");
    await this.#pool.query('drop database template0');
    return 'template1';
  }

  /** Copies a database that nobody is connected to. @returns its name. */
  async make(from: string): Promise<string> {
    const database = `keyway_${randomBytes(8).toString('hex')}`;
    await this.#pool.query(`create database ${quoted(database)} template ${quoted(from)}`);
    return database;
  }

  /** From now on `database` is the copy of that role and name. @returns the database that was it before. */
  async keep(role: CopyRole, name: string, database: string, at: Date): Promise<string | undefined> {
    const { rows } = await this.#pool.query<{ database: string | null }>(
      `with before as (select database from copy where role = $1 and name = $2),
       kept as (
         insert into copy (role, name, database, made_at) values ($1, $2, $3, $4)
         on conflict (role, name) do update set database = excluded.database, made_at = excluded.made_at)
       select (select database from before) as database`,
      [role, name, database, at],
    );
    return rows[0]?.database ?? undefined;
  }

  /** @returns the database that it was; undefined when there is none. */
  async forget(role: CopyRole, name: string): Promise<string | undefined> {
    const forgotten = 'delete from copy where role = $1 and name = $2 returning database';
    return (await this.#pool.query<{ database: string }>(forgotten, [role, name])).rows[0]?.database;
  }

  async drop(database: string): Promise<void> {
    await this.#pool.query(`drop database if exists ${quoted(database)} with (force)`);
  }

  /** Databases of ours that no copy is in: what a double that was killed left behind. */
  async dropStrays(): Promise<void> {
    const { rows } = await this.#pool.query<{ datname: string }>(
      `select datname from pg_database where datname like 'keyway\\_%' and datname not in (select database from copy)`,
    );
    for (const { datname } of rows) await this.drop(datname);
  }

  /** Ends whatever is still connected to it, so that it can be copied. */
  async disconnect(database: string): Promise<void> {
    await this.#pool.query('select pg_terminate_backend(pid, 2000) from pg_stat_activity where datname = $1', [
      database,
    ]);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
