/** Elements of a body, as many as came together: the bytes of all, and where each begins and ends. An object for each would cost more than to hash it. */
export class PackedElements {
  readonly bytes: Buffer;
  readonly #starts: readonly number[];
  readonly #ends: readonly number[];

  constructor(bytes: Buffer, starts: readonly number[], ends: readonly number[]) {
    this.bytes = bytes;
    this.#starts = starts;
    this.#ends = ends;
  }

  static of(texts: readonly string[]): PackedElements {
    const whole = texts.join('');
    const bytes = Buffer.from(whole);
    const isAscii = bytes.length === whole.length;
    const ends: number[] = [];
    const starts: number[] = [];
    let at = 0;
    for (const text of texts) {
      starts.push(at);
      at += isAscii ? text.length : Buffer.byteLength(text);
      ends.push(at);
    }
    return new PackedElements(bytes, starts, ends);
  }

  get length(): number {
    return this.#ends.length;
  }

  startOf(index: number): number {
    return this.#starts[index] as number;
  }

  endOf(index: number): number {
    return this.#ends[index] as number;
  }

  /** A view, not a copy. */
  at(index: number): Buffer {
    return this.bytes.subarray(this.startOf(index), this.endOf(index));
  }
}
