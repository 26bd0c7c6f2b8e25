import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { withConsole } from './browser.ts';

const number = 600;

describe('the way to another page and back', () => {
  const console = withConsole();
  const focused = (page: Page): Promise<string> => page.evaluate<string>('document.activeElement.id');

  it('leads the keyboard to the page that was asked for, which is seen from its top', async () => {
    const page = await console.signedIn('admin', '/');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    expect(await focused(page)).toBe('');
    await page.evaluate('window.scrollTo(0, 300)');
    await page.getByRole('navigation', { name: 'Workspace menu' }).getByRole('link', { name: 'Audit' }).press('Enter');
    await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor();
    expect(await focused(page)).toBe('page');
    expect(await page.evaluate('window.scrollY')).toBe(0);
    await page.getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: 'created' }).click();
    await page.waitForURL(/kind=created/);
    expect(await focused(page)).not.toBe('page');
  });

  it('finds a long list where it was left, and asks for none of its pages again', async () => {
    const rows = Array.from({ length: number }, (_, index) => ({ external_id: `W-${index}`, name: `Way ${index}` }));
    await console.call('POST', '/v1/records/partner/import', rows);
    const page = await console.signedIn('admin', 'about:blank', { isNew: true });
    await page.clock.install();
    await page.goto('/records/partner');
    const grid = page.getByRole('region', { name: 'Partners' });
    const far = grid.getByRole('link', { name: 'Way 450' });
    while ((await far.count()) === 0) {
      await grid.evaluate((list) => list.scrollBy(0, 1_500));
      await page.waitForTimeout(50);
    }
    const asked: string[] = [];
    page.on('request', (request) => request.url().includes('/v1/records/partner?') && asked.push(request.url()));
    await far.click();
    await page.getByRole('heading', { name: 'Way 450', level: 1 }).waitFor();
    await page.clock.fastForward(5_500); // until what was read counts as old
    await page.goBack();
    await far.waitFor();
    await page.waitForTimeout(500);
    expect(await far.isVisible()).toBe(true);
    expect(asked).toEqual([]);
  });
});
