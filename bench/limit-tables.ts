// A copy of the tables that hold what Keyway wrote, in the schema `bench_limit`: with the same columns, indexes and fill factors, and
// without row-level security. The limits write there, and find there as many rows as Keyway found in its own.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Stage } from './stage.ts';

const limitTables = ['record', 'record_key', 'link', 'change', 'commit', 'import_batch'] as const;

/** Makes the copy anew, with the rows that are there now. */
export async function copyTables(database: pg.Client): Promise<void> {
  await database.query('drop schema if exists bench_limit cascade; create schema bench_limit');
  for (const table of limitTables) {
    const { rows } = await database.query<{ options: string | null }>(
      `select array_to_string(reloptions, ', ') as options from pg_class where oid = 'public.${table}'::regclass`,
    );
    const options = rows[0]?.options ? `with (${rows[0].options})` : '';
    await database.query(`create table bench_limit.${table} (like public.${table} including all) ${options}`);
    await database.query(`insert into bench_limit.${table} select * from public.${table}`);
  }
  await database.query('vacuum analyze');
}

/** The place up to which each table is filled: what comes later is what Keyway wrote meanwhile. */
export type Mark = Readonly<Record<string, { column: string; last: string }>>;

export async function markTables(database: pg.Client): Promise<Mark> {
  const { rows: tables } = await database.query<{ name: string; column: string }>(`
    select c.relname as name, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname in ('number', 'batch')
      and (a.attname = 'batch' or not exists (select from pg_attribute b where b.attrelid = c.oid and b.attname = 'batch'))
      and exists (select from pg_attribute w where w.attrelid = c.oid and w.attname = 'workspace_id')`);
  const mark: Record<string, { column: string; last: string }> = {};
  for (const { name, column } of tables) {
    const { rows } = await database.query(`select coalesce(max(${column}), 0) as last from public.${name}`);
    mark[name] = { column, last: String(rows[0].last) };
  }
  return mark;
}

export type Dump = { readonly table: string; readonly file: string };

/** Writes the rows that came after the mark to files, of every table that got more than one for each hundred items. */
export async function dumpSince({ database, folder, size }: Stage, mark: Mark): Promise<Dump[]> {
  const dumps: Dump[] = [];
  for (const [table, { column, last }] of Object.entries(mark)) {
    const where = `from public.${table} where ${column} > ${last}`;
    const { rows } = await database.query(`select count(*)::int as count ${where}`);
    if (rows[0].count < size.records / 100) continue;
    if (!(limitTables as readonly string[]).includes(table))
      throw new Error(`Keyway wrote ${rows[0].count} rows to ${table}: it belongs into limitTables.`);
    const file = `${folder}/${table}.copy`;
    const copy = database.query(
      copyTo(`copy (select * ${where} order by ${orderOf[table]}) to stdout with (format binary)`),
    );
    await pipeline(copy, createWriteStream(file));
    dumps.push({ table, file });
  }
  return dumps;
}

/** In the order in which Keyway wrote them. */
const orderOf: Readonly<Record<string, string>> = {
  record: 'number',
  record_key: 'number',
  link: 'number',
  change: 'batch, row',
  commit: 'batch',
  import_batch: 'batch',
};

/** COPY into all the tables in one transaction, in the binary format, which is the faster one. @returns seconds. */
export async function loadDumps(database: pg.Client, dumps: readonly Dump[]): Promise<number> {
  const started = performance.now();
  await database.query('begin');
  for (const { table, file } of dumps) {
    const copy = database.query(copyFrom(`copy bench_limit.${table} from stdin with (format binary)`));
    await pipeline(createReadStream(file, { highWaterMark: 256 * 1024 }), copy);
  }
  await database.query('commit');
  return (performance.now() - started) / 1000;
}
