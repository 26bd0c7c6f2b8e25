import { describe, expect, it } from 'vitest';
import { demoServer, errorOf, recordCalls, records } from '../test-client.ts';

describe('records', async () => {
  const { send, origin } = await demoServer({
    types: {
      order: { fields: { memo: { type: 'text', required: true, label: 'Memo' } } },
      tool: { fields: { external_id: { type: 'text', unique: true, key_rule: ['trim', 'fold'] } } },
      asset: {
        fields: { tag_number: { type: 'text', unique: true } },
        extra: { netsuite: { external_key: 'tag_number' } },
      },
    },
  });
  const { call, read, idOf, written } = recordCalls(send);

  describe('create', () => {
    it('answers 204 with the address of the record, and takes field names in any case', async () => {
      const answer = await call('POST', 'customer', {
        entityid: 'New',
        COMPANYNAME: 'New Mills',
        subsidiary: { id: '1' },
      });
      const id = await written(answer);
      expect(answer.headers.get('location')).toBe(`${origin}${records}/customer/${id}`);
      expect(answer.headers.get('x-netsuite-propertyvalidation')).toBe("Unknown property 'subsidiary'");
      expect(await read(`customer/${id}`)).toMatchObject({ id, entityId: 'New', companyName: 'New Mills' });
    });

    it('pays no heed to members that are read-only', async () => {
      const body = {
        id: '660',
        links: [],
        dateCreated: 'x',
        lastModifiedDate: 'x',
        contactRoles: {},
        companyName: 'Echo',
      };
      const answer = await call('POST', 'customer', body, { 'X-NetSuite-PropertyNameValidation': 'error' });
      expect(await written(answer)).not.toBe('660');
    });

    it('refuses an external id that is taken', async () => {
      await written(call('POST', 'customer', { externalId: 'taken' }));
      expect(errorOf(await call('POST', 'customer', { externalid: 'taken' }))).toEqual({
        status: 400,
        detail: 'This record already exists',
        'o:errorPath': 'externalId',
        'o:errorCode': 'USER_ERROR',
      });
      await written(call('POST', 'contact', { externalId: 'taken' })); // each type has its own
    });

    it('refuses a value that another record has in a unique field', async () => {
      await written(call('POST', 'customer', { entityId: 'Unique' }));
      const answer = await call('POST', 'customer', { entityId: 'Unique' });
      expect(errorOf(answer)).toMatchObject({ status: 400, 'o:errorPath': 'entityId', 'o:errorCode': 'USER_ERROR' });
    });

    it('names required fields by their labels', async () => {
      expect(errorOf(await call('POST', 'order', {}))).toMatchObject({
        status: 400,
        detail: 'Error while accessing a resource. Please enter value(s) for: Memo.',
        'o:errorCode': 'USER_ERROR',
      });
    });

    it('makes an empty record of an empty body', async () => {
      await written(call('POST', 'customer'));
      await written(
        call('POST', 'customer', '{}', { 'content-type': 'application/vnd.oracle.resource+json; type=singular' }),
      );
    });
  });

  describe('update', () => {
    it('leaves absent fields as they are and clears those that are null', async () => {
      const id = await written(call('POST', 'customer', { companyName: 'Kept', email: 'a@example.test', phone: '1' }));
      await written(call('PATCH', `customer/${id}`, { email: null, phone: '2' }));
      const body = await read(`customer/${id}`);
      expect(body).toMatchObject({ companyName: 'Kept', phone: '2' });
      expect(body).not.toHaveProperty('email');
    });

    it('clears only selected fields when the client selects them', async () => {
      const id = await written(call('POST', 'customer', { email: 'a@example.test', phone: '1' }));
      await written(
        call('PATCH', `customer/${id}?replaceSelectedFields=true&replace=phone`, { email: null, phone: null }),
      );
      const body = await read(`customer/${id}`);
      expect(body.email).toBe('a@example.test');
      expect(body).not.toHaveProperty('phone');
    });

    it('finds the record by either id, and makes none', async () => {
      await written(call('PUT', 'customer/eid:U1', {}));
      await written(call('PATCH', 'customer/eid:U1', { phone: '3' }));
      expect((await read('customer/eid:U1')).phone).toBe('3');
      expect((await call('PATCH', 'customer/eid:U2', {})).status).toBe(404);
      expect((await call('PATCH', 'customer/123456', {})).status).toBe(404);
      expect((await call('GET', 'customer/eid:U2')).status).toBe(404);
    });
  });

  describe('upsert', () => {
    it('answers an insert and an update alike', async () => {
      const first = await call('PUT', 'customer/eid:CID002', { companyName: 'One', phone: '1' });
      const second = await call('PUT', 'customer/eid:CID002', { companyName: 'Two' });
      expect([second.status, second.headers.get('location')]).toEqual([first.status, first.headers.get('location')]);
      expect(await read(`customer/${idOf(first)}`)).toMatchObject({
        externalId: 'CID002',
        companyName: 'Two',
        phone: '1',
      });
    });

    it('takes external ids whatever their case, where the schema says so', async () => {
      const id = await written(call('PUT', 'tool/eid:Drill-1', { name: 'Drill' }));
      expect(await written(call('PUT', 'tool/eid:DRILL-1', { externalId: 'drill-1' }))).toBe(id);
      expect(await written(call('PATCH', 'tool/eid:drill-1', { name: 'Drill 1' }))).toBe(id);
      expect(errorOf(await call('POST', 'tool', { externalId: 'DRILL-1' }))).toMatchObject({
        'o:errorCode': 'USER_ERROR',
      });
      expect(await read(`tool?q=${encodeURIComponent('externalId IS DRILL-1')}`)).toMatchObject({ items: [{ id }] });
      expect(await read('tool/eid:dRILL-1')).toMatchObject({ id, externalId: 'Drill-1', name: 'Drill 1' });
      expect(errorOf(await call('PUT', 'tool/eid:drill-1', { externalId: 'drill-2' }))).toMatchObject({ status: 400 });
    });

    it('makes one record of forty simultaneous calls with a new key, and refuses none', async () => {
      const before = await read('customer?limit=1');
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => call('PUT', 'customer/eid:RACE', { phone: String(index) })),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(204));
      expect(new Set(answers.map(idOf)).size).toBe(1);
      expect((await read('customer?limit=1')).totalResults).toBe(before.totalResults + 1);
    });

    const awkward = [
      'a/b+c%d é',
      '018f4e1a-7b2c-7def-8a01-0123456789ab',
      'link',
      'count',
      'a:b:c',
      'eid:x',
      '!attach',
      '%2F',
      '5001',
      "q'(*)?#&=",
      '\u{1f511}',
      'x'.repeat(512),
    ];
    for (const key of awkward) {
      it(`keeps the external id ${key.length > 50 ? `of ${key.length} characters` : key}`, async () => {
        const path = `eid:${encodeURIComponent(key)}`;
        const id = await written(call('PUT', `contact/${path}`, { name: 'Awkward' }));
        expect(await read(`contact/${path}`)).toMatchObject({ id, externalId: key, name: 'Awkward' });
        expect(idOf(await call('PATCH', `contact/${path.replace(':', '%3A')}`, { phone: '1' }))).toBe(id);
        expect((await call('POST', `customer/660/!attach/contact/${path}`)).status).toBe(204);
        expect((await call('DELETE', `contact/${path}`)).status).toBe(204);
      });
    }

    it('compares external ids exactly', async () => {
      const ids = await Promise.all(
        ['Case', 'case', 'case '].map((key) => written(call('PUT', `customer/eid:${encodeURIComponent(key)}`, {}))),
      );
      expect(new Set(ids).size).toBe(3);
    });

    it('refuses keys that cannot be kept', async () => {
      const answer = await call('PUT', `customer/eid:${'x'.repeat(513)}`, {});
      expect(errorOf(answer)).toMatchObject({
        status: 400,
        'o:errorCode': 'INVALID_CONTENT',
        'o:errorPath': 'externalId',
      });
      expect((await call('PUT', 'customer/eid:a%00b', {})).status).toBe(400);
      expect((await call('GET', 'customer/eid:a%00b')).status).toBe(404);
      expect((await call('PUT', 'customer/eid:', {})).status).toBe(400);
    });

    it('finds nothing by an external id with |, as the vendor takes it for a list', async () => {
      expect((await call('PUT', 'customer/eid:a%7Cb', {})).status).toBe(404);
      const id = await written(call('POST', 'customer', { externalId: 'RED|PO|1' }));
      expect((await read(`customer/${id}`)).externalId).toBe('RED|PO|1');
      expect((await call('GET', 'customer/eid:RED%7CPO%7C1')).status).toBe(404);
    });

    it('is by external id only', async () => {
      expect(errorOf(await call('PUT', 'customer/660', {}))).toMatchObject({
        status: 400,
        'o:errorCode': 'INVALID_REQUEST',
      });
    });

    it('refuses a body with another external id than the path', async () => {
      await written(call('PUT', 'customer/eid:SAME', { externalId: 'SAME' }));
      for (const externalId of ['OTHER', null, 5]) {
        const answer = await call('PUT', 'customer/eid:SAME', { externalId });
        expect(errorOf(answer)).toMatchObject({
          status: 400,
          'o:errorCode': 'INVALID_CONTENT',
          'o:errorPath': 'externalId',
        });
      }
    });

    it('goes by the field that the type names as its external key', async () => {
      const id = await written(call('PUT', 'asset/eid:T-1', {}));
      expect(await read('asset/eid:T-1')).toMatchObject({ id, externalId: 'T-1' });
    });
  });

  describe('delete', () => {
    it('answers 204, and 404 the second time', async () => {
      const id = await written(call('POST', 'customer', {}));
      const answer = await call('DELETE', `customer/${id}`);
      expect(answer).toMatchObject({ status: 204, body: undefined });
      expect(answer.headers.get('location')).toBeNull();
      expect(errorOf(await call('DELETE', `customer/${id}`))).toMatchObject({
        status: 404,
        'o:errorCode': 'NONEXISTENT_ID',
      });
      expect((await call('GET', `customer/${id}`)).status).toBe(404);
    });

    it('needs the grant', async () => {
      const answer = await send('DELETE', `${records}/customer/660`, { authorization: 'Bearer kw_demo_member' });
      expect(errorOf(answer)).toMatchObject({ status: 403, 'o:errorCode': 'INSUFFICIENT_PERMISSION' });
    });
  });

  it('refuses what an external application owns', async () => {
    const answer = await call('PUT', 'element/eid:E1', { name: 'x' });
    expect(errorOf(answer)).toMatchObject({ status: 403, 'o:errorCode': 'INSUFFICIENT_PERMISSION' });
  });

  describe('read', () => {
    it('gives the fields that are asked for', async () => {
      const body = await read('customer/660?fields=entityid,companyName');
      expect(Object.keys(body)).toEqual(['links', 'id', 'entityId']);
      expect(body.links[0].href).toBe(`${origin}${records}/customer/660?fields=entityid,companyName`);
      expect(errorOf(await call('GET', 'customer/660?fields=nothing'))).toMatchObject({
        'o:errorQueryParam': 'fields',
      });
    });

    it('links to the attached contacts, or gives them', async () => {
      await call('POST', 'customer/660/!attach/contact/106', { role: { id: '-10' } });
      const href = `${origin}${records}/customer/660/contactRoles`;
      expect((await read('customer/660')).contactRoles).toEqual({ links: [{ rel: 'self', href }] });
      expect((await read('customer/660?expandSubResources=true')).contactRoles).toMatchObject({
        items: [{ contact: { id: '106' }, role: { id: '-10', refName: 'Primary Contact' } }],
        totalResults: 1,
      });
      const both = await call('GET', 'customer/660?fields=email&expandSubResources=true');
      expect(errorOf(both)).toMatchObject({ status: 400, 'o:errorCode': 'INVALID_PARAMETER' });
    });

    it('says the address of what it did not find', async () => {
      expect((await call('GET', 'customer/999999?fields=email')).body).toEqual({
        type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.5',
        title: 'Not Found',
        status: 404,
        'o:errorDetails': [
          {
            detail: 'The record instance does not exist. Provide a valid record instance ID.',
            'o:errorUrl': `${records}/customer/999999`,
            'o:errorCode': 'NONEXISTENT_ID',
          },
        ],
      });
      for (const id of ['-1', '99999999999999999999']) expect((await call('GET', `customer/${id}`)).status).toBe(404);
      for (const id of ['000', 'abc', '1e3']) {
        expect(errorOf(await call('GET', `customer/${id}`))).toMatchObject({
          status: 400,
          'o:errorCode': 'INVALID_ID',
        });
      }
    });
  });
});
