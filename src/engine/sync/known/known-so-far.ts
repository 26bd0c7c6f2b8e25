/** What an interface sent before, read piece by piece while its next set arrives. */
import type { Transaction } from '../../../store/postgres/database.ts';
import { type PackedHashes, readInterfaceRecords } from '../../../store/sync/interface-records.ts';
import { KnownElements } from './known-elements.ts';

export class KnownSoFar {
  readonly known = new KnownElements();
  readonly #pieces: AsyncGenerator<PackedHashes>;

  constructor(pieces: AsyncGenerator<PackedHashes>) {
    this.#pieces = pieces;
  }

  static begin(tx: Transaction, workspace: number, interfaceId: number): KnownSoFar {
    return new KnownSoFar(readInterfaceRecords(tx, workspace, interfaceId));
  }

  /** For an element that is not known so far. @returns false when all was read before: what is not known then is not known at all. */
  readMore(): Promise<boolean> | false {
    return !this.known.isComplete && this.#read();
  }

  async #read(): Promise<boolean> {
    const { value, done } = await this.#pieces.next();
    if (done) await this.known.complete();
    else this.known.add(value);
    return true;
  }

  /** When no more elements come: for the records alone. */
  async readRest(): Promise<void> {
    for await (const piece of this.#pieces) this.known.add(piece);
  }
}
