import { beforeAll, describe, expect, it } from 'vitest';
import { withConsole } from './browser.ts';

describe('what is called as what every object has', () => {
  const console = withConsole();
  beforeAll(async () => {
    const { types, links, ...rest } = await console.call('GET', '/v1/schema');
    const element = structuredClone(types.element);
    element.fields.constructor = { label: 'Builder', type: 'text', owner: 'interface:myendpoint' };
    await console.call('PUT', '/v1/schema', {
      ...rest,
      types: { ...types, element, constructor: { label: 'Builder', fields: {} } },
      links: { ...links, 'constructor.customers': { to: 'customer', inverse: 'builders' } },
    });
  });

  it('is a record type in the diagram, and shown to members as far as their grants say', async () => {
    const page = await console.signedIn('power', '/schema');
    await page.getByText('Builder').first().waitFor();
    const member = await console.signedIn('member', '/records/constructor');
    await member.getByRole('heading', { name: 'Builders', level: 1 }).waitFor();
    await member.getByRole('button', { name: 'New builder' }).waitFor();
  });

  it('is a record type that can be granted', async () => {
    const page = await console.signedIn('admin', '/users');
    await page.getByRole('button', { name: 'Edit Member' }).click();
    await page.getByRole('combobox', { name: 'Record type to grant' }).click();
    await page.getByRole('option', { name: 'constructor', exact: true }).waitFor();
  });

  it('is a field of an element, and a member of which its record has none', async () => {
    const send = (name: string) =>
      console.call('POST', '/v1/interfaces/myendpoint/runs', [
        { external_id: 'C-1', name, constructor: 'Ann', toString: 'x' },
      ]);
    await send('House');
    const { id } = await send('Barn');
    const page = await console.signedIn('power', `/runs/${id}?tab=elements`);
    await page.getByRole('button', { name: 'What was sent, what is stored, and why, of C-1' }).click();
    const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });
    await row('Name').getByText('Written by this run; it was House.').waitFor();
    await expect.poll(() => row('Builder').textContent()).toBe('BuilderAnnAnnIt was so already.');
    await expect.poll(() => row('toString').textContent()).toMatch(/^toStringx–.* relation toString: it was skipped/);
  });

  it('is the end of a file’s name, which says nothing of its format', async () => {
    const page = await console.signedIn('power', '/interfaces/myendpoint?tab=upload');
    for (const path of ['/interfaces/myendpoint?tab=upload', '/records/contact/import']) {
      await page.goto(path);
      const file = { name: 'rows.constructor', mimeType: 'text/plain', buffer: Buffer.from('[]') };
      await page.locator('input[type=file]').setInputFiles(file);
      await page.getByRole('alert').getByText('so that its format is not known', { exact: false }).waitFor();
    }
  });
});
