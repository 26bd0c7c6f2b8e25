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
  let index = 0;
  for await (const { elements, lines } of cutBody(body, format))
    yield elements.map((bytes, at) => {
      const line = lines[at] as number;
      return { index: index++, line, text: textOf(bytes, line) };
    });
}

/** The same as bytes, for a reader that need not look into each. They are valid until the next piece is asked for. */
export async function* readRawElements(body: AsyncIterable<Buffer>, format: ElementFormat): AsyncGenerator<Buffer[]> {
  for await (const { elements } of cutBody(body, format)) yield elements;
}

async function* cutBody(body: AsyncIterable<Buffer>, format: ElementFormat): AsyncGenerator<Cut> {
  const cutter = format === 'ndjson' ? new LineCutter() : new ArrayCutter();
  let first = true;
  for await (const piece of body) {
    const cut = cutter.cut(first ? withoutMark(piece) : piece);
    first = false;
    if (cut.elements.length > 0) yield cut;
  }
  const rest = cutter.end();
  if (rest.elements.length > 0) yield rest;
}

/** Without the byte order mark of UTF-8, which says nothing. */
export const withoutMark = (piece: Buffer): Buffer =>
  piece.length >= 3 && piece.readUIntBE(0, 3) === 0xefbbbf ? piece.subarray(3) : piece;

const utf8 = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Buffer, line: number): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new MalformedBody(`line ${line.toLocaleString('en')} is not UTF-8`);
  }
}

/** Elements without the space around them, and the line on which each begins. */
type Cut = { readonly elements: Buffer[]; readonly lines: number[] };

/** The bytes of one element, which may come in several pieces. */
class Parts {
  readonly #most: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#most) {
      throw new MalformedBody(`an element is larger than ${this.#most.toLocaleString('en')} bytes`);
    }
    // What is kept must not keep the whole piece of the body that it came in.
    this.#parts.push(Buffer.from(part));
  }

  /** All that was added and, at last, `end`. */
  take(end: Buffer): Buffer {
    if (this.#bytes + end.length > this.#most) this.add(end);
    if (this.#bytes === 0) return trimmed(end);
    const bytes = Buffer.concat([...this.#parts, end]);
    this.#parts = [];
    this.#bytes = 0;
    return trimmed(bytes);
  }
}

const newline = 0x0a;
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;

function trimmed(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && isSpace(bytes[end - 1])) end -= 1;
  let start = 0;
  while (start < end && isSpace(bytes[start])) start += 1;
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

/** Lines; empty ones are passed over. */
class LineCutter {
  readonly #parts = new Parts(maxElementBytes);
  #line = 1;

  cut(piece: Buffer): Cut {
    const cut: Cut = { elements: [], lines: [] };
    let start = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      this.#push(cut, piece.subarray(start, end));
      this.#line += 1;
      start = end + 1;
    }
    if (start < piece.length) this.#parts.add(piece.subarray(start));
    return cut;
  }

  end(): Cut {
    const cut: Cut = { elements: [], lines: [] };
    this.#push(cut, Buffer.alloc(0));
    return cut;
  }

  #push({ elements, lines }: Cut, end: Buffer): void {
    const bytes = this.#parts.take(end);
    if (bytes.length === 0) return;
    elements.push(bytes);
    lines.push(this.#line);
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const open = 0x5b;
const close = 0x5d;

/** What a byte means outside of strings: most mean nothing, and are passed over by one look. */
const [plain, opens, closes, parts, quotes, breaks] = [0, 1, 2, 3, 4, 5];
const meanings = new Uint8Array(256);
for (const byte of Buffer.from('{[')) meanings[byte] = opens as number;
for (const byte of Buffer.from('}]')) meanings[byte] = closes as number;
meanings[comma] = parts as number;
meanings[quote] = quotes as number;
meanings[newline] = breaks as number;

/** The elements of one array. Follows strings and depth only: whether an element is JSON, its reader will find. */
export class ArrayCutter {
  readonly #parts: Parts;
  #state: 'before' | 'first' | 'between' | 'inside' | 'after';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #line = 1;
  #startLine = 1;

  /** @param isOpen when the bracket that opens the array was read before. */
  constructor({ isOpen = false, maxBytes = maxElementBytes }: { isOpen?: boolean; maxBytes?: number } = {}) {
    this.#state = isOpen ? 'first' : 'before';
    this.#parts = new Parts(maxBytes);
  }

  get hasEnded(): boolean {
    return this.#state === 'after';
  }

  /** `rest`: what follows the array in this piece. Unless it is taken, only space may. */
  cut(piece: Buffer, takeRest?: (rest: Buffer) => void): Cut {
    const cut: Cut = { elements: [], lines: [] };
    let start = 0;
    let at = 0;
    while (at < piece.length) {
      if (this.#state === 'inside') {
        at = this.#through(piece, at);
        if (at === piece.length) break;
        cut.elements.push(this.#parts.take(piece.subarray(start, at)));
        cut.lines.push(this.#startLine);
        this.#state = piece[at] === comma ? 'between' : 'after';
        at += 1;
        continue;
      }
      if (this.#state === 'after' && takeRest !== undefined) {
        takeRest(piece.subarray(at));
        return cut;
      }
      const byte = piece[at] as number;
      if (byte === newline) this.#line += 1;
      if (!isSpace(byte)) {
        this.#outside(byte);
        if ((this.#state as string) === 'inside') {
          start = at;
          this.#startLine = this.#line;
          continue;
        }
      }
      at += 1;
    }
    if (this.#state === 'inside') this.#parts.add(piece.subarray(start));
    return cut;
  }

  end(): Cut {
    if (this.#state !== 'after') throw this.#malformed('the body ends before its array does');
    return { elements: [], lines: [] };
  }

  /** @returns where the element that is open ends: at a comma or bracket, or at the end of the piece. */
  #through(piece: Buffer, from: number): number {
    let [at, depth] = [from, this.#depth];
    if (this.#inString) at = this.#throughString(piece, at) + 1;
    for (; at < piece.length; at++) {
      const meaning = meanings[piece[at] as number];
      if (meaning === plain) continue;
      if (meaning === quotes) {
        this.#inString = true;
        at = this.#throughString(piece, at + 1);
      } else if (meaning === opens) {
        depth += 1;
      } else if (meaning === breaks) {
        this.#line += 1;
      } else if (depth === 0 && piece[at] !== 0x7d) {
        break;
      } else if (meaning === closes) {
        depth -= 1;
        if (depth < 0) throw this.#malformed('a closing bracket too many');
      }
    }
    this.#depth = depth;
    return Math.min(at, piece.length);
  }

  /** @returns where the string that is open ends, or the end of the piece. */
  #throughString(piece: Buffer, from: number): number {
    let at = from;
    if (this.#escaped && at < piece.length) {
      this.#escaped = false;
      at += 1;
    }
    for (; at < piece.length; at++) {
      const byte = piece[at];
      if (byte === quote) {
        this.#inString = false;
        return at;
      }
      if (byte === backslash) {
        at += 1;
        if (at === piece.length) this.#escaped = true;
      } else if (byte === newline) {
        this.#line += 1; // an error that its element's reader will tell
      }
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

  #malformed(message: string): MalformedBody {
    return new MalformedBody(`line ${this.#line.toLocaleString('en')}: ${message}`);
  }
}
