/** Which records of a batch are stored just as their change rows say that they were made: see store/records/made-records.ts. */
import type { MadeRecord } from '../../../store/records/made-records.ts';
import { externalIdField } from '../../../store/records/records.ts';
import { formOf } from '../../keys/key-of.ts';
import type { WorkingRow, WorkingSet } from './working-set.ts';

/** By number. */
export type MadeRecords = ReadonlyMap<number, MadeRecord>;
export const noneMade: MadeRecords = new Map();

/** All that are new or none: they are locked in the order of their keys, which two statements could not keep. */
export function madeRecordsOf(set: WorkingSet): MadeRecords {
  const made = new Map<number, MadeRecord>();
  for (const { change } of set.changes) {
    if (change.kind !== 'created' || change.forced !== null) continue;
    const row = set.rows.get(change.number);
    // The very object: values are never changed themselves, so nothing was written to it since.
    if (row === undefined || row.stored !== null || row.values !== change.after || row.version !== change.version)
      continue;
    // It may have been a tombstone for a moment, which somebody else left.
    if (row.deletedAt !== null || row.createdBy !== change.principal_id) continue;
    const { number, type, version, stamps } = row;
    const external_id = externalIdOf(row);
    made.set(number, { record: { number, type: type.id, external_id, version, stamps }, change });
  }
  for (const row of set.rows.values()) if (row.stored === null && !made.has(row.number)) return noneMade;
  return made;
}

/** What stands in the column: the form that the rule of the field makes of what was sent. */
export function externalIdOf({ type, values }: WorkingRow): string | null {
  const value = values[externalIdField];
  if (value === undefined) return null;
  const field = type.fieldsById.get(externalIdField);
  return field === undefined ? String(value) : formOf(field, value);
}
