import type { Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

const mostScriptBytes = 300 * 1024;

/** What the records of the last changes are called, which is asked once for each of their types: which these are, differs. */
const names = 'names' as const;

describe('every page of the menu', () => {
  const console = withConsole();

  it.each([
    ['admin', 'light', 9],
    ['admin', 'dark', 9],
    ['member', 'light', 3],
  ] as const)(
    'shows %s in %s colours nothing that goes wrong, or that somebody stumbles over',
    async (user, colorScheme, pages) => {
      const page = await console.signedIn(user, '/', { colorScheme });
      const said: string[] = [];
      page.on('console', (message) => message.type() === 'error' && said.push(`${page.url()}: ${message.text()}`));
      const menu = page.getByRole('navigation', { name: 'Workspace menu' });
      const own = menu.locator('a:not([href="/docs"])');
      await own.first().waitFor();
      expect(await own.count()).toBe(pages);
      for (const link of await own.all()) {
        await link.click();
        await page.getByRole('heading', { name: (await link.textContent()) ?? '', level: 1 }).waitFor();
        await page.getByLabel('Loading').waitFor({ state: 'detached' });
        await expectAccessible(page);
      }
      expect(said).toEqual([]);
    },
  );

  it.each([
    ['/', 10, names],
    ['/records', 2, []],
    ['/records/contact', 2, []],
    ['/records/contact?find=user1', 2, ['/v1/records/contact']], // it lists what was found
    ['/records/policy/67890', 6, ['/v1/records/contact']], // the names of those that it is linked with
    ['/interfaces', 2, []],
    ['/interfaces/myendpoint', 4, []],
    ['/schema?tab=edit', 2, []],
    ['/schema?tab=form', 2, ['/v1/dialects']], // how each API spells names
    ['/audit', 5, names],
    ['/audit?tab=access', 4, []],
    ['/waiting-links', 2, []],
    ['/webhooks', 1, []],
    ['/users', 1, []],
    ['/authentications', 1, []],
  ] as const)('%s asks for all that it shows at once', async (path, together, afterwards) => {
    const page = await console.signedIn('admin', 'about:blank');
    const held: Route[] = [];
    const later: string[] = [];
    let isHeld = true;
    await page.route('**/v1/**', async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname !== '/v1/me' && isHeld) return void held.push(route);
      // How many records there are in all, nothing waits for: it comes when it comes.
      if (pathname !== '/v1/me' && pathname !== '/v1/records') later.push(pathname);
      await route.continue();
    });
    await page.goto(path);
    await expect.poll(() => held.length).toBe(together);
    isHeld = false;
    await Promise.all(held.map((route) => route.continue()));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    // What is asked for by an answer may come after a moment without any.
    if (afterwards !== names) return expect.poll(() => later).toEqual(afterwards);
    expect(later.filter((asked) => !/^\/v1\/records\/[a-z_]+$/.test(asked))).toEqual([]);
    expect(new Set(later).size).toBe(later.length);
  });

  it('asks for a run and its issues at once, and then for the interface that it is of', async () => {
    const { id } = await console.call('POST', '/v1/interfaces/myendpoint/runs', [{ external_id: 'P-1', length: 'x' }]);
    const page = await console.signedIn('admin', 'about:blank');
    const asked: string[] = [];
    await page.route('**/v1/**', async (route) => {
      asked.push(new URL(route.request().url()).pathname);
      await route.continue();
    });
    await page.goto(`/runs/${id}`);
    await page.getByRole('cell', { name: 'P-1', exact: true }).waitFor();
    const [, ...after] = asked; // who one is comes first
    expect(after.slice(0, 3).sort()).toEqual(['/v1/dialects', `/v1/runs/${id}`, `/v1/runs/${id}/issues`]);
    expect(after.slice(3)).toEqual(['/v1/interfaces/myendpoint']);
  });

  it('comes after less than 300 KB of compressed script, in few files', async () => {
    const page = await console.open({ isNew: true }); // no page before has left a script in its cache
    await page.request.post('/v1/session', { data: { user_name: 'admin@keyway.test', password: 'keyway-demo' } });
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      if (request.resourceType() === 'script')
        sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await page.goto('/');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(0);
    expect(sizes.length).toBeLessThan(12);
    expect(bytes).toBeLessThan(mostScriptBytes);
  });
});
