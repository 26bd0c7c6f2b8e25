/**
 * The elements that an interface sent before, by their hash: 20 bytes an element, where a Map would take 150. It also keeps at which place of
 * the body each was found again. A set mostly comes in the order in which its records were made: what stands behind the element that was found
 * last is looked at first, which finds nearly all of them where the processor reads already. For all others there is a table with open addressing,
 * 6 bytes an element, which is made when all are there.
 */
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import type { PackedHashes } from '../../../store/sync/interface-records.ts';
import type { ElementHasher } from './element-hash.ts';
import { NumberSet } from './number-set.ts';
import { OwnMemory } from './own-memory.ts';

const fill = 0.7;
/** Those of a larger set are judged each time that they come: memory must not grow with it. These take 100 MB, and the table 29. */
const mostKnown = 5_000_000;
/** Three words of the hash; number and place, each counted from 1 so that 0 is none. */
const entryWords = 5;
/** So many elements behind the last may be gone or changed, one after the other, before the table is asked. */
const looksAhead = 4;
/** Of five million the table takes 0.4 s, in which nobody else would be served. */
const tabledAtOnce = 50_000;
const words32 = 0x1_0000_0000;

export class KnownElements {
  /** Every record that the interface is responsible for, with a known hash or without. */
  readonly numbers = new NumberSet();
  readonly #most: number;
  readonly #memory: OwnMemory;
  /** In the order of their numbers. */
  #entries: Uint32Array = new Uint32Array();
  /** Where the last entry ends. */
  #end = 0;
  /** Where an entry begins, counted from 1. One in three stays free, where a search ends. Undefined before all are there. */
  #table: Uint32Array | undefined;
  /** Numbers are kept as their distance from the lowest one. */
  #lowest = 0;
  /** Where the entry begins that is behind the one that was found last. */
  #next = 0;

  constructor(most = mostKnown) {
    this.#most = most * entryWords;
    this.#memory = new OwnMemory(this.#most);
  }

  /** Records come in the order of their numbers. Any beyond the most, or too far from the first, stay unknown. */
  add(packed: PackedHashes): void {
    const needed = Math.min(this.#end + packed.length * entryWords, this.#most);
    if (needed > this.#entries.length) this.#entries = this.#memory.grownTo(needed);
    for (let index = 0; index < packed.length; index++) {
      const number = packed.numberAt(index);
      this.numbers.add(number);
      if (this.#lowest === 0) this.#lowest = number - 1;
      const w0 = packed.wordAt(index, 0);
      const w1 = packed.wordAt(index, 1);
      const w2 = packed.wordAt(index, 2);
      if ((w0 | w1 | w2) === 0 || number - this.#lowest >= words32 || this.#end === this.#most) continue;
      this.#append(w0, w1, w2, number - this.#lowest);
    }
  }

  #append(w0: number, w1: number, w2: number, number: number): void {
    const [entries, entry] = [this.#entries, this.#end];
    entries[entry] = w0;
    entries[entry + 1] = w1;
    entries[entry + 2] = w2;
    entries[entry + 3] = number;
    this.#end += entryWords;
  }

  /** All were added: from now on those are found too that come in another order. */
  async complete(): Promise<void> {
    const size = Math.ceil(this.#end / entryWords / fill) + 1;
    const table = new OwnMemory(size).grownTo(size);
    for (let from = 0; from < this.#end; from += tabledAtOnce * entryWords) {
      if (from > 0) await nextTurnOfEventLoop();
      this.#enter(table, from, Math.min(from + tabledAtOnce * entryWords, this.#end));
    }
    this.#table = table;
  }

  #enter(table: Uint32Array, from: number, end: number): void {
    const entries = this.#entries;
    for (let entry = from; entry < end; entry += entryWords) {
      let at = home(entries[entry + 2] as number, table);
      while (table[at] !== 0) at = at + 1 === table.length ? 0 : at + 1;
      table[at] = entry + 1;
    }
  }

  get isComplete(): boolean {
    return this.#table !== undefined;
  }

  /** Its entry, or -1. Until all were added, those alone are found that come in their usual order. */
  find(hash: ElementHasher): number {
    const entries = this.#entries;
    const w0 = hash.w0 >>> 0;
    const w1 = hash.w1 >>> 0;
    const w2 = hash.w2 >>> 0;
    let found = this.#next;
    const end = Math.min(found + looksAhead * entryWords, this.#end);
    while (found < end && (entries[found] !== w0 || entries[found + 1] !== w1 || entries[found + 2] !== w2))
      found += entryWords;
    if (found >= end) found = this.#lookUp(w0, w1, w2);
    if (found >= 0) this.#next = found + entryWords;
    return found;
  }

  #lookUp(w0: number, w1: number, w2: number): number {
    const [entries, table] = [this.#entries, this.#table];
    if (table === undefined) return -1;
    let at = home(w2, table);
    for (let place = table[at] as number; place !== 0; place = table[at] as number) {
      const entry = place - 1;
      if (entries[entry] === w0 && entries[entry + 1] === w1 && entries[entry + 2] === w2) return entry;
      at = at + 1 === table.length ? 0 : at + 1;
    }
    return -1;
  }

  numberAt(entry: number): number {
    return (this.#entries[entry + 3] as number) + this.#lowest;
  }

  /** -1 when it was not found in this body yet. */
  placeAt(entry: number): number {
    return (this.#entries[entry + 4] as number) - 1;
  }

  markFound(entry: number, place: number): void {
    this.#entries[entry + 4] = place + 1;
  }

  /** Where in the body these records were found. Goes through all: for the few that are found under two hashes. */
  placesOf(numbers: ReadonlySet<number>): Map<number, number> {
    const places = new Map<number, number>();
    if (numbers.size === 0) return places;
    for (let entry = 0; entry < this.#end; entry += entryWords) {
      if (this.placeAt(entry) >= 0 && numbers.has(this.numberAt(entry)))
        places.set(this.numberAt(entry), this.placeAt(entry));
    }
    return places;
  }
}

/** Where in the table a hash is to be looked for first. */
const home = (w2: number, table: Uint32Array): number => Math.floor((w2 / words32) * table.length);
