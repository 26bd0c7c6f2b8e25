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
    await expect.poll(() => keys.textContent()).toMatch(/Claim number.*P-2.*former.*P-1/);
    await page.getByRole('button', { name: 'Why Status?' }).focus();
    await page.keyboard.press('Enter');
    const why = page.getByRole('dialog', { name: 'Why Status?' });
    await why.getByText('the Native API', { exact: true }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('Claim number: P-1 → P-2').waitFor();
  });

  it('leads from a value to the import that it came with, and from the record to all of its type', async () => {
    const rows = [{ external_id: 'I-0' }, { external_id: 'I-1', name: 'Imported' }];
    await console.call('POST', '/v1/records/partner/import', rows);
    const page = await console.signedIn('admin', '/records/partner/external_id:I-1');
    await page.getByRole('button', { name: 'Why Name?' }).click();
    const why = page.getByRole('dialog', { name: 'Why Name?' });
    await why.getByRole('row', { name: 'Row 2' }).waitFor();
    await why.getByRole('link', { name: 'Open the import' }).click();
    await page.getByRole('heading', { name: /^Import \d+ of partners$/, level: 1 }).waitFor();
    await page.goto('/records/partner/external_id:I-1');
    await page.getByRole('link', { name: 'All partners' }).click();
    await page.getByRole('heading', { name: 'Partners', level: 1 }).waitFor();
  });

  it('tells its history in the words of its fields, and nothing of what a link has not', async () => {
    await write('customer', 'external_id:H-1', { name: 'Harbour', is_inactive: false });
    await console.call('PUT', '/v1/records/customer/external_id:H-1/links/contacts/external_id:user1', {});
    const page = await console.signedIn('power', '/records/customer/external_id:H-1');
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('Is inactive: no').waitFor();
    await history.getByText('linked', { exact: true }).waitFor();
    await history
      .getByText(/^Contacts: /)
      .getByRole('link', { name: 'Tom Visser' })
      .waitFor();
    await history.getByText('through the Native API', { exact: false }).first().waitFor();
    await expect.poll(() => history.textContent()).not.toMatch(/role|attributes|unset/i);
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
    await expect.poll(() => role.inputValue()).toBe('Broker');
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
    const asked = page.getByRole('dialog', { name: 'Remove the link with Tom Visser?' });
    await asked.getByRole('button', { name: 'Keep it' }).click();
    await asked.waitFor({ state: 'hidden' });
    expect(await roles()).toEqual(['Adjuster']);
    await page.getByRole('button', { name: 'Remove the link with Tom Visser' }).press('Enter');
    await asked.getByRole('button', { name: 'Remove' }).press('Enter');
    await expect.poll(roles).toEqual([]);
    await page.getByText('It is linked with nothing yet', { exact: false }).waitFor();
  });

  it('adds a link that waits for a record which is to come, and is made when it comes', async () => {
    await write('policy', 'policy_number:W-1', { name: 'Barn' });
    const page = await console.signedIn('admin', '/records/policy/policy_number:W-1');
    await page.getByRole('button', { name: 'Add link' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add link' });
    await dialog.getByRole('textbox', { name: 'Contact' }).fill('LATE-1');
    await page.getByRole('option', { name: 'Let the link wait for it' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await dialog.getByText('No Contact has the key LATE-1 yet').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('combobox', { name: 'Role' }).press('ArrowDown');
    await page.getByRole('option', { name: 'Broker' }).click();
    await dialog.getByRole('button', { name: 'Add waiting link' }).press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('The link waits for its record', { exact: false }).waitFor();
    await page.goto('/waiting-links?link=policy.contacts');
    await page.getByRole('row', { name: /external_id:LATE-1.*not there yet.*Broker/ }).waitFor();
    await write('contact', 'external_id:LATE-1', { name: 'Late Lee' });
    await page.goto('/records/policy/policy_number:W-1');
    const late = page.getByRole('combobox', { name: 'Role of Late Lee' });
    await expect.poll(() => late.inputValue()).toBe('Broker');
  });

  it('shows the records around it, and those around them when they are opened up, by keyboard too', async () => {
    await write('claim', 'claim_number:G-1', { name: 'Fire' });
    for (const [key, name] of [
      ['G-a', 'Ann'],
      ['G-b', 'Ben'],
    ])
      await write('contact', `external_id:${key}`, { name });
    await write('policy', 'policy_number:G-p', { name: 'House' });
    const link = (from: string, to: string, role: string) =>
      console.call('PUT', `/v1/records/${from}/links/contacts/external_id:${to}`, { role });
    for (const to of ['G-a', 'G-b']) await link('claim/claim_number:G-1', to, 'Witness');
    await link('claim/claim_number:G-1', 'G-a', 'Insured');
    for (const to of ['G-a', 'G-b']) await link('policy/policy_number:G-p', to, 'Insured');
    const page = await console.signedIn('member', '/records/claim/claim_number:G-1');
    const picture = page.getByRole('region', { name: 'Neighbourhood', exact: true });
    await picture.getByRole('link').first().waitFor();
    const names = () => picture.getByRole('link').evaluateAll((all) => all.map((one) => one.getAttribute('title')));
    await expect.poll(names).toEqual(['Ann – Insured, Witness', 'Ben – Witness']);
    const button = picture.getByRole('button', { name: 'Links of Ann' });
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    await button.press('Enter');
    await expect.poll(names).toEqual(['Ann – Insured, Witness', 'House – Insured', 'Ben – Witness']);
    await picture.getByRole('button', { name: 'Links of House' }).press('Space');
    await expect.poll(() => picture.locator('path[data-crossing]').count()).toBe(1); // House with Ben, who is there already
    expect(await names()).toHaveLength(3);
    await expectAccessible(page);
    await button.press('Enter');
    await expect.poll(names).toHaveLength(2);
    await picture.getByRole('link', { name: /^Ben/ }).press('Enter');
    await page.getByRole('heading', { name: 'Ben', level: 1 }).waitFor();
  });

  it('offers force where one may use it, and says what it means', async () => {
    await console.call('POST', '/v1/interfaces/myendpoint/runs', [{ external_id: 'FORCE-1', name: 'Pmup' }]);
    const page = await console.signedIn('power', '/records/element/external_id:FORCE-1');
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog', { name: 'Edit Pmup' });
    await dialog.getByLabel('Internal note').waitFor();
    expect(await dialog.getByLabel('Name').count()).toBe(0);
    await dialog.getByRole('switch', { name: /external application owns/ }).press('Space');
    await dialog.getByLabel('Name').fill('Pump');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Pump', level: 1 }).waitFor();
    await page.getByRole('region', { name: 'History' }).getByText('with force').waitFor();
  });

  it('offers force for links that another owns', async () => {
    await console.call('POST', '/v1/interfaces/myendpoint/runs', [{ external_id: 'FORCE-2', name: 'Tank' }]);
    const page = await console.signedIn('power', '/records/element/external_id:FORCE-2');
    await page.getByRole('button', { name: 'Add link' }).click();
    const link = page.getByRole('dialog', { name: 'Add link' });
    await link.getByRole('textbox', { name: 'Contact' }).fill('user1');
    await page.getByRole('option', { name: /Tom Visser/ }).click();
    await link.getByRole('button', { name: 'Add link with force' }).click();
    await page.getByRole('button', { name: 'Remove the link with Tom Visser' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('It is linked with nothing yet', { exact: false }).waitFor();
  });

  it('says to who may not use force who writes the other fields', async () => {
    await console.call('POST', '/v1/interfaces/myendpoint/runs', [{ external_id: 'FORCE-3', name: 'Motor' }]);
    const member = await console.signedIn('member', '/records/element/external_id:FORCE-3');
    await member.getByRole('button', { name: 'Edit' }).click();
    await member.getByText('are written by its interface, and are not here', { exact: false }).waitFor();
    expect(await member.getByRole('switch').count()).toBe(0);
    expect(await member.getByRole('button', { name: 'Add link' }).count()).toBe(0);
  });

  it('merges a duplicate after showing what that would do', async () => {
    await write('claim', 'claim_number:M-1', { name: 'The one', status: 'open' });
    await write('claim', 'claim_number:M-2', { name: 'The other', status: 'closed', incurred: 12.5 });
    await console.call('PUT', '/v1/records/claim/claim_number:M-2/links/contacts/external_id:user1', {
      role: 'Witness',
    });
    const page = await console.signedIn('admin', '/records/claim/claim_number:M-1');
    await page.getByRole('button', { name: 'Merge' }).click();
    const dialog = page.getByRole('dialog');
    // Whoever pastes a key and presses Enter does not wait for the answer.
    await dialog.getByRole('textbox', { name: 'Duplicate' }).fill('M-2');
    await page.keyboard.press('Enter');
    await dialog.getByRole('row', { name: /takes the value.*Incurred.*12.5/ }).waitFor();
    await dialog.getByRole('row', { name: /link moves here.*Contacts: Contact Tom Visser as Witness/ }).waitFor();
    const lost = dialog.getByRole('table', { name: 'Values of the duplicate that are lost' }).getByRole('row');
    const toldLost = async () => (await lost.allTextContents()).slice(1);
    expect(await toldLost()).toEqual(['NameThe otherThe one', 'Statusclosedopen']);
    await dialog.getByRole('combobox', { name: 'Whose values' }).click();
    await page.getByRole('option', { name: 'This record’s only' }).click();
    await expect.poll(toldLost).toEqual(['NameThe otherThe one', 'Statusclosedopen', 'Incurred12.5–']);
    await dialog.getByRole('combobox', { name: 'Whose values' }).click();
    await page.getByRole('option', { name: 'This record’s, where both have one' }).click();
    await expect.poll(toldLost).toHaveLength(2);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('region', { name: 'Keys' }).getByText('M-2', { exact: true }).waitFor();
    expect(await console.call('GET', '/v1/records/claim/claim_number:M-2')).toMatchObject({
      fields: { claim_number: 'M-1', incurred: 12.5 },
    });
  });

  it.each([
    ['whatever the key holds', "A's/1 ü%41", { name: "O'Neil" }],
    ['and give no name to what has none', 'NAMELESS', { industry: 'Shipping' }],
  ])('gives calls of every API that do what they say, %s', async (_which, key, fields) => {
    const ref = `external_id:${encodeURIComponent(key)}`;
    await write('account', ref, fields);
    const page = await console.signedIn('power', `/records/account/${ref}`);
    await page.getByRole('button', { name: 'As cURL' }).click();
    const dialog = page.getByRole('dialog');
    await expectAccessible(page);
    for (const api of ['Native', 'SugarCRM', 'Origami Risk', 'NetSuite', 'Zendesk']) {
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
    // Every write found the one that there is, and left it as it was.
    expect(await console.call('GET', `/v1/records/account/${ref}`)).toMatchObject({
      fields: { name: null, ...fields },
    });
    const { items } = await console.call('GET', '/v1/records/account?filter[name][contains]=Neil');
    expect(items).toHaveLength(1);
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
