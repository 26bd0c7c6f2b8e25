/** CSV: the lines of a body as cells by column, and how a cell says what JSON says. */
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { Field } from '../../../model/catalogue.ts';
import { parseJson } from '../../../model/json.ts';
import { guarded, spreadsheetColumn, unguarded } from '../../../model/spreadsheet.ts';
import { shorten } from '../../../model/text.ts';
import { MalformedBody } from '../../bodies.ts';
import { maxElementBytes } from '../../elements.ts';
import { onlyUtf8 } from '../../utf8.ts';

export type CsvLine = {
  readonly index: number;
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
};

/** How the numbers of a file are written: `1234.5`, or as spreadsheets of many countries do, `1234,5` and `1.234,5`. */
export type DecimalSign = 'point' | 'comma';

/** What a file of issues says of each line. Whoever sends the file back need not take them out. */
const columnsOfIssues = ['_severity', '_code', '_member', '_message', '_remedy'] as const;
export type IssueColumn = (typeof columnsOfIssues)[number];
export const issueColumns: readonly string[] = columnsOfIssues;

const passedOver: readonly string[] = [...issueColumns, spreadsheetColumn];

/** Lines are handed on in groups: one at a time would cost more than to read them. */
const linesAtOnce = 250;

type Columns = {
  /** Whether a column is meant although it has the name of one of a file of issues, which are passed over. */
  readonly isOwn?: (column: string) => boolean;
  /** Without this one the file is of something else. */
  readonly key?: string;
};

/** @throws MalformedCsv */
export async function* readCsv(
  body: AsyncIterable<Buffer>,
  { isOwn = () => false, key }: Columns = {},
): AsyncGenerator<CsvLine[]> {
  let hasHeader = false;
  let isForPeople = false;
  const columns = (given: readonly string[]): (string | false)[] => {
    hasHeader = true;
    isForPeople = given.includes(spreadsheetColumn) && !isOwn(spreadsheetColumn);
    const names = (isForPeople ? given.map(unguarded) : given).map(nameOrPlace);
    checkHeader(names, key);
    return names.map((name) => (!passedOver.includes(name) || isOwn(name)) && name);
  };
  const notUtf8 = (): Error => new MalformedCsv('The file is not UTF-8: save it as UTF-8, and send it again.');
  const parser = parse({ bom: true, columns, info: true, max_record_size: maxElementBytes, skip_empty_lines: true });
  const records = pipelined(onlyUtf8(body, notUtf8), parser) as AsyncIterable<{
    info: { lines: number };
    record: Record<string, string>;
  }>;
  let index = 0;
  let lines: CsvLine[] = [];
  try {
    for await (const { info, record } of records) {
      const cells = isForPeople ? withoutGuards(record) : record;
      lines.push({ index: index++, line: info.lines, cells });
      if (lines.length < linesAtOnce) continue;
      yield lines;
      lines = [];
    }
  } catch (error) {
    if (lines.length > 0) yield lines;
    throw error instanceof CsvError ? new MalformedCsv(error.message, Number(error.records)) : error;
  }
  if (lines.length > 0) yield lines;
  if (!hasHeader && key !== undefined) {
    throw new MalformedCsv('The body is empty. A set of nothing is sent as a header alone, or as JSON: [].');
  }
}

/** Spreadsheets leave columns without a name behind the last one. They say nothing as long as they are empty. */
const nameOrPlace = (name: string, index: number): string => (name === '' ? `column ${index + 1}` : name);

const withoutGuards = (cells: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, unguarded(cell)]));

/** What goes wrong before the parser ends it as well. */
const pipelined = (body: AsyncIterable<Buffer>, parser: ReturnType<typeof parse>): ReturnType<typeof parse> =>
  Readable.from(body)
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);

/** An error page, a message or a file with other separators is read as a header as well, and would be a set of nothing. */
function checkHeader(names: readonly string[], key: string | undefined): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new MalformedCsv(`The header has the column ${shorten(name, 100)} twice.`);
    seen.add(name);
  }
  if (key === undefined || seen.has(key)) return;
  const hint = names.some((name) => /[;\t]/.test(name)) ? ' Columns are parted by commas.' : '';
  throw new MalformedCsv(`The header has no column ${key}, but ${shorten(names.join(','), 200)}.${hint}`);
}

export class MalformedCsv extends MalformedBody {
  /** Of the line that cannot be read, as `index` of those before; null when it is about the file as a whole. */
  readonly index: number | null;
  constructor(message: string, index: number | null = null) {
    super(message);
    this.index = index;
  }
}

/**
 * A cell as its field takes it. An empty one leaves the field alone (undefined); `\N` clears it, and `\\N` is the text `\N`. The values of
 * a list are parted by semicolons, or a JSON array.
 */
export function cellValue(type: Field['type'] | undefined, cell: string, sign: DecimalSign = 'point'): unknown {
  if (cell === '') return undefined;
  if (cell === '\\N') return null;
  const text = /^\\+N$/.test(cell) ? cell.slice(1) : cell;
  if (sign === 'comma' && (type === 'integer' || type === 'decimal')) return numberWithComma(type, text);
  return type === 'multi_enum' ? listOf(text) : textValue(type, text);
}

/** What is no number in this way of writing stays the text that it is, and is refused as no number: `1.5` is not read as 15, nor as 1.5. */
const numberWithComma = (type: 'integer' | 'decimal', text: string): unknown =>
  /^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/.test(text) ? textValue(type, text.replaceAll('.', '').replace(',', '.')) : text;

/** What JSON would say for a text, by the type of its field. */
export function textValue(type: Field['type'] | undefined, text: string): unknown {
  switch (type) {
    case 'integer':
    case 'decimal':
      return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? (parseJson(text) as { value: unknown }).value : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    default:
      return text;
  }
}

/** The other way round: the cell that says a value, where a cell can; null: an empty one. */
function cellOf(value: unknown): string | null {
  if (value === undefined) return null;
  if (value === null) return '\\N';
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^\\+N$/.test(value) ? `\\${value}` : value;
}

/** How the cells of a file are written: as they are, or for a spreadsheet. */
export type CellWriter = {
  readonly value: (value: unknown) => string | null;
  readonly text: (text: string) => string;
  /** One line of CSV. A header says for whom it is. */
  readonly header: (names: readonly string[]) => string;
  readonly line: (cells: readonly (string | null)[]) => string;
};

const asItIs: CellWriter = {
  value: (value) => cellOf(value),
  text: (text) => text,
  header: (names) => csvLine(names),
  line: (cells) => csvLine(cells),
};

const forSpreadsheets: CellWriter = {
  // A number is no formula, whatever its sign.
  value: (value) => (typeof value === 'string' ? guarded(cellOf(value) ?? '') : cellOf(value)),
  text: guarded,
  header: (names) => csvLine([...names.map(guarded), spreadsheetColumn]),
  line: (cells) => csvLine([...cells, null]),
};

export const cellWriter = (spreadsheet: boolean): CellWriter => (spreadsheet ? forSpreadsheets : asItIs);

function listOf(text: string): unknown {
  const parsed = text.startsWith('[') ? parseJson(text) : undefined;
  return parsed?.ok ? parsed.value : text.split(';');
}

/** One line of CSV; null is an empty cell. */
const csvLine = (cells: readonly (string | null)[]): string =>
  `${cells.map((cell) => (cell === null ? '' : /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
