import { beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, password, withConsole } from './browser.ts';

describe('finding a record from anywhere', () => {
  const console = withConsole();
  const write = (path: string, fields: object) => console.call('PATCH', `/v1/records/${path}`, { fields });

  beforeAll(async () => {
    await write('claim/claim_number:ANY-1', { name: 'Hail' });
    await write('claim/claim_number:ANY-1', { claim_number: 'ANY-2' });
    await write('contact/external_id:ANY-2', { name: 'Ann' });
  });

  it('takes a key that a record has or had, without a mouse, before the answer is there', async () => {
    const page = await console.signedIn('member', '/waiting-links');
    await page.getByRole('button', { name: 'Find a record' }).waitFor();
    for (const shortcut of ['Control+k', '/']) {
      await page.keyboard.press(shortcut);
      const dialog = page.getByRole('dialog', { name: 'Find a record' });
      await dialog.locator('input:focus').waitFor();
      await page.keyboard.type('ANY-1');
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'hidden' });
      await page.getByRole('heading', { name: 'Hail', level: 1 }).waitFor();
    }
  });

  it('shows those of every type, to choose from', async () => {
    const page = await console.signedIn('power', '/schema');
    await page.getByRole('button', { name: 'Find a record' }).click();
    await page.getByRole('textbox', { name: 'Key, number or id' }).fill(' ANY-2 ');
    const options = page.getByRole('option');
    await options.first().waitFor();
    expect(await options.allTextContents()).toEqual([
      expect.stringMatching(/^Hail#\d+ · by its claim numberClaim$/),
      expect.stringMatching(/^Ann#\d+ · by its external idContact$/),
    ]);
    await expectAccessible(page);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Ann', level: 1 }).waitFor();
  });

  it('says what to do when nothing is found, and closes by Escape', async () => {
    const page = await console.signedIn('member', '/', { colorScheme: 'dark', width: 390 });
    await page.getByRole('button', { name: 'Find a record' }).click();
    const dialog = page.getByRole('dialog', { name: 'Find a record' });
    const input = dialog.getByRole('textbox', { name: 'Key, number or id' });
    await input.fill('any-2');
    await dialog.getByText('No record that you may read has this key, number or id.').waitFor();
    await expectAccessible(page);
    await input.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Find a record' }).click();
    await input.fill('An');
    await dialog.getByRole('link', { name: 'Contacts' }).click();
    await page.getByText('Name contains An').waitFor();
    await page.getByRole('link', { name: 'Ann' }).waitFor();
  });

  it('looks only into what one may read, and is not there for whoever may read nothing', async () => {
    const users = [
      ['reader', { contact: ['read'] }],
      ['nobody', { contact: ['create'] }],
    ] as const;
    for (const [name, grants] of users)
      await console.call('POST', '/v1/users', { email: `${name}@keyway.test`, name, password, role: 'member', grants });
    const page = await console.signedIn('reader');
    await page.getByRole('button', { name: 'Find a record' }).click();
    await page.getByRole('textbox', { name: 'Key, number or id' }).fill('ANY-2');
    await page.getByRole('option').first().waitFor();
    expect(await page.getByRole('option').allTextContents()).toEqual([expect.stringMatching(/^Ann/)]);
    const without = await console.signedIn('nobody');
    await without.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await without.getByRole('button', { name: 'Find a record' }).count()).toBe(0);
  });
});
