import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, errorOf, type Json, records } from '../test-client.ts';

const json = { 'content-type': 'application/json' };

describe('attach and detach', async () => {
  const { send } = await demoServer({
    types: {
      employee: {},
      sales_order: { fields: { tran_id: { type: 'text' } } },
      customrecord_machine: {},
      customtransaction_lease: {},
      entity_group: {},
    },
    links: {
      'employee.contacts': { to: 'contact' },
      'employee.files': { to: 'file' },
      'sales_order.contacts': { to: 'contact', roles: 'contact_role' },
      'customrecord_machine.files': { to: 'file' },
      'customtransaction_lease.contacts': { to: 'contact' },
      'customtransaction_lease.files': { to: 'file' },
      'entity_group.customers': { to: 'customer' },
      'contact.files': { to: 'file' },
      'contact.colleagues': { to: 'contact' },
    },
  });

  const make = async (type: string, externalId: string, fields: object = {}): Promise<string> => {
    const answer = await send('PUT', `${records}/${type}/eid:${encodeURIComponent(externalId)}`, { body: fields });
    expect(answer.status).toBe(204);
    return answer.headers.get('location')?.split('/').at(-1) ?? '';
  };
  const post = (path: string, body?: unknown): Promise<Answer> =>
    send('POST', `${records}/${path}`, body === undefined ? {} : { body, headers: json });
  /** Contact id and role of each attached contact. */
  const attached = async (path: string): Promise<unknown[]> => {
    const { body } = await send('GET', `${records}/${path}/contactRoles`);
    return body.items.map((item: Json) => [item.contact.id, item.role?.refName ?? null]);
  };

  it('attaches once, however often it is asked to, and detaches as often', async () => {
    await make('customer', 'once');
    for (const _ of [1, 2, 3]) expect((await post('customer/eid:once/!attach/contact/106')).status).toBe(204);
    expect(await attached('customer/eid:once')).toEqual([['106', null]]);
    for (const _ of [1, 2]) expect((await post('customer/eid:once/!detach/contact/eid:user1')).status).toBe(204);
    expect(await attached('customer/eid:once')).toEqual([]);
  });

  it('keeps the role when attached again without one, and replaces it when attached with another', async () => {
    await make('customer', 'roles');
    await post('customer/eid:roles/!attach/contact/106', { role: { id: '-10' } });
    expect(await attached('customer/eid:roles')).toEqual([['106', 'Primary Contact']]);
    await post('customer/eid:roles/!attach/contact/106');
    await post('customer/eid:roles/!attach/contact/106', {});
    expect(await attached('customer/eid:roles')).toEqual([['106', 'Primary Contact']]);
    await post('customer/eid:roles/!attach/contact/106', { role: { externalId: 'family' } });
    expect(await attached('customer/eid:roles')).toEqual([['106', 'Family']]);
    await post('customer/eid:roles/!attach/contact/106', { role: null });
    expect(await attached('customer/eid:roles')).toEqual([['106', null]]);
  });

  for (const role of [{ id: -10 }, { id: '-10' }, -10, '-10', { id: '-10', externalId: 'family' }]) {
    it(`takes the role ${JSON.stringify(role)} as that of the primary contact`, async () => {
      const customer = await make('customer', `role ${JSON.stringify(role)}`);
      expect((await post(`customer/${customer}/!attach/contact/106`, { role })).status).toBe(204);
      expect(await attached(`customer/${customer}`)).toEqual([['106', 'Primary Contact']]);
    });
  }

  for (const role of [{ id: '9999' }, { id: 'abc' }, { externalId: 'nobody' }, {}, { refName: 'Family' }, [], true]) {
    it(`refuses the role ${JSON.stringify(role)} and attaches nothing`, async () => {
      const customer = await make('customer', `bad role ${JSON.stringify(role)}`);
      const answer = await post(`customer/${customer}/!attach/contact/106`, { role });
      expect(errorOf(answer)).toMatchObject({ status: 400, 'o:errorCode': 'INVALID_CONTENT', 'o:errorPath': 'role' });
      expect(await attached(`customer/${customer}`)).toEqual([]);
    });
  }

  it('refuses a role for a file', async () => {
    const answer = await post('customer/660/!attach/file/398', { role: { id: '-10' } });
    expect(errorOf(answer)).toMatchObject({ status: 400, 'o:errorCode': 'INVALID_CONTENT', 'o:errorPath': 'role' });
  });

  it('finds record types in any case', async () => {
    expect((await post('CUSTOMER/660/!attach/Contact/106')).status).toBe(204);
    expect((await post('customer/660/!detach/CONTACT/106')).status).toBe(204);
  });

  it('says which of the two records is missing, and how it was named', async () => {
    const byId = 'The record instance does not exist. Provide a valid record instance ID.';
    const byExternalId = (id: string): string =>
      `The record instance for external ID '${id}' does not exist. Provide a valid record instance ID.`;
    for (const action of ['!attach', '!detach']) {
      for (const [path, detail] of [
        [`customer/999999/${action}/contact/106`, byId],
        [`customer/-1/${action}/contact/106`, byId],
        [`customer/660/${action}/contact/999999`, byId],
        [`customer/eid:nobody/${action}/contact/106`, byExternalId('nobody')],
        [`customer/660/${action}/contact/eid:no%20one`, byExternalId('no one')],
        [`customer/660/${action}/contact/eid:a%7Cb`, byExternalId('a|b')],
        [`customer/106/${action}/contact/660`, byId], // numbers of the other type
      ] as const) {
        const answer = await post(path);
        expect(errorOf(answer)).toEqual({
          status: 404,
          detail,
          'o:errorUrl': `${records}/${path}`,
          'o:errorCode': 'NONEXISTENT_ID',
        });
      }
    }
    const both = await post('customer/999999/!attach/contact/eid:nobody');
    expect(both.body['o:errorDetails'].map((entry: Json) => entry.detail)).toEqual([byId, byExternalId('nobody')]);
  });

  it('refuses malformed ids', async () => {
    for (const id of ['000', 'abc', '1.5', 'eid:', '0', '5x']) {
      const answer = await post(`customer/660/!attach/contact/${id}`);
      expect(errorOf(answer)).toMatchObject({
        status: 400,
        detail: `Invalid record instance identifier '${id}'. Provide a valid record instance ID.`,
        'o:errorCode': 'INVALID_ID',
      });
    }
  });

  it('attaches what the vendor’s list and the schema both allow', async () => {
    for (const type of ['employee', 'salesOrder', 'customrecord_machine', 'customtransaction_lease', 'entityGroup']) {
      await make(type, 'X');
    }
    await make('contact', 'second');
    const allowed = [
      'customer/660/!attach/file/398',
      'partner/801/!attach/contact/106',
      'salesOrder/eid:X/!attach/contact/106',
      'employee/eid:X/!attach/file/398',
      'contact/106/!attach/file/398',
      'customtransaction_lease/eid:X/!attach/file/398',
      'entityGroup/eid:X/!attach/customer/660',
      'account/701/!attach/contact/106', // not on the list: the schema decides
      'claim/5001/!attach/file/398',
    ];
    for (const path of allowed) expect([path, (await post(path)).status]).toEqual([path, 204]);
    const refused = [
      'employee/eid:X/!attach/contact/106', // files only
      'contact/106/!attach/contact/eid:second',
      'salesOrder/eid:X/!attach/file/398', // on the list, but the schema has no such link
      'customrecord_machine/eid:X/!attach/file/398', // custom records take none
      'customtransaction_lease/eid:X/!attach/contact/106',
      'entityGroup/eid:X/!attach/file/398',
      'buildingComponent/1/!attach/contact/106', // its lookup to contact is a field
      'customer/660/!attach/opportunity/379',
      'customer/660/!attach/nothing/1',
    ];
    for (const path of refused) {
      expect(errorOf(await post(path))).toMatchObject({
        status: 400,
        'o:errorCode': 'INVALID_REQUEST',
        'o:errorUrl': `${records}/${path}`,
      });
    }
  });

  it('has no records of type file, though they can be attached', async () => {
    for (const [method, path] of [
      ['GET', 'file/398'],
      ['PUT', 'file/eid:x'],
      ['GET', 'file'],
      ['POST', 'file/398/!attach/contact/106'],
    ] as const) {
      expect(errorOf(await send(method, `${records}/${path}`))).toMatchObject({
        status: 404,
        detail: "Record type 'file' does not exist.",
        'o:errorCode': 'NOT_FOUND',
      });
    }
  });

  it('adds a link per role on a link type that is once per role, and detaches them all', async () => {
    await post('claim/5001/!attach/contact/106', { role: { externalId: 'adjuster' } });
    await post('claim/5001/!attach/contact/106', { role: { externalId: 'witness' } });
    await post('claim/5001/!attach/contact/106', { role: { id: '3' } });
    await post('claim/5001/!attach/contact/106');
    expect(await attached('claim/5001')).toEqual([
      ['106', 'Adjuster'],
      ['106', 'Witness'],
    ]);
    await post('claim/5001/!detach/contact/106');
    expect(await attached('claim/5001')).toEqual([]);
  });

  it('warns of unknown attributes, refuses them or ignores them, as the client wishes', async () => {
    const path = `${records}/customer/660/!attach/contact/106`;
    const body = { role: { id: '1' }, rolle: 1, 'é,\r\n': 2 };
    const warned = await send('POST', path, { body });
    expect(warned.status).toBe(204);
    expect(warned.headers.get('x-netsuite-propertyvalidation')).toBe(
      "Unknown property 'rolle',Unknown property '%C3%A9%2C%0D%0A'",
    );
    const strict = await send('POST', path, { body, headers: { 'X-NetSuite-PropertyNameValidation': 'ERROR' } });
    expect(errorOf(strict)).toMatchObject({ status: 400, 'o:errorCode': 'INVALID_CONTENT', 'o:errorPath': 'rolle' });
    expect(strict.body['o:errorDetails']).toHaveLength(2);
    const lax = await send('POST', path, { body, headers: { 'X-NetSuite-PropertyNameValidation': 'ignore' } });
    expect(lax.headers.get('x-netsuite-propertyvalidation')).toBeNull();
  });

  it('refuses bodies that are no objects', async () => {
    for (const body of ['{', '[]', '"x"', 'null', '5', '{"role":']) {
      const answer = await post('customer/660/!attach/contact/106', body);
      expect(errorOf(answer)).toEqual({
        status: 400,
        detail: 'Invalid content in the request body.',
        'o:errorCode': 'INVALID_CONTENT',
      });
    }
  });

  it('is asked for by POST only', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await send(method, `${records}/customer/660/!attach/contact/106`);
      expect(errorOf(answer)).toMatchObject({ status: 405, 'o:errorCode': 'METHOD_NOT_ALLOWED' });
      expect(answer.headers.get('allow')).toBe('POST');
    }
  });

  it('needs the grant to attach, and to read what is attached that to read', async () => {
    for (const action of ['!attach', '!detach']) {
      const answer = await send('POST', `${records}/customer/660/${action}/contact/106`, {
        authorization: 'Bearer kw_demo_member',
      });
      expect(errorOf(answer)).toMatchObject({ status: 403, 'o:errorCode': 'INSUFFICIENT_PERMISSION' });
    }
    const read = await send('GET', `${records}/customer/660/contactRoles`, { authorization: 'Bearer kw_demo_member' });
    expect(read.status).toBe(200);
  });

  it('loses what was attached with the record', async () => {
    const customer = await make('customer', 'gone');
    await post(`customer/${customer}/!attach/contact/106`);
    await send('DELETE', `${records}/customer/${customer}`);
    expect((await send('GET', `${records}/customer/${customer}/contactRoles`)).status).toBe(404);
    expect(await make('customer', 'gone')).toBe(customer); // the same record again, by the rule of its type
    expect(await attached(`customer/${customer}`)).toEqual([]);
  });

  it('makes one link of forty simultaneous attaches', async () => {
    const customer = await make('customer', 'forty');
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => post(`customer/${customer}/!attach/contact/2001`, { role: { id: '2' } })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await attached(`customer/${customer}`)).toEqual([['2001', 'Decision maker']]);
  });

  it('lists attached contacts in pages, with name, address and role', async () => {
    const customer = await make('customer', 'many');
    for (const name of ['c1', 'c2', 'c3']) {
      await make('contact', name, { name: `Contact ${name}`, email: `${name}@example.test` });
      await post(`customer/${customer}/!attach/contact/eid:${name}`, { role: { id: '3' } });
    }
    const { status, headers, body } = await send('GET', `${records}/customer/eid:many/contactRoles?limit=2&offset=2`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/vnd.oracle.resource+json; type=collection');
    expect(body).toMatchObject({ count: 1, hasMore: false, offset: 2, totalResults: 3 });
    expect(body.items[0]).toMatchObject({
      contact: { refName: 'Contact c3' },
      contactName: 'Contact c3',
      email: 'c3@example.test',
      role: { id: '3', refName: 'Influencer' },
    });
    const expanded = await send(
      'GET',
      `${records}/customer/eid:many/contactRoles?expandSubResources=true&limit=2&offset=2`,
    );
    expect(expanded.body.items).toEqual(body.items);
    const wrong = await send('GET', `${records}/customer/eid:many/contactRoles?expandSubResources=perhaps`);
    expect(errorOf(wrong)).toMatchObject({ status: 400, 'o:errorQueryParam': 'expandSubResources' });
    const none = await send('GET', `${records}/buildingComponent/660/contactRoles`);
    expect(errorOf(none)).toMatchObject({ status: 400, 'o:errorCode': 'INVALID_URL' });
  });
});
