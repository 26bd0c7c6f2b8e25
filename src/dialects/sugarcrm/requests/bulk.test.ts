import { describe, expect, it } from 'vitest';
import { sugarServer } from '../test-client.ts';

const base = '/rest/v11_10';
type Part = { contents: Record<string, unknown>; status: number; status_text: string; headers: object };

describe('bulk requests', () => {
  const { call } = sugarServer();
  const bulk = async (requests: unknown, options?: Parameters<typeof call>[3]) => {
    const answer = await call('POST', `${base}/bulk`, { requests }, options);
    return { ...answer, parts: answer.body as Part[] };
  };

  it('are done one after the other, each with an answer of its own, whatever becomes of the others', async () => {
    const { status, parts } = await bulk([
      { url: '/v11_10/Accounts', method: 'POST', data: { name: 'One' } },
      { url: '/v11_10/Accounts', method: 'POST', data: '{"name": "Two"}' },
      { url: '/v10/integrate/Accounts/sync_key/NOPE', method: 'GET' },
      { url: 'v11_10/Accounts?filter[0][name]=two&fields=name' },
      { url: '/v11_10/integrate/Accounts/sync_key/a%2Fb%20c', method: 'patch', data: { name: 'Three' } },
    ]);
    expect(status).toBe(200);
    expect(parts.map((part) => part.status)).toEqual([200, 200, 422, 200, 201]);
    expect(parts[0]).toMatchObject({
      contents: { name: 'One', _module: 'Accounts' },
      status_text: 'OK',
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
    });
    expect(parts[2]?.contents).toEqual({
      error: 'invalid_parameter',
      error_message: 'Could not find record with sync_key:NOPE in module: Accounts',
    });
    expect(parts[3]?.contents).toMatchObject({ records: [{ name: 'Two' }] });
    const found = await call('GET', `${base}/Accounts?filter[0][sync_key]=${encodeURIComponent('a/b c')}`);
    expect(found.body).toMatchObject({ records: [{ name: 'Three' }] });
  });

  it('keep the digits of numbers', async () => {
    const [part] = (await bulk([{ url: '/v10/Accounts', method: 'POST', data: { annual_revenue: 0.1 } }])).parts;
    expect(part?.contents).toMatchObject({ annual_revenue: '0.10' });
    const exact = '{"requests":[{"url":"/v10/Accounts","method":"POST","data":{"phone_office":12345678901234567890}}]}';
    expect((await call('POST', `${base}/bulk`, exact)).body).toMatchObject([
      { contents: { phone_office: '12345678901234567890' } },
    ]);
  });

  it('have the token of the whole, or one of their own', async () => {
    const me = { url: '/v10/me' };
    const { parts } = await bulk([
      me,
      { ...me, headers: ['OAuth-Token: kw_demo_member'] },
      { ...me, headers: ['Authorization: Bearer kw_demo_member', 'X-Thorn: x'] },
      { ...me, headers: { 'oauth-token': 'nobody' } },
    ]);
    expect(parts.map(({ status }) => status)).toEqual([200, 200, 200, 401]);
    const admins = parts.map(({ contents }) => (contents.current_user as { is_admin: boolean } | undefined)?.is_admin);
    expect(admins).toEqual([true, false, false, undefined]);
    expect((await bulk([me], { as: null })).status).toBe(401);
  });

  it('stay with this API and with the workspace that the path names', async () => {
    const { parts } = await bulk([
      { url: '/../v1/me' },
      { url: '/v11_10/../../v1/me' },
      { url: '/v11_10/%2e%2e/%2e%2e/v1/me' },
      { url: '//example.com/v11_10/me' },
      { url: '/v99/me' },
      { url: '/v11_10/bulk', method: 'POST', data: { requests: [] } },
    ]);
    const errors = parts.map(({ contents }) => contents.error);
    expect(errors.slice(0, 5)).toEqual(Array(5).fill('incorrect_version'));
    expect(errors[5]).toBe('invalid_parameter');
    const named = await call('POST', '/w/Demo/rest/v10/bulk', { requests: [{ url: '/v10/ping' }] });
    expect(named.body).toMatchObject([{ contents: 'pong', status: 200 }]);
  });

  it('are refused as a whole where they cannot be read', async () => {
    for (const requests of ['x', {}, ['x'], [null], [{ url: '/v10/ping', method: 'BREW' }], [{ url: 1 }]]) {
      const { status } = await bulk(requests);
      expect(status, JSON.stringify(requests)).toBe(422);
    }
    expect((await bulk([{ url: '/v10/ping', headers: ['no colon'] }])).status).toBe(422);
    expect((await bulk([{ url: '/v10/ping', headers: ['A: b\nC: d'] }])).status).toBe(422);
    expect((await call('POST', `${base}/bulk`, {})).body).toMatchObject({ error: 'missing_parameter' });
    expect((await bulk([])).body).toEqual([]);
  });

  it('tell of a body that is not JSON in its own place', async () => {
    const { parts } = await bulk([{ url: '/v10/Accounts', method: 'POST', data: '{broken' }, { url: '/v10/ping' }]);
    expect(parts).toMatchObject([{ status: 422, contents: { error: 'invalid_parameter' } }, { status: 200 }]);
  });
});
