// npm run bench -- [NAME…] [--size N] [--json FILE]: figures as ratios to a limit that is measured in the same run.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { benchmarks, type Figure } from './singles.ts';
import { openStage } from './stage.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, size: { type: 'string', default: '20000' } },
});
const unknown = positionals.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(64);
}

const shown = (number: number): string => number.toLocaleString('en', { maximumFractionDigits: number < 10 ? 2 : 0 });
const figures: Figure[] = [];
for (const [name, run] of Object.entries(benchmarks)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const stage = await openStage();
  try {
    const figure = { ...(await run(stage, Number(values.size))), rss_mb: await stage.peakRssMb() };
    figures.push(figure);
    const ratios = figure.runs.map((one) => one.value / one.limit);
    const spread = `${shown(Math.min(...ratios))}–${shown(Math.max(...ratios))}`;
    console.log(
      `${name}: ${shown(figure.value)} ${figure.unit}; limit ${shown(figure.limit)}; ratio ${shown(figure.ratio)} (${spread}; target ${figure.target}); server at most ${figure.rss_mb} MB`,
    );
  } finally {
    await stage.close();
  }
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ benchmarks: figures }, null, 2)}\n`);
