import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, demoServer, type Json, reasons } from '../test-client.ts';

describe('a list of records', async () => {
  const { call } = await demoServer();
  const upsert = (key: string, fields: object, type = 'claim'): Promise<Answer> =>
    call('PATCH', `/v1/records/${type}/external_id:${key}`, { body: { fields } });
  const list = (query: Record<string, string> | [string, string][], type = 'claim'): Promise<Answer> =>
    call('GET', `/v1/records/${type}?${new URLSearchParams(query)}`);
  const keys = ({ body }: Answer): string[] => body.items.map(({ fields }: Json) => fields.external_id);

  beforeAll(async () => {
    await upsert('C1', { name: 'Alpha', status: 'open', incurred: 10.5, loss_date: '2026-01-01' });
    await upsert('C2', { name: 'Beta, too', status: 'closed', incurred: 9 });
    await upsert('C3', { name: 'alphabet', status: 'open', incurred: 100 });
    await upsert('C4', { name: 'Gamma', status: 'reopened' });
    await upsert('P1', { material: 'oak', supplier: 2001 }, 'building_component').then(() => undefined);
    await call('PATCH', '/v1/records/building_component/name:P1', { body: { fields: { supplier: 2001 } } });
    await call('PATCH', '/v1/records/building_component/name:P2', { body: { fields: { supplier: 106 } } });
  });

  it.each([
    [{ 'filter[name]': 'Alpha' }, ['C1']],
    [{ 'filter[name][eq]': 'Alpha' }, ['C1']],
    [{ 'filter[status][ne]': 'open', 'filter[external_id][null]': 'false' }, ['C2', 'C4']],
    [{ 'filter[incurred][gt]': '9', 'filter[incurred][lt]': '100' }, ['C1']],
    [{ 'filter[incurred][gte]': '9', 'filter[incurred][lte]': '10.5' }, ['C1', 'C2']],
    [{ 'filter[status][in]': 'closed,reopened' }, ['C2', 'C4']],
    [{ 'filter[name][starts]': 'Al' }, ['C1']],
    [{ 'filter[name][contains]': ', ' }, ['C2']],
    [{ 'filter[loss_date][null]': 'false' }, ['C1']],
    [{ 'filter[loss_date][gte]': '2025-12-31' }, ['C1']],
    [{ 'filter[number]': '5001' }, [null]],
    [{ 'filter[version][gte]': '1', 'filter[external_id]': 'C3' }, ['C3']],
    [{ 'filter[created_at][gt]': '2001-01-01T00:00:00Z', 'filter[external_id]': 'C3' }, ['C3']],
    [{ 'filter[external_id]': 'nobody' }, []],
  ])('filters by %o', async (query, expected) => {
    expect(keys(await list(query))).toEqual(expected);
  });

  it('takes a value with commas when the parameter is given once per value', async () => {
    const query: [string, string][] = [
      ['filter[name][in]', 'Beta, too'],
      ['filter[name][in]', 'Gamma'],
    ];
    expect(keys(await list(query))).toEqual(['C2', 'C4']);
  });

  it('filters by the record that a lookup points at', async () => {
    const { body: contact } = await call('GET', '/v1/records/contact/2001');
    for (const value of ['2001', contact.id]) {
      const { body } = await list({ 'filter[supplier]': value }, 'building_component');
      expect(body.items.map(({ fields }: Json) => fields.name)).toEqual(['P1']);
    }
  });

  it('sorts by several fields, each up or down', async () => {
    const query = { 'filter[external_id][null]': 'false' };
    expect(keys(await list({ ...query, sort: 'status,-incurred' }))).toEqual(['C2', 'C3', 'C1', 'C4']);
    expect(keys(await list({ ...query, sort: '-number' }))).toEqual(['C4', 'C3', 'C2', 'C1']);
  });

  it.each([
    [{ 'filter[colour]': 'red' }, 'filter_invalid', 'query.filter[colour]'],
    [{ 'filter[incurred][gt]': 'much' }, 'filter_invalid', 'query.filter'],
    [{ 'filter[incurred][contains]': '1' }, 'filter_invalid', 'query.filter'],
    [{ 'filter[name][null]': 'perhaps' }, 'filter_invalid', 'query.filter'],
    [{ 'filter[name][like]': 'A' }, 'unknown_parameter', 'query.filter[name][like]'],
    [{ 'filter[name': 'A' }, 'unknown_parameter', 'query.filter[name'],
    [{ filter: 'A' }, 'unknown_parameter', 'query.filter'],
    [{ sort: 'colour' }, 'sort_invalid', 'query.sort'],
    [{ sort: 'name,' }, 'sort_invalid', 'query.sort'],
    [{ limit: '0' }, 'parameter_invalid', 'query.limit'],
    [{ limit: '1001' }, 'parameter_invalid', 'query.limit'],
    [{ limit: 'all' }, 'parameter_invalid', 'query.limit'],
    [{ limit: '101', include: 'links' }, 'limit_invalid', 'query.limit'],
    [{ include: 'all' }, 'parameter_invalid', 'query.include'],
    [{ cursor: 'abc' }, 'cursor_invalid', 'query.cursor'],
    [{ page: '2' }, 'unknown_parameter', 'query.page'],
  ])('refuses %o as %s at %s', async (query, code, path) => {
    const answer = await list(query as Record<string, string>);
    expect(answer.status).toBe(400);
    expect(reasons(answer)).toEqual([[code, path]]);
  });

  it('gives the links of each record with include=links', async () => {
    const { body } = await list({ include: 'links' }, 'policy');
    expect(body.items[0].links).toMatchObject({
      items: [{ number: 101, link: 'policy.contacts', role: 'Adjuster' }],
      next: null,
    });
    const { body: contacts } = await list({ include: 'links', 'filter[number]': '2001' }, 'contact');
    expect(contacts.items[0].links.items.map(({ link }: Json) => link)).toContain('policy.contacts');
    expect((await list({}, 'policy')).body.items[0].links).toBe(undefined);
  });
});

describe('pages', async () => {
  let call: Call;
  beforeAll(async () => {
    ({ call } = await demoServer());
    for (let i = 0; i < 10; i++) await upsert(`K${i}`, { name: `n${i}`, industry: i % 2 === 0 ? 'even' : 'odd' });
  });
  const upsert = (key: string, fields: object): Promise<Answer> =>
    call('PATCH', `/v1/records/account/external_id:${key}`, { body: { fields } });
  const page = (query: string, cursor: string | null): Promise<Answer> =>
    call(
      'GET',
      `/v1/records/account?filter[external_id][starts]=K&${query}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );

  it('lists every record once while others come and go between the pages', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let round = 0; ; round++) {
      const { status, body }: Answer = await page('sort=-name&limit=3', cursor);
      expect(status).toBe(200);
      seen.push(...body.items.map(({ fields }: Json) => fields.external_id));
      cursor = body.next;
      if (cursor === null) break;
      await upsert(`K-new-${round}`, { name: `n99${round}` }); // before the place where the reader is
      await call('DELETE', `/v1/records/account/external_id:${seen.at(-1)}`); // the very record that the cursor stands on
    }
    expect(seen).toEqual(['K9', 'K8', 'K7', 'K6', 'K5', 'K4', 'K3', 'K2', 'K1', 'K0']);
  });

  it('does not take a cursor for another sort order, filter or type', async () => {
    const { body } = await page('sort=name&limit=2', null);
    for (const query of ['sort=-name&limit=2', 'limit=2', 'sort=name&limit=2&filter[industry]=odd']) {
      expect(reasons(await page(query, body.next))).toEqual([['cursor_invalid', 'query.cursor']]);
    }
    const other = await call('GET', `/v1/records/contact?cursor=${encodeURIComponent(body.next)}`);
    expect(reasons(other)).toEqual([['cursor_invalid', 'query.cursor']]);
    expect((await page('sort=name&limit=5', body.next)).status).toBe(200); // another page size is fine
  });
});
