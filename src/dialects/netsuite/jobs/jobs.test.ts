import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { query } from '../../../../test/steps.ts';
import { type Answer, demoServer, errorOf, type Json, records } from '../test-client.ts';

const async = { prefer: 'respond-async' };
const collection = 'application/vnd.oracle.resource+json; type=collection';

describe('asynchronous calls', async () => {
  const { send, origin, databaseUrl } = await demoServer();
  const get = (url: string, authorization?: string): Promise<Answer> =>
    send('GET', url.replace(origin, ''), authorization === undefined ? {} : { authorization });
  const jobOf = (answer: Answer): string => {
    expect([answer.status, answer.body]).toEqual([202, undefined]);
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
    return answer.headers.get('location') ?? '';
  };
  const resultsOf = async (job: string): Promise<Answer[]> => {
    const { body } = await get(`${job}/task`);
    return Promise.all(body.items.map(({ links: [link] }: Json) => get(`${link.href}/result`)));
  };

  it('are accepted as a job of one task, whose result is what would have been answered at once', async () => {
    const body = { companyName: 'Async', nonsense: 1 };
    const answer = await send('POST', `${records}/customer`, { body, headers: async });
    const job = jobOf(answer);
    const id = /(\d+)$/.exec(job)?.[1] ?? '';
    expect(job).toBe(`${origin}/services/rest/async/v1/job/${id}`);
    const shown = await get(job);
    expect(shown.headers.get('content-type')).toBe('application/json');
    expect(shown.body).toEqual({
      links: [{ rel: 'self', href: job }],
      completed: true,
      id,
      progress: 'succeeded',
      task: { links: [{ rel: 'self', href: `${job}/task` }] },
    });
    const tasks = await get(`${job}/task/`);
    expect(tasks.headers.get('content-type')).toBe(collection);
    expect(tasks.body).toMatchObject({
      count: 1,
      hasMore: false,
      items: [{ links: [{ rel: 'self', href: `${job}/task/1` }], id: '1' }],
      totalResults: 1,
    });
    expect((await get(`${job}/task/1`)).body).toEqual({
      links: [
        { rel: 'related', href: `${job}/task/1/result` },
        { rel: 'self', href: `${job}/task/1` },
      ],
      completed: true,
      id: '1',
      progress: 'succeeded',
      startTime: expect.stringMatching(/^\d{4}-.*Z$/),
      endTime: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    const result = await get(`${job}/task/1/result`);
    expect([result.status, result.body]).toEqual([204, undefined]);
    expect(result.headers.get('x-netsuite-propertyvalidation')).toBe("Unknown property 'nonsense'");
    const made = result.headers.get('location') ?? '';
    expect((await get(made)).body).toMatchObject({ companyName: 'Async' });
  });

  it('keep an error with its status for the result, while the job has succeeded', async () => {
    const path = `${records}/customer/999999/!attach/contact/106`;
    const job = jobOf(await send('POST', path, { headers: async }));
    expect((await get(job)).body).toMatchObject({ completed: true, progress: 'succeeded' });
    expect((await get(`${job}/task/1`)).body).toMatchObject({ completed: true, progress: 'failed' });
    const result = await get(`${job}/task/1/result`);
    expect(errorOf(result)).toMatchObject({ status: 404, 'o:errorCode': 'NONEXISTENT_ID', 'o:errorUrl': path });
    expect(result.status).toBe(404);
    expect(result.headers.get('content-type')).toBe('application/vnd.oracle.resource+json; type=error');
  });

  it.each([
    ['POST', 'customer/660/!attach/contact/106', 204],
    ['POST', 'customer/660/!detach/contact/106', 204],
    ['GET', 'customer', 200],
    ['GET', 'customer/660?fields=entityId', 200],
    ['GET', 'customer/660/contactRoles', 200],
    ['PATCH', 'customer/660', 204],
    ['PUT', 'customer/eid:async-put', 204],
    ['DELETE', 'customer/eid:async-put', 204],
  ])('%s %s may be one', async (method, path, status) => {
    const answer = await send(method, `${records}/${path}`, { headers: async });
    const [result] = await resultsOf(jobOf(answer));
    expect(result?.status).toBe(status);
    if (status === 200) expect(result?.body).toEqual((await get(`${records}/${path}`)).body);
  });

  it('take no notice of other preferences, and read several at once', async () => {
    const headers = { prefer: 'transient, RESPOND-ASYNC; x=1' };
    expect((await send('PATCH', `${records}/customer/660`, { body: {}, headers })).status).toBe(202);
    expect(
      (await send('PATCH', `${records}/customer/660`, { body: {}, headers: { prefer: 'transient' } })).status,
    ).toBe(204);
  });

  describe('with an idempotency key', () => {
    it('are done once; a repetition is shown the first job', async () => {
      const key = randomUUID();
      const headers = { ...async, 'X-NetSuite-Idempotency-Key': key };
      const create = (companyName: string): Promise<Answer> =>
        send('POST', `${records}/customer`, { body: { companyName }, headers });
      const job = jobOf(await create('Once'));
      for (const same of [key, key.toUpperCase()]) {
        const answer = await send('POST', `${records}/customer`, {
          body: { companyName: 'Twice' },
          headers: { ...async, 'x-netsuite-idempotency-key': same },
        });
        expect(answer.status).toBe(400);
        expect(answer.headers.get('location')).toBe(job);
        expect(answer.headers.get('preference-applied')).toBe('respond-async');
        expect(answer.body).toEqual({
          type: expect.any(String),
          title: 'Conflict',
          status: 400,
          'o:errorDetails': [
            {
              detail:
                'A request with the same idempotency key is already submitted. See the "Location" header for a link to the previously submitted job',
              'o:errorCode': 'IDEMPOTENCY_ERROR',
            },
          ],
        });
      }
      expect((await get(`${records}/customer?q=companyName%20IS%20Twice`)).body.totalResults).toBe(0);
      expect((await get(`${records}/customer?q=companyName%20IS%20Once`)).body.totalResults).toBe(1);
    });

    it('are done once, however many arrive at once', async () => {
      const headers = { ...async, 'X-NetSuite-Idempotency-Key': randomUUID() };
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          send('POST', `${records}/customer`, { body: { companyName: 'Race of jobs' }, headers }),
        ),
      );
      expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
      expect(new Set(answers.map((answer) => answer.headers.get('location'))).size).toBe(1);
      expect((await get(`${records}/customer?q=companyName%20IS%20%22Race%20of%20jobs%22`)).body.totalResults).toBe(1);
    });

    it('must be given a UUID, and are given none by calls that are done at once', async () => {
      const headers = { ...async, 'X-NetSuite-Idempotency-Key': 'my key' };
      const refused = await send('POST', `${records}/customer`, { body: {}, headers });
      expect(errorOf(refused)).toMatchObject({
        status: 400,
        'o:errorCode': 'INVALID_HEADER',
        'o:errorHeader': 'X-NetSuite-Idempotency-Key',
      });
      const key = { 'X-NetSuite-Idempotency-Key': randomUUID() };
      for (const _ of [1, 2])
        expect((await send('POST', `${records}/customer`, { body: {}, headers: key })).status).toBe(204);
    });
  });

  it('are nobody else’s to look at, and no job is an error', async () => {
    const job = jobOf(
      await send('GET', `${records}/customer/660`, { headers: async, authorization: 'Bearer kw_demo_power' }),
    );
    expect((await get(job)).status).toBe(200); // an administrator
    for (const path of ['', '/task', '/task/1', '/task/1/result']) {
      const answer = await get(`${job}${path}`, 'Bearer kw_demo_member');
      expect(errorOf(answer)).toMatchObject({ status: 404, 'o:errorCode': 'NONEXISTENT_ID' });
    }
    for (const path of ['/task/0', '/task/2', '/task/x', '/task/2/result']) {
      expect((await get(`${job}${path}`)).status).toBe(404);
    }
    for (const id of ['0', 'x', '999999999999999999', '-1']) {
      expect((await get(`/services/rest/async/v1/job/${id}`)).status).toBe(404);
    }
  });

  it('have no result while they are at work, and have failed when their server died', async () => {
    const job = jobOf(await send('GET', `${records}/customer/660`, { headers: async }));
    const unended = (age: string): Promise<unknown> =>
      query(
        databaseUrl,
        `update job set results = null, ended_at = null, started_at = now() - $1::interval where job = $2`,
        [age, Number(/\d+$/.exec(job)?.[0])],
      );
    await unended('1 second');
    expect((await get(job)).body).toMatchObject({ completed: false, progress: 'processing' });
    expect((await get(`${job}/task/1`)).body).toMatchObject({ completed: false, progress: 'processing' });
    expect(errorOf(await get(`${job}/task/1/result`))).toMatchObject({ status: 404, 'o:errorCode': 'NONEXISTENT_ID' });
    await unended('1 hour');
    expect((await get(job)).body).toMatchObject({ completed: true, progress: 'failed' });
    expect((await get(`${job}/task/1`)).body).toMatchObject({ completed: true, progress: 'failed' });
    expect(errorOf(await get(`${job}/task/1/result`))).toMatchObject({
      status: 500,
      'o:errorCode': 'UNEXPECTED_ERROR',
    });
  });
});

describe('batches', async () => {
  const { send } = await demoServer();
  const batch = (method: string, path: string, items?: unknown, prefer = 'respond-async'): Promise<Answer> =>
    send(method, `${records}/${path}`, {
      headers: { prefer, ...(items === undefined ? {} : { 'content-type': collection }) },
      ...(items === undefined ? {} : { body: { items } }),
    });
  const resultsOf = async (answering: Promise<Answer>): Promise<Answer[]> => {
    const answer = await answering;
    expect([answer.status, answer.body]).toEqual([202, undefined]);
    const job = new URL(answer.headers.get('location') ?? '').pathname;
    const { body } = await send('GET', `${job}/task`);
    return Promise.all(body.items.map(({ id }: Json) => send('GET', `${job}/task/${id}/result`)));
  };
  const outcomes = (results: readonly Answer[]): unknown[] =>
    results.map((result) => (result.status < 400 ? result.status : errorOf(result)['o:errorCode']));
  const read = async (path: string): Promise<Json> => (await send('GET', `${records}/${path}`)).body;

  it('create each item for itself, later ones with references to earlier ones', async () => {
    const results = await resultsOf(
      batch('POST', 'customer', [
        { externalId: 'B1', companyName: 'One' },
        { externalId: 'B1', companyName: 'Two' },
        'nothing',
        { companyName: 'x'.repeat(1000) },
        { externalId: 'B2' },
      ]),
    );
    expect(outcomes(results)).toEqual([204, 'USER_ERROR', 'INVALID_CONTENT', 'INVALID_CONTENT', 204]);
    expect(results[0]?.headers.get('location')).toMatch(/\/customer\/\d+$/);
    expect(await read('customer/eid:B1')).toMatchObject({ companyName: 'One' });
    const parts = await resultsOf(
      batch('PUT', 'buildingComponent', [
        { externalId: 'P1', name: 'P1', supplier: { externalId: 'user1' } },
        { externalId: 'P1', weight: 3 },
      ]),
    );
    expect(outcomes(parts)).toEqual([204, 204]);
    expect(await read('buildingComponent/eid:P1')).toMatchObject({ weight: 3, supplier: { id: '106' } });
  });

  it('update by id, or by external id, and the id wins', async () => {
    const [a = '', b = ''] = (
      await resultsOf(batch('PUT', 'customer', [{ externalId: 'U-A' }, { externalId: 'U-B' }]))
    ).map(({ headers }) => /\d+$/.exec(headers.get('location') ?? '')?.[0]);
    const results = await resultsOf(
      batch('PATCH', 'customer', [
        { id: a, phone: '1' },
        { id: Number(b), EXTERNALID: 'U-C', phone: '2' },
        { externalId: 'U-A', email: 'a@example.test' },
        { externalId: 'U-Z' },
        { phone: '3' },
      ]),
    );
    expect(outcomes(results)).toEqual([204, 204, 204, 'NONEXISTENT_ID', 'INVALID_CONTENT']);
    expect(await read(`customer/${a}`)).toMatchObject({ phone: '1', email: 'a@example.test', externalId: 'U-A' });
    expect(await read(`customer/${b}`)).toMatchObject({ phone: '2', externalId: 'U-C' });
  });

  it('upsert by external id only', async () => {
    const results = await resultsOf(batch('PUT', 'customer', [{ id: '660', phone: '1' }, { externalId: 'é/ %?|' }]));
    expect(outcomes(results)).toEqual(['INVALID_CONTENT', 'NONEXISTENT_ID']);
  });

  it('read and delete by ids of both forms', async () => {
    await resultsOf(batch('PUT', 'customer', [{ externalId: 'D1', phone: '1' }, { externalId: 'b, c' }]));
    const ids = "eid:D1,eid:'b, c',660,eid:none,x";
    const found = await resultsOf(
      batch('GET', `customer?expandRecords=true&fields=phone,externalId&ids=${encodeURIComponent(ids)}`),
    );
    expect(outcomes(found)).toEqual([200, 200, 200, 'NONEXISTENT_ID', 'INVALID_ID']);
    expect(found[0]?.body).toMatchObject({ phone: '1', externalId: 'D1' });
    expect(found[0]?.body.links[0].href).toMatch(/\/customer\/\d+\?fields=phone%2CexternalId$/);
    expect(Object.keys(found[2]?.body)).toEqual(['links', 'id', 'externalId']);
    expect(found[3]?.body['o:errorDetails'][0]['o:errorUrl']).toBe(`${records}/customer/eid%3Anone`);
    const gone = await resultsOf(batch('DELETE', `customer?ids=${encodeURIComponent("eid:D1,eid:'b, c',eid:D1")}`));
    expect(outcomes(gone)).toEqual([204, 204, 'NONEXISTENT_ID']);
  });

  it('take a hundred items, in turn or at once', async () => {
    const items = Array.from({ length: 100 }, (_, index) => ({ externalId: `many-${index}` }));
    for (const prefer of ['respond-async', 'respond-async, batch-processing="parallel"']) {
      const results = await resultsOf(batch('PUT', 'contact', items, prefer));
      expect(results).toHaveLength(100);
      expect(new Set(outcomes(results))).toEqual(new Set([204]));
    }
  });

  it.each([
    ['POST', 'customer', [{}], 'transient', 400, 'INVALID_HEADER', { 'o:errorHeader': 'Prefer' }],
    ['DELETE', 'customer?ids=1', undefined, 'transient', 400, 'INVALID_HEADER', { 'o:errorHeader': 'Prefer' }],
    ['POST', 'customer', [], undefined, 400, 'INVALID_CONTENT', { 'o:errorPath': 'items' }],
    ['POST', 'customer', Array(101).fill({}), undefined, 400, 'INVALID_CONTENT', { 'o:errorPath': 'items' }],
    ['POST', 'customer', 'items', undefined, 400, 'INVALID_CONTENT', { 'o:errorPath': 'items' }],
    ['POST', 'nothing', [{}], undefined, 404, 'NOT_FOUND', {}],
    ['DELETE', 'customer', undefined, undefined, 400, 'INVALID_PARAMETER', { 'o:errorQueryParam': 'ids' }],
    ['DELETE', 'customer?ids=,', undefined, undefined, 400, 'INVALID_PARAMETER', { 'o:errorQueryParam': 'ids' }],
    ['GET', 'customer?ids=1', undefined, undefined, 400, 'INVALID_PARAMETER', { 'o:errorQueryParam': 'expandRecords' }],
    ['PATCH', 'customer', undefined, undefined, 415, 'INVALID_HEADER', { 'o:errorHeader': 'Content-Type' }],
  ])('%s %s with %j and %s is %d %s', async (method, path, items, prefer, status, code, locator) => {
    expect(errorOf(await batch(method, path, items, prefer))).toMatchObject({
      status,
      'o:errorCode': code,
      ...locator,
    });
  });

  it('are judged by what their sender may do, item by item', async () => {
    const { status, headers } = await send('DELETE', `${records}/customer?ids=660,999999`, {
      headers: async,
      authorization: 'Bearer kw_demo_member',
    });
    expect(status).toBe(202);
    const job = new URL(headers.get('location') ?? '').pathname;
    const results = [1, 2].map((task) =>
      send('GET', `${job}/task/${task}/result`, { authorization: 'Bearer kw_demo_member' }),
    );
    expect(outcomes(await Promise.all(results))).toEqual(['INSUFFICIENT_PERMISSION', 'INSUFFICIENT_PERMISSION']);
  });

  it('are no bodies of a single record', async () => {
    const answer = await batch('PATCH', 'customer/660', [{}]);
    expect(errorOf(answer)).toMatchObject({ status: 415, 'o:errorHeader': 'Content-Type' });
  });
});
