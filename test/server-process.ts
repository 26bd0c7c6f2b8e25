// A real `keyway serve`, in a process of its own: to race against another one, or to be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type ServerProcess = {
  /** `http://127.0.0.1:PORT` */
  url: string;
  process: ChildProcess;
  /** SIGKILL: no chance to finish anything. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/** @param args after `serve`, as `['--database-url', url]`. */
export async function startServer(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<ServerProcess> {
  const { KEYWAY_DATA: _, DATABASE_URL: __, ...inherited } = process.env;
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=8', '--heap-growing-percent=100', 'src/keyway.js', 'serve', '--port', '0', ...args],
    {
      env: { ...inherited, MALLOC_ARENA_MAX: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000);
  });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const ready = /^keyway ready (http:\/\/\S+)$/.exec(line);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    });
    child.once('exit', (code) => reject(new Error(`keyway serve ended with ${code}: ${errors}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return { url, process: child, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}
