// Everything that must hold before a commit, one after the other; stops at the first that fails.
//   npm run check                all of it        npm run check -- types tests        these only
import { spawn } from 'node:child_process';

const checks = {
  style: 'biome check --error-on-warnings', // format and lint
  types: 'tsc',
  'types-console': 'tsc --project console',
  imports: 'node scripts/layers.ts', // which layer may import which
  unused: 'knip', // dead code, and dependencies that nothing uses
  tests: 'vitest run', // on both databases: see vitest.config.ts
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in checks));
if (unknown.length > 0) {
  console.error(`no check named ${unknown.join(', ')}; there are ${Object.keys(checks).join(', ')}`);
  process.exit(2);
}

for (const [name, command] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}: ${command}`);
  const start = performance.now();
  const code = await run(command);
  if (code !== 0) {
    console.error(`== ${name} failed`);
    process.exit(code);
  }
  if (name !== 'tests') console.log(`   ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** @returns the exit code; 1 for a command that a signal ended. npm has put node_modules/.bin on the path. */
function run(command: string): Promise<number> {
  const [program = '', ...args] = command.split(' ');
  const child = spawn(program, args, { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', pass).on('SIGINT', () => {}); // Ctrl-C reaches the child from the terminal
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => {
      process.off('SIGTERM', pass).removeAllListeners('SIGINT');
      done(code ?? 1);
    });
  });
}
