import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

describe('values of a million characters', () => {
  const console = withConsole();
  beforeAll(async () => {
    for (const key of ['L-1', 'L-2', 'L-3'])
      await console.call('PATCH', `/v1/records/customer/external_id:${key}`, {
        fields: { comments: `${'word '.repeat(200_000)}the end` },
      });
  });
  const lengthOf = async (page: Page): Promise<number> => (await page.content()).length;

  it.each(['/', '/audit', '/records/customer?columns=external_id,comments'])(
    'are shown by their beginning where there are many: %s',
    async (path) => {
      const page = await console.signedIn('power', path);
      await page.getByText('word word').first().waitFor();
      expect(await lengthOf(page)).toBeLessThan(200_000);
    },
  );

  it('are shown whole where one asks for it, by keyboard too', async () => {
    const page = await console.signedIn('power', '/records/customer/external_id:L-1');
    const field = page.getByRole('region', { name: 'Fields' }).getByRole('row', { name: /^Comments/ });
    const all = field.getByRole('button', { name: 'Show all 1,000,007 characters' });
    await all.waitFor();
    expect(await lengthOf(page)).toBeLessThan(200_000);
    await expectAccessible(page);
    await all.press('Enter');
    await all.waitFor({ state: 'detached' });
    await expect.poll(() => field.textContent()).toContain('word the end');
  });

  it('leave in sight what can be done with a record that is called so', async () => {
    await console.call('PATCH', '/v1/records/customer/external_id:L-4', { fields: { name: 'W'.repeat(3_000) } });
    await console.call('PUT', '/v1/records/customer/external_id:L-4/links/contacts/external_id:user1', {});
    for (const width of [1280, 390]) {
      const page = await console.signedIn('admin', '/records/customer/external_id:L-4', { width });
      const fields = await page.getByRole('region', { name: 'Fields' }).boundingBox();
      expect(fields?.y, `at ${width}`).toBeLessThan(500);
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).waitFor();
      const dialog = await page.getByRole('dialog').boundingBox();
      expect(dialog?.height, `at ${width}`).toBeLessThan(400);
      await page.keyboard.press('Escape');
      await page.goto('/records/contact/external_id:user1');
      await page.getByRole('link', { name: /^W+/ }).first().waitFor();
      expect((await page.getByRole('region', { name: 'Links', exact: true }).boundingBox())?.height).toBeLessThan(400);
    }
  });
});
