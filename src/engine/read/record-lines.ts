/** One line of an export for each record: a JSON object of its values by field key, or cells of CSV. */
import type { Field, RecordType } from '../../model/catalogue.ts';
import type { RawRow } from '../../store/postgres/raw-rows.ts';
import type { ExportColumn } from '../../store/records/export.ts';
import type { Lines, WriteLine } from './lines.ts';

/** What is read of each record, and how a line is made of it. The first column of a row is its place. */
export type LineFormat = {
  readonly whole: boolean;
  readonly columns: readonly ExportColumn[];
  readonly write: WriteLine;
};

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const separator = Buffer.from(', ');

/** Values come as they are stored, `{"10": "x", "11": 5}`, and their names are put in the place of the ids while they are copied. */
export function jsonLines(type: RecordType): LineFormat {
  const members: { readonly column: ExportColumn; readonly name: Buffer }[] = [];
  const names: (Buffer | undefined)[] = [];
  for (const field of type.fields) {
    const name = Buffer.from(`"${field.key}": `);
    names[field.id] = name;
    const column = columnOf(field);
    if (column.kind === 'external_id' || column.kind === 'lookup') members.push({ column, name });
  }
  const write = ({ bytes, starts, ends }: RawRow, lines: Lines): void => {
    lines.addByte(openBrace);
    const start = lines.length;
    for (let index = 0; index < members.length; index++) {
      const valueStart = starts[index + 2] as number;
      if (valueStart < 0) continue;
      if (lines.length > start) lines.add(separator);
      lines.add((members[index] as (typeof members)[number]).name);
      lines.addJsonString(bytes, valueStart, ends[index + 2] as number);
    }
    for (let at = (starts[1] as number) + 1; bytes[at] !== closeBrace; ) {
      let id = 0;
      for (at += 1; bytes[at] !== quote; at++) id = id * 10 + (bytes[at] as number) - 0x30;
      const end = endOfValue(bytes, at + 3);
      const name = names[id];
      // Of a field that was made since the export began, the name is not known.
      if (name !== undefined) {
        if (lines.length > start) lines.add(separator);
        lines.add(name);
        lines.add(bytes, at + 3, end);
      }
      at = bytes[end] === comma ? end + separator.length : end;
    }
    lines.addByte(closeBrace);
    lines.endLine();
  };
  return { whole: true, columns: members.map(({ column }) => column), write };
}

/** In JSON as PostgreSQL prints it. @returns where the comma or bracket behind the value is. */
function endOfValue(bytes: Buffer, start: number): number {
  let at = start;
  for (let depth = 0; ; at++) {
    const byte = bytes[at];
    if (byte === quote) at = lastOfString(bytes, at);
    else if (byte === openBracket || byte === openBrace) depth++;
    else if (byte === closeBracket || byte === closeBrace) {
      if (depth === 0) return at;
      depth--;
    } else if (byte === comma && depth === 0) return at;
  }
}

function lastOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  for (; bytes[at] !== quote; at++) if (bytes[at] === backslash) at++;
  return at;
}

const unquoted: readonly Field['type'][] = ['integer', 'decimal', 'boolean', 'date', 'datetime'];

/** @param forPeople to be opened in a spreadsheet: a column says so. */
export function csvLines(type: RecordType, forPeople: boolean): LineFormat {
  const columns = type.fields.map(columnOf);
  const writers = type.fields.map(
    (field, index): ((lines: Lines, bytes: Buffer, start: number, end: number) => void) => {
      const column = columns[index] as ExportColumn;
      if (column.kind === 'lookup' || (column.kind === 'list' && column.asJson))
        return (lines, bytes, start, end) => lines.addQuoted(bytes, start, end);
      if (unquoted.includes(field.type)) return (lines, bytes, start, end) => lines.add(bytes, start, end);
      return (lines, bytes, start, end) => lines.addTextCell(forPeople, bytes, start, end);
    },
  );
  const write = ({ bytes, starts, ends }: RawRow, lines: Lines): void => {
    for (let index = 0; index < writers.length; index++) {
      if (index > 0) lines.addComma();
      const start = starts[index + 1] as number;
      if (start >= 0) writers[index]?.(lines, bytes, start, ends[index + 1] as number);
    }
    if (forPeople) lines.addComma();
    lines.endLine();
  };
  return { whole: false, columns, write };
}

function columnOf(field: Field): ExportColumn {
  if (field.key === 'external_id') return { kind: 'external_id', ruled: field.keyRule.length > 0 };
  if (field.link !== null) return { kind: 'lookup', linkType: field.link.id };
  if (field.type !== 'multi_enum') return { kind: 'value', field: field.id };
  return { kind: 'list', field: field.id, asJson: field.options.some(({ value }) => /^\[|;/.test(value)) };
}
