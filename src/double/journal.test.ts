import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDouble, freshDouble } from '../../test/fresh-double.ts';
import { served } from '../../test/scenarios/served.ts';

let double: FreshDouble;
beforeAll(async () => {
  double = await freshDouble();
});
afterAll(() => double.close());
beforeEach(() => double.call('DELETE', '/v1/double/requests'));

const requests = async (query = '') => (await double.call('GET', `/v1/double/requests${query}`)).body.requests;

describe('the journal', () => {
  it('has each request with its body, status and dialect, in the order in which they came', async () => {
    await double.call('PATCH', '/v1/records/contact/external_id:J-1', { fields: { name: 'Jo' } });
    await double.call('GET', '/w/Demo/v1/records/contact?limit=1');
    await double.call('GET', '/nowhere');
    expect(await requests()).toMatchObject([
      {
        method: 'PATCH',
        path: '/v1/records/contact/external_id:J-1',
        dialect: 'native',
        body: '{"fields":{"name":"Jo"}}',
        body_bytes: 24,
        status: 201,
        fault: null,
        headers: { 'content-type': 'application/json', authorization: 'Bearer …' },
      },
      { path: '/w/Demo/v1/records/contact?limit=1', dialect: 'native', status: 200, body: '' },
      { path: '/nowhere', dialect: 'native', status: 404 },
    ]);
  });

  it.runIf(served('zendesk'))('says whose path it was', async () => {
    await double.call('GET', '/w/Demo/api/v2/custom_objects/contact/records?page[size]=1');
    expect(await requests('?dialect=zendesk')).toMatchObject([{ dialect: 'zendesk', status: 200 }]);
    expect(await requests('?dialect=native')).toEqual([]);
  });

  it('finds them by path, method, dialect and status, and forgets them when told to', async () => {
    await double.call('GET', '/v1/me');
    await double.call('GET', '/v1/schema');
    await double.call('GET', '/v1/records/nothing');
    const paths = async (query: string) => (await requests(query)).map(({ path }: { path: string }) => path);
    expect(await paths('?path=/v1/me')).toEqual(['/v1/me']);
    expect(await paths('?path=/v1/*e*')).toEqual(['/v1/me', '/v1/schema', '/v1/records/nothing']);
    expect(await paths('?status=404')).toEqual(['/v1/records/nothing']);
    expect(await paths('?method=post')).toEqual([]);
    expect(await paths('?dialect=nobody')).toEqual([]);
    expect((await double.call('GET', '/v1/double/requests?pth=x')).body.code).toBe('invalid_request');
    await double.call('DELETE', '/v1/double/requests');
    expect(await requests()).toEqual([]);
  });

  it('says which fault a request fell to', async () => {
    const { body: fault } = await double.call('POST', '/v1/double/faults', { effect: 'error', count: 1 });
    await double.call('GET', '/v1/me');
    expect(await requests()).toMatchObject([{ path: '/v1/me', status: 500, fault: fault.id }]);
  });

  it('shows nothing that signs in', async () => {
    const secrets = {
      grant_type: 'client_credentials',
      client_id: 'kw_demo_client',
      client_secret: 'kw_demo_client_secret',
    };
    await fetch(`${double.url}/auth/realms/Demo/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams(secrets),
    });
    const login = {
      grant_type: 'password',
      username: 'admin@keyway.test',
      password: 'keyway-"demo',
      client_id: 'sugar',
    };
    await double.call('POST', '/rest/v11_10/oauth2/token', login);
    await double.call('GET', '/v1/me?access_token=kw_demo_power', undefined, {
      cookie: 'keyway_session=kw_demo_power',
      'oauth-token': 'kw_demo_power',
      'x-api-key': 'kw_demo_power',
    });
    const text = JSON.stringify(await requests());
    expect(text).not.toMatch(/kw_demo_client_secret|keyway-|kw_demo_power|kw_demo_admin/);
    expect(text).toContain('kw_demo_client');
    expect(text).toContain('admin@keyway.test');
  });

  it('keeps the first 16 KB of a body, which the request has whole', async () => {
    const name = 'é'.repeat(10_000);
    await double.call('PATCH', '/v1/records/contact/external_id:J-2', { fields: { name: 'x', description: name } });
    const rows = Array.from({ length: 3000 }, (_, index) => `{"external_id":"B-${index}","name":"n"}\n`).join('');
    const imported = await double.call('POST', '/v1/records/contact/import', rows, {
      'content-type': 'application/x-ndjson',
    });
    expect(imported.status).toBe(200);
    const [first, second] = await requests();
    expect(first.body_bytes).toBeGreaterThan(20_000);
    expect(Buffer.byteLength(first.body)).toBeLessThanOrEqual(16 * 1024 + 2);
    expect(second.body_bytes).toBe(rows.length);
    expect(second.body).toBe(rows.slice(0, 16 * 1024));
    const page = await double.call('GET', '/v1/records/contact/external_id:B-2999');
    expect(page.status).toBe(200);
  });

  it('keeps the last thousand', async () => {
    for (let index = 0; index < 1010; index += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, step) => double.call('GET', `/v1/x?${index + step}`)));
    }
    expect(await requests()).toHaveLength(1000);
  });
});
