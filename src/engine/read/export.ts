/** All records of a type, or all links of a link type, as the rows that an import takes: what is exported and imported again is unchanged. */
import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import type { Catalogue, Field, LinkType, RecordType, Role } from '../../model/catalogue.ts';
import type { ExportQuery } from '../../model/commands.ts';
import type { ExportOutcome } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { spreadsheetColumn } from '../../model/spreadsheet.ts';
import type { ListFilter } from '../../store/conditions.ts';
import type { Database } from '../../store/database.ts';
import { type ExportColumn, type LinkPlace, readLinkLines, readRecordLines } from '../../store/export.ts';
import { unknownLinkType } from '../import/refuse-import.ts';
import { compileFilter } from './conditions.ts';
import { fieldNamer } from './field-names.ts';
import { isRejected, readableType } from './readable.ts';

/** Rows of one piece: as many as PostgreSQL joins well, and few enough that none waits long for the first. */
const pieceRows = 2000;

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
): AsyncGenerator<string> {
  const columns = type.fields.map(columnOf);
  const forPeople = format === 'csv' && spreadsheet;
  if (format === 'csv')
    yield headerOf(
      columns.map(({ key }) => key),
      forPeople,
    );
  const named = format === 'csv' ? (text: string) => text : fieldNamer(type);
  const pieces = piecesOf<number>(0, limit, (after, rows) =>
    database.inWorkspace(catalogue.workspace, (tx) =>
      readRecordLines(tx, catalogue.workspace, { format, forPeople, type: type.id, columns, filters, after, rows }),
    ),
  );
  for await (const text of pieces) yield named(text);
}

async function* linkText(
  database: Database,
  catalogue: Catalogue,
  link: LinkType,
  { format, limit, spreadsheet = false }: Wanted,
): AsyncGenerator<string> {
  const forPeople = format === 'csv' && spreadsheet;
  const roles = new Map(link.roles.map((role) => [role.number, roleName(link.roles, role)]));
  if (format === 'csv') yield headerOf(['left', 'right', ...(roles.size > 0 ? ['role'] : [])], forPeople);
  yield* piecesOf<LinkPlace>([0, 0, 0], limit, (after, rows) =>
    database.inWorkspace(catalogue.workspace, (tx) =>
      readLinkLines(tx, catalogue.workspace, { format, forPeople, linkType: link.id, roles, after, rows }),
    ),
  );
}

type Piece<Place> = { readonly text: string; readonly rows: number; readonly last: Place };

/** While one piece is on its way to the reader, the next is read. */
async function* piecesOf<Place>(
  start: Place,
  limit: number | null,
  read: (after: Place, rows: number) => Promise<Piece<Place> | undefined>,
): AsyncGenerator<string> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  const pull = (after: Place): Promise<Piece<Place> | undefined> => {
    const piece = left > 0 ? read(after, Math.min(pieceRows, left)) : Promise.resolve(undefined);
    piece.catch(() => {}); // thrown where it is awaited
    return piece;
  };
  let coming = pull(start);
  for (let piece = await coming; piece !== undefined; piece = await coming) {
    left -= piece.rows;
    coming = pull(piece.last);
    await nextTurnOfEventLoop(); // only then is it asked for: to work on this one would keep the database waiting
    yield piece.text;
  }
}

const headerOf = (names: readonly string[], forPeople: boolean): string =>
  `${[...names, ...(forPeople ? [spreadsheetColumn] : [])].join(',')}\n`;

const unquoted: readonly Field['type'][] = ['integer', 'decimal', 'boolean', 'date', 'datetime'];

function columnOf(field: Field): ExportColumn {
  const { key, id } = field;
  if (key === 'external_id') return { key, kind: 'external_id', ruled: field.keyRule.length > 0 };
  if (field.link !== null) return { key, kind: 'lookup', linkType: field.link.id };
  if (field.type !== 'multi_enum') return { key, kind: 'value', field: id, quoted: !unquoted.includes(field.type) };
  return { key, kind: 'list', field: id, asJson: field.options.some(({ value }) => /^\[|;/.test(value)) };
}

/** The name of a role, unless it is also what another role is found by. */
function roleName(roles: readonly Role[], role: Role): string {
  const isOthers = roles.some((one) => one !== role && [String(one.number), one.externalId].includes(role.name));
  return isOthers ? String(role.number) : role.name;
}
