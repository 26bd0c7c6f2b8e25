// Single writes and reads over HTTP, against pgbench doing the same rows by hand on the same server.
import { type LoadRequest, load } from './http-load.ts';
import type { Stage } from './stage.ts';

/** `ratio`: ours to the limit. For `at least` in rates, for `at most` in times. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number;
  readonly ratio: number;
  readonly target: string;
  readonly rss_mb: number;
  readonly runs: readonly { readonly value: number; readonly limit: number }[];
};

type Benchmark = (stage: Stage, size: number) => Promise<Omit<Figure, 'rss_mb'>>;

const token = 'kw_demo_admin';
const repeats = 3;
const seconds = 4;
const padding = 'x'.repeat(180);

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
let series = 0;

/** Alternates the subject and its limit. */
async function compare(
  name: string,
  unit: string,
  target: string,
  ours: (round: number) => Promise<number>,
  limit: () => Promise<number>,
): Promise<Omit<Figure, 'rss_mb'>> {
  await ours(-1); // warms up
  const runs: { value: number; limit: number }[] = [];
  for (let round = 0; round < repeats; round++) runs.push({ value: await ours(round), limit: await limit() });
  const ratios = runs.map((run) => run.value / run.limit);
  return {
    name,
    value: median(runs.map((run) => run.value)),
    unit,
    limit: median(runs.map((run) => run.limit)),
    ratio: median(ratios),
    target,
    runs,
  };
}

const upsertOf = (key: string, text: string): LoadRequest => ({
  method: 'PATCH',
  path: `/v1/records/contact/external_id:${key}`,
  body: JSON.stringify({ fields: { name: text, first_name: 'Ada', last_name: 'Berg', email: `${padding}@x.test` } }),
});

/** Half of them new, half of them changed: every second request changes what the one before it made some rounds ago. */
async function upserts(stage: Stage, count: number, connections: number): Promise<number[]> {
  const run = `b${series++}`;
  const half = count >> 1;
  const first = await load(stage.server.url, { connections, count: half, token }, (index) =>
    upsertOf(`${run}-${index}`, 'new'),
  );
  const both = await load(stage.server.url, { connections, count, token }, (index) =>
    index % 2 === 0 ? upsertOf(`${run}-${index >> 1}`, 'changed') : upsertOf(`${run}-n${index}`, 'new'),
  );
  return [both.requests / both.seconds, median(both.latenciesMs), first.seconds];
}

const recordSql = `insert into record (workspace_id, type, external_id, data, version, created_at, updated_at, created_by, updated_by)
  values (1, 3, :key, '{"3": "new", "10": "Ada", "11": "Berg", "12": "${padding}@x.test"}', 1, now(), now(), 1, 1)
  on conflict (workspace_id, type, external_id) where external_id is not null
  do update set data = excluded.data, version = record.version + 1, updated_at = excluded.updated_at returning number`;
const changeSql = `insert into change (workspace_id, batch, row, kind, number, version, principal_id, via, request, at, before, after)
  values (1, nextval('batch_number'), 0, 'updated', :number, 1, 1, 'native', '7c5f3e1d-f6cc-41c5-99c7-b505d4d1a6ce', now(), '{}',
    '{"3": "new", "10": "Ada", "11": "Berg", "12": "${padding}@x.test"}');`;
const randomKey = String.raw`\set key random(1, 200000)`;
const withChange = `${randomKey}\nbegin;\n${recordSql} \\gset\n${changeSql}\ncommit;\n`;

export const benchmarks: Readonly<Record<string, Benchmark>> = {
  'single-upsert': (stage, size) =>
    compare(
      'single-upsert',
      'upserts a second',
      'at least 1.5',
      async () => (await upserts(stage, size, 64))[0] ?? 0,
      async () => (await stage.pgbench([withChange], { clients: 32, seconds })).perSecond,
    ),

  'single-upsert-alone': (stage, size) =>
    compare(
      'single-upsert-alone',
      'upserts a second, against the upsert without its change row',
      'at least 1.0',
      async () => (await upserts(stage, size, 64))[0] ?? 0,
      async () => (await stage.pgbench([`${randomKey}\n${recordSql};\n`], { clients: 32, seconds })).perSecond,
    ),

  'single-latency': (stage) =>
    compare(
      'single-latency',
      'ms, median of one caller',
      'at most 1.8',
      async () => (await upserts(stage, 1000, 1))[1] ?? 0,
      async () => (await stage.pgbench([withChange], { clients: 1, seconds })).meanMs,
    ),

  'single-get': async (stage, size) => {
    await upserts(stage, 2000, 64);
    const run = `b${series - 1}`;
    const rate = async (make: (index: number) => LoadRequest): Promise<number> => {
      const { requests, seconds: taken } = await load(stage.server.url, { connections: 64, count: size, token }, make);
      return requests / taken;
    };
    return compare(
      'single-get',
      "reads a second, against the same server's empty route",
      'at least 0.45',
      () => rate((index) => ({ method: 'GET', path: `/v1/records/contact/external_id:${run}-${index % 1000}` })),
      () => rate(() => ({ method: 'GET', path: '/health/live' })),
    );
  },

  'hot-key': (stage, size) =>
    compare(
      'hot-key',
      'upserts a second of 256 callers on 50 keys, against single-upsert',
      'at least 1',
      async (round) => {
        const { requests, seconds: taken } = await load(
          stage.server.url,
          { connections: 256, count: size, token },
          (index) => upsertOf(`hot-${index % 50}`, `${round} ${index}`),
        );
        return requests / taken;
      },
      async () => (await upserts(stage, size, 64))[0] ?? 0,
    ),
};
