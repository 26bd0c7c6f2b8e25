/** What a list may ask of records, judged by the schema and put in terms of the store. */
import type { Catalogue, Field, RecordType } from '../../model/catalogue.ts';
import type { Condition, Filter, Sort, WordSearch } from '../../model/commands.ts';
import { decodeId } from '../../model/ids.ts';
import { keyForm } from '../../model/key-rule.ts';
import type { ListRejected, Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { isStorableText, shorten } from '../../model/text.ts';
import type { ListCondition, ListFilter, ListSort, ListTerm } from '../../store/lists/conditions.ts';
import { isDate, parseDatetime } from '../values.ts';
import { rejected, unknownField, unknownLink } from '../write/judging/rejected.ts';
import { isRejected, readableType } from './readable.ts';

type Refused = ListRejected | Rejected;

const columns = ['number', 'created_at', 'updated_at', 'created_by', 'updated_by', 'version'] as const;
const isColumn = (name: string): name is (typeof columns)[number] => (columns as readonly string[]).includes(name);

type Named = { readonly term: ListTerm; readonly field: Field | undefined; readonly type: Field['type'] };

const ofRecord = 'record.';

/** A field; or a column of the record itself, or its id, where no field has that name, or where it says so. */
function termNamed(type: RecordType, given: string): Named | Rejected {
  const field = type.fieldsByKey.get(given);
  if (field !== undefined) return { term: termOf(field), field, type: field.type };
  const name = given.startsWith(ofRecord) ? given.slice(ofRecord.length) : given;
  if (name === 'id') return { term: { kind: 'column', column: 'number' }, field, type: 'lookup' };
  if (!isColumn(name)) return rejected(unknownField(type, given));
  return { term: { kind: 'column', column: name }, field, type: name.endsWith('_at') ? 'datetime' : 'integer' };
}

function termOf(field: Field): ListTerm {
  const { indexed, id } = field;
  if (field.key === 'external_id' && field.keyRule.length === 0 && !indexed)
    return { kind: 'column', column: 'external_id' };
  if (field.link !== null) return { kind: 'lookup', linkType: field.link.id };
  if (field.unique && field.type !== 'integer') return { kind: 'key', field: id, indexed };
  const as = { integer: 'number', decimal: 'number', boolean: 'boolean', multi_enum: 'list' } as const;
  return { kind: 'value', field: id, indexed, as: as[field.type as keyof typeof as] ?? 'text' };
}

export const listRejected = (parameter: ListRejected['parameter'], message: string): ListRejected => ({
  kind: 'list_rejected',
  parameter,
  message,
});

const isKeyTest = (op: Filter['op']): boolean => op === 'eq' || op === 'ne' || op === 'in';
const textOps = ['starts', 'ends', 'contains'];
const orderOps = ['gt', 'gte', 'lt', 'lte'];

/** A filter in terms of the store, its values in stored form; or why not. */
export function compileFilter(catalogue: Catalogue, type: RecordType, filter: Filter): ListFilter | Refused {
  const named = termNamed(type, filter.field);
  if ('kind' in named) return named;
  const { term, field, type: fieldType } = named;
  const allowed =
    fieldType === 'multi_enum'
      ? ['contains', 'eq', 'null']
      : ['eq', 'ne', 'in', 'null', ...(isTextual(fieldType) ? textOps : []), ...(isOrdered(fieldType) ? orderOps : [])];
  if (!allowed.includes(filter.op)) {
    return listRejected(
      'filter',
      `Filter on ${filter.field}: ${filter.op} does not go with ${fieldType}. Allowed: ${allowed.join(', ')}.`,
    );
  }
  if (filter.op === 'null') {
    return typeof filter.value === 'boolean'
      ? { term, op: 'null', value: filter.value }
      : listRejected('filter', `Filter on ${filter.field}: null takes true or false.`);
  }
  const given = filter.op === 'in' ? filter.value : [filter.value];
  if (!Array.isArray(given) || given.length > 1000)
    return listRejected('filter', `Filter on ${filter.field}: in takes a list of at most 1,000 values.`);
  // A part of an option, or an option in another case, is none of the options.
  const isAnyText = isTextual(fieldType) && (textOps.includes(filter.op) || filter.ignoreCase === true);
  const values: unknown[] = [];
  for (const one of given) {
    const value = filterValue(catalogue, field, isAnyText ? 'text' : fieldType, one);
    if (value === undefined)
      return listRejected(
        'filter',
        `Filter on ${filter.field}: ${shorten(JSON.stringify(one) ?? '', 80)} is not a value of type ${fieldType}.`,
      );
    values.push(value);
  }
  // Whether it is this key is asked as everywhere; what begins or sorts how, of the values as they are shown.
  const ignoreCase = filter.ignoreCase === true && { ignoreCase: true as const };
  const rule = field !== undefined && isKeyTest(filter.op) && !ignoreCase ? field.keyRule : [];
  const forms = rule.length === 0 ? values : values.map((value) => keyForm(rule, String(value)));
  return { term, op: filter.op, value: filter.op === 'in' ? forms : forms[0], ...ignoreCase };
}

const isTextual = (type: Field['type']): boolean => ['text', 'textarea', 'regexp', 'enum'].includes(type);
const isOrdered = (type: Field['type']): boolean => !['boolean', 'lookup', 'multi_enum'].includes(type);

/** Stored form of a value to compare with; numbers and booleans may come as text, as a query string has them. undefined: cannot be one. */
function filterValue(catalogue: Catalogue, field: Field | undefined, type: Field['type'], value: unknown): unknown {
  switch (type) {
    case 'integer':
    case 'decimal': {
      const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
      if (type === 'integer' && field === undefined && !Number.isSafeInteger(number)) return undefined;
      return number;
    }
    case 'boolean':
      return value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
    case 'date':
      return typeof value === 'string' && isDate(value) ? value : undefined;
    case 'datetime':
      // A day stands for its beginning in UTC.
      if (typeof value !== 'string') return undefined;
      return parseDatetime(isDate(value) ? `${value}T00:00:00Z` : value);
    case 'enum':
    case 'multi_enum':
      return field?.options.some((option) => option.value === value) ? value : undefined;
    case 'lookup':
      return lookupNumber(catalogue, value) ?? (field === undefined && typeof value === 'string' ? nobody : undefined);
    default:
      return typeof value === 'string' && isStorableText(value) ? value : undefined;
  }
}

const nobody = 0;

/** A record of this workspace by number or id; a record that cannot be is 0, which nothing points at. */
function lookupNumber(catalogue: Catalogue, value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  if (/^#?\d{1,15}$/.test(value)) return Number(value.replace('#', ''));
  const decoded = decodeId(value);
  if (decoded === undefined) return undefined;
  return decoded.kind === 'record' && decoded.workspace === catalogue.workspace ? decoded.number : nobody;
}

/** Words of a search beyond these are not looked for. */
const mostWords = 20;

/** Who asks, and by which schema. */
type Asker = { readonly catalogue: Catalogue; readonly caller: Caller };

/** The parts of a condition, each as compileFilter says; the first that is refused refuses it. */
function compileCondition(asker: Asker, type: RecordType, condition: Condition): ListCondition | Refused {
  if ('field' in condition) return compileFilter(asker.catalogue, type, condition);
  if ('words' in condition) return compileSearch(type, condition);
  if ('not' in condition) {
    const part = compileCondition(asker, type, condition.not);
    return 'kind' in part ? part : { not: part };
  }
  if ('linked' in condition) return compileLinked(asker, type, condition);
  const parts = compileAll(asker, type, 'all' in condition ? condition.all : condition.any);
  if ('kind' in parts) return parts;
  return 'all' in condition ? { all: parts } : { any: parts };
}

function compileLinked(
  asker: Asker,
  type: RecordType,
  { linked, to }: Extract<Condition, { linked: string }>,
): ListCondition | Refused {
  const end = type.linkEnds.get(linked);
  if (end === undefined) return rejected(unknownLink(type, linked));
  const other = readableType(asker.catalogue, asker.caller, end.other);
  if (isRejected(other)) return other;
  const condition = compileCondition(asker, other, to);
  if ('kind' in condition) return condition;
  return { linkType: end.link.id, side: end.side, type: other.id, to: condition };
}

export function compileAll(
  asker: Asker,
  type: RecordType,
  conditions: readonly Condition[],
): readonly ListCondition[] | Refused {
  const compiled: ListCondition[] = [];
  for (const condition of conditions) {
    const one = compileCondition(asker, type, condition);
    if ('kind' in one) return one;
    compiled.push(one);
  }
  return compiled;
}

function compileSearch(
  type: RecordType,
  search: WordSearch,
): { readonly words: readonly string[]; readonly terms: readonly ListTerm[] } | Refused {
  const terms: ListTerm[] = [];
  for (const name of search.fields) {
    const named = termNamed(type, name);
    if ('kind' in named) return named;
    if (named.field === undefined || !isTextual(named.field.type))
      return listRejected('filter', `Search in ${name}: only fields of text have words.`);
    terms.push(named.term);
  }
  // What cannot be stored is in no field.
  return { words: search.words.slice(0, mostWords).filter(isStorableText), terms };
}

/** With the number as the last, so that the order is total. */
export function compileSort(type: RecordType, sort: readonly Sort[]): readonly ListSort[] | Refused {
  const compiled: ListSort[] = [];
  for (const one of sort.slice(0, 5)) {
    const { descending } = one;
    if ('found' in one) {
      const search = compileSearch(type, one.found);
      if ('kind' in search) return search;
      compiled.push({ term: { kind: 'found', ...search }, descending });
      continue;
    }
    const named = termNamed(type, one.field);
    if ('kind' in named) return named;
    if (named.field?.type === 'multi_enum') return listRejected('sort', `Cannot sort by ${one.field}: it holds lists.`);
    compiled.push({ term: named.term, descending });
  }
  const descending = compiled.at(-1)?.descending ?? false;
  return [...compiled, { term: { kind: 'column', column: 'number' }, descending }];
}
