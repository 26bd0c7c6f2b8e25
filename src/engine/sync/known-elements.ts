/**
 * The elements that an interface sent before, by their hash: a table of numbers with open addressing, 19 bytes an element, where a Map
 * would take 150. It also keeps at which place of the body each was found again.
 */
import type { PackedHashes } from '../../store/interface-records.ts';
import type { ElementHasher } from './element-hash.ts';
import { NumberSet } from './number-set.ts';

const fill = 0.85;
/** Those of a larger set are judged each time that they come: memory must not grow with it. These take 94 MB. */
const mostKnown = 5_000_000;
/** Two words of the hash (the third says where it lies), number and place, each counted from 1 so that 0 is none. */
const slotWords = 4;
const words32 = 0x1_0000_0000;

export class KnownElements {
  /** Every record that the interface is responsible for, with a known hash or without. */
  readonly numbers = new NumberSet();
  /** For how many more there is a place; one place more stays free, where a search ends. */
  #room: number;
  readonly #slots: number;
  readonly #table: Uint32Array;
  /** Numbers are kept as their distance from the lowest one. */
  #lowest = 0;

  constructor(count: number, most = mostKnown) {
    this.#room = Math.min(count, most);
    this.#slots = Math.ceil(this.#room / fill) + 1;
    this.#table = newTable(this.#slots * slotWords);
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
      if ((w0 | w1 | w2) === 0 || number - this.#lowest >= words32 || this.#room === 0) continue;
      this.#room -= 1;
      this.#insert(w0, w1, w2, number - this.#lowest);
    }
  }

  #insert(w0: number, w1: number, w2: number, number: number): void {
    const table = this.#table;
    let slot = this.#home(w2);
    while (table[slot * slotWords + 2] !== 0) slot = slot + 1 === this.#slots ? 0 : slot + 1;
    table[slot * slotWords] = w0;
    table[slot * slotWords + 1] = w1;
    table[slot * slotWords + 2] = number;
  }

  /** Where the hash lies, or -1. */
  find(hash: ElementHasher): number {
    const table = this.#table;
    const w0 = hash.w0 >>> 0;
    const w1 = hash.w1 >>> 0;
    let at = this.#home(hash.w2) * slotWords;
    while (table[at + 2] !== 0) {
      if (table[at] === w0 && table[at + 1] === w1) return at;
      at += slotWords;
      if (at === table.length) at = 0;
    }
    return -1;
  }

  numberAt(slot: number): number {
    return (this.#table[slot + 2] as number) + this.#lowest;
  }

  /** -1 when it was not found in this body yet. */
  placeAt(slot: number): number {
    return (this.#table[slot + 3] as number) - 1;
  }

  markFound(slot: number, place: number): void {
    this.#table[slot + 3] = place + 1;
  }

  /** Where in the body these records were found. Goes through the whole table: for the few that are found under two hashes. */
  placesOf(numbers: ReadonlySet<number>): Map<number, number> {
    const places = new Map<number, number>();
    if (numbers.size === 0) return places;
    for (let slot = 0; slot < this.#table.length; slot += slotWords) {
      if (this.#table[slot + 3] !== 0 && numbers.has(this.numberAt(slot)))
        places.set(this.numberAt(slot), this.placeAt(slot));
    }
    return places;
  }

  #home(w2: number): number {
    return Math.floor(((w2 >>> 0) / words32) * this.#slots);
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
