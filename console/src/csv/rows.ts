/** The rows of a CSV text, piece by piece: a file may be of any size. */

/** Gives the raw cells of each row, quotes and all, so that what is written again is what was there. */
export class CsvRows {
  readonly #delimiter: string;
  readonly #parts: RegExp;
  #cells: string[] = [];
  #cell = '';
  #isQuoted = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#parts = new RegExp(`(["\\n${delimiter === '|' ? '\\|' : delimiter}])`);
  }

  /** A row ends at a line break that is not within quotes. The last one may do without. */
  *take(text: string, isEnd = false): Generator<string[]> {
    for (const part of text.split(this.#parts)) {
      // Within a cell that does not begin with one, a quote is a letter: 5" pipe.
      if (part === '"' && (this.#cell === '' || this.#cell.startsWith('"'))) this.#isQuoted = !this.#isQuoted;
      if (!this.#isQuoted && (part === this.#delimiter || part === '\n')) this.#endCell();
      else this.#cell += part;
      if (!this.#isQuoted && part === '\n') yield this.#endRow();
    }
    if (isEnd && (this.#cell !== '' || this.#cells.length > 0)) {
      this.#endCell();
      yield this.#endRow();
    }
  }

  #endCell(): void {
    this.#cells.push(this.#cell.replace(/\r$/, ''));
    this.#cell = '';
  }

  #endRow(): string[] {
    const row = this.#cells;
    this.#cells = [];
    return row;
  }
}

/** The first rows of a text that may go on. */
export function rowsIn(text: string, delimiter: string, most = Number.POSITIVE_INFINITY): string[][] {
  const rows: string[][] = [];
  for (const row of new CsvRows(delimiter).take(text, true)) {
    rows.push(row);
    if (rows.length === most) break;
  }
  return rows;
}

/** What a raw cell says. */
export const valueIn = (cell: string): string => {
  const text = cell.trim();
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
};

/** As it stands in a file whose columns are parted by commas. */
export const withCommas = (cell: string): string =>
  !cell.startsWith('"') && /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
