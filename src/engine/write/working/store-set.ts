/** Writes what a batch did to its working set, in the order keys, records, index, links, change rows; sorted, so that batches cannot deadlock. */

import { type BatchPlace, type ChangeRow, insertChanges } from '../../../store/changes/changes.ts';
import { putLinkStamps } from '../../../store/links/link-stamps.ts';
import { deleteLinks, insertLinks, type LinkRow, updateLinks } from '../../../store/links/links.ts';
import { Outbox, type Sender, type Transaction } from '../../../store/postgres/database.ts';
import { deleteAliases, putAliases } from '../../../store/records/aliases.ts';
import { deleteEntries, insertEntries } from '../../../store/records/field-index.ts';
import { insertMadeRecords, type MadeRecord } from '../../../store/records/made-records.ts';
import { updateNumberings } from '../../../store/records/numberings.ts';
import {
  deleteKeys,
  externalIdField,
  insertKeys,
  insertRecords,
  type Key,
  releaseExternalIds,
  storedValueOf,
  updateRecords,
  valuesOf,
  type WrittenRecord,
} from '../../../store/records/records.ts';
import { formOf, isSameKey } from '../../keys/key-of.ts';
import { forgetHashes, type OwnHashes } from './forget-hashes.ts';
import { changedEntries } from './index-entries.ts';
import { externalIdOf, type MadeRecords, madeRecordsOf, noneMade } from './made-records.ts';
import type { WorkingRow, WorkingSet } from './working-set.ts';

/**
 * Its statements are sent one behind the other without waiting: each runs after the one before it, and one that fails fails the
 * transaction.
 * @param firstRow how many change rows the transaction has written before.
 * @param turn resolves when they may be sent. They are made up before, as that takes as long as judging.
 * @param own hashes that are written behind this.
 * @returns the number of change rows written.
 */
export async function storeSet(
  tx: Transaction,
  set: WorkingSet,
  firstRow: number,
  { turn, own }: { readonly turn?: (() => Promise<void>) | undefined; readonly own?: OwnHashes | undefined } = {},
): Promise<number> {
  const links = sortLinks(set);
  const outbox = new Outbox();
  const place = { draws: firstRow === 0, before: firstRow };
  if (set.changes.length > 0 || set.isStamped) {
    const { drawn } = set.numberings;
    if (drawn.length > 0) updateNumberings(outbox, set.catalogue.workspace, drawn);
    sendAliases(outbox, set);
    // A batch of the feed is numbered when all records and links are locked: here there is nothing left to be locked but the new records.
    const made = isNone(links) ? madeRecordsOf(set) : noneMade;
    sendRecords(outbox, set, made, place);
    sendLinks(outbox, set, links);
    const stamps = set.linkStamps.changed;
    if (stamps.length > 0) putLinkStamps(outbox, set.catalogue.workspace, stamps);
    forgetHashes(outbox, set, own);
    if (links.gone.length === 0) sendChanges(outbox, set, made, place);
  }
  await turn?.();
  // A link that another transaction removed first is that one's change.
  const deleted = links.gone.length === 0 ? [] : deleteLinks(tx, set.catalogue.workspace, links.gone);
  outbox.sendAll(tx);
  if (links.gone.length === 0) return set.changes.length;
  const ours = new Set(await deleted);
  const lost = new Set(links.gone.filter((link) => !ours.has(link.number)).map((link) => link.number));
  const changes = set.changes
    .filter(({ removed }) => !(removed?.stored && lost.has(removed.row.number)))
    .map(({ change }, row) => ({ ...change, row }));
  if (changes.length > 0) insertChanges(tx, set.catalogue.workspace, place, changes);
  return changes.length;
}

/** All but those that went with their records. */
function sendChanges(tx: Sender, set: WorkingSet, made: MadeRecords, { draws, before }: BatchPlace): void {
  const changes: ChangeRow[] = [];
  for (const { change } of set.changes) if (made.get(change.number)?.change !== change) changes.push(change);
  const place = { draws: draws && made.size === 0, before };
  if (changes.length > 0) insertChanges(tx, set.catalogue.workspace, place, changes);
}

/** Thrown for the first former key of a record type: whoever looks records of it up must know first that there may be some. */
export class FirstAlias extends Error {
  readonly type: string;
  constructor(type: string) {
    super(`${type} has its first former key`);
    this.type = type;
  }
}

function sendAliases(tx: Sender, set: WorkingSet): void {
  const workspace = set.catalogue.workspace;
  const made = [...set.aliasesMade.values()];
  for (const { type: id } of made) {
    const type = set.catalogue.typesById.get(id);
    if (type !== undefined && !type.aliased) throw new FirstAlias(type.key);
  }
  if (set.aliasesGone.size > 0) deleteAliases(tx, workspace, [...set.aliasesGone.values()].sort(compareKeys));
  if (made.length > 0) putAliases(tx, workspace, made.sort(compareKeys));
}

function sendRecords(tx: Sender, set: WorkingSet, whole: MadeRecords, place: BatchPlace): void {
  const workspace = set.catalogue.workspace;
  const rows = [...set.rows.values()].filter(isChanged);
  if (rows.length === 0) return;
  const freed: Key[] = [];
  const claimed: (Key & { number: number })[] = [];
  const released: number[] = [];
  for (const row of rows) {
    for (const field of row.type.matchFields) {
      const old = row.stored === null ? undefined : storedValueOf(row.stored, field.id);
      const value = row.values[field.id];
      if (isSameKey(field, old, value)) continue;
      if (field.id === externalIdField) {
        if (old !== undefined) released.push(row.number);
        continue;
      }
      const key = { type: row.type.id, field: field.id };
      if (old !== undefined) freed.push({ ...key, value: formOf(field, old) });
      if (value !== undefined) claimed.push({ ...key, value: formOf(field, value), number: row.number });
    }
  }
  if (freed.length > 0) deleteKeys(tx, workspace, freed.sort(compareKeys));
  if (released.length > 0) releaseExternalIds(tx, workspace, released);
  if (claimed.length > 0) insertKeys(tx, workspace, claimed.sort(compareKeys));
  const changed = rows.filter((row) => row.stored !== null);
  const made = whole.size > 0 ? [] : rows.filter((row) => row.stored === null);
  if (changed.length > 0) updateRecords(tx, workspace, changed.map(writtenRecord).sort(compareExternalIds));
  if (made.length > 0) insertRecords(tx, workspace, made.map(writtenRecord).sort(compareExternalIds));
  if (whole.size > 0) insertMadeRecords(tx, workspace, place, [...whole.values()].sort(compareMade));
  const entries = changedEntries(rows);
  if (entries.gone.length > 0) deleteEntries(tx, workspace, entries.gone);
  if (entries.made.length > 0) insertEntries(tx, workspace, entries.made);
}

type SortedLinks = {
  readonly gone: LinkRow[];
  readonly made: LinkRow[];
  readonly changed: { before: LinkRow; after: LinkRow }[];
};

function sortLinks(set: WorkingSet): SortedLinks {
  const sorted: SortedLinks = { gone: [], made: [], changed: [] };
  for (const { row, stored, gone } of [...set.links].sort((a, b) => a.row.number - b.row.number)) {
    if (stored === null) {
      if (!gone) sorted.made.push(row);
    } else if (gone) sorted.gone.push(stored);
    else if (stored !== row) sorted.changed.push({ before: stored, after: row });
  }
  return sorted;
}

const isNone = ({ gone, made, changed }: SortedLinks): boolean => gone.length + made.length + changed.length === 0;

function sendLinks(tx: Sender, set: WorkingSet, { changed, made }: SortedLinks): void {
  const workspace = set.catalogue.workspace;
  if (changed.length > 0) updateLinks(tx, workspace, changed);
  if (made.length > 0) insertLinks(tx, workspace, made);
}

/** A tombstone that lost its key to another record changes without a new version. */
export function isChanged(row: WorkingRow): boolean {
  if (row.stored === null || row.version !== row.stored.version || row.stamps !== row.stored.stamps) return true;
  return row.deletedAt !== null && Object.keys(row.values).length !== Object.keys(valuesOf(row.stored)).length;
}

const writtenRecord = (row: WorkingRow): WrittenRecord => ({
  number: row.number,
  type: row.type.id,
  external_id: externalIdOf(row),
  values: row.values,
  version: row.version,
  created_at: row.createdAt,
  updated_at: row.updatedAt,
  created_by: row.createdBy,
  updated_by: row.updatedBy,
  deleted_at: row.deletedAt,
  stamps: row.stamps,
});

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const compareKeys = (a: Key, b: Key): number => a.type - b.type || a.field - b.field || compareText(a.value, b.value);

type ExternalId = Pick<WrittenRecord, 'type' | 'external_id' | 'number'>;

const compareMade = (a: MadeRecord, b: MadeRecord): number => compareExternalIds(a.record, b.record);

const compareExternalIds = (a: ExternalId, b: ExternalId): number =>
  a.type - b.type || compareText(a.external_id ?? '', b.external_id ?? '') || a.number - b.number;
