/** The pending links that a batch knows of, makes and removes: held in memory until they are written with all else. */
import type { Catalogue, Field, LinkEnd, RecordType } from '../../../model/catalogue.ts';
import type { LinkCommand, UnlinkCommand } from '../../../model/commands.ts';
import { principalId } from '../../../model/ids.ts';
import type { PendingLinkView, PendingState } from '../../../model/pending.ts';
import { byKey, byNumber, type Ref } from '../../../model/ref.ts';
import { isStorableText } from '../../../model/text.ts';
import {
  drawPendingNumbers,
  lockPendingOfPairs,
  numberField,
  type PendingPair,
  type PendingPlace,
  type PendingRow,
  type PendingSide,
  pairOfRow,
  putPendingLinks,
  removePendingAt,
  reserveKeys,
} from '../../../store/links/pending-links.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import type { Key } from '../../../store/records/records.ts';
import { formOf } from '../../keys/key-of.ts';
import { keyLimits } from '../../values.ts';
import { numberOf } from '../../views.ts';
import type { WriteCommand } from '../commands.ts';
import type { WorkingSet } from '../working/working-set.ts';

/** Links of these types are to wait for the first time: nothing looks for them until the workspace is told so. */
export class UnmarkedLinkTypes extends Error {
  readonly linkTypes: readonly number[];
  constructor(linkTypes: readonly number[]) {
    super('Link types without pending links so far');
    this.linkTypes = linkTypes;
  }
}

export class PendingLinks {
  /** The link types that links may be waiting of. */
  readonly marked: ReadonlySet<number>;
  readonly #waiting = new Map<string, PendingRow[]>();
  readonly #put = new Set<PendingRow>();
  readonly #removed: PendingPlace[] = [];
  readonly #reserved = new Set<string>();
  #numbers: number[] = [];

  constructor(marked: ReadonlySet<number>) {
    this.marked = marked;
  }

  /**
   * Asks the database only for commands that may wait, or may take back what waits. Keys that the batch may give or wait for come first:
   * whoever gives one to a record asks then what waits for it, and two that did so the other way round would wait for each other.
   */
  static async load(
    tx: Transaction,
    set: WorkingSet,
    marked: ReadonlySet<number>,
    commands: readonly WriteCommand[],
  ): Promise<PendingLinks> {
    const pending = new PendingLinks(marked);
    const { workspace } = set.catalogue;
    const concerned = commands.flatMap((command) =>
      (command.kind === 'link' && command.defer) || (command.kind === 'unlink' && (command.withdraw || command.defer))
        ? [command]
        : [],
    );
    const pairs = concerned.flatMap((command) => {
      const named = pairOf(set.catalogue, command);
      return named !== undefined && marked.has(named.end.link.id) ? [named.pair] : [];
    });
    const most = concerned.filter(({ kind, stamp }) => kind === 'link' || stamp !== undefined).length;
    if (most > 0) {
      const giving = commands.filter(({ kind }) => kind === 'upsert');
      pending.#reserve(
        tx,
        set,
        [...concerned, ...giving].flatMap((command) => keysOf(set.catalogue, command)),
      );
      pending.#numbers = await drawPendingNumbers(tx, most);
    }
    const each = new Map(pairs.map((pair) => [textOf(pair), pair]));
    if (each.size === 0) return pending;
    for (const row of await lockPendingOfPairs(tx, workspace, [...each.values()])) pending.#add(row);
    return pending;
  }

  newNumber(): number {
    const number = this.#numbers.shift();
    if (number === undefined) throw new Error('A batch drew too few numbers of pending links');
    return number;
  }

  of(pair: PendingPair): readonly PendingRow[] {
    return this.#waiting.get(textOf(pair)) ?? [];
  }

  put(row: PendingRow, insteadOf: PendingRow | undefined): void {
    if (insteadOf !== undefined)
      this.remove({ ...pairOfRow(insteadOf), slot: insteadOf.slot, removes: insteadOf.removes });
    this.#add(row);
    this.#put.add(row);
  }

  remove(place: PendingPlace): void {
    const there = this.of(place);
    const isMeant = (row: PendingRow): boolean =>
      (place.slot === null || row.slot === place.slot) &&
      (place.removes === null || row.removes === place.removes) &&
      (!place.onlyUndated || row.stamp === null);
    this.#waiting.set(
      textOf(place),
      there.filter((row) => !isMeant(row)),
    );
    for (const row of there) if (isMeant(row)) this.#put.delete(row);
    if (this.marked.has(place.link_type)) this.#removed.push(place);
  }

  /** After the records: nobody else may make one that something begins to wait for now. */
  store(tx: Transaction, set: WorkingSet): void {
    const { workspace } = set.catalogue;
    if (this.#removed.length > 0) removePendingAt(tx, workspace, this.#removed);
    if (this.#put.size === 0) return;
    const rows = [...this.#put];
    this.#reserve(
      tx,
      set,
      rows.flatMap((row) => awaitedKeys(set.catalogue, pairOfRow(row))),
    ); // that the batch itself took from a record
    putPendingLinks(tx, workspace, rows);
  }

  /** Of those that no record has: nobody else can give them to one until the transaction ends. */
  #reserve(tx: Transaction, set: WorkingSet, keys: readonly Key[]): void {
    const missing = new Map<string, Key>();
    for (const key of keys) {
      const text = `${key.type} ${key.field} ${key.value}`;
      if (!this.#reserved.has(text) && set.numberOfKey(key) === undefined) missing.set(text, key);
    }
    if (missing.size === 0) return;
    for (const text of missing.keys()) this.#reserved.add(text);
    const inOrder = [...missing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
    reserveKeys(tx, set.catalogue.workspace, inOrder);
  }

  /** @throws when the workspace must be told of link types first. */
  checkMarks(): void {
    const unmarked = [...this.#put].map((row) => row.link_type).filter((type) => !this.marked.has(type));
    if (unmarked.length > 0) throw new UnmarkedLinkTypes([...new Set(unmarked)]);
  }

  #add(row: PendingRow): void {
    const text = textOf(pairOfRow(row));
    this.#waiting.set(text, [...(this.#waiting.get(text) ?? []), row]);
  }
}

/** By which a command names records that need not be there. */
function keysOf(catalogue: Catalogue, command: WriteCommand): Key[] {
  if (command.kind === 'link' || command.kind === 'unlink') {
    const named = pairOf(catalogue, command);
    return named === undefined ? [] : awaitedKeys(catalogue, named.pair);
  }
  const type = catalogue.types.get(command.type);
  const side = type && command.ref !== null ? sideOf(catalogue, type, command.ref) : undefined;
  return type === undefined || side === undefined ? [] : keyOfSide(type, side);
}

function awaitedKeys({ linksById, types }: Catalogue, { link_type: id, left, right }: PendingPair): Key[] {
  const link = linksById.get(id);
  const [leftType, rightType] = [types.get(link?.left ?? ''), types.get(link?.right ?? '')];
  return [...(leftType ? keyOfSide(leftType, left) : []), ...(rightType ? keyOfSide(rightType, right) : [])];
}

/** None where no record can have it: whoever named it is told so when that is judged. */
function keyOfSide(type: RecordType, { field, value }: PendingSide): Key[] {
  const isKey = field !== numberField && isStorableText(value) && Buffer.byteLength(value) <= keyLimits.bytes;
  return isKey ? [{ type: type.id, field, value }] : [];
}

const textOf = ({ link_type, left, right }: PendingPair): string =>
  JSON.stringify([link_type, left.field, left.value, right.field, right.value]);

/** What a command names, as a pending link would name it. undefined: something that cannot be. */
export function pairOf(
  catalogue: Catalogue,
  command: LinkCommand | UnlinkCommand,
): { readonly end: LinkEnd; readonly pair: PendingPair } | undefined {
  const fromType = catalogue.types.get(command.from.type);
  const end = fromType?.linkEnds.get(command.link);
  const toType = end && catalogue.types.get(end.other);
  if (fromType === undefined || end === undefined || toType === undefined) return undefined;
  const from = sideOf(catalogue, fromType, command.from.ref);
  const to = sideOf(catalogue, toType, command.to.ref);
  if (from === undefined || to === undefined) return undefined;
  const [left, right] = end.side === 'left' ? [from, to] : [to, from];
  return { end, pair: { link_type: end.link.id, left, right } };
}

function sideOf(catalogue: Catalogue, type: RecordType, ref: Ref): PendingSide | undefined {
  if (ref.by === 'key') {
    const field = type.fieldsByKey.get(ref.field);
    return field?.unique ? sideOfKey(field, ref.value) : undefined;
  }
  const number = numberOf(catalogue, type, ref, () => undefined);
  return number === undefined ? undefined : sideOfNumber(number);
}

export const sideOfNumber = (number: number): PendingSide => ({
  field: numberField,
  value: String(number),
  spelling: null,
});

export function sideOfKey(field: Field, given: unknown): PendingSide {
  const value = formOf(field, given);
  return { field: field.id, value, spelling: value === String(given) ? null : String(given) };
}

export function refOfSide(type: RecordType, { field, value, spelling }: PendingSide): Ref | undefined {
  if (field === numberField) return byNumber(Number(value));
  const known = type.fieldsById.get(field);
  return known && byKey(known.key, spelling ?? value);
}

export const stateOf = (row: PendingRow, now: Date): PendingState =>
  row.expires_at <= now ? 'expired' : row.refusal === null ? 'waiting' : 'refused';

/** undefined: the schema has its link type, or a field that it names, no more. */
export function pendingView(
  catalogue: Catalogue,
  row: PendingRow,
  now: Date,
  isMissing: (type: RecordType, ref: Ref) => boolean,
): PendingLinkView | undefined {
  const link = catalogue.linksById.get(row.link_type);
  const leftType = link && catalogue.types.get(link.left);
  const rightType = link && catalogue.types.get(link.right);
  if (link === undefined || leftType === undefined || rightType === undefined) return undefined;
  const pair = pairOfRow(row);
  const left = refOfSide(leftType, pair.left);
  const right = refOfSide(rightType, pair.right);
  if (left === undefined || right === undefined) return undefined;
  return {
    number: row.number,
    link: link.key,
    left: { type: link.left, ref: left, missing: isMissing(leftType, left) },
    right: { type: link.right, ref: right, missing: isMissing(rightType, right) },
    role: link.roles.find((role) => role.number === row.role) ?? null,
    attributes: row.attributes ?? {},
    removes: row.removes,
    stamp: row.stamp === null ? null : { kind: row.stamp.kind, at: row.stamp.at },
    state: stateOf(row, now),
    reasons: row.refusal ?? [],
    principal: { id: principalId(row.principal_id), name: row.principal_name },
    via: row.via,
    request: row.request,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
  };
}
