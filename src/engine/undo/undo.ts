/** Takes one change of a run back, unless somebody else has changed the same since. */
import type { Field, LinkType } from '../../model/catalogue.ts';
import { byNumber } from '../../model/ref.ts';
import type { LaterChange, PlacedChange } from '../../store/sync/run-changes.ts';
import { checkValue, sameValue } from '../values.ts';
import { judgeDelete } from '../write/judging/judge-delete.ts';
import { slotOf } from '../write/judging/link-place.ts';
import { noteLookup, removeLinkTo } from '../write/judging/put-link.ts';
import { leftIsSingle, rightIsSingle } from '../write/judging/single-sides.ts';
import type { Values, WorkingRow, WorkingSet, Writer } from '../write/working/working-set.ts';

/** What is left as it is, and why. `value`: of a field, as it is, and `before` as it was before. */
export type Left = {
  readonly number: number;
  /** By its key, as issues of sets name it. */
  readonly member: string | null;
  readonly reason: string;
  readonly value?: { readonly now: unknown; readonly before: unknown };
};

/** `nothing`: it was no more than a part of another change, or is undone already. */
export type Undone = {
  readonly kind: 'updated' | 'revived' | 'deleted' | 'rejected' | 'nothing';
  readonly left: readonly Left[];
};

const nothing: Undone = { kind: 'nothing', left: [] };
const done = (kind: Undone['kind']): Undone => ({ kind, left: [] });
const leave = (number: number, member: string | null, reason: string): Undone => ({
  kind: 'rejected',
  left: [{ number, member, reason }],
});
const changedSince = 'it was changed since';

export class Undo {
  readonly #set: WorkingSet;
  readonly #writer: Writer;
  readonly #later: ReadonlyMap<number, readonly LaterChange[]>;

  constructor(set: WorkingSet, writer: Writer, later: readonly LaterChange[]) {
    this.#set = set;
    this.#writer = writer;
    this.#later = Map.groupBy(later, ({ asked }) => asked);
  }

  undo(change: PlacedChange): Undone {
    switch (change.kind) {
      case 'created':
      case 'revived':
        return this.#takeAway(change);
      case 'deleted':
        return this.#bringBack(change);
      case 'updated':
        return this.#restore(change);
      case 'linked':
      case 'unlinked':
      case 'relinked':
        return this.#undoLink(change);
      default:
        return leave(change.number, null, 'such a change is not taken back');
    }
  }

  #laterOf({ batch, row, number }: PlacedChange): readonly LaterChange[] {
    const later = this.#later.get(number) ?? [];
    return later.filter((one) => one.batch > batch || (one.batch === batch && one.row > row));
  }

  #takeAway(change: PlacedChange): Undone {
    const row = this.#set.rows.get(change.number);
    if (row === undefined || row.deletedAt !== null) return nothing;
    if (this.#laterOf(change).length > 0) return leave(change.number, null, changedSince);
    const outcome = judgeDelete(this.#set, this.#writer, { type: row.type.key, ref: byNumber(row.number) });
    if (outcome.kind === 'rejected') return leave(row.number, null, outcome.violations[0].message);
    if (row.type.onReturn === 'revive') this.#giveKeysBack(row, change);
    return done('deleted');
  }

  /** A tombstone is found by the keys that it had before it was revived, unless they are another record's by now. */
  #giveKeysBack(row: WorkingRow, { kind, before }: PlacedChange): void {
    if (kind !== 'revived') return;
    const keys: [Field, unknown][] = [];
    for (const [id, value] of Object.entries(before ?? {})) {
      const field = row.type.fieldsById.get(Number(id));
      if (field === undefined || !field.unique) continue;
      const holder = value === null ? row : (this.#set.holderOf(row.type, field, value) ?? row);
      keys.push([field, holder === row ? value : null]);
    }
    this.#set.setValues(row, keys);
  }

  #bringBack(change: PlacedChange): Undone {
    const row = this.#set.rows.get(change.number);
    if (row === undefined) return leave(change.number, null, 'it is gone');
    if (row.deletedAt === null || this.#laterOf(change).length > 0) return leave(row.number, null, changedSince);
    const values = Object.entries(change.before ?? {}).flatMap(([id, value]) => {
      const field = row.type.fieldsById.get(Number(id));
      return field === undefined || field.link !== null || value === null ? [] : [[field, value] as const];
    });
    const taken = values.find(([field, value]) => this.#isTaken(row, field, value));
    if (taken !== undefined) return leave(row.number, taken[0].key, 'another record has its key now');
    row.deletedAt = null;
    this.#set.setValues(row, values);
    this.#stamp(row);
    this.#set.note(this.#writer, {
      kind: 'revived',
      number: row.number,
      version: row.version,
      before: null,
      after: row.values,
    });
    return done('revived');
  }

  /** Lookups are links, and have change rows of their own. */
  #restore(change: PlacedChange): Undone {
    const row = this.#set.rows.get(change.number);
    if (row === undefined || row.deletedAt !== null) return leave(change.number, null, 'it was deleted since');
    const touched = new Set(this.#laterOf(change).flatMap(({ kind, fields }) => (kind === 'updated' ? fields : [])));
    const [before, after]: [Values, Values] = [{}, {}];
    const restored: [Field, unknown][] = [];
    const left: Left[] = [];
    for (const [id, value] of Object.entries(change.before ?? {})) {
      const field = row.type.fieldsById.get(Number(id));
      if (field === undefined || field.link !== null) continue;
      const reason = touched.has(id) ? changedSince : this.#obstacle(row, field, value);
      const now = row.values[id] ?? null;
      if (reason !== undefined)
        left.push({ number: row.number, member: field.key, reason, value: { now, before: value } });
      else if (!sameValue(now, value ?? null)) {
        before[id] = now;
        after[id] = value;
        restored.push([field, value]);
      }
    }
    if (restored.length === 0) return left.length > 0 ? { kind: 'rejected', left } : nothing;
    this.#set.setValues(row, restored);
    this.#stamp(row);
    this.#set.note(this.#writer, { kind: 'updated', number: row.number, version: row.version, before, after });
    return { kind: 'updated', left };
  }

  #obstacle(row: WorkingRow, field: Field, value: unknown): string | undefined {
    if (value === null) return field.required ? 'its field must have a value now' : undefined;
    if (!checkValue(field, value).ok) return 'its field does not take the former value any more';
    return this.#isTaken(row, field, value) ? 'another record has the former value now' : undefined;
  }

  #isTaken(row: WorkingRow, field: Field, value: unknown): boolean {
    const holder = field.unique ? this.#set.holderOf(row.type, field, value) : undefined;
    return holder !== undefined && holder !== row && holder.deletedAt === null;
  }

  #undoLink(change: PlacedChange): Undone {
    const { number, other_number: other } = change;
    const link = this.#set.catalogue.linksById.get(change.link_type ?? 0);
    const left = this.#set.rows.get(number);
    const right = this.#set.rows.get(other ?? 0);
    if (link === undefined || left === undefined || right === undefined) return leave(number, null, 'it is gone');
    const isLater = this.#laterOf(change).some((one) => one.link_type === link.id && one.other_number === other);
    if (isLater) return leave(number, link.name, changedSince);
    const at = this.#set
      .pairLinks(link, left.number, right.number)
      .find(({ row }) => row.number === change.link_number);
    if (change.kind === 'unlinked') return this.#linkAgain(change, link, left, right);
    if (at === undefined) return nothing;
    if (change.kind === 'linked') {
      removeLinkTo(this.#set, this.#writer, at, right);
      return done('updated');
    }
    const before = at.row;
    const { role, attributes } = stateOf(change, link);
    const slot = slotOf(link, role);
    if (slot !== before.slot && this.#hasSlot(link, left, right, slot)) return leave(number, link.name, changedSince);
    at.row = { ...before, role: role?.number ?? null, slot, attributes, updated_at: this.#set.now };
    this.#set.noteLink(this.#writer, 'relinked', at, before);
    return done('updated');
  }

  #linkAgain(change: PlacedChange, link: LinkType, left: WorkingRow, right: WorkingRow): Undone {
    const { role, attributes } = stateOf(change, link);
    const slot = slotOf(link, role);
    if (left.deletedAt !== null || right.deletedAt !== null)
      return leave(left.number, link.name, 'one of its two records was deleted');
    if (this.#hasSlot(link, left, right, slot)) return nothing;
    const isTaken =
      (leftIsSingle(link) && this.#set.linkOfLeft(link, left.number) !== undefined) ||
      (rightIsSingle(link) && this.#set.linkOfRight(link, right.number) !== undefined);
    if (isTaken) return leave(left.number, link.name, 'one of its two records is linked to another now');
    const made = this.#set.addNewLink({
      number: change.link_number ?? this.#set.drawLinkNumber(),
      link_type: link.id,
      left_number: left.number,
      right_number: right.number,
      slot,
      role: role?.number ?? null,
      attributes,
      one_left: leftIsSingle(link) ? left.number : null,
      one_right: rightIsSingle(link) ? right.number : null,
      created_at: this.#set.now,
      updated_at: this.#set.now,
    });
    this.#set.noteLink(this.#writer, 'linked', made, null);
    noteLookup(this.#set, this.#writer, link, left, null, right.number);
    return done('updated');
  }

  #hasSlot(link: LinkType, left: WorkingRow, right: WorkingRow, slot: number): boolean {
    return this.#set.pairLinks(link, left.number, right.number).some(({ row }) => row.slot === slot);
  }

  #stamp(row: WorkingRow): void {
    row.version += 1;
    row.updatedAt = this.#set.now;
    row.updatedBy = this.#writer.caller.principal.id;
  }
}

/** What a link was before the change. */
function stateOf({ before }: PlacedChange, link: LinkType) {
  const role = link.roles.find(({ number }) => number === before?.role) ?? null;
  return { role, attributes: (before?.attributes ?? null) as Record<string, unknown> | null };
}
