import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDouble, freshDouble } from '../../test/fresh-double.ts';
import { served } from '../../test/scenarios/served.ts';

let double: FreshDouble;
beforeAll(async () => {
  double = await freshDouble();
});
afterAll(() => double.close());
afterEach(() => double.call('DELETE', '/v1/double/faults'));

const inject = (rule: object) => double.call('POST', '/v1/double/faults', rule);
const faults = async () => (await double.call('GET', '/v1/double/faults')).body.faults;

const calls = {
  native: '/v1/records/contact',
  zendesk: '/api/v2/custom_objects/contact/records',
  netsuite: '/services/rest/record/v1/contact',
  sugarcrm: '/rest/v11_10/Contacts',
  origami: '/api/Contact/2001',
  relatics: '/api/v1/workspaces/755053b0-ba42-494a-b467-8c2cf408be65/interfaces/providing/myendpoint',
};
const dialects = (Object.keys(calls) as (keyof typeof calls)[]).filter((name) => served(name));

const rateLimited: Record<keyof typeof calls, unknown> = {
  native: expect.objectContaining({ status: 429, code: 'rate_limited' }),
  zendesk: { errors: [{ code: 'TooManyRequests', title: expect.stringContaining('7 seconds') }] },
  netsuite: expect.objectContaining({ status: 429, title: 'Too Many Requests' }),
  sugarcrm: { error: 'too_many_requests', error_message: expect.any(String) },
  origami: 'Too many requests. Try again later.',
  relatics: { error: { code: 'TooManyRequests', message: expect.any(String) } },
};
const failed: Record<keyof typeof calls, unknown> = {
  native: expect.objectContaining({ status: 500, code: 'internal' }),
  zendesk: { error: 'InternalError', description: 'Internal error' },
  netsuite: expect.objectContaining({ status: 500 }),
  sugarcrm: expect.objectContaining({ error: 'fatal_error' }),
  origami: 'An error has occurred.',
  relatics: { error: expect.objectContaining({ code: 'InternalError' }) },
};

describe('a fault', () => {
  it.each(dialects)('is answered in the words of %s', async (dialect) => {
    await inject({ dialect, effect: 'rate_limited', retry_after: 7, count: 1 });
    await inject({ dialect, effect: 'error', count: 1 });
    await inject({ dialect, effect: 'unavailable', retry_after: 9, count: 1 });
    const limited = await double.call('GET', calls[dialect], undefined, { accept: 'application/json' });
    expect(limited).toMatchObject({ status: 429, body: rateLimited[dialect] });
    expect(limited.headers.get('retry-after')).toBe('7');
    if (dialect === 'zendesk') expect(limited.headers.get('x-rate-limit-remaining')).toBe('0');
    const broken = await double.call('GET', calls[dialect], undefined, { accept: 'application/json' });
    expect(broken).toMatchObject({ status: 500, body: failed[dialect] });
    expect((await double.call('GET', calls[dialect])).status).toBe(503);
    const others = dialects.filter((other) => other !== dialect);
    for (const other of others) expect((await double.call('GET', calls[other])).status, other).toBeLessThan(429);
    expect((await double.call('GET', calls[dialect])).status).toBeLessThan(429);
  });

  it('is for so many requests, by method and path, and is listed with how many it hit', async () => {
    const path = '/v1/records/contact/external_id:F-*';
    const { body: rule } = await inject({ method: 'patch', path, effect: 'error', count: 2 });
    const write = (key: string) =>
      double.call('PATCH', `/v1/records/contact/external_id:${key}`, { fields: { name: 'x' } });
    expect((await write('other')).status).toBe(201);
    expect((await double.call('GET', '/v1/records/contact/external_id:F-1')).status).toBe(404);
    expect((await write('F-1')).status).toBe(500);
    expect((await double.call('PATCH', '/w/Demo/v1/records/contact/external_id:F-2?x', {})).status).toBe(500);
    expect((await write('F-1')).status).toBe(201);
    expect(await faults()).toEqual([{ id: rule.id, method: 'patch', path, effect: 'error', count: 2, hits: 2 }]);
  });

  it('does nothing of the request, but for slow and cut_off, which do all of it', async () => {
    const path = '/v1/records/contact/external_id:D-*';
    const write = (key: string) =>
      double.call('PATCH', `/v1/records/contact/external_id:${key}`, { fields: { name: 'x' } });
    const status = async (key: string) => (await double.call('GET', `/v1/records/contact/external_id:${key}`)).status;
    for (const effect of ['rate_limited', 'error', 'unavailable']) {
      await inject({ method: 'PATCH', path, effect, count: 1 });
      await write('D-1');
      expect(await status('D-1')).toBe(404);
    }
    await inject({ method: 'PATCH', path, effect: 'cut_off', count: 1 });
    await expect(write('D-2')).rejects.toThrow();
    expect(await status('D-2')).toBe(200);
    expect((await write('D-2')).body.outcome).toBe('unchanged');
    await inject({ method: 'PATCH', path, effect: 'slow', ms: 300, count: 1 });
    const startedAt = performance.now();
    expect((await write('D-3')).status).toBe(201);
    expect(performance.now() - startedAt).toBeGreaterThan(295);
  });

  it('cuts an answer off after its head and a part of its body', async () => {
    await inject({ path: calls.native, effect: 'cut_off', count: 1 });
    const answer = await fetch(`${double.url}${calls.native}`, { headers: { authorization: 'Bearer kw_demo_admin' } });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    expect((await double.call('GET', calls.native)).status).toBe(200);
  });

  it('never hits what steers the double, or tells whether it is alive', async () => {
    await inject({ effect: 'error' });
    expect((await double.call('GET', '/v1/double/clock')).status).toBe(200);
    expect((await double.call('GET', '/health/ready')).status).toBe(200);
    expect((await double.call('GET', '/v1/doubles')).status).toBe(404);
    expect((await double.call('GET', '/v1/me')).status).toBe(500);
  });

  it('is gone when it is removed, alone or with all', async () => {
    const { body: first } = await inject({ effect: 'error', path: '/v1/me' });
    await inject({ effect: 'error', path: '/v1/schema' });
    expect((await double.call('DELETE', `/v1/double/faults/${first.id}`)).status).toBe(204);
    expect((await double.call('DELETE', `/v1/double/faults/${first.id}`)).body).toMatchObject({
      status: 404,
      code: 'unknown_fault',
    });
    expect((await double.call('GET', '/v1/me')).status).toBe(200);
    await double.call('POST', '/v1/double/reset');
    expect(await faults()).toEqual([]);
  });

  it.each([
    ['without effect', {}, 'effect'],
    ['an unknown effect', { effect: 'explode' }, 'rate_limited'],
    ['an unknown member', { effect: 'error', paht: '/x' }, 'paht'],
    ['a dialect that is not served', { effect: 'error', dialect: 'salesforce' }, 'native'],
    ['slow, and not how slow', { effect: 'slow' }, 'ms'],
    ['a count of none', { effect: 'error', count: 0 }, 'count'],
    ['text', 'effect: error', 'object'],
  ])('is refused when it is %s', async (_what, rule, named) => {
    const { status, body } = await double.call('POST', '/v1/double/faults', rule);
    expect(status).toBe(422);
    expect(JSON.stringify(body.problems)).toContain(named);
    expect(await faults()).toEqual([]);
  });
});
