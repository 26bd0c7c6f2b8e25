import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { expectAccessible, password, withConsole } from './browser.ts';

describe('the audit of access', () => {
  const console = withConsole();
  const access = '/audit?tab=access';

  it('tells who did what in the words of people, and what it was and is', async () => {
    await console.call('POST', '/v1/keys', { label: 'ERP nightly', role: 'power' });
    const ada = { email: 'ada@keyway.test', name: 'Ada', password, grants: { claim: ['read'] } };
    const { id } = await console.call('POST', '/v1/users', ada);
    await console.call('PATCH', `/v1/users/${id}`, { grants: { claim: ['read', 'delete'], '*': ['read'] } });
    await console.call('PATCH', `/v1/users/${id}`, { role: 'power', password: 'another password' });
    await console.call('PATCH', '/v1/interfaces/myendpoint', { guard: { deletes: 7 } });
    await console.call('POST', '/v1/webhooks', { url: 'https://hooks.example.com/services/secret-path' });
    const page = await console.signedIn('admin', access);
    await page.getByText('Administrator made a webhook to hooks.example.com', { exact: false }).waitFor();
    const told = (await page.getByRole('row').allTextContents()).slice(1, 8);
    expect(told[0]).toMatch(
      /Administrator made a webhook to hooks\.example\.com.*State: active.*through the Native API/,
    );
    expect(told[1]).toMatch(/Administrator changed the interface myendpoint.*Guard: \{"deletes":7\}/);
    expect(told[2]).toMatch(/Administrator gave Ada a new password/);
    expect(told[3]).toMatch(/Administrator changed the role of Ada from member to power user/);
    expect(told[4]).toMatch(
      /Administrator changed the grants of Ada.*before: claim: readsince then: .*every type: read/,
    );
    expect(told[5]).toMatch(/Administrator made the user Ada with the role member.*may: claim: read/);
    expect(told[6]).toMatch(/Administrator made the key ERP nightly with the role power user.*[0-9a-f]{8}-/);
    expect((await page.getByRole('row').allTextContents()).join()).not.toContain('secret-path');
    await page.getByText('Command line made the workspace Demo').waitFor();
    await page.getByText(/applied version \d+ of the schema/).waitFor();
    await expectAccessible(page);
  });

  it('is read from left to right also where a name turns the direction of writing', async () => {
    await console.call('POST', '/v1/keys', { label: '\u202egnp.exe', role: 'member' });
    const page = await console.signedIn('admin', access);
    await page.getByText('gnp.exe').waitFor();
    const edges = await page.evaluate<number[]>(`(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      let text = walker.nextNode();
      while (!text.textContent.includes('with the role')) text = walker.nextNode();
      return ['with', 'role'].map((word) => {
        const range = document.createRange();
        range.setStart(text, text.textContent.indexOf(word));
        range.setEnd(text, range.startOffset + 1);
        return range.getBoundingClientRect().left;
      });
    })()`);
    expect(edges).toHaveLength(2);
    expect(edges[0]).toBeLessThan(edges[1] ?? 0);
  });

  it('is of an action, a kind of thing or one of them, and somebody, as its address says', async () => {
    const { id } = await console.call('POST', '/v1/users', { email: 'zoe@keyway.test', name: 'Zoe', password });
    await console.call('DELETE', `/v1/users/${id}`);
    const page = await console.signedIn('admin', access);
    const rows = page.getByRole('row');
    await page.getByRole('combobox', { name: 'Action' }).click();
    await page.getByRole('option', { name: 'user disabled' }).click();
    await expect.poll(() => rows.count()).toBe(2);
    await page.reload();
    await page.getByText('Administrator disabled the user Zoe').waitFor();
    await page.getByRole('link', { name: 'Zoe', exact: true }).click();
    await expect.poll(() => rows.count()).toBe(3); // that it was made as well
    expect(new URL(page.url()).searchParams.get('concerned')).toBe(`user:${id}`);
    await expect.poll(() => page.getByRole('combobox', { name: 'Done to' }).inputValue()).toBe(`user ${id}`);
    await page.getByRole('combobox', { name: 'By' }).click();
    await page.getByRole('option', { name: 'Member', exact: true }).click();
    await page.getByText('Nothing that is kept is as the filters say.').waitFor();
    await expectAccessible(page);
    await page.getByRole('tab', { name: 'Records' }).click();
    await page.getByRole('combobox', { name: 'Cause' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('tab', { name: 'Access' }).click();
    await page.getByText('Administrator disabled the user Zoe').waitFor();
  });

  it('is from when to when, as its address says', async () => {
    const page = await console.signedIn('admin', access);
    await page.getByText('Command line made the workspace Demo').waitFor();
    for (const [label, time, name] of [
      ['From', '2999-01-01T00:00', 'since'],
      ['Until', '2001-01-01T00:00', 'until'],
    ] as const) {
      await page.getByLabel(label).fill(time);
      await page.getByText('Nothing that is kept is as the filters say.').waitFor();
      expect(new URL(page.url()).searchParams.get(name)).toBe(new Date(time).toISOString());
      await page.reload();
      await page.getByText('Nothing that is kept is as the filters say.').waitFor();
      await expect.poll(() => page.getByLabel(label).inputValue()).toBe(time);
      await page.getByLabel(label).fill('');
      await page.getByText('Command line made the workspace Demo').waitFor();
    }
  });

  it('tells of a name that was locked, which nobody did', async () => {
    await console.call('POST', '/v1/users', { email: 'lou@keyway.test', name: 'Lou', password });
    for (let guess = 0; guess < 10; guess++)
      await fetch(`${console.server.url}/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user_name: 'lou@keyway.test', password: `guess ${guess}` }),
      });
    const page = await console.signedIn('admin', `${access}&action=sign_in_locked`);
    await page
      .getByText(/^The user name of Lou was locked until .*: ten wrong passwords, the last from 127\.0\.0\.1/)
      .waitFor();
  });

  it('is exported with its filters, for a spreadsheet', async () => {
    const page = await console.signedIn('admin', `${access}&action=workspace_created`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('audit.csv');
    const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    expect(head).toMatch(/^number,at,action,/);
    expect(lines).toEqual([expect.stringContaining('workspace_created')]);
  });

  it('goes on to older acts', async () => {
    for (let made = 0; made < 60; made++) await console.call('POST', '/v1/keys', { label: `Many ${made}` });
    const page = await console.signedIn('admin', `${access}&action=key_created`);
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByText('made the key Many 0 with').waitFor();
  });

  it('is not offered to a power user, who sees the records', async () => {
    const page = await console.signedIn('power', access);
    await page.getByRole('combobox', { name: 'Cause' }).waitFor();
    expect(await page.getByRole('tab').count()).toBe(0);
  });
});
