/**
 * Cuts a body into its elements as it arrives, so that memory does not grow with the body: lines of NDJSON, or the elements of one JSON
 * array. It looks at bytes only and leaves each element's own JSON to whoever reads it. Nothing here knows a vendor.
 */
import { PackedElements } from '../model/packed.ts';
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

/** One element has more bytes than may be kept of it. */
export class LargeElement extends MalformedBody {
  constructor(maxBytes: number) {
    super(`an element is larger than ${maxBytes.toLocaleString('en')} bytes`);
  }
}

/** Yields the elements of each piece of the body together. Throws MalformedBody where the body as a whole cannot be read on. */
export async function* readElements(body: AsyncIterable<Buffer>, format: ElementFormat): AsyncGenerator<RawElement[]> {
  let index = 0;
  for await (const { elements, lines } of cutBody(body, format))
    yield lines.map((line, at) => ({ index: index++, line, text: textOf(elements.at(at), line) }));
}

/** The same as bytes, for a reader that need not look into each. Those of one piece are overwritten by the next. */
export async function* readRawElements(
  body: AsyncIterable<Buffer>,
  format: ElementFormat,
): AsyncGenerator<PackedElements> {
  for await (const { elements } of cutBody(body, format)) yield elements;
}

async function* cutBody(body: AsyncIterable<Buffer>, format: ElementFormat): AsyncGenerator<Cut> {
  const cutter = format === 'ndjson' ? new LineCutter() : new ArrayCutter();
  let first = true;
  for await (const piece of body) {
    const cut = cutter.cut(first ? withoutMark(piece) : piece);
    first = false;
    if (cut.lines.length > 0) yield cut;
  }
  const rest = cutter.end();
  if (rest.lines.length > 0) yield rest;
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
type Cut = { readonly elements: PackedElements; readonly lines: readonly number[] };

/** Where elements begin and end in a piece of the body; the first one may begin before it, at a place below 0. */
class Places {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly lines: number[] = [];

  add(start: number, end: number, line: number): void {
    this.starts.push(start);
    this.ends.push(end);
    this.lines.push(line);
  }
}

const newline = 0x0a;
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;

/** Joins pieces of the body where an element goes over their ends, and keeps the bytes of the one that is open. */
class Joint {
  readonly #most: number;
  #parts: Buffer[] = [];
  /** Used again for each piece: one made anew for each would wait, with those pieces, to be collected. */
  #joined: Buffer = Buffer.alloc(0);
  /** Bytes of the open element in earlier pieces. */
  bytes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @param open where in the piece the element begins that it leaves open, if any. */
  cut(piece: Buffer, places: Places, open = piece.length): Cut {
    const offset = this.bytes;
    let bytes = piece;
    if (places.ends.length > 0) {
      if (offset > 0) bytes = this.#join(piece);
      this.#parts = [];
      this.bytes = 0;
    }
    if (open < piece.length) this.#keep(piece.subarray(Math.max(open, 0)));
    const [starts, ends, lines]: [number[], number[], number[]] = [[], [], []];
    for (let index = 0; index < places.ends.length; index++) {
      let start = (places.starts[index] as number) + offset;
      let end = (places.ends[index] as number) + offset;
      if (end - start > this.#most) throw new LargeElement(this.#most);
      while (end > start && isSpace(bytes[end - 1])) end -= 1;
      while (end > start && isSpace(bytes[start])) start += 1;
      if (start === end) continue;
      starts.push(start);
      ends.push(end);
      lines.push(places.lines[index] as number);
    }
    return { elements: new PackedElements(bytes, starts, ends), lines };
  }

  #join(piece: Buffer): Buffer {
    const length = this.bytes + piece.length;
    if (this.#joined.length < length) this.#joined = Buffer.allocUnsafe(2 * length);
    let at = 0;
    for (const part of this.#parts) at += part.copy(this.#joined, at);
    piece.copy(this.#joined, at);
    return this.#joined.subarray(0, length);
  }

  #keep(part: Buffer): void {
    this.bytes += part.length;
    if (this.bytes > this.#most) throw new LargeElement(this.#most);
    // What is kept must not keep the whole piece of the body that it came in.
    this.#parts.push(Buffer.from(part));
  }
}

/** Lines; empty ones are passed over. */
class LineCutter {
  readonly #joint = new Joint(maxElementBytes);
  #line = 1;

  cut(piece: Buffer): Cut {
    const places = new Places();
    let start = -this.#joint.bytes;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      places.add(start, end, this.#line);
      this.#line += 1;
      start = end + 1;
    }
    return this.#joint.cut(piece, places, start);
  }

  end(): Cut {
    return this.cut(Buffer.from('\n'));
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const open = 0x5b;
const close = 0x5d;

const nothing: Cut = { elements: new PackedElements(Buffer.alloc(0), [], []), lines: [] };

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
  readonly #joint: Joint;
  #state: 'before' | 'first' | 'between' | 'inside' | 'after';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #line = 1;
  #startLine = 1;

  /** @param isOpen when the bracket that opens the array was read before. */
  constructor({ isOpen = false, maxBytes = maxElementBytes }: { isOpen?: boolean; maxBytes?: number } = {}) {
    this.#state = isOpen ? 'first' : 'before';
    this.#joint = new Joint(maxBytes);
  }

  get hasEnded(): boolean {
    return this.#state === 'after';
  }

  /** `rest`: what follows the array in this piece. Unless it is taken, only space may. */
  cut(piece: Buffer, takeRest?: (rest: Buffer) => void): Cut {
    const places = new Places();
    let start = -this.#joint.bytes;
    let at = 0;
    while (at < piece.length) {
      if (this.#state === 'inside') {
        at = this.#through(piece, at);
        if (at === piece.length) break;
        places.add(start, at, this.#startLine);
        this.#state = piece[at] === comma ? 'between' : 'after';
        at += 1;
        continue;
      }
      if (this.#state === 'after' && takeRest !== undefined) {
        takeRest(piece.subarray(at));
        break;
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
    return this.#joint.cut(piece, places, this.#state === 'inside' ? start : undefined);
  }

  end(): Cut {
    if (this.#state !== 'after') throw this.#malformed('the body ends before its array does');
    return nothing;
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
