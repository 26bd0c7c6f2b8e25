/** A set of texts that keeps 96 bits of a hash of each: a million keys take 16 to 32 MB, where a Set of them would take 100 and more. */
import { hash } from 'node:crypto';

const words = 3;
const fill = 0.7;

export class TextSet {
  #table = new Uint32Array(1024 * words);
  #size = 0;

  /** Whether it was not there before. */
  add(text: string): boolean {
    const digest = hash('sha256', text, 'buffer');
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
