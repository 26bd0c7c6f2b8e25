/** From the body of an import to its rows: NDJSON lines, the elements of a JSON array, or the lines of a CSV file. */
import type { Catalogue, RecordType } from '../../../model/catalogue.ts';
import type { ImportCommand, ImportRow, LinkRowInput } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import type { Stamp } from '../../../model/stamp.ts';
import { parseStrictJson } from '../../../model/strict-json.ts';
import { type RawElement, readElements } from '../../elements.ts';
import { fieldsToWrite } from '../parse.ts';
import { stampOfRow } from '../stamps.ts';
import type { BodyFormat } from './body-format.ts';
import { cellValue, type DecimalSign, readCsv } from './csv.ts';
import { linkRowParser } from './link-rows.ts';

/** What a row asks for, once it is read. */
export type ParsedRow =
  | { readonly kind: 'row'; readonly fields: Readonly<Record<string, unknown>>; readonly stamp?: Stamp | undefined }
  | ({ readonly kind: 'link' } & LinkRowInput)
  | { readonly kind: 'unreadable'; readonly message: string };

/** How the values of a row are read, by what is imported. */
export type RowParser = {
  readonly fromObject: (values: Readonly<Record<string, unknown>>) => ParsedRow;
  readonly fromCells: (cells: Readonly<Record<string, string>>) => ParsedRow;
  /** Of names that a file of issues has as well. */
  readonly isField?: (column: string) => boolean;
};

export const rowParser = (catalogue: Catalogue, command: ImportCommand): RowParser =>
  command.kind === 'links' ? linkRowParser(command) : recordRowParser(catalogue, command.type, command.decimal);

/** @param place of the body: its first row is row `offset` of the import, of which the first `from` were done already. */
export async function* readRows(
  body: AsyncIterable<Buffer>,
  format: BodyFormat,
  parser: RowParser,
  { offset, from }: { offset: number; from: number },
): AsyncGenerator<readonly ImportRow[]> {
  const passOver = from - offset;
  if (format === 'csv') {
    for await (const lines of readCsv(body, parser.isField && { isOwn: parser.isField })) {
      const rows = beyond(lines, passOver).map(({ index, line, cells }) => {
        const source = JSON.stringify(cells);
        return { index: index + offset, line, source, ...parser.fromCells(cells) };
      });
      if (rows.length > 0) yield rows;
    }
    return;
  }
  for await (const elements of readElements(body, format)) {
    const rows = beyond(elements, passOver).map((element) => rowOf(element, offset, parser));
    if (rows.length > 0) yield rows;
  }
}

const beyond = <Item extends { readonly index: number }>(items: readonly Item[], passOver: number): readonly Item[] =>
  (items[0]?.index ?? 0) >= passOver ? items : items.filter(({ index }) => index >= passOver);

function rowOf({ index, line, text }: RawElement, offset: number, parser: RowParser): ImportRow {
  const place = { index: index + offset, line, source: text };
  const parsed = parseStrictJson(text);
  if (!parsed.ok) return { ...place, kind: 'unreadable', message: `The row cannot be read as JSON: ${parsed.message}` };
  if (!isObject(parsed.value)) {
    return { ...place, kind: 'unreadable', message: 'A row is an object of values by name.' };
  }
  return Object.assign(parser.fromObject(parsed.value), place);
}

function recordRowParser(catalogue: Catalogue, typeKey: string, sign?: DecimalSign): RowParser {
  const type: RecordType | undefined = catalogue.types.get(typeKey);
  const pointsSomewhere = type?.fields.some(({ link }) => link !== null) ?? false;
  const fromObject = (row: Readonly<Record<string, unknown>>): ParsedRow => {
    const read = stampOfRow(row);
    if (!read.ok) return { kind: 'unreadable', message: read.message };
    const { values, stamp } = read;
    return { kind: 'row', fields: pointsSomewhere ? fieldsToWrite(catalogue, typeKey, values) : values, stamp };
  };
  return {
    fromObject,
    isField: (column) => type?.fieldsByKey.has(column) ?? false,
    fromCells(cells) {
      const values: [string, unknown][] = [];
      for (const [key, text] of Object.entries(cells)) {
        const value = cellValue(type?.fieldsByKey.get(key)?.type, text, sign);
        if (value !== undefined) values.push([key, value]);
      }
      return fromObject(Object.fromEntries(values));
    },
  };
}
