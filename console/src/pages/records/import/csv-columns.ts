/** The columns of a CSV file, and the same file with other names for them: read and written piece by piece, as it may be of any size. */

/** Gives the raw cells of each row, quotes and all, so that what is written again is what was there. */
class Rows {
  private cells: string[] = [];
  private cell = '';
  private isQuoted = false;
  /** A row ends at a line break that is not within quotes. The last one may do without. */
  *take(text: string, isEnd = false): Generator<string[]> {
    for (const part of text.split(/([",\n])/)) {
      if (part === '"') this.isQuoted = !this.isQuoted;
      if (!this.isQuoted && (part === ',' || part === '\n')) this.endCell();
      else this.cell += part;
      if (!this.isQuoted && part === '\n') yield this.endRow();
    }
    if (isEnd && (this.cell !== '' || this.cells.length > 0)) {
      this.endCell();
      yield this.endRow();
    }
  }
  private endCell(): void {
    this.cells.push(this.cell.replace(/\r$/, ''));
    this.cell = '';
  }
  private endRow(): string[] {
    const row = this.cells;
    this.cells = [];
    return row;
  }
}

const plain = (cell: string): string => {
  const text = cell.replace(/^\uFEFF/, '').trim();
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
};

/** A header beyond this is none. */
const longestHeader = 256 * 1024;

export async function columnsIn(file: Blob): Promise<string[]> {
  const text = await file.slice(0, longestHeader).text();
  const [header = []] = new Rows().take(text, file.size <= longestHeader);
  return header.map(plain);
}

/** @param names of the columns in their order; undefined: the column is left out. */
export function withColumns(file: Blob, names: readonly (string | undefined)[]): Promise<Blob> {
  const rows = new Rows();
  let isHeader = true;
  const kept = (cells: readonly string[]): string => {
    const row = isHeader ? names : cells;
    isHeader = false;
    return `${row.filter((_, index) => names[index] !== undefined).join(',')}\n`;
  };
  const written = (text: string, isEnd: boolean): string => [...rows.take(text, isEnd)].map(kept).join('');
  const renaming = new TransformStream<string, string>({
    transform: (text, out) => out.enqueue(written(text, false)),
    flush: (out) => out.enqueue(written('', true)),
  });
  const stream = file
    .stream()
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(renaming)
    .pipeThrough(new TextEncoderStream());
  return new Response(stream).blob(); // the browser keeps a large one on disk
}
