/** The operators of a filter on one field: what each asks of the field, in the engine's conditions. */
import { clock } from '../../../model/clock.ts';
import type { Condition, Filter, FilterOperator } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import { invalidParameter } from '../errors.ts';
import { textOf } from '../values.ts';
import { dateRange, isDay, nextDay } from './date-ranges.ts';

/** A field as a filter sees it. */
export type Tested = {
  /** As the client calls it. */
  readonly name: string;
  readonly field: string;
  readonly type: 'text' | 'date' | 'datetime' | 'list' | 'other';
  readonly ignoreCase: boolean;
  /** A value as the engine has it; null where it stands for unset. */
  readonly input: (value: unknown) => unknown;
};

export const nothing: Condition = { any: [] };
export const everything: Condition = { all: [] };

/** A bare value means equality, a bare list any of its values, and an object is operators that all hold. */
export function testOf(tested: Tested, given: unknown): Condition {
  if (Array.isArray(given)) return isOneOf(tested, given);
  if (!isObject(given)) return equals(tested, given);
  const tests = Object.entries(given).map(([name, value]) => {
    const operator = operators.get(name);
    if (operator === undefined) throw invalidParameter(`Unknown filter operator: ${name}`);
    return operator(tested, value);
  });
  return { all: tests };
}

type Operator = (tested: Tested, value: unknown) => Condition;

const filter = ({ field, ignoreCase }: Tested, op: FilterOperator, value: unknown): Filter =>
  ignoreCase ? { field, op, value, ignoreCase } : { field, op, value };

const isUnset = ({ field }: Tested): Condition => ({ field, op: 'null', value: true });
const isSet = ({ field }: Tested): Condition => ({ field, op: 'null', value: false });

/** Of a field that holds a list, whether it has the value. */
function equals(tested: Tested, value: unknown): Condition {
  const input = tested.input(value);
  return input === null ? isUnset(tested) : filter(tested, 'eq', input);
}

const compare =
  (op: 'gt' | 'gte' | 'lt' | 'lte'): Operator =>
  (tested, value) => {
    const input = tested.input(value);
    return input === null ? nothing : { field: tested.field, op, value: input };
  };

function isOneOf(tested: Tested, value: unknown): Condition {
  const values = listOf(value);
  const inputs = values.map(tested.input).filter((input) => input !== null);
  const isAny: Condition =
    tested.type === 'list' ? { any: inputs.map((input) => filter(tested, 'eq', input)) } : filter(tested, 'in', inputs);
  return inputs.length < values.length ? { any: [isUnset(tested), isAny] } : isAny;
}

const within =
  (op: 'starts' | 'ends' | 'contains'): Operator =>
  (tested, value) => {
    if (tested.type === 'list') return { any: listOf(value).map((one) => filter(tested, 'contains', one)) };
    const text = textOf(value);
    if (text === undefined) throw invalidParameter(`${tested.name}: a text is compared with a text.`);
    return text === '' ? everything : filter(tested, op, text);
  };

const between: Operator = (tested, value) => {
  const [least, most] = pairOf(tested, value);
  return { all: [compare('gte')(tested, least), compare('lte')(tested, most)] };
};

/** Whole days, both of them in it. */
function betweenDays(tested: Tested, first: string, last: string): Condition {
  if (tested.type !== 'date' && tested.type !== 'datetime') {
    throw invalidParameter(`${tested.name} is no date.`);
  }
  const { field } = tested;
  const end: Condition =
    tested.type === 'date' ? { field, op: 'lte', value: last } : { field, op: 'lt', value: nextDay(last) };
  return { all: [{ field, op: 'gte', value: first }, end] };
}

const dateBetween: Operator = (tested, value) => {
  const [first, last] = pairOf(tested, value).map((day) => (typeof day === 'string' ? day.slice(0, 10) : ''));
  if (!isDay(first) || !isDay(last)) throw invalidParameter(`${tested.name}: $dateBetween takes two dates.`);
  return betweenDays(tested, first, last);
};

const inDateRange: Operator = (tested, value) => {
  const range = typeof value === 'string' ? dateRange(value, clock.now()) : undefined;
  if (range === undefined) throw invalidParameter(`${tested.name}: unknown date range: ${textOf(value) ?? ''}`);
  return betweenDays(tested, range.first, range.last);
};

function pairOf({ name }: Tested, value: unknown): readonly [unknown, unknown] {
  if (!Array.isArray(value) || value.length !== 2) throw invalidParameter(`${name}: a range is a list of two values.`);
  return [value[0], value[1]];
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const not =
  (operator: Operator): Operator =>
  (tested, value) => ({ not: operator(tested, value) });

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['$equals', equals],
  ['$not_equals', not(equals)],
  ['$in', isOneOf],
  ['$not_in', not(isOneOf)],
  ['$starts', within('starts')],
  ['$ends', within('ends')],
  ['$contains', within('contains')],
  ['$not_contains', not(within('contains'))],
  ['$gt', compare('gt')],
  ['$gte', compare('gte')],
  ['$lt', compare('lt')],
  ['$lte', compare('lte')],
  ['$between', between],
  ['$dateBetween', dateBetween],
  ['$dateRange', inDateRange],
  ['$is_null', isUnset],
  ['$not_null', isSet],
  ['$empty', isUnset],
  ['$not_empty', isSet],
]);
