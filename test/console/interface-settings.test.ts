import { describe, expect, it } from 'vitest';
import { expectAccessible, leadTo, withConsole } from './browser.ts';

describe('the settings of an interface', () => {
  const console = withConsole();
  const request = (path: string, method = 'GET', body?: unknown, key = 'kw_demo_admin'): Promise<Response> =>
    fetch(`${console.server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const send = (set: readonly object[]): Promise<Response> => request('/v1/interfaces/myendpoint/runs', 'POST', set);
  const settings = async (): Promise<{ readonly scope: object }> =>
    (await request('/v1/interfaces/myendpoint')).json() as Promise<{ readonly scope: object }>;

  it('stand beside its runs: a picture of how they went, and a list by state', async () => {
    await send([{ external_id: 'P-1', name: 'Pump' }]);
    await send([{ external_id: 'P-1', name: 'Pump', length: 'long' }]);
    const page = await console.signedIn('power', '/interfaces/myendpoint');
    await page.getByText('Of the last 2 runs the issues are 1 together, 1 in the newest.').waitFor();
    await expectAccessible(page);
    await page.getByRole('combobox', { name: 'State' }).click();
    await page.getByRole('option', { name: 'partial' }).click();
    await expect.poll(() => page.getByRole('row').count()).toBe(2); // its head, and the run with the issue
    await page.getByRole('combobox', { name: 'State' }).click();
    await page.getByRole('option', { name: 'failed' }).click();
    await page.getByText('No run of the interface is failed.', { exact: false }).waitFor();
    await page.reload(); // the address says what is shown
    await page.getByText('No run of the interface is failed.', { exact: false }).waitFor();
  });

  it('are not shown to a member, whom the API would refuse them', async () => {
    const page = await console.signedIn('member', '/interfaces/myendpoint?tab=settings');
    await page.getByRole('tab', { name: 'Runs' }).waitFor();
    expect(await page.getByRole('tab', { name: 'Settings' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
    for (const [path, method, body] of [
      ['/v1/interfaces/myendpoint', 'PATCH', { name: 'Mine' }],
      ['/v1/interfaces/myendpoint', 'DELETE', undefined],
      ['/v1/ownership/transfer', 'POST', { type: 'element', field: 'length', owner: 'internal' }],
    ] as const) {
      const answer = await page.request.fetch(path, { method, data: body, headers: { origin: console.server.url } });
      expect(answer.status(), `${method} ${path}`).toBe(403);
    }
  });

  it('are changed by keyboard, and only those that were changed', async () => {
    const page = await console.signedIn('power', '/interfaces/myendpoint?tab=settings');
    await page.getByLabel('Deletes', { exact: true }).focus();
    await expectAccessible(page);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('25');
    await page.getByLabel('Overdue after').focus();
    await page.keyboard.type('26h');
    await page.getByLabel('XML').focus();
    await page.keyboard.press('Space');
    await page.getByRole('combobox', { name: 'What is held' }).focus();
    await page.keyboard.press('Enter');
    await leadTo(page.getByRole('option', { name: 'The whole set' }));
    await page.keyboard.press('Enter');
    // Somebody else is at it, too.
    await request('/v1/interfaces/myendpoint', 'PATCH', { duplicates: 'last' });
    await page.getByRole('button', { name: 'Save' }).press('Enter');
    await page.getByText('The settings of My interface are saved.').waitFor();
    expect(await settings()).toMatchObject({
      duplicates: 'last',
      formats: ['json', 'ndjson', 'csv'],
      guard: { deletes: 25, on_trip: 'hold_run', empty_set: 'apply' },
      overdue_after: '26h',
    });
  });

  it('say what is wrong in the API’s words, and keep what was typed', async () => {
    const page = await console.signedIn('admin', '/interfaces/myendpoint?tab=settings');
    await page.getByLabel('Overdue after').fill('soon');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('A time as 26h');
    await expect.poll(() => page.getByLabel('Overdue after').inputValue()).toBe('soon');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => page.getByLabel('Overdue after').inputValue()).not.toBe('soon');
  });

  it('have a scope, by field and value', async () => {
    const page = await console.signedIn('admin', '/interfaces/myendpoint?tab=settings');
    await page.getByRole('button', { name: 'Add to the scope' }).click();
    await page.getByRole('combobox', { name: 'Field or relation' }).click();
    await page.getByRole('option', { name: 'Length' }).click();
    await page.getByRole('textbox', { name: 'Value' }).fill('1.5');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('are saved.').waitFor();
    expect(await settings()).toMatchObject({ scope: { length: '1.5' } });
    await page.getByRole('button', { name: 'Remove line 1 of the scope' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await settings()).scope).toEqual({});
  });

  it('show who owns what, and transfer it after saying whom that touches', async () => {
    await send([{ external_id: 'T-1', name: 'Pump', length: 2 }]);
    const page = await console.signedIn('power', '/interfaces/myendpoint?tab=settings');
    const row = page.getByRole('row', { name: /^Length/ });
    await expect.poll(() => row.textContent()).toContain('external');
    await row.getByRole('button', { name: 'Transfer Length' }).click();
    const dialog = page.getByRole('dialog', { name: 'Transfer the ownership of Length' });
    await dialog.getByLabel('People and APIs, here').click();
    await dialog.getByText('1 value is there, and stays as it is.').waitFor();
    await dialog.getByText('May no longer: myendpoint.').waitFor();
    await expectAccessible(page);
    await expect.poll(() => row.textContent()).toContain('written'); // a plan changes nothing
    await dialog.getByRole('button', { name: 'Transfer' }).click();
    await row.getByText('left out').waitFor();
    await expect.poll(() => row.textContent()).toContain('internal');
  });

  it('end with its removal, after what its runs hold was let go of', async () => {
    await request('/v1/interfaces/myendpoint', 'PATCH', { guard: { deletes: 0, on_trip: 'hold_deletes' } });
    await send([
      { external_id: 'R-1', name: 'Pump' },
      { external_id: 'R-2', name: 'Pump' },
    ]);
    await send([{ external_id: 'R-1', name: 'Pump' }]);
    const page = await console.signedIn('admin', '/interfaces/myendpoint?tab=settings');
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove My interface?' });
    await dialog.getByText('for somebody’s approval', { exact: false }).waitFor();
    await expectAccessible(page);
    const remove = dialog.getByRole('button', { name: 'Remove the interface' });
    await expect.poll(() => remove.isDisabled()).toBe(true);
    await dialog.getByLabel('Let go of it').check();
    await remove.click();
    await page.getByRole('heading', { name: 'Application integration', level: 1 }).waitFor();
    expect((await request('/v1/interfaces/myendpoint')).status).toBe(404);
  });
});
