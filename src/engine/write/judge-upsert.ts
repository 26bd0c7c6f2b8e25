/** Upsert: what a command does to one record, judged against the working set. Refusals change nothing. */
import type { Field, RecordType } from '../../model/catalogue.ts';
import type { UpsertCommand } from '../../model/commands.ts';
import type { UpsertOutcome, Violation } from '../../model/outcomes.ts';
import { own } from '../../model/own.ts';
import { isRef, type Ref } from '../../model/ref.ts';
import { grantViolations } from '../access/grants.ts';
import { isSameKey } from '../keys/key-of.ts';
import { ownedElsewhere, owns, typeOwnedElsewhere } from '../ownership.ts';
import { checkValue, sameValue } from '../values.ts';
import { setLookup } from './judge-link.ts';
import {
  matchFieldViolations,
  recordNotFound,
  rejected,
  rejectedFor,
  unknownField,
  unknownRecordType,
} from './rejected.ts';
import { stampViolation, UpsertAge } from './stamps.ts';
import type { Values, WorkingRow, WorkingSet, Writer } from './working-set.ts';

/** Whoever sends thousands of unknown fields is told of the first of them. */
const mostUnknownNamed = 100;

type Patch = { readonly values: Map<Field, unknown>; readonly lookups: Map<Field, WorkingRow | null> };

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
  const unknown = Object.keys(command.fields).filter((key) => !type.fieldsByKey.has(key));
  const violations: Violation[] = unknown.slice(0, mostUnknownNamed).map((key) => unknownField(type, key));
  if (live === undefined && !owns(type.owner, writer.interface))
    violations.push(typeOwnedElsewhere(type.key, type.owner));
  const patch = checkPatch(set, writer, type, live, command, age, violations);
  const refused = rejectedFor(violations);
  if (refused) return refused;

  if (live === undefined) {
    const isNew = revived === undefined || hasNeverLived(revived);
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

export function grantsFor(writer: Writer, action: 'create' | 'edit' | 'delete', type: RecordType): Violation[] {
  // An interface's run is judged by who may call the interface, and by ownership.
  return writer.interface === null ? grantViolations(writer.caller.principal, action, type.key) : [];
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

/** Turns the command's fields into stored forms; every violation is added to `violations`. */
function checkPatch(
  set: WorkingSet,
  writer: Writer,
  type: RecordType,
  live: WorkingRow | undefined,
  command: UpsertCommand,
  age: UpsertAge | undefined,
  violations: Violation[],
): Patch {
  const patch: Patch = { values: new Map(), lookups: new Map() };
  const enforceRequired = command.enforceRequired ?? true;
  if (age !== undefined) for (const field of type.matchFields) if (isNameOf(command.ref, live, field)) age.touch(field);
  const inputs = inputsOf(type, live, command, violations);
  for (const key of Object.keys(inputs)) {
    const field = type.fieldsByKey.get(key);
    const input = inputs[key];
    if (field === undefined || input === undefined || isFormerKey(command.ref, live, field, input)) continue;
    if (age !== undefined && isNameOf(command.ref, live, field) && String(input) === String(live?.values[field.id]))
      continue;
    if (field.link !== null) checkLookup(set, writer, live, field, input, patch, age, violations);
    else checkField(set, writer, type, live, field, input, patch, age, violations);
    const cleared = patch.values.get(field) === null || patch.lookups.get(field) === null;
    if (cleared && field.required && enforceRequired) violations.push(requiredMissing(field));
  }
  if (live === undefined) {
    for (const field of type.fields) {
      if (patch.values.has(field) || patch.lookups.has(field) || Object.hasOwn(command.fields, field.key)) continue;
      if (field.default !== null && field.link === null) patch.values.set(field, field.default);
      else if (field.required && enforceRequired && !isKeyOf(command.ref, field))
        violations.push(requiredMissing(field));
    }
  }
  return patch;
}

/** Whoever names a record by a former key, or another spelling, and sends that along names it only: the key stays as it is. */
const isFormerKey = (ref: Ref | null, live: WorkingRow | undefined, field: Field, input: unknown): boolean =>
  live !== undefined &&
  isKeyOf(ref, field) &&
  ref?.by === 'key' &&
  ref.value === String(input) &&
  ref.value !== String(live.values[field.id]);

/** The field by whose present value the record is named. */
const isNameOf = (ref: Ref | null, live: WorkingRow | undefined, field: Field): boolean =>
  live !== undefined && isKeyOf(ref, field) && ref?.by === 'key' && ref.value === String(live.values[field.id]);

const isKeyOf = (ref: Ref | null, field: Field): boolean => ref?.by === 'key' && ref.field === field.key;

function requiredMissing(field: Field): Violation {
  return {
    code: 'required_missing',
    field: field.key,
    message: `Field ${field.key} is required: send a value for it.`,
  };
}

/** The fields sent, and for a new record the key that it was asked for by. */
function inputsOf(
  type: RecordType,
  live: WorkingRow | undefined,
  command: UpsertCommand,
  violations: Violation[],
): Readonly<Record<string, unknown>> {
  const { ref, fields } = command;
  if (live !== undefined || ref === null || ref.by !== 'key') return fields;
  const field = type.fieldsByKey.get(ref.field);
  if (field === undefined) return fields;
  const given = own(fields, field.key);
  const isScalar = typeof given === 'string' || typeof given === 'number';
  if (given !== undefined && !(isScalar && isSameKey(field, given, ref.value))) {
    const message = `The record is to be created with ${field.key} ${ref.value}, but the fields say ${String(given)}. Leave ${field.key} out, or make both the same.`;
    violations.push({ code: 'key_mismatch', field: field.key, given: String(given), inRef: ref.value, message });
    return fields;
  }
  if (given === ref.value && field.type !== 'integer') return fields;
  // In its one spelling, by which it is found again: 007 is not 7.
  const spelling = typeof given === 'string' ? given : ref.value;
  const isInteger = field.type === 'integer' && String(Number(spelling)) === spelling;
  const value = isInteger ? Number(spelling) : spelling;
  return { ...fields, [field.key]: value };
}

function checkField(
  set: WorkingSet,
  writer: Writer,
  type: RecordType,
  live: WorkingRow | undefined,
  field: Field,
  input: unknown,
  patch: Patch,
  age: UpsertAge | undefined,
  violations: Violation[],
): void {
  const checked = input === null ? { ok: true as const, value: null } : checkValue(field, input);
  if (!checked.ok) {
    violations.push(checked.violation);
    return;
  }
  const { value } = checked;
  if (age !== undefined && !age.admits(field, value, live?.values[field.id])) return;
  // A value equal to the stored one is never refused: clients send whole records back.
  if (sameValue(value, live?.values[field.id] ?? null)) {
    if (live === undefined) patch.values.set(field, value);
    return;
  }
  if (!owns(field.owner, writer.interface)) {
    violations.push(ownedElsewhere(field.key, field.owner));
    return;
  }
  const holder = field.unique && value !== null ? set.holderOf(type, field, value) : undefined;
  if (holder !== undefined && holder !== live && holder.deletedAt === null) {
    const message = `${field.key} ${String(value)} belongs to ${type.key} ${holder.number} already. Use another value, or change that record first.`;
    violations.push({
      code: 'key_taken',
      field: field.key,
      value: String(value),
      holder: set.pointer(holder),
      message,
    });
    return;
  }
  patch.values.set(field, value);
}

function checkLookup(
  set: WorkingSet,
  writer: Writer,
  live: WorkingRow | undefined,
  field: Field,
  input: unknown,
  patch: Patch,
  age: UpsertAge | undefined,
  violations: Violation[],
): void {
  const link = field.link;
  if (link === null) return;
  const targetType = set.catalogue.types.get(link.right);
  let target: WorkingRow | null = null;
  if (input !== null) {
    if (!isRef(input) || targetType === undefined) {
      const checked = checkValue(field, input);
      if (!checked.ok) violations.push(checked.violation);
      return;
    }
    const found = set.find(targetType, input);
    if (found === undefined || found.deletedAt !== null) {
      const message = `Field ${field.key}: ${recordNotFound(targetType, input, 'record').message}`;
      violations.push({ code: 'lookup_target_not_found', field: field.key, ref: input, message });
      return;
    }
    if (found === live) {
      const expected = `another ${targetType.key}`;
      const message = `Field ${field.key} takes ${expected}: it cannot link a record to itself.`;
      violations.push({ code: 'value_invalid', field: field.key, expected, message });
      return;
    }
    target = found;
  }
  if (age !== undefined && !age.admitsTarget(field, target)) return;
  if (target !== null && age?.isOvertaken(field, target)) target = null;
  const current = live === undefined ? undefined : set.linkOfLeft(link, live.number)?.row.right_number;
  if (current === target?.number) {
    if (live === undefined) patch.lookups.set(field, target);
    return;
  }
  if (!owns(field.owner, writer.interface)) violations.push(ownedElsewhere(field.key, field.owner));
  else patch.lookups.set(field, target);
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
  if (tombstone !== undefined) {
    for (const field of type.fields) if (row.values[field.id] !== undefined) set.setValue(row, field, null);
    row.deletedAt = null;
  }
  stampRow(set, writer, row);
  for (const [field, value] of patch.values) if (value !== null) set.setValue(row, field, value);
  const after: Values = { ...row.values };
  for (const [field, target] of patch.lookups) if (target !== null) after[field.id] = target.number;
  set.note(writer, { kind, number: row.number, version: row.version, before: null, after });
  for (const [field, target] of patch.lookups) setLookup(set, writer, field, row, target);
  return row;
}

function update(set: WorkingSet, writer: Writer, row: WorkingRow, patch: Patch): void {
  const before: Values = {};
  const after: Values = {};
  for (const [field, value] of patch.values) {
    before[field.id] = row.values[field.id] ?? null;
    after[field.id] = value;
    set.setValue(row, field, value);
  }
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
