/** `q`: the filter of a list, in terms of the type's fields. */
import type { Field } from '../../../model/catalogue.ts';
import type { Condition } from '../../../model/commands.ts';
import { parseRecordNumber } from '../../../model/ref.ts';
import { assumed } from '../assumed.ts';
import { invalidParameter, type NetSuiteError } from '../errors.ts';
import type { NetSuiteType } from '../names.ts';
import { type Comparison, type Expression, FilterFlaw, parseExpression } from './filter-grammar.ts';

type Kind = 'boolean' | 'number' | 'string' | 'date' | 'reference' | 'option' | 'options';

/** What a name in `q` stands for: a key of the engine's, and how its values are compared. */
type Operand = { readonly name: string; readonly key: string; readonly kind: Kind };

/** What a record has beside its fields. */
const columns: Readonly<Record<string, Omit<Operand, 'name'>>> = Object.assign(Object.create(null), {
  id: { key: 'number', kind: 'number' },
  datecreated: { key: 'created_at', kind: 'date' },
  lastmodifieddate: { key: 'updated_at', kind: 'date' },
});

const kinds = {
  integer: 'number',
  decimal: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'date',
  lookup: 'reference',
  enum: 'option',
  multi_enum: 'options',
  text: 'string',
  textarea: 'string',
  regexp: 'string',
} as const satisfies Record<Field['type'], Kind>;

/** Each has `EMPTY` too, and a form with `_NOT`. */
const operators: Readonly<Record<Kind, readonly string[]>> = {
  boolean: ['IS'],
  number: ['ANY_OF', 'BETWEEN', 'EQUAL', 'GREATER', 'GREATER_OR_EQUAL', 'LESS', 'LESS_OR_EQUAL', 'WITHIN'],
  string: ['CONTAIN', 'IS', 'START_WITH', 'END_WITH'],
  date: ['AFTER', 'BEFORE', 'ON', 'ON_OR_AFTER', 'ON_OR_BEFORE', 'WITHIN'],
  reference: ['ANY_OF', 'EQUAL', 'IS'],
  option: ['ANY_OF', 'IS'],
  options: ['ANY_OF', 'CONTAIN'],
};

export function parseFilter(type: NetSuiteType, text: string): Condition {
  try {
    return conditionOf(type, parseExpression(text));
  } catch (flaw) {
    if (flaw instanceof FilterFlaw) throw invalidQuery(flaw.message);
    throw flaw;
  }
}

export const invalidQuery = (message: string): NetSuiteError =>
  invalidParameter('q', `Invalid search query. Detailed unprocessed description follows. ${message}`);

function conditionOf(type: NetSuiteType, expression: Expression): Condition {
  if ('and' in expression) return { all: expression.and.map((part) => conditionOf(type, part)) };
  if ('or' in expression) return { any: expression.or.map((part) => conditionOf(type, part)) };
  const operand = operandOf(type, expression.field);
  const isNegated = expression.operator.endsWith('_NOT');
  const given = isNegated ? expression.operator.slice(0, -'_NOT'.length) : expression.operator;
  const operator = assumed.operatorAliases.get(given) ?? given;
  const condition = comparisonOf(operand, operator, expression);
  return isNegated ? { not: condition } : condition;
}

function operandOf(type: NetSuiteType, name: string): Operand {
  const lower = name.toLowerCase();
  const field = type.fieldsByName.get(lower);
  if (field !== undefined) return { name, key: field.key, kind: kinds[field.type] };
  const column = columns[lower];
  if (column !== undefined) return { name, ...column };
  const reason = name.includes('.') ? 'Joins are not supported.' : `Records of type ${type.name} have no such field.`;
  throw new FilterFlaw(`Unknown field '${name}'. ${reason}`);
}

function comparisonOf({ name, key, kind }: Operand, operator: string, { values }: Comparison): Condition {
  if (operator === 'EMPTY') {
    if (values.length > 0) throw new FilterFlaw(`EMPTY takes no value, but '${name}' is given one.`);
    return { field: key, op: 'null', value: true };
  }
  const allowed = operators[kind];
  if (!allowed.includes(operator)) {
    const known = ['EMPTY', ...allowed].join(', ');
    throw new FilterFlaw(`The operator ${operator} does not go with '${name}'. Use ${known}, each also with _NOT.`);
  }
  const wanted = operator === 'ANY_OF' ? null : operator === 'BETWEEN' || operator === 'WITHIN' ? 2 : 1;
  if (values.length === 0 || (wanted !== null && values.length !== wanted)) {
    const count = wanted === null ? 'values' : wanted === 1 ? 'one value' : 'two values, as [1, 42]';
    throw new FilterFlaw(`The operator ${operator} takes ${count}; '${name}' is given ${values.length}.`);
  }
  const [first = '', second] = values;
  switch (kind) {
    case 'boolean':
      return { field: key, op: 'eq', value: booleanOf(name, first) };
    case 'number':
      return compareNumber(
        key,
        operator,
        values.map((value) => numberOf(name, value)),
      );
    case 'string':
      return { field: key, op: stringOps[operator] ?? 'eq', value: first };
    case 'date':
      return compareDays(key, operator, dayOf(name, first), dayOf(name, second ?? first));
    case 'reference':
      return { field: key, op: 'in', value: values.map((value) => referenceOf(name, value)) };
    case 'option':
      return { any: values.map((value) => ({ field: key, op: 'eq', value })) };
    case 'options':
      return { any: values.map((value) => ({ field: key, op: 'contains', value })) };
  }
}

const stringOps: Readonly<Record<string, 'contains' | 'starts' | 'ends'>> = {
  CONTAIN: 'contains',
  START_WITH: 'starts',
  END_WITH: 'ends',
};

function booleanOf(name: string, text: string): boolean {
  const value = { true: true, t: true, false: false, f: false }[text.toLowerCase()];
  if (value === undefined) throw new FilterFlaw(`'${name}' is true or false, not '${text}'.`);
  return value;
}

function numberOf(name: string, text: string): number {
  if (!/^-?\d{1,15}(\.\d{1,10})?$/.test(text)) throw new FilterFlaw(`'${name}' is a number, not '${text}'.`);
  return Number(text);
}

function referenceOf(name: string, text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new FilterFlaw(`'${name}' is compared with internal IDs, not with '${text}'.`);
  return parseRecordNumber(text) ?? 0; // no record has the number 0
}

const numberOps: Readonly<Record<string, 'gt' | 'gte' | 'lt' | 'lte'>> = {
  GREATER: 'gt',
  GREATER_OR_EQUAL: 'gte',
  LESS: 'lt',
  LESS_OR_EQUAL: 'lte',
};

function compareNumber(field: string, operator: string, values: readonly number[]): Condition {
  const [value = 0, upTo = 0] = values;
  if (operator === 'ANY_OF') return { any: values.map((one) => ({ field, op: 'eq', value: one })) };
  if (operator === 'BETWEEN' || operator === 'WITHIN') {
    return {
      all: [
        { field, op: 'gte', value },
        { field, op: 'lte', value: upTo },
      ],
    };
  }
  return { field, op: numberOps[operator] ?? 'eq', value };
}

/** `1/31/2019` as the day it is. */
function dayOf(name: string, text: string): Date {
  const [, month = '', day = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (year === '' || date.getUTCMonth() !== Number(month) - 1 || date.getUTCFullYear() !== Number(year)) {
    throw new FilterFlaw(`'${name}' is compared with days such as "1/31/2019", not with '${text}'.`);
  }
  return date;
}

/** Half-open, so that the same holds for days and for moments in them; a day begins at midnight UTC. */
function compareDays(field: string, operator: string, day: Date, upTo: Date): Condition {
  const before = (limit: Date): Condition => ({ field, op: 'lt', value: isoDay(limit) });
  const from = (limit: Date): Condition => ({ field, op: 'gte', value: isoDay(limit) });
  switch (operator) {
    case 'AFTER':
      return from(nextDay(day));
    case 'BEFORE':
      return before(day);
    case 'ON_OR_AFTER':
      return from(day);
    case 'ON_OR_BEFORE':
      return before(nextDay(day));
    default: // ON and WITHIN
      return { all: [from(day), before(nextDay(upTo))] };
  }
}

const nextDay = (day: Date): Date => new Date(day.getTime() + 24 * 60 * 60 * 1000);
const isoDay = (day: Date): string => day.toISOString().slice(0, 10);
