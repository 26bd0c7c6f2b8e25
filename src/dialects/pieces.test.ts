import { describe, expect, it } from 'vitest';
import type { Page } from '../model/outcomes.ts';
import type { RecordView } from '../model/record.ts';
import { begun, inPieces } from './pieces.ts';

type Asked = Parameters<Parameters<typeof inPieces>[0]>[0];

/** A list of so many records, of which so many go into the memory at once. */
function listOf(records: number, atOnce: (from: number) => number) {
  const asked: Asked[] = [];
  const read = async (one: Asked): Promise<Page<RecordView>> => {
    asked.push(one);
    const from = one.cursor === undefined ? (one.skip ?? 0) : Number(one.cursor);
    const to = Math.min(records, from + Math.min(one.limit, atOnce(from)));
    const items = Array.from({ length: to - from }, (_, index) => ({ number: from + index }) as RecordView);
    return { kind: 'page', items, next: to < records ? String(to) : null };
  };
  return { read, asked };
}

async function numbersOf(pieces: AsyncIterable<readonly RecordView[]>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const piece of pieces) numbers.push(...piece.map(({ number }) => number));
  return numbers;
}
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describe('a list in pieces', () => {
  it('is one piece where that is all that was asked for', async () => {
    const { read, asked } = listOf(5_000, () => 1000);
    expect(await numbersOf(inPieces(read, { limit: 100, skip: 200 }))).toEqual(upTo(200, 300));
    expect(asked).toEqual([{ limit: 100, mayBeShort: true, skip: 200 }]);
  });

  it('has as many as were asked for, however few there are in a piece', async () => {
    const { read } = listOf(5_000, () => 7);
    expect(await numbersOf(inPieces(read, { limit: 100, skip: 10 }))).toEqual(upTo(10, 110));
  });

  it('goes to the end of the list, and asks for no more at once than came, until more go in again', async () => {
    const { read, asked } = listOf(3_000, (from) => (from < 40 ? 8 : 1000));
    expect(await numbersOf(inPieces(read))).toEqual(upTo(0, 3_000));
    expect(asked.map(({ limit }) => limit)).toEqual([1000, 8, 16, 8, 16, 8, 16, 32, 64, 128, 256, 512, 1000, 1000]);
  });

  it('ends with a list that ends before', async () => {
    expect(await numbersOf(inPieces(listOf(3, () => 2).read, { limit: 100 }))).toEqual([0, 1, 2]);
    expect(await numbersOf(inPieces(listOf(0, () => 2).read, { limit: 100 }))).toEqual([]);
  });

  it('that is begun has been read once, so that a refusal comes before the answer', async () => {
    const refused = inPieces(() => Promise.reject(new Error('refused')));
    await expect(begun(refused)).rejects.toThrow('refused');
    const { read, asked } = listOf(20, () => 8);
    const pieces = await begun(inPieces(read));
    expect(asked).toHaveLength(1);
    expect(await numbersOf(pieces)).toEqual(upTo(0, 20));
  });
});
