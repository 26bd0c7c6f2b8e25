/** What an interface sent before, read piece by piece while its next set arrives. */
import type { Transaction } from '../../../store/postgres/database.ts';
import {
  countInterfaceRecords,
  type PackedHashes,
  readInterfaceRecords,
} from '../../../store/sync/interface-records.ts';
import { KnownElements } from './known-elements.ts';

export class KnownSoFar {
  /** Whole when there is no more to read. */
  readonly known: KnownElements;
  readonly #pieces: AsyncGenerator<PackedHashes>;
  #isWhole = false;

  constructor(known: KnownElements, pieces: AsyncGenerator<PackedHashes>) {
    this.known = known;
    this.#pieces = pieces;
  }

  static async begin(tx: Transaction, workspace: number, interfaceId: number): Promise<KnownSoFar> {
    const known = new KnownElements(await countInterfaceRecords(tx, workspace, interfaceId));
    return new KnownSoFar(known, readInterfaceRecords(tx, workspace, interfaceId));
  }

  /** @returns false when all was read before: what is not known then is not known at all. */
  readMore(): Promise<boolean> | false {
    return !this.#isWhole && this.#read();
  }

  async #read(): Promise<boolean> {
    const { value, done } = await this.#pieces.next();
    if (done) this.#isWhole = true;
    else this.known.add(value);
    return true;
  }
}
