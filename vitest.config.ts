import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// What says SQL, or shows by the native API what comes of it. Vendors' dialects and the console say none.
const onEachDatabase = ['src/store', 'src/engine', 'src/dialects/native', 'test/contract', 'test/scenarios'];

// Those that drive a dialect which was taken out: `zendesk-page.test.ts` without `src/dialects/zendesk`.
const clientsOfNobody = readdirSync('test/clients')
  .filter((file) => file.endsWith('.test.ts') && !existsSync(`src/dialects/${/^[a-z]+/.exec(file)?.[0]}`))
  .map((file) => `test/clients/${file}`);

export default defineConfig({
  test: {
    reporters: ['default', './test/count-reporter.ts'],
    maxWorkers: availableParallelism() + 1, // a third of their time they wait: for timers, processes and browsers
    // Many start processes, of a second of work each, on a machine that may have other work: none has a bound of its own below this one.
    // Here, and not by `vi.setConfig` in a module that several files import: it is loaded once, and what it sets holds for the first of them alone.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // In each project `isolate: false`: to load the whole program anew for each file takes a fifth of the time.
    projects: [
      {
        test: {
          name: 'embedded',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: clientsOfNobody,
          isolate: false,
          globalSetup: 'test/global-setup-embedded.ts',
        },
      },
      {
        test: {
          name: 'postgres15',
          include: onEachDatabase.map((folder) => `${folder}/**/*.test.ts`),
          // Once: what has an embedded server of its own, long waits, what asks no database, and what a server process does by itself.
          exclude: [
            'src/store/embedded/*.test.ts',
            'src/engine/access/password-hashes.test.ts',
            'src/dialects/native/rows/stalled.test.ts',
            'test/scenarios/{,import-,webhook-}crash.test.ts',
            'test/scenarios/*memory.test.ts',
          ],
          isolate: false,
          globalSetup: 'test/global-setup-postgres15.ts',
        },
      },
    ],
  },
});
