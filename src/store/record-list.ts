/**
 * Lists of records: filters, sort and keyset paging. The SQL is put together from fixed pieces; field ids come from the schema and
 * values are parameters always, so nothing that a client sends becomes part of a statement.
 */
import type { FilterOperator } from '../model/commands.ts';
import type { Transaction } from './database.ts';
import type { RecordRow } from './records.ts';

/**
 * What a list can filter and sort by. `column` is one of the record's own; `value` a field; `key` a unique field, external_id too where it has
 * a key rule; `lookup` a link.
 */
export type ListTerm =
  | { readonly kind: 'column'; readonly column: 'number' | 'created_at' | 'updated_at' | 'version' | 'external_id' }
  | { readonly kind: 'value'; readonly field: number; readonly as: 'text' | 'number' | 'boolean' | 'list' }
  | { readonly kind: 'key'; readonly field: number }
  | { readonly kind: 'lookup'; readonly linkType: number };

export type ListFilter = { readonly term: ListTerm; readonly op: FilterOperator; readonly value: unknown };
export type ListCondition =
  | ListFilter
  | { readonly all: readonly ListCondition[] }
  | { readonly any: readonly ListCondition[] }
  | { readonly not: ListCondition };
export type ListSort = { readonly term: ListTerm; readonly descending: boolean };

export type ListRow = Omit<RecordRow, 'stamps'> & { readonly sort_values: readonly unknown[] };

const externalIdField = 1;

const columnTypes = {
  number: 'bigint',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  version: 'bigint',
  external_id: 'text',
} as const;

function typeOf(term: ListTerm): string {
  if (term.kind === 'column') return columnTypes[term.column];
  if (term.kind === 'lookup') return 'bigint';
  if (term.kind === 'key') return 'text';
  return { text: 'text', number: 'numeric', boolean: 'boolean', list: 'jsonb' }[term.as];
}

function expressionOf(term: ListTerm): string {
  switch (term.kind) {
    case 'column':
      return `r.${term.column}`;
    case 'key':
      return term.field === externalIdField
        ? `(coalesce(r.data ->> '${externalIdField}', r.external_id) collate "C")`
        : `(r.data ->> '${Math.trunc(term.field)}') collate "C"`;
    case 'lookup':
      return `(select l.right_number from link l where l.workspace_id = r.workspace_id and l.link_type = ${Math.trunc(term.linkType)}
        and l.one_left = r.number)`;
    case 'value':
      return valueExpression(Math.trunc(term.field), term.as);
  }
}

function valueExpression(field: number, as: 'text' | 'number' | 'boolean' | 'list'): string {
  if (as === 'list') return `(r.data -> '${field}')`;
  return as === 'text'
    ? `(r.data ->> '${field}') collate "C"`
    : `(r.data ->> '${field}')::${as === 'number' ? 'numeric' : 'boolean'}`;
}

const comparisons: Partial<Record<FilterOperator, string>> = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' };

export class Parameters {
  readonly values: unknown[] = [];
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

export function filterSql(filter: ListFilter, parameters: Parameters, type: number): string {
  const { term, op, value } = filter;
  if (term.kind === 'key' && (op === 'eq' || op === 'in' || op === 'ne')) {
    const values = parameters.add(op === 'in' ? value : [value], 'text[]');
    const isOne = keySql(term.field, values, type);
    return op === 'ne' ? `(${isOne}) is not true` : isOne;
  }
  const expression = expressionOf(term);
  const isList = term.kind === 'value' && term.as === 'list';
  if (op === 'null') return `${expression} is ${value === true ? '' : 'not '}null`;
  if (isList && (op === 'contains' || op === 'eq'))
    return `jsonb_exists(${expression}, ${parameters.add(value, 'text')})`;
  if (op === 'starts') return `starts_with(${expression}, ${parameters.add(value, 'text')})`;
  if (op === 'ends') {
    const end = parameters.add(value, 'text');
    return `right(${expression}, length(${end})) = ${end}`;
  }
  if (op === 'contains') return `strpos(lower(${expression}), lower(${parameters.add(value, 'text')})) > 0`;
  if (op === 'in') return `${expression} = any(${parameters.add(value, `${typeOf(term)}[]`)})`;
  if (op === 'ne') return `${expression} is distinct from ${parameters.add(value, typeOf(term))}`;
  return `${expression} ${comparisons[op]} ${parameters.add(value, typeOf(term))}`;
}

function conditionSql(condition: ListCondition, parameters: Parameters, type: number): string {
  const each = (parts: readonly ListCondition[]): string[] => parts.map((part) => conditionSql(part, parameters, type));
  if ('all' in condition) return condition.all.length === 0 ? 'true' : `(${each(condition.all).join(' and ')})`;
  if ('any' in condition) return condition.any.length === 0 ? 'false' : `(${each(condition.any).join(' or ')})`;
  if ('not' in condition) return `((${conditionSql(condition.not, parameters, type)}) is not true)`;
  return filterSql(condition, parameters, type);
}

/** Live records of a type that pass the filters. */
function selectionSql(
  parameters: Parameters,
  workspace: number,
  { type, filters }: { readonly type: number; readonly filters: readonly ListCondition[] },
): string[] {
  return [
    `r.workspace_id = ${parameters.add(workspace, 'bigint')}`, // the first parameter, which keySql relies on
    `r.type = ${parameters.add(type, 'int')}`,
    'r.deleted_at is null',
    ...filters.map((filter) => conditionSql(filter, parameters, type)),
  ];
}

export async function countSelected(
  tx: Transaction,
  workspace: number,
  query: { readonly type: number; readonly filters: readonly ListCondition[] },
): Promise<number> {
  const parameters = new Parameters();
  const conditions = selectionSql(parameters, workspace, query);
  const [row] = await tx.query<{ count: number }>(
    `select count(*) as count from record r where ${conditions.join(' and ')}`,
    parameters.values,
  );
  return row?.count ?? 0;
}

/** A unique field's values stand in an index, in the form that its rule makes of them: found there, not by reading every record. */
function keySql(field: number, values: string, type: number): string {
  if (field === externalIdField) return `r.external_id = any(${values})`;
  return `r.number in (select k.number from record_key k where k.workspace_id = $1 and k.type = ${Math.trunc(type)}
      and k.field = ${Math.trunc(field)} and k.value = any(${values}))`;
}

/** Beyond a place in the order: later in some term, and equal in all before it. Unset values come last, in either direction. */
function beyondSql(sort: readonly ListSort[], after: readonly unknown[], parameters: Parameters): string {
  const alternatives = sort.flatMap(({ term, descending }, index) => {
    const value = after[index] ?? null;
    if (value === null) return [];
    const equal = sort.slice(0, index).map((one, at) => equalSql(one.term, after[at] ?? null, parameters));
    const expression = expressionOf(term);
    const place = parameters.add(value, typeOf(term));
    const later = `(${expression} ${descending ? '<' : '>'} ${place} or ${expression} is null)`;
    return [`(${[...equal, later].join(' and ')})`];
  });
  return alternatives.length === 0 ? 'false' : `(${alternatives.join(' or ')})`;
}

const equalSql = (term: ListTerm, value: unknown, parameters: Parameters): string =>
  value === null ? `${expressionOf(term)} is null` : `${expressionOf(term)} = ${parameters.add(value, typeOf(term))}`;

/** Live records of a type. `sort` ends with a term that is unique, so that the order is total. */
export async function listRecords(
  tx: Transaction,
  workspace: number,
  query: {
    readonly type: number;
    readonly filters: readonly ListCondition[];
    readonly sort: readonly ListSort[];
    readonly after: readonly unknown[] | null;
    readonly limit: number;
    readonly skip: number;
  },
): Promise<ListRow[]> {
  const parameters = new Parameters();
  const conditions = selectionSql(parameters, workspace, query);
  if (query.after !== null) conditions.push(beyondSql(query.sort, query.after, parameters));
  const order = query.sort.map(
    ({ term, descending }) => `${expressionOf(term)} ${descending ? 'desc' : 'asc'} nulls last`,
  );
  const sortValues = query.sort.map(({ term }) => `to_jsonb(${expressionOf(term)})`);
  const limit = parameters.add(query.limit, 'int');
  const skip = query.skip === 0 ? '' : ` offset ${parameters.add(query.skip, 'bigint')}`;
  return tx.query<ListRow>(
    `select r.number, r.type, r.external_id, r.data, r.version, r.created_at, r.updated_at, r.created_by, r.updated_by, r.deleted_at,
       jsonb_build_array(${sortValues.join(', ')}) as sort_values
     from record r
     where ${conditions.join(' and ')}
     order by ${order.join(', ')}
     limit ${limit}${skip}`,
    parameters.values,
  );
}
