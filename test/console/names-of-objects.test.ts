import { describe, expect, it } from 'vitest';
import { withConsole } from './browser.ts';

describe('a record type that is called as what every object has', () => {
  const console = withConsole();

  it('is shown in the diagram, and to members as far as their grants say', { timeout: 60_000 }, async () => {
    const { types, links, ...rest } = await console.call('GET', '/v1/schema');
    await console.call('PUT', '/v1/schema', {
      ...rest,
      types: { ...types, constructor: { label: 'Builder', fields: {} } },
      links: { ...links, 'constructor.customers': { to: 'customer', inverse: 'builders' } },
    });
    const page = await console.signedIn('power', '/schema');
    await page.getByText('Builder').first().waitFor();
    const member = await console.signedIn('member', '/records/constructor');
    await member.getByRole('heading', { name: 'Builders', level: 1 }).waitFor();
    expect(await member.getByRole('button', { name: 'New builder' }).count()).toBe(1);
  });
});
