/** The columns of a CSV file, and the same file with other names for them, as the API takes it: in UTF-8, parted by commas. */
import { isSigned } from './decimal-sign.ts';
import type { CsvForm } from './form.ts';
import { CsvRows, rowsIn, valueIn, withCommas } from './rows.ts';

export type Column = {
  readonly name: string;
  /** Its value in the first row that has one. */
  readonly example: string;
  /** The first of its values that are numbers with a sign in them: by these one can tell which sign it is. */
  readonly numbers: readonly string[];
};

const bytesLookedAt = 2 * 1024 * 1024;
const mostNumbers = 200;

export async function columnsIn(file: Blob, { encoding, delimiter, skipped }: CsvForm): Promise<Column[]> {
  const bytes = await file.slice(0, bytesLookedAt).arrayBuffer();
  const text = new TextDecoder(encoding).decode(bytes).slice(skipped);
  const [header = [], ...rows] = rowsIn(text, delimiter);
  if (file.size > bytesLookedAt) rows.pop(); // it may be cut
  return header.map((name, place) => {
    const values = rows.map((row) => valueIn(row[place] ?? '')).filter((value) => value !== '');
    return { name: valueIn(name), example: values[0] ?? '', numbers: values.filter(isSigned).slice(0, mostNumbers) };
  });
}

export type Written = { readonly content: Blob; readonly rows: number };

function notInItsLetters(): never {
  throw new Error('The file is not all in the letters that it begins with. Save it as UTF-8, and choose it again.');
}

/** @param names of the columns in their order; undefined: the column is left out. Fails for letters that are none in the file's encoding. */
export async function withColumns(
  file: Blob,
  { encoding, delimiter, skipped }: CsvForm,
  names: readonly (string | undefined)[],
): Promise<Written> {
  const rows = new CsvRows(delimiter);
  let count = -1; // the header is none
  let isHeader = true;
  let toSkip = skipped;
  const kept = (cells: readonly string[]): string => {
    const row = isHeader ? names : cells;
    isHeader = false;
    count += 1;
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
  const content = await new Response(stream).blob().catch(notInItsLetters); // the browser keeps a large one on disk
  return { content, rows: count };
}
