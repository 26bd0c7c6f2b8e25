import { beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, password, withConsole } from './browser.ts';

describe('what somebody may not do', () => {
  const console = withConsole();
  let component: string;

  beforeAll(async () => {
    const grants = { policy: ['read'], building_component: ['read'] };
    const reader = { email: 'reader@keyway.test', name: 'Reader', password, role: 'member', grants };
    await console.call('POST', '/v1/users', reader);
    const fields = { name: 'Beam', supplier: 'external_id:user1' };
    const made = await console.call('PATCH', '/v1/records/building_component/external_id:BEAM', { fields });
    component = made.record.id;
  });

  const ofEverybody = ['/', '/records', '/records/policy', '/records/policy/67890', '/interfaces', '/waiting-links'];
  const ofPower = [
    '/records/element',
    '/interfaces/myendpoint',
    '/interfaces/myendpoint?tab=upload',
    '/interfaces/myendpoint?tab=settings',
    '/authentications',
    '/schema?tab=form',
    '/webhooks',
    '/audit',
  ];
  it.each([
    ['power', [...ofEverybody, ...ofPower]],
    ['member', [...ofEverybody, '/interfaces/myendpoint', '/records/contact/import']],
    ['reader', ofEverybody],
  ] as const)('is not asked of the API by any page that %s can go to', { timeout: 120_000 }, async (user, pages) => {
    const page = await console.signedIn(user, 'about:blank');
    const refused: string[] = [];
    page.on('response', (answer) => {
      if (answer.status() >= 400) refused.push(`${page.url()}: ${answer.status()} ${answer.url()}`);
    });
    for (const path of pages) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
    }
    expect(refused).toEqual([]);
  });

  it.each([
    ['member', '/audit'],
    ['member', '/webhooks'],
    ['member', '/users'],
    ['member', '/authentications'],
    ['power', '/users'],
  ] as const)('is said to %s who comes to %s by its address', async (user, path) => {
    const page = await console.signedIn(user, path);
    await page.getByRole('heading', { name: 'This page is not for your role' }).waitFor();
    await expectAccessible(page);
  });

  it('is said of a type that one may not read, and of its records', async () => {
    for (const path of ['/records/contact', '/records/contact/2001']) {
      const page = await console.signedIn('reader', path);
      await page.getByRole('heading', { name: 'You lack the grant for this page' }).waitFor();
    }
  });

  it('is no link: records of types that one may not read are told, and lead nowhere', async () => {
    const page = await console.signedIn('reader', `/records/building_component/${component}`);
    const supplier = page.getByRole('row', { name: /^Supplier/ });
    await supplier.waitFor();
    expect(await supplier.getByRole('link').count()).toBe(0);
    await page.goto('/records/policy/67890');
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('created').first().waitFor();
    expect(await page.locator('main a[href^="/records/contact"]').count()).toBe(0);
    const admin = await console.signedIn('admin', `/records/building_component/${component}`);
    await admin
      .getByRole('row', { name: /^Supplier/ })
      .getByRole('link', { name: 'Tom Visser' })
      .waitFor();
  });

  it('is no import: whoever comes by its address is told which grant it takes', async () => {
    const page = await console.signedIn('reader', '/records/policy/import');
    await page.getByRole('heading', { name: 'You may import no policies' }).waitFor();
    expect(await page.getByLabel('File').count()).toBe(0);
    await expectAccessible(page);
    await page.goto('/records/policy');
    await page.getByRole('link', { name: 'Northwind property' }).waitFor();
    expect(await page.getByRole('link', { name: 'Import' }).count()).toBe(0);
  });

  it('is no choice of an import: what an external application owns is changed by it, and not made', async () => {
    const page = await console.signedIn('power', '/records/element/import');
    const offered = (): Promise<string[]> => page.getByRole('option').allTextContents();
    await page.getByLabel('What it may do').click();
    await expect.poll(offered).toEqual(['Only change those that are there']);
    await page.goto('/records/contact/import');
    await page.getByLabel('What it may do').click();
    await expect
      .poll(offered)
      .toEqual(['Make or change records', 'Only make new ones', 'Only change those that are there']);
  });

  it('has no column: members see what waits, and what was refused of a run, and who decides', async () => {
    const link = '/v1/records/policy/67890/links/contacts/external_id:LATER';
    await console.call('PUT', link, { role: 'Witness', onMissing: 'defer' });
    const page = await console.signedIn('member', '/waiting-links');
    await page.getByRole('row', { name: /external_id:LATER/ }).waitFor();
    expect(await page.getByRole('columnheader', { name: 'What to do' }).count()).toBe(0);

    const pumps = [1, 2, 3].map((number) => ({ external_id: `P-${number}`, length: number === 1 ? 'long' : number }));
    await console.call('POST', '/v1/interfaces/myendpoint/runs', pumps);
    await console.call('PATCH', '/v1/interfaces/myendpoint', { guard: { deletes: 0 } });
    const run = await console.call('POST', '/v1/interfaces/myendpoint/runs', pumps.slice(0, 1));
    await page.goto(`/runs/${run.id}`);
    await page.getByRole('row', { name: /P-1/ }).waitFor();
    await page.getByText('An administrator or power user decides on it.').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    expect(await page.getByRole('columnheader', { name: 'Mend it' }).count()).toBe(0);
    const power = await console.signedIn('power', `/runs/${run.id}`);
    await power.getByText('Approve that, or let the records stay.').waitFor();
    await power.getByRole('columnheader', { name: 'Mend it' }).waitFor();
    await power.goto('/waiting-links');
    await power.getByRole('columnheader', { name: 'What to do' }).waitFor();
  });

  it('is not recommended: an empty list says who makes its records', async () => {
    await console.call('DELETE', `/v1/records/building_component/${component}`);
    const page = await console.signedIn('reader', '/records/building_component');
    await page.getByText('Whoever has the grant to create them makes them here').waitFor();
    const member = await console.signedIn('member', '/records/building_component');
    await member.getByText('Make one here, import a file').waitFor();
  });
});
