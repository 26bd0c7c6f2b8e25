/** Gathers lines for a moment and writes them together: a write for each costs more than many a request does. */

const largestCharacters = 65_536;
const longestMs = 100;

export class LineBuffer {
  readonly #output: { write(text: string): unknown };
  #text = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(output: { write(text: string): unknown }) {
    this.#output = output;
  }

  add(lines: string): void {
    this.#text += lines;
    if (this.#text.length >= largestCharacters) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), longestMs).unref();
  }

  /** Writes what has gathered, now. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#output.write(text);
  }
}
