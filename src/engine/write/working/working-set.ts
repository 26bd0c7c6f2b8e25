/**
 * The records and links that a batch works on, held in memory between reading and writing them: each command of the batch sees what
 * the ones before it did. Rows were locked when they were read, so nobody else changes them meanwhile.
 */
import type { Catalogue, Field, LinkType, RecordType } from '../../../model/catalogue.ts';
import { principalId } from '../../../model/ids.ts';
import type { Caller } from '../../../model/principal.ts';
import type { ChangeKind, LinkView, RecordPointer, RecordView } from '../../../model/record.ts';
import type { Ref } from '../../../model/ref.ts';
import { type Stamp, shownStamp } from '../../../model/stamp.ts';
import type { ChangeRow } from '../../../store/changes/changes.ts';
import type { EndRow } from '../../../store/links/link-ends.ts';
import type { LinkRow } from '../../../store/links/links.ts';
import type { Alias } from '../../../store/records/aliases.ts';
import { type Key, type Numbers, type RecordRow, type RecordStamps, valuesOf } from '../../../store/records/records.ts';
import { formOf, keyOf } from '../../keys/key-of.ts';
import type { WritingInterface } from '../../ownership.ts';
import { fieldsOf, linkViewOf, numberOf, pointerTo } from '../../views.ts';
import type { GaveWay } from '../judging/give-way.ts';
import { KeyMap } from './key-map.ts';
import { LinkIndex } from './link-index.ts';
import { LinkStamps, raiseLinkStamps } from './link-stamps.ts';
import { Numberings } from './numberings.ts';
import { raiseMarks } from './stamps.ts';

/** Who writes: a caller, perhaps on behalf of an interface's run. */
export type Writer = {
  readonly caller: Caller;
  readonly interface: WritingInterface;
  readonly run: number | null;
  /** Whether what another owns is to give way. */
  readonly force?: true;
};

export type Values = Record<string, unknown>;

export type WorkingRow = {
  readonly number: number;
  readonly type: RecordType;
  /** By field id, external_id among them; a tombstone's are its keys only. Never changed themselves: whatever is new is another object. */
  values: Readonly<Values>;
  version: number;
  readonly createdAt: Date;
  readonly createdBy: number;
  updatedAt: Date;
  updatedBy: number;
  deletedAt: Date | null;
  /** Never changed itself: whatever is new is another object. */
  stamps: RecordStamps | null;
  /** As it was read; null when this batch makes it. */
  readonly stored: RecordRow | null;
};

export type WorkingLink = { row: LinkRow; readonly stored: LinkRow | null; gone: boolean };

export class WorkingSet {
  readonly catalogue: Catalogue;
  readonly now: Date;
  readonly rows = new Map<number, WorkingRow>();
  readonly changes: { change: ChangeRow; removed: WorkingLink | null }[] = [];
  /** Where in the body that stands which is judged just now: an element of a set, a row of an import. */
  place: number | null = null;
  /** What the write that is judged just now is as of. */
  stamp: Stamp | undefined;
  /** What gave way to it, as it is forced. */
  gaveWay: GaveWay | null = null;
  /** Whether any write of the batch said how old it is: it may have left nothing but that. */
  isStamped = false;
  readonly linkStamps = new LinkStamps();
  readonly numberings = new Numberings();
  readonly #numbersByKey = new KeyMap<number>();
  readonly #aliases = new Map<string, Alias>();
  /** Former keys that this batch adds, and those that it takes away since a record has the value again. */
  readonly aliasesMade = new Map<string, Alias>();
  readonly aliasesGone = new Map<string, Alias>();
  readonly #links = new LinkIndex();
  #numbers: Numbers = { records: [], links: [] };
  #recordsTaken = 0;
  #linksTaken = 0;

  constructor(catalogue: Catalogue, now: Date) {
    this.catalogue = catalogue;
    this.now = now;
  }

  // ---- what was read

  addStoredRow(stored: RecordRow): void {
    const type = this.catalogue.typesById.get(stored.type);
    if (type === undefined) return;
    this.#addRow({
      number: stored.number,
      type,
      values: valuesOf(stored),
      version: stored.version,
      createdAt: stored.created_at,
      createdBy: stored.created_by,
      updatedAt: stored.updated_at,
      updatedBy: stored.updated_by,
      deletedAt: stored.deleted_at,
      stamps: stored.stamps,
      stored,
    });
  }

  /** A record that is to be linked, and is not written: of the rest of it nothing is known. */
  addEnd({ number, type, external_id, data = none, deleted_at, stamps }: EndRow): void {
    this.addStoredRow({
      number,
      type,
      external_id,
      data,
      version: 0,
      created_at: this.now,
      updated_at: this.now,
      created_by: 0,
      updated_by: 0,
      deleted_at,
      stamps,
    });
  }

  addStoredLink(stored: LinkRow): void {
    this.#links.add({ row: stored, stored, gone: false });
  }

  addAlias(alias: Alias): void {
    this.#aliases.set(keyText(alias.type, alias.field, alias.value), alias);
  }

  giveNumbers(numbers: Numbers): void {
    this.#numbers = numbers;
    this.#recordsTaken = 0;
    this.#linksTaken = 0;
  }

  /** Those that no record or link took. */
  numbersLeft(): Numbers {
    const { records, links } = this.#numbers;
    return { records: records.slice(this.#recordsTaken), links: links.slice(this.#linksTaken) };
  }

  // ---- finding

  /** The record that a ref names, perhaps by a former key; a tombstone included. */
  find(type: RecordType, ref: Ref): WorkingRow | undefined {
    const number = ref.by === 'key' ? this.#numberOfRef(type, ref) : numberOf(this.catalogue, type, ref, noKey);
    const row = number === undefined ? undefined : this.rows.get(number);
    return row?.type.id === type.id ? row : undefined;
  }

  #numberOfRef(type: RecordType, { field: key, value }: Ref & { by: 'key' }): number | undefined {
    const field = type.fieldsByKey.get(key);
    return field?.unique ? this.#numberOfKey(type.id, field.id, formOf(field, value)) : undefined;
  }

  holderOf(type: RecordType, field: Field, value: unknown): WorkingRow | undefined {
    const number = this.#numbersByKey.get(type.id, field.id, formOf(field, value));
    return number === undefined ? undefined : this.rows.get(number);
  }

  numberOfKey(key: Key): number | undefined {
    return this.#numberOfKey(key.type, key.field, key.value);
  }

  #numberOfKey(type: number, field: number, value: string): number | undefined {
    const number = this.#numbersByKey.get(type, field, value);
    if (number !== undefined || this.#aliases.size === 0) return number;
    return this.#aliases.get(keyText(type, field, value))?.number;
  }

  get links(): ReadonlySet<WorkingLink> {
    return this.#links.all;
  }

  pairLinks(link: LinkType, left: number, right: number): WorkingLink[] {
    return this.#links.ofPair(link, left, right);
  }

  /** The one link of a left record that may have only one. */
  linkOfLeft(link: LinkType, left: number): WorkingLink | undefined {
    return this.#links.ofSingleLeft(link, left);
  }

  linkOfRight(link: LinkType, right: number): WorkingLink | undefined {
    return this.#links.ofSingleRight(link, right);
  }

  linksOfRecord(number: number): WorkingLink[] {
    return this.#links.ofRecord(number);
  }

  // ---- changing

  newRow(type: RecordType, number: number | undefined, by: number): WorkingRow {
    const drawn = number ?? this.#numbers.records[this.#recordsTaken++];
    if (drawn === undefined) throw new Error('A batch drew too few record numbers');
    const row: WorkingRow = {
      number: drawn,
      type,
      values: none,
      version: 0,
      createdAt: this.now,
      createdBy: by,
      updatedAt: this.now,
      updatedBy: by,
      deletedAt: null,
      stamps: null,
      stored: null,
    };
    this.#addRow(row);
    return row;
  }

  /** Sets or, with null, clears values. A tombstone that held the same key lets go of it. */
  setValues(row: WorkingRow, changes: Iterable<readonly [Field, unknown]>): void {
    const values: Values = { ...row.values };
    for (const [field, value] of changes) {
      if (field.unique) this.#moveKey(row, field, values[field.id], value);
      if (value !== null) values[field.id] = value;
      else if (values[field.id] !== undefined) delete values[field.id];
    }
    row.values = values;
  }

  /** Clears all that it has of its type's fields. */
  clearValues(row: WorkingRow, isKept: (field: Field) => boolean = () => false): void {
    const has = row.type.fields.filter((field) => row.values[field.id] !== undefined && !isKept(field));
    this.setValues(
      row,
      has.map((field) => [field, null]),
    );
  }

  #moveKey(row: WorkingRow, field: Field, old: unknown, value: unknown): void {
    if (old !== undefined) this.#numbersByKey.delete(row.type.id, field.id, formOf(field, old));
    if (value === null) return;
    const form = formOf(field, value);
    const holder = this.rows.get(this.#numbersByKey.get(row.type.id, field.id, form) ?? 0);
    if (holder !== undefined && holder !== row) {
      const { [field.id]: _lost, ...left } = holder.values;
      holder.values = left;
    }
    this.#numbersByKey.set(row.type.id, field.id, form, row.number);
    if (this.#aliases.size > 0) this.#dropAlias(keyText(row.type.id, field.id, form));
  }

  /** Lets a value that was a record's key go on finding it. */
  keepAlias(row: WorkingRow, field: Field, spelling: string): void {
    const alias = { ...keyOf(row.type, field, spelling), spelling, number: row.number };
    const text = keyText(alias.type, alias.field, alias.value);
    this.#aliases.set(text, alias);
    this.aliasesMade.set(text, alias);
    this.aliasesGone.delete(text);
  }

  #dropAlias(text: string): void {
    const alias = this.#aliases.get(text);
    if (alias === undefined) return;
    this.#aliases.delete(text);
    this.aliasesMade.delete(text);
    this.aliasesGone.set(text, alias);
  }

  drawLinkNumber(): number {
    const drawn = this.#numbers.links[this.#linksTaken++];
    if (drawn === undefined) throw new Error('A batch drew too few link numbers');
    return drawn;
  }

  addNewLink(row: LinkRow): WorkingLink {
    const made: WorkingLink = { row, stored: null, gone: false };
    this.#links.add(made);
    return made;
  }

  /** Before each write is judged. */
  beginWrite(stamp: Stamp | undefined): void {
    this.stamp = stamp;
    this.gaveWay = null;
    if (stamp !== undefined) this.isStamped = true;
  }

  note(writer: Writer, change: NewChange, removed: WorkingLink | null = null): void {
    if (this.stamp === undefined && change.link_type === undefined) this.#raiseMarks(change);
    this.changes.push({
      change: {
        row: this.changes.length,
        kind: change.kind,
        number: change.number,
        version: change.version ?? null,
        link_type: change.link_type ?? null,
        link_number: change.link_number ?? null,
        other_number: change.other_number ?? null,
        before: change.before,
        after: change.after,
        principal_id: writer.caller.principal.id,
        via: writer.caller.via,
        request: writer.caller.requestId,
        run: writer.run,
        at: this.now,
        place: this.place,
        stamp: this.stamp === undefined ? null : shownStamp(this.stamp),
        forced: this.gaveWay === null ? null : this.gaveWay.in(change),
      },
      removed,
    });
  }

  #raiseMarks({ number, after }: NewChange): void {
    const row = this.rows.get(number);
    if (row !== undefined && row.stamps !== null) raiseMarks(row, Object.keys(after ?? {}), this.now);
  }

  noteLink(writer: Writer, kind: ChangeKind, link: WorkingLink, before: LinkRow | null): void {
    if (this.stamp === undefined) raiseLinkStamps(this, link);
    const state = (row: LinkRow): Values => ({
      role: row.role,
      ...(row.attributes === null ? {} : { attributes: row.attributes }),
    });
    this.note(
      writer,
      {
        kind,
        number: link.row.left_number,
        other_number: link.row.right_number,
        link_type: link.row.link_type,
        link_number: link.row.number,
        before: before === null ? null : state(before),
        after: kind === 'unlinked' ? null : state(link.row),
      },
      kind === 'unlinked' ? link : null,
    );
  }

  removeLink(writer: Writer, link: WorkingLink): void {
    link.gone = true;
    this.noteLink(writer, 'unlinked', link, link.row);
  }

  // ---- showing

  pointer(row: WorkingRow): RecordPointer {
    return pointerTo(this.catalogue, row.type.key, row.number);
  }

  view(row: WorkingRow): RecordView {
    return {
      ...this.pointer(row),
      workspace: this.catalogue.workspace,
      version: row.version,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      createdBy: principalId(row.createdBy),
      updatedBy: principalId(row.updatedBy),
      fields: fieldsOf(
        this.catalogue,
        row.type,
        row.values,
        (link) => this.linkOfLeft(link, row.number)?.row.right_number,
      ),
    };
  }

  linkView(link: WorkingLink): LinkView {
    return linkViewOf(this.catalogue, link.row);
  }

  #addRow(row: WorkingRow): void {
    this.rows.set(row.number, row);
    for (const field of row.type.matchFields) {
      const value = row.values[field.id];
      if (value !== undefined) this.#numbersByKey.set(row.type.id, field.id, formOf(field, value), row.number);
    }
  }
}

const none: Readonly<Values> = {};
const noKey = (): undefined => undefined;

type NewChange = Pick<ChangeRow, 'kind' | 'number' | 'before' | 'after'> &
  Partial<Pick<ChangeRow, 'version' | 'link_type' | 'link_number' | 'other_number'>>;

const keyText = (type: number, field: number, value: string): string => `${type} ${field} ${value}`;
