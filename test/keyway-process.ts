// The real program in a process of its own, for what the contract says about processes.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/keyway.js', import.meta.url));

type Run = { code: number | null; stdout: string; stderr: string };
type Environment = Record<string, string>;

/** The tests' own settings stay out of it. */
function environment(added: Environment): Environment {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(KEYWAY_|DATABASE_URL$|FORCE_COLOR$)/.test(name));
  return { ...(Object.fromEntries(inherited) as Environment), ...added };
}

function start(args: readonly string[], env: Environment): { child: ChildProcess; output: Run; ended: Promise<Run> } {
  const child = spawn(process.execPath, [main, ...args], { env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Run = { code: null, stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += String(chunk);
  });
  const ended = new Promise<Run>((done) => {
    child.once('close', (code) => {
      output.code = code;
      done(output);
    });
  });
  return { child, output, ended };
}

/** Runs a command to its end. */
export async function keyway(
  args: readonly string[],
  options: { env?: Environment; input?: string } = {},
): Promise<Run> {
  const { child, ended } = start(args, options.env ?? {});
  child.stdin?.end(options.input ?? '');
  return ended;
}

export type ServingKeyway = {
  url: string;
  /** All that it printed so far. */
  output: Run;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Run>;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<Run>;
};

/** Starts `keyway serve` on a free port and waits for its ready line. Throws with its output when it ends before. */
export async function serveKeyway(args: readonly string[], env: Environment = {}): Promise<ServingKeyway> {
  const { child, output, ended } = start(['serve', '--port', '0', ...args], env);
  const ready = new Promise<string>((done) => {
    child.stdout?.on('data', () => {
      const url = /^keyway ready (\S+)$/m.exec(output.stdout)?.[1];
      if (url !== undefined) done(url);
    });
  });
  const url = await Promise.race([ready, ended.then(() => undefined)]);
  if (url === undefined) throw new Error(`keyway serve ended with ${output.code}: ${output.stderr}`);
  return {
    url,
    output,
    ended,
    kill: (signal) => void child.kill(signal),
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
