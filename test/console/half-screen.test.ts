import { beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, scrolledSideways, withConsole } from './browser.ts';

const half = { width: 1024 } as const;

describe('beside the menu, at 1024 pixels', () => {
  const console = withConsole();
  let webhook: number;

  beforeAll(async () => {
    const set = (wrong: string) => [
      { external_id: 'P-1', name: 'Pump 1', length: 4.2 },
      { external_id: 'P-2', name: 'Pump 2', length: wrong },
    ];
    await console.call('POST', '/v1/interfaces/myendpoint/runs', set('long'));
    await console.call('POST', '/v1/interfaces/myendpoint/runs', set('longer'));
    const twice = { external_id: 'P-1', name: 'Pump 1' };
    const shorter = await console.call('POST', '/v1/interfaces/myendpoint/runs', [twice, twice]);
    await console.call('POST', `/v1/runs/${shorter.id}/revert`);
    const link = '/v1/records/policy/67890/links/contacts';
    await console.call('PUT', `${link}/external_id:A_LONG_KEY_OF_A_CRM_SYSTEM_2026`, {
      role: 'Witness',
      onMissing: 'defer',
    });
    await console.call('PATCH', '/v1/records/contact/2001', {
      fields: { phone: '+31 20 555 0101', email: 'ada.with.a.long.name@example.com' },
    });
    const made = await console.call('POST', '/v1/webhooks', { url: 'https://hooks.example.com/with/a/long/address' });
    webhook = made.webhook.id;
  });

  it.each([
    '/',
    '/records',
    '/records/policy/67890',
    '/interfaces',
    '/interfaces/myendpoint',
    '/interfaces/myendpoint?tab=issues',
    '/interfaces/myendpoint?tab=settings',
    '/schema?tab=types',
    '/schema?tab=links',
    '/waiting-links',
    '/webhooks',
    '/users',
    '/users?tab=rights',
    '/authentications',
    '/audit',
    '/audit?tab=access',
  ])('all columns of %s are in sight', async (path) => {
    const page = await console.signedIn('admin', path, half);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await scrolledSideways(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(half.width);
  });

  it.each([1024, 1280])('why a value is as it is can be asked beside a long one, at %i pixels, too', async (width) => {
    const page = await console.signedIn('admin', '/records/contact/2001', { width });
    await page.getByRole('button', { name: 'Why Email?' }).waitFor();
    expect(await scrolledSideways(page)).toEqual([]);
  });

  it('what can be done about a delivery is in sight, also when its receiver has answered with a whole page', async () => {
    const page = await console.signedIn('admin', 'about:blank', half);
    const record = await console.call('GET', '/v1/records/contact/2001');
    const change = {
      kind: 'updated',
      type: 'contact',
      record: { type: 'contact', number: record.number, id: record.id },
      link: null,
      interface: null,
      run: null,
      changed: ['first_name', 'last_name', 'phone', 'email'],
    };
    const answer = `<!DOCTYPE html><html>${'x'.repeat(480)}`;
    const item = { id: '9.0', event: 'record.updated', state: 'failing', attempts: 12, status: 502, answer, change };
    const items = [{ ...item, failure: 'The receiver answered 502.', attempted_at: '2026-11-30T20:15:00Z' }];
    await page.route('**/deliveries*', (route) => route.fulfill({ json: { items, next: null } }));
    await page.goto(`/webhooks/${webhook}`);
    const row = page.getByRole('row', { name: /record\.updated/ });
    await row.waitFor();
    await page.waitForLoadState('networkidle');
    expect(await scrolledSideways(page)).toEqual([]);
    expect((await row.boundingBox())?.height).toBeLessThan(260);
    await row.getByRole('button', { name: /^Show all 501 / }).press('Enter');
    await expect.poll(() => row.textContent()).toContain(answer.slice(-100));
    await expectAccessible(page);
  });
});
