import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

const all = [
  'Overview',
  'Type elements',
  'Application integration',
  'Application authentications',
  'Schema',
  'Waiting links',
  'Webhooks',
  'Users and grants',
  'Audit',
];

describe('the workspace menu', () => {
  const console = withConsole();

  it.each([
    ['admin', all],
    ['power', all.filter((name) => name !== 'Users and grants')],
    ['member', ['Overview', 'Type elements', 'Waiting links']],
  ] as const)('offers to %s what the role may', async (user, expected) => {
    const page = await console.signedIn(user);
    const menu = page.getByRole('navigation', { name: 'Workspace menu' });
    await expect.poll(() => menu.getByRole('link').allTextContents()).toEqual([...expected, 'API reference']);
    await expectAccessible(page);
  });

  it('is passed over by keyboard', async () => {
    const page = await console.signedIn('power', '/interfaces');
    await page.getByRole('link', { name: 'My interface' }).waitFor();
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'Skip to the page' }).and(page.locator(':focus')).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page
      .getByRole('button', { name: /^New interface/ })
      .and(page.locator(':focus'))
      .waitFor();
    expect(new URL(page.url()).hash).toBe('');
  });

  it('opens at phone width, and closes when a page is chosen', async () => {
    const page = await console.signedIn('power');
    await page.setViewportSize({ width: 390, height: 800 });
    const menu = page.getByRole('navigation', { name: 'Workspace menu' });
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await menu.getByRole('link', { name: 'Application integration' }).click();
    await page.getByRole('heading', { name: 'Application integration', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Open the menu' }).waitFor();
  });
});
