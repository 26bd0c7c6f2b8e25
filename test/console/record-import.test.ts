import type { Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible, leadTo, withConsole } from './browser.ts';

describe('the import wizard', () => {
  const console = withConsole();
  const fileOf = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  const stored = (key: string) => console.call('GET', `/v1/records/contact/external_id:${key}`);

  it('takes a CSV by its header, shows what it would do, does it, and gives back what was rejected', async () => {
    const page = await console.signedIn('member', '/records/contact');
    await page.getByRole('link', { name: 'Import' }).click();
    await page.getByRole('heading', { name: 'Import contacts', level: 1 }).waitFor();
    const csv = [
      '\uFEFFExternal ID,Full name,E-mail,"Left, out",phone',
      'I-1,"Lee, ""Ann""",ann@example.test,"two\r\nlines",1',
      `I-2,Too long,t@example.test,x,${'9'.repeat(60)}`,
    ].join('\r\n');
    await page.locator('input[type=file]').setInputFiles(fileOf('contacts.csv', csv));
    const field = (column: string) => page.getByRole('combobox', { name: `Field of column ${column}` });
    await field('External ID').waitFor();
    await expect.poll(() => field('External ID').inputValue()).toBe('External id');
    await expect.poll(() => field('E-mail').inputValue()).toBe('Email');
    await expect.poll(() => field('Left, out').inputValue()).toBe('');
    await field('Full name').click();
    await page.getByRole('option', { name: 'Name', exact: true }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'See what it would do' }).click();
    await page.getByText('create: 1').waitFor();
    await page.getByText('reject: 1').waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('2 rows received').waitFor();
    await page.getByText('rejected: 1').waitFor();
    await expectAccessible(page);
    expect((await stored('I-1')).fields).toMatchObject({ name: 'Lee, "Ann"', email: 'ann@example.test', phone: '1' });
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Rejected rows as CSV' }).click(),
    ]);
    const text = Buffer.concat(await (await file.createReadStream()).toArray()).toString();
    expect(text).toMatch(/^external_id,name,email,phone,_message,_spreadsheet\r?\nI-2,Too long/);
    expect(await page.getByRole('button', { name: 'Revert' }).count()).toBe(0); // a member may not
    await page.reload();
    await page.getByRole('table', { name: 'Rejected rows' }).getByText('I-2').waitFor();
  });

  it('imports once, though its button is pressed again before the page of the import is there', async () => {
    const page = await console.signedIn('admin', '/records/contact/import');
    const { promise: mayBeShown, resolve: show } = Promise.withResolvers<void>();
    const ofImport = /\/v1\/imports\/[^/?]+$/;
    await page.route(ofImport, async (route) => {
      await mayBeShown;
      await route.continue();
    });
    await page.locator('input[type=file]').setInputFiles(fileOf('once.csv', 'external_id,name\nO-1,Once\n'));
    const imports = page.getByRole('button', { name: 'Import', exact: true });
    const asksForIt = page.waitForRequest(ofImport);
    await imports.click();
    await asksForIt;
    expect(await imports.isDisabled()).toBe(true);
    show();
    await page.getByText('1 row received').waitFor();
  });

  it('leaves what became of each at an address of its own, to be taken back there, too', async () => {
    const rows = [{ external_id: 'K-1' }, { external_id: 'K-2', email: 7 }];
    await console.call('POST', '/v1/records/contact/import', rows);
    await console.call('POST', '/v1/records/claim/import', [{ external_id: 'K-3' }]); // of another type
    const page = await console.signedIn('power', '/records/contact/import');
    const earlier = page.getByRole('table', { name: 'Earlier imports' });
    await earlier.getByRole('row').nth(1).getByRole('link').click();
    await page.getByText('2 rows received').waitFor();
    await page.getByRole('table', { name: 'Rejected rows' }).getByRole('row', { name: /K-2/ }).waitFor();
    await page.getByRole('button', { name: 'Revert' }).click();
    await page.getByRole('dialog').getByText('delete: 1').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Revert' }).click();
    await page.getByRole('alert').getByText('By Power user, ', { exact: false }).waitFor();
    const { items } = await console.call('GET', '/v1/records/contact?filter[external_id][in]=K-1,K-2');
    expect(items).toEqual([]);
    await page.getByRole('link', { name: 'All imports of contacts' }).click();
    await earlier
      .getByRole('row', { name: /A revert/ })
      .getByRole('link')
      .click();
    await page.getByRole('link', { name: 'It takes back an earlier import' }).waitFor();
    await page.getByText('1 change to take back').waitFor();
    await expectAccessible(page);
  });

  it('takes what a spreadsheet saves, and is told what parts its columns where it guessed wrong', async () => {
    const page = await console.signedIn('member', '/records/contact/import', { colorScheme: 'dark' });
    const text = 'External id;Name;First, last\r\nS-1;Zo\u00eb, the first;x\r\n';
    const file = { name: 'contacts.csv', mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') };
    await page.locator('input[type=file]').setInputFiles(file);
    const parted = page.getByRole('combobox', { name: 'Columns are parted by' });
    await parted.waitFor();
    await expect.poll(() => parted.inputValue()).toBe('semicolon');
    await page.getByText('Its letters are WINDOWS-1252.').waitFor();
    await page.getByRole('cell', { name: 'Zoë, the first' }).waitFor();
    await expectAccessible(page);
    await parted.click();
    await page.getByRole('option', { name: 'comma' }).click();
    await page.getByRole('alert').getByText('No column is the field', { exact: false }).waitFor();
    await parted.click();
    await page.getByRole('option', { name: 'semicolon' }).click();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('1 row received').waitFor();
    expect((await stored('S-1')).fields).toMatchObject({ name: 'Zoë, the first', first_name: null });
    await page.getByRole('link', { name: 'Import another file' }).click();
    await page.getByRole('button', { name: 'See what it would do' }).waitFor();
    await expect.poll(() => page.locator('input[type=file]').inputValue()).toBe('');
  });

  it('takes NDJSON as it is, without a plan, and says when a file breaks off', async () => {
    const page = await console.signedIn('admin', '/records/contact/import');
    const choose = (name: string, text: string) => page.locator('input[type=file]').setInputFiles(fileOf(name, text));
    await choose('contacts.txt', 'x');
    await page.getByText('so that its format is not known', { exact: false }).waitFor();
    await choose('contacts.json', '[{"external_id":"N-1","name":"One"}, {');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('alert').getByText('cannot be read', { exact: false }).first().waitFor();
    await page.getByRole('button', { name: 'Go on with it' }).waitFor();
    await choose('contacts.ndjson', '{"external_id":"N-1","name":"One"}\n{"external_id":"N-2","name":"Two"}');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('2 rows received').waitFor();
    expect((await stored('N-2')).fields.name).toBe('Two');
  });

  it('reads numbers by the decimal sign that is said, and leaves to be said what the file does not tell', async () => {
    const page = await console.signedIn('admin', '/records/claim/import', { colorScheme: 'dark' });
    const choose = (text: string) => page.locator('input[type=file]').setInputFiles(fileOf('claims.csv', text));
    const sign = page.getByRole('combobox', { name: 'Decimal sign' });
    await choose('external_id;incurred\nD-1;1.234\nD-2;5\n');
    await page.getByRole('alert').getByText('1.234 has either', { exact: false }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
    await sign.focus();
    await page.keyboard.press('Enter');
    await leadTo(page.getByRole('option', { name: 'comma, as in 1.234,5' }));
    await page.keyboard.press('Enter');
    await page.getByRole('cell', { name: '1.234 is 1234' }).waitFor();
    await expectAccessible(page);
    await choose('external_id;incurred\nD-1;1.234,50\nD-2;2.5\n');
    await page.getByRole('cell', { name: '1.234,50' }).waitFor();
    await page.getByRole('alert').getByText('others a decimal comma', { exact: false }).waitFor();
    await sign.click();
    await page.getByRole('option', { name: 'comma, as in 1.234,5' }).click();
    await page.getByRole('cell', { name: '1.234,50 is 1234.50' }).waitFor();
    await page.getByRole('button', { name: 'See what it would do' }).click();
    await page.getByText('create: 1').waitFor();
    await page.getByText('reject: 1').waitFor();
    await page.getByText('Of 2 rows 0 unchanged, 0 superseded. 1 issue.').waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('2 rows received').waitFor();
    const { fields } = await console.call('GET', '/v1/records/claim/external_id:D-1');
    expect(fields.incurred).toBe(1234.5);
  });

  it('keeps what was imported before, with its rejected rows, and takes it back after its plan was seen', async () => {
    const page = await console.signedIn('admin', '/records/contact/import', { colorScheme: 'dark' });
    const csv = `external_id,name,phone\nB-1,Bea,1\nB-2,Ben,${'9'.repeat(60)}\n`;
    await page.locator('input[type=file]').setInputFiles(fileOf('contacts.csv', csv));
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('2 rows received').waitFor();
    await page.goto('/records/contact/import');
    const earlier = page.getByRole('table', { name: 'Earlier imports' });
    const row = earlier.getByRole('row').nth(1);
    await row.getByText('2 rows: 1 created, 1 rejected').waitFor();
    await expectAccessible(page);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      row.getByRole('button', { name: /^Rejected rows of import/ }).click(),
    ]);
    expect(Buffer.concat(await (await file.createReadStream()).toArray()).toString()).toContain('B-2,Ben');
    await row.getByRole('button', { name: /^Revert import/ }).click();
    const dialog = page.getByRole('dialog', { name: /^Revert import/ });
    await dialog.getByText('delete: 1').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Revert' }).click();
    await earlier.getByRole('row').nth(1).getByText('A revert', { exact: false }).waitFor();
    await earlier.getByRole('row').nth(2).getByText('reverted', { exact: true }).waitFor();
    const member = await console.signedIn('member', '/records/contact/import');
    await member.getByLabel('Found by').waitFor();
    expect(await member.getByRole('button', { name: /^Revert import/ }).count()).toBe(0);
  });

  it('calls fields, records and links in a plan as all other pages do', async () => {
    const page = await console.signedIn('admin', '/records/building_component/import');
    const row = { external_id: 'PL-1', name: 'Beam', supplier: 'external_id:user1' };
    await page.locator('input[type=file]').setInputFiles(fileOf('components.json', JSON.stringify([row])));
    await page.getByRole('button', { name: 'See what it would do' }).click();
    const planned = page.getByRole('row', { name: /create.*PL-1/ });
    await planned.waitFor();
    await expect.poll(() => planned.textContent()).toMatch(/External id: PL-1.*Name: Beam.*Supplier: user1$/);
    const pairs = [{ left: '5001', right: 'external_id:user1', role: 'Witness' }];
    const { import: id } = await console.call('POST', '/v1/links/claim.contacts/import', pairs);
    await page.goto(`/imports/${id}`);
    await page.getByRole('button', { name: 'Revert' }).click();
    await page
      .getByRole('dialog')
      .getByText(/^Contacts: .+ to user1 as Witness$/)
      .waitFor();
    await expectAccessible(page);
  });

  it('shows how many of all rows are done', async () => {
    const page = await console.signedIn('admin', '/records/contact/import');
    const rows = Array.from({ length: 3 }, (_, index) => `{"external_id":"M-${index}","name":"N ${index}"}`);
    await page.locator('input[type=file]').setInputFiles(fileOf('contacts.ndjson', rows.join('\n')));
    const { principal } = await (await page.request.get('/v1/me')).json();
    const items = [{ principal, state: 'receiving', rows_done: 2 }];
    await page.route('**/v1/imports?*limit=10*', (route) => route.fulfill({ json: { items, next: null } }));
    const held: Route[] = [];
    await page.route('**/v1/records/contact/import*', (route) => void held.push(route));
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('2 of 3 rows done').waitFor();
    await held[0]?.continue();
    await page.getByText('3 rows received').waitFor();
  });

  it('shows the file that was chosen last, also where one before it is read later', async () => {
    const page = await console.signedIn('admin', '/records/contact/import');
    await page.evaluate(`{
      const read = Blob.prototype.arrayBuffer;
      Blob.prototype.arrayBuffer = function () {
        Blob.prototype.arrayBuffer = read;
        return new Promise((done) => { globalThis.readFirst = done; }).then(() => read.call(this));
      };
    }`);
    const choose = (text: string) => page.locator('input[type=file]').setInputFiles(fileOf('contacts.csv', text));
    const column = (name: string) => page.getByRole('combobox', { name: `Field of column ${name}` });
    await choose('external_id,first\n1,2\n');
    await page.waitForFunction('globalThis.readFirst');
    await choose('external_id,last\n1,2\n');
    await column('last').waitFor();
    await page.evaluate('globalThis.readFirst()');
    await page.waitForTimeout(300); // until the first is read, too
    expect([await column('first').count(), await column('last').count()]).toEqual([0, 1]);
  });

  it('does not go on without the column that rows are found by', async () => {
    const page = await console.signedIn('admin', '/records/contact/import');
    await page.locator('input[type=file]').setInputFiles(fileOf('contacts.csv', 'name,phone\nAnn,1\n'));
    await page
      .getByRole('alert')
      .getByText('No column is the field that rows are found by', { exact: false })
      .waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
  });

  it('is not offered to whoever may only read, and refused', async () => {
    await console.call('POST', '/v1/users', {
      email: 'reader@keyway.test',
      name: 'Reader',
      password: 'keyway-demo',
      role: 'member',
      grants: { contact: ['read'] },
    });
    const page = await console.signedIn('reader', '/records/contact');
    await page.getByRole('link', { name: 'Tom Visser' }).waitFor();
    expect(await page.getByRole('link', { name: 'Import' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'New contact' }).count()).toBe(0);
    const refused = await page.request.post('/v1/records/contact/import', {
      headers: { origin: console.server.url },
      data: [{ external_id: 'no' }],
    });
    expect(refused.status()).toBe(403);
  });
});
