import { beforeAll, describe, expect, it } from 'vitest';
import { demoServer, type Json } from './test-client.ts';

/** What one page of a list may have together, as it is held in memory. */
const mostBytes = 8 * 1024 * 1024;
const megabyte = 'x'.repeat(1_000_000);

describe('a page of large items has as many as go into the memory, and says that there are more:', async () => {
  const { call } = await demoServer();
  const numbers = Array.from({ length: 12 }, (_, index) => index);
  /** Of what is kept as it was sent, longer ones are not kept whole. */
  const mostKept = 'x'.repeat(65_000);
  const many = Array.from({ length: 200 }, (_, index) => index);

  async function pagesOf(path: string, asked: Record<string, string> = {}): Promise<Json[][]> {
    const pages: Json[][] = [];
    const parameter = path === '/v1/changes' ? 'after' : 'cursor';
    for (let next: string | null = ''; next !== null; ) {
      const place = next === '' && parameter === 'cursor' ? {} : { [parameter]: next };
      const { status, body } = await call(
        'GET',
        `${path}?${new URLSearchParams({ limit: '1000', ...asked, ...place })}`,
      );
      expect(status).toBe(200);
      expect(JSON.stringify(body).length).toBeLessThan(2.1 * mostBytes); // an element is told twice, as it was sent and as a row
      if (body.items.length > 0) pages.push(body.items);
      next = body.more === false || body.items.length === 0 ? null : body.next;
    }
    return pages;
  }

  beforeAll(async () => {
    for (const index of numbers) {
      const fields = { comments: `${index} ${megabyte}`, name: 'large' };
      await call('PATCH', `/v1/records/customer/external_id:L-${index}`, { body: { fields } });
      await call('PATCH', '/v1/records/claim/external_id:again', {
        body: { fields: { description: `${index} ${megabyte}` } },
      });
    }
  });

  it('records, in either direction', async () => {
    for (const sort of ['number', '-number']) {
      const pages = await pagesOf('/v1/records/customer', { 'filter[name]': 'large', sort });
      expect(pages.length).toBeGreaterThan(1);
      const found = pages.flat().map(({ fields }) => fields.external_id);
      const all = numbers.map((index) => `L-${index}`);
      expect(found).toEqual(sort === 'number' ? all : all.toReversed());
    }
  });

  it('the history of a record', async () => {
    const pages = await pagesOf('/v1/records/claim/external_id:again/history');
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat().map(({ version }) => version)).toEqual(numbers.map((index) => index + 1).toReversed());
  });

  it.each(['newest', 'oldest'])('the change feed, %s first', async (order) => {
    const pages = await pagesOf('/v1/changes', { type: 'claim', ...(order === 'newest' && { order }) });
    expect(pages.length).toBeGreaterThan(1);
    const written = pages.flat().flatMap(({ after: { description } }) => /^\d+(?= x)/.exec(description)?.[0] ?? []);
    const all = numbers.map(String);
    expect(written).toEqual(order === 'newest' ? all.toReversed() : all);
  });

  it('the records that a run found unchanged', async () => {
    const keys = numbers.map((index) => `U-${index}`);
    const send = () =>
      call('POST', '/v1/interfaces/myendpoint/runs', { body: keys.map((key) => ({ external_id: key })) });
    await send();
    for (const key of keys)
      await call('PATCH', `/v1/records/element/external_id:${key}`, { body: { fields: { internal_note: megabyte } } });
    const pages = await pagesOf(`/v1/runs/${(await send()).body.id}/unchanged`);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat().map(({ fields }) => fields.external_id)).toEqual(keys);
  });

  it('the elements of a run, and its issues as a file', async () => {
    const rows = many.map((index) => ({ external_id: `E-${index}`, internal_note: mostKept }));
    const run = await call('POST', '/v1/interfaces/myendpoint/runs', {
      body: rows.map((row) => JSON.stringify(row)).join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    });
    const pages = await pagesOf(`/v1/runs/${run.body.id}/elements`);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat().map(({ key }) => key)).toEqual(many.map((index) => `E-${index}`));
    const file = await call('GET', `/v1/runs/${run.body.id}/issues`, { headers: { accept: 'text/csv' } });
    expect(String(file.body).length).toBeGreaterThan(many.length * mostKept.length);
  });
});
