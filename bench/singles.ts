// Single writes and reads over HTTP, against pgbench doing the same rows by hand on the same server.
import { contactFields, contactKey, contactRow, importRows, writeBody } from './bodies.ts';
import { compare, type Figure, figureOf, progress } from './figure.ts';
import { load, requestBytes } from './http-load.ts';
import { copyTables } from './limit-tables.ts';
import { type Stage, token } from './stage.ts';

const rounds = 3;
const pgbenchSeconds = 4;
export const connections = 64;

/** Contacts that are there before anything is measured; half of the upserts change one of them. */
export const storedContacts = (stage: Stage): number => Math.min(stage.size.records, 100_000);

const prepared = new WeakSet<Stage>();

/** Stores the contacts, and as many in the tables of the limit. */
export async function prepare(stage: Stage): Promise<void> {
  if (prepared.has(stage)) return;
  progress(`storing ${storedContacts(stage).toLocaleString('en')} contacts`);
  const body = await writeBody(`${stage.folder}/stored.ndjson`, storedContacts(stage), (index) => contactRow(index, 0));
  await importRows(stage.server.url, '/v1/records/contact/import', body);
  await copyTables(stage.database);
  prepared.add(stage);
}

let series = 0;

/** Half of them change a stored contact, half of them make a new one. A body has about 300 bytes. */
export function upserts(stored: number, count: number): Buffer[] {
  const revision = ++series;
  return Array.from({ length: count }, (_, index) => {
    const old = (index * 7_919 + revision) % stored;
    const key = index % 2 === 0 ? contactKey(old) : `N-${revision}-${(index * 7_919) % 1_000_003}-${index}`;
    return requestBytes(
      {
        method: 'PATCH',
        path: `/v1/records/contact/external_id:${key}`,
        body: JSON.stringify({ fields: contactFields(index % 2 === 0 ? old : index, revision) }),
      },
      token,
    );
  });
}

const upsertRate = async (stage: Stage, servers: string | string[], callers = connections): Promise<number> =>
  (await load(servers, callers, upserts(storedContacts(stage), stage.size.requests))).perSecond;

/** What pgbench writes is what Keyway wrote for a contact like it: its own rows are taken as patterns. */
async function upsertScripts(stage: Stage): Promise<{ alone: string[]; withChange: string[] }> {
  await load(stage.server.url, 1, upserts(storedContacts(stage), 4));
  const quoted = (value: unknown): string =>
    `'${String(typeof value === 'object' ? JSON.stringify(value) : value).replaceAll("'", "''")}'`;
  const scriptsOf = async (kind: 'created' | 'updated'): Promise<{ alone: string; withChange: string }> => {
    const { rows } = await stage.database.query(
      `select r.type, r.data::text as data, r.created_by, c.kind, c.principal_id, c.via, c.request, c.before::text as before,
         c.after::text as after
       from record r join change c using (workspace_id, number) where c.kind = $1 and r.external_id is not null
       order by c.batch desc limit 1`,
      [kind],
    );
    const row = rows[0];
    const key =
      kind === 'updated'
        ? `\\set n random(0, ${storedContacts(stage) - 1})\n\\set key 100000000 + :n\n`
        : '\\set key random(1000000000, 9000000000000000)\n';
    const external = kind === 'updated' ? "'C-' || substr((:key)::text, 2)" : "'N-' || (:key)::text";
    const upsert = `insert into record (workspace_id, type, external_id, data, version, created_at, updated_at, created_by, updated_by)
      values (1, ${row.type}, ${external}, ${quoted(row.data)}, 1, now(), now(), 1, 1)
      on conflict (workspace_id, type, external_id) where external_id is not null
      do update set data = excluded.data, version = record.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by
      returning number, version`;
    const change = `insert into change (workspace_id, batch, row, kind, number, version, principal_id, via, request, at, before, after)
      values (1, nextval('batch_number'), 0, ${quoted(row.kind)}, :number, :version, ${row.principal_id}, ${quoted(row.via)},
        ${quoted(row.request)}, now(), ${row.before === null ? 'null' : quoted(row.before)}, ${quoted(row.after)})`;
    return {
      alone: `${key}${upsert};\n`,
      withChange: `${key}begin;\n${upsert} \\gset\n${change};\ncommit;\n`,
    };
  };
  const both = [await scriptsOf('created'), await scriptsOf('updated')];
  return { alone: both.map(({ alone }) => alone), withChange: both.map(({ withChange }) => withChange) };
}

export async function singleUpsert(stage: Stage): Promise<Figure[]> {
  await prepare(stage);
  const { alone, withChange } = await upsertScripts(stage);
  const aloneRates: number[] = [];
  await upsertRate(stage, stage.server.url); // warms up
  const figure = await compare({
    name: 'single-upsert',
    unit: 'upserts a second',
    beside: 'pgbench, record and change row in one transaction, 32 clients',
    target: { atLeast: 1.5 },
    rounds,
    async ours() {
      await stage.settle();
      return await upsertRate(stage, stage.server.url);
    },
    async limit() {
      await stage.settle();
      const { perSecond } = await stage.pgbench(withChange, { clients: 32, seconds: pgbenchSeconds });
      aloneRates.push((await stage.pgbench(alone, { clients: 32, seconds: pgbenchSeconds })).perSecond);
      return perSecond;
    },
  });
  const besideAlone = figureOf(
    {
      name: 'single-upsert-alone',
      unit: 'upserts a second (the same runs)',
      beside: 'pgbench, the one-row upsert without a change row, 32 clients',
      target: { atLeast: 1 },
    },
    figure.runs.map(({ value }, round) => ({ value, limit: aloneRates[round] ?? 0 })),
  );
  return [figure, besideAlone];
}

export async function singleLatency(stage: Stage): Promise<Figure> {
  await prepare(stage);
  const { withChange } = await upsertScripts(stage);
  const ours = async (): Promise<number> =>
    (await load(stage.server.url, 1, upserts(storedContacts(stage), Math.min(2000, stage.size.requests)))).medianMs;
  await ours(); // warms up
  return await compare({
    name: 'single-latency',
    unit: 'ms, median of one caller',
    beside: 'pgbench, record and change row, one client; mean',
    target: { atMost: 1.8 },
    rounds,
    ours,
    limit: async () => (await stage.pgbench(withChange, { clients: 1, seconds: pgbenchSeconds })).meanMs,
  });
}

export async function singleGet(stage: Stage): Promise<Figure> {
  await prepare(stage);
  const count = stage.size.requests * 2;
  const gets = Array.from({ length: count }, (_, index) =>
    requestBytes(
      { method: 'GET', path: `/v1/records/contact/external_id:${contactKey((index * 7_919) % storedContacts(stage))}` },
      token,
    ),
  );
  const empty = Array.from({ length: count }, () => requestBytes({ method: 'GET', path: '/health/live' }, token));
  const rate = async (requests: Buffer[]): Promise<number> =>
    (await load(stage.server.url, connections, requests)).perSecond;
  await rate(gets); // warms up
  await rate(empty);
  return await compare({
    name: 'single-get',
    unit: 'reads a second',
    beside: "the same server's empty route",
    target: { atLeast: 0.45 },
    rounds,
    ours: () => rate(gets),
    limit: () => rate(empty),
  });
}

export async function hotKey(stage: Stage): Promise<Figure> {
  await prepare(stage);
  const hot = (round: number): Buffer[] =>
    Array.from({ length: stage.size.requests }, (_, index) =>
      requestBytes(
        {
          method: 'PATCH',
          path: `/v1/records/contact/external_id:hot-${index % 50}`,
          body: JSON.stringify({ fields: contactFields(index % 50, round * 1e6 + index) }),
        },
        token,
      ),
    );
  await load(stage.server.url, 256, hot(-1)); // warms up
  await upsertRate(stage, stage.server.url);
  return await compare({
    name: 'hot-key',
    unit: 'upserts a second, of 256 callers on 50 keys',
    beside: 'single-upsert',
    target: { atLeast: 1 },
    rounds,
    ours: async (round) => (await load(stage.server.url, 256, hot(round))).perSecond,
    limit: () => upsertRate(stage, stage.server.url),
  });
}

/** The same connections, spread over two servers, against all of them on one. */
export async function twoServers(stage: Stage): Promise<Figure> {
  await prepare(stage);
  const other = await stage.another();
  const both = [stage.server.url, other.url];
  await upsertRate(stage, both); // warms up
  return await compare({
    name: 'two-servers',
    unit: 'upserts a second through two servers',
    beside: 'through one of them',
    target: { atLeast: 0.9 },
    rounds,
    ours: () => upsertRate(stage, both),
    limit: () => upsertRate(stage, stage.server.url),
  });
}
