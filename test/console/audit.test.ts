import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

describe('the audit', () => {
  const console = withConsole();

  it('shows each change with old and new values, who made it, and by which request', async () => {
    await console.call('POST', '/v1/interfaces/myendpoint/runs', [{ external_id: 'A-1', name: 'Pump' }]);
    await console.call('PATCH', '/v1/records/contact/2001', { fields: { name: 'Ada Berg-Lund' } });
    await console.call('PUT', '/v1/records/policy/67890/links/contacts/106', { role: 'Broker' });
    const page = await console.signedIn('power', '/audit');
    const rows = page.getByRole('row');
    for (const name of ['Element Pump', 'Contact Ada Berg-Lund'])
      await page.getByRole('link', { name }).first().waitFor();
    const [linked, updated, created] = (await rows.allTextContents()).slice(1);
    expect(linked).toMatch(/linked.*Contacts.*Policy .+ – Contact .+Role: Broker.*through the Native API/);
    expect(updated).toMatch(/updated.*Contact Ada Berg-Lund.*Name: Ada Berg → Ada Berg-Lund.*[0-9a-f]{8}-/);
    expect(created).toMatch(/created.*Element Pump.*External id: A-1.*run 1/);
    expect(await rows.nth(1).locator('time').getAttribute('datetime')).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    await expectAccessible(page);
  });

  it('is of one cause or type, as its address says', async () => {
    const page = await console.signedIn('admin', '/audit');
    const rows = page.getByRole('row');
    await page.getByRole('combobox', { name: 'Cause' }).click();
    await page.getByRole('option', { name: 'complete sets', exact: true }).click();
    await expect.poll(() => rows.count()).toBe(2);
    await page.reload();
    await rows.nth(1).waitFor();
    expect(await rows.count()).toBe(2);
    await page.getByRole('combobox', { name: 'Type' }).click();
    await page.getByRole('option', { name: 'claim' }).click();
    await page.getByText('No change that is kept is as the filters say.').waitFor();
  });

  it('is of one person or key, and of a time', async () => {
    const { secret } = await console.call('POST', '/v1/keys', { label: 'Warehouse', role: 'power' });
    const answer = await fetch(`${console.server.url}/v1/records/claim`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ fields: { name: 'By the warehouse' } }),
    });
    expect(answer.ok).toBe(true);
    const page = await console.signedIn('power', '/audit');
    await page.getByRole('combobox', { name: 'By' }).click();
    await page.getByRole('option', { name: 'Warehouse' }).click();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.getByRole('link', { name: 'Claim By the warehouse' }).waitFor();
    await page.getByLabel('From').fill('2999-01-01T00:00');
    await page.getByText('None of these').waitFor();
    await page.getByLabel('From').fill('');
    await page.getByRole('link', { name: 'Claim By the warehouse' }).waitFor();
    await page.getByLabel('Until').fill('2000-01-01T00:00');
    await page.getByText('None of these').waitFor();
    await page.getByLabel('Until').fill('2999-01-01T00:00');
    await page.getByRole('link', { name: 'Claim By the warehouse' }).waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel('Until').inputValue()).toBe('2999-01-01T00:00');
    await page.getByLabel('Until').fill('29990-01-01T00:00'); // no such time is looked for
    await page.waitForURL((url) => !url.searchParams.has('until'));
    await expectAccessible(page);
  });

  it('offers as causes the APIs that this server speaks', async () => {
    const page = await console.signedIn('admin', '/audit');
    await page.getByRole('combobox', { name: 'Cause' }).click();
    await page.getByRole('option').first().waitFor();
    const { items } = await console.call('GET', '/v1/dialects');
    const titles = items.map(({ title }: { title: string }) => title);
    expect(titles).toContain('Native');
    expect(await page.getByRole('option').allTextContents()).toEqual([
      'complete sets',
      'all but complete sets',
      ...titles,
    ]);
  });

  it('goes on to older changes', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({ external_id: `O-${index}`, name: 'Many' }));
    await console.call('POST', '/v1/records/contact/import', rows);
    const page = await console.signedIn('admin', '/audit?type=contact&kind=created');
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText('O-0', { exact: true }).waitFor();
  });
});
