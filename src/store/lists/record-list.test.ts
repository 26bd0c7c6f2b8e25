import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import type { Transaction } from '../postgres/database.ts';
import { listRecords } from './record-list.ts';

type Plan = { 'Node Type': string; 'Index Cond'?: string; Plans?: Plan[] };

/** A list in the order of numbers goes along an index, from where the page before it ended: however many records there are. */
describe('a list by number', () => {
  let fresh: FreshHub;
  let client: pg.Client;
  beforeAll(async () => {
    fresh = await freshHub();
    client = new pg.Client({ connectionString: fresh.databaseUrl });
    await client.connect();
    await client.query('set enable_sort = off; set enable_seqscan = off; set enable_bitmapscan = off');
  });
  afterAll(async () => {
    await client.end();
    await fresh.close();
  });

  async function planOf(walk: { descending: boolean; backwards: boolean }): Promise<Plan[]> {
    let plan: Plan | undefined;
    const query = async (text: string, values: unknown[]): Promise<object[]> => {
      const { rows } = await client.query(`explain (format json) ${text}`, values);
      plan = rows[0]['QUERY PLAN'][0].Plan;
      return [];
    };
    await listRecords({ query } as unknown as Transaction, 1, {
      type: 1,
      filters: [],
      deletedToo: false,
      sort: [{ term: { kind: 'column', column: 'number' }, descending: walk.descending }],
      backwards: walk.backwards,
      place: [1000],
      limit: 100,
      mayBeShort: false,
      skip: 0,
    });
    const nodes = (node: Plan): Plan[] => [node, ...(node.Plans ?? []).flatMap(nodes)];
    return plan === undefined ? [] : nodes(plan);
  }

  it.each([
    { descending: false, backwards: false },
    { descending: true, backwards: false },
    { descending: false, backwards: true },
    { descending: true, backwards: true },
  ])('sorts nothing and begins at its place: %o', async (walk) => {
    const nodes = await planOf(walk);
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
    expect(nodes.flatMap((node) => node['Index Cond'] ?? [])).toEqual([expect.stringMatching(/number [<>]/)]);
  });
});
