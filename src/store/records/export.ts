/**
 * Records and links as PostgreSQL prints their values, row by row as bytes: whoever writes lines of them makes no object of any. Read in pieces,
 * each in a short transaction of its own: one long snapshot would keep the counters' old rows from being swept up.
 */
import { filterSql, type ListFilter, Parameters } from '../lists/conditions.ts';
import type { Transaction } from '../postgres/database.ts';
import type { TakeRow } from '../postgres/raw-rows.ts';

/** `ruled`: by a key rule, so that what was sent may stand in `data`. `asJson`: a list whose values cannot be joined by semicolons. */
export type ExportColumn =
  | { readonly kind: 'external_id'; readonly ruled: boolean }
  | { readonly kind: 'value'; readonly field: number }
  | { readonly kind: 'list'; readonly field: number; readonly asJson: boolean }
  | { readonly kind: 'lookup'; readonly linkType: number };

/** How a record is named in a lookup and in a link: by its external id when it has one, else by its number. */
const refSql = (record: string): string =>
  `case when ${record}.external_id is null then ${record}.number::text else 'external_id:' || ${record}.external_id end`;

const recordSql = (number: string): string =>
  `(select number, external_id from record where workspace_id = $1 and number = ${number} offset 0)`;

const lookupSql = (linkType: number): string => `
  (select ${refSql('t')} from link l cross join lateral ${recordSql('l.right_number')} t
   where l.workspace_id = $1 and l.link_type = ${Math.trunc(linkType)} and l.one_left = r.number)`;

/**
 * Live records of a type beyond the number `after`: the number, and each of the columns. `whole`: between them all values that stand in
 * `data`, as JSON under their field ids; an external id that stands there is no column then.
 */
export function readRecordRows(
  tx: Transaction,
  workspace: number,
  query: {
    readonly type: number;
    readonly whole: boolean;
    readonly columns: readonly ExportColumn[];
    readonly filters: readonly ListFilter[];
    readonly after: number;
    readonly rows: number;
  },
  take: TakeRow,
): Promise<void> {
  const parameters = new Parameters();
  parameters.add(workspace, 'bigint');
  const conditions = [
    'r.workspace_id = $1',
    `r.type = ${Math.trunc(query.type)}`,
    'r.deleted_at is null',
    `r.number > ${parameters.add(query.after, 'bigint')}`,
    ...query.filters.map((filter) => filterSql(filter, parameters, query.type)),
  ];
  const selected = [
    'r.number',
    ...(query.whole ? ['r.data'] : []),
    ...query.columns.map((column) => columnSql(column, query.whole)),
  ];
  const text = `select ${selected.join(', ')} from record r
    where ${conditions.join(' and ')} order by r.number limit ${Math.trunc(query.rows)}`;
  return tx.read(text, parameters.values, take);
}

function columnSql(column: ExportColumn, whole: boolean): string {
  switch (column.kind) {
    case 'external_id':
      if (!column.ruled) return 'r.external_id';
      return whole
        ? `case when jsonb_exists(r.data, '1') then null else r.external_id end`
        : `coalesce(r.data ->> '1', r.external_id)`;
    case 'value':
      return `r.data ->> '${Math.trunc(column.field)}'`;
    case 'list': {
      const value = `r.data -> '${Math.trunc(column.field)}'`;
      return column.asJson
        ? `(${value})::text`
        : `(select string_agg(v, ';') from jsonb_array_elements_text(${value}) v)`;
    }
    case 'lookup':
      return lookupSql(column.linkType);
  }
}

/** The links of a type, in the order of their key: left, right, slot. */
export type LinkPlace = readonly number[];

/** Links beyond a place: the three numbers of theirs, both records, the number of the role, and the attributes as JSON. */
export const readLinkRows = (
  tx: Transaction,
  workspace: number,
  query: { readonly linkType: number; readonly after: LinkPlace; readonly rows: number },
  take: TakeRow,
): Promise<void> =>
  tx.read(
    `select l.left_number, l.right_number, l.slot, ${refSql('a')}, ${refSql('b')}, l.role, l.attributes
     from (select * from link where workspace_id = $1 and link_type = ${Math.trunc(query.linkType)}
             and (left_number, right_number, slot) > ($2, $3, $4)
           order by left_number, right_number, slot limit ${Math.trunc(query.rows)}) l
       cross join lateral ${recordSql('l.left_number')} a cross join lateral ${recordSql('l.right_number')} b
     order by l.left_number, l.right_number, l.slot`,
    [workspace, ...query.after],
    take,
  );
