import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

describe('Application authentications', () => {
  const console = withConsole();

  it('makes a key, shows its secret this once, and revokes it', async () => {
    const page = await console.signedIn('admin', '/authentications');
    await page.getByRole('button', { name: 'New API key' }).click();
    await page.getByLabel('Name').fill('The ERP');
    await page.getByRole('button', { name: 'Create' }).click();
    const shown = page.getByRole('dialog', { name: 'The secret, this once' });
    await shown.waitFor();
    await expectAccessible(page);
    const [clientId = '', secret = ''] = await shown.locator('code').allTextContents();
    expect(clientId).toMatch(/^kw_client_/);
    await shown.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('cell', { name: clientId }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await page.getByRole('button', { name: 'Revoke The ERP' }).click();
    await page.getByRole('dialog', { name: 'Revoke The ERP?' }).getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('revoked', { exact: true }).waitFor();
  });

  it('shows a power user which there are, and lets him make none', async () => {
    const page = await console.signedIn('power', '/authentications');
    await page.getByRole('cell', { name: 'kw_demo_client' }).waitFor();
    expect(await page.getByRole('button', { name: 'New API key' }).count()).toBe(0);
  });
});
