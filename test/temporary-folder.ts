// Where a run keeps what it throws away. Hundreds of databases are made and dropped, of 500 files each: in memory that takes half the work.
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../src/store/embedded/embedded-binaries.ts';

const memory = '/dev/shm'; // Linux has it; in a container it is small, or nothing in it may be run
const enoughBytes = 2 * 1024 ** 3; // what is in it at one time is some hundred MB
const prefix = 'keyway-tests-';

/** Makes a folder in memory the one for temporary files, of this process and those it starts, where there is room for it and nobody named another one. */
export function keepTemporaryFilesInMemory(): void {
  if (process.env.TMPDIR !== undefined || !hasRoom()) return;
  for (const name of readdirSync(memory)) {
    const isLeft = name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))); // by a run that was killed
    if (isLeft) rmSync(join(memory, name), { recursive: true, force: true });
  }
  const folder = join(memory, `${prefix}${process.pid}`);
  mkdirSync(folder, { mode: 0o755 }); // PostgreSQL, which refuses to run as root, must get through
  process.env.TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
}

function hasRoom(): boolean {
  if (process.platform !== 'linux') return false;
  const [, options] = new RegExp(`^\\S+ ${memory} tmpfs (\\S+)`, 'm').exec(readFileSync('/proc/mounts', 'utf8')) ?? [];
  if (options === undefined || options.split(',').includes('noexec')) return false;
  const { bavail, bsize } = statfsSync(memory);
  return Math.min(bavail * bsize, freemem()) >= enoughBytes;
}
