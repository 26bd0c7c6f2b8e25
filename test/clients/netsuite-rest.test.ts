// netsuite-rest, as it comes from npm: token-based authentication, every call of the record service by its path.
import NetsuiteRest from 'netsuite-rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../fresh-server.ts';
import { standInForVendor } from './netsuite-host.ts';

const credentials = {
  consumer_key: 'kw_demo_ck',
  consumer_secret_key: 'kw_demo_cs',
  token: 'kw_demo_tk',
  token_secret: 'kw_demo_ts',
  realm: 'KEYWAY_DEMO',
};

let server: FreshServer;
let leave: () => Promise<void>;
beforeAll(async () => {
  server = await freshServer({ settings: { trustProxy: true } });
  leave = await standInForVendor(server.url);
});
afterAll(async () => {
  await leave();
  await server.close();
});

describe.each(['its own base address', 'the host of the account'])('netsuite-rest by %s', (way) => {
  const isVendor = way === 'the host of the account';
  const clientOf = (more: object = {}): NetsuiteRest =>
    new NetsuiteRest({ ...credentials, ...(isVendor ? {} : { base_url: server.url }), ...more });
  const origin = (): string => (isVendor ? 'https://keyway-demo.suitetalk.api.netsuite.com' : server.url);
  const request = (method: string, path: string, body?: object, heads: Record<string, string> = {}) =>
    clientOf().request({
      method,
      path: `record/v1/${path}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      heads,
    });
  const read = async (path: string) => (await request('GET', path)).data;
  /** The client's copy of an answer has its headers only as they came. */
  const locationOf = ({ rawHeaders }: { rawHeaders: readonly string[] }): string =>
    rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'location') + 1] ?? '';
  /** Status and code of a refusal, which the client throws. */
  const refusal = async (ask: () => Promise<unknown>): Promise<unknown[]> => {
    const error = await ask().then(
      () => undefined,
      (thrown: { response?: { statusCode: number; body: string } }) => thrown,
    );
    const body = JSON.parse(error?.response?.body ?? '{}');
    return [error?.response?.statusCode, body['o:errorDetails']?.[0]['o:errorCode']];
  };
  const key = isVendor ? 'V' : 'B';

  it('pings, and reads the time', async () => {
    expect((await clientOf().request({ path: '*', method: 'OPTIONS' })).statusCode).toBe(204);
    const { data } = await clientOf().request({ path: 'system/v1/serverTime' });
    expect(Math.abs(Date.parse(data.serverTime) - Date.now())).toBeLessThan(60_000);
  });

  it('writes a record in each way, reads it, and removes it', async () => {
    const created = await request('POST', 'customer', { externalId: `${key}1`, companyName: 'One', phone: '1' });
    expect(created.statusCode).toBe(204);
    expect(locationOf(created)).toMatch(`${origin()}/services/rest/record/v1/customer/`);
    const id = locationOf(created).split('/').at(-1);
    await request('PATCH', `customer/${id}`, { companyName: 'Two', phone: null });
    expect(await read(`customer/eid:${key}1`)).toMatchObject({
      links: [
        {
          rel: 'self',
          href: locationOf(created),
        },
      ],
      id,
      companyName: 'Two',
    });
    for (const companyName of ['Three', 'Four']) {
      const upserted = await request('PUT', `customer/eid:${key}1`, { companyName });
      expect(locationOf(upserted)).toBe(locationOf(created));
    }
    expect(await read(`customer/${id}?fields=companyName`)).toEqual({
      links: [{ rel: 'self', href: `${locationOf(created)}?fields=companyName` }],
      id,
      companyName: 'Four',
    });
    expect((await request('DELETE', `customer/${id}`)).statusCode).toBe(204);
    expect(await refusal(() => request('GET', `customer/${id}`))).toEqual([404, 'NONEXISTENT_ID']);
  });

  it('attaches and detaches, by ids of both forms', async () => {
    await request('PUT', `customer/eid:${key}2`, {});
    await request('POST', `customer/eid:${key}2/!attach/contact/eid:user1`, { role: { externalId: 'family' } });
    await request('POST', `customer/eid:${key}2/!attach/contact/106`, { role: { id: '-10' } });
    const { items } = await read(`customer/eid:${key}2/contactRoles`);
    expect(items).toMatchObject([{ contact: { id: '106' }, role: { id: '-10', refName: 'Primary Contact' } }]);
    await request('POST', `customer/eid:${key}2/!detach/contact/106`);
    expect((await read(`customer/eid:${key}2/contactRoles`)).totalResults).toBe(0);
    expect((await request('POST', 'opportunity/379/!attach/file/398')).statusCode).toBe(204);
  });

  it('lists, filters, and follows the link of the next page', async () => {
    for (const number of [1, 2, 3])
      await request('PUT', `partner/eid:${key}p${number}`, { companyName: `${way} ${number}` });
    const q = encodeURIComponent(`companyName START_WITH "${way}" AND externalId IS_NOT ${key}p2`);
    const first = await read(`partner/?q=${q}&limit=1`);
    expect(first).toMatchObject({ count: 1, hasMore: true, totalResults: 2 });
    const next: string = first.links.find(({ rel }: { rel: string }) => rel === 'next').href;
    expect(next).toMatch(origin());
    const path = next.slice(`${origin()}/services/rest/`.length);
    const { data: second } = await clientOf().request({ path });
    expect(second).toMatchObject({ count: 1, hasMore: false, offset: 1 });
    expect(second.items[0].id).not.toBe(first.items[0].id);
  });

  it('asks for answers later, and fetches them', async () => {
    const headers = { Prefer: 'respond-async' }; // with a body, the client prefers `transient` whatever it is told
    const accepted = await request('POST', 'customer/660/!attach/contact/106', undefined, headers);
    expect(accepted.statusCode).toBe(202);
    const job = locationOf(accepted).slice(`${origin()}/services/rest/`.length);
    expect((await clientOf().request({ path: job })).data).toMatchObject({ completed: true, progress: 'succeeded' });
    const result = await clientOf().request({ path: `${job}/task/1/result` });
    expect([result.statusCode, result.data]).toEqual([204, null]);
  });

  it('reads the metadata catalogue', async () => {
    const { items } = await read('metadata-catalog/');
    expect(items.map(({ name }: { name: string }) => name)).toContain('customer');
    const { data } = await clientOf().request({
      path: 'record/v1/metadata-catalog/customer',
      heads: { Accept: 'application/swagger+json' },
    });
    expect(data.openapi).toBe('3.0.1');
  });

  it.each(['a/b+c%d é', "q'(*)!?#&=", '\u{1f511}', 'x'.repeat(300)])('keeps the external id %j', async (externalId) => {
    const path = `contact/eid:${encodeURIComponent(externalId)}`;
    await request('PUT', path, { name: way });
    expect(await read(path)).toMatchObject({ externalId, name: way });
    expect((await request('POST', `customer/660/!attach/${path}`)).statusCode).toBe(204);
    expect((await request('DELETE', path)).statusCode).toBe(204);
  });

  it('is refused with the vendor’s codes', async () => {
    const strict = { 'X-NetSuite-PropertyNameValidation': 'Error' };
    for (const [ask, status, code] of [
      [() => request('GET', 'nothing'), 404, 'NOT_FOUND'],
      [() => request('GET', 'customer/abc'), 400, 'INVALID_ID'],
      [() => request('GET', 'customer?q=nope'), 400, 'INVALID_PARAMETER'],
      [() => request('PATCH', 'customer/660', { nonsense: 1 }, strict), 400, 'INVALID_CONTENT'],
      [() => request('POST', 'customer/660/!attach/customer/660'), 400, 'INVALID_REQUEST'],
      [
        () => clientOf().request({ path: 'query/v1/suiteql', method: 'POST', body: '{"q": "select 1"}' }),
        400,
        'INVALID_URL',
      ],
      [() => clientOf({ token_secret: 'wrong' }).request({ path: 'record/v1/customer' }), 401, 'INVALID_LOGIN'],
    ] as const) {
      expect(await refusal(ask)).toEqual([status, code]);
    }
  });
});
