/**
 * A set of texts that keeps 96 bits of a hash of each: a million keys take 16 to 32 MB, where a Set of them would take 100 and more; and which of
 * any number of texts come again.
 */
import { hash } from 'node:crypto';

const words = 3;
const fill = 0.7;

export class TextSet {
  readonly #part: number;
  readonly #parts: number;
  #table = new Uint32Array(1024 * words);
  #size = 0;

  /** @param part which of so many parts of all texts it takes. */
  constructor(part = 0, parts = 1) {
    this.#part = part;
    this.#parts = parts;
  }

  /** Whether it was not there before, as no text of another part ever is. */
  add(text: string): boolean {
    const digest = hash('sha256', text, 'buffer');
    if (digest.readUInt32LE(12) % this.#parts !== this.#part) return true;
    // No word of 0: that is an empty slot.
    const added = this.#insert(digest.readUInt32LE(0) || 1, digest.readUInt32LE(4), digest.readUInt32LE(8));
    if (added) this.#size += 1;
    if (this.#size * words > this.#table.length * fill) this.#grow();
    return added;
  }

  #insert(w0: number, w1: number, w2: number): boolean {
    const table = this.#table;
    for (let at = (w2 % (table.length / words)) * words; ; at = at + words === table.length ? 0 : at + words) {
      if (table[at] === 0) {
        table[at] = w0;
        table[at + 1] = w1;
        table[at + 2] = w2;
        return true;
      }
      if (table[at] === w0 && table[at + 1] === w1 && table[at + 2] === w2) return false;
    }
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += words)
      if (old[at] !== 0) this.#insert(old[at] as number, old[at + 1] as number, old[at + 2] as number);
  }
}

/** What a set of so many takes is what memory has for it. */
const mostAtOnce = 1_000_000;

/**
 * The texts that come more than once, each with the place at which it came last. More than memory should hold are gone through several times, and
 * each time another part of them is looked at.
 * @param all gives all of them, in the same order each time; is told how often it did so before. @param most of how many there may be.
 */
export async function repeatedTexts(
  all: (before: number) => AsyncIterable<{ readonly text: string; readonly place: number }>,
  most: number,
  atOnce = mostAtOnce,
): Promise<Map<string, number>> {
  const repeated = new Map<string, number>();
  const parts = Math.max(1, Math.ceil(most / atOnce));
  for (let part = 0; part < parts; part++) {
    const seen = new TextSet(part, parts);
    for await (const { text, place } of all(part)) if (!seen.add(text)) repeated.set(text, place);
  }
  return repeated;
}
