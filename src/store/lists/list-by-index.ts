/**
 * How a list is found by the index of filterable fields. The index only says where to look: every filter is asked of the record as well, and
 * the order is the same as without it. Which way is taken is decided by looking how many records a filter leaves, some thousands at most, and
 * not by the planner's statistics: those of a table that all types share say nothing of one field.
 */

import type { Page, Transaction } from '../postgres/database.ts';
import type { IndexedValue } from '../records/field-index.ts';
import type { ListCondition, ListSort, Parameters } from './conditions.ts';
import {
  entrySql,
  fieldSql,
  type IndexedFilter,
  indexedFilters,
  isExact,
  isIndexed,
  isOneValue,
  placeOf,
  setSql,
  unsetSql,
} from './entry-conditions.ts';
import {
  beyondSql,
  countRows,
  directionOf,
  filtersSql,
  type Listing,
  type ListRow,
  ofTypeSql,
  parametersFor,
  readPage,
  type Sought,
  type Source,
} from './list-sql.ts';

export type Bounds = {
  /** So many that a filter leaves are read and sorted sooner than an index is walked. */
  readonly few: number;
  /** So many records are looked at in the order of the list: when they do not fill the page, those that a filter leaves are read and sorted. */
  readonly walked: number;
  /** Where a filter leaves more, to go through all records takes no longer than to find each by its number. */
  readonly many: number;
};
/** At a million records to read what a filter leaves, and to walk until a page is full, cost the same at some ten thousand. */
export const usualBounds: Bounds = { few: 10_000, walked: 10_000, many: 100_000 };

const isOfDirection = (sort: readonly ListSort[]): boolean =>
  sort.every(({ descending }) => descending === sort[0]?.descending);

/** @returns undefined when the index is of no help. */
export async function listByIndex(
  tx: Transaction,
  workspace: number,
  query: Listing,
  { few, walked, many }: Bounds,
): Promise<Page<ListRow> | undefined> {
  if (query.deletedToo || query.filters.some(isFoundOtherwise)) return undefined;
  const filters = indexedFilters(query.filters);
  const [first] = query.sort;
  const isWalked = first !== undefined && query.sort.length <= 2 && isIndexed(first.term) && isOfDirection(query.sort);
  if (filters.length === 0) return isWalked ? walk(tx, workspace, query, null) : undefined;
  // In the order of numbers the index alone is gone through, and only the records of the page are read.
  const narrow = await findNarrow(tx, workspace, query.type, filters, isByNumber(query) ? many : few);
  if (narrow !== undefined) return collect(tx, workspace, query, narrow);
  if (isWalked) {
    const found = await walk(tx, workspace, query, walked);
    if (found === undefined || found.isMore) return found;
  } else if (isByNumber(query)) {
    const one = filters.find(isOneValue);
    if (one !== undefined && query.filters.length === 1) return collect(tx, workspace, query, one);
    const found = await walkNumbers(tx, workspace, query, one, walked);
    return found.isMore ? found : undefined;
  }
  const wide = await findNarrow(tx, workspace, query.type, filters, many);
  return wide && collect(tx, workspace, query, wide);
}

/** A key, a link or a number says itself which records, or almost. */
function isFoundOtherwise(condition: ListCondition): boolean {
  if ('all' in condition) return condition.all.some(isFoundOtherwise);
  if ('linkType' in condition) return true;
  if (!('term' in condition) || condition.ignoreCase === true || !['eq', 'in'].includes(condition.op)) return false;
  const { term } = condition;
  return term.kind === 'key' || term.kind === 'lookup' || (term.kind === 'column' && isKeyColumn(term.column));
}

const isKeyColumn = (column: string): boolean => column === 'number' || column === 'external_id';

const isByNumber = ({ sort: [first] }: Listing): boolean =>
  first?.term.kind === 'column' && first.term.column === 'number';

/** The first of the filters that leaves so many records at most. */
async function findNarrow(
  tx: Transaction,
  workspace: number,
  type: number,
  filters: readonly IndexedFilter[],
  most: number,
): Promise<IndexedFilter | undefined> {
  for (const filter of filters) {
    const parameters = parametersFor(workspace);
    const entries = `(select 1 from ${entriesSql(filter, type, parameters)} limit ${most + 1}) f`;
    if ((await countRows(tx, entries, [], parameters)) <= most) return filter;
  }
  return undefined;
}

const entriesSql = (filter: IndexedFilter, type: number, parameters: Parameters): string =>
  `field_index f where ${fieldSql(filter.term, type)} and ${entrySql(filter, parameters)}`;

/** Each found by its number, live. OFFSET 0: the planner would turn it around, and go through all records for each. */
const recordSql = `cross join lateral (
  select * from record r where r.workspace_id = $1 and r.number = f.number and r.deleted_at is null offset 0) r`;

/** Of the records that a filter leaves, those that pass the others too. In the order of numbers only those of the page are read. */
function collect(tx: Transaction, workspace: number, query: Listing, filter: IndexedFilter): Promise<Page<ListRow>> {
  return readPage(tx, workspace, query, (parameters): Source => {
    if (isByNumber(query)) return numbersOf(query, filter, parameters, null);
    const entries = entriesSql(filter, query.type, parameters);
    return { from: `(select f.number from ${entries} offset 0) f ${recordSql}`, where: beyondSql(query, parameters) };
  });
}

const limitSql = (most: number | null): string => (most === null ? '' : `limit ${most}`);

function numbersOf(query: Listing, filter: IndexedFilter, parameters: Parameters, most: number | null): Source {
  const direction = numberDirection(query);
  const beyond = numberBeyond(query, 'f', parameters);
  const entries = `${entriesSql(filter, query.type, parameters)}${beyond}`;
  return {
    from: `(select f.number from ${entries} order by f.number ${direction} ${limitSql(most)}) f ${recordSql}`,
    where: [],
    order: `f.number ${direction}`,
  };
}

const numberDirection = ({ sort: [first], backwards }: Listing): 'asc' | 'desc' =>
  first === undefined ? 'asc' : directionOf(first, backwards);

function numberBeyond(query: Listing, table: 'f' | 'r', parameters: Parameters): string {
  const place = query.place?.[0];
  if (place === undefined) return '';
  return ` and ${table}.number ${numberDirection(query) === 'asc' ? '>' : '<'} ${parameters.add(place, 'bigint')}`;
}

/** The first records in the order of numbers: of all, or of those that have one value. */
const walkNumbers = (
  tx: Transaction,
  workspace: number,
  query: Listing,
  one: IndexedFilter | undefined,
  most: number,
): Promise<Page<ListRow>> =>
  readPage(tx, workspace, query, (parameters): Source => {
    if (one !== undefined) return numbersOf(query, one, parameters, most);
    const direction = numberDirection(query);
    const beyond = numberBeyond(query, 'r', parameters);
    const from = `(select * from record r where ${ofTypeSql(query).join(' and ')}${beyond} order by r.number ${direction} limit ${most}) r`;
    return { from, where: [], order: `r.number ${direction}` };
  });

type Stretch = { readonly of: 'set' | 'unset' | 'all'; readonly hasPlace: boolean };

/** Unset values come last in either order, and the index has them last: descending, what is set and what is not are two stretches of it. */
function stretchesOf({ sort: [first], place, backwards }: Listing): Stretch[] {
  if (first?.descending !== true) return [{ of: 'all', hasPlace: place !== null }];
  const both: Stretch['of'][] = backwards ? ['unset', 'set'] : ['set', 'unset'];
  if (place === null) return both.map((of) => ({ of, hasPlace: false }));
  const begin = both.indexOf(place[0] === null ? 'unset' : 'set');
  return both.slice(begin).map((of, index) => ({ of, hasPlace: index === 0 }));
}

type Walked = ListRow & IndexedValue;

/**
 * Goes through the entries in the order of the list, until the page is full.
 * @param most how many it looks at; no further than its first stretch then.
 * @returns undefined when a record's entry says another value than the record does, which only a fault of ours could bring about: the page
 * behind it would begin at the record's value, and come by the same entry again, for ever.
 */
async function walk(
  tx: Transaction,
  workspace: number,
  query: Listing,
  most: number | null,
): Promise<Page<ListRow> | undefined> {
  const found = await walkStretches(tx, workspace, query, most);
  return found.rows.every((row) => isAtItsPlace(query, row)) ? found : undefined;
}

function isAtItsPlace({ sort: [first] }: Listing, { number_value, text_value, sort_values: [value] }: Walked): boolean {
  if (first === undefined || !isIndexed(first.term)) return false;
  const place = placeOf(first.term, value);
  return place.number_value === number_value && place.text_value === text_value;
}

async function walkStretches(
  tx: Transaction,
  workspace: number,
  query: Listing,
  most: number | null,
): Promise<Page<Walked>> {
  const [first, second] = stretchesOf(query);
  if (first === undefined) return { rows: [], isMore: false };
  const found = await readPage<Walked>(tx, workspace, query, (parameters) => stretchOf(query, first, parameters, most));
  if (most !== null || second === undefined || found.isMore) return found;
  const { rows } = found;
  // Others write meanwhile: there may be more of it by now than were passed over.
  const passed = rows.length === 0 && query.skip > 0 ? await countStretch(tx, workspace, query, first) : query.skip;
  const left = { ...query, limit: query.limit - rows.length, skip: Math.max(0, query.skip - passed) };
  const rest = await readPage<Walked>(tx, workspace, left, (parameters) => stretchOf(query, second, parameters, null));
  return { rows: [...rows, ...rest.rows], isMore: rest.isMore };
}

function stretchOf(query: Listing, { of, hasPlace }: Stretch, parameters: Parameters, most: number | null): Source {
  const [first] = query.sort;
  if (first === undefined || !isIndexed(first.term)) throw new Error('Only a list in the order of an index is walked');
  const direction = directionOf(first, query.backwards);
  const conditions = [fieldSql(first.term, query.type), ...(of === 'all' ? [] : [of === 'set' ? setSql : unsetSql])];
  if (hasPlace) {
    const [value, number] = query.place ?? [];
    const { number_value: numberValue, text_value: textValue } = placeOf(first.term, value);
    const place = [
      parameters.add(numberValue, 'float8'),
      parameters.add(textValue, 'text'),
      parameters.add(number, 'bigint'),
    ];
    conditions.push(
      `(f.number_value, f.text_value, f.number) ${direction === 'asc' ? '>' : '<'} (${place.join(', ')})`,
    );
  }
  const order = ['number_value', 'text_value', 'number'].map((column) => `f.${column} ${direction}`).join(', ');
  const entries = `select * from field_index f where ${conditions.join(' and ')} order by ${order} ${limitSql(most)}`;
  return { from: `(${entries}) f ${recordSql}`, where: [], order, shown: ['number_value', 'text_value'] };
}

/** How many of a stretch pass. */
async function countStretch(tx: Transaction, workspace: number, query: Listing, stretch: Stretch): Promise<number> {
  const parameters = parametersFor(workspace);
  const { from } = stretchOf(query, stretch, parameters, null);
  return countRows(tx, from, filtersSql(query, parameters), parameters);
}

/** @returns undefined when the index is of no help. */
export async function countByIndex(
  tx: Transaction,
  workspace: number,
  sought: Sought,
  { many }: Bounds,
): Promise<number | undefined> {
  if (sought.deletedToo || sought.filters.some(isFoundOtherwise)) return undefined;
  const filters = indexedFilters(sought.filters);
  const [only] = filters;
  if (only === undefined) return undefined;
  if (sought.filters.length === 1 && 'term' in (sought.filters[0] ?? {}) && isExact(only)) {
    const parameters = parametersFor(workspace);
    return countRows(
      tx,
      `field_index f`,
      [fieldSql(only.term, sought.type), entrySql(only, parameters) ?? 'true'],
      parameters,
    );
  }
  const narrow = await findNarrow(tx, workspace, sought.type, filters, many);
  if (narrow === undefined) return undefined;
  const parameters = parametersFor(workspace);
  const from = `(select f.number from ${entriesSql(narrow, sought.type, parameters)} offset 0) f ${recordSql}`;
  return countRows(tx, from, filtersSql(sought, parameters), parameters);
}
