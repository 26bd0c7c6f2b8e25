// @fye/netsuite-rest-api, as it comes from npm: token-based authentication over the host that it is told, `transient` on every call.
import { expandAbleSubResourcesQueryParam, makeRequest, salesOrderPath, update } from '@fye/netsuite-rest-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../fresh-server.ts';
import { amend, merged } from '../steps.ts';

let server: FreshServer;
beforeAll(async () => {
  server = await freshServer();
  const principal = await server.hub.access.bearer('kw_demo_admin', 'netsuite');
  if (principal === undefined) throw new Error('no administrator');
  await amend(server.hub, { principal, via: 'test', requestId: 'test' }, (current) =>
    merged(current, {
      types: { sales_order: { fields: { memo: { type: 'text' } } }, item: {} },
      links: { 'sales_order.items': { to: 'item' } },
    }),
  );
});
afterAll(() => server.close());

const configOf = (more: object = {}) => ({
  netsuiteApiHost: server.url.replace('http://', ''),
  testEnv: true, // http
  consumerKey: 'kw_demo_ck',
  consumerSecret: 'kw_demo_cs',
  netsuiteAccountId: 'KEYWAY_DEMO',
  netsuiteTokenKey: 'kw_demo_tk',
  netsuiteTokenSecret: 'kw_demo_ts',
  ...more,
});
const request = (method: string, path: string, query?: unknown, config: object = {}) =>
  makeRequest(configOf(config), { method, requestType: 'record', path, ...(query === undefined ? {} : { query }) });
const codeOf = ({ statusCode, body }: { statusCode: number; body: Record<string, never> }): unknown[] => [
  statusCode,
  (body['o:errorDetails'] as { 'o:errorCode': string }[] | undefined)?.[0]?.['o:errorCode'],
];

describe('@fye/netsuite-rest-api', () => {
  it('writes orders with their lines, reads them expanded, and removes them', async () => {
    const items = 'services/rest/record/v1/item';
    for (const key of ['i1', 'i2']) expect((await request('PUT', `${items}/eid:${key}`, {})).statusCode).toBe(204);
    const order = { externalId: 'SO1', memo: 'One', items: { items: [{ item: { externalId: 'i1' } }] } };
    const created = await request('POST', salesOrderPath, order);
    expect(created.statusCode).toBe(204);
    const id = created.headers.location?.split('/').at(-1) ?? '';

    const changed = { memo: 'Two', items: { items: [{ item: { externalId: 'i2' } }] } };
    expect((await update(configOf(), { id, updateValues: changed, path: salesOrderPath })).statusCode).toBe(204);
    const { body } = await request('GET', `${salesOrderPath}/${id}?${expandAbleSubResourcesQueryParam}`);
    expect(body).toMatchObject({ id, externalId: 'SO1', memo: 'Two', items: { totalResults: 2 } });

    await request('PATCH', `${salesOrderPath}/eid:SO1?replace=items`, {
      items: { items: [{ item: { externalId: 'i2' } }] },
    });
    expect((await request('GET', `${salesOrderPath}/${id}/items`)).body.totalResults).toBe(1);
    expect((await request('DELETE', `${salesOrderPath}/${id}`)).statusCode).toBe(204);
    expect(codeOf(await request('GET', `${salesOrderPath}/${id}`))).toEqual([404, 'NONEXISTENT_ID']);
  });

  it('attaches, detaches and lists', async () => {
    const customer = 'services/rest/record/v1/customer';
    const role = { role: { id: -10 } };
    expect((await request('POST', `${customer}/660/!attach/contact/eid:user1`, role)).statusCode).toBe(204);
    expect((await request('GET', `${customer}/660/contactRoles`)).body.items).toMatchObject([{ role: { id: '-10' } }]);
    expect((await request('POST', `${customer}/660/!detach/contact/106`)).statusCode).toBe(204);
    const { body } = await request('GET', `${customer}?q=${encodeURIComponent('externalId IS JOHN_DOE42')}&limit=5`);
    expect(body.items).toMatchObject([{ id: '660' }]);
  });

  it('is told what is wrong', async () => {
    const customer = 'services/rest/record/v1/customer';
    expect(codeOf(await request('GET', `${customer}/none`))).toEqual([400, 'INVALID_ID']);
    expect(codeOf(await request('PATCH', `${customer}/660`, { isInactive: 'maybe' }))).toEqual([
      400,
      'INVALID_CONTENT',
    ]);
    expect(codeOf(await request('GET', customer, undefined, { consumerSecret: 'wrong' }))).toEqual([
      401,
      'INVALID_LOGIN',
    ]);
    expect(codeOf(await request('GET', customer, undefined, { netsuiteAccountId: '1234567' }))).toEqual([
      401,
      'INVALID_LOGIN',
    ]);
    const suiteql = await makeRequest(configOf(), {
      method: 'POST',
      requestType: 'suiteql',
      query: 'select id from customer',
    });
    expect(codeOf(suiteql)).toEqual([400, 'INVALID_URL']);
  });
});
