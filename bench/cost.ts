// What an item costs in CPU time, in the server and in PostgreSQL. Unlike a rate it hardly depends on what else the machine does, so that a
// change can be judged by it on a machine that is not quiet.
import { readdir, readFile } from 'node:fs/promises';
import { contactKey, contactRow, download, importRows, writeBody } from './bodies.ts';
import { type Figure, NotHere, progress } from './figure.ts';
import { load } from './http-load.ts';
import { linksPath, storeClaims, writeLinks } from './links.ts';
import { setSteps } from './sets.ts';
import { connections, prepare, storedContacts, upserts } from './singles.ts';
import type { Stage } from './stage.ts';

const importPath = '/v1/records/contact/import';
const firstNew = 50_000_000;
const microsecondsPerTick = 10_000; // USER_HZ is 100 on every Linux

export async function cost(stage: Stage): Promise<Figure[]> {
  if (process.platform !== 'linux') throw new NotHere('it reads /proc.');
  const { folder, server } = stage;
  const { records, requests } = stage.size;
  await prepare(stage);
  const sendUpserts = (): Promise<unknown> => load(server.url, connections, upserts(storedContacts(stage), requests));
  await sendUpserts(); // warms up
  const bodies = await Promise.all(
    [0, 1].map((revision) =>
      writeBody(`${folder}/rows-${revision}`, records, (index) => contactRow(firstNew + index, revision)),
    ),
  );
  await storeClaims(stage, Math.ceil(records / 10));
  const links = await writeLinks(stage, records, (index) => contactKey(firstNew + index));
  const set = await setSteps(stage);
  const figures: Figure[] = [];
  const measure = async (name: string, items: number, work: () => Promise<unknown>): Promise<void> => {
    figures.push(await costOf(stage, name, items, work));
  };
  await measure('cost-upsert', requests, sendUpserts);
  await measure('cost-insert', records, () => importRows(server.url, importPath, bodies[0] ?? ''));
  await measure('cost-update', records, () => importRows(server.url, importPath, bodies[1] ?? ''));
  await measure('cost-link', records, () => importRows(server.url, linksPath, links));
  await measure('cost-export', records + storedContacts(stage), () =>
    download(server.url, '/v1/records/contact', 'application/x-ndjson'),
  );
  await measure('cost-set-unchanged', records, set.unchanged);
  await measure('cost-set-1pct', records, set.next);
  return figures;
}

async function costOf(stage: Stage, name: string, items: number, work: () => Promise<unknown>): Promise<Figure> {
  progress(`${name}: ${items.toLocaleString('en')} items`);
  await stage.settle();
  const postmaster = await postmasterOf(stage);
  const before = [await ticksOf([stage.server.pid]), await ticksOf(await family(postmaster))] as const;
  await work();
  const after = [await ticksOf([stage.server.pid]), await ticksOf(await family(postmaster))] as const;
  const [value, limit] = [0, 1].map((at) => (((after[at] ?? 0) - (before[at] ?? 0)) * microsecondsPerTick) / items) as [
    number,
    number,
  ];
  return {
    name,
    unit: 'us of CPU in the server for an item',
    beside: 'us in PostgreSQL for the same',
    value,
    limit,
    ratio: value / limit,
    runs: [{ value, limit }],
  };
}

async function postmasterOf({ database }: Stage): Promise<number> {
  const { rows } = await database.query('select pg_backend_pid() as pid');
  return Number((await statOf(rows[0].pid))?.[1]);
}

/** The process and its children: sessions, and those that write in the background. */
async function family(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const parents = await Promise.all(pids.map(async (pid) => Number((await statOf(pid))?.[1])));
  return [parent, ...pids.filter((_, index) => parents[index] === parent)];
}

/** What the processes spent, and those of their children that ended: a session may end while it is measured. */
async function ticksOf(pids: readonly number[]): Promise<number> {
  const stats = await Promise.all(pids.map(statOf));
  return stats.flatMap((stat) => stat?.slice(11, 15) ?? []).reduce((sum, ticks) => sum + Number(ticks), 0);
}

/** The fields of `/proc/PID/stat` from the state on: 1 is the parent, 11 to 14 are ticks in user and kernel mode, its own and its ended children's. */
async function statOf(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}
