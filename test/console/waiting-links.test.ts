import { describe, expect, it } from 'vitest';
import { expectAccessible, scrolledSideways, withConsole } from './browser.ts';

describe('waiting links', () => {
  const console = withConsole();
  const defer = (key: string) =>
    console.call('PUT', `/v1/records/policy/67890/links/contacts/external_id:${key}`, {
      role: 'Broker',
      onMissing: 'defer',
    });

  it('teach what they are while there are none', async () => {
    const page = await console.signedIn('member', '/waiting-links');
    await page.getByRole('heading', { name: 'No link waits' }).waitFor();
  });

  it('say what waits for what, and are found by what they wait for', async () => {
    await defer('W-1');
    await defer('W-2');
    const page = await console.signedIn('power', '/waiting-links');
    const row = page.getByRole('row', { name: /external_id:W-1/ });
    await expect
      .poll(() => row.textContent())
      .toMatch(/ContactsPolicy 67890is thereContact external_id:W-1not there yetBroker/);
    await row.getByText('by Administrator through the Native API', { exact: false }).waitFor();
    await expectAccessible(page);
    expect(await scrolledSideways(page), 'what can be done is in sight').toEqual([]);
    await page.getByRole('combobox', { name: 'Link type' }).click();
    await page.getByRole('option', { name: 'Policy: Contacts' }).click();
    await row.waitFor();
    await page.getByLabel('Waits for').fill('external_id:W-2');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page
      .getByRole('row', { name: /external_id:W-2/ })
      .getByRole('link', { name: '67890' })
      .click();
    await page.getByText('Policy #67890').waitFor();
  });

  it('are withdrawn by keyboard, after one was asked', async () => {
    await defer('W-3');
    const page = await console.signedIn('admin', '/waiting-links');
    const row = page.getByRole('row', { name: /external_id:W-3/ });
    await row.getByRole('button', { name: /^Withdraw link/ }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).press('Enter');
    await row.waitFor({ state: 'detached' });
    const { items } = await console.call('GET', '/v1/links/pending');
    expect(items.map(({ right }: { right: { ref: string } }) => right.ref)).not.toContain('external_id:W-3');
  });

  it('are a member’s to see, and not to withdraw without the grant', async () => {
    const { link } = await defer('W-4');
    const page = await console.signedIn('member', '/waiting-links');
    await page.getByRole('row', { name: /external_id:W-4/ }).waitFor();
    expect(await page.getByRole('button', { name: /^Withdraw/ }).count()).toBe(0);
    const refused = await page.request.delete(`/v1/links/pending/${link.number}`, {
      headers: { origin: console.server.url },
    });
    expect(refused.status()).toBe(403);
  });
});
