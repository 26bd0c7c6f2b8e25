import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackedElements } from '../../../model/packed.ts';
import { hashBytes, PackedHashes } from '../../../store/sync/interface-records.ts';
import { ElementHasher } from './element-hash.ts';
import { KnownElements } from './known-elements.ts';

const hasher = new ElementHasher('secret', { format: 'json', schemaVersion: 1, workspace: 1, interface: 1 });
const texts = (count: number, what = 'element') => Array.from({ length: count }, (_, index) => `${what} ${index}`);

function hash(text: string): ElementHasher {
  hasher.hash(PackedElements.of([text]), 0);
  return hasher;
}

type Words = readonly [number, number, number];

/** The hash of no text: many of them take no time. */
const ofWords = ([w0, w1, w2]: Words): ElementHasher => ({ w0, w1, w2 }) as ElementHasher;
const stored = (words: Words): Buffer => Buffer.from(Uint32Array.from(words).buffer).swap32();
const wordsOf = (element: number): Words => [
  Math.imul(element + 1, 0x9e3779b1),
  Math.imul(element + 1, 0x85ebca6b),
  Math.imul(element + 1, 0xc2b2ae35),
];

/** As the store gives them: record 100 is of the first text, 101 of the next. */
function packed(hashes: readonly (Buffer | null)[], first = 100): PackedHashes {
  return new PackedHashes(
    Buffer.concat(
      hashes.map((one, index) => {
        const number = Buffer.alloc(8);
        number.writeBigInt64BE(BigInt(first + index));
        return Buffer.concat([number, one ?? Buffer.alloc(hashBytes)]);
      }),
    ),
  );
}

async function known(sent: readonly string[], most?: number): Promise<KnownElements> {
  const elements = new KnownElements(most);
  elements.add(packed(sent.map((text) => hash(text).toBytes())));
  await elements.complete();
  return elements;
}

describe('the elements that an interface sent before', () => {
  it('are found by their hashes, each with its record, and no other', async () => {
    const elements = await known(texts(1_000));
    const numbers = texts(1_000).map((text) => elements.numberAt(elements.find(hash(text))));
    expect(numbers).toEqual(numbers.map((_, index) => 100 + index));
    for (const text of texts(1_000, 'another')) expect(elements.find(hash(text))).toBe(-1);
  });

  it('are told from one whose hash differs in one word alone', async () => {
    const elements = new KnownElements();
    elements.add(packed([stored([1, 2, 3])]));
    await elements.complete();
    const others = [
      [9, 2, 3],
      [1, 9, 3],
      [1, 2, 9],
    ] as const;
    for (const other of others) expect(elements.find(ofWords(other))).toBe(-1);
    expect(elements.find(ofWords([1, 2, 3]))).toBe(0);
    // Behind the last that was found no other is expected: it is looked for in the table.
    for (const other of others) expect(elements.find(ofWords(other))).toBe(-1);
    expect(elements.find(ofWords([1, 2, 3]))).toBe(0);
  });

  it.each([0, 0x8000_0000, 0xffff_ffff])(
    'are told from others that belong at the same place of the table: %i',
    async (w2) => {
      const hashes = Array.from({ length: 200 }, (_, index) => [index, 7, w2] as const);
      const elements = new KnownElements();
      elements.add(packed(hashes.map(stored)));
      await elements.complete();
      const backwards = hashes.toReversed().map((words) => elements.numberAt(elements.find(ofWords(words))));
      expect(backwards).toEqual(hashes.map((_, index) => 100 + index).toReversed());
      expect(elements.find(ofWords([200, 7, w2]))).toBe(-1);
    },
  );

  it('keep where they were found, also by record', async () => {
    const elements = await known(texts(50));
    for (const place of [3, 30]) elements.markFound(elements.find(hash(`element ${place}`)), place * 7);
    expect(elements.placeAt(elements.find(hash('element 3')))).toBe(21);
    expect(elements.placeAt(elements.find(hash('element 4')))).toBe(-1);
    expect(elements.placesOf(new Set([104, 130]))).toEqual(new Map([[130, 210]]));
  });

  it('are records of the interface with a hash or without one', () => {
    const elements = new KnownElements();
    elements.add(packed([null, hash('element').toBytes()]));
    expect([...elements.numbers.without()]).toEqual([100, 101]);
    expect(elements.numberAt(elements.find(hash('element')))).toBe(101);
  });

  it.each([0, 1, 700, 999])('are known as far as %i of a thousand fit, and all of them its records', async (most) => {
    const elements = await known(texts(1_000), most);
    expect(texts(1_000).filter((text) => elements.find(hash(text)) >= 0)).toEqual(texts(most));
    expect([...elements.numbers.without()]).toHaveLength(1_000);
  });
});

/** Elements of the pieces, by turns: the first is of record 100, and each is of the one behind. */
function* piecesOf(sizes: readonly number[]): Generator<readonly number[]> {
  let first = 0;
  for (const size of sizes) {
    yield Array.from({ length: size }, (_, index) => first + index);
    first += size;
  }
}

const pieceOf = (elements: readonly number[]): PackedHashes =>
  packed(
    elements.map((element) => stored(wordsOf(element))),
    100 + (elements[0] ?? 0),
  );

describe('elements that are read piece by piece', () => {
  // A page of memory holds 3,276 of them, so that it grows several times.
  const sizes = fc.array(fc.oneof(fc.constantFrom(0, 1, 3_276, 3_277), fc.nat(8_000)), { maxLength: 8 });
  const most = fc.oneof(fc.constantFrom(0, 1, 3_276, 3_277, 1_000_000), fc.nat(30_000));

  it('are found as they come, and in any order once all are there, however often their memory has grown', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, most, fc.nat(), async (sizes, most, seed) => {
        const known = new KnownElements(most);
        const all: number[] = [];
        for (const piece of piecesOf(sizes)) {
          known.add(pieceOf(piece));
          expect(known.isComplete).toBe(false);
          expect(known.find(ofWords(wordsOf(1_000_000)))).toBe(-1);
          for (const element of piece) {
            const entry = known.find(ofWords(wordsOf(element)));
            if (element >= most !== entry < 0) throw new Error(`element ${element} is at ${entry}`);
            if (entry >= 0) known.markFound(entry, element * 3);
            all.push(element);
          }
        }
        await known.complete();
        expect(known.isComplete).toBe(true);
        expect([...known.numbers.without()]).toEqual(all.map((element) => 100 + element));
        const shuffled = all.toSorted((a, b) => Math.imul(a + seed, 0x9e3779b1) - Math.imul(b + seed, 0x9e3779b1));
        const found = shuffled.map((element) => {
          const entry = known.find(ofWords(wordsOf(element)));
          return entry < 0 ? 'unknown' : `${known.numberAt(entry)} at ${known.placeAt(entry)}`;
        });
        const expected = shuffled.map((one) => (one < most ? `${100 + one} at ${one * 3}` : 'unknown'));
        expect(found).toEqual(expected);
        for (let other = 1_000_000; other < 1_000_100; other++) expect(known.find(ofWords(wordsOf(other)))).toBe(-1);
      }),
      { numRuns: 40 },
    );
  });

  it('are found behind some that are gone or changed, before all are there', async () => {
    const known = new KnownElements();
    const elements = Array.from({ length: 30 }, (_, element) => element);
    known.add(pieceOf(elements.slice(0, 20)));
    for (const element of [0, 4, 5, 8])
      expect(known.numberAt(known.find(ofWords(wordsOf(element))))).toBe(100 + element);
    // One that came, one too far ahead, and one that is not read yet: whether they are known is told when all are.
    for (const element of [4, 13, 25]) expect(known.find(ofWords(wordsOf(element)))).toBe(-1);
    known.add(pieceOf(elements.slice(20)));
    await known.complete();
    for (const element of [4, 13, 25])
      expect(known.numberAt(known.find(ofWords(wordsOf(element))))).toBe(100 + element);
  });
});

it('are put into their table by turns, in which others are served', async () => {
  const known = new KnownElements();
  const elements = Array.from({ length: 120_000 }, (_, element) => element);
  for (let at = 0; at < elements.length; at += 5_000) known.add(pieceOf(elements.slice(at, at + 5_000)));
  let isServed = false;
  setImmediate(() => {
    isServed = true;
  });
  await known.complete();
  expect(isServed).toBe(true);
  for (const element of elements.toReversed())
    if (known.numberAt(known.find(ofWords(wordsOf(element)))) !== 100 + element) throw new Error(`element ${element}`);
});
