// npm run bench -- [NAME…] [--json FILE] [--size N] [--database-url URL] [--growth]
// Figures as ratios to a limit that is measured in the same run. docs/performance.md says how each limit is made.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { families } from './families.ts';
import { meets, NotHere, progress, progressDone, type Result, render } from './figure.ts';
import { openStage, type Size } from './stage.ts';

const usage = `npm run bench -- [NAME…] [--json FILE] [--size N] [--database-url URL] [--growth]

  NAME            ${families.map(({ benchmarks }) => Object.keys(benchmarks).join(', ')).join(',\n                  ')}
                  Without a name, all but ${families.flatMap((family) => (family.isOptional ? Object.keys(family.benchmarks) : [])).join(', ')}.
  --size          records of the benchmarks of bulk and sets (1000000)
  --json          writes the figures to a file
  --database-url  a PostgreSQL to make the databases on, as a superuser; without it, one is started
  --growth        the same as the name growth
`;

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        size: { type: 'string', default: '1000000' },
        'database-url': { type: 'string' },
        growth: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const known = families.flatMap(({ benchmarks }) => Object.keys(benchmarks));
    const unknown = positionals.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}.`);
    const records = Number(values.size);
    if (!Number.isInteger(records) || records < 1000) throw new Error('--size must be a whole number, 1000 or more.');
    return { ...values, records, names: values.growth ? [...positionals, 'growth'] : positionals };
  } catch (fault) {
    console.error(`${(fault as Error).message}\n\n${usage}`);
    process.exit(64);
  }
}

const { names, records, json, help, 'database-url': databaseUrl } = options();
if (help) {
  console.log(usage);
  process.exit(0);
}

const size: Size = { records, requests: Math.min(20_000, records) };
const results: Result[] = [];
const failures: string[] = [];
const started = performance.now();

for (const family of families) {
  const wanted = Object.entries(family.benchmarks).filter(([name]) =>
    names.length > 0 ? names.includes(name) : !family.isOptional,
  );
  if (wanted.length === 0) continue;
  progress(`${wanted.map(([name]) => name).join(', ')}: starting PostgreSQL and a server`);
  const stage = await openStage(size, databaseUrl);
  try {
    for (const [name, benchmark] of wanted) {
      if (name !== wanted[0]?.[0]) await stage.restart();
      try {
        const figures = [await benchmark(stage)].flat();
        const rss_mb = await stage.peakRssMb();
        progressDone();
        for (const figure of figures) {
          // What was measured in another process than the servers of the stage says so itself.
          const result = { rss_mb, ...figure };
          results.push(result);
          console.log(render(result));
        }
      } catch (fault) {
        progressDone();
        if (fault instanceof NotHere) {
          console.log(`${name}\n  not run: ${fault.message}`);
          continue;
        }
        failures.push(name);
        console.log(`${name}\n  FAILED: ${fault instanceof Error ? fault.message : String(fault)}`);
      }
      if (json !== undefined) await writeFile(json, `${JSON.stringify({ benchmarks: results }, null, 2)}\n`);
    }
  } finally {
    await stage.close();
  }
}

const short = results.filter((result) => !meets(result)).map(({ name }) => name);
console.log(
  `\n${results.length} figures in ${Math.round((performance.now() - started) / 1000)} s${short.length > 0 ? `; short of what is wanted: ${short.join(', ')}` : ''}${failures.length > 0 ? `; failed: ${failures.join(', ')}` : ''}`,
);
process.exit(failures.length > 0 ? 1 : 0);
