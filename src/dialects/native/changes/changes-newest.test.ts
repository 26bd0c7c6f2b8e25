import { describe, expect, it } from 'vitest';
import { query } from '../../../../test/steps.ts';
import { type Answer, demoServer, type Json, reasons } from '../test-client.ts';

describe('the change feed, the newest first', async () => {
  const { call, databaseUrl } = await demoServer();
  const read = (more = '', as = 'admin'): Promise<Answer> => call('GET', `/v1/changes?order=newest${more}`, { as });
  const names = (items: Json[]): unknown[] => items.map(({ after }) => after.name);
  const rows = (count: number, name: string): object[] =>
    Array.from({ length: count }, (_, index) => ({ external_id: `${name}-${index}`, name: `${name} ${index}` }));

  it('is the feed turned around', async () => {
    for (const name of ['one', 'two']) await call('POST', '/v1/records/contact/import', { body: rows(3, name) });
    const newest = (await read('&limit=1000')).body;
    const oldest = (await call('GET', '/v1/changes?after=&limit=1000')).body;
    expect(names(newest.items).slice(0, 3)).toEqual(['two 2', 'two 1', 'two 0']);
    expect(newest.items).toEqual([...oldest.items].reverse());
    expect(newest.more).toBe(false);
  });

  it.each([1, 2, 4])('gives each change once by pages of %i, whatever comes meanwhile', async (limit) => {
    const whole = (await read('&limit=1000')).body.items;
    const seen: Json[] = [];
    let [after, more] = ['', true];
    while (more) {
      const { body } = await read(`&limit=${limit}&after=${after}`);
      seen.push(...body.items);
      [after, more] = [body.next, body.more];
      if (seen.length === limit) await call('POST', '/v1/records/contact/import', { body: rows(1, `later${limit}`) });
    }
    expect(seen).toEqual(whole);
  });

  it('passes over what was not asked for, and what the key may not read', async () => {
    await call('POST', '/v1/records/claim', { body: { fields: { claim_number: 'C-9' } } });
    const claims = (await read('&type=claim&kind=created&limit=1')).body.items;
    expect(claims).toMatchObject([{ type: 'claim', kind: 'created', after: { claim_number: 'C-9' } }]);
    expect((await read('&cause=-native&limit=1000')).body.items.some(({ via }: Json) => via === 'native')).toBe(false);
    const { body } = await call('POST', '/v1/keys', { body: { label: 'reader', grants: { contact: ['read'] } } });
    const seen = (await read('&limit=1000', body.secret)).body.items;
    expect(new Set(seen.map(({ type }: Json) => type))).toEqual(new Set(['contact']));
  });

  it('is of a time', async () => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
    const times: string[] = [];
    for (const name of ['before', 'within', 'afterwards']) {
      await pause();
      times.push(new Date().toISOString());
      await pause();
      await call('POST', '/v1/records/contact/import', { body: rows(2, name) });
    }
    const [, since, until] = times;
    const within = (await read(`&since=${since}&until=${until}`)).body;
    expect([names(within.items), within.more]).toEqual([['within 1', 'within 0'], false]);
    const [, committed] = await query<{ at: Date }>(databaseUrl, 'select at from commit order by commit desc limit 2');
    const at = committed?.at.toISOString();
    expect(names((await read(`&since=${at}&until=${until}`)).body.items)).toEqual(['within 1', 'within 0']);
    expect((await read(`&since=${since}&until=${at}`)).body.items).toEqual([]);
    const first = (await read(`&since=${since}&until=${until}&limit=1`)).body;
    const second = (await read(`&since=${since}&until=${until}&limit=1&after=${first.next}`)).body;
    expect(names([...first.items, ...second.items])).toEqual(['within 1', 'within 0']);
    const third = (await read(`&since=${since}&until=${until}&limit=1&after=${second.next}`)).body;
    expect([third.items, third.more]).toEqual([[], false]);
    expect(names((await read(`&since=${since}&limit=1000`)).body.items)).toHaveLength(4);
    expect(names((await read(`&until=${since}&limit=2`)).body.items)).toEqual(['before 1', 'before 0']);
    expect((await read('&since=2999-01-01T00:00:00Z')).body.items).toEqual([]);
    expect((await read('&until=1999-01-01T00:00:00Z')).body).toMatchObject({ items: [], more: false });
    expect(reasons(await read('&since=yesterday'))).toEqual([['parameter_invalid', 'query.since']]);
    const onwards = await call('GET', `/v1/changes?until=${until}`);
    expect(reasons(onwards)).toEqual([['parameter_invalid', 'query.until']]);
  });

  it('is for whoever looks, not for whoever waits', async () => {
    expect(reasons(await read('&wait=1'))).toEqual([['parameter_invalid', 'query.wait']]);
    const stream = await call('GET', '/v1/changes?order=newest', { headers: { accept: 'text/event-stream' } });
    expect(reasons(stream)).toEqual([['parameter_invalid', 'query.order']]);
    expect(reasons(await read('&after=nowhere'))).toEqual([['cursor_invalid', 'query.after']]);
  });
});
