import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible, withConsole } from './browser.ts';

const plan = (page: Page) => page.getByRole('button', { name: 'See what it would do' }).press('Enter');
const planned = (page: Page, path: string) => page.getByRole('cell', { name: path, exact: true }).waitFor();

async function apply(page: Page): Promise<void> {
  const answer = page.waitForResponse('**/v1/schema?allow_loss=*');
  await page.getByRole('button', { name: 'Apply' }).press('Enter');
  const { version } = await (await answer).json();
  await page.getByText(`It is version ${version}.`).waitFor(); // what is told of an earlier one may be there still
}

async function add(page: Page, what: 'Record type' | 'Link type' | 'Role list'): Promise<Locator> {
  await page.getByRole('button', { name: 'Add', exact: true }).press('Enter');
  await page.getByRole('menuitem', { name: what }).press('Enter');
  const dialog = page.getByRole('dialog', { name: `Add a ${what.toLowerCase()}` });
  await dialog.waitFor();
  return dialog;
}

async function choose(within: Page | Locator, label: string, option: string | RegExp): Promise<void> {
  const page = 'page' in within ? within.page() : within;
  await within.getByLabel(label, { exact: true }).click();
  await page.getByRole('option', { name: option, exact: typeof option === 'string' }).click();
}

describe('the schema by form', () => {
  const console = withConsole();
  const schema = () => console.call('GET', '/v1/schema');

  async function addField(page: Page, label: string, kind: string): Promise<Locator> {
    await page.getByRole('button', { name: 'Add a field' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a field' });
    await dialog.getByLabel('Label').fill(label);
    await choose(dialog, 'Kind', kind);
    await dialog.getByLabel('Label').press('Enter');
    await dialog.waitFor({ state: 'detached' });
    return page.getByRole('group', { name: /^Field / });
  }

  it('gets a record type with its fields, after a plan, by somebody who writes no YAML', async () => {
    const page = await console.signedIn('power', '/schema?tab=form');
    const dialog = await add(page, 'Record type');
    await dialog.getByLabel('Label').fill('Purchase order №');
    await expect.poll(() => dialog.getByLabel('Key').inputValue()).toBe('purchase_order_no');
    await dialog.getByLabel('Key').fill('Order');
    await dialog.getByRole('button', { name: 'Add' }).press('Enter');
    await dialog.getByText('Small letters, digits and underscores').waitFor();
    await expectAccessible(page);
    await dialog.getByLabel('Key').fill('order');
    await dialog.getByRole('button', { name: 'Add' }).press('Enter');
    const type = page.getByRole('region', { name: 'Purchase order №' });
    await type.getByLabel('Plural').fill('Orders');
    await type.getByLabel('Keep former keys').uncheck();

    const serial = await addField(page, 'Order number', 'Text');
    await serial.getByLabel('Unique').check();
    await serial.getByLabel('Capital and small letters').check();
    await serial.getByLabel('Spaces at the beginning and the end').check();
    await serial.getByLabel('Characters at most').fill('40');
    await serial.getByLabel('Required').check();
    const state = await addField(page, 'State', 'One of options');
    await state.getByRole('button', { name: 'Add an option' }).press('Enter');
    await state.getByLabel('Value of option 1').fill('open');
    await state.getByRole('button', { name: 'Add an option' }).press('Enter');
    await state.getByLabel('Value of option 2').fill('paid');
    await state.getByLabel('Label of option 2').fill('Paid in full');
    await state.getByLabel('Filterable').check();
    await choose(state, 'Default', 'open');
    const price = await addField(page, 'Price', 'Decimal number');
    await price.getByLabel('Digits after the point').fill('2');
    await price.getByLabel('Default').pressSequentially('1.05');
    const supplier = await addField(page, 'Supplier', 'Lookup: another record');
    await choose(supplier, 'Points at', 'contact');
    await supplier.getByLabel('The way back').fill('supplied_orders');
    await choose(supplier, 'Owner', 'Any interface');
    await expectAccessible(page);

    await plan(page);
    await planned(page, 'types.order');
    expect((await schema()).types).not.toHaveProperty('order'); // a plan changes nothing
    await apply(page);
    expect((await schema()).types.order).toEqual({
      label: 'Purchase order №',
      plural: 'Orders',
      keep_aliases: false,
      fields: {
        order_number: { type: 'text', unique: true, key_rule: ['trim', 'fold'], max_length: 40, required: true },
        state: {
          type: 'enum',
          options: [{ value: 'open' }, { value: 'paid', label: 'Paid in full' }],
          filterable: true,
          default: 'open',
        },
        price: { type: 'decimal', scale: 2, default: 1.05 },
        supplier: { type: 'lookup', to: 'contact', inverse: 'supplied_orders', owner: 'external' },
      },
    });
  });

  it('opens at the type that is chosen in the diagram, in the dark and by keyboard, too', async () => {
    const page = await console.signedIn('power', '/schema', { colorScheme: 'dark' });
    const policy = page.getByRole('link', { name: /^Policy ?3 fields/ });
    await policy.waitFor();
    await expectAccessible(page);
    await policy.press('Enter');
    await page.getByRole('region', { name: 'Policy', exact: true }).getByLabel('Plural').waitFor();
    await page.getByRole('button', { name: /^Premium / }).press('Enter');
    await page.getByRole('group', { name: 'Field premium' }).waitFor();
    expect(page.url()).toContain('at=types.policy.fields.premium'); // to be sent to others
    await expectAccessible(page);
    await page.goBack();
    await page.getByRole('tab', { name: 'Diagram', selected: true }).waitFor();
  });

  it('changes fields, and removes one when somebody agrees to lose its values', async () => {
    await console.call('PATCH', '/v1/records/customer/external_id:JOHN_DOE42', { fields: { comments: 'Pays late' } });
    const page = await console.signedIn('admin', '/schema?tab=form&at=types.customer.fields.company_name');
    const name = page.getByRole('group', { name: 'Field company_name' });
    await name.getByLabel('Label', { exact: true }).fill('Company');
    await choose(name, 'Kind', 'Long text');
    await name.getByText('Another kind is another field: the values that it has are lost.').waitFor();
    await choose(name, 'Kind', 'Text');
    await page.getByRole('button', { name: /^Entity id / }).press('Enter');
    const id = page.getByRole('group', { name: 'Field entity_id' });
    await id.getByRole('button', { name: 'Remove the field' }).press('Enter');
    await page.getByRole('alert').filter({ hasText: 'The field entity_id is removed' }).waitFor();
    await plan(page);
    await planned(page, 'types.customer.fields.entity_id');
    await page.getByText(/^Lost: the value of customer\.entity_id/).waitFor();
    const applyButton = page.getByRole('button', { name: 'Apply' });
    await expect.poll(() => applyButton.isDisabled()).toBe(true);
    await page.getByLabel('Lose what it says').check();
    await expect.poll(() => applyButton.isDisabled()).toBe(false);
    await page.getByRole('button', { name: 'Put it back' }).press('Enter');
    await plan(page);
    await planned(page, 'types.customer.fields.company_name.label');
    expect(await page.getByText(/^Lost: /).count()).toBe(0);
    await page.getByRole('button', { name: /^Comments / }).press('Enter');
    const comments = page.getByRole('group', { name: 'Field comments' });
    await comments.getByRole('button', { name: 'Remove the field' }).press('Enter');
    await plan(page);
    await planned(page, 'types.customer.fields.comments');
    await page.getByText(/^Lost: the value of customer\.comments/).waitFor();
    await expect.poll(() => applyButton.isDisabled()).toBe(true); // what was agreed to was another loss
    await page.getByLabel('Lose what it says').check();
    await apply(page);
    const { fields } = (await schema()).types.customer;
    expect(fields.company_name).toMatchObject({ type: 'text', label: 'Company' });
    expect(fields).not.toHaveProperty('comments');
    expect(fields.entity_id).toMatchObject({ unique: true });
  });

  it('leaves out of a field what does not go with what was chosen', async () => {
    const page = await console.signedIn('power', '/schema?tab=form&at=types.account');
    const mark = await addField(page, 'Mark', 'Text');
    await mark.getByLabel('Default').fill('A');
    await mark.getByLabel('Unique').check();
    await mark.getByLabel('Capital and small letters').check();
    await mark.getByLabel('Default').waitFor({ state: 'detached' });
    /** What the text has of the field, which is the last one of its type. */
    const text = async (): Promise<string> => {
      await page.getByRole('tab', { name: 'Edit as YAML' }).press('Enter');
      const [, after = ''] = (await page.getByLabel('Schema as YAML').inputValue()).split(' mark:');
      await page.getByRole('tab', { name: 'Edit by form' }).press('Enter');
      await mark.waitFor();
      return after.split(/\n {2}\w/)[0] ?? '';
    };
    expect(await text()).toMatch(/unique: true.*key_rule:.*- fold/s);
    expect(await text()).not.toContain('default');
    await mark.getByLabel('Unique').uncheck();
    expect(await text()).not.toMatch(/key_rule|unique/);
    await mark.getByLabel('Numbered').check();
    await mark.getByLabel('Prefix').fill('M-');
    await mark.getByLabel('Digits at least').fill('4');
    expect(await text()).toMatch(/numbered:.*prefix: M-.*padding: 4/s);
    await choose(mark, 'Kind', 'Whole number');
    expect(await text()).not.toContain('numbered');
    await plan(page);
    await planned(page, 'types.account.fields.mark');
    await page.getByRole('button', { name: 'As it is stored' }).press('Enter');
  });

  it('gets a link type between two types, once per role, with a role list of its own', async () => {
    const page = await console.signedIn('power', '/schema?tab=form');
    const list = await add(page, 'Role list');
    await list.getByLabel('Label').fill('Partner role');
    await list.getByRole('button', { name: 'Add' }).press('Enter');
    await page.getByRole('button', { name: 'Add a role' }).press('Enter');
    await page.getByLabel('Name of role 1').fill('Reseller');
    await page.getByLabel('External id of role 1').fill('RS');
    await page.getByRole('button', { name: 'Add a role' }).press('Enter');
    await page.getByLabel('Name of role 2').fill('Referrer');
    await page.getByLabel('Number of role 2').fill('7');
    await expectAccessible(page);

    const dialog = await add(page, 'Link type');
    await dialog.getByLabel('Label').fill('Sold by');
    await choose(dialog, 'From', 'opportunity');
    await choose(dialog, 'To', 'partner');
    await dialog.getByRole('button', { name: 'Add' }).press('Enter');
    const link = page.getByRole('region', { name: 'opportunity.sold_by' });
    await link.getByLabel('The way back').fill('sold_opportunities');
    await choose(link, 'Two records are linked', 'Once per role');
    await plan(page);
    const refused = link.getByText('once_per: role needs a role list.');
    await refused.waitFor();
    await choose(link, 'Role list', 'partner_role');
    await refused.waitFor({ state: 'detached' });
    await link.getByLabel('Cardinality').click();
    await page.getByRole('option', { name: /^One to many: each Opportunity has any number of Partners/ }).waitFor();
    await page.keyboard.press('Escape');
    await expectAccessible(page);
    await plan(page);
    await planned(page, 'links.opportunity.sold_by');
    await apply(page);
    const now = await schema();
    expect(now.links['opportunity.sold_by']).toEqual({
      to: 'partner',
      inverse: 'sold_opportunities',
      roles: 'partner_role',
      once_per: 'role',
    });
    expect(now.role_lists.partner_role).toMatchObject([
      { name: 'Reseller', external_id: 'RS' },
      { name: 'Referrer', number: 7 },
    ]);

    await choose(link, 'Two records are linked', /^Once: /);
    await choose(link, 'Cardinality', /^Many to one: each Opportunity has one Partner at most/);
    await plan(page);
    await planned(page, 'links.opportunity.sold_by.cardinality');
    await apply(page);
    expect((await schema()).links['opportunity.sold_by']).toMatchObject({
      cardinality: 'many-to-one',
      once_per: 'pair',
    });
  });

  it('is the same document as the text: whoever goes from one to the other loses nothing', async () => {
    const page = await console.signedIn('power', '/schema?tab=form&at=types.partner');
    await page.getByRole('region', { name: 'Partner' }).getByLabel('Description').fill('Who sells for us');
    await page.getByRole('tab', { name: 'Edit as YAML' }).press('Enter');
    const text = page.getByLabel('Schema as YAML');
    await expect.poll(() => text.inputValue()).toContain('description: Who sells for us');
    const typed = (await text.inputValue()).replace('types:', '# Ours\ntypes:\n  boiler: { label: Boiler } # as typed');
    await text.fill(typed);
    await page.getByRole('tab', { name: 'Edit by form' }).press('Enter');
    const partner = page.getByRole('region', { name: 'Partner' }); // where one was
    await expect.poll(() => partner.getByLabel('Description').inputValue()).toBe('Who sells for us');
    await partner.getByLabel('Plural').fill('Sales partners');
    await page.getByRole('navigation', { name: 'Workspace menu' }).getByRole('link', { name: 'Webhooks' }).click();
    await page.getByRole('heading', { name: 'Webhooks', level: 1 }).waitFor();
    await page.getByRole('navigation', { name: 'Workspace menu' }).getByRole('link', { name: 'Schema' }).click();
    await page.getByText('Changes are begun that are not applied').waitFor();
    await page.getByRole('link', { name: 'Go on with them' }).press('Enter');
    await choose(page, 'Record type, link type or role list', 'Boiler (new)');
    await page.getByRole('tab', { name: 'Edit as YAML' }).press('Enter');
    for (const kept of ['# Ours', '# as typed', 'plural: Sales partners', 'description: Who sells for us'])
      await expect.poll(() => text.inputValue()).toContain(kept);
    await page.getByRole('button', { name: 'As it is stored' }).press('Enter');
    await expect.poll(() => text.inputValue()).not.toContain('boiler');
  });

  it('says what is refused at its input, leads there, and says it no more once that is another', async () => {
    const page = await console.signedIn('power', '/schema?tab=form&at=types.account');
    const plate = await addField(page, 'Plate', 'Text of a pattern');
    await plate.getByLabel('Pattern').fill('[A-Z');
    const tier = await addField(page, 'Tier', 'One of options');
    for (const value of ['gold', 'gold']) {
      await tier.getByRole('button', { name: 'Add an option' }).press('Enter');
      await tier.getByPlaceholder('value').last().fill(value);
    }
    await choose(page, 'Record type, link type or role list', 'policy.contacts');
    const link = page.getByRole('region', { name: 'policy.contacts' });
    await link.getByLabel('The way back').fill('claims'); // as the links of claims are called
    await choose(page, 'Record type, link type or role list', 'Contact');
    await plan(page);
    const alert = page.getByRole('alert').filter({ hasText: 'The schema cannot be so' });
    await alert.waitFor();
    await plate.getByText('Not a pattern in RE2 syntax').waitFor(); // the first is opened, and the keyboard is at it
    await expect.poll(() => plate.locator('input:focus').inputValue()).toBe('[A-Z');
    await page.getByRole('button', { name: /^Tier .* to be mended$/ }).waitFor();
    await expectAccessible(page);
    await page.getByRole('tab', { name: 'Edit as YAML' }).press('Enter');
    await alert.getByRole('link', { name: 'types.account.fields.tier.options[1].value' }).press('Enter');
    await expect.poll(() => tier.locator('input:focus').inputValue()).toBe('gold'); // there, and not at the first
    await alert.getByRole('link', { name: 'types.account.fields.plate.pattern' }).press('Enter');
    await expect.poll(() => plate.locator('input:focus').inputValue()).toBe('[A-Z'); // from one field to another, too
    await plate.getByLabel('Pattern').fill('[A-Z]+');
    await page.getByText('Not a pattern in RE2 syntax').waitFor({ state: 'detached' });
    await alert.getByRole('link', { name: 'types.account.fields.tier.options[1].value' }).press('Enter');
    await tier.getByText('gold stands there twice.').waitFor();
    await tier.getByLabel('Value of option 2').fill('silver');
    await alert.waitFor({ state: 'detached' });
    await plan(page);
    await link.getByText(/has .* of the name claims already/).waitFor();
    await link.getByLabel('The way back').fill('policies');
    await plan(page);
    await planned(page, 'types.account.fields.plate');
    await page.getByRole('button', { name: 'As it is stored' }).press('Enter');
  });

  it('does not overwrite what somebody else has changed meanwhile, and takes it in', async () => {
    const page = await console.signedIn('power', '/schema?tab=form&at=types.file');
    const file = page.getByRole('region', { name: 'File' });
    await file.getByLabel('Plural').fill('Documents');
    const now = await schema();
    await console.call('PUT', '/v1/schema', { ...now, types: { ...now.types, gasket: { label: 'Gasket' } } });
    await plan(page);
    await page.getByRole('button', { name: 'Put my changes on top of theirs' }).press('Enter');
    await planned(page, 'types.file.plural');
    expect(await page.getByRole('cell', { name: 'types.gasket', exact: true }).count()).toBe(0);
    await expect.poll(() => file.getByLabel('Plural').inputValue()).toBe('Documents');
    await apply(page);
    const { types } = await schema();
    expect([types.file.plural, types.gasket]).toEqual(['Documents', { label: 'Gasket' }]);
  });

  it('takes a type away with the links that lead to it, and puts them back', async () => {
    const page = await console.signedIn('power', '/schema?tab=form&at=types.contact');
    await page.getByRole('button', { name: 'Remove Contact' }).press('Enter');
    await page.getByRole('alert').filter({ hasText: 'The record type contact is removed' }).waitFor();
    await plan(page);
    await planned(page, 'links.policy.contacts');
    await planned(page, 'types.building_component.fields.supplier');
    await page.getByText(/^Lost: .* records? of contact with their links and keys/).waitFor();
    await page.getByRole('button', { name: 'Put it back' }).press('Enter');
    await plan(page);
    await page.getByText('Nothing would change.').waitFor();
  });

  it('waits for text that can be read', async () => {
    const page = await console.signedIn('power', '/schema?tab=edit');
    const text = page.getByLabel('Schema as YAML');
    await text.fill('types:\n  machine: "two" words\n');
    await page.getByRole('tab', { name: 'Edit by form' }).press('Enter');
    const told = page.getByRole('alert').filter({ hasText: 'The text cannot be shown as a form' });
    await expect.poll(() => told.textContent()).toContain('Line 2');
    await expectAccessible(page);
    await told.getByRole('link', { name: 'Mend it as YAML' }).press('Enter');
    await expect.poll(() => text.inputValue()).toContain('"two" words');

    await text.fill('types:\n  machine:\n    label:\n      fields: {}\n');
    await page.getByRole('tab', { name: 'Edit by form' }).press('Enter');
    await told.getByText('types.machine.label must be one value').waitFor();
    await told.getByRole('link', { name: 'Mend it as YAML' }).press('Enter');
    await expect.poll(() => text.inputValue()).toContain('label:\n');
  });

  it('teaches how to begin where there is nothing yet', async () => {
    const before = await schema();
    const page = await console.signedIn('admin', '/schema?tab=edit');
    await page.getByLabel('Schema as YAML').fill('types: {}\n');
    await page.getByRole('tab', { name: 'Edit by form' }).press('Enter');
    await page.getByText('No record type yet').waitFor();
    const dialog = await add(page, 'Record type');
    await dialog.getByLabel('Label').fill('Machine');
    await dialog.getByRole('button', { name: 'Add' }).press('Enter');
    await page.getByRole('region', { name: 'Machine' }).waitFor();
    expect((await schema()).types).toEqual(before.types);
  });

  it('is read on a phone without scrolling sideways', async () => {
    const page = await console.signedIn('power', '/schema?tab=form&at=types.claim.fields.status', { width: 390 });
    await page.getByRole('group', { name: 'Field status' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await expectAccessible(page);
  });
});
