// The elements of a run that are kept. Those that came as XML: relatics/kept-elements.test.ts.
import { describe, expect, it } from 'vitest';
import { amend, merged } from '../../../../test/steps.ts';
import { type Answer, adminOf, demoServer, type Json, reasons } from '../test-client.ts';

const runsUrl = '/v1/interfaces/myendpoint/runs';

describe('the kept elements of a run', async () => {
  const { call, hub } = await demoServer();
  const send = async (body: unknown, headers: Record<string, string> = {}): Promise<Json> => {
    const answer: Answer = await call('POST', runsUrl, { body, headers });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  const elements = async (run: Json, query = ''): Promise<Json[]> =>
    (await call('GET', `/v1/runs/${run.id}/elements${query}`)).body.items;

  const rows = [
    { external_id: 'K-1', name: 'Made' },
    { external_id: 'K-2', name: 'Half', length: 'long' },
    { external_id: 'K-3', nmae: { odd: ['one', 2] } },
    { external_id: 'K-\u0000', name: 'Bad key' },
  ];
  const kept = [
    { place: 0, key: 'K-1', outcome: 'created', row: rows[0] },
    { place: 1, key: 'K-2', outcome: 'created', row: rows[1] },
    { place: 2, key: 'K-3', outcome: 'created', row: rows[2] },
    { place: 3, key: 'K-\uFFFD', outcome: 'rejected', record: null, row: rows[3] },
  ];

  it.each([
    ['an array', 'application/json', JSON.stringify(rows)],
    ['NDJSON', 'application/x-ndjson', rows.map((row) => `${JSON.stringify(row)}\n`).join('')],
  ])('are as they were sent, in %s', async (_name, type, body) => {
    await send([]);
    const run = await send(body, { 'content-type': type });
    expect(run.elements_url).toMatch(new RegExp(`/v1/runs/${run.id}/elements$`));
    const list = await elements(run);
    const made = kept.map((one) => ({ ...one, outcome: one.outcome.replace('created', list[0].outcome) }));
    expect(list).toMatchObject(made);
    expect(list.map(({ source }: Json) => JSON.parse(source))).toEqual(rows);
    expect(list[0].record).toMatchObject({ type: 'element' });
  });

  it('are as they were sent, in CSV', async () => {
    await send([]);
    const run = await send('external_id,name,length,_nmae\nK-1,"Made, twice",2,\nK-2,,long,x\n', {
      'content-type': 'text/csv',
    });
    const list = await elements(run);
    expect(list.map(({ row }: Json) => row)).toEqual([
      { external_id: 'K-1', name: 'Made, twice', length: 2 },
      { external_id: 'K-2', length: 'long', _nmae: 'x' },
    ]);
    expect(JSON.parse(list[1].source)).toEqual({ external_id: 'K-2', name: '', length: 'long', _nmae: 'x' });
  });

  it('are not those that came before and are unchanged, and so again in a queued run', async () => {
    await send(rows);
    const again = await send([...rows, { external_id: 'K-5', name: 'New' }]);
    expect(again.counts).toMatchObject({ received: 5, unchanged: 3, created: 1, rejected: 1 });
    // With an issue an element is judged each time.
    expect((await elements(again)).map(({ key, outcome }: Json) => [key, outcome])).toEqual([
      ['K-2', 'unchanged'],
      ['K-3', 'unchanged'],
      ['K-\uFFFD', 'rejected'],
      ['K-5', 'created'],
    ]);
    const { status, body } = await call('POST', `${runsUrl}?wait=0`, {
      body: [{ external_id: 'K-1', name: 'Queued' }],
    });
    expect(status).toBe(202);
    await expect.poll(async () => (await call('GET', `/v1/runs/${body.id}`)).body.state).toBe('applied');
    expect(await elements(body)).toMatchObject([{ place: 0, outcome: 'updated', row: { name: 'Queued' } }]);
  });

  it('have all of those that came twice, by whatever rule', async () => {
    const twice = [
      { external_id: 'D-1', name: 'First' },
      { external_id: 'D-1', name: 'Last' },
    ];
    const rule = (duplicates: string) => call('PATCH', '/v1/interfaces/myendpoint', { body: { duplicates } });
    const outcomesOf = async (body: object[]): Promise<unknown[]> =>
      (await elements(await send(body))).map(({ place, outcome, source }: Json) => [place, outcome, source !== null]);
    await send([]);
    expect(await outcomesOf(twice)).toEqual([
      [0, 'created', true],
      [1, 'superseded', true],
    ]);
    // The first is known by its hash, and the second is not: nothing changed.
    expect(await outcomesOf(twice)).toEqual([[1, 'superseded', true]]);
    expect(await outcomesOf([twice[0] as object, twice[0] as object])).toEqual([[1, 'superseded', true]]);
    await rule('last');
    await send(twice.slice(0, 1));
    expect(await outcomesOf(twice)).toEqual([
      [0, 'superseded', false],
      [1, 'updated', true],
    ]);
    expect(await outcomesOf([twice[1] as object, twice[1] as object])).toEqual([[0, 'superseded', true]]);
    await rule('refuse');
    expect(await outcomesOf([twice[1] as object, twice[1] as object])).toEqual([
      [0, 'rejected', true],
      [1, 'rejected', true],
    ]);
    await rule('first');
  });

  it('are chosen by outcome and by key, and paged', async () => {
    const run = await send([...rows, { external_id: 'P-1', name: 'New' }]);
    const keys = async (query: string): Promise<unknown[]> => (await elements(run, query)).map(({ key }: Json) => key);
    expect(await keys('?outcome=rejected')).toEqual(['K-\uFFFD']);
    expect(await keys('?outcome=rejected,created')).toEqual(['K-\uFFFD', 'P-1']);
    expect(await keys('?key=K-2')).toEqual(['K-2']);
    expect(await keys('?key=%00')).toEqual([]);
    expect(await keys('?severity=error')).toEqual(['K-2', 'K-\uFFFD']);
    expect(await keys('?severity=warning')).toEqual(['K-3']);
    expect(await keys('?severity=error&outcome=rejected')).toEqual(['K-\uFFFD']);
    const page = (await call('GET', `/v1/runs/${run.id}/elements?limit=3`)).body;
    expect(page.items).toHaveLength(3);
    const next = (await call('GET', `/v1/runs/${run.id}/elements?limit=3&cursor=${page.next}`)).body;
    expect(next.items.map(({ key }: Json) => key)).toEqual(['K-\uFFFD', 'P-1']);
    expect(next.next).toBeNull();
    const wrong = await call('GET', `/v1/runs/${run.id}/elements?outcome=lost`);
    expect(reasons(wrong)).toEqual([['parameter_invalid', 'query.outcome']]);
    const foreign = await call('GET', `/v1/runs/${run.id}/elements?outcome=rejected&cursor=${page.next}`);
    expect(foreign.status).toBe(400);
  });

  it('are kept without the text of one that is very long', async () => {
    const run = await send([{ external_id: 'L-1', name: 'x'.repeat(70_000) }]);
    expect(await elements(run)).toMatchObject([{ key: 'L-1', row: null, source: null }]);
  });

  it('are nobody’s who may not read the record type, and none of a plan', async () => {
    const run = await send([{ external_id: 'R-1', name: 'Secret' }]);
    const made = await call('POST', '/v1/keys', {
      body: { label: 'blind', role: 'member', grants: { contact: ['read'] } },
    });
    const blind = await call('GET', `/v1/runs/${run.id}/elements`, { as: made.body.secret });
    expect([blind.status, blind.body.code]).toEqual([404, 'unknown_run']);
    expect((await call('GET', '/v1/runs/999999/elements')).body.code).toBe('unknown_run');
    const twice = { external_id: 'R-1', name: 'Secret' };
    await call('POST', `${runsUrl}?plan=true`, { body: [twice, twice, { external_id: 'R-2' }] });
    const [planned] = (await call('GET', `${runsUrl}?state=planned`)).body.items;
    expect(planned.issues).toBe(1);
    expect(await elements(planned)).toEqual([]);
  });

  it('are shown as they were sent where the schema cannot read them any more', async () => {
    const run = await send([{ external_id: 'S-1', parts: 'x y' }]);
    expect((await elements(run))[0].row).toEqual({ external_id: 'S-1', parts: 'x y' });
    const links = { 'element.parts': { to: 'contact', inverse: 'elements_of_parts' } } as const;
    await amend(hub, await adminOf(hub), (current) => merged(current, { links }));
    expect(await elements(run)).toMatchObject([{ row: null, source: expect.stringContaining('x y') }]);
  });
});
