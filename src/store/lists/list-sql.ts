/** A page of records as SQL: which pass, in which order, from which place on. */

import { type Page, pageOf, type Transaction } from '../postgres/database.ts';
import type { RecordRow } from '../records/records.ts';
import {
  conditionSql,
  type ListCondition,
  type ListSort,
  type ListTerm,
  Parameters,
  sortExpressionOf,
  typeOf,
} from './conditions.ts';

export type ListRow = Omit<RecordRow, 'stamps'> & { readonly sort_values: readonly unknown[] };

export type Sought = {
  readonly type: number;
  readonly filters: readonly ListCondition[];
  readonly deletedToo: boolean;
};

/** `sort` ends with a term that is unique, so that the order is total; walked backwards, the rows come in the opposite order. */
export type Listing = Sought & {
  readonly sort: readonly ListSort[];
  readonly backwards: boolean;
  /** The values of the sort terms beyond which the page begins. */
  readonly place: readonly unknown[] | null;
  readonly limit: number;
  /** A page of large records may have fewer. */
  readonly mayBeShort: boolean;
  readonly skip: number;
};

/** Where its records `r` are looked for: `where` beside the filters, `order` in place of that of the sort, `shown` beside their columns. */
export type Source = {
  readonly from: string;
  readonly where: readonly string[];
  readonly order?: string;
  readonly shown?: readonly string[];
};

/** Of these nothing is said of where unset values stand: an index, which has its own way, could not be walked backwards. */
const isAlwaysSet = (term: ListTerm): boolean =>
  term.kind === 'found' || (term.kind === 'column' && term.column !== 'external_id');

/** `asc` or `desc`: in which direction the rows come. */
export const directionOf = ({ descending }: ListSort, backwards: boolean): 'asc' | 'desc' =>
  descending === backwards ? 'asc' : 'desc';

/** Unset values come last in either order, and so first when it is walked backwards. */
function orderSql({ sort, backwards }: Listing, parameters: Parameters): string {
  const terms = sort.map((one) => {
    const unset = isAlwaysSet(one.term) ? '' : `nulls ${backwards ? 'first' : 'last'}`;
    return `${sortExpressionOf(one.term, parameters)} ${directionOf(one, backwards)} ${unset}`;
  });
  return terms.join(', ');
}

/** Beyond the place: later in some term, and equal in all before it. */
export function beyondSql({ sort, backwards, place }: Listing, parameters: Parameters): string[] {
  if (place === null) return [];
  const alternatives = sort.flatMap((one, index) => {
    const value = place[index] ?? null;
    if (value === null && !backwards) return [];
    const equal = sort.slice(0, index).map(({ term }, at) => equalSql(term, place[at] ?? null, parameters));
    const expression = sortExpressionOf(one.term, parameters);
    if (value === null) return [`(${[...equal, `${expression} is not null`].join(' and ')})`];
    const sign = directionOf(one, backwards) === 'asc' ? '>' : '<';
    const later = `${expression} ${sign} ${parameters.add(value, typeOf(one.term))}`;
    const isEnd = backwards || isAlwaysSet(one.term);
    return [`(${[...equal, isEnd ? later : `(${later} or ${expression} is null)`].join(' and ')})`];
  });
  return [alternatives.length === 0 ? 'false' : `(${alternatives.join(' or ')})`];
}

function equalSql(term: ListTerm, value: unknown, parameters: Parameters): string {
  const expression = sortExpressionOf(term, parameters);
  return value === null ? `${expression} is null` : `${expression} = ${parameters.add(value, typeOf(term))}`;
}

/** With the workspace as the first parameter, which conditions rely on. */
export function parametersFor(workspace: number): Parameters {
  const parameters = new Parameters();
  parameters.add(workspace, 'bigint');
  return parameters;
}

/** Which records are of the list at all. */
export const ofTypeSql = ({ type, deletedToo }: Sought): string[] => [
  'r.workspace_id = $1',
  `r.type = ${Math.trunc(type)}`,
  ...(deletedToo ? [] : ['r.deleted_at is null']),
];

export const filtersSql = ({ type, filters }: Sought, parameters: Parameters): string[] =>
  filters.map((filter) => conditionSql(filter, parameters, type));

export async function countRows(
  tx: Transaction,
  from: string,
  conditions: readonly string[],
  parameters: Parameters,
): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*) as count from ${from} where ${conditions.join(' and ') || 'true'}`,
    parameters.values,
  );
  return row?.count ?? 0;
}

const columns =
  'r.number, r.type, r.external_id, r.data, r.version, r.created_at, r.updated_at, r.created_by, r.updated_by, r.deleted_at';

/** @param sourceOf is told the parameters, of which it may add some. */
export async function readPage<Row extends ListRow = ListRow>(
  tx: Transaction,
  workspace: number,
  query: Listing,
  sourceOf: (parameters: Parameters) => Source,
): Promise<Page<Row>> {
  const parameters = parametersFor(workspace);
  const { from, where, order = orderSql(query, parameters), shown = [] } = sourceOf(parameters);
  const conditions = [...where, ...filtersSql(query, parameters)];
  const terms = query.sort.map(({ term }, index) => `${sortExpressionOf(term, parameters)} as sort_${index}`);
  const sortValues = query.sort.map((_, index) => `to_jsonb(sort_${index})`);
  const limit = parameters.add(query.limit + 1, 'int');
  const skip = parameters.add(query.skip, 'bigint');
  // What a row is sorted by is written down for the rows of the page alone: for all that are sorted, that took most of the time.
  const statement = `select ${[columns, ...shown].join(', ')}, jsonb_build_array(${sortValues.join(', ')}) as sort_values from (
       select ${[columns, ...shown, ...terms].join(', ')} from ${from}
       where ${conditions.join(' and ') || 'true'}
       order by ${order}
       limit ${limit} offset ${skip}) r`;
  return query.mayBeShort
    ? tx.page<Row>(statement, parameters.values, query.limit)
    : pageOf(await tx.query<Row>(statement, parameters.values), query.limit);
}
