/**
 * Joins the links that wait for records which a batch has just written, in its transaction: whatever made the record, it is linked as
 * soon as it is there; and does the removals that wait. What is refused stays, with the reason, and never fails the write that made
 * the record.
 */
import type { Catalogue, LinkType } from '../../../model/catalogue.ts';
import type { PendingReason } from '../../../model/pending.ts';
import type { Principal } from '../../../model/principal.ts';
import type { Ref } from '../../../model/ref.ts';
import { findPrincipals } from '../../../store/access/principals.ts';
import {
  type AwaitedKey,
  lockPendingOfKeys,
  type PendingRow,
  pairOfRow,
  refusePendingLink,
  removePendingLinks,
} from '../../../store/links/pending-links.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { drawNumbers, valuesOf } from '../../../store/records/records.ts';
import type { Wanted } from '../../../store/records/wanted-records.ts';
import { toPrincipal } from '../../access/to-principal.ts';
import { isSameKey } from '../../keys/key-of.ts';
import { LinkWants, Wants, type WriteCommand } from '../commands.ts';
import { judgeLink } from '../judging/judge-link.ts';
import { judgeUnlink } from '../judging/judge-unlink.ts';
import { leftIsSingle, rightIsSingle } from '../judging/single-sides.ts';
import { storedOnly } from '../working/coming-keys.ts';
import { everySlot } from '../working/link-stamps.ts';
import { loadFreeRows, loadLinkStamps, loadLinks, loadRows } from '../working/load-set.ts';
import { storeSet } from '../working/store-set.ts';
import type { Values, WorkingRow, WorkingSet } from '../working/working-set.ts';
import { refOfSide, sideOfKey, sideOfNumber } from './pending.ts';

/**
 * The records at the other ends of links that waited for what a transaction wrote: it learns of them only then. To wait for one that
 * another transaction holds would be out of the order in which all lock, so the whole is tried again, and they are locked with all else.
 */
export type OtherEnds = { wanted: Wanted | null };

/** One of them is held. The code is that of PostgreSQL for a row that was not to be had in time. */
export class OtherEndHeld extends Error {
  readonly code = '55P03';
}

/**
 * @param set as it was stored just now. @param marked the link types that links may be waiting of.
 * @param firstRow how many change rows the transaction has written before.
 * @param ends of a transaction that can be tried again; without them those that are held are waited for.
 * @returns the number of change rows written.
 */
export async function joinPending(
  tx: Transaction,
  set: WorkingSet,
  marked: ReadonlySet<number>,
  firstRow: number,
  ends?: OtherEnds,
): Promise<number> {
  const { catalogue } = set;
  const keys = marked.size === 0 ? noKeys : newKeysOf(set, marked);
  if (keys.lefts.length + keys.rights.length === 0) return 0;
  // Asked only now: whoever began to wait for one of the keys meanwhile had kept the records from being written (see reserveKeys).
  const rows = await lockPendingOfKeys(tx, catalogue.workspace, keys, set.now);
  const named = rows.flatMap((row) => namedBy(catalogue, row) ?? []);
  if (named.length === 0) return 0;
  const wants = new Wants(catalogue);
  for (const { link, left, right } of named) {
    wants.addRef(catalogue.types.get(link.left), left);
    wants.addRef(catalogue.types.get(link.right), right);
  }
  const load = ends === undefined ? loadRows : loadFreeRows;
  const { set: joined, heldRows } = await load(tx, catalogue, set.now, wants.wanted);
  if (ends !== undefined && heldRows.size > 0) {
    ends.wanted = wants.wanted;
    throw new OtherEndHeld();
  }
  const ready = named.flatMap((one) => bothOf(joined, one) ?? []);
  if (ready.length === 0) return 0;
  await loadLinksOf(tx, joined, ready);
  await loadLinkStamps(tx, joined, storedOnly(joined), ready.map(commandOf));
  joined.giveNumbers(await drawNumbers(tx, { records: 0, links: ready.length }));
  const askers = await askersOf(tx, catalogue, ready);
  const done: number[] = [];
  for (const one of ready) {
    const reasons = join(joined, one, askers.get(one.row.principal_id));
    if (reasons === null) done.push(one.row.number);
    else refusePendingLink(tx, catalogue.workspace, one.row.number, reasons);
  }
  if (done.length > 0) removePendingLinks(tx, catalogue.workspace, done);
  return storeSet(tx, joined, firstRow);
}

const none: Values = {};

type AwaitedKeys = { readonly lefts: readonly AwaitedKey[]; readonly rights: readonly AwaitedKey[] };
const noKeys: AwaitedKeys = { lefts: [], rights: [] };

/** The keys that records have got in this batch, for each link type that something may wait of. */
function newKeysOf(set: WorkingSet, marked: ReadonlySet<number>): AwaitedKeys {
  const links = [...marked].flatMap((id) => set.catalogue.linksById.get(id) ?? []);
  const lefts: AwaitedKey[] = [];
  const rights: AwaitedKey[] = [];
  for (const row of set.rows.values()) {
    if (row.deletedAt !== null || row.version === row.stored?.version) continue;
    const onLeft = links.filter((link) => link.left === row.type.key);
    const onRight = links.filter((link) => link.right === row.type.key);
    if (onLeft.length + onRight.length === 0) continue;
    const isNew = row.stored === null || row.stored.deleted_at !== null;
    const before = row.stored === null || isNew ? none : valuesOf(row.stored);
    const keys = row.type.matchFields.flatMap((field) => {
      const value = row.values[field.id];
      return value === undefined || isSameKey(field, before[field.id], value) ? [] : [sideOfKey(field, value)];
    });
    if (isNew) keys.push(sideOfNumber(row.number));
    for (const link of onLeft) lefts.push(...keys.map((key) => ({ ...key, link_type: link.id })));
    for (const link of onRight) rights.push(...keys.map((key) => ({ ...key, link_type: link.id })));
  }
  return { lefts, rights };
}

type Named = { readonly row: PendingRow; readonly link: LinkType; readonly left: Ref; readonly right: Ref };
type Ready = Named & { readonly leftRow: WorkingRow; readonly rightRow: WorkingRow };

function namedBy(catalogue: Catalogue, row: PendingRow): Named | undefined {
  const link = catalogue.linksById.get(row.link_type);
  const leftType = link && catalogue.types.get(link.left);
  const rightType = link && catalogue.types.get(link.right);
  const pair = pairOfRow(row);
  const left = leftType && refOfSide(leftType, pair.left);
  const right = rightType && refOfSide(rightType, pair.right);
  return link === undefined || left === undefined || right === undefined ? undefined : { row, link, left, right };
}

function bothOf(set: WorkingSet, named: Named): Ready | undefined {
  const leftType = set.catalogue.types.get(named.link.left);
  const rightType = set.catalogue.types.get(named.link.right);
  const leftRow = leftType && set.find(leftType, named.left);
  const rightRow = rightType && set.find(rightType, named.right);
  if (leftRow === undefined || leftRow.deletedAt !== null) return undefined;
  if (rightRow === undefined || rightRow.deletedAt !== null) return undefined;
  return { ...named, leftRow, rightRow };
}

async function loadLinksOf(tx: Transaction, set: WorkingSet, ready: readonly Ready[]): Promise<void> {
  const wants = new LinkWants();
  for (const { link, leftRow, rightRow } of ready) {
    wants.addPair(link, leftRow.number, rightRow.number);
    wants.addLeft(link, leftRow.number);
    wants.addRight(link, rightRow.number);
  }
  await loadLinks(tx, set, wants);
}

type Asker = { readonly principal: Principal; readonly isDisabled: boolean };

async function askersOf(
  tx: Transaction,
  { workspace }: Catalogue,
  ready: readonly Ready[],
): Promise<ReadonlyMap<number, Asker>> {
  const ids = [...new Set(ready.map(({ row }) => row.principal_id))];
  const rows = await findPrincipals(tx, workspace, ids);
  return new Map(
    rows.map((row) => [row.principal_id, { principal: toPrincipal(row), isDisabled: row.disabled_at !== null }]),
  );
}

/** Judged as a write that whoever asked for it makes now. @returns why not; null when it was done, or something newer is known. */
function join(set: WorkingSet, ready: Ready, asker: Asker | undefined): readonly PendingReason[] | null {
  const { row, link } = ready;
  if (asker === undefined || asker.isDisabled) {
    return [
      { code: 'principal_disabled', message: `${row.principal_name} asked for it, and may do nothing any more.` },
    ];
  }
  if (row.stamp === null && isTakenSince(set, ready)) {
    const message = `${link.key} takes one link only there, and another one was made after this one was asked for.`;
    return [{ code: 'place_taken', message }];
  }
  const writer = {
    caller: { principal: asker.principal, via: row.via, requestId: row.request },
    interface: null,
    run: null,
  };
  const command = commandOf(ready);
  set.beginWrite(command.stamp);
  const outcome = command.kind === 'link' ? judgeLink(set, writer, command) : judgeUnlink(set, writer, command);
  return outcome.kind === 'rejected' ? outcome.violations.map(({ code, message }) => ({ code, message })) : null;
}

function commandOf({ row, link, left, right }: Named): WriteCommand & { readonly kind: 'link' | 'unlink' } {
  const pair = { from: { type: link.left, ref: left }, link: link.name, to: { ref: right } };
  const stamp = row.stamp === null ? {} : { stamp: row.stamp };
  // Once per pair there is nothing to clear: the two were not linked, or the stamp tells which link counts.
  const isOfRole = link.oncePer === 'role' && row.slot !== everySlot;
  const role = row.role === null ? null : { by: 'number' as const, value: String(row.role) };
  if (row.removes) return { kind: 'unlink', ...pair, ...(isOfRole && { role }), which: 'all', ...stamp };
  return {
    kind: 'link',
    ...pair,
    ...((isOfRole || role !== null) && { role }),
    ...(row.attributes !== null && { attributes: row.attributes }),
    ...stamp,
  };
}

/** What was asked for earlier must not push out what was linked later. */
function isTakenSince(set: WorkingSet, { row, link, leftRow, rightRow }: Ready): boolean {
  const there = [
    leftIsSingle(link) ? set.linkOfLeft(link, leftRow.number) : undefined,
    rightIsSingle(link) ? set.linkOfRight(link, rightRow.number) : undefined,
  ];
  return there.some(
    (at) =>
      at?.stored != null &&
      !(at.row.left_number === leftRow.number && at.row.right_number === rightRow.number) &&
      at.row.created_at > row.asked_at,
  );
}
