// Processes that are measured: `keyway serve`, and the bare servers that are its limits.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

export type BenchServer = {
  readonly url: string;
  readonly pid: number;
  /** The most memory it held since it started, or since `forgetPeak`. Linux only; elsewhere 0. */
  peakRssMb(): Promise<number>;
  forgetPeak(): Promise<void>;
  stop(): Promise<void>;
};

export const secretKey = 'a secret key for benchmarks, 32 characters or more';

/** None outlives the benchmarks, whatever ends them. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** @param args after `serve`. @param logFile takes the log, so that nobody needs to read a pipe beside the measurement. */
export const startKeyway = (args: readonly string[], logFile: string): Promise<BenchServer> =>
  startProcess(
    [
      '--max-semi-space-size=8',
      '--heap-growing-percent=100',
      'src/keyway.js',
      'serve',
      '--port',
      '0',
      '--json-log',
      ...args,
    ],
    logFile,
    { MALLOC_ARENA_MAX: '1', KEYWAY_SECRET_KEY: secretKey },
  );

/** @param args of Node. The process says `… ready http://…` on a line of its own when it serves. */
export async function startProcess(
  args: readonly string[],
  logFile: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<BenchServer> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(KEYWAY_|DATABASE_URL$)/.test(name));
  const child = spawn(process.execPath, args, {
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'pipe', openSync(logFile, 'a')],
  });
  running.add(child);
  const exited = once(child, 'exit').then(() => running.delete(child));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const ready = /ready (http:\/\/\S+)$/.exec(line)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    child.once('exit', (code) => void readFile(logFile, 'utf8').then((log) => reject(ended(args, code, log))));
  });
  return { url, pid: child.pid as number, ...memoryOf(child), stop: () => stop(child, exited) };
}

const ended = (args: readonly string[], code: number | null, log: string): Error =>
  new Error(`node ${args.join(' ')} ended with ${code}: ${log.slice(-2000)}`);

async function stop(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await exited;
}

const memoryOf = (child: ChildProcess): Pick<BenchServer, 'peakRssMb' | 'forgetPeak'> => ({
  async peakRssMb() {
    if (process.platform !== 'linux') return 0;
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
  },
  async forgetPeak() {
    if (process.platform === 'linux') await writeFile(`/proc/${child.pid}/clear_refs`, '5');
  },
});
