/**
 * Records and links as text that is ready to be sent: PostgreSQL makes the lines and joins them, so that a row costs no object here.
 * Read in pieces, each in a short transaction of its own: one long snapshot would keep the counters' old rows from being swept up.
 */

import { formulaStarts } from '../model/spreadsheet.ts';
import { filterSql, type ListFilter, Parameters } from './conditions.ts';
import type { Transaction } from './database.ts';

/** A column of a type. `quoted`: text, which CSV shows in quotes. `asJson`: a list whose values cannot be joined by semicolons. */
export type ExportColumn = {
  readonly key: string;
} /** `ruled`: by a key rule, so that what was sent may stand in `data`. */ & (
  | { readonly kind: 'external_id'; readonly ruled: boolean }
  | { readonly kind: 'value'; readonly field: number; readonly quoted: boolean }
  | { readonly kind: 'list'; readonly field: number; readonly asJson: boolean }
  | { readonly kind: 'lookup'; readonly linkType: number }
);

type ExportFormat = 'ndjson' | 'csv';

/** Whole lines with their ends, and the place of the last one. */
type Piece<Place> = { readonly text: string; readonly rows: number; readonly last: Place };

/** A piece ends before the row that begins beyond this many bytes. */
const pieceBytes = 2 * 1024 * 1024;

/**
 * Joins lines of `rows` (place, line), as many as make a piece. OFFSET 0: a line is made once and not wherever it is named, and rows
 * stay in the order of the index.
 */
const pieceSql = (rows: string): string => `
  select string_agg(line, '' order by place) as text, count(*) as rows, max(place) as last
  from (
    select place, line, sum(octet_length(line)) over (order by place rows unbounded preceding) - octet_length(line) as before
    from (${rows} offset 0) lines
  ) sized
  where before < ${pieceBytes}`;

async function readPiece<Place>(
  tx: Transaction,
  rows: string,
  values: readonly unknown[],
): Promise<Piece<Place> | undefined> {
  const [piece] = await tx.query<Piece<Place> | { text: null }>(pieceSql(rows), values);
  return piece === undefined || piece.text === null ? undefined : piece;
}

/** How a record is named in a lookup and in a link: by its external id when it has one, else by its number. */
const refSql = (record: string): string =>
  `case when ${record}.external_id is null then ${record}.number::text else 'external_id:' || ${record}.external_id end`;

const recordSql = (number: string): string =>
  `(select number, external_id from record where workspace_id = $1 and number = ${number} offset 0)`;

const lookupSql = (linkType: number): string => `
  (select ${refSql('t')} from link l cross join lateral ${recordSql('l.right_number')} t
   where l.workspace_id = $1 and l.link_type = ${Math.trunc(linkType)} and l.one_left = r.number)`;

const quotedSql = (text: string): string => `'"' || replace(${text}, '"', '""') || '"'`;

/** \N stands for null: text that is spelt so has one backslash more. For people, text that begins like a formula has an apostrophe before it. */
const textCellSql = (text: string, forPeople: boolean): string => `case
  when starts_with(${text}, '\\') then ${quotedSql(`regexp_replace(${text}, '^(\\\\+N)$', '\\\\\\1')`)}
  ${forPeople ? `when ${text} ~ '^''*[${formulaStarts}]' then ${quotedSql(`'''' || ${text}`)}` : ''}
  else ${quotedSql(text)} end`;

/**
 * Live records of a type beyond the number `after`. As NDJSON, values stand under their field ids, as `"10": …`: whoever knows the
 * names puts them in.
 */
export function readRecordLines(
  tx: Transaction,
  workspace: number,
  query: {
    readonly format: ExportFormat;
    /** CSV that is to be opened in a spreadsheet. */
    readonly forPeople: boolean;
    readonly type: number;
    readonly columns: readonly ExportColumn[];
    readonly filters: readonly ListFilter[];
    readonly after: number;
    readonly rows: number;
  },
): Promise<Piece<number> | undefined> {
  const parameters = new Parameters();
  parameters.add(workspace, 'bigint');
  const conditions = [
    'r.workspace_id = $1',
    `r.type = ${Math.trunc(query.type)}`,
    'r.deleted_at is null',
    `r.number > ${parameters.add(query.after, 'bigint')}`,
    ...query.filters.map((filter) => filterSql(filter, parameters, query.type)),
  ];
  const line = query.format === 'csv' ? csvLineSql(query.columns, query.forPeople) : jsonLineSql(query.columns);
  const rows = `
    select r.number as place, ${line} as line
    from (select r.number, r.external_id, ${query.format === 'csv' ? csvValuesSql(query.columns) : jsonValuesSql(query.columns)} from record r
          where ${conditions.join(' and ')} order by r.number limit ${Math.trunc(query.rows)}) r`;
  return readPiece<number>(tx, rows, parameters.values);
}

const jsonValuesSql = (columns: readonly ExportColumn[]): string =>
  columns.some((column) => column.kind === 'external_id' && column.ruled)
    ? 'r.data, r.data::text as text'
    : 'r.data::text as text';

/** Where `data` has it, it is among the values. */
const externalIdSql = (ruled: boolean): string =>
  ruled ? `case when jsonb_exists(r.data, '1') then null else r.external_id end` : 'r.external_id';

/** The values are printed once, and what stands before them is put where their bracket was: to take text apart costs most of all. */
function jsonLineSql(columns: readonly ExportColumn[]): string {
  const member = (key: string, value: string): string =>
    `coalesce('"${key}": ' || to_json(${value})::text || ', ', '')`;
  const before = [
    ...columns.flatMap((column) =>
      column.kind === 'external_id' ? [member(column.key, externalIdSql(column.ruled))] : [],
    ),
    ...columns.flatMap((column) => (column.kind === 'lookup' ? [member(column.key, lookupSql(column.linkType))] : [])),
  ].join(' || ');
  return `case when r.text = '{}' then '{' || rtrim(${before}, ', ') || E'}\\n' else '{' || ${before} || right(r.text, -1) || E'\\n' end`;
}

/** A value is taken out of the record once, under a name, and not wherever its cell asks something of it. */
function csvValuesSql(columns: readonly ExportColumn[]): string {
  const values = columns.flatMap((column) =>
    column.kind === 'value' ? [`r.data ->> '${Math.trunc(column.field)}' as v${Math.trunc(column.field)}`] : [],
  );
  return ['r.data', ...values].join(', ');
}

function csvLineSql(columns: readonly ExportColumn[], forPeople: boolean): string {
  const cells = columns.map((column) => `coalesce(${cellSql(column, forPeople)}, '')`);
  if (forPeople) cells.push("''");
  return `${cells.join(` || ',' || `)} || E'\\n'`;
}

function cellSql(column: ExportColumn, forPeople: boolean): string {
  switch (column.kind) {
    case 'external_id':
      return textCellSql(column.ruled ? `coalesce(r.data ->> '1', r.external_id)` : 'r.external_id', forPeople);
    case 'value': {
      const value = `r.v${Math.trunc(column.field)}`;
      return column.quoted ? textCellSql(value, forPeople) : value;
    }
    case 'list': {
      const value = `(r.data -> '${Math.trunc(column.field)}')`;
      return column.asJson
        ? quotedSql(`${value}::text`)
        : textCellSql(`(select string_agg(v, ';') from jsonb_array_elements_text(${value}) v)`, forPeople);
    }
    case 'lookup':
      return quotedSql(lookupSql(column.linkType));
  }
}

/** The links of a type, in the order of their key: left, right, slot. */
export type LinkPlace = readonly number[];

/** @param query.roles the names of the type's roles by their numbers; links of a type without any have no role. */
export async function readLinkLines(
  tx: Transaction,
  workspace: number,
  query: {
    readonly format: ExportFormat;
    readonly forPeople: boolean;
    readonly linkType: number;
    readonly roles: ReadonlyMap<number, string>;
    readonly after: LinkPlace;
    readonly rows: number;
  },
): Promise<Piece<LinkPlace> | undefined> {
  const hasRoles = query.roles.size > 0;
  const rows = `
    select array[l.left_number, l.right_number, l.slot] as place, ${linkLineSql(query, hasRoles)} as line
    from (select * from link where workspace_id = $1 and link_type = ${Math.trunc(query.linkType)}
            and (left_number, right_number, slot) > ($2, $3, $4)
          order by left_number, right_number, slot limit ${Math.trunc(query.rows)}) l
      cross join lateral ${recordSql('l.left_number')} a cross join lateral ${recordSql('l.right_number')} b`;
  const roles = hasRoles ? [[...query.roles.keys()], [...query.roles.values()]] : [];
  const piece = await readPiece<readonly string[]>(tx, rows, [workspace, ...query.after, ...roles]);
  return piece && { ...piece, last: piece.last.map(Number) };
}

function linkLineSql(
  { format, forPeople }: { readonly format: ExportFormat; readonly forPeople: boolean },
  hasRoles: boolean,
): string {
  const [left, right] = [refSql('a'), refSql('b')];
  const role = `(select u.name from unnest($5::int[], $6::text[]) u (number, name) where u.number = l.role)`;
  if (format === 'csv') {
    const roleCell = hasRoles ? ` || ',' || coalesce(${textCellSql(role, forPeople)}, '\\N')` : '';
    return `${quotedSql(left)} || ',' || ${quotedSql(right)}${roleCell} || E'${forPeople ? ',' : ''}\\n'`;
  }
  const roleMember = hasRoles ? ` || ', "role": ' || coalesce(to_json(${role})::text, 'null')` : '';
  return `'{"left": ' || to_json(${left})::text || ', "right": ' || to_json(${right})::text${roleMember}
    || coalesce(', "attributes": ' || l.attributes::text, '') || E'}\\n'`;
}
