// Each vendor's lists of records that are too large to be in memory at once: they come whole, in as many pages as the vendor's clients follow.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../src/model/principal.ts';
import { type FreshServer, freshServer } from './fresh-server.ts';
import { served } from './scenarios/served.ts';
import { amend, query } from './steps.ts';

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what a test finds out
type Json = any;

const large = 'x'.repeat(1_000_000);
const keys = Array.from({ length: 20 }, (_, index) => `L-${index}`);
/** What a page has at most where it may be shorter than asked for: the records of 8 MiB. */
const mostOnPage = 8;

let server: FreshServer;
let caller: Caller;
let numbers: number[];

async function get(path: string, headers: Record<string, string> = {}): Promise<Json> {
  const response = await fetch(path.startsWith('http') ? path : `${server.url}${path}`, {
    headers: { authorization: 'Bearer kw_demo_admin', ...headers },
  });
  expect(response.status).toBe(200);
  return response.json();
}

async function write(key: string, fields: object): Promise<number> {
  const response = await fetch(`${server.url}/v1/records/claim/external_id:${key}`, {
    method: 'PATCH',
    headers: { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/json' },
    body: JSON.stringify({ fields }),
  });
  return ((await response.json()) as Json).record.number;
}

beforeAll(async () => {
  server = await freshServer();
  const principal = await server.hub.access.bearer('kw_demo_admin', 'native');
  if (principal === undefined) throw new Error('The demo has no administrator.');
  caller = { principal, via: 'test', requestId: 'test' };
  await amend(server.hub, caller, (current) => ({
    ...current,
    interfaces: { ...current.interfaces, claims: { name: 'Claims', type: 'claim', direction: 'providing' } },
  }));
  numbers = [];
  for (const key of keys) numbers.push(await write(key, { description: `${key} ${large}`, incurred: 7 }));
});
afterAll(() => server.close());

/** How many of them each read of a list gave. */
const atOnce: number[] = [];
beforeAll(() => {
  const { list } = server.hub;
  vi.spyOn(server.hub, 'list').mockImplementation(async (...asked) => {
    const outcome = await list(...asked);
    if (outcome.kind === 'page') atOnce.push(outcome.items.filter(({ number }) => numbers.includes(number)).length);
    return outcome;
  });
});
afterEach(() => {
  expect(atOnce).not.toEqual([]);
  expect(Math.max(...atOnce.splice(0))).toBeLessThanOrEqual(mostOnPage);
});

const ours = (items: readonly Json[], member: string): string[] =>
  items.map((item) => item[member]).filter((key) => keys.includes(key));

describe('records of a megabyte each', () => {
  it.runIf(served('netsuite'))('NetSuite lists as many as were asked for: a list has their ids alone', async () => {
    const { items, hasMore, totalResults } = await get('/services/rest/record/v1/claim?limit=1000');
    expect(items.map(({ id }: Json) => Number(id))).toEqual(expect.arrayContaining(numbers));
    expect([items.length, hasMore]).toEqual([totalResults, false]);
    const filtered = '/services/rest/record/v1/claim?limit=6&q=incurred%20EQUAL%207';
    const found: number[] = [];
    for (const offset of [0, 6, 12, 18]) {
      const page = await get(`${filtered}&offset=${offset}`);
      expect([page.count, page.hasMore]).toEqual(offset === 18 ? [2, false] : [6, true]);
      found.push(...page.items.map(({ id }: Json) => Number(id)));
    }
    expect(found).toEqual(numbers);
  });

  it.runIf(served('origami'))('Origami sends as many as were asked for: a shorter page would be the last', async () => {
    const query = new URLSearchParams({ filter: 'Incurred = 7', pageSize: '15', columns: 'ExternalId,Description' });
    const [first, second] = [
      await get(`/OrigamiApi/api/Claim/Query?${query}`),
      await get(`/OrigamiApi/api/Claim/Query?${query}&page=2`),
    ];
    expect([first.length, second.length]).toEqual([15, 5]);
    expect(ours([...first, ...second], 'ExternalId')).toEqual(keys);
    expect(first[14].Description).toBe(`L-14 ${large}`);
    query.set('filter', 'Incurred = 8');
    expect(await get(`/OrigamiApi/api/Claim/Query?${query}`)).toEqual([]);
  });

  it.runIf(served('relatics'))('Relatics provides all of them', async () => {
    const workspace = '755053b0-ba42-494a-b467-8c2cf408be65';
    const { Claims } = await get(`/api/v1/workspaces/${workspace}/interfaces/providing/claims`);
    const ids = Claims.map((element: Json) => element['@id']);
    const counted = await server.hub.countListed(caller, { type: 'claim', filters: [] });
    expect(counted).toEqual({ kind: 'counted', count: ids.length });
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.runIf(served('sugarcrm'))('SugarCRM sends pages that may be shorter, and next_offset goes on', async () => {
    const found: string[] = [];
    for (let offset = 0; offset !== -1; ) {
      const page = await get(`/rest/v11_10/Claims?max_num=1000&offset=${offset}&filter[0][incurred]=7`, {
        'OAuth-Token': 'kw_demo_admin',
      });
      expect(page.records.length).toBeLessThanOrEqual(mostOnPage);
      found.push(...ours(page.records, 'external_id'));
      offset = page.next_offset;
    }
    expect(found).toEqual(keys);
  });

  it.runIf(served('zendesk'))('Zendesk sends pages that may be shorter, either way, and has_more goes on', async () => {
    const found: string[][] = [];
    for (let url = '/api/v2/custom_objects/claim/records?page[size]=100&sort=id'; url !== null; ) {
      const page = await get(url);
      found.push(ours(page.custom_object_records, 'external_id'));
      expect(page.meta.has_more).toBe(page.links.next !== null);
      url = page.links.next;
    }
    expect(found.flat()).toEqual(keys);
    expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(mostOnPage);
  });

  it.runIf(served('zendesk'))(
    'Zendesk exports them in pages that may be shorter, also where little of each was changed',
    async () => {
      const read = async (begin: string) => {
        const exported: string[][] = [];
        for (let url = begin; ; ) {
          const page = await get(url);
          exported.push(ours(page.custom_object_records, 'external_id'));
          url = page.after_url;
          if (page.end_of_stream) return { exported, url };
        }
      };
      const all = await read('/api/v2/incremental/custom_objects/claim/cursor.json?start_time=1');
      expect(all.exported.flat()).toEqual(keys);
      expect(Math.max(...all.exported.map(({ length }) => length))).toBeLessThanOrEqual(2 * mostOnPage);
      for (const key of keys) await write(key, { incurred: 7.5 });
      const { exported } = await read(all.url);
      expect(exported.flat()).toEqual(keys);
      expect(Math.max(...exported.map(({ length }) => length))).toBeLessThanOrEqual(mostOnPage);
      for (const kept of ['change', 'commit']) await query(server.databaseUrl, `delete from ${kept}`);
      await write('L-0', { incurred: 8 });
      const anew = await read('/api/v2/incremental/custom_objects/claim/cursor.json?start_time=1');
      expect(anew.exported.flat()).toEqual([...keys.slice(1), 'L-0', 'L-0']); // what there is, and what was changed meanwhile
      expect(Math.max(...anew.exported.map(({ length }) => length))).toBeLessThanOrEqual(mostOnPage);
    },
  );
});
