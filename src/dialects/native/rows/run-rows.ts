/** From the body of a native run to the elements of a complete set: rows of flat fields, as an import and an export have them. */
import { MalformedSet } from '../../../engine/sync/receiving/malformed-set.ts';
import type { RecordType } from '../../../model/catalogue.ts';
import type {
  ElementReader,
  RawElement,
  SetElement,
  SetMember,
  SetReaders,
  SetSource,
  SetTarget,
} from '../../../model/commands.ts';
import { InexactNumber, isObject } from '../../../model/json.ts';
import { PackedElements } from '../../../model/packed.ts';
import { parseRef, type Ref } from '../../../model/ref.ts';
import type { SetFormat } from '../../../model/schema.ts';
import { parseStrictJson } from '../../../model/strict-json.ts';
import { type ElementFormat, readRawElements } from '../../elements.ts';
import { fieldsToWrite } from '../parse.ts';
import { stampOfRow } from '../stamps.ts';
import { cellValue, type DecimalSign, MalformedCsv, readCsv } from './csv.ts';
import { cutXmlRows, xmlRowReader } from './xml-rows.ts';

type Row = Readonly<Record<string, unknown>>;

// A row in NDJSON and in an array is the same.
const formats = {
  json: 'native json',
  ndjson: 'native json',
  csv: 'native csv',
  xml: 'native xml',
} as const satisfies Record<SetFormat, string>;

/** How a row in JSON is kept. */
export const rowFormat = formats.json;

/** @param sign of the numbers of CSV. */
export function rowSet(
  body: AsyncIterable<Buffer>,
  format: SetFormat,
  sign: DecimalSign,
  target: SetTarget,
): SetSource {
  const kept = format === 'csv' && sign === 'comma' ? 'native csv, decimal comma' : formats[format];
  return { ...rowReaders[kept](target), format: kept, body: format, elements: elementsOf(body, format, target) };
}

function elementsOf(body: AsyncIterable<Buffer>, format: SetFormat, target: SetTarget): AsyncGenerator<PackedElements> {
  if (format === 'csv') return csvElements(body, target);
  return format === 'xml' ? cutXmlRows(body, target.type) : jsonElements(body, format);
}

/** A line of CSV is kept with the names of its columns. */
export const rowReaders = {
  'native json': (target) => rowReader(target, jsonRow),
  'native csv': (target) => rowReader(target, jsonRow, (row) => cellsAsValues(row, target.type, 'point')),
  'native csv, decimal comma': (target) =>
    rowReader(target, jsonRow, (row) => cellsAsValues(row, target.type, 'comma')),
  'native xml': (target) => rowReader(target, xmlRowReader(target.type)),
} as const satisfies SetReaders;

const pathOf = (place: number): string => `[${place}]`;

function rowReader(
  target: SetTarget,
  rowOf: (raw: RawElement, place: number) => Row,
  valuesOf = (row: Row): Row => row,
): ElementReader {
  const read = (raw: RawElement, place: number): SetElement => {
    const path = pathOf(place);
    const row = stampOfRow(rowOf(raw, place));
    if (!row.ok) throw notSet(path, row.message);
    const element = elementOf(valuesOf(row.values), path, target);
    return row.stamp === undefined ? element : { ...element, stamp: row.stamp };
  };
  return { read, pathOf };
}

function jsonRow(raw: RawElement, place: number): Row {
  const path = pathOf(place);
  return rowIn(textOf(raw, path), path);
}

async function* csvElements(
  body: AsyncIterable<Buffer>,
  { type, interface: face }: SetTarget,
): AsyncGenerator<PackedElements> {
  try {
    for await (const lines of readCsv(body, { isOwn: (name) => type.fieldsByKey.has(name), key: face.key }))
      yield PackedElements.of(lines.map(({ cells }) => JSON.stringify(cells)));
  } catch (fault) {
    if (!(fault instanceof MalformedCsv)) throw fault;
    throw notSet(fault.index === null ? null : `[${fault.index}]`, fault.message);
  }
}

/** An export that broke off before its first byte is no set of nothing. */
async function* jsonElements(body: AsyncIterable<Buffer>, format: ElementFormat): AsyncGenerator<PackedElements> {
  let isBlank = true;
  async function* watched(): AsyncGenerator<Buffer> {
    for await (const piece of body) {
      isBlank &&= /^\s*$/.test(piece.toString()); // a byte order mark counts as space
      yield piece;
    }
  }
  yield* readRawElements(watched(), format);
  if (isBlank) throw notSet(null, 'The body is empty. A set of nothing is sent as JSON: [].');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function textOf(raw: RawElement, path: string): string {
  if (typeof raw === 'string') return raw;
  try {
    return utf8.decode(raw);
  } catch {
    throw notSet(path, 'The row is not UTF-8.');
  }
}

function rowIn(text: string, path: string): Row {
  const parsed = parseStrictJson(text);
  if (!parsed.ok) throw notSet(path, `The row cannot be read as JSON: ${parsed.message}`);
  if (!isObject(parsed.value)) throw notSet(path, 'A row is an object of values by field.');
  return parsed.value;
}

function cellsAsValues(row: Row, type: RecordType, sign: DecimalSign): Row {
  const values = Object.entries(row).flatMap(([name, cell]): [string, unknown][] => {
    const isRelation = !type.fieldsByKey.has(name) && type.linkEnds.has(name);
    const value = cellValue(isRelation ? 'multi_enum' : type.fieldsByKey.get(name)?.type, String(cell), sign);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}

function elementOf(row: Row, path: string, { catalogue, interface: face, type }: SetTarget): SetElement {
  const members: SetMember[] = [];
  for (const [name, value] of Object.entries(fieldsToWrite(catalogue, type.key, row))) {
    if (name === face.key) continue;
    if (type.fieldsByKey.has(name)) members.push({ name, kind: 'field', field: name, value });
    else if (!type.linkEnds.has(name)) members.push({ name, kind: 'unknown', value });
    else members.push({ name, kind: 'relation', link: name, targets: targetsIn(value, `${path}.${name}`) });
  }
  return { key: keyIn(row, face.key, path), path, members };
}

/** Text, or a number by its digits. */
function keyIn(row: Row, field: string, path: string): string {
  const key = Object.hasOwn(row, field) ? row[field] : undefined;
  if (typeof key === 'string' && key !== '') return key;
  if (typeof key === 'number') return String(key);
  if (key instanceof InexactNumber) return key.text;
  throw notSet(path, `Every row needs its key: send ${field} as text or number.`);
}

function targetsIn(value: unknown, path: string): Ref[] {
  const refs = value === null ? [] : Array.isArray(value) ? value : [value];
  return refs.map((one: unknown) => {
    const ref = typeof one === 'string' || typeof one === 'number' ? parseRef(String(one)) : undefined;
    if (ref !== undefined) return ref;
    throw notSet(path, 'A relation is a list of references: ids, numbers, or field:value.');
  });
}

const notSet = (path: string | null, message: string): MalformedSet => new MalformedSet(path, message);
