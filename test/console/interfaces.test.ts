import { describe, expect, it } from 'vitest';
import { served } from '../scenarios/served.ts';
import { expectAccessible, leadTo, withConsole } from './browser.ts';

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
    await dialog.getByLabel('Endpoint').waitFor();
    for (const label of labels) expect(await page.getByLabel(label, { exact: true }).count(), label).toBe(1);
    await dialog.getByLabel('Name').fill('Assets of the ERP');
    await dialog.getByRole('combobox', { name: 'Type element (with ownership in an external application)' }).click();
    await page.getByRole('option', { name: 'Element' }).waitFor();
    const offered = await page.getByRole('option').allTextContents();
    expect(offered).toContain('Element');
    expect(offered).not.toContain('Contact'); // owned here: no application may synchronise it
    await page.getByRole('option', { name: 'Element' }).click();
    await expect.poll(() => dialog.getByLabel('Setup').inputValue()).toBe('Custom');
    await expect.poll(() => dialog.getByLabel('Initiator').inputValue()).toBe('External application (via API request)');
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
    await leadTo(page.getByRole('option', { name: 'Element' }));
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
    await expect.poll(() => dialog.getByLabel('Name').inputValue()).toBe('Half of one');
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
    await expect.poll(() => alert.textContent()).toContain('Choose another endpoint');
  });

  it('offers no member to make one, who comes by its address', async () => {
    const page = await console.signedIn('member', '/interfaces');
    await page.getByRole('link', { name: 'My interface' }).waitFor();
    expect(await page.getByRole('button', { name: button }).count()).toBe(0);
  });

  it.runIf(served('relatics'))(
    'shows the calls of each API, ready but for the secret, and teaches what runs are',
    async () => {
      const page = await console.signedIn('power', '/interfaces/myendpoint', { colorScheme: 'dark' });
      const script = page.getByText('grant_type=client_credentials', { exact: false });
      await script.waitFor();
      await expect.poll(() => script.textContent()).toContain('"@externalid":"E-1"');
      await page.getByText('Native', { exact: true }).click();
      await page.getByText("Authorization: Bearer <api key>'", { exact: false }).waitFor();
      await page.getByText('/v1/interfaces/myendpoint/runs', { exact: false }).first().waitFor();
      await page.getByText('is drawn here', { exact: false }).waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Upload a set' }).click();
      await page.getByLabel('Or the set itself, as JSON').waitFor();
    },
  );

  it.runIf(served('relatics'))(
    'takes a file that was made for Relatics, and one of a spreadsheet with decimal commas',
    async () => {
      const page = await console.signedIn('power', '/interfaces/myendpoint?tab=upload');
      const choose = (name: string, text: string) =>
        page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
      const plan = () => page.getByRole('button', { name: 'See what it would do' }).click();
      await choose('set.json', '{"Elements": [{"@externalid": "R-1", "Name": "Pump", "Length": 1.5}]}');
      await page.getByText('It is read in the form of Relatics', { exact: false }).waitFor();
      await plan();
      await page.getByText('create: 1').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Apply' }).click();
      await page.getByRole('link', { name: 'created 1' }).waitFor();
      await page.goto('/interfaces/myendpoint?tab=upload');
      await choose('set.csv', 'external_id;name;length\r\nR-1;Pump;1.234\r\n');
      const alert = page.getByRole('alert').getByText('1.234 has either a decimal sign', { exact: false });
      await alert.waitFor();
      await expect.poll(() => page.getByRole('button', { name: 'See what it would do' }).isDisabled()).toBe(true);
      await expectAccessible(page);
      await page.getByRole('combobox', { name: 'Decimal sign' }).click();
      await page.getByRole('option', { name: 'comma, as in 1.234,5' }).click();
      await alert.waitFor({ state: 'detached' });
      await plan();
      await page.getByText('length: 1.5 → 1234').waitFor();
      // Whoever has a spreadsheet has labels above its columns.
      await choose('set.csv', 'External id,NAME,Installed on\nR-1,Pump,2026-02-01\n');
      await page.getByText('Read as the fields of these labels: External id, NAME, Installed on.').waitFor();
      await plan();
      await page.getByText('Installed on: unset → 2026-02-01').waitFor();
      await page.getByText('0 issues.', { exact: false }).waitFor();
      await choose('set.xml', '<rows><row><external_id>R-1</external_id></row></rows>');
      await page.getByText('Installed on: unset').waitFor({ state: 'detached' });
      await plan();
      await page.getByText('Nothing would change.').waitFor();
    },
  );

  it('says that it is overdue, and since when', async () => {
    await console.call('PATCH', '/v1/interfaces/myendpoint', { overdue_after: 1 });
    await expect
      .poll(async () => (await console.call('GET', '/v1/interfaces/myendpoint')).overdue_since)
      .not.toBeNull();
    const page = await console.signedIn('power', '/interfaces/myendpoint', { colorScheme: 'dark', width: 390 });
    await page.getByText('No complete set has come for longer than 1 second', { exact: false }).waitFor();
    await expectAccessible(page);
    await page.goto('/interfaces');
    await page.getByText('overdue', { exact: true }).waitFor();
    await console.call('PATCH', '/v1/interfaces/myendpoint', { overdue_after: null });
  });

  it('offers the upload to whoever may send a set, and to nobody else', async () => {
    const page = await console.signedIn('member', '/interfaces/myendpoint?tab=upload');
    await page.getByRole('tab', { name: 'Runs' }).waitFor();
    expect(await page.getByRole('tab', { name: 'Upload' }).count()).toBe(0);
    expect(await page.getByLabel('Or the set itself, as JSON').count()).toBe(0);
  });

  it('offers it to a member with the rights of what a set does, where no keys are named that alone may call it', async () => {
    const made = { email: 'sets@keyway.test', name: 'Sets', password: 'keyway-demo' };
    const grants = { element: ['read', 'create', 'edit', 'delete'] };
    await console.call('POST', '/v1/users', { ...made, grants });
    const page = await console.open();
    await page.request.post('/v1/session', { data: { user_name: made.email, password: made.password } });
    const upload = page.getByRole('tab', { name: 'Upload' });
    await page.goto('/interfaces/myendpoint');
    await page.getByRole('tab', { name: 'Runs' }).waitFor();
    expect(await upload.count()).toBe(0);
    await console.call('PATCH', '/v1/interfaces/myendpoint', { api_keys: [] });
    await page.reload();
    await upload.waitFor();
    await console.call('PATCH', '/v1/interfaces/myendpoint', { api_keys: ['kw_demo_client'] });
  });
});
