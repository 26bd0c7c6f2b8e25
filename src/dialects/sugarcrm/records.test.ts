import { beforeAll, describe, expect, it } from 'vitest';
import { idOf, sugarServer } from './test-client.ts';

const base = '/rest/v11_10';

describe('plain record endpoints', () => {
  const { call } = sugarServer();

  it('create, read, change and delete a record by its id, within the rights of a member', async () => {
    const as = 'member';
    const created = await call('POST', `${base}/Partners`, { name: 'Quay', email1: 'a@quay.example' }, { as });
    expect(created).toMatchObject({ status: 200, body: { name: 'Quay', email1: 'a@quay.example', deleted: false } });
    const path = `${base}/Partners/${idOf(created)}`;
    const changed = await call('PUT', path, { company_name: 'Quay Ltd' }, { as });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Quay', company_name: 'Quay Ltd' } });
    expect((await call('GET', path, undefined, { as })).body).toEqual(changed.body);
    expect(await call('DELETE', path, undefined, { as })).toMatchObject({
      status: 403,
      body: { error: 'not_authorized' },
    });
    expect(await call('DELETE', path)).toMatchObject({ status: 200, body: { id: idOf(created) } });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(await call(method, path)).toMatchObject({
        status: 404,
        body: { error: 'not_found', error_message: `Could not find record: ${idOf(created)} in module: Partners` },
      });
    }
  });

  it('name modules with their case, and know no others', async () => {
    for (const module of ['accounts', 'Account', 'Foo']) {
      expect(await call('GET', `${base}/${module}`)).toMatchObject({
        status: 404,
        body: { error: 'not_found', error_message: `Could not find module: ${module}` },
      });
    }
    expect(await call('GET', `${base}/BuildingComponents`)).toMatchObject({ status: 200 });
  });

  it('read a primary address from a list, and let email1 win over it', async () => {
    const list = [{ email_address: 'b@x.example' }, { email_address: 'a@x.example', primary_address: true }];
    const created = await call('POST', `${base}/Contacts`, { email: list });
    expect(created.body).toMatchObject({ email1: 'a@x.example', email: [{ email_address: 'a@x.example' }] });
    const changed = await call('PUT', `${base}/Contacts/${idOf(created)}`, { email: list, email1: 'c@x.example' });
    expect(changed.body).toMatchObject({ email1: 'c@x.example' });
    const cleared = await call('PUT', `${base}/Contacts/${idOf(created)}`, { email: [] });
    expect(cleared.body).toMatchObject({ email1: '', email: [] });
  });

  it('refuse a key that another record holds, naming the field', async () => {
    const answer = await call('POST', `${base}/Contacts`, { sync_key: 'CONTACT-2001' });
    expect(answer).toMatchObject({ status: 422, body: { error: 'invalid_parameter' } });
    expect(answer.message).toMatch(/sync_key/);
  });

  it('write stamps as ISO 8601 with an offset, and ids as GUIDs', async () => {
    const { body } = await call('POST', `${base}/Accounts`, {});
    const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;
    expect(body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      date_entered: expect.stringMatching(stamp),
      date_modified: expect.stringMatching(stamp),
    });
  });

  describe('lists', () => {
    beforeAll(async () => {
      for (let index = 1; index <= 25; index++) await call('POST', `${base}/Claims`, { name: `Claim ${index}` });
    });
    const page = async (query: string) => {
      const { body } = await call('GET', `${base}/Claims?fields=name&${query}`);
      const { next_offset, records } = body as { next_offset: number; records: { name: string }[] };
      return { next_offset, names: records.map(({ name }) => name) };
    };

    it('have twenty records and an offset for the next, which is -1 on the last page', async () => {
      const first = await page('');
      expect([first.names.length, first.next_offset]).toEqual([20, 20]);
      const second = await page(`offset=${first.next_offset}`);
      expect([second.names.length, second.next_offset]).toEqual([6, -1]);
      expect(new Set([...first.names, ...second.names]).size).toBe(26);
    });

    it('keep to max_num and offset, past the end too', async () => {
      const all = (await page('max_num=100')).names;
      expect(await page('max_num=3&offset=5')).toEqual({ next_offset: 8, names: all.slice(5, 8) });
      expect(await page('max_num=3&offset=23')).toEqual({ next_offset: -1, names: all.slice(23) });
      expect(await page('offset=26')).toEqual({ next_offset: -1, names: [] });
      expect(await page('offset=2600')).toEqual({ next_offset: -1, names: [] });
    });

    it('refuse a page that cannot be', async () => {
      for (const query of ['max_num=0', 'max_num=x', 'offset=-1']) {
        expect(await call('GET', `${base}/Claims?${query}`)).toMatchObject({
          status: 422,
          body: { error: 'invalid_parameter' },
        });
      }
      expect(await call('GET', `${base}/Claims?deleted=false&q=`)).toMatchObject({ status: 200 });
    });

    it('of linked records know no link that the module does not have', async () => {
      const { body } = await call('GET', `${base}/Claims?max_num=1`);
      const [claim] = (body as { records: { id: string }[] }).records;
      expect(await call('GET', `${base}/Claims/${claim?.id}/link/foo`)).toMatchObject({
        status: 404,
        body: { error: 'not_found', error_message: 'Could not find a relationship named: foo' },
      });
    });
  });
});
