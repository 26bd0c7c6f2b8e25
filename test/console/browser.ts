// A real Chromium before a real server with the demo, for the tests of the console.
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Json } from '../../src/dialects/native/test-client.ts';
import { dialects } from '../dialects.ts';
import { type FreshServer, freshServer } from '../fresh-server.ts';

/** Where `node scripts/setup.mjs --test` sees to one; elsewhere Playwright's own. */
const executablePath = [
  process.env.TEST_CHROMIUM ?? '',
  '/usr/bin/chromium-headless-shell', // without windows of its own, which are most of the work of opening one
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== '' && existsSync(path));

export const password = 'keyway-demo';

/** One for all files of a worker: each starts in seconds, and gives windows that share nothing. It ends with the worker. */
let launched: Promise<Browser> | undefined;
const chromiumOfWorker = (): Promise<Browser> => {
  // A page lives for seconds: what it costs to optimise its code, it never gets back.
  const args = ['--no-sandbox', '--js-flags=--no-turbofan --no-maglev'];
  launched ??= chromium.launch({ ...(executablePath && { executablePath }), args });
  return launched;
};

type Look = {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  /** No other test has it before or after: it has nothing in its cache, and may be given another clock. */
  readonly isNew?: boolean;
};

export type Console = {
  readonly server: FreshServer;
  /** A window of its own, until the test ends: nothing that another one stored, but scripts. Fails the test for whatever the page writes to its console as an error. */
  open(options?: Look): Promise<Page>;
  /** The same, signed in: at `/`, or where `path` says. */
  signedIn(user: 'admin' | 'power' | 'member' | 'reader' | 'nobody', path?: string, options?: Look): Promise<Page>;
  /** The native API as an administrator's key has it; fails the test for a refusal. */
  call(method: string, path: string, body?: object): Promise<Json>;
};

/** For a `describe`: what it gives can be used within its tests. */
export function withConsole(): Console {
  let browser: Browser;
  let server: FreshServer;
  beforeAll(async () => {
    if (!existsSync('console/dist/index.html')) throw new Error('The console is not built: npm run build:console');
    [server, browser] = await Promise.all([freshServer({ dialects }), chromiumOfWorker()]);
  });
  // To start the processes of a window, and to compile the console in it, is more work than most tests do there.
  const left: Page[] = [];
  afterAll(async () => {
    await Promise.all(left.map((page) => page.context().close()));
    await server?.close();
  });
  const newWindow = async (): Promise<Page> => {
    const context = await browser.newContext({ baseURL: server.url, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => {
      if (!leaving.has(page)) expect.soft(error, `on ${page.url()}`).toBeUndefined();
    });
    return page;
  };
  const open: Console['open'] = async ({ colorScheme = 'light', width = 1280, isNew = false } = {}) => {
    const page = (isNew ? undefined : left.pop()) ?? (await newWindow());
    onTestFinished(async ({ task }) => {
      if (isNew || task.result?.state === 'fail') return page.context().close();
      await leave(page);
      left.push(page);
    });
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    return page;
  };
  return {
    get server() {
      return server;
    },
    open,
    async signedIn(user, path = '/', options = {}) {
      const page = await open(options);
      const answer = await page.request.post('/v1/session', { data: { user_name: `${user}@keyway.test`, password } });
      expect(answer.status()).toBe(200);
      await page.goto(path);
      return page;
    },
    async call(method, path, body) {
      const answer = await fetch(`${server.url}${path}`, {
        method,
        headers: { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      expect(answer.ok, `${path} ${answer.status}`).toBe(true);
      return answer.json();
    },
  };
}

/** What is under way in a page fails when it is left: that is no fault of the test that comes next. */
const leaving = new WeakSet<Page>();

/** As it was when it was new, but for the console's scripts. A page that is left open would go on asking for news. */
async function leave(page: Page): Promise<void> {
  leaving.add(page);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.evaluate('localStorage.clear(); sessionStorage.clear()');
  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.context().clearPermissions();
  leaving.delete(page);
}

/** What must be scrolled sideways, of tables and the like that may be: how it begins, and how wide it is. */
export const scrolledSideways = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth)
      .map((one) => one.textContent.slice(0, 80) + ' ' + one.scrollWidth + '/' + one.clientWidth)`,
  );

/**
 * Leads to an option of a list that is open, by keys. At which of them a list begins it finds out when it is open already: a key that
 * comes before that, which is sooner than anybody presses one, is forgotten.
 */
export async function leadTo(option: Locator): Promise<void> {
  await option.waitFor();
  const page = option.page();
  await page.evaluate('new Promise((done) => setTimeout(done))');
  await expect
    .poll(async () => {
      await page.keyboard.press('ArrowDown');
      return option.getAttribute('data-combobox-selected');
    })
    .toBe('true');
}

/** Fails for what a reader of the screen, or somebody without a mouse, would stumble over: what is there for the moment that something fades is no fault. */
export const expectAccessible = (page: Page): Promise<void> =>
  expect.poll(() => seriousFaults(page), { message: page.url(), interval: 250 }).toEqual([]);

async function seriousFaults(page: Page): Promise<string[]> {
  // To read its half megabyte takes a page longer than to be looked through: once is enough until the next one is loaded.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source);
  // What is in order it need not list.
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run({ resultTypes: ["violations"] })');
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}
