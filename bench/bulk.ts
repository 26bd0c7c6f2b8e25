// A million records in one body, over HTTP, against what PostgreSQL alone needs for the same rows.
import { contactRow, importRows, writeBody } from './bodies.ts';
import { compare, type Figure, progress } from './figure.ts';
import { copyTables, dumpSince, loadDumps, markTables } from './limit-tables.ts';
import type { Stage } from './stage.ts';

const importPath = '/v1/records/contact/import';
/** Stages that hold the contacts, and which revision of them. */
const stored = new WeakMap<Stage, number>();

async function contactsBody(stage: Stage, revision: number): Promise<string> {
  progress(`writing a body of ${stage.size.records.toLocaleString('en')} contacts`);
  return await writeBody(`${stage.folder}/contacts.ndjson`, stage.size.records, (index) => contactRow(index, revision));
}

/** Stores the contacts, unless an earlier benchmark of the stage did. */
export async function ensureContacts(stage: Stage): Promise<void> {
  if (stored.has(stage)) return;
  const body = await contactsBody(stage, 0);
  progress('storing them');
  await importRows(stage.server.url, importPath, body);
  await stage.settle({ vacuum: true });
  stored.set(stage, 0);
}

export async function bulkInsert(stage: Stage): Promise<Figure> {
  if (stored.has(stage)) throw new Error('bulk-insert wants an empty record type: it must be the first of its family.');
  // The same importer, on another type: what the server compiles and caches, it has.
  const warm = await writeBody(`${stage.folder}/warm.ndjson`, 2000, (index) =>
    JSON.stringify({ external_id: `W-${index}`, name: `warm ${index}` }),
  );
  await importRows(stage.server.url, '/v1/records/account/import', warm);
  await copyTables(stage.database);
  const mark = await markTables(stage.database);
  const body = await contactsBody(stage, 0);
  const figure = await compare({
    name: 'bulk-insert',
    unit: `s for ${stage.size.records.toLocaleString('en')} records`,
    beside: 'COPY of the same rows into the tables that hold them, with their indexes',
    target: { atMost: 1.35 },
    rounds: 1,
    async ours() {
      await stage.settle();
      const { result, walMb } = await stage.walOf(() => importRows(stage.server.url, importPath, body));
      return { value: result, walMb };
    },
    async limit() {
      const dumps = await dumpSince(stage, mark);
      await stage.settle();
      const { result, walMb } = await stage.walOf(() => loadDumps(stage.database, dumps));
      return { value: result, walMb };
    },
  });
  stored.set(stage, 0);
  await stage.settle({ vacuum: true });
  return figure;
}

/** Every record gets another name. */
export async function bulkUpdate(stage: Stage): Promise<Figure> {
  await ensureContacts(stage);
  const revision = (stored.get(stage) ?? 0) + 1;
  const { database } = stage;
  const { rows } = await database
    .query('select count(*)::int as count from bench_limit.record')
    .catch(() => ({ rows: [] }));
  // After bulk-insert the limit's tables hold the same rows already, written in the same way.
  if ((rows[0]?.count ?? 0) < stage.size.records) await copyTables(database);
  const mark = await markTables(database);
  const body = await contactsBody(stage, revision);
  const figure = await compare({
    name: 'bulk-update',
    unit: `s for ${stage.size.records.toLocaleString('en')} records`,
    beside: 'one UPDATE from a staging table, and one INSERT of the change rows',
    target: { atMost: 1.5 },
    rounds: 1,
    async ours() {
      await stage.settle();
      const { result, walMb } = await stage.walOf(() => importRows(stage.server.url, importPath, body));
      return { value: result, walMb };
    },
    async limit() {
      await stageUpdate(stage, String(mark.change?.last));
      await stage.settle();
      const { result, walMb } = await stage.walOf(() => updateByHand(stage));
      return { value: result, walMb };
    },
  });
  stored.set(stage, revision);
  await database.query('drop table bench_limit.staging');
  await stage.settle({ vacuum: true });
  return figure;
}

/** What Keyway wrote, ready in a table: the key, the new values, and both sides of the change row. */
async function stageUpdate({ database }: Stage, lastBatch: string): Promise<void> {
  progress('bulk-update: filling the staging table of the limit');
  await database.query(`
    create table bench_limit.staging as
      select r.type, r.external_id, r.data, c.before, c.after, c.principal_id, c.via, c.request, c.batch, c.row
      from public.change c join public.record r using (workspace_id, number)
      where c.batch > ${lastBatch} and c.kind = 'updated' order by c.batch, c.row`);
  await database.query('analyze bench_limit.staging');
}

/** As one would write it who knows PostgreSQL: hash joins, and memory for them. */
async function updateByHand({ database, size }: Stage): Promise<number> {
  const started = performance.now();
  await database.query('begin');
  await database.query(`set local work_mem = '512MB'`);
  const { rowCount } = await database.query(`
    update bench_limit.record r
    set data = s.data, version = r.version + 1, updated_at = now(), updated_by = s.principal_id
    from bench_limit.staging s
    where r.workspace_id = 1 and r.type = s.type and r.external_id = s.external_id`);
  if ((rowCount ?? 0) < size.records) throw new Error(`The limit updated ${rowCount} rows only.`);
  await database.query(`
    insert into bench_limit.change (workspace_id, batch, row, kind, number, version, principal_id, via, request, at, before, after)
    select 1, s.batch, s.row, 'updated', r.number, r.version, s.principal_id, s.via, s.request, now(), s.before, s.after
    from bench_limit.staging s join bench_limit.record r
      on r.workspace_id = 1 and r.type = s.type and r.external_id = s.external_id`);
  await database.query('commit');
  return (performance.now() - started) / 1000;
}
