import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

describe('the record page', () => {
  const console = withConsole();
  const write = (type: string, ref: string, fields: object) =>
    console.call('PATCH', `/v1/records/${type}/${ref}`, { fields });

  it('shows fields with their owners, keys with former ones, and why a value is as it is', async () => {
    await write('claim', 'claim_number:P-1', { name: 'Burst pipe', status: 'open' });
    await write('claim', 'claim_number:P-1', { claim_number: 'P-2' });
    const page = await console.signedIn('member', '/records/claim/claim_number:P-1');
    await page.getByRole('heading', { name: 'Burst pipe', level: 1 }).waitFor();
    const keys = page.getByRole('region', { name: 'Keys' });
    await keys.getByText('P-1', { exact: true }).waitFor();
    expect(await keys.textContent()).toMatch(/Claim number.*P-2.*former.*P-1/);
    await page.getByRole('button', { name: 'Why Status?' }).focus();
    await page.keyboard.press('Enter');
    const why = page.getByRole('dialog', { name: 'Why Status?' });
    await why.getByText('native', { exact: true }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('Claim number: P-1 → P-2').waitFor();
  });

  it('adds a link by the other record’s key, changes its role and removes it', async () => {
    await write('policy', 'policy_number:L-1', { name: 'Fleet' });
    const page = await console.signedIn('admin', '/records/policy/policy_number:L-1');
    await page.getByRole('button', { name: 'Add link' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add link' });
    await dialog.getByRole('textbox', { name: 'Contact' }).fill('user1');
    await page.getByRole('option', { name: /Tom Visser/ }).click();
    await dialog.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'Broker' }).click();
    await dialog.getByRole('button', { name: 'Add link' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const role = page.getByRole('combobox', { name: 'Role of Tom Visser' });
    expect(await role.inputValue()).toBe('Broker');
    await page.getByRole('region', { name: 'Neighbourhood', exact: true }).getByRole('link').waitFor();
    await expectAccessible(page);
    const roles = async () =>
      (await console.call('GET', '/v1/records/policy/policy_number:L-1/links')).items.map(
        (link: { role: string }) => link.role,
      );
    await role.click();
    await page.getByRole('option', { name: 'Adjuster' }).click();
    await expect.poll(roles).toEqual(['Adjuster']);
    await page.getByRole('button', { name: 'Remove the link with Tom Visser' }).click();
    await expect.poll(roles).toEqual([]);
    await page.getByText('It is linked with nothing yet', { exact: false }).waitFor();
  });

  it('merges a duplicate after showing what that would do', async () => {
    await write('claim', 'claim_number:M-1', { name: 'The one' });
    await write('claim', 'claim_number:M-2', { name: 'The other', incurred: 12.5 });
    const page = await console.signedIn('admin', '/records/claim/claim_number:M-1');
    await page.getByRole('button', { name: 'Merge' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Duplicate' }).fill('M-2');
    await page.getByRole('option', { name: /The other/ }).click();
    await dialog.getByRole('row', { name: /takes the value.*Incurred.*12.5/ }).waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('region', { name: 'Keys' }).getByText('M-2', { exact: true }).waitFor();
    expect(await console.call('GET', '/v1/records/claim/claim_number:M-2')).toMatchObject({
      fields: { claim_number: 'M-1', incurred: 12.5 },
    });
  });

  it('gives calls of every API that do what they say, whatever the key holds', async () => {
    await write('account', `external_id:${encodeURIComponent("A's/1 ü%41")}`, { name: "O'Neil" });
    const page = await console.signedIn('power', `/records/account/external_id:${encodeURIComponent("A's/1 ü%41")}`);
    await page.getByRole('button', { name: 'As cURL' }).click();
    const dialog = page.getByRole('dialog');
    await expectAccessible(page);
    for (const api of ['Native', 'SugarCRM', 'Origami', 'NetSuite', 'Zendesk']) {
      await dialog.getByText(api, { exact: true }).click();
      await dialog.getByRole('button', { name: `Copy the ${api} write call` }).waitFor();
      const calls = await dialog.locator('pre').allTextContents();
      expect(calls).toHaveLength(2);
      for (const call of calls) {
        const run = `${call.replace('<api key>', 'kw_demo_admin')} -s -o /dev/null -w '%{http_code}'`;
        const { stdout } = await promisify(execFile)('sh', ['-c', run]);
        expect(stdout, `${api}: ${call}`).toMatch(/^20\d$/);
      }
    }
    const { items } = await console.call('GET', '/v1/records/account?filter[name][contains]=Neil');
    expect(items).toHaveLength(1); // every write found the one that there is
  });

  it('offers a member only what the grants allow, and the API refuses the rest too', async () => {
    const page = await console.signedIn('member', '/records/policy/67890');
    await page.getByRole('region', { name: 'Links' }).waitFor();
    for (const name of ['Add link', 'Merge', 'Delete'])
      expect(await page.getByRole('button', { name }).count(), name).toBe(0);
    const refused = await page.request.put('/v1/records/policy/67890/links/contacts/external_id:user1', {
      headers: { origin: console.server.url },
      data: {},
    });
    expect(refused.status()).toBe(403);
  });
});
