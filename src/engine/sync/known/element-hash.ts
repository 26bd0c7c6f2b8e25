/** The hash of an element's bytes, by which a complete set tells the elements that it has seen before. */
import { createHmac } from 'node:crypto';
import type { PackedElements } from '../../../model/packed.ts';
import { hashBytes } from '../../../store/sync/interface-records.ts';
import type { ScopeCondition } from '../../../store/sync/scope.ts';
import { SipHash } from './sip-hash.ts';

/** To be raised when the engine or a dialect comes to judge the same bytes in another way. */
const rulesVersion = 1;

export type HashSeed = {
  readonly format: string;
  readonly schemaVersion: number;
  readonly workspace: number;
  readonly interface: number;
  /** An element that lay in one scope may not lie in another. */
  readonly scope?: readonly ScopeCondition[];
};

/**
 * The first 96 bits of a SipHash. Its key is made of the server's secret and of all that decides how the bytes are judged: with any of
 * that changed nothing is known, and who does not know the secret cannot make two elements that look the same. The words of the last
 * hash are fields, so that a million hashes make no object each.
 */
export class ElementHasher {
  w0 = 0;
  w1 = 0;
  w2 = 0;
  readonly #sip: SipHash;
  #elements: PackedElements | undefined;

  constructor(secret: string, seed: HashSeed) {
    const key = createHmac('sha256', secret)
      .update(JSON.stringify(['element hash', rulesVersion, seed]))
      .digest();
    this.#sip = new SipHash(key.subarray(0, 16));
  }

  hash(elements: PackedElements, index: number): void {
    if (this.#elements !== elements) {
      this.#elements = elements;
      this.#sip.load(elements.bytes);
    }
    const words = this.#sip.hash(elements.startOf(index), elements.endOf(index));
    this.w0 = words[0] as number;
    this.w1 = words[1] as number;
    this.w2 = words[2] as number;
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
