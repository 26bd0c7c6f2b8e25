/** A hash of the elements or rows of a body, as they go by: by their bytes, and not by what stands between them. */
import { createHash, type Hash } from 'node:crypto';
import type { SetSource } from '../../model/commands.ts';

export class BodyHash {
  readonly #hash: Hash = createHash('sha256');

  add(element: Buffer | string): void {
    const bytes = typeof element === 'string' ? Buffer.from(element) : element;
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(bytes.length);
    this.#hash.update(length).update(bytes);
  }

  /** The set, which is hashed while it is read. */
  of(source: SetSource): SetSource {
    this.#hash.update(JSON.stringify([source.format, source.scope ?? null, source.stamp ?? null]));
    const add = (element: Buffer | string): void => this.add(element);
    return {
      ...source,
      elements: (async function* () {
        for await (const elements of source.elements) {
          for (let index = 0; index < elements.length; index++) add(elements.at(index));
          yield elements;
        }
      })(),
    };
  }

  /** To be asked once, when all of it was read. */
  end(): Buffer {
    return this.#hash.digest();
  }
}
