import { describe, expect, it } from 'vitest';
import type { Transaction } from '../../store/postgres/database.ts';
import { NumberPool } from './number-pool.ts';

/** A sequence for records, and one for links. */
function sequences(): { tx: Transaction; drawn: () => number } {
  let [record, link] = [0, 1000];
  const query = async (_statement: unknown, [records, links]: readonly number[]) => {
    const next = (count: number, draw: () => number) => Array.from({ length: count }, draw).join(',') || null;
    return [{ records: next(records ?? 0, () => ++record), links: next(links ?? 0, () => ++link) }];
  };
  return { tx: { query } as unknown as Transaction, drawn: () => record };
}

describe('the numbers that batches draw', () => {
  it('are nobody else’s until they are given back', async () => {
    const { tx } = sequences();
    const pool = new NumberPool();
    const [one, other] = await Promise.all([1, 2].map(() => pool.reserve(tx, { records: 40, links: 3 })));
    const all = [...(one?.records ?? []), ...(other?.records ?? [])];
    expect(new Set(all).size).toBe(80);
    expect(new Set([...(one?.links ?? []), ...(other?.links ?? [])]).size).toBe(6);
  });

  it('come again in their order, whichever batch gives its own back first', async () => {
    const { tx, drawn } = sequences();
    const pool = new NumberPool();
    const first = await pool.reserve(tx, { records: 1, links: 0 });
    const second = await pool.reserve(tx, { records: 3, links: 0 });
    expect([first.records, second.records]).toEqual([[1], [2, 3, 4]]);
    pool.giveBack({ records: first.records, links: [] });
    pool.giveBack({ records: second.records.slice(1), links: [] });
    expect((await pool.reserve(tx, { records: 5, links: 0 })).records).toEqual([1, 3, 4, 5, 6]);
    expect(drawn()).toBe(32);
  });
});
