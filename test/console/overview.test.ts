import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

describe('the overview', () => {
  const console = withConsole();

  it('says what asks for somebody, and leads to it', async () => {
    const page = await console.signedIn('power');
    await page.getByText('No sync issue was found.').waitFor();
    const set = [1, 2, 3].map((number) => ({
      external_id: `V-${number}`,
      name: 'Pump',
      ...(number === 3 && { length: 'long' }),
    }));
    await console.call('PATCH', '/v1/interfaces/myendpoint', { guard: { deletes: 0 } });
    await console.call('POST', '/v1/interfaces/myendpoint/runs', set);
    await console.call('POST', '/v1/interfaces/myendpoint/runs', set.slice(0, 1));
    await console.call('PUT', '/v1/records/policy/67890/links/contacts/external_id:V-9', {
      role: 'Broker',
      onMissing: 'defer',
    });
    await console.call('POST', '/v1/webhooks', { url: 'https://hooks.example.com/v' });
    await page.goto('/');
    await page.getByRole('link', { name: 'Runs in 24 hours 2' }).waitFor();
    for (const name of ['Held for approval 1', 'Overdue interfaces 0', 'Waiting links 1', 'Failing webhooks 0'])
      await page.getByRole('link', { name, exact: true }).waitFor();
    await page.getByText(/^In the last 24 hours: 3 created, 0 updated, 0 deleted\.$/).waitFor({ state: 'attached' });
    const { items } = await console.call('GET', '/v1/activity');
    const changes = items.reduce((sum: number, hour: { changes: number }) => sum + hour.changes, 0);
    const chart = page.getByRole('figure', { name: 'All changes' });
    await chart.getByText(`In the last 24 hours: ${changes}.`).waitFor({ state: 'attached' });
    const records = page.getByRole('region', { name: 'Records' });
    await records.getByRole('row', { name: 'Elements 3' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Held for approval 1' }).press('Enter');
    await page.getByRole('heading', { name: 'Run 2 of My interface' }).waitFor();
  });

  it('stays in sight while the figures of a new hour come', async () => {
    const page = await console.signedIn('power', '/', { isNew: true });
    const hourMs = 3_600_000;
    const newHour = Math.ceil(Date.now() / hourMs) * hourMs;
    await page.clock.install({ time: newHour - 20_000 });
    await page.goto('/');
    await page.getByRole('figure', { name: 'All changes' }).waitFor();
    await page.route('**/v1/activity*', () => {}); // they are long in coming
    const from = encodeURIComponent(new Date(newHour - 23 * hourMs).toISOString());
    const asked = page.waitForRequest((request) => request.url().includes(from));
    await console.call('PATCH', '/v1/records/contact/2001', { fields: { name: 'Of the new hour' } });
    await page.clock.fastForward(40_000);
    await asked;
    await page.getByText('Of the new hour').waitFor();
    expect(await page.getByLabel('Loading').count()).toBe(0);
  });

  it('shows a member what a member may see, and no way to what is refused', async () => {
    const page = await console.signedIn('member');
    await page
      .getByRole('link', { name: /^Waiting links/ })
      .and(page.locator('main a'))
      .waitFor();
    await page.getByRole('heading', { name: 'Last changes' }).waitFor();
    const links = await page.locator('main a').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
    expect(links.filter((to) => /^\/(interfaces|audit|webhooks)/.test(to))).toEqual([]);
    expect(await page.getByText('Failing webhooks').count()).toBe(0);
    expect(await page.getByText('All changes').count()).toBe(0);
    await page.getByRole('region', { name: 'Records' }).getByRole('link', { name: 'Contacts' }).press('Enter');
    await page.getByRole('heading', { name: 'Contacts', level: 1 }).waitFor();
  });
});
