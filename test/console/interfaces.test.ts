import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

const button = 'New interface for synchronizing with an external application';
const labels = [
  'Name',
  'Type element (with ownership in an external application)',
  'Setup',
  'Initiator',
  'Relatics API key for requests by external application',
  'Endpoint',
];
const title = 'Create interface for synchronizing with an external application';

describe('Application integration', () => {
  const console = withConsole();

  it('creates an interface by the dialog, word for word, and opens its page', async () => {
    const page = await console.signedIn('power', '/interfaces');
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog', { name: title });
    for (const label of labels) expect(await page.getByLabel(label, { exact: true }).count(), label).toBe(1);
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

  it('is made by keyboard alone', async () => {
    const page = await console.signedIn('power', '/interfaces');
    await page.getByRole('button', { name: button }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.getByLabel('Name').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('By keys');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    const option = page.getByRole('option', { name: 'Element' });
    await option.waitFor();
    await page.keyboard.press('ArrowDown');
    await option.and(page.locator('[data-combobox-selected]')).waitFor();
    await page.keyboard.press('Enter');
    const type = dialog.getByRole('combobox', { name: labels[1] ?? '' });
    await expect.poll(() => type.inputValue()).toBe('Element');
    for (let step = 0; step < 4; step += 1) await page.keyboard.press('Tab');
    await page.keyboard.type('by_keys');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'By keys', level: 1 }).waitFor();
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

  it('offers no member to make one, who comes by its address', async () => {
    const page = await console.signedIn('member', '/interfaces');
    await page.getByRole('link', { name: 'My interface' }).waitFor();
    expect(await page.getByRole('button', { name: button }).count()).toBe(0);
  });
});
