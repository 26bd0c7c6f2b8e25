/** How many rows a file has that is sent as it is, so that one can see how far it has come. Counted while it is sent; nothing waits for it. */
const [quote, backslash, open, close, comma, lineBreak, space] = [0x22, 0x5c, 0x5b, 0x5d, 0x2c, 0x0a, 0x20];
const [openObject, closeObject] = [0x7b, 0x7d];

/** Lines that are not empty. */
class Lines {
  rows = 0;
  #isBlank = true;

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === lineBreak) this.#isBlank = true;
      else if (this.#isBlank && byte > space) {
        this.#isBlank = false;
        this.rows += 1;
      }
    }
  }
}

/** Elements of an array: whatever stands in its first level, and the commas between. */
class Elements {
  rows = 0;
  #depth = 0;
  #isText = false;
  #isEscaped = false;
  #isExpected = false;

  add(bytes: Uint8Array): void {
    for (const byte of bytes) this.#take(byte);
  }

  #take(byte: number): void {
    if (this.#isText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === backslash) this.#isEscaped = true;
      else if (byte === quote) this.#isText = false;
      return;
    }
    if (this.#depth === 1 && this.#isExpected && byte > space && byte !== close) {
      this.rows += 1;
      this.#isExpected = false;
    }
    if (byte === quote) this.#isText = true;
    else if (byte === open || byte === openObject) {
      this.#depth += 1;
      if (this.#depth === 1) this.#isExpected = true;
    } else if (byte === close || byte === closeObject) this.#depth -= 1;
    else if (byte === comma && this.#depth === 1) this.#isExpected = true;
  }
}

/** @param isArray else a row is a line. */
export async function countRows(file: Blob, isArray: boolean): Promise<number> {
  const counter = isArray ? new Elements() : new Lines();
  const pieces = file.stream().getReader();
  for (let next = await pieces.read(); !next.done; next = await pieces.read()) counter.add(next.value);
  return counter.rows;
}
