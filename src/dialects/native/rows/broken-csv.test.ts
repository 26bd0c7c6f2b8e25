// A broken export must not look like a complete set of nothing, and a wrong encoding must not change keys.
import { describe, expect, it } from 'vitest';
import { type Answer, demoServer, reasons } from '../test-client.ts';

describe('a broken export', async () => {
  const { call, url } = await demoServer();
  const send = (body: string, type = 'text/csv', query = ''): Promise<Answer> =>
    call('POST', `/v1/interfaces/myendpoint/runs${query}`, { body, headers: { 'content-type': type } });
  const bytes = (...parts: (string | number)[]): Buffer =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));
  const sendBytes = async (path: string, body: Buffer): Promise<[number, string, string]> => {
    const headers = { authorization: 'Bearer kw_demo_admin', 'content-type': 'text/csv' };
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: new Uint8Array(body) });
    const { code, detail } = (await answer.json()) as { code: string; detail: string };
    return [answer.status, code, detail];
  };
  const count = async (): Promise<number> => (await call('GET', '/v1/records/element?limit=1000')).body.items.length;
  await send('external_id,name\nB-1,One\nB-2,Two\n');
  const before = await count();

  it.each([
    ['no bytes', '', 'text/csv', 'The body is empty. A set of nothing is sent as a header alone, or as JSON: [].'],
    ['no bytes', '', 'application/x-ndjson', 'The body is empty. A set of nothing is sent as JSON: [].'],
    [
      'no bytes after blanks',
      ' \n\n',
      'application/x-ndjson',
      'The body is empty. A set of nothing is sent as JSON: [].',
    ],
    [
      'a byte order mark alone',
      '\uFEFF',
      'text/csv',
      'The body is empty. A set of nothing is sent as a header alone, or as JSON: [].',
    ],
    [
      'a byte order mark alone',
      '\uFEFF\r\n',
      'application/x-ndjson',
      'The body is empty. A set of nothing is sent as JSON: [].',
    ],
    [
      'a page of HTML',
      '<html>Login</html>',
      'text/csv',
      'The header has no column external_id, but <html>Login</html>.',
    ],
    [
      'a message',
      'ORA-01034: not available\n',
      'text/csv',
      'The header has no column external_id, but ORA-01034: not available.',
    ],
    [
      'semicolons',
      'external_id;name\nB-1;One\n',
      'text/csv',
      'The header has no column external_id, but external_id;name. Columns are parted by commas.',
    ],
    ['a column twice', 'external_id,name,name\nB-1,a,b\n', 'text/csv', 'The header has the column name twice.'],
  ])('of %s is refused, and nothing is deleted', async (_, body, type, message) => {
    const answer = await send(body, type);
    expect([answer.status, reasons(answer)]).toEqual([400, [['set_malformed', null]]]);
    expect(answer.body.violations[0].message).toBe(message);
    expect((await send(body, type, '?plan=true')).status).toBe(400);
    expect(await count()).toBe(before);
  });

  it('with a quote within a cell is told where, and is no fault of the server', async () => {
    const answer = await send('external_id,name\nB-1,One\nB-2,a"b"c\n');
    expect([answer.status, reasons(answer)]).toEqual([400, [['set_malformed', '[1]']]]);
    const imported = await call('POST', '/v1/records/contact/import', {
      body: 'external_id,name\nI-1,a"b"c\n',
      headers: { 'content-type': 'text/csv' },
    });
    expect([imported.status, imported.body.code]).toEqual([400, 'malformed_body']);
    expect(await count()).toBe(before);
  });

  it.each([
    ['within a cell', bytes('external_id,name\nB-1,caf', 0xe9, '\n')],
    ['in a key', bytes('external_id,name\nP-', 0xe9, ',a\nP-', 0xe8, ',b\n')],
    ['cut off at its end', bytes('external_id,name\nB-1,caf', 0xc3)],
  ])('that is not UTF-8 %s is refused: keys would become other keys', async (_, body) => {
    const refused = expect.stringMatching(/not UTF-8/);
    expect(await sendBytes('/v1/interfaces/myendpoint/runs', body)).toEqual([400, 'set_malformed', refused]);
    expect(await sendBytes('/v1/records/contact/import', body)).toEqual([400, 'malformed_body', refused]);
    expect(await count()).toBe(before);
  });

  it('is none where a character is cut between two pieces of the body', async () => {
    // Three bytes each, over several pieces of 64 KiB: pieces end within some of them.
    const rows = Array.from({ length: 3_000 }, (_, index) => `U-${index},${'€'.repeat(30)}`);
    const answer = await call('POST', '/v1/records/contact/import', {
      body: `external_id,name\n${rows.join('\n')}\n`,
      headers: { 'content-type': 'text/csv' },
    });
    expect(answer.body.counts).toMatchObject({ created: 3_000, rejected: 0 });
    const filter = `filter[name]=${encodeURIComponent('€'.repeat(30))}`;
    expect((await call('GET', `/v1/records/contact?limit=1000&${filter}`)).body.items).toHaveLength(1_000);
    const damaged = await call(
      'GET',
      `/v1/records/contact?limit=10&filter[name][contains]=${encodeURIComponent('\uFFFD')}`,
    );
    expect(damaged.body.items).toEqual([]);
  });

  it('is what a charset other than UTF-8 says it is', async () => {
    const answer = await send('external_id,name\nB-1,One\n', 'text/csv; charset=iso-8859-1');
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
    expect((await send('external_id,name\nB-1,One\nB-2,Two\n', 'text/csv; charset=UTF-8')).status).toBe(200);
  });

  it('is none where columns without a name are empty, as spreadsheets leave them behind the last one', async () => {
    const file = 'external_id,name,,\nB-1,One,,\nB-2,Two,,lost\n';
    const { body: run } = await send(file);
    const { items } = (await call('GET', `/v1/runs/${run.id}/issues`)).body;
    expect(items).toMatchObject([{ code: 'unknown_member', key: 'B-2', member: 'column 4', value: 'lost' }]);
    const imported = await call('POST', '/v1/records/contact/import', {
      body: file,
      headers: { 'content-type': 'text/csv' },
    });
    expect(imported.body.counts).toMatchObject({ received: 2, created: 1, rejected: 1 });
    expect(imported.body.rejected[0].violations[0].message).toContain('no field column 4');
  });

  it('is another thing than a set of nothing, which is a set', async () => {
    expect((await send('external_id,name\n', 'text/csv', '?plan=true')).body.counts).toMatchObject({ received: 0 });
    expect((await send('[]', 'application/json', '?plan=true')).body.counts).toMatchObject({ received: 0 });
  });
});
