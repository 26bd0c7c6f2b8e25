import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

const requestKeys = 'Relatics API keys for requests by external application(s)';

describe('Application authentications', () => {
  const console = withConsole();

  it('makes a Relatics API key in two dialogs, shows its secret this once, and copies it', async () => {
    const page = await console.signedIn('admin', '/authentications');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const table = page.getByRole('region', { name: requestKeys });
    await table.getByRole('button', { name: 'New' }).click();
    const dialog = page.getByRole('dialog', { name: `New ${requestKeys.replace('keys', 'key')}` });
    await dialog.getByLabel('Name').fill('The ERP');
    await dialog.getByText('Token endpoint URL', { exact: true }).waitFor();
    const [endpoint = ''] = await dialog.locator('code').allTextContents();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Create' }).click();

    const shown = page.getByRole('dialog', { name: 'Client Secret' });
    await shown.waitFor();
    await expectAccessible(page);
    const [clientId = '', secret = '', again] = await shown.locator('code').allTextContents();
    expect(clientId).toMatch(/^kw_client_/);
    expect(again).toBe(endpoint);
    await shown.getByRole('button', { name: 'Close', exact: true }).click();
    await table.getByRole('cell', { name: clientId }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret);
    expect(await page.content()).not.toContain(secret);

    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
    const asked = () => page.request.post(endpoint, { form });
    expect((await asked()).status()).toBe(200);
    await table.getByRole('button', { name: 'Revoke The ERP' }).click();
    await page.getByRole('dialog', { name: 'Revoke The ERP?' }).getByRole('button', { name: 'Revoke' }).click();
    await table.getByText('revoked', { exact: true }).waitFor();
    expect((await asked()).status()).toBe(401);
  });

  it('makes a key that may do no more than it is granted', async () => {
    const page = await console.signedIn('admin', '/authentications');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'New API key' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'New API key' });
    await dialog.getByLabel('Name').fill('Reader of claims');
    await dialog.getByRole('button', { name: 'Take away every type' }).press('Enter');
    const another = dialog.getByRole('combobox', { name: 'Record type to grant' });
    await another.press('ArrowDown');
    await page.getByRole('option', { name: 'claim', exact: true }).click();
    await expect.poll(() => another.inputValue()).toBe(''); // it is for the next one
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Create' }).press('Enter');
    const shown = page.getByRole('dialog', { name: 'Key', exact: true });
    const key = (await shown.locator('code').first().textContent()) ?? '';
    await shown.getByRole('button', { name: 'Copy and close' }).press('Enter');
    await shown.waitFor({ state: 'detached' });
    const asked = (path: string) =>
      fetch(`${console.server.url}/v1/records/${path}`, { headers: { authorization: `Bearer ${key}` } });
    expect((await asked('claim')).status).toBe(200);
    expect((await asked('contact')).status).toBe(403);
  });

  it('keeps a secret in sight that the browser lets it not copy', async () => {
    const page = await console.signedIn('admin', '/authentications');
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await page.getByRole('button', { name: 'New API key' }).click();
    await page.getByLabel('Name').fill('Old browser');
    await page.getByRole('button', { name: 'Create' }).click();
    const shown = page.getByRole('dialog', { name: 'Key', exact: true });
    await shown.getByRole('button', { name: 'Copy and close' }).click();
    await shown.getByText('Copy it now.').waitFor();
    await expect.poll(() => shown.locator('code').first().textContent()).toMatch(/^kw_/);
    await shown.getByRole('button', { name: 'I have copied it' }).click();
    await shown.waitFor({ state: 'detached' });
    await page
      .getByRole('region', { name: 'Other API keys' })
      .getByRole('cell', { name: 'Old browser', exact: true })
      .waitFor();
  });

  it('shows a power user which there are, and lets him make none', async () => {
    const page = await console.signedIn('power', '/authentications');
    await page.getByRole('region', { name: requestKeys }).getByRole('cell', { name: 'kw_demo_client' }).waitFor();
    expect(await page.getByRole('button', { name: /^New/ }).count()).toBe(0);
  });
});
