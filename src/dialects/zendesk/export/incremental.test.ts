import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../../test/fresh-server.ts';
import { query } from '../../../../test/steps.ts';
import { clock } from '../../../model/clock.ts';
import { zendeskDialect } from '../index.ts';
import { defaultOptions } from '../options.ts';
import { type Answer, basic, beginMinute, type Client, clientOf, credentials, must } from '../test-client.ts';

let server: FreshServer;
const dialectWith = (options: Partial<typeof defaultOptions>) => zendeskDialect({ ...defaultOptions, ...options });
const open = (options: Partial<typeof defaultOptions>): Promise<FreshServer> => {
  const dialect = dialectWith(options);
  return freshServer({ dialects: [{ ...dialect, name: 'native', paths: [], register: () => {} }, dialect] });
};
beforeAll(async () => {
  server = await open({ exportStartsBeforeSeconds: -60 }); // what has just been written is to be exported
});
afterAll(() => server.close());
const admin = clientOf(() => server.url);

let objects = 0;
async function newThings(): Promise<string> {
  const key = `exported_${++objects}`;
  await must(admin.post('/custom_objects', { custom_object: { key, title: 'Thing' } }), 201);
  const size = { custom_object_field: { key: 'size', title: 'Size', type: 'integer' } };
  await must(admin.post(`/custom_objects/${key}/fields`, size), 201);
  return key;
}
const put = async (key: string, external: string, members: object = {}) =>
  (
    await must(
      admin.patch(`/custom_objects/${key}/records?external_id=${external}`, {
        custom_object_record: { name: external, ...members },
      }),
      200,
    )
  ).body.custom_object_record;
const remove = (key: string, external: string) =>
  must(admin.delete(`/custom_objects/${key}/records?external_id=${external}`), 204);
const exportOf = (key: string, args: string, client: Client = admin): Promise<Answer> =>
  client.get(`/incremental/custom_objects/${key}/cursor.json?${args}`);
const namesOf = ({ body }: Answer): string[] => body.custom_object_records.map((one: { name: string }) => one.name);

/** All pages, by the addresses that they give. */
async function walk(key: string, args: string): Promise<string[][]> {
  const pages: string[][] = [];
  let answer = await must(exportOf(key, args), 200);
  for (;;) {
    pages.push(namesOf(answer));
    expect(answer.body.meta.has_more).toBe(answer.body.links.next !== null);
    expect(answer.body.end_of_stream).toBe(answer.body.links.next === null);
    if (answer.body.end_of_stream) return pages;
    answer = await must(admin.get(answer.body.after_url), 200);
  }
}

describe('the incremental export', () => {
  it('shows every changed record once, in the order of the changes, and without a photo', async () => {
    const key = await newThings();
    for (const name of ['a', 'b', 'c']) await put(key, name);
    await put(key, 'a', { custom_object_fields: { size: 2 } });
    const { body } = await must(exportOf(key, 'start_time=0'), 200);
    expect(namesOf({ body } as Answer)).toEqual(['b', 'c', 'a']);
    const { photo: _, ...shown } = (await must(admin.get(`/custom_objects/${key}/records?filter[external_ids]=a`), 200))
      .body.custom_object_records[0];
    expect(body.custom_object_records[2]).toEqual(shown);
    expect(body).toMatchObject({ end_of_stream: true, before_cursor: null, before_url: null, links: { next: null } });
    expect(body.after_url).toMatch(`${server.url}/api/v2/incremental/custom_objects/${key}/cursor.json?cursor=`);
  });

  it('goes on by its cursor with what was changed since, and with nothing when nothing was', async () => {
    const key = await newThings();
    await put(key, 'a');
    const { body } = await must(exportOf(key, 'start_time=0'), 200);
    const next = await must(admin.get(body.after_url), 200);
    expect(namesOf(next)).toEqual([]);
    await put(key, 'b');
    await put(key, 'a', { name: 'A' });
    const changed = await must(exportOf(key, `cursor=${next.body.after_cursor}`), 200);
    expect(namesOf(changed)).toEqual(['b', 'A']);
  });

  it('shows deleted records by their ids, with nothing of what they were, unless asked not to', async () => {
    const key = await newThings();
    const gone = await put(key, 'secret', { custom_object_fields: { size: 7 } });
    await put(key, 'stays');
    await remove(key, 'secret');
    const answer = await must(exportOf(key, 'start_time=0'), 200);
    expect(namesOf(answer)).toEqual(['stays', '[DELETED]']);
    expect(answer.body.custom_object_records[1]).toMatchObject({
      ...{ id: gone.id, url: gone.url, name: '[DELETED]', external_id: '[DELETED]' },
      custom_object_fields: { size: '[DELETED]' },
    });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(await walk(key, 'start_time=0&filter[exclude_deleted]=true&per_page=1')).toEqual([['stays'], []]);
    await put(key, 'secret');
    expect(namesOf(await must(exportOf(key, 'start_time=0'), 200))).toEqual(['stays', 'secret']);
  });

  it('shows a record whose lookup was changed', async () => {
    const key = await newThings();
    const lookup = {
      key: 'owner',
      title: 'Owner',
      type: 'lookup',
      relationship_target_type: 'zen:custom_object:contact',
    };
    await must(admin.post(`/custom_objects/${key}/fields`, { custom_object_field: lookup }), 201);
    await put(key, 'a');
    const { body } = await must(exportOf(key, 'start_time=0'), 200);
    await put(key, 'a', { custom_object_fields: { owner: 'external_id:user1' } });
    const changed = await must(exportOf(key, `cursor=${body.after_cursor}`), 200);
    expect(changed.body.custom_object_records).toMatchObject([
      { name: 'a', custom_object_fields: { owner: expect.any(String) } },
    ]);
  });

  it('comes in pages of any size, each record once, whatever is changed between', async () => {
    const key = await newThings();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await put(key, name);
    await put(key, 'b', { name: 'B' });
    expect((await walk(key, 'start_time=0&per_page=2')).flat()).toEqual(['a', 'c', 'd', 'e', 'B']);
    const first = await must(exportOf(key, 'start_time=0&per_page=2'), 200);
    expect(namesOf(first)).toEqual(['a', 'c']);
    await put(key, 'a', { name: 'A' });
    const rest = await walk(key, `cursor=${first.body.after_cursor}&per_page=3`);
    expect(rest.flat()).toEqual(['d', 'e', 'B', 'A']);
  });

  it('begins where it is told to', async () => {
    const key = await newThings();
    await put(key, 'old');
    await query(server.databaseUrl, `update commit set at = at - interval '1 hour'`);
    await put(key, 'new');
    const ago = (seconds: number): number => Math.floor(Date.now() / 1000) - seconds;
    expect(namesOf(await must(exportOf(key, `start_time=${ago(1800)}`), 200))).toEqual(['new']);
    expect(namesOf(await must(exportOf(key, `start_time=${ago(7200)}`), 200))).toEqual(['old', 'new']);
    expect(namesOf(await must(exportOf(key, `start_time=${ago(-30)}`), 200))).toEqual([]);
  });

  it('begins with the records that there are where changes are kept no more', async () => {
    const key = await newThings();
    for (const name of ['a', 'b', 'c']) await put(key, name);
    const early = await must(exportOf(key, 'start_time=0'), 200);
    await put(key, 'd');
    await query(server.databaseUrl, 'delete from change');
    await query(server.databaseUrl, 'delete from commit');
    await put(key, 'b', { name: 'B' });
    const pages = await walk(key, 'start_time=0&per_page=2');
    expect(pages.flat()).toEqual(['a', 'c', 'd', 'B', 'B']);
    expect(await exportOf(key, `cursor=${early.body.after_cursor}`)).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'InvalidPaginationParameter', title: expect.stringContaining('start_time') }] },
    });
  });

  it('refuses arguments that are none, and those who may not read', async () => {
    const key = await newThings();
    for (const args of [
      '',
      'start_time=',
      'start_time=x',
      'start_time=-1',
      'start_time=1e3',
      `start_time=${'9'.repeat(11)}`,
    ])
      expect((await exportOf(key, args)).body, args).toMatchObject({ error: { title: 'Invalid attribute' } });
    const list = Buffer.from('{"list":"x","since":0}').toString('base64url');
    const feed = Buffer.from('{"feed":"x"}').toString('base64url');
    for (const args of [
      'cursor=x',
      'cursor=',
      `cursor=${list}`,
      `cursor=${feed}`,
      'start_time=0&per_page=0',
      'start_time=0&per_page=1001',
    ])
      expect((await exportOf(key, args)).body, args).toMatchObject({
        errors: [{ code: 'InvalidPaginationParameter' }],
      });
    expect((await exportOf('nothing', 'start_time=0')).status).toBe(404);
    expect(
      (
        await exportOf(
          key,
          'start_time=0',
          clientOf(() => server.url, credentials.member),
        )
      ).status,
    ).toBe(200);
    expect(
      (
        await exportOf(
          key,
          'start_time=0',
          clientOf(() => server.url, null),
        )
      ).status,
    ).toBe(401);
  });
});

describe('by its options, the incremental export', () => {
  it('begins a minute ago at least, and is limited by the minute on its own', async () => {
    const narrow = await open({ exportRateLimit: 2 });
    beginMinute();
    try {
      const client = clientOf(() => narrow.url, basic('admin@keyway.test/token', 'kw_demo_admin'));
      const now = Math.floor(clock.nowMs() / 1000);
      expect((await exportOf('contact', `start_time=${now - 30}`, client)).status).toBe(400);
      const answers = [];
      for (let n = 0; n < 4; n++) answers.push(await exportOf('contact', `start_time=${now - 90}`, client));
      const limited = answers.find(({ status }) => status === 429);
      expect(limited?.headers.get('x-rate-limit')).toBe('2');
      expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await client.get('/custom_objects')).status).toBe(200);
    } finally {
      await narrow.close();
    }
  });
});
