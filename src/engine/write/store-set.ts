/** Writes what a batch did to its working set, in the order keys, records, links, change rows; sorted, so that batches cannot deadlock. */

import type { RecordType } from '../../model/catalogue.ts';
import { insertChanges } from '../../store/changes.ts';
import type { Transaction } from '../../store/database.ts';
import { deleteLinks, insertLinks, type LinkRow, updateLinks } from '../../store/links.ts';
import {
  deleteKeys,
  insertKeys,
  type Key,
  putRecords,
  type RecordRow,
  releaseExternalIds,
} from '../../store/records.ts';
import type { Values, WorkingRow, WorkingSet } from './working-set.ts';

const externalIdField = 1;

/** @returns the number of change rows written. */
export async function storeSet(
  tx: Transaction,
  set: WorkingSet,
  batch: { number: number; firstRow: number },
): Promise<number> {
  if (set.changes.length === 0) return 0;
  const workspace = set.catalogue.workspace;
  const rows = [...set.rows.values()].filter(isChanged).sort((a, b) => a.number - b.number);
  const updated = rows.filter((row) => row.stored !== null);

  const freed = updated.flatMap((row) =>
    keysOf(row.type, storedValues(row)).filter((key) => row.values[key.field] !== key.stored),
  );
  const claimed = rows.flatMap((row) =>
    keysOf(row.type, row.values)
      .filter((key) => storedValues(row)[key.field] !== key.stored)
      .map((key) => ({ ...key, number: row.number })),
  );
  const released = updated.filter(
    (row) => row.stored?.external_id && row.stored.external_id !== row.values[externalIdField],
  );
  // All are sent before the first is answered: each runs after the one before it, and one that fails fails the transaction.
  const sent = new Sent();
  if (freed.length > 0) sent.add(deleteKeys(tx, workspace, freed));
  if (released.length > 0) {
    const numbers = released.map((row) => row.number);
    sent.add(releaseExternalIds(tx, workspace, numbers));
  }
  if (claimed.length > 0) sent.add(insertKeys(tx, workspace, claimed.sort(compareKeys)));
  if (rows.length > 0) sent.add(putRecords(tx, workspace, rows.map(toRecordRow).sort(compareExternalIds)));
  const { gone, deleted } = sendLinks(tx, set, sent);
  // A link that another transaction removed first is that one's change.
  const ours = new Set(gone.length === 0 ? [] : await deleted);
  const vanished = new Set(gone.filter((link) => !ours.has(link.number)).map((link) => link.number));
  const changes = set.changes.flatMap(({ change, removed }) =>
    removed?.stored && vanished.has(removed.row.number) ? [] : [change],
  );
  sent.add(insertChanges(tx, workspace, batch.number, batch.firstRow, changes));
  await sent.all();
  return changes.length;
}

/** Statements under way. */
class Sent {
  readonly #statements: Promise<unknown>[] = [];

  add(statement: Promise<unknown>): void {
    statement.catch(() => {}); // told by all(), and by the transaction
    this.#statements.push(statement);
  }

  async all(): Promise<void> {
    await Promise.all(this.#statements);
  }
}

/** `deleted`: the numbers of those of `gone` that were still there. */
function sendLinks(tx: Transaction, set: WorkingSet, sent: Sent): { gone: LinkRow[]; deleted: Promise<number[]> } {
  const workspace = set.catalogue.workspace;
  const links = [...set.links].sort((a, b) => a.row.number - b.row.number);
  const gone = links.flatMap((link) => (link.gone && link.stored !== null ? [link.stored] : []));
  const made = links.flatMap((link) => (!link.gone && link.stored === null ? [link.row] : []));
  const changed = links.flatMap((link) =>
    !link.gone && link.stored !== null && link.stored !== link.row ? [{ before: link.stored, after: link.row }] : [],
  );
  const deleted = gone.length === 0 ? Promise.resolve([]) : deleteLinks(tx, workspace, gone);
  sent.add(deleted);
  if (changed.length > 0) sent.add(updateLinks(tx, workspace, changed));
  if (made.length > 0) sent.add(insertLinks(tx, workspace, made));
  return { gone, deleted };
}

const storedValues = (row: WorkingRow): Values =>
  row.stored === null
    ? {}
    : row.stored.external_id === null
      ? row.stored.data
      : { ...row.stored.data, [externalIdField]: row.stored.external_id };

/** A tombstone that lost its key to another record changes without a new version. */
function isChanged(row: WorkingRow): boolean {
  if (row.stored === null || row.version !== row.stored.version) return true;
  return row.deletedAt !== null && Object.keys(row.values).length !== Object.keys(storedValues(row)).length;
}

/** The keys that live in record_key: those of every unique field but external_id. */
function keysOf(type: RecordType, values: Values): (Key & { stored: unknown })[] {
  return type.fields.flatMap((field) => {
    const stored = values[field.id];
    return field.unique && field.id !== externalIdField && stored !== undefined
      ? [{ type: type.id, field: field.id, value: String(stored), stored }]
      : [];
  });
}

function toRecordRow(row: WorkingRow): RecordRow {
  const { [externalIdField]: externalId = null, ...data } = row.values;
  return {
    number: row.number,
    type: row.type.id,
    external_id: externalId as string | null,
    data,
    version: row.version,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    created_by: row.createdBy,
    updated_by: row.updatedBy,
    deleted_at: row.deletedAt,
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const compareKeys = (a: Key, b: Key): number => a.type - b.type || a.field - b.field || compareText(a.value, b.value);

const compareExternalIds = (a: RecordRow, b: RecordRow): number =>
  a.type - b.type || compareText(a.external_id ?? '', b.external_id ?? '') || a.number - b.number;
