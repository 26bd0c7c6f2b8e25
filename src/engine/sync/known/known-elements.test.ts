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

/** As the store gives them: record 100 is of the first text, 101 of the next. */
function packed(hashes: readonly (Buffer | null)[]): PackedHashes {
  return new PackedHashes(
    Buffer.concat(
      hashes.map((one, index) => {
        const number = Buffer.alloc(8);
        number.writeBigInt64BE(BigInt(100 + index));
        return Buffer.concat([number, one ?? Buffer.alloc(hashBytes)]);
      }),
    ),
  );
}

function known(sent: readonly string[], most?: number): KnownElements {
  const elements = new KnownElements(sent.length, most);
  elements.add(packed(sent.map((text) => hash(text).toBytes())));
  return elements;
}

describe('the elements that an interface sent before', () => {
  it('are found by their hashes, each with its record, and no other', () => {
    const elements = known(texts(1_000));
    const numbers = texts(1_000).map((text) => elements.numberAt(elements.find(hash(text))));
    expect(numbers).toEqual(numbers.map((_, index) => 100 + index));
    for (const text of texts(1_000, 'another')) expect(elements.find(hash(text))).toBe(-1);
  });

  it('are told from one whose hash differs in one word alone', () => {
    const [w0, w1, w2] = [1, 2, 3];
    const bytes = Buffer.from(Int32Array.of(w0, w1, w2).buffer).swap32();
    const elements = new KnownElements(1);
    elements.add(packed([bytes]));
    const find = (words: object) => elements.find({ w0, w1, w2, ...words } as ElementHasher);
    for (const other of [{ w0: 9 }, { w1: 9 }]) expect(find(other)).toBe(-1);
    expect(find({})).toBe(0);
    // Behind the last that was found no other is expected: it is looked for in the table.
    for (const other of [{ w0: 9 }, { w1: 9 }]) expect(find(other)).toBe(-1);
    expect(find({})).toBe(0);
  });

  it('keep where they were found, also by record', () => {
    const elements = known(texts(50));
    for (const place of [3, 30]) elements.markFound(elements.find(hash(`element ${place}`)), place * 7);
    expect(elements.placeAt(elements.find(hash('element 3')))).toBe(21);
    expect(elements.placeAt(elements.find(hash('element 4')))).toBe(-1);
    expect(elements.placesOf(new Set([104, 130]))).toEqual(new Map([[130, 210]]));
  });

  it('are records of the interface with a hash or without one', () => {
    const elements = new KnownElements(2);
    elements.add(packed([null, hash('element').toBytes()]));
    expect([...elements.numbers.without()]).toEqual([100, 101]);
    expect(elements.numberAt(elements.find(hash('element')))).toBe(101);
  });

  it.each([0, 1, 700, 999])('are known as far as %i of a thousand fit, and all of them its records', (most) => {
    const elements = known(texts(1_000), most);
    expect(texts(1_000).filter((text) => elements.find(hash(text)) >= 0)).toEqual(texts(most));
    expect([...elements.numbers.without()]).toHaveLength(1_000);
  });
});
