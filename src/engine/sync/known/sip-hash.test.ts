import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SipHash } from './sip-hash.ts';

const mask = (1n << 64n) - 1n;
const rotated = (word: bigint, bits: bigint): bigint => ((word << bits) | (word >> (64n - bits))) & mask;

/** As its makers define it, with so many rounds for each word and at the end. @returns the 16 bytes in hex. */
function reference(key: Buffer, bytes: Buffer, rounds: number, lastRounds: number): string {
  const [k0, k1] = [key.readBigUInt64LE(0), key.readBigUInt64LE(8)];
  let [v0, v1] = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn ^ 0xeen];
  let [v2, v3] = [k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n];
  const mix = (times: number): void => {
    for (let round = 0; round < times; round++) {
      v0 = (v0 + v1) & mask;
      v1 = rotated(v1, 13n) ^ v0;
      v0 = rotated(v0, 32n);
      v2 = (v2 + v3) & mask;
      v3 = rotated(v3, 16n) ^ v2;
      v0 = (v0 + v3) & mask;
      v3 = rotated(v3, 21n) ^ v0;
      v2 = (v2 + v1) & mask;
      v1 = rotated(v1, 17n) ^ v2;
      v2 = rotated(v2, 32n);
    }
  };
  const padded = Buffer.concat([bytes, Buffer.alloc(8 - (bytes.length % 8))]);
  padded[padded.length - 1] = bytes.length & 0xff;
  for (let at = 0; at < padded.length; at += 8) {
    const word = padded.readBigUInt64LE(at);
    v3 ^= word;
    mix(rounds);
    v0 ^= word;
  }
  const result = Buffer.alloc(16);
  v2 ^= 0xeen;
  mix(lastRounds);
  result.writeBigUInt64LE(v0 ^ v1 ^ v2 ^ v3, 0);
  v1 ^= 0xddn;
  mix(lastRounds);
  result.writeBigUInt64LE(v0 ^ v1 ^ v2 ^ v3, 8);
  return result.toString('hex');
}

const resultOf = (words: Int32Array): string =>
  Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('hex');

it('is SipHash as its makers publish it, but for the number of rounds', () => {
  const key = Buffer.from([...Array(16).keys()]);
  expect(reference(key, Buffer.alloc(0), 2, 4)).toBe('a3817f04ba25a8e66df67214c7550293');
  expect(reference(key, Buffer.from([0]), 2, 4)).toBe('da87c1d86b99af44347659119b22fc45');
});

it('hashes each part of the bytes like the reference, whatever stands around it', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), bytes, bytes, bytes, (array, before, part, after) => {
      const key = Buffer.from(array);
      const hash = new SipHash(key);
      hash.load(Buffer.concat([before, part, after]));
      expect(resultOf(hash.hash(before.length, before.length + part.length))).toBe(reference(key, part, 1, 3));
    }),
  );
});

it('takes more bytes than it had room for', () => {
  const key = Buffer.alloc(16, 7);
  const hash = new SipHash(key);
  const bytes = Buffer.alloc(1_000_003, 'a large element');
  hash.load(Buffer.from('a small one'));
  hash.load(bytes);
  expect(resultOf(hash.hash(0, bytes.length))).toBe(reference(key, bytes, 1, 3));
});
