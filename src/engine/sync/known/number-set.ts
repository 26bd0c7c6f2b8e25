/** A set of record numbers, which lie close together: a bit each, in pages. A Set of five million numbers would take 200 MB. */
const pageNumbers = 65_536;

export class NumberSet {
  readonly #pages = new Map<number, Uint32Array>();
  #size = 0;
  #lastKey = -1;
  #lastPage: Uint32Array | undefined;

  has(number: number): boolean {
    const page = this.#page(Math.floor(number / pageNumbers));
    const bit = number % pageNumbers;
    return page !== undefined && ((page[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
  }

  add(number: number): void {
    const key = Math.floor(number / pageNumbers);
    let page = this.#page(key);
    if (page === undefined) {
      page = new Uint32Array(pageNumbers / 32);
      this.#pages.set(key, page);
      this.#lastPage = page;
    }
    const bit = number % pageNumbers;
    const before = page[bit >>> 5] as number;
    const after = before | (1 << (bit & 31));
    if (before === after >>> 0) return;
    page[bit >>> 5] = after;
    this.#size += 1;
  }

  get size(): number {
    return this.#size;
  }

  /** Those that are in none of the others, in ascending order. Costs little but for the numbers that it gives. */
  *without(...others: readonly NumberSet[]): Generator<number> {
    for (const key of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const page = this.#pages.get(key) as Uint32Array;
      const otherPages = others.flatMap((other) => other.#pages.get(key) ?? []);
      for (let word = 0; word < page.length; word++) {
        let bits = page[word] as number;
        for (const other of otherPages) bits &= ~(other[word] as number);
        for (; bits !== 0; bits &= bits - 1) {
          yield key * pageNumbers + word * 32 + (31 - Math.clz32(bits & -bits));
        }
      }
    }
  }

  #page(key: number): Uint32Array | undefined {
    if (key !== this.#lastKey) {
      this.#lastKey = key;
      this.#lastPage = this.#pages.get(key);
    }
    return this.#lastPage;
  }
}
