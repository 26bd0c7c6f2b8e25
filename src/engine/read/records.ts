/** Finding and listing records. */
import type { Catalogue, RecordType } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { CountQuery, ListQuery } from '../../model/commands.ts';
import { principalId } from '../../model/ids.ts';
import type { CountOutcome, FindOutcome, ListOutcome } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { RecordView } from '../../model/record.ts';
import type { Ref } from '../../model/ref.ts';
import { readLookups } from '../../store/links/links.ts';
import { countSelected, listRecords } from '../../store/lists/record-list.ts';
import { boundStatements, type Database, isOutOfTime, type Transaction } from '../../store/postgres/database.ts';
import { readAliases } from '../../store/records/aliases.ts';
import { type RecordRow, valuesOf } from '../../store/records/records.ts';
import { readRecords } from '../../store/records/wanted-records.ts';
import { readSchemaVersion } from '../../store/schemas.ts';
import { fieldsOf, pointerTo } from '../views.ts';
import { Wants } from '../write/commands.ts';
import { matchFieldViolations, recordNotFound, rejected, rejectedFor } from '../write/judging/rejected.ts';
import { StaleCatalogue } from '../write/run-batch.ts';
import { WorkingSet } from '../write/working/working-set.ts';
import { compileAll, compileSort, listRejected } from './conditions.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';
import { isRejected, readableType } from './readable.ts';
import { tooSlow } from './too-slow.ts';

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
  const set = new WorkingSet(catalogue, clock.now());
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

/** Judges who asks and for what, and has `find` look: see ../doors.ts. */
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

export async function viewsOf(
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
    ...(row.deleted_at !== null && { deletedAt: row.deleted_at }),
    fields: fieldsOf(catalogue, type, valuesOf(row), (link) => lookups.get(`${link.id} ${row.number}`)),
  }));
}

/** Page by page, from the place after or before which its cursor says. */
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
  const filters = compileAll({ catalogue, caller }, type, query.filters);
  if ('kind' in filters) return filters;
  const sort = compileSort(type, query.sort);
  if ('kind' in sort) return sort;

  const { deletedToo = false, patienceMs } = query;
  const forwards = [catalogue.workspace, query.type, query.filters, query.sort, deletedToo];
  const backwards = [...forwards, 'backwards'];
  const after = query.cursor === undefined ? null : decodeCursor(forwards, query.cursor);
  const before = after === undefined ? decodeCursor(backwards, query.cursor ?? '') : undefined;
  const place = before ?? after;
  if (place === undefined || (place !== null && place.length !== sort.length)) {
    return foreignCursor;
  }
  const find = async (tx: Transaction): Promise<ListOutcome> => {
    if (patienceMs !== undefined) boundStatements(tx, patienceMs);
    const { rows: shown, isMore } = await listRecords(tx, catalogue.workspace, {
      ...{ type: type.id, filters, deletedToo, sort, place, limit: query.limit, skip: query.skip ?? 0 },
      ...{ backwards: before !== undefined, mayBeShort: query.mayBeShort ?? false },
    });
    if (before !== undefined) shown.reverse();
    const [first, last] = [shown[0], shown.at(-1)];
    const isAfter = before !== undefined || isMore;
    const isBefore = before === undefined ? place !== null : isMore;
    const [items] = await Promise.all([viewsOf(tx, catalogue, type, shown), confirmIndex(tx, catalogue, type)]);
    return {
      kind: 'page',
      items,
      next: isAfter && last !== undefined ? encodeCursor(forwards, last.sort_values) : null,
      previous: isBefore && first !== undefined ? encodeCursor(backwards, first.sort_values) : null,
    };
  };
  return database.inWorkspace(catalogue.workspace, find).catch((fault: unknown) => {
    if (patienceMs === undefined || !isOutOfTime(fault)) throw fault;
    return listRejected('patience', tooSlow(type, query, patienceMs));
  });
}

/** What a list found by an index holds if the index had all records then, as the schema said: it still says so after it. */
async function confirmIndex(tx: Transaction, catalogue: Catalogue, type: RecordType): Promise<void> {
  if (type.filterable.length === 0) return;
  if ((await readSchemaVersion(tx, catalogue.workspace)) !== catalogue.version) throw new StaleCatalogue();
}

/** How many a list has. */
export async function countListed(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  { type: key, filters, deletedToo = false }: CountQuery,
): Promise<CountOutcome> {
  const type = readableType(catalogue, caller, key);
  if (isRejected(type)) return type;
  const compiled = compileAll({ catalogue, caller }, type, filters);
  if ('kind' in compiled) return compiled;
  const counted = await database.inWorkspace(catalogue.workspace, async (tx) => {
    const count = await countSelected(tx, catalogue.workspace, { type: type.id, filters: compiled, deletedToo });
    await confirmIndex(tx, catalogue, type);
    return count;
  });
  return { kind: 'counted', count: counted };
}
