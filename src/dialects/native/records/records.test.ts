import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, demoServer, type Json, reasons } from '../test-client.ts';

const at = (type: string, ref: string): string => `/v1/records/${type}/${encodeURIComponent(ref)}`;

describe('records', async () => {
  const { call, url } = await demoServer();
  const patch = (ref: string, fields: object, query = '', type = 'contact'): Promise<Answer> =>
    call('PATCH', `${at(type, ref)}${query}`, { body: { fields } });

  it('reads a record by number, by number sign, by GUID and by match field', async () => {
    const byNumber = await call('GET', '/v1/records/claim/5001');
    expect(byNumber.status).toBe(200);
    expect(byNumber.body).toMatchObject({
      number: 5001,
      type: 'claim',
      fields: { claim_number: 'CLM-2026-001', status: 'open' },
    });
    expect(byNumber.headers.get('etag')).toBe(`"${byNumber.body.version}"`);
    expect(byNumber.body.fields.description).toBe(null);
    for (const ref of ['#5001', byNumber.body.id, byNumber.body.id.toUpperCase(), 'claim_number:CLM-2026-001']) {
      expect((await call('GET', at('claim', ref))).body).toEqual(byNumber.body);
    }
  });

  it('creates by key, then repeats without a change, then changes, and says which', async () => {
    const made = await patch('external_id:A-1', { name: 'Ann', email: 'ann@example.test' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      outcome: 'created',
      record: { version: 1, fields: { external_id: 'A-1', name: 'Ann' } },
    });
    expect(made.headers.get('location')).toBe(`${url}/v1/records/contact/${made.body.record.id}`);
    expect(made.headers.get('etag')).toBe('"1"');
    const again = await patch('external_id:A-1', { name: 'Ann', email: 'ann@example.test' });
    expect(again.status).toBe(200);
    expect(again.body).toEqual({ outcome: 'unchanged', record: made.body.record });
    const changed = await patch('external_id:A-1', { name: 'Anna', email: 'ann@example.test' });
    expect(changed.body).toMatchObject({
      outcome: 'updated',
      changed: ['name'],
      record: { version: 2, fields: { name: 'Anna' } },
    });
    expect(changed.headers.get('etag')).toBe('"2"');
    const read = await call('GET', made.headers.get('location')?.slice(url.length) ?? '');
    expect(read.body).toEqual(changed.body.record);
  });

  it('leaves an absent field alone and clears one that is null', async () => {
    await patch('external_id:A-2', { name: 'Bo', email: 'bo@example.test', phone: '1' });
    const { body } = await patch('external_id:A-2', { email: null });
    expect(body).toMatchObject({
      outcome: 'updated',
      changed: ['email'],
      record: { fields: { name: 'Bo', email: null, phone: '1' } },
    });
    expect((await patch('external_id:A-2', {})).body.outcome).toBe('unchanged');
  });

  it('takes keys of any characters, percent-encoded in the path', async () => {
    const keys = [
      'a/b+c%d é',
      'link',
      'links',
      'count',
      'history',
      'with:colons:',
      '00000000-0000-4000-8000-000000000000',
      '%2F',
      '#1',
      '..',
      'ключ 鍵 🔑',
      'x'.repeat(512),
    ];
    for (const key of keys) {
      const made = await patch(`external_id:${key}`, { name: key.slice(0, 20) });
      expect(made.body.outcome, key).toBe('created');
      expect(made.body.record.fields.external_id).toBe(key);
      expect((await call('GET', at('contact', `external_id:${key}`))).body).toEqual(made.body.record);
      expect((await call('GET', `${at('contact', `external_id:${key}`)}/links`)).body.items).toEqual([]);
      expect((await call('DELETE', at('contact', `external_id:${key}`))).body.outcome).toBe('deleted');
    }
    expect(reasons(await patch(`external_id:${'x'.repeat(513)}`, {}))).toEqual([
      ['value_too_long', 'fields.external_id'],
    ]);
    expect(reasons(await patch('external_id:a\u0000b', {}))).toEqual([['value_invalid', 'fields.external_id']]);
  });

  it('refuses with mode=create what exists and with mode=update what does not', async () => {
    const exists = await patch('sync_key:CONTACT-2001', {}, '?mode=create');
    expect(exists.status).toBe(409);
    expect(exists.body).toMatchObject({
      code: 'record_exists',
      path: 'path.ref',
      violations: [{ holder: { type: 'contact', number: 2001 } }],
    });
    const absent = await patch('external_id:nobody', { name: 'x' }, '?mode=update');
    expect(absent.status).toBe(404);
    expect(reasons(absent)).toEqual([['record_not_found', 'path.ref']]);
    expect((await patch('sync_key:CONTACT-2001', {}, '?mode=update')).body.outcome).toBe('unchanged');
    expect((await patch('999999', { name: 'x' })).status).toBe(404); // a number names no record to be made
  });

  it('makes a new record at each POST, unless a key among its values is taken', async () => {
    const make = (fields: object): Promise<Answer> => call('POST', '/v1/records/contact', { body: { fields } });
    const [one, two] = [await make({ name: 'Same' }), await make({ name: 'Same' })];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(one.body.record.number).not.toBe(two.body.record.number);
    expect(one.headers.get('location')).toBe(`${url}/v1/records/contact/${one.body.record.id}`);
    const taken = await make({ sync_key: 'CONTACT-2001' });
    expect(taken.status).toBe(409);
    expect(taken.body).toMatchObject({
      code: 'key_taken',
      path: 'fields.sync_key',
      violations: [{ holder: { number: 2001 } }],
    });
  });

  it('writes to the version that was read and to no other', async () => {
    await patch('external_id:A-3', { name: 'v1' });
    const write = (etag: string, name: string): Promise<Answer> =>
      call('PATCH', at('contact', 'external_id:A-3'), { body: { fields: { name } }, headers: { 'if-match': etag } });
    expect((await write('"1"', 'v2')).headers.get('etag')).toBe('"2"');
    const stale = await write('"1"', 'v3');
    expect(stale.status).toBe(412);
    expect(stale.body.violations).toEqual([
      expect.objectContaining({ code: 'version_mismatch', path: 'header.if-match', expected: 1, actual: 2 }),
    ]);
    expect((await call('GET', at('contact', 'external_id:A-3'))).body.fields.name).toBe('v2');
    for (const etag of ['3', '*', 'W/"2"', '"x"', '"1", "2"'])
      expect(reasons(await write(etag, 'x'))).toEqual([['if_match_malformed', 'header.if-match']]);
    const remove = (etag: string): Promise<Answer> =>
      call('DELETE', at('contact', 'external_id:A-3'), { headers: { 'if-match': etag } });
    expect((await remove('"1"')).status).toBe(412);
    expect((await remove('"2"')).body).toMatchObject({ outcome: 'deleted', record: { type: 'contact' } });
    const unmade = await call('PATCH', at('contact', 'external_id:A-4'), {
      body: { fields: {} },
      headers: { 'if-match': '"1"' },
    });
    expect(unmade.body).toMatchObject({ status: 412, violations: [{ expected: 1, actual: null }] });
  });

  it('deletes, and revives by the same key: same record, empty, its history kept', async () => {
    const made = await patch('external_id:A-5', { name: 'Before', phone: '5' });
    expect((await call('DELETE', at('contact', 'external_id:A-5'))).body).toEqual({
      outcome: 'deleted',
      record: { type: 'contact', number: made.body.record.number, id: made.body.record.id },
    });
    for (const ref of ['external_id:A-5', made.body.record.id, String(made.body.record.number)]) {
      expect(reasons(await call('GET', at('contact', ref)))).toEqual([['record_not_found', 'path.ref']]);
      expect((await call('DELETE', at('contact', ref))).status).toBe(404);
    }
    const back = await patch('external_id:A-5', { name: 'After' });
    expect(back.status).toBe(200);
    expect(back.body).toMatchObject({
      outcome: 'revived',
      record: { id: made.body.record.id, fields: { name: 'After', phone: null } },
    });
    const { body: history } = await call('GET', `${at('contact', 'external_id:A-5')}/history`);
    expect(history.items.map(({ kind }: Json) => kind)).toEqual(['revived', 'deleted', 'created']);
  });

  it('shows a lookup as the GUID of the other record and takes any reference for it', async () => {
    const { body: contact } = await call('GET', '/v1/records/contact/2001');
    for (const [index, supplier] of [2001, '2001', '#2001', contact.id, 'sync_key:CONTACT-2001'].entries()) {
      const made = await patch(`name:part ${index}`, { supplier }, '', 'building_component');
      expect(made.body.outcome, String(supplier)).toBe('created');
      expect(made.body.record.fields.supplier).toBe(contact.id);
      const again = await patch(`name:part ${index}`, { supplier: contact.id }, '', 'building_component');
      expect(again.body.outcome).toBe('unchanged');
    }
    const cleared = await patch('name:part 0', { supplier: null }, '', 'building_component');
    expect(cleared.body).toMatchObject({ changed: ['supplier'], record: { fields: { supplier: null } } });
    const { body: history } = await call('GET', `${at('building_component', 'name:part 0')}/history`);
    expect(history.items.map(({ kind }: Json) => kind)).toEqual(['unlinked', 'updated', 'linked', 'created']);
    expect(history.items[1]).toMatchObject({
      kind: 'updated',
      before: { supplier: contact.id },
      after: { supplier: null },
    });
    expect(reasons(await patch('name:p', { supplier: 'external_id:nobody' }, '', 'building_component'))).toEqual([
      ['lookup_target_not_found', 'fields.supplier'],
    ]);
    for (const supplier of ['', 'nonsense', true, 1.5, ['2001'], {}]) {
      expect(reasons(await patch('name:p', { supplier }, '', 'building_component'))).toEqual([
        ['value_invalid', 'fields.supplier'],
      ]);
    }
  });

  it('names every refused field at once and writes nothing', async () => {
    const answer = await patch(
      'claim_number:C-9',
      { status: 'opened', incurred: 'much', loss_date: '2026-02-30', claim_number: 'C-8' },
      '',
      'claim',
    );
    expect(answer.status).toBe(422);
    expect(reasons(answer).sort()).toEqual([
      ['key_mismatch', 'fields.claim_number'],
      ['value_invalid', 'fields.incurred'],
      ['value_invalid', 'fields.loss_date'],
      ['value_not_an_option', 'fields.status'],
    ]);
    const option = answer.body.violations.find(({ code }: Json) => code === 'value_not_an_option');
    expect(option).toMatchObject({ allowed: ['open', 'closed', 'reopened'], nearest: 'open' });
    expect((await call('GET', at('claim', 'claim_number:C-9'))).status).toBe(404);
  });

  it('refuses numbers that would lose digits, in their field alone', async () => {
    const body = '{"fields":{"size_bytes":9007199254740993,"name":"big"}}';
    const answer = await call('POST', '/v1/records/file', { body, headers: { 'content-type': 'application/json' } });
    expect(reasons(answer)).toEqual([['value_invalid', 'fields.size_bytes']]);
    const whole = await call('POST', '/v1/records/file', {
      body: '{"fields":1e400}',
      headers: { 'content-type': 'application/json' },
    });
    expect(reasons(whole)).toEqual([['member_invalid', 'fields']]);
  });

  it('treats __proto__ as the unknown field that it is', async () => {
    const body = '{"fields":{"__proto__":{"name":"x"}}}';
    const answer = await call('POST', '/v1/records/file', { body, headers: { 'content-type': 'application/json' } });
    expect(reasons(answer)).toEqual([['unknown_field', 'fields.__proto__']]);
  });

  it('lets nobody but the owner change a field or make a record', async () => {
    const answer = await patch('external_id:E-1', { name: 'x' }, '', 'element');
    expect(answer.status).toBe(409);
    expect(reasons(answer)).toContainEqual(['type_owned_elsewhere', 'path.type']);
    expect(answer.body.violations).toContainEqual(
      expect.objectContaining({
        code: 'owned_elsewhere',
        path: 'fields.name',
        owner: 'external',
        message:
          'name is owned by the external application that synchronises it. Send it in a set of an interface, leave it out, or have its ownership transferred to internal.',
      }),
    );
  });

  it('gives the whole history, newest first, page by page', async () => {
    for (const name of ['1', '2', '3'])
      await call('PATCH', at('contact', 'external_id:A-6'), {
        body: { fields: { name } },
        headers: { 'x-request-id': `r-${name}` },
      });
    const first = await call('GET', `${at('contact', 'external_id:A-6')}/history?limit=2`);
    const second = await call(
      'GET',
      `${at('contact', 'external_id:A-6')}/history?limit=2&cursor=${encodeURIComponent(first.body.next)}`,
    );
    const items = [...first.body.items, ...second.body.items];
    expect(items.map(({ kind, version, request_id: id }) => [kind, version, id])).toEqual([
      ['updated', 3, 'r-3'],
      ['updated', 2, 'r-2'],
      ['created', 1, 'r-1'],
    ]);
    expect(items[0]).toMatchObject({ before: { name: '2' }, after: { name: '3' }, via: 'native', link: null });
    expect(second.body.next).toBe(null);
  });
});

describe('one key, one record', async () => {
  let call: Call;
  beforeAll(async () => {
    ({ call } = await demoServer());
  });

  it('makes one record of 32 upserts of a new key at once, and tells one caller that it did', async () => {
    const answers = await Promise.all(
      Array.from({ length: 32 }, (_, index) =>
        call('PATCH', at('contact', 'external_id:race'), { body: { fields: { name: `n${index % 4}` } } }),
      ),
    );
    const outcomes = answers.map(({ body }) => body.outcome);
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(new Set(outcomes)).not.toContain(undefined);
    expect(new Set(answers.map(({ body }) => body.record.id)).size).toBe(1);
  });
});
