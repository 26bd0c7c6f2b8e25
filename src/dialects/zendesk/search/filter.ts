/** The filter of a search, `{"$and":[{"custom_object_fields.color":{"$eq":"red"}}]}`, as conditions of the engine. */
import type { Condition, FilterOperator } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import type { Call } from '../call.ts';
import { invalidAttribute } from '../errors.ts';
import { numberOf } from '../lists/list.ts';
import { type FilteredKind, mostComparisons, operatorsOf, type VendorOperator } from '../options.ts';
import { comparable } from '../records/values.ts';
import type { CustomField, CustomObject } from '../schema/view.ts';

type Attribute = {
  readonly name: string;
  readonly kind: FilteredKind;
  readonly field: string;
  readonly custom: CustomField | null;
};

const fieldPrefix = 'custom_object_fields.';

export function parseFilter(filter: unknown, object: CustomObject, call: Call): Condition {
  let comparisons = 0;

  function conditionOf(given: unknown, depth: number): Condition {
    if (!isObject(given)) throw refused('expected an object');
    if (depth > 10) throw refused('it is nested too deeply');
    const parts = Object.entries(given).map(([key, value]): Condition => {
      if (key === '$and') return { all: listOf(key, value).map((one) => conditionOf(one, depth + 1)) };
      if (key === '$or') return { any: listOf(key, value).map((one) => conditionOf(one, depth + 1)) };
      return comparisonsOf(attributeOf(key, object), value);
    });
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { all: parts };
  }

  function comparisonsOf(attribute: Attribute, given: unknown): Condition {
    if (!isObject(given) || Object.keys(given).length === 0) {
      throw refused(`${attribute.name}: expected an operator with a value`);
    }
    comparisons += Object.keys(given).length;
    if (comparisons > mostComparisons) throw refused(`there can be ${mostComparisons} comparisons at most`);
    return { all: Object.entries(given).map(([operator, value]) => comparisonOf(attribute, operator, value, call)) };
  }

  return conditionOf(filter, 0);
}

const refused = (why: string): Error => invalidAttribute('filter', why);

function listOf(key: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw refused(`${key}: expected a list of comparisons`);
  return value;
}

function attributeOf(name: string, object: CustomObject): Attribute {
  if (name.startsWith(fieldPrefix)) {
    const custom = object.fields.find(({ key }) => key === name.slice(fieldPrefix.length));
    if (custom !== undefined) return { name, kind: custom.type, field: custom.field.key, custom };
  }
  switch (name) {
    case 'created_at':
    case 'updated_at':
      return { name, kind: 'time', field: name, custom: null };
    case 'created_by_user':
    case 'updated_by_user':
      return { name, kind: 'user', field: name.replace('_user', ''), custom: null };
    case 'external_id':
      return { name, kind: 'external_id', field: object.externalId.field.key, custom: null };
    case 'name':
      return { name, kind: 'name', field: object.name.field.key, custom: null };
    default:
      throw refused(`unknown attribute ${name}`);
  }
}

const comparedBy: Partial<Record<string, FilterOperator>> = {
  $eq: 'eq',
  $gt: 'gt',
  $gte: 'gte',
  $lt: 'lt',
  $lte: 'lte',
  $in: 'in',
  $contains: 'contains',
};
const opposites: Partial<Record<string, VendorOperator>> = {
  $noteq: '$eq',
  $notin: '$in',
  $notcontains: '$contains',
};

function comparisonOf(attribute: Attribute, operator: string, value: unknown, call: Call): Condition {
  const { name, kind, field } = attribute;
  const allowed: readonly string[] = operatorsOf[kind];
  if (!allowed.includes(operator)) throw refused(`${name}: ${operator} is not one of ${allowed.join(', ')}`);
  if (operator === '$exists') {
    if (typeof value !== 'boolean') throw refused(`${name}: $exists takes true or false`);
    return { field, op: 'null', value: !value };
  }
  const opposite = opposites[operator];
  if (opposite !== undefined) return { not: comparisonOf({ ...attribute, kind }, opposite, value, call) };
  if (operator === '$eq' && value === null) return { field, op: 'null', value: true };
  const op = comparedBy[operator];
  if (op === undefined) throw refused(`${name}: ${operator} is no operator`);
  if (op !== 'in') return { field, op, value: comparedValue(attribute, value, call) };
  if (!Array.isArray(value)) throw refused(`${name}: ${operator} takes a list`);
  return { field, op, value: value.map((one) => comparedValue(attribute, one, call)) };
}

/** As the engine compares it. What cannot be a value goes on as it is: the engine names it. */
function comparedValue({ custom }: Attribute, value: unknown, call: Call): unknown {
  if (custom === null) return typeof value === 'number' ? String(value) : value;
  if (custom.target === null) return comparable(custom, value);
  return typeof value === 'string' ? (numberOf(value, call) ?? noRecord) : value;
}

/** No record has this number. */
const noRecord = 0;
