import { describe, expect, it } from 'vitest';
import { Batcher } from './batcher.ts';

type Item = { readonly id: number; readonly key: string };

/** Batches end when they are told to. */
function batcher() {
  const flying: { ids: number[]; end: () => void; fail: (fault: Error) => void }[] = [];
  const made = new Batcher<Item, number>({
    run: (items) =>
      new Promise((resolve, reject) => {
        flying.push({ ids: items.map(({ id }) => id), end: () => resolve(items.map(({ id }) => id)), fail: reject });
      }),
    fail: (batch, fault) => {
      for (const { reject } of batch) reject(fault);
    },
    touches: ({ key }) => [key],
  });
  return { made, flying };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
const many = (from: number, count: number): Item[] =>
  Array.from({ length: count }, (_, index) => ({ id: from + index, key: `k${from + index}` }));

describe('batches', () => {
  it('take what arrives in the same turn together, and a lone caller at once', async () => {
    const { made, flying } = batcher();
    const lone = made.submit({ id: 0, key: 'a' });
    await turn();
    expect(flying.map(({ ids }) => ids)).toEqual([[0]]);
    flying[0]?.end();
    expect(await lone).toBe(0);
  });

  it('fly two at a time when enough waits, and no more', async () => {
    const { made, flying } = batcher();
    const all = [made.submit({ id: 0, key: 'a' })];
    await turn();
    all.push(...many(1, 20).map((item) => made.submit(item)));
    await turn();
    all.push(...many(21, 20).map((item) => made.submit(item)));
    await turn();
    expect(flying.map(({ ids }) => ids.length)).toEqual([1, 20]);
    flying[0]?.end();
    await turn();
    expect(flying.map(({ ids }) => ids.length)).toEqual([1, 20, 20]);
    for (const { end } of flying) end();
    expect(await Promise.all(all)).toEqual(Array.from({ length: 41 }, (_, id) => id));
  });

  it('leave waiting what touches the same as one in flight, and what comes behind that, in its order', async () => {
    const { made, flying } = batcher();
    const all = [made.submit({ id: 0, key: 'hot' })];
    await turn();
    all.push(made.submit({ id: 1, key: 'hot' }), made.submit({ id: 2, key: 'hot' }));
    all.push(...many(10, 10).map((item) => made.submit(item)));
    await turn();
    expect(flying.map(({ ids }) => ids)).toEqual([[0], [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]]);
    flying[0]?.end();
    flying[1]?.end();
    await turn();
    expect(flying[2]?.ids).toEqual([1, 2]);
    flying[2]?.end();
    await Promise.all(all);
  });

  it('that fail let go of what they touched', async () => {
    const { made, flying } = batcher();
    const failed = made.submit({ id: 0, key: 'hot' });
    await turn();
    flying[0]?.fail(new Error('no'));
    await expect(failed).rejects.toThrow('no');
    const next = made.submit({ id: 1, key: 'hot' });
    await turn();
    flying[1]?.end();
    expect(await next).toBe(1);
    await made.idle();
  });
});
