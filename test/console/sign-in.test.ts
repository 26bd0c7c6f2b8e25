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
    expect(await page.getByRole('alert').textContent()).toContain('User name or password is wrong.');
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

  it.each(['https://elsewhere.example', '//elsewhere.example', '/\\elsewhere.example'])(
    'leads nowhere else: %s',
    async (to) => {
      const page = await console.signedIn('member', `/sign-in?${new URLSearchParams({ to })}`);
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
      expect(page.url()).toBe(`${console.server.url}/`);
    },
  );

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
