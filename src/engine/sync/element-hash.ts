/** The hash of an element's bytes, by which a complete set tells the elements that it has seen before. */
import { createHmac } from 'node:crypto';
import type { RawElement } from '../../model/commands.ts';
import { hashBytes } from '../../store/interface-records.ts';

/** To be raised when the engine or a dialect comes to judge the same bytes in another way. */
const rulesVersion = 1;

/**
 * HalfSipHash-1-3, as its makers define it for 32-bit words, with the further finalisation of SipHash-128 for 96 bits. Its key is made of
 * the server's secret and of all that decides how the bytes are judged: with any of that changed nothing is known, and who
 * does not know the secret cannot make two elements that look the same. The words of the last hash are fields, so that a million
 * hashes make no object each.
 */
export class ElementHasher {
  w0 = 0;
  w1 = 0;
  w2 = 0;
  readonly #k0: number;
  readonly #k1: number;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(secret: string, seed: { format: string; schemaVersion: number; workspace: number; interface: number }) {
    const key = createHmac('sha256', secret)
      .update(JSON.stringify(['element hash', rulesVersion, seed]))
      .digest();
    this.#k0 = key.readInt32LE(0);
    this.#k1 = key.readInt32LE(4);
  }

  /** Text by its UTF-8: to go through its characters here took twice as long. */
  hash(raw: RawElement): void {
    this.#hashBytes(typeof raw === 'string' ? Buffer.from(raw) : raw);
  }

  #hashBytes(raw: Buffer): void {
    const whole = raw.length & ~3;
    const start = raw.byteOffset;
    const view = this.#viewOf(raw.buffer);
    let v0 = this.#k0;
    let v1 = this.#k1 ^ 0xee;
    let v2 = this.#k0 ^ 0x6c796765;
    let v3 = this.#k1 ^ 0x74656462;
    for (let at = 0; at <= whole; at += 4) {
      const word = at < whole ? view.getInt32(start + at, true) : lastWord(raw, whole);
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = (v1 << 5) | (v1 >>> 27);
      v1 ^= v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = (v3 << 8) | (v3 >>> 24);
      v3 ^= v2;
      v0 = (v0 + v3) | 0;
      v3 = (v3 << 7) | (v3 >>> 25);
      v3 ^= v0;
      v2 = (v2 + v1) | 0;
      v1 = (v1 << 13) | (v1 >>> 19);
      v1 ^= v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    this.#finish(v0, v1, v2, v3);
  }

  /** Elements that come one after the other mostly lie in one piece of the body. */
  #viewOf(buffer: ArrayBufferLike): DataView {
    if (this.#view.buffer !== buffer) this.#view = new DataView(buffer);
    return this.#view;
  }

  /** Three rounds for each word of the hash. */
  #finish(from0: number, from1: number, from2: number, from3: number): void {
    let v0 = from0;
    let v1 = from1;
    let v2 = from2 ^ 0xee;
    let v3 = from3;
    for (let round = 1; round <= 9; round++) {
      v0 = (v0 + v1) | 0;
      v1 = (v1 << 5) | (v1 >>> 27);
      v1 ^= v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = (v3 << 8) | (v3 >>> 24);
      v3 ^= v2;
      v0 = (v0 + v3) | 0;
      v3 = (v3 << 7) | (v3 >>> 25);
      v3 ^= v0;
      v2 = (v2 + v1) | 0;
      v1 = (v1 << 13) | (v1 >>> 19);
      v1 ^= v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      if (round === 3) {
        this.w0 = v1 ^ v3;
        v1 ^= 0xdd;
      } else if (round === 6) {
        this.w1 = v1 ^ v3;
        v1 ^= 0xbb;
      }
    }
    this.w2 = v1 ^ v3;
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

/** What is left over, under the length. */
function lastWord(raw: Buffer, whole: number): number {
  let word = raw.length << 24;
  for (let at = raw.length - 1; at >= whole; at--) word |= (raw[at] as number) << (8 * (at - whole));
  return word;
}
