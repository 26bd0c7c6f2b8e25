// Makes a fresh clone runnable. `npm start`, `npm test` and `npm run keyway` call it first; it costs nothing when all is there.
//   node scripts/setup.mjs              installs the packages of package-lock.json
//   node scripts/setup.mjs --console    and builds the console, unless it is of these sources
//   node scripts/setup.mjs --test       and sees to a PostgreSQL 15 or newer, on which the tests run a second time, and to a Chromium
// Runs on Node 20 and without packages, as it is what installs them. Says what it does on stderr: stdout is the command's.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const chromiumPaths = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

const wants = (flag) => process.argv.includes(flag);
// Beside each other, and each to its end: both wait for the network most of the time.
const ends = await Promise.allSettled([providePackages(), wants('--test') && provideSystemPackages()]);
for (const { reason } of ends) if (reason !== undefined) fail(reason.message);
if (wants('--test')) await provideTheRest();

async function providePackages() {
  if (!packagesAreCurrent()) await installPackages();
  if (wants('--console') || wants('--test')) await buildConsole();
}

/** npm leaves a record of what it installed. Whatever the lock file has beyond it must be optional, for another platform. */
function packagesAreCurrent() {
  try {
    const packagesOf = (file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
    const installed = packagesOf('node_modules/.package-lock.json');
    return Object.entries(packagesOf('package-lock.json')).every(([path, locked]) => {
      if (path === '') return true;
      return installed[path] ? installed[path].version === locked.version : locked.optional === true;
    });
  } catch {
    return false; // not installed, or not to the end
  }
}

async function installPackages() {
  // Not `npm ci`: it gives up where a registry lacks a package of some other platform, and begins by deleting what is there.
  // NODE_ENV=production would leave out Node itself, which is a development dependency.
  await npm('installing packages', [
    'install',
    '--no-save',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
  ]);
  if (existsSync(join(root, 'node_modules/.bin/node'))) return;
  // npm was told to run no install scripts; without this one there is no Node 24.
  await npm('installing Node', ['rebuild', 'node', '--ignore-scripts=false']);
}

function npm(what, args) {
  const own = process.env.npm_execpath; // set when npm runs us
  const command = own ? [process.execPath, own] : ['npm'];
  return run(what, [...command, ...args, '--loglevel=error']);
}

/** A mark in what was built says of which sources it is. */
async function buildConsole() {
  const folder = join(root, 'console');
  const sources = readdirSync(folder, { recursive: true })
    .filter((name) => !name.startsWith('dist') && statSync(join(folder, name)).isFile())
    .sort();
  const digest = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const name of sources) digest.update(name).update(readFileSync(join(folder, name)));
  const wanted = digest.digest('hex');
  const mark = join(folder, 'dist/built-of');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  const node = join(root, 'node_modules/.bin/node');
  await run('building the console', [existsSync(node) ? node : process.execPath, 'scripts/build-console.mjs']);
  writeFileSync(mark, wanted);
}

/** A PostgreSQL and a Chromium for the tests, where Debian's tools can install what is missing. */
async function provideSystemPackages() {
  const missing = [hasPostgres() ? '' : 'PostgreSQL', hasChromium() ? '' : 'Chromium'].filter((name) => name !== '');
  if (missing.length === 0 || process.getuid?.() !== 0 || !works(['apt-get', '--version'])) return;
  await run(`looking for ${missing.join(' and ')}`, ['apt-get', 'update', '-qq']);
  const isOffered = (name) => works(['apt-cache', 'show', name]);
  const postgres = [15, 16, 17, 18].map((version) => `postgresql-${version}`);
  const wanted = [
    ...(hasPostgres() ? [] : postgres.filter(isOffered).slice(0, 1)),
    // The shell draws no windows of its own: to open one takes a tenth of the work.
    ...(hasChromium() ? [] : ['chromium-headless-shell', 'chromium'].filter(isOffered).slice(0, 1)),
  ];
  if (wanted.length === 0) return;
  // Debian would make and start a server of its own; the tests start theirs.
  const settings = '/etc/postgresql-common/createcluster.conf';
  if (!hasPostgres() && !existsSync(settings)) {
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, 'create_main_cluster = false\n');
  }
  const keepSettings = ['-o', 'Dpkg::Options::=--force-confold'];
  await run(`installing ${wanted.join(' and ')}`, [
    ...['apt-get', 'install', '-qq', '-y', '--no-install-recommends', ...keepSettings, ...wanted],
  ]);
}

async function provideTheRest() {
  if (!hasPostgres()) {
    fail('the tests need a PostgreSQL 15 or newer: install one (Debian: postgresql-15), or set TEST_DATABASE_URL');
  }
  if (hasChromium()) return;
  await run('installing Chromium', [
    process.execPath,
    'node_modules/playwright-core/cli.js',
    'install',
    'chromium',
  ]).catch(({ message }) => fail(message));
}

/** The tests of the console drive it: see test/console/browser.ts, which looks in the same places. */
function hasChromium() {
  return Boolean(process.env.TEST_CHROMIUM) || chromiumPaths.some((path) => existsSync(path));
}

/** Where test/global-setup-postgres15.ts looks for it. */
function hasPostgres() {
  if (process.env.TEST_DATABASE_URL) return true;
  const programs = '/usr/lib/postgresql';
  const versions = existsSync(programs) ? readdirSync(programs).filter((version) => Number(version) >= 15) : [];
  return versions.some((version) => existsSync(join(programs, version, 'bin/initdb')));
}

/** Says what it does, and how long that took. Rejects with all that the command said when it fails. */
async function run(what, [command, ...args]) {
  const start = performance.now();
  process.stderr.write(`keyway set-up: ${what} ...\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece) => {
      said += piece;
    });
  }
  const status = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} failed: ${status}\n${said}`);
  process.stderr.write(`keyway set-up: ${what} took ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

function works([command, ...args]) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function fail(message) {
  process.stderr.write(`keyway set-up: ${message}\n`);
  process.exit(1);
}
