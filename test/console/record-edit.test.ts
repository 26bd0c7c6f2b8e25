import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible, password, withConsole } from './browser.ts';

describe('a record that is written in the console', () => {
  const console = withConsole();

  it('is made in a form of the schema, which says at the field what is wrong with it', async () => {
    const page = await console.signedIn('admin', '/records/building_component');
    await page.getByRole('button', { name: 'New building component' }).click();
    const form = page.getByRole('dialog', { name: 'New building component' });
    await form.getByLabel('External id').and(page.locator(':focus')).waitFor();
    await form.getByLabel('External id').fill('FORM-1');
    await form.getByLabel('Weight').fill('heavy');
    await form.getByRole('button', { name: 'Create' }).click();
    const isWrong = (label: string) => form.getByLabel(label).and(page.locator('[aria-invalid=true]')).waitFor();
    await isWrong('Weight');
    await isWrong('Name'); // which is required
    await form.getByText(/^Weight takes /).waitFor();
    await expectAccessible(page);
    await form.getByLabel('Weight').fill('12');
    await form.getByLabel('Name').fill('Form 1');
    await form.getByRole('combobox', { name: 'Grade' }).click();
    await page.getByRole('option', { name: 'Grade B' }).click();
    await form.getByRole('textbox', { name: 'Supplier' }).fill('user1');
    await page.getByRole('option', { name: /Tom Visser/ }).click();
    await form.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Form 1', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Tom Visser' }).first().waitFor();
  });

  it('is made once, though its button is pressed again before its page is there', async () => {
    const page = await console.signedIn('admin', '/records/contact');
    const { promise: mayBeShown, resolve: show } = Promise.withResolvers<void>();
    const ofOne = /\/v1\/records\/contact\/[^/?]+(\?|$)/;
    await page.route(ofOne, async (route) => {
      await mayBeShown;
      await route.continue();
    });
    await page.getByRole('button', { name: 'New contact' }).click();
    const form = page.getByRole('dialog', { name: 'New contact' });
    await form.getByLabel('Name', { exact: true }).fill('Pressed twice');
    const asksForIt = page.waitForRequest(ofOne);
    await form.getByRole('button', { name: 'Create' }).click();
    await asksForIt;
    await form.getByLabel('Name', { exact: true }).press('Enter');
    await form.getByRole('button', { name: 'Create' }).and(page.locator(':disabled')).waitFor();
    show();
    await page.getByRole('heading', { name: 'Pressed twice', level: 1 }).waitFor();
    const { items } = await console.call('GET', '/v1/records/contact?filter[name]=Pressed%20twice');
    expect(items).toHaveLength(1);
  });

  it('is changed, its fields cleared, and deleted once that is confirmed', async () => {
    await console.call('PATCH', '/v1/records/building_component/external_id:FORM-2', {
      fields: { name: 'Form 2', weight: 12, grade: 'b', supplier: 'external_id:user1' },
    });
    const page = await console.signedIn('admin', '/records/building_component/external_id:FORM-2');
    await page.getByRole('button', { name: 'Edit' }).click();
    const edit = page.getByRole('dialog', { name: 'Edit Form 2' });
    await edit.getByLabel('Weight').fill('');
    await edit.getByRole('button', { name: 'Clear Supplier' }).click();
    await edit.getByRole('button', { name: 'Save' }).click();
    await edit.waitFor({ state: 'hidden' });
    const stored = await console.call('GET', '/v1/records/building_component/external_id:FORM-2');
    expect(stored.fields).toMatchObject({ name: 'Form 2', weight: null, grade: 'b', supplier: null });

    await page.getByRole('button', { name: 'Delete' }).click();
    const confirm = page.getByRole('dialog', { name: 'Delete Form 2?' });
    await expectAccessible(page);
    await confirm.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Building components', level: 1 }).waitFor();
    expect(await page.getByRole('link', { name: 'Form 2' }).count()).toBe(0);
  });

  const seen = (one: Locator): Promise<boolean> =>
    one.boundingBox().then((box) => box !== null && box.y >= 0 && box.y + box.height <= 800);

  it('shows what was refused, however far up in the form it is', async () => {
    await console.call('PATCH', '/v1/records/customer/external_id:UP-1', { fields: { entity_id: 'UP-1' } });
    await console.call('PATCH', '/v1/records/customer/external_id:UP-2', { fields: { entity_id: 'UP-2' } });
    const page = await console.signedIn('admin', '/records/customer/external_id:UP-2', { width: 390 });
    await page.getByRole('button', { name: 'Edit' }).click();
    const edit = page.getByRole('dialog');
    const key = edit.getByRole('textbox', { name: 'External id' });
    await key.fill('UP-1');
    await edit.getByRole('button', { name: 'Save' }).click();
    await key.and(page.locator('[aria-invalid=true]:focus')).waitFor();
    expect(await seen(key)).toBe(true);
  });

  it('keeps what was typed when the session has ended, and saves it once there is another one', async () => {
    await console.call('PATCH', '/v1/records/customer/external_id:END-1', { fields: { name: 'Before' } });
    const page = await console.signedIn('admin', '/records/customer/external_id:END-1');
    await page.getByRole('button', { name: 'Edit' }).click();
    const edit = page.getByRole('dialog');
    await edit.getByRole('textbox', { name: 'Comments' }).fill('A long story.');
    await page.context().clearCookies();
    await edit.getByRole('button', { name: 'Save' }).click();
    const alert = edit.getByRole('alert');
    await alert.getByText('Your session has ended.', { exact: false }).waitFor();
    expect(await seen(alert)).toBe(true);
    await expectAccessible(page);
    const [other] = await Promise.all([
      page.context().waitForEvent('page'),
      alert.getByRole('link', { name: 'Sign in in another window' }).click(),
    ]);
    await other.getByLabel('User name').fill('admin@keyway.test');
    await other.getByLabel('Password', { exact: true }).fill(password);
    await other.keyboard.press('Enter');
    await other.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await other.close();
    await edit.getByRole('button', { name: 'Save' }).click();
    await edit.waitFor({ state: 'hidden' });
    await page.getByText('A long story.').first().waitFor();
  });

  it('tells when somebody else has changed the record meanwhile', async () => {
    const { record } = await console.call('PATCH', '/v1/records/claim/claim_number:RACE', {
      fields: { name: 'Before' },
    });
    const page = await console.signedIn('member', `/records/claim/${record.id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await console.call('PATCH', '/v1/records/claim/claim_number:RACE', { fields: { name: 'Theirs' } });
    const edit = page.getByRole('dialog');
    await edit.getByLabel('Name').fill('Mine');
    await edit.getByRole('button', { name: 'Save' }).click();
    await edit.getByRole('alert').waitFor();
    expect(await console.call('GET', '/v1/records/claim/claim_number:RACE')).toMatchObject({
      fields: { name: 'Theirs' },
    });
  });

  it('offers no delete to a member without the grant, whom the API refuses too', async () => {
    const page = await console.signedIn('member', '/records/contact/external_id:user1');
    await page.getByRole('button', { name: 'Edit' }).waitFor();
    expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
    const refused = await page.request.delete('/v1/records/contact/external_id:user1', {
      headers: { origin: console.server.url },
    });
    expect(refused.status()).toBe(403);
  });
});
