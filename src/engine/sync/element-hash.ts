/** The hash of an element's bytes, by which a complete set tells the elements that it has seen before. */
import { hash } from 'node:crypto';
import type { RawElement } from '../../model/commands.ts';
import { hashBytes } from '../../store/interface-records.ts';

/** To be raised when the engine or a dialect comes to judge the same bytes in another way. */
const rulesVersion = 1;

/**
 * 96 bits of SHA-256, shifted by a seed of all that decides how the bytes are judged: with any of that changed, nothing is known.
 * The words of the last hash are fields, so that a million hashes make no object each.
 */
export class ElementHasher {
  w0 = 0;
  w1 = 0;
  w2 = 0;
  readonly #seed: Int32Array;

  constructor(seed: { format: string; schemaVersion: number; interface: number }) {
    const digest = hash('sha256', JSON.stringify([rulesVersion, seed]), 'buffer');
    this.#seed = Int32Array.of(digest.readInt32BE(0), digest.readInt32BE(4), digest.readInt32BE(8));
  }

  hash(raw: RawElement): void {
    // A string of one character per byte: half the time of a Buffer for each.
    const digest = hash('sha256', raw, 'binary');
    const seed = this.#seed;
    this.w0 = wordAt(digest, 0) ^ (seed[0] as number);
    this.w1 = wordAt(digest, 4) ^ (seed[1] as number);
    this.w2 = wordAt(digest, 8) ^ (seed[2] as number);
  }

  /** The last hash, as it is stored. */
  toBytes(): Buffer {
    const bytes = Buffer.allocUnsafe(hashBytes);
    bytes.writeInt32BE(this.w0, 0);
    bytes.writeInt32BE(this.w1, 4);
    bytes.writeInt32BE(this.w2, 8);
    return bytes;
  }
}

const wordAt = (text: string, at: number): number =>
  (text.charCodeAt(at) << 24) |
  (text.charCodeAt(at + 1) << 16) |
  (text.charCodeAt(at + 2) << 8) |
  text.charCodeAt(at + 3);
