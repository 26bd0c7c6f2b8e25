import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/dialects/native/test-client.ts';
import { expectAccessible, withConsole } from './browser.ts';

describe('the type elements in the console', () => {
  const console = withConsole();
  const importContacts = (name: string, number: number): Promise<Json> =>
    console.call(
      'POST',
      '/v1/records/contact/import',
      Array.from({ length: number }, (_, index) => ({
        external_id: `${name}-${String(index).padStart(4, '0')}`,
        name: `${name} ${index}`,
        phone: name,
      })),
    );

  it('lists the types that one may read, and leads to their records', async () => {
    const page = await console.signedIn('member', '/records');
    await page.getByRole('link', { name: 'Building components' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Elements', exact: true }).click();
    await page.getByRole('heading', { name: 'Elements', level: 1 }).waitFor();
    await page.getByText('They are made by the external application that owns them', { exact: false }).waitFor();
    expect(await page.getByRole('button', { name: 'New element' }).count()).toBe(0);
  });

  it('shows any number of records, which come as one scrolls', async () => {
    await importContacts('Scroll', 250);
    const page = await console.signedIn('admin', '/records/contact?filter[phone]=Scroll&sort=-external_id');
    await page.getByRole('link', { name: 'Scroll 249' }).waitFor();
    const status = page.getByRole('status').filter({ hasText: 'records' });
    await expect.poll(() => status.textContent()).toBe('100 records loaded; more follow as you scroll');
    const grid = page.getByRole('region', { name: 'Contacts' });
    await grid.focus();
    const last = page.getByRole('link', { name: 'Scroll 0', exact: true });
    const toTheEnd = async (): Promise<number> => {
      await page.keyboard.press('End');
      return last.count();
    };
    await expect.poll(toTheEnd).toBe(1);
    await expect.poll(() => status.textContent()).toBe('250 records');
    expect(await page.getByRole('row').count()).toBeLessThan(60); // only those in sight are on the page
  });

  it('has numbers under each other', async () => {
    await console.call('PATCH', '/v1/records/claim/claim_number:N-1', { fields: { incurred: 12.5 } });
    const page = await console.signedIn('admin', '/records/claim?columns=claim_number,incurred');
    await page.getByRole('cell', { name: '12.5' }).waitFor();
    const cells = 'th:last-child, td:last-child:not([colspan])';
    const aligned = `[...document.querySelectorAll('${cells}')].map((one) => getComputedStyle(one).textAlign)`;
    expect(new Set(await page.evaluate<string[]>(aligned))).toEqual(new Set(['end']));
  });

  it('filters, and keeps the filter in the address until it is removed', async () => {
    await importContacts('Filter', 12);
    const page = await console.signedIn('admin', '/records/contact?filter[phone]=Filter');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Filter' });
    await dialog.getByRole('combobox', { name: 'How' }).click();
    await page.getByRole('option', { name: 'ends with' }).click();
    await dialog.getByLabel('Value').fill(' 11');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('link', { name: /^Filter \d+$/ }).allTextContents()).toEqual(['Filter 11']);
    await expectAccessible(page);
    await page.reload();
    await page.getByRole('button', { name: 'Remove the filter Name ends with 11' }).click();
    await page.getByRole('link', { name: 'Filter 10' }).waitFor();
    expect(new URL(page.url()).searchParams.get('filter[name][ends]')).toBeNull();
  });

  it('says of a filter that no index answers what it costs, and how to have one', async () => {
    const page = await console.signedIn('admin', '/records/claim');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Filter' });
    const cost = dialog.getByText('this goes through all records', { exact: false });
    await expect.poll(() => cost.textContent()).toContain('No index answers Name');
    await dialog.getByRole('combobox', { name: 'Field' }).click();
    await page.getByRole('option', { name: 'Status' }).click();
    await expect.poll(() => cost.count()).toBe(0);
    await dialog.getByRole('combobox', { name: 'How' }).click();
    await page.getByRole('option', { name: 'is not', exact: true }).click();
    await expect.poll(() => cost.textContent()).toContain('No index answers Status');
    await expectAccessible(page);
  });

  it('sorts and chooses columns, and keeps that in the address too', async () => {
    await importContacts('Sort', 3);
    const page = await console.signedIn('admin', '/records/contact?filter[phone]=Sort&columns=name,external_id');
    const rows = () => page.getByRole('link', { name: /^Sort \d+$/ }).allTextContents();
    await page.getByRole('button', { name: 'External id' }).click();
    await page.getByRole('button', { name: 'External id' }).click();
    await expect.poll(rows).toEqual(['Sort 2', 'Sort 1', 'Sort 0']);
    await page.locator('th[aria-sort=descending]').waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Version' }).check();
    await page.getByRole('columnheader', { name: 'Version' }).waitFor();
    await page.reload();
    await page.getByRole('columnheader', { name: 'Version' }).waitFor();
    await expect.poll(rows).toEqual(['Sort 2', 'Sort 1', 'Sort 0']);
  });

  it('exports what is filtered, as a file that the browser writes', async () => {
    await importContacts('Export', 3);
    const page = await console.signedIn('admin', '/records/contact?filter[phone]=Export&sort=name');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'NDJSON' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('contact.ndjson');
    const chunks = await (await file.createReadStream()).toArray();
    const rows = Buffer.concat(chunks).toString().trim().split('\n');
    expect(rows.map((row) => JSON.parse(row).external_id)).toEqual(['Export-0000', 'Export-0001', 'Export-0002']);
  });

  it('finds a record by any of its keys, former ones too, without a mouse', async () => {
    await console.call('PATCH', '/v1/records/claim/claim_number:FIND-1', {
      fields: { name: 'Hail', sync_key: 'a/b %41' },
    });
    await console.call('PATCH', '/v1/records/claim/claim_number:FIND-1', { fields: { claim_number: 'FIND-2' } });
    const page = await console.signedIn('member', '/records/claim');
    for (const text of ['FIND-1', 'FIND-2', 'a/b %41', 'sync_key:a/b %41']) {
      await page.goto('/records/claim');
      await page.getByRole('textbox', { name: 'Find by key' }).focus();
      await page.keyboard.type(text);
      await page.keyboard.press('Enter'); // before the answer is there
      await page.getByRole('heading', { name: 'Hail', level: 1 }).waitFor();
    }
  });

  it('keeps the key that is looked for in the address: it is there again after going back, anew, and for others', async () => {
    for (const number of [1, 2])
      await console.call('PATCH', `/v1/records/claim/claim_number:KEPT-${number}`, {
        fields: { name: `Kept ${number}` },
      });
    const page = await console.signedIn('member', '/records/claim?filter[name][starts]=Kept&columns=name,claim_number');
    const rows = () => page.getByRole('link', { name: /^Kept \d$/ }).allTextContents();
    await expect.poll(async () => (await rows()).sort()).toEqual(['Kept 1', 'Kept 2']);
    const box = page.getByRole('textbox', { name: 'Find by key' });
    await box.focus();
    await page.keyboard.type('KEPT-2', { delay: 60 });
    await expect.poll(rows).toEqual(['Kept 2']);
    const { searchParams } = new URL(page.url());
    expect(Object.fromEntries(searchParams)).toEqual({
      find: 'KEPT-2',
      'filter[name][starts]': 'Kept',
      columns: 'name,claim_number',
    });
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Kept 2' }).press('Enter');
    await page.getByRole('heading', { name: 'Kept 2', level: 1 }).waitFor();
    await page.goBack();
    await expect.poll(rows).toEqual(['Kept 2']);
    await expect.poll(() => box.inputValue()).toBe('KEPT-2');
    await page.reload();
    await expect.poll(rows).toEqual(['Kept 2']);
    await page.goBack(); // the letters that were typed are one step
    await expect.poll(async () => (await rows()).sort()).toEqual(['Kept 1', 'Kept 2']);
    await expect.poll(() => box.inputValue()).toBe('');
    await page.goForward();
    await expect.poll(rows).toEqual(['Kept 2']);
    const other = await console.signedIn('power', new URL(page.url()).pathname + new URL(page.url()).search);
    await expect.poll(() => other.getByRole('link', { name: /^Kept \d$/ }).allTextContents()).toEqual(['Kept 2']);
    await box.press('Escape');
    await expect.poll(async () => (await rows()).sort()).toEqual(['Kept 1', 'Kept 2']);
  });

  it('says why a key finds nothing, and where to look next', async () => {
    await console.call('PATCH', '/v1/records/claim/claim_number:NOTHING-1', { fields: { name: 'Frost in May' } });
    const page = await console.signedIn('member', '/records/claim?find=Frost');
    await page.getByText('No Claim has this key, number or id.').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Look for it in names' }).press('Enter');
    await page.getByRole('link', { name: 'Frost in May' }).waitFor();
    await page.goto('/records/claim?find=NOTHING-1&filter[status]=open');
    await page.getByText('It is there, and does not pass the filters').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).press('Enter');
    await page.getByRole('link', { name: 'Frost in May' }).waitFor();
    expect(new URL(page.url()).searchParams.get('find')).toBe('NOTHING-1');
  });

  it('offers nothing of a type that one may not read, and says who can grant it', async () => {
    const made = { email: 'claims-only@keyway.test', name: 'Claims only', password: 'keyway-demo' };
    await console.call('POST', '/v1/users', { ...made, grants: { claim: ['read'] } });
    const page = await console.open();
    await page.request.post('/v1/session', { data: { user_name: made.email, password: made.password } });
    await page.goto('/records');
    await page.getByRole('link', { name: 'Claims' }).waitFor();
    expect(await page.getByRole('link', { name: 'Contacts' }).count()).toBe(0);
    await page.goto('/records/contact');
    await page.getByText('You lack the grant for this page').waitFor();
    await page.getByText('An administrator can grant read on contact', { exact: false }).waitFor();
    for (const name of ['Export', 'Filter', 'Import', 'New contact'])
      expect(await page.getByRole('button', { name }).count(), name).toBe(0);
    expect((await page.request.get('/v1/records/contact')).status()).toBe(403);
    await expectAccessible(page);
  });

  it('exports only what was found', async () => {
    for (const number of [1, 2])
      await console.call('PATCH', `/v1/records/claim/claim_number:FE-${number}`, {
        fields: { name: `Found ${number}` },
      });
    const page = await console.signedIn('admin', '/records/claim?find=FE-2');
    await page.getByRole('link', { name: 'Found 2' }).waitFor();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'NDJSON' }).click(),
    ]);
    const rows = Buffer.concat(await (await file.createReadStream()).toArray())
      .toString()
      .trim()
      .split('\n');
    expect(rows.map((row) => JSON.parse(row).claim_number)).toEqual(['FE-2']);
  });
});
