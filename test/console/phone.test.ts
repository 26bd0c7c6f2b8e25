import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible, scrolledSideways, withConsole } from './browser.ts';

const phone = { colorScheme: 'dark', width: 390 } as const;

const widthOf = (page: Page): Promise<number> => page.evaluate<number>('document.documentElement.scrollWidth');

describe('at phone width, in the dark', () => {
  const console = withConsole();

  it.each([
    '/',
    '/records',
    '/records/contact?find=user1',
    '/records/policy/67890',
    '/schema?tab=diagram',
    '/schema?tab=types',
    '/schema?tab=edit',
    '/interfaces',
    '/waiting-links',
    '/webhooks',
    '/users',
    '/users?tab=rights',
    '/authentications',
    '/audit',
    '/audit?tab=access',
  ])('%s is read without scrolling sideways', async (path) => {
    const page = await console.signedIn('admin', path, phone);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await widthOf(page)).toBe(phone.width);
    expect(await scrolledSideways(page), 'tables that are wider than the screen').toEqual([]);
    await expectAccessible(page);
  });

  it.each([
    ['/records/policy/67890', 'As cURL', ''],
    ['/records/policy/67890', 'Add link', 'Link'],
    ['/records/policy/67890', 'Merge', 'Duplicate'],
    ['/authentications', 'New API key', 'Name'],
    ['/users', 'Edit Member', 'Role'],
    ['/interfaces/myendpoint?tab=settings', 'Transfer Name', 'People and APIs, here'],
    ['/webhooks', 'New webhook', 'Address'],
    ['/records/contact', 'Filter', 'Field'],
  ])('what %s opens by “%s” fits too, and begins at %s', async (path, opener, field) => {
    const page = await console.signedIn('admin', path, phone);
    await page.getByRole('button', { name: opener, exact: true }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.waitForLoadState('networkidle');
    const box = await dialog.boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= phone.width, JSON.stringify(box)).toBe(true);
    await expectAccessible(page);
    if (field !== '') await dialog.getByLabel(field).first().and(page.locator(':focus')).waitFor(); // one begins there
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });
});
