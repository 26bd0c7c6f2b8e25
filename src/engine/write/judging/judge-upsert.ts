/** Upsert: what a command does to one record, judged against the working set. Refusals change nothing. */
import type { RecordType } from '../../../model/catalogue.ts';
import type { UpsertCommand } from '../../../model/commands.ts';
import type { UpsertOutcome, Violation } from '../../../model/outcomes.ts';
import { grantViolations } from '../../access/grants.ts';
import { isSameKey } from '../../keys/key-of.ts';
import { owns, typeOwnedElsewhere } from '../../ownership.ts';
import { stampViolation, UpsertAge } from '../working/stamps.ts';
import type { Values, WorkingRow, WorkingSet, Writer } from '../working/working-set.ts';
import { checkPatch, type Patch } from './check-patch.ts';
import { setLookup } from './put-link.ts';
import {
  matchFieldViolations,
  recordNotFound,
  rejected,
  rejectedFor,
  unknownField,
  unknownRecordType,
} from './rejected.ts';

/** Whoever sends thousands of unknown fields is told of the first of them. */
const mostUnknownNamed = 100;

/** @param show what the outcome shall show of the record, as it is after the command. */
export function judgeUpsert<Shown>(
  set: WorkingSet,
  writer: Writer,
  command: UpsertCommand,
  show: (row: WorkingRow) => Shown,
): UpsertOutcome<Shown> {
  const type = set.catalogue.types.get(command.type);
  if (type === undefined) return rejected(unknownRecordType(set.catalogue, command.type));
  const misnamed = rejectedFor(matchFieldViolations(type, command.ref, 'record'));
  if (misnamed) return misnamed;

  const found = command.ref === null ? undefined : set.find(type, command.ref);
  const live = found?.deletedAt === null ? found : undefined;
  // Only a key can name a record that is yet to be made: a number or id of none is a mistake.
  const mayCreate = command.mode !== 'update' && (command.ref === null || command.ref.by === 'key');
  const ungranted = rejectedFor(grantsFor(writer, live !== undefined || !mayCreate ? 'edit' : 'create', type));
  if (ungranted) return ungranted;

  const misplaced = placeViolation(set, command, type, live, mayCreate);
  if (misplaced) return rejected(misplaced);
  const unfit = command.stamp && stampViolation(command.stamp, set.now, found);
  if (unfit) return rejected(unfit);
  const age = command.stamp && new UpsertAge(command.stamp, found);
  const overtaken = age?.overtakenBy;
  if (found !== undefined && overtaken !== undefined)
    return { kind: 'stale', record: show(found), stale: [overtaken], deleted: live === undefined };

  const revived = live === undefined && found !== undefined && type.onReturn === 'revive' ? found : undefined;
  const violations: Violation[] = [];
  for (const key of Object.keys(command.fields))
    if (!type.fieldsByKey.has(key) && violations.length < mostUnknownNamed) violations.push(unknownField(type, key));
  if (live === undefined && !owns(type.owner, writer.interface))
    violations.push(typeOwnedElsewhere(type.key, type.owner));
  const patch = checkPatch(set, writer, type, live, command, age, violations);
  const refused = rejectedFor(violations);
  if (refused) return refused;

  if (live === undefined) {
    const isNew = revived === undefined || hasNeverLived(revived);
    drawNumbers(set, type, command, patch);
    const row = create(set, writer, type, revived, patch, command.number);
    age?.mark(row);
    return { kind: isNew ? 'created' : 'revived', record: show(row), ...age?.left };
  }
  age?.mark(live);
  if (age?.isStale) return { kind: 'stale', record: show(live), stale: age.stale, deleted: false };
  if (patch.values.size === 0 && patch.lookups.size === 0)
    return { kind: 'unchanged', record: show(live), ...age?.left };
  if (command.keepAliases && type.keepAliases) keepAliases(set, live, patch);
  update(set, writer, live, patch);
  const changed = [...patch.values.keys(), ...patch.lookups.keys()].map((field) => field.key);
  return { kind: 'updated', record: show(live), changed, ...age?.left };
}

/** Once nothing can be refused any more: a record that is not made draws none. */
function drawNumbers(set: WorkingSet, type: RecordType, command: UpsertCommand, patch: Patch): void {
  for (const field of type.numbered)
    if (!patch.values.has(field) && !Object.hasOwn(command.fields, field.key))
      patch.values.set(field, set.numberings.draw(type, field));
}

export function grantsFor(writer: Writer, action: 'create' | 'edit' | 'delete', type: RecordType): Violation[] {
  // An interface's run is judged by who may call the interface, and by ownership.
  if (writer.interface !== null) return [];
  const missing = grantViolations(writer.caller.principal, action, type.key);
  return writer.force ? [...missing, ...grantViolations(writer.caller.principal, 'force', type.key)] : missing;
}

function placeViolation(
  set: WorkingSet,
  command: UpsertCommand,
  type: RecordType,
  live: WorkingRow | undefined,
  mayCreate: boolean,
): Violation | undefined {
  const taken = live ?? (command.number === undefined ? undefined : set.rows.get(command.number));
  if (command.mode === 'create' && taken !== undefined && command.ref !== null) {
    const message = `This ${type.key} exists already, as number ${taken.number}. Use mode=upsert or mode=update to change it.`;
    return { code: 'record_exists', type: type.key, ref: command.ref, holder: set.pointer(taken), message };
  }
  if (live === undefined && !mayCreate && command.ref !== null) return recordNotFound(type, command.ref, 'record');
  return versionViolation(command.ifVersion, live);
}

export function versionViolation(expected: number | undefined, live: WorkingRow | undefined): Violation | undefined {
  if (expected === undefined || live?.version === expected) return undefined;
  const actual = live?.version ?? null;
  const message = `The record is at version ${actual ?? 'none'}, not ${expected}. Read it again and repeat the change on what is there now.`;
  return { code: 'version_mismatch', expected, actual, message };
}

function create(
  set: WorkingSet,
  writer: Writer,
  type: RecordType,
  tombstone: WorkingRow | undefined,
  patch: Patch,
  number: number | undefined,
): WorkingRow {
  const by = writer.caller.principal.id;
  const row = tombstone ?? set.newRow(type, number, by);
  const kind = tombstone === undefined || hasNeverLived(tombstone) ? 'created' : 'revived';
  const keys = kind === 'revived' ? keysOf(type, row) : {};
  if (tombstone !== undefined) {
    set.clearValues(row);
    row.deletedAt = null;
  }
  stampRow(set, writer, row);
  set.setValues(row, patch.values);
  const after = withLookups(row.values, patch);
  const before = kind === 'revived' ? otherKeys(keys, keysOf(type, row)) : null;
  set.note(writer, { kind, number: row.number, version: row.version, before, after });
  for (const [field, target] of patch.lookups) setLookup(set, writer, field, row, target);
  return row;
}

/** What a record is made with: its values themselves, where it has no lookups. */
function withLookups(values: Readonly<Values>, { lookups }: Patch): Readonly<Values> {
  if (lookups.size === 0) return values;
  const after: Values = { ...values };
  for (const [field, target] of lookups) if (target !== null) after[field.id] = target.number;
  return after;
}

const keysOf = (type: RecordType, row: WorkingRow): Values =>
  Object.fromEntries(type.matchFields.map(({ id }) => [id, row.values[id] ?? null]));

/** The keys by which the tombstone was found, where the record has other ones now: a revert gives them back. */
function otherKeys(had: Values, has: Values): Values | null {
  const other = Object.entries(had).filter(([id, value]) => value !== has[id]);
  return other.length === 0 ? null : Object.fromEntries(other);
}

function update(set: WorkingSet, writer: Writer, row: WorkingRow, patch: Patch): void {
  const before: Values = {};
  const after: Values = {};
  for (const [field, value] of patch.values) {
    before[field.id] = row.values[field.id] ?? null;
    after[field.id] = value;
  }
  set.setValues(row, patch.values);
  for (const [field, target] of patch.lookups) {
    before[field.id] = field.link === null ? null : (set.linkOfLeft(field.link, row.number)?.row.right_number ?? null);
    after[field.id] = target?.number ?? null;
  }
  stampRow(set, writer, row);
  set.note(writer, { kind: 'updated', number: row.number, version: row.version, before, after });
  for (const [field, target] of patch.lookups) setLookup(set, writer, field, row, target);
}

/** A key that is changed goes on finding the record; one that is cleared does not. */
function keepAliases(set: WorkingSet, row: WorkingRow, patch: Patch): void {
  for (const [field, value] of patch.values) {
    const old = row.values[field.id];
    if (field.unique && old !== undefined && value !== null && !isSameKey(field, old, value))
      set.keepAlias(row, field, String(old));
  }
}

/** The tombstone that a delete left of a record that was not there. */
const hasNeverLived = ({ version }: WorkingRow): boolean => version === 0;

export function stampRow(set: WorkingSet, writer: Writer, row: WorkingRow): void {
  row.version += 1;
  row.updatedAt = set.now;
  row.updatedBy = writer.caller.principal.id;
}
