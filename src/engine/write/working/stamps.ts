/**
 * Late and out-of-order writes: what a write that says how old it is may still change of a record. Each field has the stamp of the
 * write that it was last written by, and the record that of its last delete, so that any order of the same writes ends alike. ADR 0017
 * has the reasons, docs/staleness.md the rules as senders see them.
 */
import { createHash } from 'node:crypto';
import type { Field } from '../../../model/catalogue.ts';
import type { Stale, StaleMember, Violation } from '../../../model/outcomes.ts';
import {
  aheadMinutes,
  inWords,
  isAhead,
  type ShownStamp,
  type Stamp,
  type StampKind,
  shownStamp,
} from '../../../model/stamp.ts';
import type { Mark, RecordStamps } from '../../../store/records/records.ts';
import type { WorkingRow } from './working-set.ts';

const none: RecordStamps = {};

/** What of a stamp can be said without its record. */
function aheadViolation(stamp: Stamp, now: Date): Violation | undefined {
  return isAhead(stamp, now) ? { code: 'stamp_ahead', message: aheadOfNow(stamp) } : undefined;
}

export const aheadOfNow = (stamp: Stamp): string =>
  `${inWords(stamp)} lies more than ${aheadMinutes} minutes ahead of this server, and would make all that others write until then stale. Set the sender's clock.`;

/** A time and a version cannot be compared: whichever kind a record has first is the kind that it takes. */
export function stampViolation(stamp: Stamp, now: Date, row: WorkingRow | undefined): Violation | undefined {
  const known = row?.stamps?.kind;
  if (row === undefined || known === undefined || known === stamp.kind) return aheadViolation(stamp, now);
  const message = `${row.type.key} ${row.number} is written with ${known}, which ${stamp.kind} cannot be compared with. Send ${known}, or neither.`;
  return { code: 'stamp_kind_mismatch', expected: known, given: stamp.kind, message };
}

const atOf = (mark: Mark): number => (typeof mark === 'number' ? mark : mark[0]);

/** The delete that a write must be newer than. One without a stamp counts as of when it was made. */
export function deletedAsOf({ stamps, deletedAt }: WorkingRow, kind: StampKind): Stamp | undefined {
  if (stamps?.kind !== undefined && stamps.kind !== kind) return undefined;
  if (stamps?.deleted !== undefined) return { kind, at: stamps.deleted };
  const isUnstamped = deletedAt !== null && stamps?.kind === undefined && kind === 'as_of';
  return isUnstamped ? { kind, at: deletedAt.getTime() * 1000 } : undefined;
}

/** The newest write that is known of the record. */
const writtenAsOf = ({ stamps }: WorkingRow): Stamp | undefined =>
  stamps?.kind === undefined || stamps.written === undefined ? undefined : { kind: stamps.kind, at: stamps.written };

/** What a field is as of, as it is shown. */
export function stampOfField(stamps: RecordStamps | null, field: number): ShownStamp | null {
  const mark = stamps?.fields?.[field];
  return stamps?.kind === undefined || mark === undefined ? null : shownStamp({ kind: stamps.kind, at: atOf(mark) });
}

/** The texts that two values of equal stamps are compared by: the greater one stays, whichever came first. */
const canonical = (value: unknown): string => (value === null || value === undefined ? '' : JSON.stringify(value));

/** What is compared where the values themselves must not be kept. */
export const saidText = (said: unknown): string =>
  createHash('sha256').update(JSON.stringify(said)).digest('base64url').slice(0, 16);

/** A record as one among others, by what it is called everywhere: its number tells in which order records were made. */
export function lastingName(row: WorkingRow | null): string {
  if (row === null) return '';
  for (const { id, key } of row.type.matchFields) {
    const value = row.values[id];
    if (value !== undefined) return saidText(`${key}:${String(value)}`);
  }
  return saidText(`#${row.number}`);
}

/** One stamped upsert, beside what is known of its record. */
export class UpsertAge {
  readonly stale: StaleMember[] = [];
  readonly #stamp: Stamp;
  readonly #row: WorkingRow | undefined;
  readonly #deleted: Stamp | undefined;
  readonly #marks: Record<string, Mark> = {};
  #admitted = 0;

  /** @param row the record, or the tombstone that the write would bring back. */
  constructor(stamp: Stamp, row: WorkingRow | undefined) {
    this.#stamp = stamp;
    this.#row = row;
    this.#deleted = row && deletedAsOf(row, stamp.kind);
  }

  /** The delete that came after this write. */
  get overtakenBy(): StaleMember | undefined {
    const stored = this.#deleted;
    return stored !== undefined && stored.at >= this.#stamp.at ? { field: null, sent: this.#stamp, stored } : undefined;
  }

  /** Whether nothing of the write is new. */
  get isStale(): boolean {
    return this.stale.length > 0 && this.#admitted === 0;
  }

  /** For the outcome of a write of which something is new. */
  get left(): { stale?: Stale } {
    return this.stale.length === 0 ? {} : { stale: this.stale };
  }

  /** Whether the value counts. @param stored what the field holds now. */
  admits(field: Field, value: unknown, stored: unknown): boolean {
    return this.#admits(field, this.#stamp.at, this.#markOf(field), canonical(value), canonical(stored));
  }

  admitsTarget(field: Field, target: WorkingRow | null): boolean {
    const mark = this.#markOf(field);
    const name = lastingName(target);
    return this.#admits(field, [this.#stamp.at, name], mark, name, typeof mark === 'object' ? mark[1] : '');
  }

  #admits(field: Field, mark: Mark, known: Mark | undefined, value: string, stored: string): boolean {
    const { at } = this.#stamp;
    const knownAt = known === undefined ? Number.NEGATIVE_INFINITY : atOf(known);
    if (at > knownAt || (at === knownAt && value >= stored)) {
      this.#marks[field.id] = mark;
      this.#admitted++;
      return true;
    }
    this.stale.push({ field: field.key, sent: this.#stamp, stored: { kind: this.#stamp.kind, at: knownAt } });
    return false;
  }

  /** A record that was deleted since is nobody's target any more, even if it came back. */
  isOvertaken(field: Field, target: WorkingRow): boolean {
    const stored = deletedAsOf(target, this.#stamp.kind);
    if (stored === undefined || stored.at < this.#stamp.at) return false;
    this.stale.push({ field: field.key, sent: this.#stamp, stored });
    return true;
  }

  /** The field that names the record was not changed, but said again. */
  touch(field: Field): void {
    const known = this.#markOf(field);
    if (known === undefined || atOf(known) < this.#stamp.at) this.#marks[field.id] ??= this.#stamp.at;
  }

  #markOf(field: Field): Mark | undefined {
    return this.#row?.deletedAt === null ? this.#row.stamps?.fields?.[field.id] : undefined;
  }

  /** Keeps on the record what this write was as of. */
  mark(row: WorkingRow): void {
    const { kind, at } = this.#stamp;
    const before = row.stamps ?? none;
    const written = Math.max(at, before.written ?? at);
    const deleted = this.#deleted?.at;
    const known = before.fields ?? {};
    const isNew = Object.keys(this.#marks).some((id) => !isSameMark(known[id], this.#marks[id]));
    if (before.kind === kind && before.written === written && before.deleted === deleted && !isNew) return;
    const fields = { ...known, ...this.#marks };
    row.stamps = { ...before, kind, written, ...(deleted === undefined ? {} : { deleted }), fields };
  }
}

const isSameMark = (a: Mark | undefined, b: Mark | undefined): boolean =>
  typeof a === 'object' && typeof b === 'object' ? a[0] === b[0] && a[1] === b[1] : a === b;

/**
 * Whether a record was made, or is known to have been written, after a set that does not have it. What cannot be compared is taken to
 * be: nothing is deleted by a guess.
 */
export function outlives({ stamps, createdAt }: Pick<WorkingRow, 'stamps' | 'createdAt'>, stamp: Stamp): boolean {
  if (stamps?.kind !== undefined && stamps.kind !== stamp.kind) return true;
  if (stamps?.written !== undefined) return stamps.written > stamp.at;
  return stamp.kind === 'as_of' && createdAt.getTime() * 1000 > stamp.at;
}

/**
 * What a stamped delete does. `stale`: the record was deleted later, or written later in all that it holds. `partly`: it was written
 * since, and goes on with what is newer, as if it had been deleted and had come back.
 */
export type DeleteAge =
  | { readonly kind: 'deletes' }
  | { readonly kind: 'stale'; readonly stored: Stamp }
  | { readonly kind: 'partly'; readonly stored: Stamp; readonly older: readonly Field[] };

export function deleteAge(stamp: Stamp, row: WorkingRow): DeleteAge {
  const deleted = deletedAsOf(row, stamp.kind);
  if (deleted !== undefined && deleted.at >= stamp.at) return { kind: 'stale', stored: deleted };
  const written = writtenAsOf(row);
  if (row.deletedAt !== null || written === undefined || written.at <= stamp.at) return { kind: 'deletes' };
  const marks = row.stamps?.fields ?? {};
  const older = row.type.fields.filter(({ id }) => {
    const mark = marks[id];
    return mark === undefined || atOf(mark) <= stamp.at;
  });
  return { kind: 'partly', stored: written, older };
}

/** The record as of a delete: older stamps say nothing any more. */
export function markDeleted(row: WorkingRow, { kind, at }: Stamp): void {
  const { deleted: _, fields = {}, ...before } = row.stamps ?? none;
  const newer = Object.entries(fields).filter(([, mark]) => atOf(mark) > at);
  row.stamps = { ...before, kind, deleted: at, fields: Object.fromEntries(newer) };
}

/** A write without a stamp counts as of now; where versions are counted, as between the last one and the next. */
export function raiseMarks(row: WorkingRow, ids: readonly string[], now: Date): void {
  const { stamps } = row;
  if (stamps?.kind === undefined) return;
  const { fields = {} } = stamps;
  const newest = Math.max(stamps.written ?? 0, stamps.deleted ?? 0);
  const at = stamps.kind === 'as_of' ? Math.max(now.getTime() * 1000, newest + 1) : Math.floor(newest) + 0.5;
  if (row.deletedAt !== null) {
    row.stamps = { ...stamps, deleted: at, fields: {} };
    return;
  }
  const raised = ids.map((id) => [id, at] as const);
  row.stamps = { ...stamps, written: at, fields: { ...fields, ...Object.fromEntries(raised) } };
}
