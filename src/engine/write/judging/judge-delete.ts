/** Delete: what a command does to one record and its links, judged against the working set. Refusals change nothing. */
import type { Field, RecordType } from '../../../model/catalogue.ts';
import type { DeleteCommand } from '../../../model/commands.ts';
import type { DeleteOutcome } from '../../../model/outcomes.ts';
import type { Ref } from '../../../model/ref.ts';
import type { Stamp } from '../../../model/stamp.ts';
import { isStorableText } from '../../../model/text.ts';
import { owns, typeOwnedElsewhere } from '../../ownership.ts';
import { checkValue } from '../../values.ts';
import { deleteAge, markDeleted, stampViolation } from '../working/stamps.ts';
import type { Values, WorkingRow, WorkingSet, Writer } from '../working/working-set.ts';
import { grantsFor, stampRow, versionViolation } from './judge-upsert.ts';
import { removeLinkTo } from './put-link.ts';
import { matchFieldViolations, recordNotFound, rejected, rejectedFor, unknownRecordType } from './rejected.ts';

/** A soft delete. The tombstone keeps its keys when its type's rule is that they bring it back; its links go. */
export function judgeDelete(set: WorkingSet, writer: Writer, command: DeleteCommand): DeleteOutcome {
  const type = set.catalogue.types.get(command.type);
  if (type === undefined) return rejected(unknownRecordType(set.catalogue, command.type));
  const refused =
    rejectedFor(matchFieldViolations(type, command.ref, 'record')) ?? rejectedFor(grantsFor(writer, 'delete', type));
  if (refused) return refused;
  const row = set.find(type, command.ref);
  if (command.stamp !== undefined) return deleteAsOf(set, writer, type, command, command.stamp, row);
  if (row === undefined || row.deletedAt !== null) return rejected(recordNotFound(type, command.ref, 'record'));
  const unmet = versionViolation(command.ifVersion, row);
  if (unmet) return rejected(unmet);
  if (!owns(type.owner, writer.interface)) return rejected(typeOwnedElsewhere(type.key, type.owner));
  remove(set, writer, row);
  return { kind: 'deleted', record: set.pointer(row) };
}

/** Whoever may do so has been asked before. */
export function remove(set: WorkingSet, writer: Writer, row: WorkingRow): void {
  for (const link of set.linksOfRecord(row.number)) removeLinkTo(set, writer, link, row);
  const before = row.values;
  set.clearValues(row, (field) => keepsKey(set, row.type, field));
  stampRow(set, writer, row);
  row.deletedAt = set.now;
  set.note(writer, { kind: 'deleted', number: row.number, version: row.version, before, after: null });
}

/** A delete that said how old it is must be found again by the writes that are older. */
const keepsKey = (set: WorkingSet, type: RecordType, field: Field): boolean =>
  field.unique && (type.onReturn === 'revive' || set.stamp !== undefined);

function deleteAsOf(
  set: WorkingSet,
  writer: Writer,
  type: RecordType,
  command: DeleteCommand,
  stamp: Stamp,
  row: WorkingRow | undefined,
): DeleteOutcome {
  const unmet =
    (row === undefined ? undefined : versionViolation(command.ifVersion, row.deletedAt === null ? row : undefined)) ??
    stampViolation(stamp, set.now, row) ??
    (owns(type.owner, writer.interface) ? undefined : typeOwnedElsewhere(type.key, type.owner));
  if (unmet) return rejected(unmet);
  if (row === undefined) return leaveTombstone(set, writer, type, command.ref, stamp);
  const record = set.pointer(row);
  const age = deleteAge(stamp, row);
  switch (age.kind) {
    case 'stale':
      return { kind: 'stale', record, sent: stamp, stored: age.stored, cleared: [] };
    case 'partly': {
      const cleared = clear(set, writer, row, age.older);
      markDeleted(row, stamp);
      return { kind: 'stale', record, sent: stamp, stored: age.stored, cleared };
    }
    case 'deletes': {
      const isThere = row.deletedAt === null;
      if (isThere) remove(set, writer, row);
      markDeleted(row, stamp);
      return { kind: isThere ? 'deleted' : 'unchanged', record };
    }
  }
}

/** Of a record that was not there: whatever is written later, and is older, must not make it. */
function leaveTombstone(set: WorkingSet, writer: Writer, type: RecordType, ref: Ref, stamp: Stamp): DeleteOutcome {
  const field = ref.by === 'key' ? type.fieldsByKey.get(ref.field) : undefined;
  if (ref.by !== 'key' || field === undefined) return rejected(recordNotFound(type, ref, 'record'));
  const isInteger = field.type === 'integer' && String(Number(ref.value)) === ref.value;
  const key = checkValue(field, isInteger ? Number(ref.value) : ref.value);
  if (!key.ok || !isStorableText(ref.value) || String(key.value) !== ref.value)
    return rejected(recordNotFound(type, ref, 'record'));
  const row = set.newRow(type, undefined, writer.caller.principal.id);
  set.setValues(row, [[field, key.value]]);
  row.deletedAt = set.now;
  markDeleted(row, stamp);
  return { kind: 'unchanged', record: set.pointer(row) };
}

/** What is older than the delete of a record that was written since is as if it had come back: as in a new record. */
function clear(set: WorkingSet, writer: Writer, row: WorkingRow, older: readonly Field[]): string[] {
  const before: Values = {};
  const after: Values = {};
  const emptied: [Field, unknown][] = [];
  for (const field of older) {
    if (field.link !== null) continue;
    const value = field.default ?? null;
    const old = row.values[field.id] ?? null;
    if (JSON.stringify(old) === JSON.stringify(value)) continue;
    [before[field.id], after[field.id]] = [old, value];
    emptied.push([field, value]);
  }
  set.setValues(row, emptied);
  const cleared = emptied.map(([field]) => field.key);
  for (const field of older) {
    const link = field.link === null ? undefined : set.linkOfLeft(field.link, row.number);
    if (link === undefined) continue;
    [before[field.id], after[field.id]] = [link.row.right_number, null];
    set.removeLink(writer, link);
    cleared.push(field.key);
  }
  if (cleared.length === 0) return cleared;
  stampRow(set, writer, row);
  set.note(writer, { kind: 'updated', number: row.number, version: row.version, before, after });
  return cleared;
}
