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
    expect(await field.textContent()).toContain('word the end');
  });
});
