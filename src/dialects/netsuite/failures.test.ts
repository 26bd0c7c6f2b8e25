import { describe, expect, it } from 'vitest';
import { demoServer, errorOf, records } from './test-client.ts';

describe('what goes wrong beside the records', async () => {
  const { send } = await demoServer();

  it('names a record type that does not exist', async () => {
    for (const [method, path] of [
      ['GET', 'bad-path'],
      ['GET', 'bad-path/1'],
      ['POST', 'bad-path'],
      ['PUT', 'bad-path/eid:x'],
      ['POST', 'bad-path/1/!attach/contact/106'],
    ] as const) {
      const answer = await send(method, `${records}/${path}`);
      expect(errorOf(answer)).toEqual({
        status: 404,
        detail: "Record type 'bad-path' does not exist.",
        'o:errorCode': 'NOT_FOUND',
      });
      expect(answer.headers.get('content-type')).toBe('application/vnd.oracle.resource+json; type=error');
    }
  });

  it('answers addresses of no form that it knows in the vendor’s words', async () => {
    const unknown = [
      '',
      '/',
      '/record/v1',
      '/record/v1/',
      '/record/v1/customer/660/addressBook',
      '/query/v1/suiteql',
      '/record/v1/customer/%E0%A4%A',
    ];
    for (const path of unknown) {
      const answer = await send('GET', `/services/rest${path}`);
      expect([path, errorOf(answer)]).toMatchObject([path, { status: 400, 'o:errorCode': 'INVALID_URL' }]);
    }
    const other = await send('POST', `${records}/customer/660/!copy/invoice/1/2`);
    expect(errorOf(other)).toMatchObject({ status: 400, 'o:errorCode': 'INVALID_URL' });
  });

  it('says which methods an address takes', async () => {
    const collection = await send('REPORT', `${records}/customer`);
    expect(errorOf(collection)).toMatchObject({ status: 405, 'o:errorCode': 'METHOD_NOT_ALLOWED' });
    expect(collection.headers.get('allow')).toBe('DELETE, GET, PATCH, POST, PUT');
    expect((await send('POST', `${records}/customer/660`)).headers.get('allow')).toBe('DELETE, GET, PATCH, PUT');
  });

  it('reads JSON only, and one record at a time', async () => {
    for (const type of [
      'text/xml',
      'application/x-www-form-urlencoded',
      'application/vnd.oracle.resource+json; type=collection',
    ]) {
      const answer = await send('PATCH', `${records}/customer/660`, { body: '{}', headers: { 'content-type': type } });
      expect(errorOf(answer)).toMatchObject({
        status: 415,
        'o:errorCode': 'INVALID_HEADER',
        'o:errorHeader': 'Content-Type',
      });
    }
    for (const type of [
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/vnd.oracle.resource+json;type=singular',
    ]) {
      const answer = await send('PATCH', `${records}/customer/660`, { body: '{}', headers: { 'content-type': type } });
      expect(answer.status).toBe(204);
    }
    // curl says this of an empty body
    const empty = { body: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect((await send('POST', `${records}/customer/660/!detach/contact/106`, empty)).status).toBe(204);
  });

  it('refuses bodies that are not records', async () => {
    for (const body of ['{', '[]', 'null', '"x"', '{"email":}']) {
      const answer = await send('PATCH', `${records}/customer/660`, { body });
      expect(errorOf(answer)).toEqual({
        status: 400,
        detail: 'Invalid content in the request body.',
        'o:errorCode': 'INVALID_CONTENT',
      });
    }
  });

  it('refuses a body that is too large for a record', async () => {
    const answer = await send('PATCH', `${records}/customer/660`, { body: { comments: 'x'.repeat(10 * 1024 * 1024) } });
    expect(errorOf(answer)).toMatchObject({ status: 413, 'o:errorCode': 'INVALID_REQUEST' });
  });

  it('refuses validation headers that say nothing it knows', async () => {
    const answer = await send('PATCH', `${records}/customer/660`, {
      body: {},
      headers: { 'X-NetSuite-PropertyNameValidation': 'loud' },
    });
    expect(errorOf(answer)).toMatchObject({
      status: 400,
      'o:errorCode': 'INVALID_HEADER',
      'o:errorHeader': 'X-NetSuite-PropertyNameValidation',
    });
  });

  it('ignores preferences that it does not know', async () => {
    const answer = await send('PATCH', `${records}/customer/660`, {
      body: {},
      headers: { prefer: 'transient, other' },
    });
    expect(answer.status).toBe(204);
  });

  it('keeps a thousand warnings within what a header holds', async () => {
    const body = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`unknown${index}${'é'.repeat(200)}`, 1]),
    );
    const answer = await send('PATCH', `${records}/customer/660`, { body });
    expect(answer.status).toBe(204);
    const header = answer.headers.get('x-netsuite-propertyvalidation') ?? '';
    expect(header.length).toBeLessThan(4000);
    expect(header).toMatch(/,and 980 more$/);
  });
});
