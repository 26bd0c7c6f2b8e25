import { describe, expect, it } from 'vitest';
import type { ImportRow } from '../../model/commands.ts';
import { inChunks } from './chunk.ts';

const rowsOf = (number: number, characters: number): ImportRow[] =>
  Array.from({ length: number }, (_, index) => {
    const source = 'x'.repeat(characters);
    return { kind: 'unreadable', message: '', index, line: index + 1, source };
  });

async function chunksOf(rows: readonly ImportRow[], atOnce: number): Promise<readonly (readonly ImportRow[])[]> {
  async function* pieces() {
    for (let from = 0; from < rows.length; from += atOnce) yield rows.slice(from, from + atOnce);
  }
  const chunks: (readonly ImportRow[])[] = [];
  for await (const chunk of inChunks(pieces())) chunks.push(chunk);
  return chunks;
}

describe('a chunk of an import', () => {
  it.each([
    { of: 'small rows', number: 2_500, characters: 300, lengths: [1000, 1000, 500] },
    { of: 'rows of four kilobytes', number: 1_500, characters: 4_000, lengths: [1000, 500] },
    { of: 'rows of a megabyte', number: 12, characters: 1_000_000, lengths: [5, 5, 2] },
    { of: 'no rows', number: 0, characters: 0, lengths: [] },
  ])('has a thousand rows at most, and as many as go into 4 MiB: $of', async ({ number, characters, lengths }) => {
    const rows = rowsOf(number, characters);
    for (const atOnce of [1, 7, 5_000]) {
      const chunks = await chunksOf(rows, atOnce);
      expect(chunks.map(({ length }) => length)).toEqual(lengths);
      expect(chunks.flat()).toEqual(rows);
    }
  });
});
