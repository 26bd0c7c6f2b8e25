import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

describe('a run in the console', () => {
  const console = withConsole();
  const post = async (path: string, body: unknown, method = 'POST'): Promise<unknown> => {
    const answer = await fetch(`${console.server.url}${path}`, {
      method,
      headers: { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.ok, `${path} ${answer.status}`).toBe(true);
    return answer.json();
  };
  const send = (set: readonly object[]) =>
    post('/v1/interfaces/myendpoint/runs', set) as Promise<{ id: string; number: number }>;
  const element = (key: string, more: object = {}): object => ({ external_id: key, name: `Pump ${key}`, ...more });
  it('is sent from a file after its plan was seen, and shows its balance, its rows and its issues', async () => {
    const page = await console.signedIn('power', '/interfaces/myendpoint?tab=upload');
    await page
      .getByLabel('Or the set itself, as JSON')
      .fill(JSON.stringify([element('U-1'), element('U-2', { length: 'long' }), { name: 'nobody' }]));
    await page.getByRole('button', { name: 'See what it would do' }).click();
    const alert = page.getByRole('alert');
    await expect.poll(() => alert.textContent()).toContain('Row 3: Every row needs its key: send external_id');
    await page
      .getByLabel('Or the set itself, as JSON')
      .fill(JSON.stringify([element('U-1'), element('U-2', { length: 'long' }), element('U-1')]));
    await page.getByRole('button', { name: 'See what it would do' }).click();
    await page.getByText('create: 2').waitFor();
    await page.getByText('Of 3 elements 0 unchanged, 1 superseded.', { exact: false }).waitFor();
    expect(await page.getByRole('link', { name: '2 issues' }).getAttribute('href')).toMatch(/^\/runs\/.*tab=issues$/);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('heading', { name: /^Run \d+ of My interface$/ }).waitFor();
    await page.getByRole('cell', { name: 'length', exact: true }).waitFor(); // the member
    await expectAccessible(page);
    await page.getByRole('link', { name: 'created 2' }).click();
    await page.getByText('name: Pump U-1').waitFor();
    const places = page.getByRole('table', { name: 'Elements' }).getByRole('cell', { name: /^What was sent/ });
    expect(await places.allTextContents()).toEqual(['1', '2']); // as people count
    await expectAccessible(page);
  });

  const detailsOf = (page: Page, key: string): Locator =>
    page.getByRole('button', { name: `What was sent, what is stored, and why, of ${key}` });

  it('shows of each element, by keyboard, what was sent, what is stored, and why', async () => {
    await send([element('W-1'), element('W-2'), element('W-3')]);
    const { id } = await send([
      element('W-1', { name: 'Renamed', length: 'long', internal_note: 'mine' }),
      element('W-2'),
      element('W\u0000'),
      element('W-4'),
    ]);
    const page = await console.signedIn('power', `/runs/${id}?tab=elements`, { colorScheme: 'dark' });
    await page.getByRole('combobox', { name: 'Outcome' }).and(page.getByLabel('Outcome')).waitFor();
    await expect.poll(() => page.getByRole('combobox', { name: 'Outcome' }).inputValue()).toBe('all that are kept');
    await detailsOf(page, 'W-4').waitFor();
    await page.getByRole('combobox', { name: 'Outcome' }).click();
    await page.getByRole('option', { name: 'with an error' }).click();
    await detailsOf(page, 'W-4').waitFor({ state: 'detached' });
    await detailsOf(page, 'W-1').focus();
    await page.keyboard.press('Enter');
    const values = page.getByRole('table', { name: 'Sent, stored, and why' });
    const value = (name: string): Locator => values.getByRole('row', { name: new RegExp(`^${name}`) });
    await value('Name').getByText('Written by this run; it was Pump W-1.').waitFor();
    await expect.poll(() => value('Length').textContent()).toContain('Field length takes a number');
    await expect.poll(() => value('External id').textContent()).toContain('It was so already.');
    await expect.poll(() => value('Internal note').textContent()).toContain('is owned here');
    await expectAccessible(page);
    await detailsOf(page, 'W-1').press('Enter');
    await values.waitFor({ state: 'detached' });
    await detailsOf(page, 'W\uFFFD').click();
    await value('Name').getByText('Not written, as the element was rejected.').waitFor();
  });

  it('opens the rows of each number of its balance: also of what was unchanged, and of what it deleted', async () => {
    const set = [element('B-0'), element('B-1'), element('B-2', { length: 'long' })];
    await send([element('B-0'), element('B-1'), element('B-2'), element('B-3')]);
    const { id, number } = await send(set);
    const seen = { fields: { internal_note: 'Seen since' } };
    await console.call('PATCH', '/v1/records/element/external_id:B-1', seen);
    const page = await console.signedIn('power', `/runs/${id}`);
    await page.getByRole('link', { name: 'unchanged 3' }).click();
    const unchanged = page.getByRole('table', { name: 'Unchanged records' });
    await unchanged.getByRole('row', { name: /B-0 .*Sent as it is stored$/ }).waitFor();
    await unchanged.getByRole('row', { name: /B-1 .*Seen since.*Sent as it was then; changed since$/ }).waitFor();
    expect(await unchanged.getByRole('row').count()).toBe(3); // with its header
    await expectAccessible(page);
    await page.getByRole('link', { name: /^deleted 1/ }).click();
    await page.getByRole('cell', { name: /External id: B-3/ }).waitFor();
    await send([element('B-1')]);
    await page.goto(`/runs/${id}?outcome=unchanged`);
    await page.getByText(`A newer set came since, with run ${number + 1}.`, { exact: false }).waitFor();
    await page.getByRole('link', { name: 'See the elements' }).click();
    await page.getByRole('heading', { name: 'Elements', level: 1 }).waitFor();
  });

  it('is read and mended on a phone without scrolling sideways', async () => {
    const { id } = await send([element('P-1', { length: 'long' })]);
    const page = await console.signedIn('power', `/runs/${id}`, { width: 390, colorScheme: 'dark' });
    // A box that scrolls, and has more than fits into it.
    const widerThanScreen = (): Promise<unknown> =>
      page.evaluate(`[...document.querySelectorAll('main *, [role=dialog] *')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
        .filter((one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
        .map((one) => one.outerHTML.slice(0, 120))`);
    await page.getByRole('button', { name: 'Edit and replay P-1' }).click();
    await page.getByRole('dialog').getByText('Field length takes a number', { exact: false }).waitFor();
    expect(await widerThanScreen()).toEqual([]);
    await expectAccessible(page);
    await page.goto('/interfaces/myendpoint');
    const newest = page.getByRole('table', { name: 'Runs' }).getByRole('row').nth(1);
    await newest.getByText('partial').waitFor();
    await expect.poll(() => newest.getByRole('cell').nth(2).textContent()).toBe('1'); // received
    expect(await widerThanScreen()).toEqual([]);
    await expectAccessible(page);
  });

  it('says of a plan that nothing was written, and what it would do', async () => {
    const { run } = (await post('/v1/interfaces/myendpoint/runs?plan=true', [element('P-9')])) as {
      run: { id: string };
    };
    const page = await console.signedIn('power', `/runs/${run.id}`);
    await page.getByText('Nothing of it was written.', { exact: false }).waitFor();
    await page.getByText('create: 1').waitFor();
    await expectAccessible(page);
  });

  it('is moving while it is under way', async () => {
    const { id } = await send([element('U-1'), element('U-2')]);
    const page = await console.signedIn('power', `/runs/${id}`);
    await page.getByText('applied', { exact: true }).waitFor();
  });

  it('lists the deletes that the guard held, and deletes them when they are approved', async () => {
    await post('/v1/interfaces/myendpoint', { guard: { deletes: 0 } }, 'PATCH');
    await send([element('H-1'), element('H-2'), element('H-3')]);
    const { id } = await send([element('H-1')]);
    const page = await console.signedIn('power', `/runs/${id}`);
    await page.getByRole('link', { name: /^waiting for approval \d/ }).click();
    await page.getByRole('button', { name: 'Hide which' }).waitFor();
    await page.getByRole('cell', { name: 'H-3', exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('button', { name: /^Delete [\d,]+ records$/ }).click();
    await page.getByText('applied', { exact: true }).waitFor();
    const result = page.getByRole('alert').filter({ hasText: 'was approved by Power user,' });
    await expect.poll(() => result.locator('time').textContent()).not.toContain('Z'); // as the viewer's clock has it
    const answer = await fetch(`${console.server.url}/v1/records/element/external_id:H-3`, {
      headers: { authorization: 'Bearer kw_demo_admin' },
    });
    expect(answer.status).toBe(404);
  });

  it('is taken back, after its plan was seen', async () => {
    await post('/v1/interfaces/myendpoint', { guard: { deletes: null } }, 'PATCH');
    const { id } = await send([element('R-1')]);
    const page = await console.signedIn('admin', `/runs/${id}`);
    await page.getByRole('button', { name: 'Revert' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('delete: 1').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Revert' }).click();
    await page.getByText('reverted', { exact: true }).waitFor();
    await page.getByRole('alert').getByText('By Administrator, ', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'See what that did' }).click();
    await page.getByRole('link', { name: 'It takes back an earlier run' }).waitFor();
  });

  it('adds up in the list of runs, also what is seldom', async () => {
    await send([element('A-1'), element('A-2')]);
    const { id } = await send([element('A-1')]);
    const reverted = (await post(`/v1/runs/${id}/revert`, {})) as { counts: { revived: number } };
    expect(reverted.counts.revived).toBeGreaterThan(0);
    const page = await console.signedIn('power', '/interfaces/myendpoint', { colorScheme: 'dark' });
    const runs = page.getByRole('table', { name: 'Runs' });
    await runs.waitFor();
    await expectAccessible(page);
    const columns = await runs.getByRole('columnheader').allTextContents();
    const headings = `[...document.querySelectorAll('[aria-label=Runs] th')].map((one) => getComputedStyle(one).textAlign)`;
    expect((await page.evaluate<string[]>(headings))[columns.indexOf('received')], 'above its numbers').toBe('end');
    const newest = runs.getByRole('row').nth(1).getByRole('cell');
    const others = newest.nth(columns.indexOf('others'));
    await expect.poll(() => others.textContent()).toBe(`${reverted.counts.revived} revived`);
    await expect.poll(() => newest.first().textContent()).toContain('revert');
  });

  it('has a rejected row mended and replayed', async () => {
    const { id } = await send([element('M\u0000'), element('M-2')]);
    const page = await console.signedIn('power', `/runs/${id}?outcome=rejected`);
    await page.getByRole('button', { name: /^Edit and replay M/ }).click();
    const dialog = page.getByRole('dialog', { name: /^Edit and replay M/ });
    await dialog.getByRole('cell', { name: 'error' }).waitFor();
    await expectAccessible(page);
    await dialog.getByText('As JSON').click();
    await expectAccessible(page);
    await dialog.getByLabel('The element').fill('{"external_id": "M-1", "name": ');
    await dialog.getByText('This is no JSON object.').waitFor();
    await dialog.getByLabel('The element').fill('{"external_id": "M-1", "name": "Mended"}');
    await dialog.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('link', { name: 'Mended by a replay' }).click();
    await page.getByRole('link', { name: 'created 1' }).waitFor();
  });

  it('has an element mended from its issue, by keyboard alone, that was applied but for one value', async () => {
    const { id } = await send([element('K-1', { length: 'long' })]);
    const page = await console.signedIn('power', `/runs/${id}`);
    await page.getByRole('button', { name: 'Edit and replay K-1' }).focus();
    await page.keyboard.press('Enter');
    // What was wrong is where one begins, with what is to be done beside it.
    const length = page.getByRole('dialog').getByRole('textbox', { name: 'Length' });
    await length.and(page.locator(':focus')).waitFor();
    await expect.poll(() => length.inputValue()).toBe('long');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText('longer');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('got "longer"', { exact: false }).waitFor();
    expect(await length.getAttribute('aria-invalid')).toBe('true');
    await length.focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText('7');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Edit and replay K-1' }).waitFor({ state: 'detached' });
  });

  it('does not say of a set that was refused that its elements were taken', async () => {
    const refused = await fetch(`${console.server.url}/v1/interfaces/myendpoint/runs`, {
      method: 'POST',
      headers: { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' },
      body: JSON.stringify([{ name: 'No key' }]),
    });
    expect(refused.status).toBe(400);
    const page = await console.signedIn('power', '/interfaces/myendpoint?tab=issues');
    await page.getByText('No element of it was applied.').waitFor();
  });

  it('offers whoever may only read neither mending nor deciding', async () => {
    await post('/v1/interfaces/myendpoint', { guard: { deletes: 0 } }, 'PATCH');
    await send([element('O-1'), element('O-2')]);
    const { id } = await send([element('O-1', { length: 'long' })]);
    const page = await console.signedIn('member', `/runs/${id}`);
    await page.getByText('Field length takes a number', { exact: false }).waitFor();
    for (const name of [/^Edit and replay/, 'Approve', 'Cancel the deletes', 'Revert'])
      expect(await page.getByRole('button', { name }).count(), String(name)).toBe(0);
  });

  it('has its issues stay those of the last set, also after a replay, and tells what was mended', async () => {
    await post('/v1/interfaces/myendpoint', { guard: { deletes: null } }, 'PATCH');
    await send([element('S-1', { length: 'long' }), element('S-2', { length: 'long' })]);
    const page = await console.signedIn('power', '/interfaces/myendpoint?tab=issues');
    const mend = (key: string): Locator => page.getByRole('button', { name: `Edit and replay ${key}` });
    await mend('S-1').click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Length' }).fill('1');
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('alert').getByText('S-1 is applied as you have mended it.').waitFor();
    await mend('S-1').waitFor({ state: 'detached' });
    await mend('S-2').waitFor();
    await page.getByRole('region', { name: 'Sync issues' }).and(page.locator(':focus')).waitFor();
    await page.getByRole('combobox', { name: 'Shown' }).click();
    await page.getByRole('option', { name: 'open and resolved' }).click();
    await page.getByRole('link', { name: 'Mended by a replay' }).click();
    await page.getByRole('link', { name: 'It applies elements of an earlier run again' }).waitFor();
    await page.locator('main:focus').waitFor();
  });
});
