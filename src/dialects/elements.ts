/**
 * Cuts a body into its elements as it arrives, so that memory does not grow with the body: lines of NDJSON, or the elements of one JSON
 * array. It looks at bytes only and leaves each element's own JSON to whoever reads it. Nothing here knows a vendor.
 */
import { MalformedBody } from './bodies.ts';

export type RawElement = {
  /** From 0. */
  readonly index: number;
  /** From 1; of the element's first byte. */
  readonly line: number;
  readonly text: string;
};

export type ElementFormat = 'ndjson' | 'json';

export const maxElementBytes = 1024 * 1024;

/** Yields the elements of each piece of the body together. Throws MalformedBody where the body as a whole cannot be read on. */
export async function* readElements(body: AsyncIterable<Buffer>, format: ElementFormat): AsyncGenerator<RawElement[]> {
  const cutter = format === 'ndjson' ? new LineCutter() : new ArrayCutter();
  let first = true;
  for await (const piece of body) {
    const bytes = first && piece.length >= 3 && piece.readUIntBE(0, 3) === 0xefbbbf ? piece.subarray(3) : piece;
    first = false;
    const elements = cutter.cut(bytes);
    if (elements.length > 0) yield elements;
  }
  const rest = cutter.end();
  if (rest.length > 0) yield rest;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The bytes of one element, which may come in several pieces. */
class Parts {
  #parts: Buffer[] = [];
  #bytes = 0;

  add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > maxElementBytes) {
      throw new MalformedBody(`an element is larger than ${maxElementBytes.toLocaleString('en')} bytes`);
    }
    // What is kept must not keep the whole piece of the body that it came in.
    this.#parts.push(Buffer.from(part));
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** All that was added and, at last, `end`. */
  take(end: Buffer, line: number): string {
    if (this.#bytes + end.length > maxElementBytes) this.add(end);
    const bytes = this.#parts.length === 0 ? end : Buffer.concat([...this.#parts, end]);
    this.#parts = [];
    this.#bytes = 0;
    try {
      return utf8.decode(bytes);
    } catch {
      throw new MalformedBody(`line ${line.toLocaleString('en')} is not UTF-8`);
    }
  }
}

const newline = 0x0a;

/** Lines; empty ones are passed over. */
class LineCutter {
  readonly #parts = new Parts();
  #index = 0;
  #line = 1;

  cut(piece: Buffer): RawElement[] {
    const elements: RawElement[] = [];
    let start = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      this.#push(elements, piece.subarray(start, end));
      this.#line += 1;
      start = end + 1;
    }
    if (start < piece.length) this.#parts.add(piece.subarray(start));
    return elements;
  }

  end(): RawElement[] {
    const elements: RawElement[] = [];
    this.#push(elements, Buffer.alloc(0));
    return elements;
  }

  #push(elements: RawElement[], end: Buffer): void {
    const text = this.#parts.take(end, this.#line).trim();
    if (text !== '') elements.push({ index: this.#index++, line: this.#line, text });
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const open = 0x5b;
const close = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const isSpace = (byte: number): boolean => byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;

/** The elements of one array. Follows strings and depth only: whether an element is JSON, its reader will find. */
class ArrayCutter {
  readonly #parts = new Parts();
  #state: 'before' | 'first' | 'between' | 'inside' | 'after' = 'before';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #index = 0;
  #line = 1;
  #startLine = 1;

  cut(piece: Buffer): RawElement[] {
    const elements: RawElement[] = [];
    let start = 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] as number;
      if (byte === newline) this.#line += 1;
      if (this.#state !== 'inside') {
        if (isSpace(byte)) continue;
        this.#outside(byte);
        if ((this.#state as string) !== 'inside') continue;
        start = at;
        this.#startLine = this.#line;
      }
      if (this.#inString) {
        at = this.#throughString(piece, at);
      } else if (byte === quote) {
        this.#inString = true;
      } else if (byte === openObject || byte === open) {
        this.#depth += 1;
      } else if ((byte === comma || byte === close) && this.#depth === 0) {
        this.#push(elements, piece.subarray(start, at));
        this.#state = byte === comma ? 'between' : 'after';
      } else if (byte === closeObject || byte === close) {
        this.#depth -= 1;
        if (this.#depth < 0) throw this.#malformed('a closing bracket too many');
      }
    }
    if (this.#state === 'inside') this.#parts.add(piece.subarray(start));
    return elements;
  }

  end(): RawElement[] {
    if (this.#state !== 'after') throw this.#malformed('the body ends before its array does');
    return [];
  }

  /** @returns where in the piece the string goes on or ends. */
  #throughString(piece: Buffer, from: number): number {
    for (let at = from; at < piece.length; at++) {
      const byte = piece[at] as number;
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) {
        this.#inString = false;
        return at;
      }
      // The first byte was counted by the caller; a bare newline in a string is an error that its element's reader will tell.
      if (byte === newline && at > from) this.#line += 1;
    }
    return piece.length;
  }

  #outside(byte: number): void {
    if (this.#state === 'before') {
      if (byte !== open) throw this.#malformed('the body must be one JSON array');
      this.#state = 'first';
    } else if (this.#state === 'after') {
      throw this.#malformed('something follows the array');
    } else if (byte === close && this.#state === 'first') {
      this.#state = 'after';
    } else if (byte === comma || byte === close) {
      throw this.#malformed('an element is missing');
    } else {
      this.#state = 'inside';
    }
  }

  #push(elements: RawElement[], end: Buffer): void {
    const text = this.#parts.take(end, this.#startLine);
    elements.push({ index: this.#index++, line: this.#startLine, text });
  }

  #malformed(message: string): MalformedBody {
    return new MalformedBody(`line ${this.#line.toLocaleString('en')}: ${message}`);
  }
}
