/** Lines of text that are written as bytes, from bytes: of a million of them, none costs an object. */
import { guarded } from '../../model/spreadsheet.ts';
import type { RawRow } from '../../store/postgres/raw-rows.ts';

export type WriteLine = (row: RawRow, lines: Lines) => void;

const comma = 0x2c;
const quote = 0x22;
const backslash = 0x5c;
const capitalN = 0x4e;
const lineEnd = 0x0a;
/** A call to copy them costs more than so few bytes in a loop. */
const few = 32;

export class Lines {
  #bytes: Buffer;
  length = 0;

  /** @param bytes about as many as there will be. */
  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafe(bytes);
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  #reserve(bytes: number): Buffer {
    if (this.length + bytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (this.length + bytes));
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    return this.#bytes;
  }

  add(bytes: Buffer, start = 0, end = bytes.length): void {
    const length = end - start;
    const target = this.#reserve(length);
    if (length > few) bytes.copy(target, this.length, start, end);
    else for (let at = 0; at < length; at++) target[this.length + at] = bytes[start + at] as number;
    this.length += length;
  }

  addByte(byte: number): void {
    this.#reserve(1)[this.length++] = byte;
  }

  addText(text: string): void {
    const target = this.#reserve(3 * text.length);
    this.length += target.write(text, this.length);
  }

  /** As a JSON string. */
  addJsonString(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte < 0x20 || byte === quote || byte === backslash)
        return this.addText(JSON.stringify(bytes.toString('utf8', start, end)));
    }
    this.addByte(quote);
    this.add(bytes, start, end);
    this.addByte(quote);
  }

  /** As a cell of CSV in quotes. */
  addQuoted(bytes: Buffer, start = 0, end = bytes.length): void {
    const target = this.#reserve(2 * (end - start) + 2);
    let length = this.length;
    target[length++] = quote;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === quote) target[length++] = quote;
      target[length++] = byte;
    }
    target[length++] = quote;
    this.length = length;
  }

  /**
   * The same of text. `\N` stands for null: text that is spelt so has one backslash more.
   * @param forPeople it is to be opened in a spreadsheet: text that begins like a formula has an apostrophe before it.
   */
  addTextCell(forPeople: boolean, bytes: Buffer, start = 0, end = bytes.length): void {
    if (bytes[start] === backslash && isSpeltAsNull(bytes, start, end)) {
      this.addText(`"\\${bytes.toString('utf8', start, end)}"`);
    } else if (forPeople) {
      this.addQuoted(Buffer.from(guarded(bytes.toString('utf8', start, end))));
    } else this.addQuoted(bytes, start, end);
  }

  addComma(): void {
    this.addByte(comma);
  }

  endLine(): void {
    this.addByte(lineEnd);
  }
}

function isSpeltAsNull(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[end - 1] !== capitalN) return false;
  for (let at = start; at < end - 1; at++) if (bytes[at] !== backslash) return false;
  return true;
}
