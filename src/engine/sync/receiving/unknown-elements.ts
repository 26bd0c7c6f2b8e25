/** The elements that must be judged, kept until the body is known to be whole: the first of them in memory, all others staged. */
import type { ElementSource, RawElement, SetElement } from '../../../model/commands.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { deleteStaged, readStaged, type StagedElement, stageElements } from '../../../store/sync/staging.ts';
import type { ElementHasher } from '../known/element-hash.ts';

const mostBytes = 8 * 1024 * 1024;
/** Of memory for an element beside its text. */
const elementBytes = 200;
export const chunkSize = 1_000;

/** `source`: its text, as its sender wrote it. `hash`: null of one that must be judged again when it comes again. */
export type UnknownElement = {
  readonly place: number;
  readonly element: SetElement;
  readonly source: string;
  readonly hash: Buffer | null;
};

/** What there is to judge. */
export type Elements = Pick<UnknownElements, 'chunks'>;

export class UnknownElements {
  readonly #tx: Transaction;
  readonly #workspace: number;
  readonly #run: number;
  /** Not as they were read: what is made of an element takes several times as much as its text. */
  readonly #inMemory: StagedElement[] = [];
  #bytesInMemory = 0;
  #toStage: StagedElement[] = [];
  #bytesToStage = 0;
  /** How many elements were staged together: as many are read back at once, so that large ones come in small chunks. */
  readonly #staged: number[] = [];

  constructor(tx: Transaction, workspace: number, run: number) {
    this.#tx = tx;
    this.#workspace = workspace;
    this.#run = run;
  }

  /** Gives something to wait for only when there is. */
  add(place: number, raw: RawElement, hasher: ElementHasher): Promise<void> | undefined {
    const element = { row: place, source: raw.toString(), hash: hasher.toBytes() };
    if (this.#bytesInMemory < mostBytes) {
      this.#inMemory.push(element);
      this.#bytesInMemory += raw.length + elementBytes;
      return undefined;
    }
    this.#toStage.push(element);
    this.#bytesToStage += raw.length;
    return this.#toStage.length === chunkSize || this.#bytesToStage > mostBytes ? this.#stage() : undefined;
  }

  async #stage(): Promise<void> {
    const elements = this.#toStage;
    this.#toStage = [];
    this.#bytesToStage = 0;
    this.#staged.push(elements.length);
    await stageElements(this.#tx, this.#workspace, this.#run, elements);
  }

  /** At the end of the body. */
  async complete(): Promise<void> {
    if (this.#toStage.length > 0) await this.#stage();
  }

  /** In the order of the body; any number of times. */
  async *chunks(source: ElementSource): AsyncGenerator<readonly UnknownElement[]> {
    for (let start = 0; start < this.#inMemory.length; start += chunkSize)
      yield this.#inMemory.slice(start, start + chunkSize).map((one) => readAgain(source, one));
    let after = -1;
    for (const limit of this.#staged) {
      const rows = await readStaged(this.#tx, this.#workspace, this.#run, { after, limit });
      if (rows.length !== limit) throw new Error('Elements that were staged are not there');
      after = rows.at(-1)?.row ?? after;
      yield rows.map((one) => readAgain(source, one));
    }
  }

  forget(): void {
    if (this.#staged.length > 0) deleteStaged(this.#tx, this.#workspace, this.#run);
  }
}

const readAgain = (from: ElementSource, { row: place, source, hash }: StagedElement): UnknownElement => ({
  place,
  element: from.read(source, place),
  source,
  hash,
});
