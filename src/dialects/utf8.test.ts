import fc from 'fast-check';
import { expect, it } from 'vitest';
import { onlyUtf8 } from './utf8.ts';

async function passed(pieces: readonly Buffer[]): Promise<string | undefined> {
  const parts: Buffer[] = [];
  async function* body(): AsyncGenerator<Buffer> {
    yield* pieces;
  }
  try {
    for await (const part of onlyUtf8(body(), () => new Error('no UTF-8'))) parts.push(part);
    return Buffer.concat(parts).toString('latin1');
  } catch {
    return undefined;
  }
}

function decodes(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const cutAt = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...at, bytes.length].map((end, index) => bytes.subarray(at[index - 1] ?? 0, end));
};

it('lets through what a strict decoder takes, byte by byte the same, wherever it is cut', async () => {
  const text = fc.string({ unit: 'binary' }).map((value) => Buffer.from(value));
  const any = fc.uint8Array().map((bytes) => Buffer.from(bytes));
  const mixed = fc.tuple(text, any, text).map((parts) => Buffer.concat(parts));
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, any, mixed), fc.array(fc.nat(500)), async (bytes, cuts) => {
      expect(await passed(cutAt(bytes, cuts))).toBe(decodes(bytes) ? bytes.toString('latin1') : undefined);
    }),
    { numRuns: 2_000 },
  );
});
