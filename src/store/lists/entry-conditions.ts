/** What of a list the index of filterable fields can answer, as SQL about its entries, `f`. */

import { type IndexedValue, indexedNumber, indexedText, isSortedWhole, unset } from '../records/field-index.ts';
import { type ListCondition, type ListFilter, type ListTerm, Parameters } from './conditions.ts';

type IndexedTerm = Extract<ListTerm, { kind: 'value' | 'key' }>;
export type IndexedFilter = ListFilter & { readonly term: IndexedTerm };

export const isIndexed = (term: ListTerm): term is IndexedTerm =>
  (term.kind === 'value' || term.kind === 'key') && term.indexed;

const isNumber = (term: IndexedTerm): boolean => term.kind === 'value' && term.as === 'number';
const isList = (term: IndexedTerm): boolean => term.kind === 'value' && term.as === 'list';

/** The filters that every record must pass, as far as the index knows which do, or which at most. */
export const indexedFilters = (conditions: readonly ListCondition[]): IndexedFilter[] =>
  conditions.flatMap((condition) => {
    if ('all' in condition) return indexedFilters(condition.all);
    return 'term' in condition && isOfIndex(condition) ? [condition] : [];
  });

function isOfIndex(filter: ListFilter): filter is IndexedFilter {
  return (
    isIndexed(filter.term) && filter.ignoreCase !== true && entrySql(filter as IndexedFilter, new Parameters()) !== null
  );
}

/** Of a field: `f.field = 12`, of a type. */
export const fieldSql = ({ field }: IndexedTerm, type: number): string =>
  `f.workspace_id = $1 and f.type = ${Math.trunc(type)} and f.field = ${Math.trunc(field)}`;

export const setSql = `f.number_value < 'infinity'`;
export const unsetSql = `f.number_value = 'infinity' and f.text_value = ''`;

/** Entries of all records that pass, and of a few more where not all of a text is in the index; null: the index does not know them. */
export function entrySql({ term, op, value }: IndexedFilter, parameters: Parameters): string | null {
  if (op === 'null') return value === true ? unsetSql : isList(term) ? null : setSql;
  return isNumber(term) ? numberSql(op, value, parameters) : textSql(term, op, value, parameters);
}

function numberSql(op: ListFilter['op'], value: unknown, parameters: Parameters): string | null {
  if (op === 'in') return `f.number_value = any(${parameters.add(value, 'float8[]')})`;
  const given = parameters.add(value, 'float8');
  switch (op) {
    case 'eq':
      return `f.number_value = ${given} and f.text_value = ''`;
    case 'gt':
      return `f.number_value > ${given} and ${setSql}`;
    case 'gte':
      return `f.number_value >= ${given} and ${setSql}`;
    case 'lt':
      return `f.number_value < ${given}`;
    case 'lte':
      return `f.number_value <= ${given}`;
    default:
      return null;
  }
}

function textSql(term: IndexedTerm, op: ListFilter['op'], value: unknown, parameters: Parameters): string | null {
  const isText = 'f.number_value = 0';
  if (op === 'in') {
    const values = (value as readonly unknown[]).map((one) => indexedText(String(one)).text_value);
    return `${isText} and f.text_value = any(${parameters.add(values, 'text[]')})`;
  }
  const text = indexedText(String(value)).text_value;
  const given = parameters.add(text, 'text');
  // Two texts that begin alike are one in the index: which of them is greater is asked of the record.
  const orSame = isSortedWhole(String(value)) ? '' : '=';
  switch (op) {
    case 'eq':
      return `${isText} and f.text_value = ${given}`;
    case 'contains':
      return isList(term) ? `${isText} and f.text_value = ${given}` : null;
    case 'starts': {
      const end = endOfPrefix(text);
      const before = end === undefined ? '' : ` and f.text_value < ${parameters.add(end, 'text')}`;
      return `${isText} and f.text_value >= ${given}${before}`;
    }
    case 'gt':
      return `${isText} and f.text_value >${orSame} ${given}`;
    case 'gte':
      return `${isText} and f.text_value >= ${given}`;
    case 'lt':
      return `${isText} and f.text_value <${orSame} ${given}`;
    case 'lte':
      return `${isText} and f.text_value <= ${given}`;
    default:
      return null;
  }
}

const lastCodePoint = 0x10_ff_ff;

/** The first text beyond all that begin so; undefined when there is none. */
function endOfPrefix(prefix: string): string | undefined {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === lastCodePoint) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // What UTF-16 sets aside for halves of characters is no character.
  return String.fromCodePoint(...points, last === 0xd7_ff ? 0xe0_00 : last + 1);
}

/** Whether the records that pass are just those of the entries. */
export const isExact = ({ term, op, value }: IndexedFilter): boolean =>
  op === 'null' || isNumber(term) || [value].flat().every((one) => isSortedWhole(String(one)));

/** Whether the entries of all that pass stand in the order of their records' numbers. */
export const isOneValue = ({ term, op, value }: IndexedFilter): boolean =>
  op === 'eq' || (op === 'contains' && isList(term)) || (op === 'null' && value === true);

/** Of what a cursor says of its place. */
export function placeOf(term: IndexedTerm, value: unknown): IndexedValue {
  if (value === null || value === undefined) return unset;
  return isNumber(term) ? indexedNumber(Number(value)) : indexedText(String(value));
}
