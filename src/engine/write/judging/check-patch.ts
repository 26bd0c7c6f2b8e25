/** Which of the values that an upsert sends are to be written, in their stored forms, and which it must not write. */
import type { Field, RecordType } from '../../../model/catalogue.ts';
import type { UpsertCommand } from '../../../model/commands.ts';
import type { Violation } from '../../../model/outcomes.ts';
import { own } from '../../../model/own.ts';
import { isRef, type Ref } from '../../../model/ref.ts';
import { isSameKey } from '../../keys/key-of.ts';
import { ownedElsewhere } from '../../ownership.ts';
import { checkValue, sameValue } from '../../values.ts';
import type { UpsertAge } from '../working/stamps.ts';
import type { WorkingRow, WorkingSet, Writer } from '../working/working-set.ts';
import { mayWriteField } from './give-way.ts';
import { recordNotFound } from './rejected.ts';

export type Patch = { readonly values: Map<Field, unknown>; readonly lookups: Map<Field, WorkingRow | null> };

/** Of a type without any, as most are: nothing is put into it. */
const noLookups: Patch['lookups'] = new Map();

/** Turns the command's fields into stored forms; every violation is added to `violations`. */
export function checkPatch(
  set: WorkingSet,
  writer: Writer,
  type: RecordType,
  live: WorkingRow | undefined,
  command: UpsertCommand,
  age: UpsertAge | undefined,
  violations: Violation[],
): Patch {
  const patch: Patch = { values: new Map(), lookups: type.lookups.length === 0 ? noLookups : new Map() };
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
      else if (field.required && field.numbered === null && enforceRequired && !isKeyOf(command.ref, field))
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
  if (!mayWriteField(set, writer, field)) {
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
  if (!mayWriteField(set, writer, field)) violations.push(ownedElsewhere(field.key, field.owner));
  else patch.lookups.set(field, target);
}
