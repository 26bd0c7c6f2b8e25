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
  const send = (set: readonly object[]) => post('/v1/interfaces/myendpoint/runs', set) as Promise<{ id: string }>;
  const element = (key: string, more: object = {}): object => ({ external_id: key, name: `Pump ${key}`, ...more });
  it('is sent from a file after its plan was seen, and shows its balance, its rows and its issues', async () => {
    const page = await console.signedIn('power', '/interfaces/myendpoint?tab=upload');
    await page
      .getByLabel('Or the set itself, as JSON')
      .fill(JSON.stringify([element('U-1'), element('U-2', { length: 'long' }), { name: 'nobody' }]));
    await page.getByRole('button', { name: 'See what it would do' }).click();
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toContain('Row [2]: Every row needs its key: send external_id');
    await page
      .getByLabel('Or the set itself, as JSON')
      .fill(JSON.stringify([element('U-1'), element('U-2', { length: 'long' })]));
    await page.getByRole('button', { name: 'See what it would do' }).click();
    await page.getByText('create: 2').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('heading', { name: /^Run \d+ of My interface$/ }).waitFor();
    await page.getByRole('cell', { name: 'length', exact: true }).waitFor(); // the member
    await expectAccessible(page);
    await page.getByRole('link', { name: 'created 2' }).click();
    await page.getByText('"name": "Pump U-1"', { exact: false }).waitFor();
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
    await page.getByRole('button', { name: 'Show which' }).click();
    await page.getByRole('cell', { name: 'H-3', exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('button', { name: /^Delete [\d,]+ records$/ }).click();
    await page.getByText('applied', { exact: true }).waitFor();
    const result = page.getByRole('alert').filter({ hasText: 'was approved by Power user,' });
    expect(await result.locator('time').textContent()).not.toContain('Z'); // as the viewer's clock has it
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
  });

  it('has a rejected row mended and replayed', async () => {
    const { id } = await send([element('M\u0000'), element('M-2')]);
    const page = await console.signedIn('power', `/runs/${id}?outcome=rejected`);
    await page.getByRole('button', { name: /^Edit and replay M/ }).click();
    const dialog = page.getByRole('dialog', { name: /^Edit and replay M/ });
    await dialog.getByRole('cell', { name: 'error' }).waitFor();
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
    const text = page.getByRole('dialog').getByLabel('The element');
    await text.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText('{"external_id": "K-1", "length": "longer"}');
    const replay = page.getByRole('dialog').getByRole('button', { name: 'Replay' });
    await replay.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('cell', { name: 'longer', exact: true }).waitFor();
    await replay.and(page.locator(':focus')).waitFor(); // it was disabled while it was at work
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText('{"external_id": "K-1", "length": 7}');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Edit and replay K-1' }).waitFor({ state: 'detached' });
  });
});
