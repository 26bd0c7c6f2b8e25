/**
 * What is asked of records, as SQL. It is put together from fixed pieces; field ids come from the schema and values are parameters
 * always, so nothing that a client sends becomes part of a statement.
 */
import type { FilterOperator } from '../../model/commands.ts';
import { sortedCharacters } from '../records/field-index.ts';
import { externalIdField } from '../records/records.ts';

/**
 * What a list can filter and sort by. `column` is one of the record's own; `value` a field; `key` a unique field, external_id too where it has
 * a key rule or an index; `lookup` a link; `found` how many of some words a record has, to sort by only.
 */
export type ListTerm =
  | { readonly kind: 'column'; readonly column: keyof typeof columnTypes }
  | ({ readonly kind: 'value'; readonly as: 'text' | 'number' | 'boolean' | 'list' } & OfField)
  | ({ readonly kind: 'key' } & OfField)
  | { readonly kind: 'lookup'; readonly linkType: number }
  | ({ readonly kind: 'found' } & ListSearch);

/** `indexed`: the index of filterable fields has it, of every live record. */
type OfField = { readonly field: number; readonly indexed: boolean };

/** A word of one of the terms, which are of text, begins with one of these words. */
type ListSearch = { readonly words: readonly string[]; readonly terms: readonly ListTerm[] };

export type ListFilter = {
  readonly term: ListTerm;
  readonly op: FilterOperator;
  readonly value: unknown;
  /** Of text only. */
  readonly ignoreCase?: true;
};
export type ListSort = { readonly term: ListTerm; readonly descending: boolean };

export type ListCondition =
  | ListFilter
  | ListSearch
  | { readonly all: readonly ListCondition[] }
  | { readonly any: readonly ListCondition[] }
  | { readonly not: ListCondition }
  | ListLinked;

/** `side`: where the record itself stands; `type` is that of the record at the other end. */
type ListLinked = {
  readonly linkType: number;
  readonly side: 'left' | 'right';
  readonly type: number;
  readonly to: ListCondition;
};

const columnTypes = {
  number: 'bigint',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  created_by: 'bigint',
  updated_by: 'bigint',
  version: 'bigint',
  external_id: 'text',
} as const;

export function typeOf(term: ListTerm): string {
  if (term.kind === 'column') return columnTypes[term.column];
  if (term.kind === 'lookup') return 'bigint';
  if (term.kind === 'key') return 'text';
  if (term.kind === 'found') return 'int';
  return { text: 'text', number: 'numeric', boolean: 'boolean', list: 'jsonb' }[term.as];
}

export function expressionOf(term: ListTerm, parameters: Parameters): string {
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
    case 'found': {
      const found = term.words.map((word) => `(${searchSql({ ...term, words: [word] }, parameters)})::int`);
      return `(${['0', ...found].join(' + ')})`;
    }
  }
}

/** What the list is in the order of: the whole of a text would be more than the place in a cursor, and an index, can hold. */
export function sortExpressionOf(term: ListTerm, parameters: Parameters): string {
  const expression = expressionOf(term, parameters);
  return term.kind === 'value' && term.as === 'text' ? `left(${expression}, ${sortedCharacters})` : expression;
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

export function conditionSql(condition: ListCondition, parameters: Parameters, type: number): string {
  const each = (parts: readonly ListCondition[]): string[] => parts.map((part) => conditionSql(part, parameters, type));
  if ('all' in condition) return condition.all.length === 0 ? 'true' : `(${each(condition.all).join(' and ')})`;
  if ('any' in condition) return condition.any.length === 0 ? 'false' : `(${each(condition.any).join(' or ')})`;
  if ('not' in condition) return `((${conditionSql(condition.not, parameters, type)}) is not true)`;
  if ('words' in condition) return `(${searchSql(condition, parameters)})`;
  if ('linkType' in condition) return linkedSql(condition, parameters);
  return filterSql(condition, parameters, type);
}

/**
 * Within, `r` is the record at the other end. Its type stands before what is asked of it: the value that a field has in records of
 * another type may not even be a number.
 */
function linkedSql({ linkType, side, type, to }: ListLinked, parameters: Parameters): string {
  const [here, there] = side === 'left' ? ['left_number', 'right_number'] : ['right_number', 'left_number'];
  return `r.number in (select l.${here} from link l join record r on r.workspace_id = l.workspace_id and r.number = l.${there}
      where l.workspace_id = $1 and l.link_type = ${Math.trunc(linkType)} and r.type = ${Math.trunc(type)} and r.deleted_at is null
        and ${conditionSql(to, parameters, type)})`;
}

/** Lower case of every script, whatever the database's own locale is. */
const lower = (expression: string): string => `lower((${expression}) collate "und-x-icu")`;

/** Words begin where no letter or digit stands before. */
function searchSql({ words, terms }: ListSearch, parameters: Parameters): string {
  if (words.length === 0 || terms.length === 0) return 'false';
  const begins = `(^|[^[:alnum:]])(${words.map(escaped).join('|')})`;
  const pattern = lower(parameters.add(begins, 'text'));
  return terms.map((term) => `coalesce(${lower(expressionOf(term, parameters))} ~ ${pattern}, false)`).join(' or ');
}

const escaped = (word: string): string => word.replaceAll(/[!-/:-@[-`{-~]/g, '\\$&');

export function filterSql(filter: ListFilter, parameters: Parameters, type: number): string {
  const { term, op, value } = filter;
  const isFolded = filter.ignoreCase === true && typeOf(term) === 'text';
  if (term.kind === 'key' && !isFolded && (op === 'eq' || op === 'in' || op === 'ne')) {
    const values = parameters.add(op === 'in' ? value : [value], 'text[]');
    const isOne = keySql(term.field, values, type);
    return op === 'ne' ? `(${isOne}) is not true` : isOne;
  }
  if (term.kind === 'lookup' && (op === 'eq' || op === 'in'))
    return lookupSql(term.linkType, parameters.add(op === 'in' ? value : [value], 'bigint[]'));
  const expression = expressionOf(term, parameters);
  const isList = term.kind === 'value' && term.as === 'list';
  if (op === 'null') return `${expression} is ${value === true ? '' : 'not '}null`;
  if (isList && (op === 'contains' || op === 'eq'))
    return `jsonb_exists(${expression}, ${parameters.add(value, 'text')})`;
  if (op === 'contains') return `strpos(${lower(expression)}, ${lower(parameters.add(value, 'text'))}) > 0`;
  if (op === 'in') {
    const values = parameters.add(value, `${typeOf(term)}[]`);
    return isFolded
      ? `${lower(expression)} = any(array(select ${lower('v')} from unnest(${values}) v))`
      : `${expression} = any(${values})`;
  }
  const given = parameters.add(value, typeOf(term));
  return isFolded ? comparedSql(lower(expression), op, lower(given)) : comparedSql(expression, op, given);
}

function comparedSql(expression: string, op: FilterOperator, given: string): string {
  if (op === 'starts') return `starts_with(${expression}, ${given})`;
  if (op === 'ends') return `right(${expression}, length(${given})) = ${given}`;
  if (op === 'ne') return `${expression} is distinct from ${given}`;
  return `${expression} ${comparisons[op]} ${given}`;
}

/** A unique field's values stand in an index, in the form that its rule makes of them: found there, not by reading every record. */
function keySql(field: number, values: string, type: number): string {
  if (field === externalIdField) return `r.external_id = any(${values})`;
  return `r.number in (select k.number from record_key k where k.workspace_id = $1 and k.type = ${Math.trunc(type)}
      and k.field = ${Math.trunc(field)} and k.value = any(${values}))`;
}

/** Links are found from their right-hand end by an index: not by looking at every record. */
const lookupSql = (linkType: number, targets: string): string =>
  `r.number in (select l.left_number from link l where l.workspace_id = $1 and l.link_type = ${Math.trunc(linkType)}
      and l.right_number = any(${targets}))`;
