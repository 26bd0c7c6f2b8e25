/** All records of a type, or all links of a link type, as the rows that an import takes: what is exported and imported again is unchanged. */
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import type { Catalogue, LinkType, RecordType } from '../../model/catalogue.ts';
import type { ExportQuery } from '../../model/commands.ts';
import type { ExportOutcome } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { spreadsheetColumn } from '../../model/spreadsheet.ts';
import type { ListFilter } from '../../store/lists/conditions.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import { numberIn, type RawRow, type TakeRow } from '../../store/postgres/raw-rows.ts';
import { type LinkPlace, readLinkRows, readRecordRows } from '../../store/records/export.ts';
import { unknownLinkType } from '../import/refuse-import.ts';
import { compileFilter } from './conditions.ts';
import { Lines, type WriteLine } from './lines.ts';
import { csvLinkLines, jsonLinkLines } from './link-lines.ts';
import { isRejected, readableType } from './readable.ts';
import { csvLines, jsonLines } from './record-lines.ts';

/** A piece ends before the row that begins beyond so many bytes. */
const pieceBytes = 2 * 1024 * 1024;
/** Nobody waits long for the first piece; the others are as many rows as will fill them. */
const firstRows = 500;
const mostRows = 10_000;

export async function exportRows(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  query: ExportQuery,
): Promise<ExportOutcome> {
  if (query.kind === 'links') {
    const link = catalogue.links.get(query.link);
    if (link === undefined) return unknownLinkType(catalogue, query.link);
    const ends = [link.left, link.right].map((key) => readableType(catalogue, caller, key));
    const refused = ends.find(isRejected);
    return refused ?? { kind: 'exporting', text: linkText(database, catalogue, link, query) };
  }
  const type = readableType(catalogue, caller, query.type);
  if (isRejected(type)) return type;
  const filters: ListFilter[] = [];
  for (const filter of query.filters) {
    const compiled = compileFilter(catalogue, type, filter);
    if ('kind' in compiled) return compiled;
    filters.push(compiled);
  }
  return { kind: 'exporting', text: recordText(database, catalogue, type, filters, query) };
}

type Wanted = Pick<ExportQuery, 'format' | 'limit' | 'spreadsheet'>;

async function* recordText(
  database: Database,
  catalogue: Catalogue,
  type: RecordType,
  filters: readonly ListFilter[],
  { format, limit, spreadsheet = false }: Wanted,
): AsyncGenerator<Buffer> {
  const forPeople = format === 'csv' && spreadsheet;
  if (format === 'csv')
    yield headerOf(
      type.fields.map(({ key }) => key),
      forPeople,
    );
  const { whole, columns, write } = format === 'csv' ? csvLines(type, forPeople) : jsonLines(type);
  yield* piecesOf(database, catalogue, limit, {
    start: 0,
    placeOf: (row) => numberIn(row, 0),
    read: (tx, after, rows, take) =>
      readRecordRows(tx, catalogue.workspace, { type: type.id, whole, columns, filters, after, rows }, take),
    write,
  });
}

async function* linkText(
  database: Database,
  catalogue: Catalogue,
  link: LinkType,
  { format, limit, spreadsheet = false }: Wanted,
): AsyncGenerator<Buffer> {
  const forPeople = format === 'csv' && spreadsheet;
  if (format === 'csv') yield headerOf(['left', 'right', ...(link.roles.length > 0 ? ['role'] : [])], forPeople);
  yield* piecesOf<LinkPlace>(database, catalogue, limit, {
    start: [0, 0, 0],
    placeOf: (row) => [numberIn(row, 0), numberIn(row, 1), numberIn(row, 2)],
    read: (tx, after, rows, take) => readLinkRows(tx, catalogue.workspace, { linkType: link.id, after, rows }, take),
    write: format === 'csv' ? csvLinkLines(link, forPeople) : jsonLinkLines(link),
  });
}

type Source<Place> = {
  readonly start: Place;
  readonly placeOf: (row: RawRow) => Place;
  /** Rows beyond a place, in the order of their places. */
  readonly read: (tx: Transaction, after: Place, rows: number, take: TakeRow) => Promise<void>;
  readonly write: WriteLine;
};

type Piece<Place> = { readonly bytes: Buffer; readonly rows: number; readonly last: Place; readonly isCut: boolean };

/** While one piece is on its way to the reader, the next is read. */
async function* piecesOf<Place>(
  database: Database,
  { workspace }: Catalogue,
  limit: number | null,
  source: Source<Place>,
): AsyncGenerator<Buffer> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  let asked = 0;
  const pull = (after: Place, rows: number): Promise<Piece<Place>> => {
    asked = Math.min(rows, left);
    const piece = database.inWorkspace(workspace, (tx) => readPiece(tx, source, after, asked));
    piece.catch(() => {}); // thrown where it is awaited
    return piece;
  };
  for (let coming = pull(source.start, firstRows); ; ) {
    const piece = await coming;
    left -= piece.rows;
    const isLast = left === 0 || (piece.rows < asked && !piece.isCut);
    if (!isLast) coming = pull(piece.last, rowsLike(piece));
    await nextTurnOfEventLoop(); // only then is it asked for: to work on this one would keep the database waiting
    if (piece.rows > 0) yield piece.bytes;
    if (isLast) return;
  }
}

/** Rows beyond those that fill the piece are let go: its last row is where the next begins. */
async function readPiece<Place>(
  tx: Transaction,
  { read, write, placeOf, start }: Source<Place>,
  after: Place,
  asked: number,
): Promise<Piece<Place>> {
  const lines = new Lines(asked > firstRows ? pieceBytes : pieceBytes / 8);
  let rows = 0;
  let last = start;
  let isCut = false;
  await read(tx, after, asked, (row) => {
    isCut ||= lines.length >= pieceBytes;
    if (isCut) return;
    write(row, lines);
    rows++;
    if (rows === asked || lines.length >= pieceBytes) last = placeOf(row);
  });
  return { bytes: lines.bytes, rows, last, isCut };
}

/** As many as a piece will hold, if they are like those of this one; a few less, as rows that are let go are read for nothing. */
function rowsLike({ bytes, rows }: Piece<unknown>): number {
  const fitting = Math.floor((0.9 * pieceBytes * rows) / bytes.length);
  return Math.max(1, Math.min(fitting, mostRows));
}

const headerOf = (names: readonly string[], forPeople: boolean): Buffer =>
  Buffer.from(`${[...names, ...(forPeople ? [spreadsheetColumn] : [])].join(',')}\n`);
