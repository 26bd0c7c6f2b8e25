import { describe, expect, it } from 'vitest';
import { demoServer, errorOf, type Json, recordCalls, records } from '../test-client.ts';

describe('sublists', async () => {
  const { send, origin } = await demoServer({
    types: {
      machine: { fields: { keeper: { type: 'lookup', to: 'contact', inverse: 'machines' } } },
      part: {},
    },
    links: {
      'machine.spare_parts': { to: 'part', inverse: 'machines', roles: 'contact_role' },
      'machine.tools': { to: 'part', inverse: 'tooled_machines', once_per: 'role', roles: 'contact_role' },
    },
  });
  const { call, read, idOf, written } = recordCalls(send);
  for (const key of ['p1', 'p2', 'p3']) await written(call('PUT', `part/eid:${key}`, { name: key }));
  const machine = async (key: string, body: object = {}): Promise<string> =>
    written(call('PUT', `machine/eid:${key}`, body));
  const ids: Record<string, string> = {};
  for (const key of ['p1', 'p2', 'p3']) ids[key] = (await read(`part/eid:${key}`)).id;
  /** External ids of the parts, with their roles. */
  const parts = async (path: string, sublist = 'spareParts'): Promise<string> => {
    const { items } = await read(`${path}/${sublist}`);
    return items.map(({ part, role }: Json) => [part.refName, role?.refName].filter(Boolean).join(':')).join(' ');
  };

  it('are links to themselves, and their lines when the client wants them expanded', async () => {
    const id = await machine('m1', { spareParts: { items: [{ part: { id: ids.p1 } }] } });
    const href = `${origin}${records}/machine/${id}/spareParts`;
    expect((await read(`machine/${id}`)).spareParts).toEqual({ links: [{ rel: 'self', href }] });
    const line = {
      links: [{ rel: 'self', href: `${href}/${ids.p1}` }],
      part: { links: [{ rel: 'self', href: `${origin}${records}/part/${ids.p1}` }], id: ids.p1, refName: 'p1' },
    };
    expect((await read(`machine/${id}?expandSubResources=true`)).spareParts).toEqual({
      links: [{ rel: 'self', href }],
      items: [line],
      count: 1,
      hasMore: false,
      offset: 0,
      totalResults: 1,
    });
    expect(await read(`machine/${id}/spareparts`)).toMatchObject({ items: [line], totalResults: 1 });
    expect(await read(`machine/eid:m1/spareParts/${ids.p1}`)).toEqual(line);
    expect((await call('GET', `machine/${id}/spareParts/${ids.p2}`)).status).toBe(404);
    expect(await read(`part/${ids.p1}`)).toHaveProperty('machines');
    expect((await read(`machine/${id}?fields=externalId`)).spareParts).toBeUndefined();
  });

  it('are pages', async () => {
    await machine('paged', { spareParts: { items: [ids.p1, { id: ids.p2 }, { externalId: 'p3' }] } });
    const page = await read('machine/eid:paged/spareParts?limit=2&offset=2');
    expect(page).toMatchObject({ count: 1, hasMore: false, offset: 2, totalResults: 3 });
    expect(page.links.map(({ rel }: Json) => rel)).toEqual(['prev', 'first', 'self']);
  });

  it('are merged by PATCH: lines that are there stay, others are added', async () => {
    await machine('merge', { spareParts: { items: [{ part: { externalId: 'p1' }, role: { id: '-10' } }] } });
    await written(call('PATCH', 'machine/eid:merge', { SPAREPARTS: { items: [{ Part: ids.p2 }] } }));
    expect(await parts('machine/eid:merge')).toBe('p1:Primary Contact p2');
    await written(
      call('PATCH', 'machine/eid:merge', { spareParts: { items: [{ part: ids.p1, role: { externalId: 'family' } }] } }),
    );
    expect(await parts('machine/eid:merge')).toBe('p1:Family p2');
    await written(call('PATCH', 'machine/eid:merge', { name: 'No lines' }));
    await written(call('PATCH', 'machine/eid:merge', { spareParts: { items: [] } }));
    await written(call('PATCH', 'machine/eid:merge', { spareParts: {} }));
    expect(await parts('machine/eid:merge')).toBe('p1:Family p2');
  });

  it('are replaced when the client names them in replace', async () => {
    await machine('replace', { spareParts: { items: [{ part: ids.p1, role: '1' }, ids.p2] } });
    const body = { spareParts: { items: [ids.p1, ids.p3] } };
    await written(call('PATCH', 'machine/eid:replace?replace=spareParts,name', body));
    expect(await parts('machine/eid:replace')).toBe('p1:Family p3');
    await written(call('PUT', 'machine/eid:replace?replace=spareparts', { spareParts: { items: [ids.p2] } }));
    expect(await parts('machine/eid:replace')).toBe('p2');
  });

  it.each([null, { items: null }])('are emptied by %j', async (empty) => {
    await machine('empty', { spareParts: { items: [ids.p1, ids.p2] } });
    await written(call('PATCH', 'machine/eid:empty?replaceSelectedFields=true', { spareParts: null }));
    expect(await parts('machine/eid:empty')).toBe('p1 p2');
    await written(call('PATCH', 'machine/eid:empty', { spareParts: empty }));
    expect(await parts('machine/eid:empty')).toBe('');
  });

  it('of a link that is once per role have a line for each', async () => {
    const lines = [
      { part: ids.p1, role: '1' },
      { part: ids.p1, role: '2' },
    ];
    await machine('roles', { tools: { items: lines } });
    expect(await parts('machine/eid:roles', 'tools')).toBe('p1:Family p1:Decision maker');
    await written(call('PATCH', 'machine/eid:roles?replace=tools', { tools: { items: [lines[1]] } }));
    expect(await parts('machine/eid:roles', 'tools')).toBe('p1:Decision maker');
  });

  it('are there from the other side too, where a record may have one only', async () => {
    await written(
      call('PATCH', 'opportunity/379', { accounts: { items: [{ account: { externalId: 'none' } }] } }),
    ).catch(() => {});
    const accounts = await read('account');
    const [first, second] = accounts.items.map(({ id }: Json) => id);
    await written(call('PATCH', `account/${first}`, { opportunities: { items: ['379'] } }));
    await written(call('PATCH', `account/${second}`, { opportunities: { items: ['379'] } }));
    expect((await read(`account/${first}/opportunities`)).totalResults).toBe(0);
    expect((await read('opportunity/379/accounts')).items).toMatchObject([{ account: { id: second } }]);
  });

  it('refuse a line whose record is not there, and write nothing of the record', async () => {
    const body = { externalId: 'nobody', spareParts: { items: [{ part: ids.p1 }, { part: { externalId: 'none' } }] } };
    expect(errorOf(await call('POST', 'machine', body))).toEqual({
      status: 400,
      detail:
        'Error while accessing resource: You have entered an Invalid Field Value none for the following field: part',
      'o:errorPath': 'spareParts.items[1].part',
      'o:errorCode': 'INVALID_CONTENT',
    });
    expect((await call('GET', 'machine/eid:nobody')).status).toBe(404);
    for (const [spareParts, path] of [
      ['p1', 'spareParts'],
      [[ids.p1], 'spareParts'],
      [{ items: 'p1' }, 'spareParts'],
      [{ items: [{}] }, 'spareParts.items[0].part'],
      [{ items: [{ part: 'p1' }] }, 'spareParts.items[0].part'],
      [{ items: [null] }, 'spareParts.items[0].part'],
      [{ items: [{ part: '999999' }] }, 'spareParts.items[0].part'],
      [{ items: [{ part: ids.p1, role: 'nobody' }] }, 'role'],
    ] as const) {
      const answer = await call('PATCH', 'machine/eid:m1', { spareParts });
      expect(errorOf(answer)).toMatchObject({ status: 400, 'o:errorCode': 'INVALID_CONTENT', 'o:errorPath': path });
    }
  });

  it('need the right to link', async () => {
    const member = { authorization: 'Bearer kw_demo_member', body: { spareParts: { items: [ids.p3] } } };
    const answer = await send('PATCH', `${records}/machine/eid:m1`, member);
    expect(errorOf(answer)).toMatchObject({ status: 403, 'o:errorCode': 'INSUFFICIENT_PERMISSION' });
  });

  it('are no attachments, which are made by attaching only', async () => {
    const customer = await read('customer/660');
    expect(Object.keys(customer)).not.toEqual(expect.arrayContaining(['contacts']));
    const answer = await call('PATCH', 'customer/660', { contacts: { items: ['106'] } });
    expect(answer.headers.get('x-netsuite-propertyvalidation')).toBe("Unknown property 'contacts'");
  });

  describe('what else lies below a record', () => {
    it('is the record that a lookup points at', async () => {
      await machine('kept', { keeper: { externalId: 'user1' } });
      const href = `${origin}${records}/contact/106`;
      expect(await read('machine/eid:kept/keeper')).toMatchObject({
        links: [{ href }],
        id: '106',
        externalId: 'user1',
      });
      expect(await read('machine/eid:kept/KEEPER?fields=externalId')).toEqual({
        links: [{ rel: 'self', href: `${href}?fields=externalId` }],
        id: '106',
        externalId: 'user1',
      });
      expect(errorOf(await call('GET', 'machine/eid:m1/keeper'))).toMatchObject({ status: 404 });
    });

    it('is an attached contact', async () => {
      await call('POST', 'customer/660/!attach/contact/106', { role: { id: '-10' } });
      expect(await read('customer/660/contactRoles/106')).toMatchObject({
        links: [{ rel: 'self', href: `${origin}${records}/customer/660/contactRoles/106` }],
        contact: { id: '106' },
        role: { id: '-10', refName: 'Primary Contact' },
      });
    });

    it('is nothing else', async () => {
      for (const path of [
        'machine/eid:m1/name',
        'machine/eid:m1/nothing',
        'machine/eid:m1/nothing/1',
        'machine/eid:m1/__proto__',
      ]) {
        expect(errorOf(await call('GET', path))).toMatchObject({ status: 400, 'o:errorCode': 'INVALID_URL' });
      }
      expect((await call('POST', 'machine/eid:m1/spareParts', {})).status).toBe(405);
      expect((await call('GET', 'machine/eid:none/spareParts')).status).toBe(404);
      expect(idOf(await call('PUT', 'machine/eid:m1', {}))).not.toBe('');
    });
  });
});
