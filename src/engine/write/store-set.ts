/** Writes what a batch did to its working set, in the order keys, records, links, change rows; sorted, so that batches cannot deadlock. */

import { insertChanges } from '../../store/changes.ts';
import type { Transaction } from '../../store/database.ts';
import { deleteLinks, insertLinks, type LinkRow, updateLinks } from '../../store/links.ts';
import {
  deleteKeys,
  insertKeys,
  insertRecords,
  type Key,
  type RecordRow,
  releaseExternalIds,
  updateRecords,
} from '../../store/records.ts';
import { forgetHashes } from './forget-hashes.ts';
import type { Values, WorkingRow, WorkingSet } from './working-set.ts';

const externalIdField = 1;
const externalIdKey = String(externalIdField);

/**
 * Its statements are sent one behind the other without waiting: each runs after the one before it, and one that fails fails the
 * transaction.
 * @param firstRow how many change rows the transaction has written before.
 * @returns the number of change rows written.
 */
export async function storeSet(tx: Transaction, set: WorkingSet, firstRow: number): Promise<number> {
  if (set.changes.length === 0) return 0;
  sendRecords(tx, set);
  const vanished = await sendLinks(tx, set);
  forgetHashes(tx, set);
  const changes = set.changes.flatMap(({ change, removed }) =>
    removed?.stored && vanished.has(removed.row.number) ? [] : [change],
  );
  if (changes.length > 0) insertChanges(tx, set.catalogue.workspace, firstRow, changes);
  return changes.length;
}

function sendRecords(tx: Transaction, set: WorkingSet): void {
  const workspace = set.catalogue.workspace;
  const rows = [...set.rows.values()].filter(isChanged);
  if (rows.length === 0) return;
  const freed: Key[] = [];
  const claimed: (Key & { number: number })[] = [];
  const released: number[] = [];
  for (const row of rows) {
    const before = row.stored === null ? none : storedValues(row.stored);
    for (const field of row.type.matchFields) {
      const [old, value] = [before[field.id], row.values[field.id]];
      if (old === value) continue;
      if (field.id === externalIdField) {
        if (old !== undefined) released.push(row.number);
        continue;
      }
      const key = { type: row.type.id, field: field.id };
      if (old !== undefined) freed.push({ ...key, value: String(old) });
      if (value !== undefined) claimed.push({ ...key, value: String(value), number: row.number });
    }
  }
  if (freed.length > 0) deleteKeys(tx, workspace, freed.sort(compareKeys));
  if (released.length > 0) releaseExternalIds(tx, workspace, released);
  if (claimed.length > 0) insertKeys(tx, workspace, claimed.sort(compareKeys));
  const changed = rows.filter((row) => row.stored !== null);
  const made = rows.filter((row) => row.stored === null);
  if (changed.length > 0) updateRecords(tx, workspace, changed.map(toRecordRow).sort(compareExternalIds));
  if (made.length > 0) insertRecords(tx, workspace, made.map(toRecordRow).sort(compareExternalIds));
}

/** @returns the numbers of those that another transaction had removed first: that is that one's change. */
async function sendLinks(tx: Transaction, set: WorkingSet): Promise<ReadonlySet<number>> {
  if (set.links.size === 0) return nobody;
  const workspace = set.catalogue.workspace;
  const gone: LinkRow[] = [];
  const made: LinkRow[] = [];
  const changed: { before: LinkRow; after: LinkRow }[] = [];
  for (const { row, stored, gone: isGone } of [...set.links].sort((a, b) => a.row.number - b.row.number)) {
    if (stored === null) {
      if (!isGone) made.push(row);
    } else if (isGone) gone.push(stored);
    else if (stored !== row) changed.push({ before: stored, after: row });
  }
  const deleted = gone.length === 0 ? undefined : deleteLinks(tx, workspace, gone);
  deleted?.catch(() => {}); // told where it is awaited
  if (changed.length > 0) updateLinks(tx, workspace, changed);
  if (made.length > 0) insertLinks(tx, workspace, made);
  if (deleted === undefined) return nobody;
  const ours = new Set(await deleted);
  return new Set(gone.filter((link) => !ours.has(link.number)).map((link) => link.number));
}

const nobody: ReadonlySet<number> = new Set();
const none: Values = {};

const storedValues = (stored: RecordRow): Values =>
  stored.external_id === null ? stored.data : { ...stored.data, [externalIdField]: stored.external_id };

/** A tombstone that lost its key to another record changes without a new version. */
function isChanged(row: WorkingRow): boolean {
  if (row.stored === null || row.version !== row.stored.version) return true;
  return row.deletedAt !== null && Object.keys(row.values).length !== Object.keys(storedValues(row.stored)).length;
}

function toRecordRow(row: WorkingRow): RecordRow {
  const data: Values = {};
  let externalId: unknown = null;
  for (const [id, value] of Object.entries(row.values)) {
    if (id === externalIdKey) externalId = value;
    else data[id] = value;
  }
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
