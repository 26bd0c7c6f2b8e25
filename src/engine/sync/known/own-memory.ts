const pageBytes = 65_536;
declare const WebAssembly: {
  Memory: new (size: {
    initial: number;
    maximum: number;
  }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
};

const pagesOf = (words: number): number => Math.ceil((words * 4) / pageBytes);

/**
 * Memory of its own, which grows where it lies, and goes back to the system when it is collected. Of what is freed in such sizes, glibc keeps as
 * much for later, and takes from there what is half as large, which leaves gaps.
 */
export class OwnMemory {
  readonly #memory: InstanceType<typeof WebAssembly.Memory>;
  readonly #mostPages: number;
  #pages = 0;

  constructor(mostWords: number) {
    this.#mostPages = pagesOf(mostWords);
    this.#memory = new WebAssembly.Memory({ initial: 0, maximum: this.#mostPages });
  }

  /**
   * At least so many words, up to the most. It doubles: a page takes no memory before something is written to it.
   * @returns all of them. What was returned before is empty from now on.
   */
  grownTo(words: number): Uint32Array {
    const pages = Math.min(Math.max(pagesOf(words), this.#pages * 2), this.#mostPages);
    this.#memory.grow(pages - this.#pages);
    this.#pages = pages;
    return new Uint32Array(this.#memory.buffer);
  }
}
