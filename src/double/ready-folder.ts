/**
 * The data folder of a double. To make one takes seconds, most of them in initdb and the demo data; so one is made once for each
 * version of the program, kept as one file beside Node's compiled files, and unpacked at each start: a copy of its 1,400 files takes three times as long.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isAlive } from '../store/embedded/embedded-binaries.ts';

const run = promisify(execFile);
const source = dirname(import.meta.dirname);
const cache = join(dirname(source), 'node_modules/.cache/double');
/** Says that a folder is a double's: nobody's own data is served without fsync. */
const marker = 'keyway-double';

export type DataFolder = {
  readonly dataDir: string;
  /** It is one of before, perhaps of an older version. */
  readonly isKept: boolean;
  remove(): Promise<void>;
};

/** The folder holds the data of a server that is no double. */
export class NotOfDouble extends Error {}

/** @param dir null: a temporary one, which is gone at the end. @param make makes the database of a folder, whole and stopped. */
export async function openFolder(
  dir: string | null,
  make: (dataDir: string) => Promise<void>,
  ready = cache,
): Promise<DataFolder> {
  const dataDir = dir ?? (await temporaryFolder());
  const remove = async (): Promise<void> => {
    if (dir === null) await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  };
  if (existsSync(join(dataDir, 'postgres-18'))) {
    if (!existsSync(join(dataDir, marker))) throw new NotOfDouble();
    return { dataDir, isKept: true, remove };
  }
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await fill(dataDir, make, ready);
    await writeFile(join(dataDir, marker), '');
  } catch (error) {
    await remove();
    throw error;
  }
  return { dataDir, isKept: false, remove };
}

async function fill(dataDir: string, make: (dataDir: string) => Promise<void>, ready: string): Promise<void> {
  const kept = join(ready, `${fingerprint()}.tar`);
  while (!existsSync(kept) && (await isBeingMade(kept))) await sleep(50);
  if (!existsSync(kept) && !(await makeReady(kept, make))) return make(dataDir);
  await run('tar', ['-xpf', kept, '-C', dataDir]);
}

/** By another double that is just starting: it will be done sooner than we would. */
async function isBeingMade(kept: string): Promise<boolean> {
  const names = await readdir(dirname(kept)).catch(() => []);
  return names.some((name) => name.startsWith(`${basename(kept)}.new-`) && isAlive(makerOf(name)));
}

const makerOf = (name: string): number => Number(/\.new-(\d+)$/.exec(name)?.[1] ?? 0);

/** @returns false where nothing can be kept: the program may lie in a folder that is not ours to write, and small systems have no tar. */
async function makeReady(kept: string, make: (dataDir: string) => Promise<void>): Promise<boolean> {
  const unfinished = `${kept}.new-${process.pid}`;
  try {
    await mkdir(unfinished, { recursive: true });
  } catch {
    return false;
  }
  try {
    await make(unfinished);
    const packed = join(unfinished, 'packed.tar');
    const isPacked = await run('tar', ['-cf', packed, '-C', unfinished, 'postgres-18']).then(
      () => true,
      () => false,
    );
    if (!isPacked) return false;
    await rename(packed, kept);
  } finally {
    await rm(unfinished, { recursive: true, force: true, maxRetries: 3 });
  }
  for (const name of await readdir(dirname(kept))) {
    const maker = makerOf(name);
    if (name !== basename(kept) && !(maker > 0 && isAlive(maker))) {
      await rm(join(dirname(kept), name), { recursive: true, force: true, maxRetries: 3 });
    }
  }
  return true;
}

/** Of all that a ready folder is made by: another engine, or other demo data or another way to load it, makes another. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const layers = ['double', 'engine', 'model', 'store'].map((layer) => join(source, layer));
  const files = [...layers, join(dirname(source), 'demo')].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => join(folder, name)),
  );
  for (const file of [join(source, `demo${extname(import.meta.filename)}`), ...files]) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file}\n${mtimeMs}\n${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The number of its process is in its name, so that what a double that was killed left behind is found. */
async function temporaryFolder(): Promise<string> {
  const folder = tmpdir();
  for (const name of await readdir(folder)) {
    const maker = Number(/^keyway-double-(\d+)-/.exec(name)?.[1] ?? 0);
    if (maker === 0 || isAlive(maker)) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {}); // it may be another user's
  }
  return mkdtemp(join(folder, `keyway-double-${process.pid}-`));
}
