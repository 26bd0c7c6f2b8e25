/**
 * The elements that an interface sent before, by their hash: 22 bytes an element, where a Map would take 150. It also keeps at which place of
 * the body each was found again. A set mostly comes in the order in which its records were made: what stands behind the element that was found
 * last is looked at first, which finds nearly all of them where the processor reads already. All others lie in a table with open addressing.
 */
import type { PackedHashes } from '../../../store/sync/interface-records.ts';
import type { ElementHasher } from './element-hash.ts';
import { NumberSet } from './number-set.ts';

const fill = 0.7;
/** Those of a larger set are judged each time that they come: memory must not grow with it. These take 109 MB. */
const mostKnown = 5_000_000;
/** Two words of the hash (the third says where it lies in the table), number and place, each counted from 1 so that 0 is none. */
const entryWords = 4;
/** So many elements behind the last may be gone or changed, one after the other, before the table is asked. */
const looksAhead = 4;
const words32 = 0x1_0000_0000;

export class KnownElements {
  /** Every record that the interface is responsible for, with a known hash or without. */
  readonly numbers = new NumberSet();
  /** In the order of their numbers. */
  readonly #entries: Uint32Array;
  readonly #most: number;
  #count = 0;
  /** Where an entry begins, counted from 1. One stays free, where a search ends. */
  readonly #table: Uint32Array;
  /** Numbers are kept as their distance from the lowest one. */
  #lowest = 0;
  /** Where the entry begins that is behind the one that was found last. */
  #next = 0;

  constructor(count: number, most = mostKnown) {
    this.#most = Math.min(count, most);
    this.#entries = newTable(this.#most * entryWords);
    this.#table = newTable(Math.ceil(this.#most / fill) + 1);
  }

  /** Records come in the order of their numbers. Any beyond the count that was said, or too far from the first, stay unknown. */
  add(packed: PackedHashes): void {
    for (let index = 0; index < packed.length; index++) {
      const number = packed.numberAt(index);
      this.numbers.add(number);
      if (this.#lowest === 0) this.#lowest = number - 1;
      const w0 = packed.wordAt(index, 0);
      const w1 = packed.wordAt(index, 1);
      const w2 = packed.wordAt(index, 2);
      if ((w0 | w1 | w2) === 0 || number - this.#lowest >= words32 || this.#count === this.#most) continue;
      this.#insert(w0, w1, w2, number - this.#lowest);
    }
  }

  #insert(w0: number, w1: number, w2: number, number: number): void {
    const entry = this.#count * entryWords;
    this.#count += 1;
    this.#entries[entry] = w0;
    this.#entries[entry + 1] = w1;
    this.#entries[entry + 2] = number;
    const table = this.#table;
    let at = this.#home(w2);
    while (table[at] !== 0) at = at + 1 === table.length ? 0 : at + 1;
    table[at] = entry + 1;
  }

  /** Its entry, or -1. */
  find(hash: ElementHasher): number {
    const entries = this.#entries;
    const w0 = hash.w0 >>> 0;
    const w1 = hash.w1 >>> 0;
    let found = this.#next;
    const end = Math.min(found + looksAhead * entryWords, this.#count * entryWords);
    while (found < end && (entries[found] !== w0 || entries[found + 1] !== w1)) found += entryWords;
    if (found >= end) found = this.#lookUp(w0, w1, hash.w2);
    if (found >= 0) this.#next = found + entryWords;
    return found;
  }

  #lookUp(w0: number, w1: number, w2: number): number {
    const [entries, table] = [this.#entries, this.#table];
    let at = this.#home(w2);
    for (let place = table[at] as number; place !== 0; place = table[at] as number) {
      if (entries[place - 1] === w0 && entries[place] === w1) return place - 1;
      at = at + 1 === table.length ? 0 : at + 1;
    }
    return -1;
  }

  numberAt(entry: number): number {
    return (this.#entries[entry + 2] as number) + this.#lowest;
  }

  /** -1 when it was not found in this body yet. */
  placeAt(entry: number): number {
    return (this.#entries[entry + 3] as number) - 1;
  }

  markFound(entry: number, place: number): void {
    this.#entries[entry + 3] = place + 1;
  }

  /** Where in the body these records were found. Goes through all: for the few that are found under two hashes. */
  placesOf(numbers: ReadonlySet<number>): Map<number, number> {
    const places = new Map<number, number>();
    if (numbers.size === 0) return places;
    for (let entry = 0; entry < this.#count * entryWords; entry += entryWords) {
      if (this.placeAt(entry) >= 0 && numbers.has(this.numberAt(entry)))
        places.set(this.numberAt(entry), this.placeAt(entry));
    }
    return places;
  }

  #home(w2: number): number {
    return Math.floor(((w2 >>> 0) / words32) * this.#table.length);
  }
}

const pageBytes = 65_536;
declare const WebAssembly: { Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer } };

/**
 * Memory of its own, which goes back to the system when it is collected. Of what is freed in such sizes, glibc keeps as much for later, and takes
 * from there what is half as large, which leaves gaps.
 */
function newTable(words: number): Uint32Array {
  const { buffer } = new WebAssembly.Memory({ initial: Math.ceil((words * 4) / pageBytes) });
  return new Uint32Array(buffer, 0, words);
}
