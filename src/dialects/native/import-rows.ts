/** From the body of an import to its rows: NDJSON lines, the elements of a JSON array, or the lines of a CSV file. */
import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import type { Catalogue, Field } from '../../model/catalogue.ts';
import type { ImportRow } from '../../model/commands.ts';
import { isObject, parseJson } from '../../model/json.ts';
import { MalformedBody } from '../bodies.ts';
import { type ElementFormat, maxElementBytes, type RawElement, readElements } from '../elements.ts';
import { fieldsToWrite } from './parse.ts';

export type ImportFormat = ElementFormat | 'csv';

export const importMedia = {
  'application/x-ndjson': 'ndjson',
  'application/json': 'json',
  'text/csv': 'csv',
} as const satisfies Record<string, ImportFormat>;

type Target = { readonly catalogue: Catalogue; readonly type: string };

/** @param skip rows at the beginning to pass over: those that an earlier import has answered already. */
export async function* readRows(
  body: AsyncIterable<Buffer>,
  format: ImportFormat,
  target: Target,
  skip: number,
): AsyncGenerator<readonly ImportRow[]> {
  const rows = format === 'csv' ? csvRows(body, target) : jsonRows(body, format, target);
  for await (const some of rows) {
    const wanted = skip === 0 ? some : some.filter((row) => row.index >= skip);
    if (wanted.length > 0) yield wanted;
  }
}

async function* jsonRows(
  body: AsyncIterable<Buffer>,
  format: ElementFormat,
  target: Target,
): AsyncGenerator<ImportRow[]> {
  for await (const elements of readElements(body, format)) yield elements.map((element) => rowOf(element, target));
}

function rowOf({ index, line, text }: RawElement, { catalogue, type }: Target): ImportRow {
  const parsed = parseJson(text);
  if (!parsed.ok) return { kind: 'unreadable', index, line, message: `The row is not JSON: ${parsed.message}` };
  if (!isObject(parsed.value))
    return { kind: 'unreadable', index, line, message: 'A row is an object of values by field.' };
  return { kind: 'row', index, line, fields: fieldsToWrite(catalogue, type, parsed.value) };
}

type CsvLine = { readonly info: { readonly lines: number }; readonly record: Record<string, string> };

async function* csvRows(body: AsyncIterable<Buffer>, { catalogue, type }: Target): AsyncGenerator<ImportRow[]> {
  const lines = Readable.from(body).pipe(
    parse({ bom: true, columns: true, info: true, max_record_size: maxElementBytes, skip_empty_lines: true }),
  );
  const fields = catalogue.types.get(type)?.fieldsByKey;
  let index = 0;
  try {
    for await (const { info, record } of lines as AsyncIterable<CsvLine>) {
      const values = Object.entries(record).flatMap(([key, text]) => {
        const value = csvValue(fields?.get(key), text);
        return value === undefined ? [] : [[key, value] as const];
      });
      yield [
        { kind: 'row', index, line: info.lines, fields: fieldsToWrite(catalogue, type, Object.fromEntries(values)) },
      ];
      index += 1;
    }
  } catch (error) {
    throw isCsvError(error) ? new MalformedBody(error.message) : error;
  }
}

const isCsvError = (error: unknown): error is CsvError =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');

/** Text as its field takes it. An empty cell leaves the field alone; `\\N` clears it; the values of a list are parted by semicolons. */
function csvValue(field: Field | undefined, text: string): unknown {
  if (text === '') return undefined;
  if (text === '\\N') return null;
  switch (field?.type) {
    case 'integer':
    case 'decimal':
      return /^-?\d+(\.\d+)?$/.test(text) ? (parseJson(text) as { value: unknown }).value : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'multi_enum':
      return text.split(';');
    default:
      return text;
  }
}
