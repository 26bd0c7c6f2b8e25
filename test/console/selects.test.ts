import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

describe('a field of choice', () => {
  const console = withConsole();

  it.each([
    ['/audit', 'Cause'],
    ['/audit', 'Type'],
    ['/records/contact', 'Field'],
    ['/records/policy/67890', 'Link'],
    ['/authentications', 'Role'],
    ['/users', 'Role'],
    ['/webhooks', 'Events'],
    ['/webhooks', 'Record types'],
  ])('on %s is what its label leads to, and nothing beside it: %s', async (path, label) => {
    const page = await console.signedIn('admin', path);
    const opener = {
      '/records/contact': 'Filter',
      '/records/policy/67890': 'Add link',
      '/authentications': 'New API key',
      '/users': 'New user',
      '/webhooks': 'New webhook',
    }[path];
    if (opener !== undefined) await page.getByRole('button', { name: opener, exact: true }).click();
    const field = page.getByRole('combobox', { name: label, exact: true });
    const labelled = page.getByLabel(label, { exact: true });
    await labelled.waitFor();
    expect(await labelled.count()).toBe(1);
    await field.press('ArrowDown');
    const list = page.getByRole('listbox');
    await list.waitFor();
    // What it says of itself is heard by whoever does not see it open.
    await expect.poll(() => field.getAttribute('aria-expanded')).toBe('true');
    expect(await field.getAttribute('aria-controls')).toBe(await list.getAttribute('id'));
    await expectAccessible(page);
    await field.press('ArrowDown');
    const chosen = await page.locator('[role=option][data-combobox-selected]').getAttribute('id');
    expect(await field.getAttribute('aria-activedescendant')).toBe(chosen);
    await field.press('Enter');
    await field.press('Tab');
    await list.waitFor({ state: 'detached' });
    expect(await labelled.count()).toBe(1);
  });
});
