/** Lists of records: conditions, sort and keyset paging, in either direction. */
import {
  conditionSql,
  expressionOf,
  type ListCondition,
  type ListSort,
  type ListTerm,
  Parameters,
  typeOf,
} from './conditions.ts';
import { type Page, pageOf, type Transaction } from './database.ts';
import type { RecordRow } from './records.ts';

export type ListRow = Omit<RecordRow, 'stamps'> & { readonly sort_values: readonly unknown[] };

/** The way that a list is walked: unset values come last in either order, and so first when it is walked backwards. */
type Walk = { readonly sort: readonly ListSort[]; readonly backwards: boolean };

/** Of these nothing is said of where unset values stand: an index, which has its own way, could not be walked backwards. */
const isAlwaysSet = (term: ListTerm): boolean =>
  term.kind === 'found' || (term.kind === 'column' && term.column !== 'external_id');

/** Beyond a place in the order: later in some term, and equal in all before it. */
function beyondSql({ sort, backwards }: Walk, place: readonly unknown[], parameters: Parameters): string {
  const alternatives = sort.flatMap(({ term, descending }, index) => {
    const value = place[index] ?? null;
    if (value === null && !backwards) return [];
    const equal = sort.slice(0, index).map((one, at) => equalSql(one.term, place[at] ?? null, parameters));
    const expression = expressionOf(term, parameters);
    if (value === null) return [`(${[...equal, `${expression} is not null`].join(' and ')})`];
    const later = `${expression} ${descending === backwards ? '>' : '<'} ${parameters.add(value, typeOf(term))}`;
    const isEnd = backwards || isAlwaysSet(term);
    return [`(${[...equal, isEnd ? later : `(${later} or ${expression} is null)`].join(' and ')})`];
  });
  return alternatives.length === 0 ? 'false' : `(${alternatives.join(' or ')})`;
}

function equalSql(term: ListTerm, value: unknown, parameters: Parameters): string {
  const expression = expressionOf(term, parameters);
  return value === null ? `${expression} is null` : `${expression} = ${parameters.add(value, typeOf(term))}`;
}

type Sought = { readonly type: number; readonly filters: readonly ListCondition[]; readonly deletedToo: boolean };

/** Records of a type that pass the filters. */
const soughtSql = (workspace: number, { type, filters, deletedToo }: Sought, parameters: Parameters): string =>
  [
    `r.workspace_id = ${parameters.add(workspace, 'bigint')}`, // the first parameter, which conditions rely on
    `r.type = ${parameters.add(type, 'int')}`,
    ...(deletedToo ? [] : ['r.deleted_at is null']),
    ...filters.map((filter) => conditionSql(filter, parameters, type)),
  ].join(' and ');

const columns =
  'r.number, r.type, r.external_id, r.data, r.version, r.created_at, r.updated_at, r.created_by, r.updated_by, r.deleted_at';

type Asked = {
  readonly place: readonly unknown[] | null;
  readonly limit: number;
  /** A page of large records may have fewer. */
  readonly mayBeShort: boolean;
  readonly skip: number;
};

/** `sort` ends with a term that is unique, so that the order is total; walked backwards, the rows come in the opposite order. */
export async function listRecords(
  tx: Transaction,
  workspace: number,
  query: Sought & Walk & Asked,
): Promise<Page<ListRow>> {
  const parameters = new Parameters();
  const sought = soughtSql(workspace, query, parameters);
  const beyond = query.place === null ? '' : `and ${beyondSql(query, query.place, parameters)}`;
  const order = query.sort.map(({ term, descending }) => {
    const direction = descending === query.backwards ? 'asc' : 'desc';
    const unset = isAlwaysSet(term) ? '' : `nulls ${query.backwards ? 'first' : 'last'}`;
    return `${expressionOf(term, parameters)} ${direction} ${unset}`;
  });
  const terms = query.sort.map(({ term }, index) => `${expressionOf(term, parameters)} as sort_${index}`);
  const sortValues = query.sort.map((_, index) => `to_jsonb(sort_${index})`);
  const limit = parameters.add(query.limit + 1, 'int');
  const skip = parameters.add(query.skip, 'bigint');
  // What a row is sorted by is written down for the rows of the page alone: for all that are sorted, that took most of the time.
  const statement = `select ${columns}, jsonb_build_array(${sortValues.join(', ')}) as sort_values from (
       select ${columns}, ${terms.join(', ')} from record r
       where ${sought} ${beyond}
       order by ${order.join(', ')}
       limit ${limit} offset ${skip}) r`;
  return query.mayBeShort
    ? tx.page<ListRow>(statement, parameters.values, query.limit)
    : pageOf(await tx.query<ListRow>(statement, parameters.values), query.limit);
}

export async function countSelected(tx: Transaction, workspace: number, sought: Sought): Promise<number> {
  const parameters = new Parameters();
  const [row] = await tx.query<{ count: number }>(
    `select count(*) as count from record r where ${soughtSql(workspace, sought, parameters)}`,
    parameters.values,
  );
  return row?.count ?? 0;
}
