import { describe, expect, it } from 'vitest';
import { expectAccessible, password, withConsole } from './browser.ts';

type User = { id: number; email: string; role: string; grants: object; disabled: boolean };

describe('Users and grants', () => {
  const console = withConsole();
  const userOf = async (email: string): Promise<User | undefined> =>
    (await console.call('GET', '/v1/users')).items.find((user: User) => user.email === email);

  it('makes a user, and grants what the user may by record type', async () => {
    const page = await console.signedIn('admin', '/users');
    await page.getByRole('button', { name: 'New user' }).click();
    const made = page.getByRole('dialog', { name: 'New user' });
    await made.getByLabel('Name').fill('Nina');
    await made.getByLabel('E-mail').fill('nina@keyway.test');
    await made.getByLabel(/^Password/).fill(password);
    await made.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('button', { name: 'Edit Nina' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Role and grants of Nina' });
    await dialog.getByLabel('edit every type').press('Space');
    await dialog.getByRole('combobox', { name: 'Record type to grant' }).click();
    await page.getByRole('option', { name: 'claim', exact: true }).click();
    await dialog.getByLabel('force claim').check();
    await dialog.getByRole('combobox', { name: 'attach claim to' }).click();
    await page.getByRole('option', { name: 'contact', exact: true }).click();
    await page.keyboard.press('Tab'); // closes the list
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('claim: read, force, attach:contact').waitFor();
    expect(await userOf('nina@keyway.test')).toMatchObject({
      role: 'member',
      grants: { '*': ['read', 'edit'], claim: ['read', 'force', 'attach:contact'] },
    });
  });

  it('gives a user a new password, by which alone one signs in then', async () => {
    await console.call('POST', '/v1/users', { email: 'mia@keyway.test', name: 'Mia', password });
    const page = await console.signedIn('admin', '/users');
    await page.getByRole('button', { name: 'Edit Mia' }).click();
    const dialog = page.getByRole('dialog', { name: 'Role and grants of Mia' });
    await dialog.getByLabel('New password').fill('short');
    await expect.poll(() => dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await dialog.getByLabel('New password').fill('another password');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    const signIn = async (typed: string): Promise<number> =>
      (await page.request.post('/v1/session', { data: { user_name: 'mia@keyway.test', password: typed } })).status();
    expect([await signIn(password), await signIn('another password')]).toEqual([401, 200]);
  });

  it('disables a user, who is nobody then', async () => {
    await console.call('POST', '/v1/users', { email: 'leo@keyway.test', name: 'Leo', password });
    const page = await console.signedIn('admin', '/users');
    await page.getByRole('button', { name: 'Disable Leo' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page
      .getByRole('row', { name: /leo@keyway\.test/ })
      .getByText('disabled')
      .waitFor();
    const answer = await page.request.post('/v1/session', { data: { user_name: 'leo@keyway.test', password } });
    expect(answer.status()).toBe(401);
  });

  it('lets nobody take away his own role, or disable himself', async () => {
    const page = await console.signedIn('admin', '/users');
    const own = page.getByRole('row', { name: /admin@keyway\.test/ });
    await own.getByRole('button', { name: /^Edit/ }).click();
    await expect.poll(() => page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).isDisabled()).toBe(true);
    await page.getByRole('dialog').getByLabel('New password').and(page.locator(':focus')).waitFor();
    expect(await own.getByRole('button', { name: /^Disable/ }).count()).toBe(0);
  });

  it('shows who may do what with a record type, and who may do one thing, as its address says', async () => {
    await console.call('POST', '/v1/users', {
      email: 'kai@keyway.test',
      name: 'Kai',
      password,
      grants: { policy: ['delete', 'force'] },
    });
    await console.call('POST', '/v1/keys', { label: 'Linker', grants: { policy: ['read', 'attach:contact'] } });
    const page = await console.signedIn('admin', '/users');
    await page.getByRole('tab', { name: 'Who may do what' }).click();
    const rowOf = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}\\b`) });
    const cellsOf = async (name: string): Promise<string[]> => {
      await rowOf(name).waitFor();
      return rowOf(name).getByRole('cell').allTextContents();
    };
    await page.getByRole('combobox', { name: 'Record type' }).click();
    await page.getByRole('option', { name: 'policy', exact: true }).click();
    expect(await cellsOf('Kai')).toEqual(['Kaikai@keyway.test', 'member', '–', '–', '–', 'yes', 'yes', '–', '–']);
    expect(await cellsOf('Linker')).toEqual(['Linkerkey', 'member', 'yes', '–', '–', '–', '–', 'contact', '–']);
    await expectAccessible(page);
    await page.getByRole('combobox', { name: 'Who may' }).click();
    await page.getByRole('option', { name: 'delete' }).click();
    await rowOf('Linker').waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?tab=rights&type=policy&action=delete');
    await page.reload();
    expect((await cellsOf('Kai'))[5]).toBe('yes');
    expect(await rowOf('Linker').count()).toBe(0);
    await page.goto('/users?tab=rights&type=element');
    expect((await cellsOf('Demo client')).at(-1)).toBe('myendpoint');
  });

  it.each(['power', 'member'] as const)('is not for %s, and neither is the API', async (user) => {
    const page = await console.signedIn(user, '/');
    const menu = page.getByRole('navigation', { name: 'Workspace menu' });
    await menu.waitFor();
    expect(await menu.getByRole('link', { name: 'Users and grants' }).count()).toBe(0);
    const { id } = (await userOf('member@keyway.test')) ?? { id: 0 };
    const options = { headers: { origin: console.server.url } };
    const patched = await page.request.patch(`/v1/users/${id}`, { ...options, data: { role: 'admin' } });
    expect(patched.status()).toBe(403);
    expect((await page.request.delete(`/v1/users/${id}`, options)).status()).toBe(403);
  });
});
