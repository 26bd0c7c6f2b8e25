import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, type Json, reasons } from '../test-client.ts';

describe('links', async () => {
  const { call } = await demoServer();
  const make = async (type: string, key: string): Promise<string> => {
    const answer = await call('PATCH', `/v1/records/${type}/external_id:${key}`, { body: { fields: {} } });
    expect(answer.status).toBe(201);
    return `external_id:${key}`;
  };
  const path = (from: string, link: string, to: string): string => `/v1/records/${from}/links/${link}/${to}`;
  const roles = async (from: string, link = 'contacts'): Promise<unknown[]> =>
    (await call('GET', `/v1/records/${from}/links/${link}`)).body.items.map(({ role }: Json) => role);

  it('lists the links of a record from both ends, with their roles', async () => {
    const { body } = await call('GET', '/v1/records/policy/67890/links');
    expect(body).toEqual({
      items: [
        expect.objectContaining({
          number: 101,
          link: 'policy.contacts',
          role: 'Adjuster',
          role_number: 3,
          role_external_id: 'adjuster',
          left: expect.objectContaining({ type: 'policy', number: 67890 }),
          right: expect.objectContaining({ type: 'contact', number: 2001 }),
          attributes: {},
        }),
      ],
      next: null,
    });
    for (const address of [
      'policy/67890/links/contacts',
      'contact/sync_key:CONTACT-2001/links',
      'contact/2001/links/policies',
    ]) {
      expect((await call('GET', `/v1/records/${address}`)).body).toEqual(body);
    }
  });

  it('links once, however often it is asked to, and unlinks as often', async () => {
    const customer = `customer/${await make('customer', 'L1')}`;
    const first = await call('PUT', path(customer, 'contacts', '106'));
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      outcome: 'created',
      link: { link: 'customer.contacts', role: null },
      replaced: [],
    });
    const again = await call('PUT', path(customer, 'contacts', 'external_id:user1'), { body: {} });
    expect([again.status, again.body.outcome, again.body.link]).toEqual([200, 'unchanged', first.body.link]);
    const inverse = await call('PUT', path('contact/106', 'customers', 'external_id:L1'));
    expect(inverse.body.outcome).toBe('unchanged');
    const removed = await call('DELETE', path(customer, 'contacts', '106'));
    expect(removed.body).toMatchObject({ outcome: 'unlinked', removed: [{ number: first.body.link.number }] });
    expect((await call('DELETE', path(customer, 'contacts', '106'))).body).toEqual({
      outcome: 'unchanged',
      removed: [],
    });
  });

  it('sets the role of a pair by number, external id or name, keeps it when absent, and clears it with null', async () => {
    const customer = `customer/${await make('customer', 'L2')}`;
    const put = (body: object): Promise<Answer> => call('PUT', path(customer, 'contacts', '106'), { body });
    expect((await put({ role: -10 })).body.link.role).toBe('Primary Contact');
    expect((await put({ role: 'family' })).body).toMatchObject({
      outcome: 'updated',
      link: { role: 'Family', role_number: 1 },
    });
    expect((await put({})).body).toMatchObject({ outcome: 'unchanged', link: { role: 'Family' } });
    expect((await put({ role: 'DECISION maker' })).body.link.role).toBe('Decision maker');
    expect((await put({ role: null })).body).toMatchObject({
      outcome: 'updated',
      link: { role: null, role_number: null },
    });
  });

  it('links a pair once per role where the link type says so, and moves a link to another role', async () => {
    const claim = `claim/${await make('claim', 'L3')}`;
    const put = (body: object): Promise<Answer> => call('PUT', path(claim, 'contacts', '106'), { body });
    for (const role of ['Broker', 'Witness']) expect((await put({ role })).status).toBe(201);
    expect(await roles(claim)).toEqual(['Broker', 'Witness']);
    const moved = await put({ role: 'Broker', newRole: 'Attorney' });
    expect(moved.body).toMatchObject({ outcome: 'updated', link: { role: 'Attorney' } });
    expect((await call('DELETE', `${path(claim, 'contacts', '106')}?role=Witness`)).body.removed).toHaveLength(1);
    expect(await roles(claim)).toEqual(['Attorney']);
    await put({ role: null });
    expect(await roles(claim)).toEqual(['Attorney', null]);
    expect((await call('DELETE', `${path(claim, 'contacts', '106')}?role=`)).body.removed).toMatchObject([
      { role: null },
    ]);
    expect(await roles(claim)).toEqual(['Attorney']);
  });

  it('replaces the link where a side takes one only, and says which', async () => {
    const contact = await make('contact', 'L4');
    const first = await call('PUT', path('account/701', 'contacts', contact));
    const second = await call('PUT', path('account/702', 'contacts', contact));
    expect(second.status).toBe(201);
    expect(second.body.replaced).toEqual([first.body.link]);
    expect((await call('GET', '/v1/records/account/701/links/contacts')).body.items).toEqual([]);
  });

  it('names no link that gave way to whoever may not read it, nor in a plan', async () => {
    const contact = await make('contact', 'L6');
    const { number } = (await call('PUT', path('account/701', 'contacts', contact))).body.link.left;
    const key = await call('POST', '/v1/keys', {
      body: { label: 'linker', role: 'member', grants: { account: ['attach:contact'] } },
    });
    const as = key.body.secret;
    const plan = await call('PUT', `${path('account/702', 'contacts', contact)}?plan=true`, { as });
    expect(plan.body.items.map(({ action }: Json) => action).sort()).toEqual(['link', 'unlink']);
    expect(JSON.stringify(plan.body.items)).not.toContain(`"number":${number},`);
    const put = await call('PUT', path('account/702', 'contacts', contact), { as });
    expect(put.body).toMatchObject({ outcome: 'created', replaced: [] });
    expect((await call('GET', '/v1/records/account/701/links/contacts')).body.items).toEqual([]);
  });

  it('merges attributes by name, and refuses what cannot be kept in them', async () => {
    const policy = `policy/${await make('policy', 'L5')}`;
    const put = (body: string): Promise<Answer> =>
      call('PUT', path(policy, 'contacts', '106'), { body, headers: { 'content-type': 'application/json' } });
    const made = await put('{"attributes":{"share":0.25,"note":"first"}}');
    expect(made.body.link.attributes).toEqual({ share: 0.25, note: 'first' });
    expect((await put('{"attributes":{"note":"first","share":2.5e-1}}')).body.outcome).toBe('unchanged');
    expect((await put('{"attributes":{}}')).body.outcome).toBe('unchanged');
    expect((await put('{"attributes":{"share":-0}}')).body.link.attributes).toEqual({ share: 0, note: 'first' });
    expect((await put('{"attributes":{"share":0}}')).body.outcome).toBe('unchanged');
    for (const value of ['12345678901234567890', '"\\u0000"', '{}', '[]']) {
      expect(reasons(await put(`{"attributes":{"a":${value}}}`)), value).toEqual([['value_invalid', 'attributes.a']]);
    }
    expect(reasons(await put('{"attributes":1e400}'))).toEqual([['member_invalid', 'attributes']]);
    expect(reasons(await put('{"attributes":[]}'))).toEqual([['member_invalid', 'attributes']]);
  });

  it.each([
    ['nothing/1', 'contacts', '106', {}, 404, 'unknown_record_type', 'path.type'],
    ['policy/67890', 'friends', '106', {}, 404, 'unknown_link', 'path.link'],
    ['policy/external_id:no', 'contacts', '106', {}, 404, 'record_not_found', 'path.ref'],
    ['policy/67890', 'contacts', 'external_id:no', {}, 404, 'record_not_found', 'path.target'],
    ['policy/67890', 'contacts', 'colour:red', {}, 400, 'not_a_match_field', 'path.target'],
    ['policy/67890', 'contacts', 'nonsense', {}, 400, 'ref_malformed', 'path.target'],
    ['policy/nonsense', 'contacts', '106', {}, 400, 'ref_malformed', 'path.ref'],
    ['policy/67890', 'contacts', '106', { role: 'Hero' }, 422, 'unknown_role', 'role'],
    ['policy/67890', 'contacts', '2001', { role: 'Adjuster', newRole: 'Hero' }, 422, 'unknown_role', 'newRole'],
    ['policy/67890', 'contacts', '106', { role: true }, 400, 'member_invalid', 'role'],
    ['policy/67890', 'contacts', '106', { rol: 'x' }, 400, 'unknown_member', 'rol'],
  ])('refuses to link %s %s %s with %o: %i %s at %s', async (from, link, to, body, status, code, at) => {
    const answer = await call('PUT', path(from, link, to), { body });
    expect([answer.status, reasons(answer)]).toEqual([status, [[code, at]]]);
  });

  it('names both records that are missing at once', async () => {
    const answer = await call('PUT', path('policy/external_id:no', 'contacts', 'external_id:no'));
    expect(reasons(answer)).toEqual([
      ['record_not_found', 'path.ref'],
      ['record_not_found', 'path.target'],
    ]);
  });

  it('pages through the links of a record', async () => {
    const account = `account/${await make('account', 'L6')}`;
    for (let i = 0; i < 5; i++) await call('PUT', path(account, 'contacts', await make('contact', `L6-${i}`)));
    const numbers: number[] = [];
    let cursor = '';
    do {
      const { body } = await call('GET', `/v1/records/${account}/links?limit=2${cursor}`);
      numbers.push(...body.items.map(({ number }: Json) => number));
      cursor = body.next === null ? '' : `&cursor=${encodeURIComponent(body.next)}`;
    } while (cursor !== '');
    expect(numbers).toHaveLength(5);
    expect(new Set(numbers).size).toBe(5);
    expect(reasons(await call('GET', `/v1/records/${account}/links?cursor=abc`))).toEqual([
      ['cursor_invalid', 'query.cursor'],
    ]);
  });

  it('shows changes of links in the history of the record, with their roles by name', async () => {
    const claim = `claim/${await make('claim', 'L7')}`;
    await call('PUT', path(claim, 'contacts', '106'), { body: { role: 'Broker' } });
    await call('PUT', path(claim, 'contacts', '106'), { body: { role: 'Broker', newRole: 'Witness' } });
    await call('DELETE', path(claim, 'contacts', '106'));
    const { body } = await call('GET', `/v1/records/${claim}/history`);
    expect(body.items.map(({ kind }: Json) => kind)).toEqual(['unlinked', 'relinked', 'linked', 'created']);
    expect(body.items[2]).toMatchObject({
      version: null,
      link: { link: 'claim.contacts', left: { type: 'claim' }, right: { number: 106 } },
    });
    const values = body.items.map(({ before, after }: Json) => [before.role, after.role]);
    expect(values.slice(0, 3)).toEqual([
      ['Witness', undefined],
      ['Broker', 'Witness'],
      [undefined, 'Broker'],
    ]);
  });
});
