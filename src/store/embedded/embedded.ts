// The embedded database: a PostgreSQL of our own, reachable through a unix socket only, that lives and dies with Keyway.
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Account,
  accountFor,
  answers,
  checkOwner,
  collectLines,
  EmbeddedError,
  ended,
  endProcess,
  endWithKeyway,
  findBinaries,
  give,
  hasCode,
  isAlive,
  makeFolder,
  missingProgram,
  processIn,
  spawnAs,
} from './embedded-binaries.ts';

export { EmbeddedError } from './embedded-binaries.ts';

export type EmbeddedOptions = {
  /** Made when missing. The database is the folder `postgres-18` in it. */
  dataDir: string;
  /** Receives each line that PostgreSQL logs. */
  log?: (line: string) => void;
  /** false gives up acknowledged data when the machine fails: for throw-away test databases only. */
  durable?: boolean;
  maxConnections?: number;
};

export type EmbeddedPostgres = {
  /** As node-pg and psql understand it. */
  url: string;
  connection: { host: string; port: number; user: string; database: string };
  /** Process id of the postmaster. */
  pid: number;
  /** Resolves when PostgreSQL has ended, stopped or not. */
  ended: Promise<void>;
  /** Ends all sessions, writes everything to disk, resolves when PostgreSQL has ended. */
  stop(): Promise<void>;
};

const port = 5432; // only a part of the socket's file name
const socketPathLimitBytes = process.platform === 'darwin' ? 103 : 107;

/** Starts the database of a data folder, making it the first time.
 *  Throws EmbeddedError; `data_dir_in_use` when another running Keyway (or a PostgreSQL of someone else's) has the folder. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const binaries = findBinaries();
  const durable = options.durable ?? true;
  const account = accountFor(join(resolve(options.dataDir), 'postgres-18'));
  const folder = await makeFolder(resolve(options.dataDir), account);
  const cluster = join(folder, 'postgres-18');
  if (!existsSync(cluster)) await initialise(binaries.initdb, folder, cluster, account, durable);
  await checkOwner(cluster, account);
  await waitForOrphan(cluster);

  const socketFolder = await makeSocketFolder(cluster, account);
  const settings = { ...settingsFor(options, durable), unix_socket_directories: socketFolder };
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const postmaster = await startPostmaster(
    () => spawnAs(account, cluster, binaries.postgres, args),
    cluster,
    options.log,
  );

  return {
    ...addressIn(socketFolder),
    pid: postmaster.pid,
    ended: postmaster.ended,
    async stop() {
      await postmaster.stop();
      if (socketFolder !== cluster) await rm(socketFolder, { recursive: true, force: true });
    },
  };
}

export function addressIn(socketFolder: string): Pick<EmbeddedPostgres, 'connection' | 'url'> {
  const connection = { host: socketFolder, port, user: 'keyway', database: 'postgres' };
  const { user, database } = connection;
  return {
    connection,
    url: `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(socketFolder)}`,
  };
}

/** Everything is given on the command line, so that a new Keyway brings its own settings to an old folder. */
function settingsFor(options: EmbeddedOptions, durable: boolean): Record<string, string | number> {
  const onOff = durable ? 'on' : 'off';
  return {
    listen_addresses: '',
    port,
    unix_socket_permissions: '0700',
    cluster_name: `keyway-${process.pid}`, // says whose it is: see waitForOrphan
    fsync: onOff,
    synchronous_commit: onOff,
    full_page_writes: onOff,
    max_connections: options.maxConnections ?? 50,
    shared_buffers: `${durable ? sharedMegabytes(memoryOfMachine()) : 256}MB`,
    effective_cache_size: '2GB',
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    max_wal_size: '2GB',
    ...(durable ? {} : { min_wal_size: '8MB', wal_recycle: 'off' }), // a database that is thrown away is small, to be copied
    checkpoint_timeout: '15min',
    random_page_cost: 1.1, // SSD
    jit: 'off', // our statements are short; compiling them costs more than it saves
    max_parallel_workers_per_gather: 0, // parallel joins need a /dev/shm larger than the 64 MB of a container
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_line_prefix: '',
  };
}

/**
 * A sixteenth of the machine's memory, as this server, its clients and the system's own cache want the rest. A page that is not among them must be copied
 * from that cache, and its checksum looked at, each time: a complete set that changes 1 % of a million records took a fifth less of PostgreSQL's time with 1 GB than with 256 MB.
 */
export function sharedMegabytes(memoryBytes: number): number {
  const megabytes = Math.floor(memoryBytes / 16 / 1024 / 1024);
  return Math.min(Math.max(megabytes, 128), 1024);
}

/** Of the container, where that has less. */
const memoryOfMachine = (): number => Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

/** The socket is in the database's folder; where that path is too long for the kernel, in a short one of its own. */
async function makeSocketFolder(cluster: string, account: Account | undefined): Promise<string> {
  if (fitsSocket(cluster)) return cluster;
  const short = await mkdtemp(join(fitsSocket(join(tmpdir(), 'keyway-XXXXXX')) ? tmpdir() : '/tmp', 'keyway-'));
  give(short, account);
  return short;
}

const fitsSocket = (folder: string): boolean => Buffer.byteLength(`${folder}/.s.PGSQL.${port}`) <= socketPathLimitBytes;

/** Makes the database in a folder of its own and renames it when complete: a start that is cut short leaves no half of one. */
async function initialise(
  initdb: string,
  folder: string,
  cluster: string,
  account: Account | undefined,
  durable: boolean,
) {
  for (const name of await readdir(folder)) {
    const maker = /^postgres-18\.new-(\d+)$/.exec(name)?.[1];
    if (maker !== undefined && (Number(maker) === process.pid || !isAlive(Number(maker)))) {
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {}); // it is only garbage
    }
  }
  const unfinished = `${cluster}.new-${process.pid}`;
  await mkdir(unfinished, { mode: 0o700 });
  give(unfinished, account);
  const args = ['-D', unfinished, '-U', 'keyway', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  // Small log files make a database that is thrown away quick to make, and to copy.
  const forNow = durable ? [] : ['--no-sync', '--wal-segsize=4'];
  const child = spawnAs(account, unfinished, initdb, [...args, ...forNow]);
  const output = collectLines(child);
  const end = ended(child);
  endWithKeyway(child, end);
  const { code, error } = await end;
  if (code !== 0) throw startFailed('cannot make the database', error, output);
  try {
    await rename(unfinished, cluster);
    const parent = await open(folder);
    await parent.sync();
    await parent.close();
  } catch (renameError) {
    await rm(unfinished, { recursive: true, force: true });
    if (!hasCode(renameError, 'ENOTEMPTY', 'EEXIST')) throw renameError; // else another Keyway was first: use its database
  }
}

/** Starts only when no other server has the folder. A postmaster whose Keyway was killed is stopped and waited for. */
async function waitForOrphan(cluster: string): Promise<void> {
  for (let waitedMs = 0; waitedMs <= 60_000; waitedMs += 20) {
    const lockFile = await readLockFile(cluster);
    if (lockFile === undefined) return;
    const found = processIn(cluster, lockFile.pid);
    const justMade = lockFile.pid === 0 && waitedMs < 1000; // by another Keyway, which has yet to write into it
    if (found === undefined && !justMade) {
      const socket = join(lockFile.socketFolder, `.s.PGSQL.${port}`);
      if (await answers(socket)) throw inUse(cluster, lockFile.pid); // by another container, say
      // The number may meanwhile be that of another program, which PostgreSQL would take for a postmaster.
      await rm(`${socket}.lock`, { force: true });
      return await rm(join(cluster, 'postmaster.pid'), { force: true });
    }
    if (found !== undefined && found.command !== '') {
      const keyway = Number(/cluster_name=keyway-(\d+)/.exec(found.command)?.[1] ?? 0);
      if (keyway === 0 || keyway === found.parent) throw inUse(cluster, keyway || lockFile.pid);
      if (waitedMs % 30_000 === 0) endProcess(lockFile.pid, waitedMs === 0 ? 'SIGINT' : 'SIGQUIT');
    }
    await sleep(20);
  }
  throw new EmbeddedError('start_failed', `the PostgreSQL left over in ${cluster} does not end`);
}

type LockFile = { pid: number; socketFolder: string; status: string | undefined };

/** PostgreSQL's own lock: postmaster.pid, one value a line. */
export async function readLockFile(cluster: string): Promise<LockFile | undefined> {
  try {
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n').map((line) => line.trim());
    return { pid: Number(lines[0]), socketFolder: lines[4] ?? '', status: lines[7] };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

type Postmaster = Pick<EmbeddedPostgres, 'pid' | 'ended' | 'stop'>;

/** Resolves when PostgreSQL accepts connections, however long it must recover after a crash. */
async function startPostmaster(
  launch: () => ChildProcess,
  cluster: string,
  log?: (line: string) => void,
): Promise<Postmaster> {
  for (let attempt = 1; ; attempt += 1) {
    const child = launch();
    const output = collectLines(child, log);
    const end = ended(child);
    endWithKeyway(child, end, log);
    while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const lockFile = await readLockFile(cluster);
      if (lockFile?.pid === child.pid && lockFile?.status === 'ready') return supervise(child, end, log);
      await sleep(5);
    }
    const { error } = await end;
    // Sessions of a postmaster that was killed notice it a moment later, and hold the shared memory until then.
    const heldByRemains = output.some((line) => line.includes('pre-existing shared memory block'));
    if (heldByRemains && attempt <= 100) await sleep(100);
    else if (output.some((line) => line.includes('postmaster.pid" already exists'))) throw inUse(cluster);
    else throw startFailed('cannot start PostgreSQL', error, output);
  }
}

function supervise(child: ChildProcess, end: Promise<unknown>, log?: (line: string) => void): Postmaster {
  let stopping = false;
  void end.then(() => {
    if (!stopping) log?.('PostgreSQL ended unexpectedly');
  });
  return {
    pid: child.pid as number,
    ended: end.then(() => {}),
    async stop() {
      stopping = true;
      child.kill('SIGINT'); // fast shutdown: sessions end now, and the next start has nothing to recover
      await end;
    },
  };
}

const inUse = (cluster: string, pid?: number): EmbeddedError =>
  new EmbeddedError('data_dir_in_use', `the data folder ${cluster} is in use${pid ? ` by process ${pid}` : ''}`);

function startFailed(what: string, error: Error | undefined, output: readonly string[]): EmbeddedError {
  if (hasCode(error, 'ENOENT')) return missingProgram(error as NodeJS.ErrnoException);
  // The line that says most is the last with an error in it: hints and closing remarks follow it.
  const line = error?.message ?? output.findLast((text) => /FATAL|PANIC|error:/.test(text)) ?? output.at(-1);
  return new EmbeddedError('start_failed', `${what}: ${line ?? 'it ended without a word'}`);
}
