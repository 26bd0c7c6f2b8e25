// CSV whose numbers have a decimal comma, as spreadsheets of many countries write them: said, and never guessed.
import { describe, expect, it } from 'vitest';
import { amend, merged } from '../../../../test/steps.ts';
import { adminOf, demoServer, type Json, reasons } from '../test-client.ts';

describe('CSV with decimal commas', async () => {
  const { call, hub } = await demoServer();
  await amend(hub, await adminOf(hub), (current) =>
    merged(current, { types: { reading: { fields: { incurred: { type: 'decimal' }, pieces: { type: 'integer' } } } } }),
  );
  const csv = { 'content-type': 'text/csv' };
  const imported = async (cells: readonly string[], query: string): Promise<Json> => {
    const body = `external_id,incurred\n${cells.map((cell, index) => `D-${index},"${cell}"\n`).join('')}`;
    return (await call('POST', `/v1/records/reading/import${query}`, { body, headers: csv })).body;
  };
  const stored = async (key: string): Promise<unknown> =>
    (await call('GET', `/v1/records/reading/external_id:${key}`)).body.fields.incurred;

  it('are read by whoever says so, with or without points between thousands', async () => {
    const cells = ['1.234,5', '1234,5', '-0,25', '1.234', '12', '1.234.567,89'];
    expect((await imported(cells, '?decimal=comma')).counts).toMatchObject({ created: 6, rejected: 0 });
    const values = await Promise.all(cells.map((_, index) => stored(`D-${index}`)));
    expect(values).toEqual([1234.5, 1234.5, -0.25, 1234, 12, 1234567.89]);
  });

  it('are refused where nobody says so, and 1.234 is what it says', async () => {
    const { counts } = await imported(['1.234', '1,5', '1.234,5'], '');
    expect(counts).toMatchObject({ received: 3, rejected: 2 });
    expect(await stored('D-0')).toBe(1.234);
  });

  it('leave what is no such number to be refused, as it was sent', async () => {
    const cells = ['12.5', '1.23', '1,234.5', '1,2,3', '.5', '1e3', '1,', ',5', '12.34,5'];
    const answer = await imported(cells, '?decimal=comma');
    expect(answer.counts).toMatchObject({ received: cells.length, rejected: cells.length });
    expect(answer.rejected[0].violations).toMatchObject([
      { code: 'value_invalid', path: 'fields.incurred', message: expect.stringContaining('12.5') },
    ]);
  });

  it('are read in whole numbers too, and nowhere else', async () => {
    const body = 'external_id,pieces,name\nD-9,"1.234","1.234,5"\n';
    await call('POST', '/v1/records/reading/import?decimal=comma', { body, headers: csv });
    const { fields } = (await call('GET', '/v1/records/reading/external_id:D-9')).body;
    expect(fields).toMatchObject({ pieces: 1234, name: '1.234,5' });
  });

  it('have to be said again by whoever goes on with an import', async () => {
    const head = 'external_id,incurred\n';
    const send = (query: string, body: string) =>
      call('POST', `/v1/records/reading/import${query}`, { body, headers: csv });
    const { import: id } = (await send('?decimal=comma', `${head}D-20,"1.23`)).body.violations[0];
    const rest = `${head}D-20,"1.234"\n`;
    const refused = (await send(`?import=${id}`, rest)).body;
    expect(refused.code).toBe('import_mismatch');
    expect(refused.violations[0].begun_with).toMatchObject({ decimal: 'comma' });
    expect((await send(`?import=${id}&decimal=comma`, rest)).status).toBe(200);
    expect(await stored('D-20')).toBe(1234);
  });

  it('are read in complete sets, also when these are planned, queued or replayed', async () => {
    const body = 'external_id,name,length\nL-1,Pump,"1.081,5"\nL-\u0000,Bad key,"2,5"\n';
    const runs = '/v1/interfaces/myendpoint/runs';
    const send = (query: string) => call('POST', `${runs}?decimal=comma${query}`, { body, headers: csv });
    const plan = await send('&plan=true');
    expect(plan.body.items[0].fields).toContainEqual({ field: 'length', before: null, after: 1081.5 });
    expect((await send(`&plan_id=${plan.body.plan_id}`)).body.counts).toMatchObject({ created: 1, rejected: 1 });
    const queued = await send('&wait=0');
    await expect.poll(async () => (await call('GET', `/v1/runs/${queued.body.id}`)).body.state).toBe('partial');
    const run = (await call('GET', `/v1/runs/${queued.body.id}`)).body;
    expect(run.counts).toMatchObject({ unchanged: 1, rejected: 1 });
    const [kept] = (await call('GET', `/v1/runs/${run.id}/elements?outcome=rejected`)).body.items;
    expect(kept.row).toMatchObject({ length: 2.5 });
  });

  it('are read in the rows that a replay is given, where they are said there', async () => {
    const post = (path: string, body: string) => call('POST', path, { body, headers: csv });
    const { body: run } = await post('/v1/interfaces/myendpoint/runs', 'external_id,length\nL-2,long\n');
    const mended = 'external_id,length\nL-2,"1.234"\n';
    const length = async (): Promise<unknown> =>
      (await call('GET', '/v1/records/element/external_id:L-2')).body.fields.length;
    expect((await post(`/v1/runs/${run.id}/replay`, mended)).body.issues).toEqual([]);
    expect(await length()).toBe(1.234);
    const replayed = await post(`/v1/runs/${run.id}/replay?decimal=comma`, mended);
    expect(replayed.body.issues).toEqual([]);
    expect(await length()).toBe(1234);
  });

  it('are said of CSV, and of nothing else: a number of JSON is what it is', async () => {
    const set = [{ external_id: 'L-3', length: 1.234 }];
    await call('POST', '/v1/interfaces/myendpoint/runs?decimal=comma', { body: set });
    const element = await call('GET', '/v1/records/element/external_id:L-3');
    expect(element.body.fields.length).toBe(1.234);
    const rows = [{ external_id: 'D-30', incurred: 1.234 }];
    await call('POST', '/v1/records/reading/import?decimal=comma', { body: rows });
    expect(await stored('D-30')).toBe(1.234);
  });

  it('are said by one of two words', async () => {
    const answer = await call('POST', '/v1/records/reading/import?decimal=semicolon', {
      body: 'external_id\n',
      headers: csv,
    });
    expect(answer.status).toBe(400);
    expect(reasons(answer)[0]?.[1]).toBe('query.decimal');
  });
});
