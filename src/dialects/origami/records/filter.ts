/** `filter` and `sort` of a query, in terms of the engine. */
import type { Field, RecordType } from '../../../model/catalogue.ts';
import type { Condition, Filter, FilterOperator, Sort } from '../../../model/commands.ts';
import { codeIdName, isCoded, parseCode, parseCodeId } from '../codes.ts';
import { domainName, findField, memberName, primaryKeyColumn, primaryKeyName } from '../domains.ts';
import type { Context } from '../operation.ts';
import { texts } from '../options.ts';
import { unable } from '../refusal.ts';
import { associatedType } from './associations.ts';
import { type Comparison, type Expression, FilterFlaw, parseExpression } from './filter-grammar.ts';
import { parseValue } from './record-body.ts';

export function parseFilter({ catalogue }: Context, type: RecordType, text: unknown): readonly Condition[] {
  if (typeof text !== 'string' || text.trim() === '') return [];
  const resolve = (expression: Expression): Condition => {
    if ('all' in expression) return { all: expression.all.map(resolve) };
    if ('any' in expression) return { any: expression.any.map(resolve) };
    if ('not' in expression) return { not: resolve(expression.not) };
    return compare(type, expression.field.split('.'), expression);
  };

  /** `Supplier.Status.Code`: through associations to a field, perhaps with an attribute of its code. */
  const compare = (at: RecordType, [name = '', ...rest]: readonly string[], asked: Comparison): Condition => {
    const next = rest.length > 0 ? associatedType(catalogue, at, name) : undefined;
    if (next === undefined) return comparison(at, name, rest.join('.'), asked);
    const end = [...at.linkEnds.values()].find(({ link, side }) => link === next.field.link && side === 'left');
    if (end === undefined) throw unable(texts.fieldUnknown(name, domainName(at)));
    return { linked: end.name, to: compare(next.type, rest, asked) };
  };

  try {
    return [resolve(parseExpression(text))];
  } catch (error) {
    if (error instanceof FilterFlaw) throw unable(texts.filterInvalid(error.message));
    throw error;
  }
}

/** What a filter compares: how the engine names it, and what a value of it is. */
type Compared = { readonly field: string; readonly parse: (text: string) => unknown };

function compared(type: RecordType, name: string, attribute: string): Compared {
  if (name === primaryKeyName(type) && attribute === '') return { field: primaryKeyColumn(type), parse: Number };
  const field = findField(type, name) ?? type.lookups.find((one) => memberName(one) === name);
  if (field !== undefined && attribute === '') return { field: field.key, parse: (text) => plainValue(field, text) };
  if (field !== undefined && isCoded(field) && ['Code', 'DisplayCode', 'Description'].includes(attribute)) {
    return { field: field.key, parse: (text) => parseCode(field, text) };
  }
  const coded = type.fields.find((one) => isCoded(one) && codeIdName(one) === name);
  if (coded !== undefined && attribute === '') return { field: coded.key, parse: (text) => parseCodeId(coded, text) };
  throw unable(texts.fieldUnknown([name, attribute].filter((one) => one !== '').join('.'), domainName(type)));
}

/** As a body would say it: `Yes` of a boolean, a code or description. */
function plainValue(field: Field, text: string): unknown {
  if (field.type === 'multi_enum') return parseCode(field, text);
  const value = parseValue(field, text);
  return field.type === 'lookup' && isRefByNumber(value) ? value.number : value;
}

const isRefByNumber = (value: unknown): value is { number: number } =>
  typeof value === 'object' && value !== null && 'number' in value;

const operators: Readonly<Record<Exclude<Comparison['operator'], 'like'>, FilterOperator>> = {
  '=': 'eq',
  '<>': 'ne',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  in: 'in',
  null: 'null',
};

function comparison(type: RecordType, name: string, attribute: string, { operator, values }: Comparison): Filter {
  const { field, parse } = compared(type, name, attribute);
  const [value = ''] = values;
  if (operator === 'null') return { field, op: 'null', value: true };
  if (operator === 'like') return { field, ...parsePattern(value) };
  return { field, op: operators[operator], value: operator === 'in' ? values.map(parse) : parse(value) };
}

/** `%` at either end stands for any text. */
function parsePattern(pattern: string): { op: FilterOperator; value: string } {
  const isOpenAtStart = pattern.startsWith('%');
  const isOpenAtEnd = pattern.length > 1 && pattern.endsWith('%');
  const value = pattern.slice(isOpenAtStart ? 1 : 0, isOpenAtEnd ? -1 : undefined);
  if (value.includes('%')) throw new FilterFlaw(`% stands at the beginning or the end of '${pattern}' only`);
  if (isOpenAtStart) return { op: isOpenAtEnd ? 'contains' : 'ends', value };
  return { op: isOpenAtEnd ? 'starts' : 'eq', value };
}

/** `LossDate desc, ClaimNumber` */
export function parseSort(type: RecordType, text: unknown): Sort[] {
  if (typeof text !== 'string' || text.trim() === '') return [];
  return text.split(',').map((one) => {
    const [, name = '', direction = 'asc'] = /^\s*(\S+)(?:\s+(asc|desc))?\s*$/i.exec(one) ?? [];
    const field = findField(type, name) ?? type.lookups.find((association) => memberName(association) === name);
    if (field === undefined && name !== primaryKeyName(type)) throw unable(texts.columnInvalid(one.trim()));
    return { field: field?.key ?? primaryKeyColumn(type), descending: direction.toLowerCase() === 'desc' };
  });
}
