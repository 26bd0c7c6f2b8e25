import { describe, expect, it, onTestFinished } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

describe('webhooks', () => {
  const console = withConsole();

  it('are made from nothing, the secret shown this once', async () => {
    const page = await console.signedIn('power', '/webhooks');
    await page.getByRole('heading', { name: 'No webhook yet' }).waitFor();
    await page.getByRole('button', { name: 'New webhook' }).click();
    const dialog = page.getByRole('dialog', { name: 'New webhook' });
    await dialog.getByLabel('Address').fill('nowhere');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('An address, as https://example.com/keyway.').waitFor();
    await dialog.getByLabel('Address').fill('https://hooks.example.com/keyway');
    await dialog.getByRole('combobox', { name: 'Record types' }).click();
    await page.getByRole('option', { name: 'element' }).click();
    await dialog.getByLabel('Description').fill('Warehouse'); // and closes the list
    await dialog.getByRole('button', { name: 'Create' }).click();
    const shown = page.getByRole('dialog', { name: 'The secret, this once' });
    const secret = (await shown.locator('code').textContent()) ?? '';
    expect(secret).toMatch(/^whsec_/);
    await expectAccessible(page);
    await shown.getByRole('button', { name: 'Copy the secret' }).and(page.locator(':focus')).waitFor();
    await page.evaluate('navigator.clipboard.writeText = () => Promise.reject(new Error("refused"))');
    await page.keyboard.press('Escape');
    await shown.getByText('Copy it now.', { exact: false }).waitFor();
    await page.keyboard.press('Escape');
    await shown.getByText('Did you copy it?', { exact: false }).waitFor();
    await shown.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('link', { name: 'https://hooks.example.com/keyway' }).waitFor();
    expect(await page.content()).not.toContain(secret);
  });

  it('are paused, resumed, replayed and deleted', async () => {
    const { webhook } = await console.call('POST', '/v1/webhooks', {
      url: 'https://hooks.example.com/b',
      description: 'B',
    });
    const stateOf = async (): Promise<string> => (await console.call('GET', `/v1/webhooks/${webhook.id}`)).state;
    const page = await console.signedIn('admin', '/webhooks');
    await page.getByRole('link', { name: 'https://hooks.example.com/b' }).click();
    await page.getByRole('heading', { name: 'B', level: 1 }).waitFor();
    await page.getByText('Nothing was delivered yet').waitFor();
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect(await stateOf()).toBe('paused');
    await page.getByRole('button', { name: 'Replay all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay all' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await console.call('GET', `/v1/webhooks/${webhook.id}`)).after).not.toBe(webhook.after);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    const { items } = await console.call('GET', '/v1/webhooks');
    expect(items.map(({ id }: { id: number }) => id)).not.toContain(webhook.id);
  });

  it('say what became of each event, and are told of one again', async () => {
    const deliverer = console.server.hub.deliverWebhooks({ onError: () => {} });
    onTestFinished(() => deliverer.stop());
    const { webhook } = await console.call('POST', '/v1/webhooks', {
      url: 'https://hooks.invalid/c',
      description: 'C',
    });
    await console.call('PATCH', '/v1/records/contact/2001', { fields: { phone: '1' } });
    const page = await console.signedIn('power', `/webhooks/${webhook.id}`);
    const row = page.getByRole('row', { name: /record\.updated/ });
    await row.waitFor();
    const record = await console.call('GET', '/v1/records/contact/2001');
    const to = row.getByRole('link', { name: `Contact ${record.fields.name}` });
    expect(await to.getAttribute('href')).toBe(`/records/contact/${record.id}`);
    await row.getByText('Phone', { exact: true }).waitFor(); // what of it changed
    await expect
      .poll(() => row.textContent())
      .toMatch(/failing.*The name hooks\.invalid (is not found|could not be looked up)\./i);
    const { items } = await console.call('GET', `/v1/webhooks/${webhook.id}/deliveries`);
    const [answer] = await Promise.all([
      page.waitForResponse(`**/v1/webhooks/${webhook.id}/replay`),
      row.getByRole('button', { name: /^Replay / }).click(),
    ]);
    expect(answer.request().postDataJSON()).toEqual({ delivery: items[0].id });
    expect(answer.ok()).toBe(true);
  });

  it('say which link or run an event is of, and that of old ones nothing is kept', async () => {
    const { webhook } = await console.call('POST', '/v1/webhooks', { url: 'https://hooks.example.com/d' });
    const change = {
      kind: 'linked',
      type: 'policy',
      record: null,
      link: null,
      interface: null,
      run: null,
      changed: [],
    };
    const [policy, contact] = await Promise.all([
      console.call('GET', '/v1/records/policy/67890'),
      console.call('GET', '/v1/records/contact/106'),
    ]);
    const pointerOf = (type: string, { id, number }: { id: string; number: number }) => ({
      type,
      id,
      number,
    });
    const link = {
      link: 'policy.contacts',
      number: 1,
      left: pointerOf('policy', policy),
      right: pointerOf('contact', contact),
    };
    const delivery = {
      state: 'delivered',
      attempts: 1,
      status: 204,
      answer: null,
      failure: null,
      attempted_at: '2026-11-30T00:00:00Z',
    };
    const items = [
      {
        id: '9.2',
        event: 'link.created',
        ...delivery,
        change: { ...change, link, changed: ['role', 'b', 'c', 'd', 'e', 'f', 'g'] },
      },
      {
        id: '9.1',
        event: 'run.applied',
        ...delivery,
        change: { ...change, kind: 'run_applied', interface: 'myendpoint', run: 7 },
      },
      { id: '9.0', event: 'record.updated', ...delivery, change: null },
    ];
    const page = await console.signedIn('power', 'about:blank');
    await page.route('**/deliveries*', (route) => route.fulfill({ json: { items, next: null } }));
    await page.goto(`/webhooks/${webhook.id}`);
    const linked = page.getByRole('row', { name: /link\.created/ });
    await linked.getByRole('link', { name: /^Policy / }).waitFor();
    await linked.getByRole('link', { name: /^Contact / }).waitFor();
    await linked.getByText('role, b, c, d, e and 2 more', { exact: true }).waitFor();
    const run = page.getByRole('row', { name: /run\.applied/ }).getByRole('link');
    expect([await run.textContent(), await run.getAttribute('href')]).toEqual(['run 7 of myendpoint', '/runs/7']);
    await page
      .getByRole('row', { name: /record\.updated/ })
      .getByText('no longer kept')
      .waitFor();
    await expectAccessible(page);
  });

  it('are nothing for a member', async () => {
    const page = await console.signedIn('member', '/webhooks');
    await page.getByText('This page is not for your role').waitFor();
    expect((await page.request.get('/v1/webhooks')).status()).toBe(403);
  });
});
