import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

describe('the schema in the console', () => {
  const console = withConsole();

  it('is a diagram of types and links, and the same in tables', async () => {
    const page = await console.signedIn('power', '/schema');
    const diagram = page.getByRole('group', { name: /^The diagram of the schema: Claim, Policy/ });
    await diagram.waitFor();
    await expect.poll(() => diagram.textContent()).toContain('opportunities');
    await expectAccessible(page);
    await page.getByRole('tab', { name: 'Links' }).click();
    const row = page.getByRole('row', { name: /^policy contacts/ });
    await expect.poll(() => row.textContent()).toBe('policycontactscontactpoliciesmany-to-manycontact_typeinternal');
    await row.getByRole('link', { name: 'contact_type' }).click();
    await page
      .getByRole('region', { name: 'contact_type' })
      .getByRole('cell', { name: 'Adjuster', exact: true })
      .waitFor();
    await page.getByRole('tab', { name: 'Types and fields' }).click();
    const element = page.getByRole('region', { name: 'Element' });
    await expect.poll(() => element.getByRole('row', { name: /^internal_note/ }).textContent()).toContain('internal');
  });

  it('is changed as YAML after its plan was seen, and what is wrong is said by line', async () => {
    const page = await console.signedIn('power', '/schema?tab=edit');
    const text = page.getByLabel('Schema as YAML');
    const before = await text.inputValue();
    await text.fill(before.replace('types:', 'types:\n  machine: { fields: { serial: { type: text, unique: true } }'));
    await page.getByRole('button', { name: 'See what it would do' }).click();
    await page.getByRole('alert').waitFor();
    await text.fill(
      before.replace('types:', 'types:\n  machine: { fields: { serial: { type: text, unique: true } } }'),
    );
    await page.getByRole('button', { name: 'See what it would do' }).press('Enter');
    await page.getByRole('cell', { name: 'types.machine', exact: true }).waitFor();
    expect((await console.call('GET', '/v1/schema')).types).not.toHaveProperty('machine'); // a plan changes nothing
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Apply' }).press('Enter');
    await page.getByText(/The schema is applied/).waitFor();
    expect((await console.call('GET', '/v1/schema')).types.machine.fields).toHaveProperty('serial');
  });

  it('removes nothing unseen that somebody else has added meanwhile', async () => {
    const page = await console.signedIn('power', '/schema?tab=edit');
    const text = page.getByLabel('Schema as YAML');
    const before = await text.inputValue();
    await text.fill(before.replace('types:', 'types:\n  boiler: { label: Boiler }'));
    await page.getByRole('button', { name: 'See what it would do' }).press('Enter');
    await page.getByRole('cell', { name: 'types.boiler', exact: true }).waitFor();
    const now = await console.call('GET', '/v1/schema');
    await console.call('PUT', '/v1/schema', { ...now, types: { ...now.types, valve: { label: 'Valve' } } });
    await page.getByRole('button', { name: 'Apply' }).press('Enter');
    const told = page.getByRole('alert').filter({ hasText: 'Somebody changed the schema meanwhile' });
    await told.waitFor();
    await expectAccessible(page);
    expect((await console.call('GET', '/v1/schema')).types).not.toHaveProperty('boiler');
    await expect.poll(() => text.inputValue()).toContain('boiler'); // what was typed is still there
    await told.getByRole('button', { name: 'Put my changes on top of theirs' }).press('Enter');
    await page.getByRole('cell', { name: 'types.boiler', exact: true }).waitFor();
    expect(await page.getByRole('cell', { name: 'types.valve', exact: true }).count()).toBe(0);
    await expect.poll(() => text.inputValue()).toContain('valve');
    await page.getByRole('button', { name: 'Apply' }).press('Enter');
    await page.getByText(/The schema is applied/).waitFor();
    const { types } = await console.call('GET', '/v1/schema');
    expect(Object.keys(types)).toEqual(expect.arrayContaining(['boiler', 'valve']));
  });

  it('says where in the text it cannot be so', async () => {
    const page = await console.signedIn('power', '/schema?tab=edit');
    const text = page.getByLabel('Schema as YAML');
    const before = await text.inputValue();
    await text.fill(before.replace('types:', 'types:\n  tank: { fields: { depth: { type: metres } } }'));
    await page.getByRole('button', { name: 'See what it would do' }).press('Enter');
    await page.getByRole('alert').filter({ hasText: 'types.tank.fields.depth' }).waitFor();
    await text.fill('role_lists: {}\ntypes:\n  tank: "two" words\nlinks: {}\n');
    await page.getByRole('button', { name: 'See what it would do' }).press('Enter');
    await page.getByRole('button', { name: 'Show line 3' }).press('Enter');
    expect(await page.evaluate('String(getSelection())')).toBe('  tank: "two" words');
  });

  it('loses nothing that somebody has not agreed to lose', async () => {
    const page = await console.signedIn('admin', '/schema?tab=edit');
    const text = page.getByLabel('Schema as YAML');
    const before = await text.inputValue();
    await text.fill(before.replace(/\n {6}claim_number:(\n {8}.*)+/, ''));
    await page.getByRole('button', { name: 'See what it would do' }).click();
    await page
      .getByText(/^Lost: /)
      .first()
      .waitFor();
    const apply = page.getByRole('button', { name: 'Apply' });
    await expect.poll(() => apply.isDisabled()).toBe(true);
    await page.getByLabel('Lose what it says').check();
    await apply.click();
    await page.getByText(/The schema is applied/).waitFor();
    expect((await console.call('GET', '/v1/schema')).types.claim.fields).not.toHaveProperty('claim_number');
  });

  it('is exported as YAML that can be applied again', async () => {
    const page = await console.signedIn('power', '/schema');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as YAML' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('schema.yaml');
    const stream = await download.createReadStream();
    const text = Buffer.concat(await stream.toArray()).toString();
    const answer = await fetch(`${console.server.url}/v1/schema?plan=true`, {
      method: 'PUT',
      headers: { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/yaml' },
      body: text,
    });
    expect(await answer.json()).toMatchObject({ changes: [] });
  });

  it('is not a member’s to change', async () => {
    const page = await console.signedIn('member', '/');
    const menu = page.getByRole('navigation', { name: 'Workspace menu' });
    await menu.waitFor();
    expect(await menu.getByRole('link', { name: 'Schema' }).count()).toBe(0);
    const schema = await (await page.request.get('/v1/schema')).json();
    const options = { data: schema, headers: { origin: console.server.url } };
    expect((await page.request.put('/v1/schema', options)).status()).toBe(403);
  });

  it.each(['edit', 'form'])(
    'is shown to a member who comes by its address, and not offered to be edited: %s',
    async (tab) => {
      const page = await console.signedIn('member', `/schema?tab=${tab}`);
      await page.getByRole('tab', { name: 'Diagram', selected: true }).waitFor();
      expect(await page.getByRole('tab', { name: /^Edit/ }).count()).toBe(0);
      await page.getByRole('link', { name: /^Policy ?3 fields/ }).press('Enter'); // to its fields, which are not to be edited either
      await page.getByRole('region', { name: 'Policy', exact: true }).waitFor();
      expect(await page.getByRole('link', { name: 'Edit Policy' }).count()).toBe(0);
    },
  );
});
