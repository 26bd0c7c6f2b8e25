/** CSV: the lines of a body as cells by column, and how a cell says what JSON says. */
import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import type { Field } from '../../model/catalogue.ts';
import { parseJson } from '../../model/json.ts';
import { MalformedBody } from '../bodies.ts';
import { maxElementBytes } from '../elements.ts';

export type CsvLine = {
  readonly index: number;
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
};

/** What a file of issues says of each line. Whoever sends the file back need not take them out. */
export const issueColumns: readonly string[] = ['_severity', '_code', '_member', '_message', '_remedy'];

/** Lines are handed on in groups: one at a time would cost more than to read them. */
const linesAtOnce = 250;

/** @param isOwn whether a column is meant although it has the name of one of a file of issues, which are passed over. */
export async function* readCsv(
  body: AsyncIterable<Buffer>,
  isOwn: (column: string) => boolean = () => false,
): AsyncGenerator<CsvLine[]> {
  const columns = (names: readonly string[]): (string | false)[] =>
    names.map((name) => (!issueColumns.includes(name) || isOwn(name)) && name);
  const records = Readable.from(body).pipe(
    parse({ bom: true, columns, info: true, max_record_size: maxElementBytes, skip_empty_lines: true }),
  ) as AsyncIterable<{ info: { lines: number }; record: Record<string, string> }>;
  let index = 0;
  let lines: CsvLine[] = [];
  try {
    for await (const { info, record } of records) {
      lines.push({ index: index++, line: info.lines, cells: record });
      if (lines.length < linesAtOnce) continue;
      yield lines;
      lines = [];
    }
  } catch (error) {
    if (lines.length > 0) yield lines;
    throw isCsvError(error) ? new MalformedCsv(error) : error;
  }
  if (lines.length > 0) yield lines;
}

export class MalformedCsv extends MalformedBody {
  /** Of the line that cannot be read, as `index` of those before. */
  readonly index: number;
  constructor({ message, records }: CsvError) {
    super(message);
    this.index = Number(records);
  }
}

const isCsvError = (error: unknown): error is CsvError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');

/**
 * A cell as its field takes it. An empty one leaves the field alone (undefined); `\N` clears it, and `\\N` is the text `\N`. The values of
 * a list are parted by semicolons, or a JSON array.
 */
export function cellValue(type: Field['type'] | undefined, cell: string): unknown {
  if (cell === '') return undefined;
  if (cell === '\\N') return null;
  const text = /^\\+N$/.test(cell) ? cell.slice(1) : cell;
  switch (type) {
    case 'integer':
    case 'decimal':
      return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? (parseJson(text) as { value: unknown }).value : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'multi_enum':
      return listOf(text);
    default:
      return text;
  }
}

/** The other way round: the cell that says a value, where a cell can; null: an empty one. */
export function cellOf(value: unknown): string | null {
  if (value === undefined) return null;
  if (value === null) return '\\N';
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^\\+N$/.test(value) ? `\\${value}` : value;
}

function listOf(text: string): unknown {
  const parsed = text.startsWith('[') ? parseJson(text) : undefined;
  return parsed?.ok ? parsed.value : text.split(';');
}

/** One line of CSV; null is an empty cell. */
export const csvLine = (cells: readonly (string | null)[]): string =>
  `${cells.map((cell) => (cell === null ? '' : /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
