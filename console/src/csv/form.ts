/** How a CSV file is written: in which characters, and what parts its columns. Spreadsheets save it in their own ways. */
import { rowsIn } from './rows.ts';

export type Delimiter = ',' | ';' | '\t' | '|';
type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export type CsvForm = {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** Letters before the header: the line by which Excel is told the delimiter. */
  readonly skipped: number;
};

export const delimiters: readonly { readonly value: Delimiter; readonly label: string }[] = [
  { value: ',', label: 'comma' },
  { value: ';', label: 'semicolon' },
  { value: '\t', label: 'tab' },
  { value: '|', label: 'vertical bar' },
];

/** A header beyond this is none. */
const longestHeader = 256 * 1024;

export async function formOf(file: Blob): Promise<CsvForm> {
  const bytes = new Uint8Array(await file.slice(0, longestHeader).arrayBuffer());
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes, { stream: true });
  const [line = '', said] = /^sep=(.)\r?\n/.exec(text) ?? [];
  const told = delimiters.find(({ value }) => value === said)?.value;
  return { encoding, skipped: line.length, delimiter: told ?? likeliest(text.slice(line.length)) };
}

function encodingOf(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }); // its last letter may be cut
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

/** The one that gives the header most columns. */
function likeliest(text: string): Delimiter {
  const columns = (delimiter: Delimiter): number => rowsIn(text, delimiter, 1)[0]?.length ?? 0;
  return delimiters.reduce<Delimiter>((best, { value }) => (columns(value) > columns(best) ? value : best), ',');
}
