/** Finding and listing records. */
import type { Catalogue, Field, RecordType } from '../../model/catalogue.ts';
import type { Condition, Filter, ListQuery } from '../../model/commands.ts';
import { decodeId, principalId } from '../../model/ids.ts';
import { keyForm } from '../../model/key-rule.ts';
import type { CountOutcome, FindOutcome, ListOutcome, ListRejected, Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { RecordView } from '../../model/record.ts';
import type { Ref } from '../../model/ref.ts';
import { isStorableText, shorten } from '../../model/text.ts';
import { readAliases } from '../../store/aliases.ts';
import type { Database, Transaction } from '../../store/database.ts';
import { readLookups } from '../../store/links.ts';
import {
  countSelected,
  type ListCondition,
  type ListFilter,
  type ListRow,
  type ListTerm,
  listRecords,
} from '../../store/record-list.ts';
import { type RecordRow, readRecords, valuesOf } from '../../store/records.ts';
import { grantViolations } from '../access/grants.ts';
import { isDate, parseDatetime } from '../values.ts';
import { fieldsOf, pointerTo } from '../views.ts';
import { Wants } from '../write/commands.ts';
import {
  matchFieldViolations,
  recordNotFound,
  rejected,
  rejectedFor,
  unknownField,
  unknownRecordType,
} from '../write/rejected.ts';
import { WorkingSet } from '../write/working-set.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

/** The type a reader asks for, when there is one and it may read it. */
export function readableType(catalogue: Catalogue, caller: Caller, key: string): RecordType | Rejected {
  const type = catalogue.types.get(key);
  if (type === undefined) return rejected(unknownRecordType(catalogue, key));
  return rejectedFor(grantViolations(caller.principal, 'read', key)) ?? type;
}

export const isRejected = (value: object): value is Rejected => 'kind' in value && value.kind === 'rejected';

/** The record that a ref names: a live one, unless deleted ones are asked for too. */
export async function findRow(
  tx: Transaction,
  catalogue: Catalogue,
  type: RecordType,
  ref: Ref,
  { deletedToo }: { deletedToo: boolean } = { deletedToo: false },
): Promise<RecordRow | undefined> {
  const wants = new Wants(catalogue);
  wants.addRef(type, ref);
  const { wanted } = wants;
  if (wanted.numbers.length + wanted.keys.length === 0) return undefined;
  const [rows, aliases] = await Promise.all([
    readRecords(tx, catalogue.workspace, wanted),
    readAliases(tx, catalogue.workspace, wanted.aliased ?? []),
  ]);
  const fit = rows.filter((row) => row.type === type.id && (deletedToo || row.deleted_at === null));
  // A record that has the key comes before one that had it.
  return fit.find((row) => aliases.every((alias) => alias.number !== row.number)) ?? fit[0];
}

export type Sought = { readonly type: string; readonly ref: Ref };

/** The live records that refs name, in one go; undefined where there is none. */
export async function findAll(
  tx: Transaction,
  catalogue: Catalogue,
  sought: readonly Sought[],
): Promise<(RecordView | undefined)[]> {
  const wants = new Wants(catalogue);
  for (const { type, ref } of sought) wants.addRef(catalogue.types.get(type), ref);
  const { wanted } = wants;
  if (wanted.numbers.length + wanted.keys.length === 0) return sought.map(() => undefined);
  const [found, aliases] = await Promise.all([
    readRecords(tx, catalogue.workspace, wanted),
    readAliases(tx, catalogue.workspace, wanted.aliased ?? []),
  ]);
  const rows = found.filter((row) => row.deleted_at === null);
  const set = new WorkingSet(catalogue, new Date());
  for (const alias of aliases) set.addAlias(alias);
  for (const row of rows) set.addStoredRow(row);
  const byType = Map.groupBy(rows, (row) => row.type);
  const views = await Promise.all(
    [...byType].map(([id, ofType]) => {
      const type = catalogue.typesById.get(id);
      return type === undefined ? [] : viewsOf(tx, catalogue, type, ofType);
    }),
  );
  const byNumber = new Map(views.flat().map((view) => [view.number, view]));
  return sought.map(({ type: key, ref }) => {
    const type = catalogue.types.get(key);
    return type && byNumber.get(set.find(type, ref)?.number ?? 0);
  });
}

/** Judges who asks and for what, and has `find` look: see create-hub.ts. */
export async function findRecord(
  catalogue: Catalogue,
  caller: Caller,
  typeKey: string,
  ref: Ref,
  find: (sought: Sought) => Promise<RecordView | undefined>,
): Promise<FindOutcome> {
  const type = readableType(catalogue, caller, typeKey);
  if (isRejected(type)) return type;
  const misnamed = rejectedFor(matchFieldViolations(type, ref, 'record'));
  if (misnamed) return misnamed;
  const record = await find({ type: typeKey, ref });
  return record === undefined ? rejected(recordNotFound(type, ref, 'record')) : { kind: 'found', record };
}

async function viewsOf(
  tx: Transaction,
  catalogue: Catalogue,
  type: RecordType,
  rows: readonly Omit<RecordRow, 'stamps'>[],
): Promise<RecordView[]> {
  const linkTypes = type.fields.flatMap((field) => field.link?.id ?? []);
  const lookups = new Map<string, number>();
  if (linkTypes.length > 0 && rows.length > 0) {
    const numbers = rows.map((row) => row.number);
    for (const one of await readLookups(tx, catalogue.workspace, numbers, linkTypes)) {
      lookups.set(`${one.link_type} ${one.left_number}`, one.right_number);
    }
  }
  return rows.map((row) => ({
    ...pointerTo(catalogue, type.key, row.number),
    workspace: catalogue.workspace,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: principalId(row.created_by),
    updatedBy: principalId(row.updated_by),
    fields: fieldsOf(catalogue, type, valuesOf(row), (link) => lookups.get(`${link.id} ${row.number}`)),
  }));
}

const columns = ['number', 'created_at', 'updated_at', 'version'] as const;
const isColumn = (name: string): name is (typeof columns)[number] => (columns as readonly string[]).includes(name);

function termOf(field: Field): ListTerm {
  if (field.key === 'external_id' && field.keyRule.length === 0) return { kind: 'column', column: 'external_id' };
  if (field.link !== null) return { kind: 'lookup', linkType: field.link.id };
  if (field.unique && field.type !== 'integer') return { kind: 'key', field: field.id };
  const as = { integer: 'number', decimal: 'number', boolean: 'boolean', multi_enum: 'list' } as const;
  return { kind: 'value', field: field.id, as: as[field.type as keyof typeof as] ?? 'text' };
}

const listRejected = (parameter: ListRejected['parameter'], message: string): ListRejected => ({
  kind: 'list_rejected',
  parameter,
  message,
});

const isKeyTest = (op: Filter['op']): boolean => op === 'eq' || op === 'ne' || op === 'in';
const textOps = ['starts', 'ends', 'contains'];
const orderOps = ['gt', 'gte', 'lt', 'lte'];

/** A filter in terms of the store, its values in stored form; or why not. */
export function compileFilter(
  catalogue: Catalogue,
  type: RecordType,
  filter: Filter,
): ListFilter | ListRejected | Rejected {
  const field = isColumn(filter.field) ? undefined : type.fieldsByKey.get(filter.field);
  if (field === undefined && !isColumn(filter.field)) return rejected(unknownField(type, filter.field));
  const term: ListTerm = isColumn(filter.field) ? { kind: 'column', column: filter.field } : termOf(field as Field);
  const fieldType = field?.type ?? (filter.field.endsWith('_at') ? 'datetime' : 'integer');
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
  const values: unknown[] = [];
  for (const one of given) {
    const value = filterValue(catalogue, field, fieldType, one);
    if (value === undefined)
      return listRejected(
        'filter',
        `Filter on ${filter.field}: ${shorten(JSON.stringify(one) ?? '', 80)} is not a value of type ${fieldType}.`,
      );
    values.push(value);
  }
  // Whether it is this key is asked as everywhere; what begins or sorts how, of the values as they are shown.
  const rule = field !== undefined && isKeyTest(filter.op) ? field.keyRule : [];
  const forms = rule.length === 0 ? values : values.map((value) => keyForm(rule, String(value)));
  return { term, op: filter.op, value: filter.op === 'in' ? forms : forms[0] };
}

/** The parts of a condition, each as compileFilter says; the first that is refused refuses it. */
function compileCondition(
  catalogue: Catalogue,
  type: RecordType,
  condition: Condition,
): ListCondition | ListRejected | Rejected {
  if ('not' in condition) {
    const part = compileCondition(catalogue, type, condition.not);
    return 'kind' in part ? part : { not: part };
  }
  if (!('all' in condition) && !('any' in condition)) return compileFilter(catalogue, type, condition);
  const parts: ListCondition[] = [];
  for (const one of 'all' in condition ? condition.all : condition.any) {
    const part = compileCondition(catalogue, type, one);
    if ('kind' in part) return part;
    parts.push(part);
  }
  return 'all' in condition ? { all: parts } : { any: parts };
}

function compileConditions(
  catalogue: Catalogue,
  type: RecordType,
  conditions: readonly Condition[],
): ListCondition[] | ListRejected | Rejected {
  const compiled = compileCondition(catalogue, type, { all: conditions });
  if ('kind' in compiled) return compiled;
  return 'all' in compiled ? [...compiled.all] : [compiled];
}

/** Live records of a type that pass the filters. */
export async function countListed(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  { type: key, filters }: Pick<ListQuery, 'type' | 'filters'>,
): Promise<CountOutcome> {
  const type = readableType(catalogue, caller, key);
  if (isRejected(type)) return type;
  const compiled = compileConditions(catalogue, type, filters);
  if ('kind' in compiled) return compiled;
  const counted = await database.inWorkspace(catalogue.workspace, (tx) =>
    countSelected(tx, catalogue.workspace, { type: type.id, filters: compiled }),
  );
  return { kind: 'counted', count: counted };
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
      return lookupNumber(catalogue, value);
    default:
      return typeof value === 'string' && isStorableText(value) ? value : undefined;
  }
}

/** A record of this workspace by number or id; a record that cannot be is 0, which nothing points at. */
function lookupNumber(catalogue: Catalogue, value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (/^#?\d{1,15}$/.test(value)) return Number(value.replace('#', ''));
  const decoded = decodeId(value);
  if (decoded === undefined) return undefined;
  return decoded.kind === 'record' && decoded.workspace === catalogue.workspace ? decoded.number : 0;
}

export async function list(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  query: ListQuery,
): Promise<ListOutcome> {
  const type = readableType(catalogue, caller, query.type);
  if (isRejected(type)) return type;
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 1000)
    return listRejected('limit', 'limit is a whole number from 1 to 1,000.');
  const filters = compileConditions(catalogue, type, query.filters);
  if ('kind' in filters) return filters;
  const sort: { term: ListTerm; descending: boolean }[] = [];
  for (const { field: name, descending } of query.sort.slice(0, 5)) {
    const field = type.fieldsByKey.get(name);
    if (!isColumn(name) && field === undefined) return rejected(unknownField(type, name));
    if (field?.type === 'multi_enum') return listRejected('sort', `Cannot sort by ${name}: it holds lists.`);
    sort.push({ term: isColumn(name) ? { kind: 'column', column: name } : termOf(field as Field), descending });
  }
  sort.push({ term: { kind: 'column', column: 'number' }, descending: sort.at(-1)?.descending ?? false });

  const identity = [catalogue.workspace, query.type, query.filters, query.sort];
  const after = query.cursor === undefined ? null : decodeCursor(identity, query.cursor);
  if (after === undefined || (after !== null && after.length !== sort.length)) {
    return listRejected('cursor', 'This cursor does not belong to this list: begin again without one.');
  }
  return database.inWorkspace(catalogue.workspace, async (tx): Promise<ListOutcome> => {
    const rows = await listRecords(tx, catalogue.workspace, {
      type: type.id,
      filters,
      sort,
      after,
      limit: query.limit + 1,
      skip: query.skip ?? 0,
    });
    const shown: ListRow[] = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? shown.at(-1) : undefined;
    return {
      kind: 'page',
      items: await viewsOf(tx, catalogue, type, shown),
      next: last === undefined ? null : encodeCursor(identity, last.sort_values),
    };
  });
}
