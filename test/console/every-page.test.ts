import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

const mostScriptBytes = 300 * 1024;

describe('every page of the menu', () => {
  const console = withConsole();

  it.each([
    ['admin', 'light', 9],
    ['admin', 'dark', 9],
    ['member', 'light', 3],
  ] as const)(
    'shows %s in %s colours nothing that goes wrong, or that somebody stumbles over',
    { timeout: 120_000 },
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

  it('comes after less than 300 KB of compressed script', async () => {
    const page = await console.signedIn('admin', '/sign-in-first', { isNew: true });
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
    expect(bytes).toBeLessThan(mostScriptBytes);
  });
});
