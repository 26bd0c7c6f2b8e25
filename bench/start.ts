// The second start on a folder that holds a million records, against PostgreSQL alone on the same folder.
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../src/store/embedded/embedded.ts';
import { ensureContacts } from './bulk.ts';
import { type Figure, figureOf, NotHere, progress } from './figure.ts';
import { startKeyway } from './server.ts';
import type { Stage } from './stage.ts';

const rounds = 3;
/** How much longer than PostgreSQL alone a start may take. */
const allowanceSeconds = 1;

export async function secondStart(stage: Stage): Promise<Figure & { rss_mb: number }> {
  const { whileStopped } = stage;
  if (whileStopped === undefined) throw new NotHere('it wants a database that it may stop: leave --database-url out');
  await ensureContacts(stage);
  return await whileStopped(async (folder) => {
    const log = join(stage.folder, 'start.log');
    const runs: { value: number; limit: number }[] = [];
    let rss_mb = 0;
    for (let round = 0; round < rounds; round++) {
      progress(`start: round ${round + 1} of ${rounds}`);
      const started = performance.now();
      const server = await startKeyway(['--data', folder], log);
      const value = (performance.now() - started) / 1000;
      rss_mb = Math.max(rss_mb, await server.peakRssMb());
      await server.stop();
      runs.push({ value, limit: (await postgresAlone(folder)) + allowanceSeconds });
    }
    const what = {
      name: 'start',
      unit: 's to the ready line',
      beside: `PostgreSQL alone to its first query, and ${allowanceSeconds} s`,
      target: { atMost: 1 },
    };
    return { ...figureOf(what, runs), rss_mb };
  });
}

async function postgresAlone(dataDir: string): Promise<number> {
  const started = performance.now();
  const postgres = await startEmbedded({ dataDir });
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('select count(*) from (select from record limit 1) r');
  const seconds = (performance.now() - started) / 1000;
  await client.end();
  await postgres.stop();
  return seconds;
}
