import { describe, expect, it } from 'vitest';
import { expectAccessible, password, withConsole } from './browser.ts';

describe('the console, before one is signed in', () => {
  const console = withConsole();

  it('asks for user name and password, says what was wrong, and leads to where one wanted to go', async () => {
    const page = await console.open();
    await page.goto('/interfaces');
    await page.getByLabel('User name').fill('power@keyway.test');
    await page.getByLabel('Password').fill('not it');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('User name or password is wrong.');
    await expectAccessible(page);
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Application integration', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/interfaces');
  });

  it.each(['GET', 'HEAD'])(
    'is at / for a %s that takes anything, and no other address is a page to it',
    async (method) => {
      const { status, headers } = await fetch(console.server.url, { method, headers: { accept: '*/*' } });
      expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const other = await fetch(`${console.server.url}/records`, { method, headers: { accept: '*/*' } });
      expect(other.status).toBe(404);
    },
  );

  it.each(['https://elsewhere.example', '//elsewhere.example', '/\\elsewhere.example', '/\t/elsewhere.example'])(
    'leads nowhere else: %s',
    async (to) => {
      const page = await console.signedIn('member', `/sign-in?${new URLSearchParams({ to })}`);
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
      expect(page.url()).toBe(`${console.server.url}/`);
    },
  );

  it('lets a user of several workspaces in at the address of one of them, and keeps to that', async () => {
    const made = await console.server.hub.workspaces.create({ name: 'Second one' });
    if (made.kind !== 'created') throw new Error(made.kind);
    const user = { email: 'member@keyway.test', name: 'Elsewhere', role: 'power', grants: {}, password } as const;
    await console.server.hub.workspaces.addUser(made.workspace.id, user);
    const page = await console.open();
    const signIn = async (): Promise<void> => {
      await page.getByLabel('User name').fill('member@keyway.test');
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await page.goto('/interfaces');
    await signIn();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('/w/{workspace}');
    await page.goto('/w/Second%20one/interfaces');
    await signIn();
    await page.getByRole('heading', { name: 'No interface yet' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/w/Second%20one/interfaces');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('How the workspace Second one is doing.').waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/w\/Second%20one\/?$/);
    await page.goto('/w/Demo/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });

  it('shows nothing any more once one has signed out', async () => {
    const page = await console.signedIn('admin', '/users');
    await page.getByRole('cell', { name: 'member@keyway.test' }).waitFor();
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.goto('/users');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect((await page.request.get('/v1/me')).status()).toBe(401);
  });
});
