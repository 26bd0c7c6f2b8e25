import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../../test/fresh-server.ts';
import { zendeskDialect } from '../index.ts';
import { defaultOptions } from '../options.ts';
import {
  type Answer,
  basic,
  clientOf,
  credentials,
  demoServer,
  must,
  newObject,
  problemsOf,
  recordsOf,
} from '../test-client.ts';

const server = demoServer();
const admin = clientOf(() => server.origin);
const member = clientOf(() => server.origin, credentials.member);

const ulid = expect.stringMatching(/^[0-9A-Z]{26}$/);
const post = (path: string, action: unknown, items: unknown, client = admin): Promise<Answer> =>
  client.post(`${path}/jobs`, { job: { action, items } });

/** The results of a job, once it is completed. */
async function resultsOf(answering: Promise<Answer>): Promise<unknown[]> {
  const { body } = await must(answering, 201);
  const { body: polled } = await must(admin.get(`/job_statuses/${body.job_status.id}`), 200);
  expect(polled.job_status.status).toBe('completed');
  return polled.job_status.results;
}

const things = (options?: { uniqueNames: boolean }) => newObject(admin, [{ key: 'size', type: 'integer' }], options);

describe('a job', () => {
  it('is answered as queued, and found completed with a result for each item', async () => {
    const path = await things();
    const { headers, body } = await must(post(path, 'create', [{ name: 'a' }, { name: 'b', external_id: 'B' }]), 201);
    const { id, url } = body.job_status;
    expect(id).toMatch(/^V3-[0-9a-f]{32}$/);
    expect(url).toBe(`${server.origin}/api/v2/job_statuses/${id}.json`);
    expect(headers.get('location')).toBe(url);
    expect(body.job_status).toEqual({
      ...{ id, url, job_type: expect.any(String), total: 2 },
      ...{ progress: null, status: 'queued', message: null, results: null },
    });
    const { body: polled } = await must(admin.get(url), 200);
    expect(polled.job_status).toEqual({
      ...{ id, url, job_type: body.job_status.job_type, total: 2, progress: 2, status: 'completed' },
      message: expect.stringMatching(/^Completed at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000$/),
      results: [
        { index: 0, id: ulid, action: 'create', status: 'Created', success: true },
        { index: 1, id: ulid, action: 'create', status: 'Created', success: true },
      ],
    });
    const made = await recordsOf(admin, path);
    expect(polled.job_status.results.map((one: { id: string }) => one.id)).toEqual(made.map((one) => one.id));
  });

  it('goes on over items that fail, and says what was wrong with each', async () => {
    const path = await things();
    const results = await resultsOf(
      post(path, 'create', [
        { external_id: 'X' },
        { name: 'b', external_id: 'X', custom_object_fields: { size: 'large' } },
        { name: 'c', external_id: 'X' },
        { name: 'd', external_id: 'X' },
        'e',
        null,
      ]),
    );
    const failed = { action: 'create', success: false };
    expect(results).toEqual([
      { index: 0, ...failed, error: 'RecordInvalid', details: 'Name: cannot be blank', external_id: 'X' },
      { index: 1, ...failed, error: 'RecordInvalid', details: expect.stringMatching(/^size: /), external_id: 'X' },
      { index: 2, action: 'create', status: 'Created', success: true, id: ulid },
      { index: 3, ...failed, error: 'RecordInvalid', details: expect.stringMatching(/taken/), external_id: 'X' },
      { index: 4, ...failed, error: 'Invalid attribute', details: expect.any(String), external_id: 'e' },
      { index: 5, ...failed, error: 'Invalid attribute', details: expect.any(String) },
    ]);
    expect(await recordsOf(admin, path)).toMatchObject([{ name: 'c' }]);
  });

  it('updates by id, only what is given', async () => {
    const path = await things();
    await must(post(path, 'create', [{ name: 'a', custom_object_fields: { size: 1 } }]), 201);
    const [{ id } = { id: '' }] = await recordsOf(admin, path);
    const results = await resultsOf(
      post(path, 'update', [{ id, name: 'A' }, { id: '01GCSJW391QVSC80GYDH7E93Q6', name: 'B' }, { name: 'C' }]),
    );
    expect(results).toEqual([
      { index: 0, id, action: 'update', status: 'Updated', success: true },
      {
        ...{ index: 1, action: 'update', success: false, error: 'RecordNotFound', details: 'Not found' },
        id: '01GCSJW391QVSC80GYDH7E93Q6',
      },
      { index: 2, action: 'update', success: false, error: 'Invalid attribute', details: expect.any(String) },
    ]);
    const { body } = await must(admin.get(`${path}/records/${id}`), 200);
    expect(body.custom_object_record).toMatchObject({ name: 'A', custom_object_fields: { size: 1 } });
  });

  it('upserts by external id, in the order of the items, and a key twice is one record', async () => {
    const path = await things();
    const results = await resultsOf(
      post(path, 'create_or_update_by_external_id', [
        { external_id: 'ä/%20 x', name: 'first' },
        { external_id: 'ä/%20 x', name: 'second' },
        { external_id: '', name: 'none' },
        { external_id: 7, name: 'seven' },
      ]),
    );
    expect(results).toMatchObject([
      { index: 0, id: ulid, action: 'create', status: 'Created', success: true },
      { index: 1, action: 'update', status: 'Updated', success: true },
      { index: 2, success: false },
      { index: 3, action: 'create', success: true },
    ]);
    expect(await recordsOf(admin, path)).toMatchObject([{ name: 'second' }, { name: 'seven' }]);
    const again = await resultsOf(post(path, 'create_or_update_by_external_id', [{ external_id: '7' }]));
    expect(again).toMatchObject([{ action: 'update', success: true }]);
  });

  it('upserts by name where names are unique, and is refused at once where not', async () => {
    const path = await things({ uniqueNames: true });
    const results = await resultsOf(post(path, 'create_or_update_by_name', [{ name: 'a' }, { name: 'a' }, {}]));
    expect(results).toMatchObject([{ action: 'create' }, { action: 'update' }, { success: false }]);
    expect(problemsOf(await post(await things(), 'create_or_update_by_name', [{ name: 'a' }]))).toEqual({
      name: ['InvalidValue'],
    });
  });

  it('deletes by id and by external id', async () => {
    const path = await things();
    await must(post(path, 'create', [{ name: 'a' }, { name: 'b', external_id: 'B' }]), 201);
    const [a, b] = await recordsOf(admin, path);
    expect(await resultsOf(post(path, 'delete', [a?.id, a?.id, 'x', {}]))).toMatchObject([
      { index: 0, id: a?.id, action: 'delete', status: 'Deleted', success: true },
      { index: 1, id: a?.id, action: 'delete', success: false, error: 'RecordNotFound' },
      { index: 2, id: 'x', success: false, error: 'RecordNotFound' },
      { index: 3, success: false, error: 'Invalid attribute' },
    ]);
    expect(await resultsOf(post(path, 'delete_by_external_id', ['B', 'C']))).toEqual([
      { index: 0, id: b?.id, external_id: 'B', action: 'delete', status: 'Deleted', success: true },
      { index: 1, external_id: 'C', action: 'delete', success: false, error: 'RecordNotFound', details: 'Not found' },
    ]);
    expect(await recordsOf(admin, path)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['without a body', undefined],
    ['without a job', {}],
    ['that is no object', { job: 'x' }],
    ['without an action', { job: { items: [{}] } }],
    ['of an unknown action', { job: { action: 'merge', items: [{}] } }],
    ['of a name of Object.prototype', { job: { action: 'constructor', items: [{}] } }],
    ['without items', { job: { action: 'create' } }],
    ['of no list', { job: { action: 'create', items: { name: 'a' } } }],
    ['of no item', { job: { action: 'create', items: [] } }],
    ['of too many', { job: { action: 'create', items: Array.from({ length: 101 }, () => ({ name: 'a' })) } }],
  ])('%s is refused at once', async (_name, body) => {
    const path = await things();
    expect(await admin.post(`${path}/jobs`, body)).toMatchObject({
      status: 400,
      body: { error: { title: 'Invalid attribute' } },
    });
    expect(await recordsOf(admin, path)).toEqual([]);
  });

  it('takes a hundred items', async () => {
    const path = await things();
    const items = Array.from({ length: 100 }, (_, index) => ({ name: `n${index}` }));
    expect(await resultsOf(post(path, 'create', items))).toHaveLength(100);
    expect(await recordsOf(admin, path)).toHaveLength(100);
  });

  it('is refused to whoever may not do any of it', async () => {
    const path = await things();
    await resultsOf(post(path, 'create', [{ name: 'a', external_id: 'A' }], member));
    expect(await post(path, 'delete_by_external_id', ['A'], member)).toMatchObject({
      status: 403,
      body: { error: { title: 'Forbidden' } },
    });
    expect((await post('/custom_objects/nothing', 'create', [{ name: 'a' }])).status).toBe(404);
  });
});

describe('job_statuses', () => {
  it('lists jobs, newest first, and some of them by their ids', async () => {
    const path = await things();
    const idOf = async (name: string) => (await must(post(path, 'create', [{ name }]), 201)).body.job_status.id;
    const [first, second] = [await idOf('a'), await idOf('b')];
    const { body: all } = await must(admin.get('/job_statuses.json'), 200);
    expect(all.job_statuses.slice(0, 2)).toMatchObject([{ id: second }, { id: first, status: 'completed' }]);
    const { body } = await must(admin.get(`/job_statuses/show_many.json?ids=${first},nothing,${second}`), 200);
    expect(body.job_statuses.map((one: { id: string }) => one.id)).toEqual([first, second]);
    expect((await admin.get('/job_statuses/show_many')).status).toBe(400);
  });

  it('shows a job to who asked for it and to administrators only', async () => {
    const path = await things();
    const job = async (client: typeof admin) =>
      (await must(post(path, 'create', [{ name: 'a' }], client), 201)).body.job_status.id;
    const [ours, theirs] = [await job(admin), await job(member)];
    expect((await member.get(`/job_statuses/${theirs}`)).status).toBe(200);
    expect((await admin.get(`/job_statuses/${theirs}`)).status).toBe(200);
    expect((await member.get(`/job_statuses/${ours}`)).status).toBe(404);
    const { body } = await must(member.get('/job_statuses'), 200);
    expect(JSON.stringify(body)).not.toContain(ours);
    const changed = `${ours.slice(0, -1)}${ours.endsWith('1') ? '2' : '1'}`;
    for (const id of ['V3-0', '1', changed, `V3-${'0'.repeat(32)}`])
      expect((await admin.get(`/job_statuses/${id}`)).status, id).toBe(404);
  });
});

describe('too many jobs', () => {
  let narrow: FreshServer;
  beforeAll(async () => {
    const dialect = zendeskDialect({ ...defaultOptions, limits: { ...defaultOptions.limits, jobs: 2 } });
    const fallback = { ...dialect, name: 'native', paths: [], register: () => {} };
    narrow = await freshServer({ dialects: [fallback, dialect] });
  });
  afterAll(() => narrow.close());

  it('at once are told to try again', async () => {
    const client = clientOf(() => narrow.url, basic('admin@keyway.test/token', 'kw_demo_admin'));
    const items = Array.from({ length: 50 }, (_, index) => ({ name: `n${index}` }));
    // None is done before all have come.
    const holder = new pg.Client({ connectionString: narrow.databaseUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('lock table record in share mode');
    const refused: Answer[] = [];
    const answering = Array.from({ length: 6 }, async () => {
      const answer = await post('/custom_objects/contact', 'create', items, client);
      if (answer.status === 429) refused.push(answer);
      return answer;
    });
    await expect.poll(() => refused.length).toBe(4);
    await holder.query('commit');
    await holder.end();
    expect((await Promise.all(answering)).filter(({ status }) => status === 201)).toHaveLength(2);
    for (const { headers, body } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(body.errors[0].code).toBe('TooManyRequests');
    }
    await must(post('/custom_objects/contact', 'create', [{ name: 'later' }], client), 201);
  });
});
