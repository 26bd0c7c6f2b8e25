// How the cost of a row grows with what is stored: at 10 thousand, 100 thousand and 1 million records.
import { contactKey, contactRow, importRows, textOf, writeBody } from './bodies.ts';
import { type Figure, figureOf, progress } from './figure.ts';
import { load, requestBytes } from './http-load.ts';
import { linkMicroseconds } from './links.ts';
import { onePercentMicroseconds } from './sets.ts';
import { connections, upserts } from './singles.ts';
import { type Stage, token } from './stage.ts';

let series = 0;

type Curve = Record<string, number[]>;

const importPath = '/v1/records/contact/import';
const insertedRows = 20_000;

export async function growth(stage: Stage): Promise<Figure[]> {
  const most = stage.size.records;
  const sizes = [most / 100, most / 10, most].map(Math.round);
  const curve: Curve = {};
  let stored = 0;
  for (const size of sizes) {
    const from = stored;
    const body = await writeBody(`${stage.folder}/growth.ndjson`, size - from, (index) => contactRow(from + index, 0));
    progress(`growth: storing up to ${size.toLocaleString('en')} records`);
    await importRows(stage.server.url, importPath, body);
    stored = size;
    await stage.settle({ vacuum: true });
    // The first round warms up as well, so that the smallest size does not pay for it.
    if (size === sizes[0]) for (const cost of Object.values(costs)) await cost(stage, size);
    for (const [name, cost] of Object.entries(costs)) {
      progress(`growth: ${name} at ${size.toLocaleString('en')}`);
      await stage.settle();
      curve[name] = [...(curve[name] ?? []), await cost(stage, size)];
    }
  }
  progress('growth: set-1pct');
  const sets: number[] = [];
  await onePercentMicroseconds(stage, sizes[0] ?? 0);
  for (const size of sizes) sets.push(await onePercentMicroseconds(stage, size));
  curve['set-1pct'] = sets;
  return Object.entries(curve).map(([name, points]) => figureOfCurve(name, sizes, points));
}

/** Microseconds a row, with so many records stored. */
const costs: Readonly<Record<string, (stage: Stage, stored: number) => Promise<number>>> = {
  'single-upsert': async (stage, stored) =>
    1e6 / (await load(stage.server.url, connections, upserts(stored, stage.size.requests))).perSecond,
  'single-get': async (stage, stored) => {
    const requests = Array.from({ length: stage.size.requests }, (_, index) =>
      requestBytes(
        { method: 'GET', path: `/v1/records/contact/external_id:${contactKey((index * 7_919) % stored)}` },
        token,
      ),
    );
    return 1e6 / (await load(stage.server.url, connections, requests)).perSecond;
  },
  'single-link': linkMicroseconds,
  'bulk-insert': async (stage) => {
    series += 1;
    const rows = Math.min(insertedRows, stage.size.records);
    const body = await writeBody(`${stage.folder}/more.ndjson`, rows, (index) =>
      JSON.stringify({ external_id: `G-${series}-${(index * 7_919) % 1_000_003}`, name: textOf(index, 200) }),
    );
    return ((await importRows(stage.server.url, importPath, body)) * 1e6) / rows;
  },
};

function figureOfCurve(name: string, sizes: readonly number[], points: readonly number[]): Figure {
  const first = points[0] ?? 0;
  const last = points.at(-1) ?? 0;
  const widest = Math.max(...points);
  const chart = sizes.map((size, index) => {
    const value = points[index] ?? 0;
    const bar = '█'.repeat(Math.max(1, Math.round((value / widest) * 40)));
    return [`${size.toLocaleString('en').padStart(10)} stored`, `${value.toFixed(1).padStart(8)} µs ${bar}`] as const;
  });
  return figureOf(
    {
      name: `growth-${name}`,
      unit: `µs a row with ${(sizes.at(-1) ?? 0).toLocaleString('en')} stored`,
      beside: `with ${(sizes[0] ?? 0).toLocaleString('en')}`,
      further: Object.fromEntries(chart),
    },
    [{ value: last, limit: first }],
  );
}
