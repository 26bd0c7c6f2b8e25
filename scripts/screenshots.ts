// Makes the pictures of the console in docs/screenshots, from a demo with some data: npm run screenshots
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from 'playwright-core';

const folder = 'docs/screenshots';
const size = { width: 1280, height: 800 };
const executablePath = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium-headless-shell',
].find(existsSync);

const pictures = [
  { name: 'overview', path: '/', colorScheme: 'light' },
  { name: 'records', path: '/records/element', colorScheme: 'light' },
  { name: 'record', path: '/records/policy/67890', colorScheme: 'dark' },
  { name: 'interface', path: '/interfaces/myendpoint', colorScheme: 'light' },
  { name: 'run', path: '/runs/5', colorScheme: 'light' },
  { name: 'schema', path: '/schema', colorScheme: 'dark' },
  { name: 'audit', path: '/audit', colorScheme: 'dark' },
] as const;

const data = mkdtempSync(join(tmpdir(), 'keyway-screenshots-'));
const server = spawn('node', ['src/keyway.js', 'serve', '--demo', '--port', '0', '--data', data], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const url = await addressOf(server.stdout);
  await fill(url);
  mkdirSync(folder, { recursive: true });
  await shoot(url);
} finally {
  server.kill();
  await once(server, 'exit');
  rmSync(data, { recursive: true, force: true });
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, url] = /keyway ready (\S+)/.exec(line) ?? [];
    if (url !== undefined) {
      output.resume(); // its log is not read any more, and must not fill the pipe
      return url;
    }
  }
  throw new Error('The server did not start.');
}

/** A few days of a plant system in a minute: sets that grow, some elements that are wrong, one set that the guard holds. */
async function fill(url: string): Promise<void> {
  const call = async (method: string, path: string, body: unknown): Promise<void> => {
    const headers = { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  const kinds = ['Pump', 'Valve', 'Tank', 'Motor', 'Filter'];
  const set = (count: number, round: number): object[] =>
    Array.from({ length: count }, (_, index) => ({
      external_id: `P-${1000 + index}`,
      name: `${kinds[index % kinds.length]} ${1000 + index}`,
      installed_on: `2024-0${1 + (index % 9)}-1${index % 10}`,
      length: (index * 37 + (index % 11 === round ? 1 : 0)) / 10,
      ...(index % 23 === round && { length: 'long' }),
    }));
  for (const [round, count] of [120, 180, 240, 260, 320, 400, 410, 480].entries())
    await call('POST', '/v1/interfaces/myendpoint/runs', set(count, round));
  await call('PATCH', '/v1/interfaces/myendpoint', { guard: { deletes: 50 } });
  await call('POST', '/v1/interfaces/myendpoint/runs', set(300, 9));
  const link = '/v1/records/policy/67890/links/contacts';
  await call('PUT', `${link}/106`, { role: 'Broker' });
  await call('PUT', '/v1/records/claim/5001/links/contacts/106', { role: 'Witness' });
  await call('PUT', `${link}/external_id:CRM-12`, { role: 'Claimant', onMissing: 'defer' });
  await call('PATCH', '/v1/records/contact/2001', { fields: { phone: '+31 20 555 0101', email: 'ada@example.com' } });
  await call('PATCH', '/v1/records/claim/5001', { fields: { status: 'closed', incurred: 12400.5 } });
}

async function shoot(url: string): Promise<void> {
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
  try {
    for (const { name, path, colorScheme } of pictures) {
      const context = await browser.newContext({ baseURL: url, viewport: size, colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await signIn(page);
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: join(folder, `${name}.png`) });
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

async function signIn(page: Page): Promise<void> {
  const answer = await page.request.post('/v1/session', {
    data: { user_name: 'admin@keyway.test', password: 'keyway-demo' },
  });
  if (!answer.ok()) throw new Error(`Signing in answers ${answer.status()}`);
}
