/**
 * New numbers of records and links. How many a batch takes is known only once its rows were read; so that no answer must be waited
 * for twice, it reserves as many as it may take when it asks for the rows, and gives back what it did not take. They are lost, and
 * leave a gap, only when the process ends: PostgreSQL itself may lose as many of a sequence when it ends badly.
 */
import type { Transaction } from '../../store/postgres/database.ts';
import { drawNumbers, type Numbers } from '../../store/records/records.ts';

/** How many are drawn at least, so that not every batch has a statement for it. */
const leastDrawn = 32;
const toDraw = (missing: number): number => (missing === 0 ? 0 : Math.max(missing, leastDrawn));

export class NumberPool {
  #spare: Numbers = { records: [], links: [] };

  /** Numbers that nobody else gets, until those that are left are given back. */
  async reserve(tx: Transaction, most: { records: number; links: number }): Promise<Numbers> {
    const records = this.#spare.records.splice(0, most.records);
    const links = this.#spare.links.splice(0, most.links);
    const missing = { records: most.records - records.length, links: most.links - links.length };
    if (missing.records === 0 && missing.links === 0) return { records, links };
    const drawn = await drawNumbers(tx, { records: toDraw(missing.records), links: toDraw(missing.links) });
    this.giveBack({ records: drawn.records.splice(missing.records), links: drawn.links.splice(missing.links) });
    return { records: records.concat(drawn.records), links: links.concat(drawn.links) };
  }

  giveBack(left: Numbers): void {
    // In their order, whichever batch comes back first: so the numbers of later records are the higher ones, as far as that can be.
    this.#spare = {
      records: inOrder(left.records, this.#spare.records),
      links: inOrder(left.links, this.#spare.links),
    };
  }
}

const inOrder = (left: readonly number[], spare: number[]): number[] =>
  left.length === 0 ? spare : [...left, ...spare].sort((a, b) => a - b);
