import { describe, expect, it } from 'vitest';
import { idOf, sugarServer } from './test-client.ts';

const base = '/rest/v11_10/integrate';
const invalid = (message: string) => ({
  status: 422,
  body: { error: 'invalid_parameter', error_message: message },
});
const missing = (name: string) => ({
  status: 422,
  body: { error: 'missing_parameter', error_message: `Missing parameter: ${name}` },
});
const notFound = (message: string) => ({ status: 404, body: { error: 'not_found', error_message: message } });

describe('the integrate family', () => {
  const { call } = sugarServer();

  describe('upsert by key', () => {
    it('creates one record of forty simultaneous upserts of a new key, and tells one of them so', async () => {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          call('PATCH', `${base}/Accounts/sync_key/RACE`, { name: `Race ${index}` }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([...Array(39).fill(200), 201]);
      expect(new Set(answers.map(idOf)).size).toBe(1);
    });

    it('leaves absent fields alone, clears null and empty ones, and ignores members that the module does not have', async () => {
      const path = `${base}/Accounts/sync_key/PATCHED`;
      await call('PATCH', path, { name: 'Mill', industry: 'Steel', website: 'mill.example', phone_office: '1' });
      await call('PATCH', path, { industry: null, website: '', assigned_user_id: '1', my_own: [1, { a: 2 }] });
      const { body } = await call('GET', path);
      expect(body).toMatchObject({ name: 'Mill', industry: '', website: '', phone_office: '1', sync_key: 'PATCHED' });
      expect(body).not.toHaveProperty('my_own');
    });

    it('neither moves a key nor gives one to a record that exists', async () => {
      const path = `${base}/Accounts/external_id/KEPT`;
      const created = await call('PATCH', path, { external_id: 'MOVED', sync_key: 'GIVEN' });
      const again = await call('PATCH', path, { external_id: 'MOVED', sync_key: 'GIVEN', id: 'x', deleted: true });
      expect([created.status, again.status, idOf(again)]).toEqual([201, 200, idOf(created)]);
      expect((await call('GET', path)).body).toMatchObject({ external_id: 'KEPT', sync_key: null, deleted: false });
      expect(await call('GET', `${base}/Accounts/external_id/MOVED`)).toMatchObject({ status: 422 });
    });

    it('changes nothing when a client echoes the record as it read it', async () => {
      const path = `${base}/Opportunities/sync_key/ECHO`;
      await call('PATCH', path, {
        name: 'Echo',
        amount: 1234.5,
        expected_close_date: '2026-05-01',
        sales_stage: 'won',
      });
      const before = await call('GET', path);
      expect(await call('PATCH', path, before.body)).toMatchObject({ status: 200 });
      expect((await call('GET', path)).body).toEqual(before.body);
    });

    it('takes field values from the query too, and lets the query win over the body', async () => {
      const path = `${base}/Accounts/sync_key/QUERY`;
      await call('PATCH', `${path}?name=From%20query`, { name: 'From body', industry: 'Body' });
      expect((await call('GET', path)).body).toMatchObject({ name: 'From query', industry: 'Body' });
    });

    it('does not enforce required fields', async () => {
      const answer = await call('PATCH', `${base}/BuildingComponents/sync_key/BARE`);
      expect(answer.status).toBe(201);
    });

    it('answers the record in place of its id when fields or a view are asked for', async () => {
      const path = `${base}/Accounts/sync_key/SHOWN`;
      const some = await call('PATCH', path, { name: 'Shown', fields: 'name,nonsense' });
      expect(Object.keys((some.body as { record: object }).record).sort()).toEqual(
        ['_acl', '_module', 'date_modified', 'id', 'name'].sort(),
      );
      const all = await call('PATCH', `${path}?view=record`);
      expect(all.body).toMatchObject({ record: { name: 'Shown', industry: '', sync_key: 'SHOWN' } });
    });

    it('refuses impossible values and names every field at once', async () => {
      const path = `${base}/Accounts/sync_key/BAD`;
      const answer = await call('PATCH', path, { employees: 'many', annual_revenue: '1e', name: { a: 1 } });
      expect(answer).toMatchObject({ status: 422, body: { error: 'invalid_parameter' } });
      expect(answer.message).toMatch(/employees/);
      expect(answer.message).toMatch(/annual_revenue/);
      expect(answer.message).toMatch(/name/);
      expect(await call('GET', path)).toMatchObject({ status: 422 });
    });

    it('refuses numbers and text that cannot be stored as they were sent', async () => {
      const path = `${base}/Accounts/sync_key/EXACT`;
      expect(await call('PATCH', path, '{"annual_revenue": "12345678901234567.89"}')).toMatchObject({ status: 422 });
      expect(await call('PATCH', path, '{"employees": 9007199254740993}')).toMatchObject({ status: 422 });
      expect(await call('PATCH', path, '{"name": "a\\u0000b"}')).toMatchObject({ status: 422 });
      expect(await call('PATCH', path, '{"name": "\\ud800"}')).toMatchObject({ status: 422 });
      // Text keeps the digits of a number as they were sent.
      await call('PATCH', path, '{"phone_office": 12345678901234567890, "annual_revenue": 0.1}');
      expect((await call('GET', path)).body).toMatchObject({
        phone_office: '12345678901234567890',
        annual_revenue: '0.10',
      });
    });
  });

  describe('keys', () => {
    const awkward = [
      'a/b+c%d é',
      '0f5b2a0c-7c1e-4f9a-9b55-1a2b3c4d5e6f',
      'link',
      'count',
      'sync_key',
      'sync_key:ERP:1',
      '5001',
      ' leading and trailing ',
      '日本 🚀',
      '%2F',
      '?&=#;',
      'k'.repeat(512),
    ];
    it.each(awkward)('finds its record by the key %j, in every form', async (key) => {
      const segment = encodeURIComponent(key);
      const created = await call('PATCH', `${base}/Accounts/sync_key/${segment}`, { name: 'Awkward' });
      expect(created.status).toBe(201);
      const byArgument = await call('PATCH', `${base}/Accounts`, { sync_key_field_value: key });
      const byShortForm = await call('PATCH', `/rest/v10/Accounts/sync_key/${segment}`);
      const linked = await call('POST', `${base}/Accounts/sync_key/${segment}/link/contacts/sync_key/CONTACT-2001`);
      const alsoLinked = await call('POST', `/rest/v10/Accounts/${segment}/link_by_sync_keys/contacts/CONTACT-2001`);
      for (const found of [byArgument, byShortForm, linked, alsoLinked]) {
        expect({ status: found.status, id: idOf(found) }).toEqual({ status: 200, id: idOf(created) });
      }
      expect((await call('GET', `${base}/Accounts/sync_key/${segment}`)).body).toMatchObject({ sync_key: key });
      expect((await call('DELETE', `${base}/Accounts/sync_key/${segment}`)).body).toEqual({ record: idOf(created) });
    });

    it('are told apart by case and by spaces', async () => {
      const one = await call('PATCH', `${base}/Accounts/sync_key/Case`);
      const two = await call('PATCH', `${base}/Accounts/sync_key/case`);
      const three = await call('PATCH', `${base}/Accounts/sync_key/case%20`);
      expect(new Set([one, two, three].map(idOf)).size).toBe(3);
    });

    it('may be any unique field of the module, on either side', async () => {
      await call('PATCH', `${base}/Claims/claim_number/CLM-9`, { name: 'Hail' });
      const linked = await call('POST', `${base}/Claims/claim_number/CLM-9/link/contacts/external_id/user1`);
      expect(linked.status).toBe(200);
      const shown = await call('GET', `/rest/v11_10/Claims/${idOf(linked)}/link/contacts?fields=external_id`);
      expect(shown.body).toMatchObject({ records: [{ external_id: 'user1', _module: 'Contacts' }] });
    });

    it.each(['industry', 'contacts', 'foo', 'id', 'email'])(
      'may not be %s, which identifies no record',
      async (field) => {
        const text = `${field} is not a field that identifies a record in module: Accounts`;
        expect(await call('PATCH', `${base}/Accounts/${field}/x`)).toMatchObject(invalid(text));
        expect(await call('GET', `${base}/Accounts?sync_key_field_name=${field}&sync_key_field_value=x`)).toMatchObject(
          invalid(text),
        );
      },
    );

    it('that are too long or cannot be stored are refused', async () => {
      expect(await call('PATCH', `${base}/Accounts/sync_key/${'k'.repeat(513)}`)).toMatchObject({ status: 422 });
      expect(await call('PATCH', `${base}/Accounts/sync_key/a%00b`)).toMatchObject({ status: 422 });
      expect(await call('GET', `${base}/Accounts/sync_key/a%00b`)).toMatchObject({ status: 422 });
    });

    it('given as anything but text or a number are refused', async () => {
      expect(await call('PATCH', `${base}/Accounts`, { sync_key_field_value: { a: 1 } })).toMatchObject(
        invalid('sync_key_field_value must be text.'),
      );
    });
  });

  describe('set key', () => {
    it('refuses a key that another record holds, and leaves both as they were', async () => {
      const holder = await call('PATCH', `${base}/Accounts/sync_key/HELD`);
      const other = await call('PATCH', `${base}/Accounts/external_id/OTHER`);
      const answer = await call('PUT', `${base}/Accounts/${idOf(other)}/sync_key/HELD`);
      expect(answer).toMatchObject(invalid(`sync_key HELD belongs to the record ${idOf(holder)} in module: Accounts`));
      expect((await call('GET', `${base}/Accounts/sync_key/HELD?fields=id`)).body).toMatchObject({ id: idOf(holder) });
    });

    it('gives a key to one of two records that want it at once', async () => {
      const one = await call('POST', '/rest/v11_10/Accounts', {});
      const two = await call('POST', '/rest/v11_10/Accounts', {});
      const answers = await Promise.all(
        [one, two].map((record) => call('PUT', `${base}/Accounts/${idOf(record)}/sync_key/WANTED`)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    });

    it('in the argument form clears with null and does not with nothing', async () => {
      const id = idOf(await call('PATCH', `${base}/Accounts/sync_key/CLEARED`));
      expect(await call('PUT', `${base}/Accounts/${id}`, {})).toMatchObject(missing('sync_key_field_value'));
      const cleared = await call('PUT', `${base}/Accounts/${id}`, { sync_key_field_value: null });
      expect(cleared).toMatchObject({ status: 200, body: { success: true } });
      expect((await call('GET', `/rest/v11_10/Accounts/${id}`)).body).toMatchObject({ sync_key: null });
    });

    it('knows no record by the id of another module, or of a deleted record', async () => {
      const contact = idOf(await call('GET', `${base}/Contacts/sync_key/CONTACT-2001`));
      expect(await call('PUT', `${base}/Accounts/${contact}/sync_key/X`)).toMatchObject(
        invalid(`Could not find record: ${contact} in module: Accounts`),
      );
      const gone = idOf(await call('PATCH', `${base}/Accounts/sync_key/GONE`));
      await call('DELETE', `${base}/Accounts/sync_key/GONE`);
      expect(await call('PUT', `/rest/v11_10/Accounts/${gone}/sync_key/X`)).toMatchObject(
        invalid(`Could not find record: ${gone} in module: Accounts`),
      );
    });
  });

  describe('checks', () => {
    it('come in the order: module, key field, left record, link, right key field, right record', async () => {
      const link = (path: string) => call('POST', `${base}/${path}`);
      const path = (...parts: string[]) => parts.join('/');
      expect(await link(path('Foo', 'bar', 'X', 'link', 'foo', 'bar', 'X'))).toMatchObject(
        notFound('Could not find module: Foo'),
      );
      expect(await link(path('Accounts', 'bar', 'X', 'link', 'foo', 'bar', 'X'))).toMatchObject(
        invalid('bar is not a field that identifies a record in module: Accounts'),
      );
      expect(await link(path('Accounts', 'sync_key', 'X', 'link', 'foo', 'bar', 'X'))).toMatchObject(
        invalid('Could not find record with sync_key:X in module: Accounts'),
      );
      expect(await link(path('Accounts', 'sync_key', 'X', 'link', 'contacts', 'bar', 'X'))).toMatchObject(
        invalid('Could not find record with sync_key:X in module: Accounts'),
      );
      expect(await link(path('Accounts', 'sync_key', 'ACCT-1', 'link', 'foo', 'bar', 'X'))).toMatchObject(
        notFound('Could not find a relationship named: foo'),
      );
      expect(await link(path('Accounts', 'sync_key', 'ACCT-1', 'link', 'contacts', 'bar', 'X'))).toMatchObject(
        invalid('bar is not a field that identifies a record in module: Contacts'),
      );
      expect(await link(path('Accounts', 'sync_key', 'ACCT-1', 'link', 'contacts', 'external_id', 'X'))).toMatchObject(
        invalid('Could not find record with external_id:X in module: Contacts'),
      );
    });

    it('ask for arguments before they look at the module', async () => {
      expect(await call('POST', `${base}/Foo/link`)).toMatchObject(missing('lhs_sync_key_field_value'));
      expect(await call('POST', `${base}/Foo/link`, { lhs_sync_key_field_value: 'X' })).toMatchObject(
        missing('rhs_sync_key_field_value'),
      );
      expect(await call('PATCH', `${base}/Foo`, { sync_key_field_value: '' })).toMatchObject(
        missing('sync_key_field_value'),
      );
      expect(await call('GET', `${base}/Foo`)).toMatchObject(missing('sync_key_field_value'));
    });

    it('turn away everyone but administrators before anything else is looked at', async () => {
      const denied = { status: 403, body: { error: 'not_authorized' } };
      for (const as of ['power', 'member']) {
        expect(await call('GET', `${base}/Accounts/sync_key/ACCT-1`, undefined, { as })).toMatchObject(denied);
        expect(await call('GET', `${base}/Accounts/sync_key/NOPE`, undefined, { as })).toMatchObject(denied);
        expect(await call('GET', `${base}/Foo`, undefined, { as })).toMatchObject(denied);
        expect(await call('PATCH', `${base}/Accounts/sync_key/X`, '{not json', { as })).toMatchObject(denied);
        expect(await call('PUT', '/rest/v10/Accounts/x/sync_key/y', undefined, { as })).toMatchObject(denied);
      }
    });

    it('begin with the version, then the route, then the token', async () => {
      const as = null;
      for (const version of ['v9', 'v9_99', 'v99', 'v12', '11_10', 'V11', 'v', 'latest']) {
        const answer = await call('GET', `/rest/${version}/nothing/here/a/b/c`, undefined, { as });
        expect(answer).toMatchObject({ status: 301, body: { error: 'incorrect_version' } });
        expect(answer.headers.get('location')).toBeNull();
      }
      expect(await call('GET', '/rest/v11_10/a/b/c/d/e/f/g/h/i', undefined, { as })).toMatchObject({
        status: 404,
        body: { error: 'no_method' },
      });
      expect(await call('GET', `${base}/Accounts/sync_key/X`, undefined, { as })).toMatchObject({ status: 401 });
    });

    it('match no empty segment, no trailing slash and no other method', async () => {
      const noMethod = { status: 404, body: { error: 'no_method' } };
      expect(await call('POST', `${base}/Accounts/sync_key//link/contacts/sync_key/X`)).toMatchObject(noMethod);
      expect(await call('PATCH', `${base}/Accounts/sync_key/`)).toMatchObject(noMethod);
      expect(await call('PATCH', `${base}/Accounts/sync_key/X/`)).toMatchObject(noMethod);
      expect(await call('POST', `${base}/Accounts/sync_key/X`)).toMatchObject(noMethod);
      expect(await call('OPTIONS', `${base}/Accounts/sync_key/X`)).toMatchObject(noMethod);
      expect(await call('GET', '/rest')).toMatchObject(noMethod);
      expect(await call('PUT', `${base}/Accounts/sync_key/X`)).toMatchObject(noMethod);
      expect(await call('POST', '/rest/v11_10/ping')).toMatchObject(noMethod);
      expect(await call('PUT', '/rest/v11_10/oauth2/token')).toMatchObject(noMethod);
    });

    it.each(['v10', 'v11', 'v11_4', 'v11_10', 'v11_22'])('accept version %s', async (version) => {
      expect(await call('GET', `/rest/${version}/integrate/Accounts/sync_key/ACCT-1`)).toMatchObject({ status: 200 });
    });
  });

  describe('bodies', () => {
    it('that are not a JSON object are refused', async () => {
      for (const body of ['{not json', '"text"', '[1]', 'null', '7']) {
        const answer = await call('PATCH', `${base}/Accounts/sync_key/BODY`, body);
        expect(answer).toMatchObject({ status: 422, body: { error: 'invalid_parameter' } });
      }
      expect(await call('GET', `${base}/Accounts/sync_key/BODY`)).toMatchObject({ status: 422 });
    });

    it('and addresses that cannot be read are refused in the words of the vendor', async () => {
      const path = `${base}/Accounts/sync_key/LARGE`;
      expect(await call('PATCH', path, { description: 'x'.repeat(11 * 1024 * 1024) })).toMatchObject({
        status: 413,
        body: { error: 'request_too_large' },
      });
      expect(await call('PATCH', `${base}/Accounts/sync_key/%ZZ`)).toMatchObject({
        status: 422,
        body: { error: 'invalid_parameter' },
      });
    });

    it('may be absent, empty, or of any content type, and a DELETE may have one', async () => {
      const path = `${base}/Accounts/sync_key/LOOSE`;
      const headers = { 'content-type': 'application/json' };
      expect(await call('PATCH', path, '', { headers })).toMatchObject({ status: 201 });
      const asForm = { 'content-type': 'application/x-www-form-urlencoded' };
      expect(await call('PATCH', path, '{"name":"Loose"}', { headers: asForm })).toMatchObject({ status: 200 });
      expect((await call('GET', path)).body).toMatchObject({ name: 'Loose' });
      expect(await call('DELETE', path, '', { headers })).toMatchObject({ status: 200 });
      await call('PATCH', path);
      expect(await call('DELETE', path, { sync_key_field_value: 'ignored' })).toMatchObject({ status: 200 });
    });
  });
});
