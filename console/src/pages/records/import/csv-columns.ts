/** The columns of a CSV file, and the same file with other names for them, as the API takes it: in UTF-8, parted by commas. */
import { type CsvForm, longestHeader } from './csv-form.ts';
import { CsvRows, rowsIn, valueIn, withCommas } from './csv-rows.ts';

export type Column = {
  readonly name: string;
  /** Its value in the first row that has one. */
  readonly example: string;
};

const rowsLookedAt = 20;

export async function columnsIn(file: Blob, { encoding, delimiter, skipped }: CsvForm): Promise<Column[]> {
  const bytes = await file.slice(0, longestHeader).arrayBuffer();
  const text = new TextDecoder(encoding).decode(bytes).slice(skipped);
  const [header = [], ...rows] = rowsIn(text, delimiter, rowsLookedAt);
  return header.map((name, place) => ({
    name: valueIn(name),
    example: rows.map((row) => valueIn(row[place] ?? '')).find((value) => value !== '') ?? '',
  }));
}

/** @param names of the columns in their order; undefined: the column is left out. Fails for letters that are none in the file's encoding. */
export function withColumns(
  file: Blob,
  { encoding, delimiter, skipped }: CsvForm,
  names: readonly (string | undefined)[],
): Promise<Blob> {
  const rows = new CsvRows(delimiter);
  let isHeader = true;
  let toSkip = skipped;
  const kept = (cells: readonly string[]): string => {
    const row = isHeader ? names : cells;
    isHeader = false;
    const shown = row.filter((_, index) => index >= names.length || names[index] !== undefined);
    return `${shown.map((cell = '') => withCommas(cell)).join(',')}\n`;
  };
  const written = (text: string, isEnd: boolean): string => [...rows.take(text, isEnd)].map(kept).join('');
  const renaming = new TransformStream<string, string>({
    transform(text, out) {
      out.enqueue(written(text.slice(toSkip), false));
      toSkip = Math.max(0, toSkip - text.length);
    },
    flush: (out) => out.enqueue(written('', true)),
  });
  const stream = file
    .stream()
    .pipeThrough(new TextDecoderStream(encoding, { fatal: true }))
    .pipeThrough(renaming)
    .pipeThrough(new TextEncoderStream());
  return new Response(stream).blob(); // the browser keeps a large one on disk
}
