/**
 * Merge: a duplicate goes into a survivor. Its values, keys and links follow by a policy; it stays as a tombstone without keys. Needs the
 * rights of a delete and an edit, and like a delete asks the owner of the type, not those of the links that follow.
 */
import type { Field, RecordType } from '../../../model/catalogue.ts';
import type { MergeCommand, MergePolicy, MergeStep } from '../../../model/merge.ts';
import type { Rejected } from '../../../model/outcomes.ts';
import type { FieldValue } from '../../../model/record.ts';
import { formatRef } from '../../../model/ref.ts';
import { shorten } from '../../../model/text.ts';
import type { Alias } from '../../../store/records/aliases.ts';
import { grantViolations } from '../../access/grants.ts';
import { owns, typeOwnedElsewhere } from '../../ownership.ts';
import { sameValue } from '../../values.ts';
import type { Values, WorkingRow, WorkingSet, Writer } from '../working/working-set.ts';
import { moveLinks } from './judge-merge-links.ts';
import { versionViolation } from './judge-upsert.ts';
import { matchFieldViolations, recordNotFound, rejected, rejectedFor, unknownRecordType } from './rejected.ts';

export type Merge = {
  readonly set: WorkingSet;
  readonly writer: Writer;
  readonly survivor: WorkingRow;
  readonly duplicate: WorkingRow;
  readonly policy: MergePolicy;
  readonly steps: MergeStep[];
};

type Judged = Pick<Merge, 'survivor' | 'duplicate' | 'steps'>;

/** @param aliases the former keys of the duplicate. */
export function judgeMerge(
  set: WorkingSet,
  writer: Writer,
  command: MergeCommand,
  aliases: readonly Alias[],
): Judged | Rejected {
  const pair = findPair(set, writer, command);
  if ('kind' in pair) return pair;
  const { survivor, duplicate } = pair;
  const merge: Merge = { set, writer, survivor, duplicate, policy: command.fields, steps: [] };
  const before = duplicate.values;
  moveLinks(merge);
  set.clearValues(duplicate);
  moveValues(merge, before);
  for (const { field, spelling } of aliases) keepAlias(merge, survivor.type.fieldsById.get(field), spelling);
  duplicate.version += 1;
  duplicate.updatedAt = set.now;
  duplicate.updatedBy = writer.caller.principal.id;
  duplicate.deletedAt = set.now;
  const { number, version } = duplicate;
  set.note(writer, { kind: 'merged', number, other_number: survivor.number, version, before, after: null });
  return merge;
}

function findPair(
  set: WorkingSet,
  writer: Writer,
  command: MergeCommand,
): { survivor: WorkingRow; duplicate: WorkingRow } | Rejected {
  const type = set.catalogue.types.get(command.type);
  if (type === undefined) return rejected(unknownRecordType(set.catalogue, command.type));
  const { principal } = writer.caller;
  const refused =
    rejectedFor([
      ...matchFieldViolations(type, command.ref, 'from'),
      ...matchFieldViolations(type, command.from, 'to'),
    ]) ??
    rejectedFor(['edit' as const, 'delete' as const].flatMap((need) => grantViolations(principal, need, type.key)));
  if (refused) return refused;
  const [survivor, duplicate] = [liveOf(set, type, command.ref), liveOf(set, type, command.from)];
  if (survivor === undefined) return rejected(recordNotFound(type, command.ref, 'from'));
  if (duplicate === undefined) return rejected(recordNotFound(type, command.from, 'to'));
  if (survivor === duplicate) {
    const expected = `another ${type.key}`;
    const itself = `${shorten(formatRef(command.from), 200)} is ${type.key} ${survivor.number}, the record that stays`;
    const message = `from takes ${expected}: ${itself}. By a former key of a duplicate, the two were merged already.`;
    return rejected({ code: 'value_invalid', field: 'from', expected, message });
  }
  const stale = versionViolation(command.ifVersion, survivor);
  if (stale) return rejected(stale);
  return owns(type.owner, writer.interface)
    ? { survivor, duplicate }
    : rejected(typeOwnedElsewhere(type.key, type.owner));
}

function liveOf(set: WorkingSet, type: RecordType, ref: MergeCommand['ref']): WorkingRow | undefined {
  const found = set.find(type, ref);
  return found?.deletedAt === null ? found : undefined;
}

function moveValues(merge: Merge, theirs: Values): void {
  const { set, writer, survivor, policy, steps } = merge;
  const before: Values = {};
  const after: Values = {};
  const moved: [Field, unknown][] = [];
  for (const field of survivor.type.fields) {
    const [mine, value] = [survivor.values[field.id] ?? null, theirs[field.id] ?? null];
    if (value === null || sameValue(mine, value)) continue;
    const isWanted = policy === 'duplicate' || (policy === 'survivor' && mine === null);
    if (isWanted && owns(field.owner, writer.interface)) {
      if (field.unique && mine !== null) keepAlias(merge, field, String(mine));
      moved.push([field, value]);
      [before[field.id], after[field.id]] = [mine, value];
      steps.push({ action: 'set', field: field.key, before: mine as FieldValue, after: value as FieldValue });
    } else if (field.unique) keepAlias(merge, field, String(value));
    else if (isWanted)
      steps.push({ action: 'leave', field: field.key, value: value as FieldValue, owner: field.owner });
  }
  if (moved.length === 0) return;
  set.setValues(survivor, moved);
  survivor.version += 1;
  survivor.updatedAt = set.now;
  survivor.updatedBy = writer.caller.principal.id;
  set.note(writer, { kind: 'updated', number: survivor.number, version: survivor.version, before, after });
}

function keepAlias({ set, survivor, steps }: Merge, field: Field | undefined, value: string): void {
  if (field === undefined) return;
  set.keepAlias(survivor, field, value);
  steps.push({ action: 'alias', field: field.key, value });
}
