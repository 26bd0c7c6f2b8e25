/** A set of record numbers, which lie close together: a bit each, in pages. A Set of five million numbers would take 200 MB. */
const pageNumbers = 65_536;

export class NumberSet {
  readonly #pages = new Map<number, Uint32Array>();
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
    page[bit >>> 5] = (page[bit >>> 5] as number) | (1 << (bit & 31));
  }

  /** In ascending order. */
  *[Symbol.iterator](): Generator<number> {
    for (const key of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const page = this.#pages.get(key) as Uint32Array;
      for (let word = 0; word < page.length; word++) {
        for (let bits = page[word] as number; bits !== 0; bits &= bits - 1) {
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
