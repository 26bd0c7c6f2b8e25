import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

const button = 'New interface for synchronizing with an external application';
const title = 'Create interface for synchronizing with an external application';

describe('Application integration', () => {
  const console = withConsole();

  it('creates an interface by the dialog, word for word, and opens its page', async () => {
    const page = await console.signedIn('power', '/interfaces');
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.getByLabel('Name').fill('Assets of the ERP');
    await dialog.getByRole('combobox', { name: 'Type element (with ownership in an external application)' }).click();
    const offered = await page.getByRole('option').allTextContents();
    expect(offered).toContain('Element');
    expect(offered).not.toContain('Contact'); // owned here: no application may synchronise it
    await page.getByRole('option', { name: 'Element' }).click();
    expect(await dialog.getByLabel('Setup').inputValue()).toBe('Custom');
    expect(await dialog.getByLabel('Initiator').inputValue()).toBe('External application (via API request)');
    await dialog.getByLabel('Relatics API key for requests by external application').click();
    await page.getByRole('option').first().click();
    await dialog.getByLabel('Endpoint').fill('erp_assets');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Assets of the ERP', level: 1 }).waitFor();
    await page.getByText('/interfaces/synchronizing/erp_assets', { exact: false }).first().waitFor();
    await expectAccessible(page);
  });

  it('says what is missing, and keeps what was typed', async () => {
    const page = await console.signedIn('admin', '/interfaces');
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.getByLabel('Name').fill('Half of one');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('Choose the type element that is synchronised.').waitFor();
    expect(await dialog.getByLabel('Name').inputValue()).toBe('Half of one');
  });

  it('tells in the API’s words when the endpoint is taken', async () => {
    const page = await console.signedIn('admin', '/interfaces');
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.getByLabel('Name').fill('Again');
    await dialog.getByRole('combobox', { name: 'Type element (with ownership in an external application)' }).click();
    await page.getByRole('option', { name: 'Element' }).click();
    await dialog.getByLabel('Endpoint').fill('myendpoint');
    await dialog.getByRole('button', { name: 'Create' }).click();
    const alert = dialog.getByRole('alert');
    expect(await alert.textContent()).toContain('Choose another endpoint');
  });
});
