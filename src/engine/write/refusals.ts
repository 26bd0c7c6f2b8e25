/**
 * Keeps who was refused a field that somebody else owns, for `why`: one row per record, field and principal, counted up. Written after the
 * batch that refused, together with other refusals, so that accepted writes pay nothing for it; without the values, which were not taken.
 */
import type { Catalogue } from '../../model/catalogue.ts';
import type { UpsertCommand } from '../../model/commands.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { Transaction } from '../../store/database.ts';
import { readRecords } from '../../store/records.ts';
import { putRefusals, type RefusalRow } from '../../store/why.ts';
import { Wants } from './commands.ts';
import { WorkingSet } from './working-set.ts';

export type Refused = { readonly caller: Caller; readonly command: UpsertCommand; readonly outcome: Rejected };

export const isOfOwner = ({ violations }: Rejected): boolean =>
  violations.some(({ code }) => code === 'owned_elsewhere');

export async function keepRefusals(tx: Transaction, catalogue: Catalogue, refused: readonly Refused[]): Promise<void> {
  const wants = new Wants(catalogue);
  for (const { command } of refused) wants.addRef(catalogue.types.get(command.type), command.ref);
  const now = new Date();
  const set = new WorkingSet(catalogue, now);
  for (const row of await readRecords(tx, catalogue.workspace, wants.wanted)) set.addStoredRow(row);
  const rows = new Map<string, RefusalRow>();
  for (const { caller, command, outcome } of refused) {
    const type = catalogue.types.get(command.type);
    const record = type === undefined || command.ref === null ? undefined : set.find(type, command.ref);
    if (record === undefined) continue;
    for (const violation of outcome.violations) {
      const field = violation.code === 'owned_elsewhere' ? record.type.fieldsByKey.get(violation.field) : undefined;
      if (field === undefined) continue;
      const { principal, via, requestId } = caller;
      const place = `${record.number} ${field.id} ${principal.id}`;
      const times = (rows.get(place)?.times ?? 0) + 1;
      const who = { principal_id: principal.id, via, request: requestId, at: now, times };
      rows.set(place, { number: record.number, field: field.id, ...who });
    }
  }
  if (rows.size === 0) return;
  putRefusals(tx, catalogue.workspace, [...rows.values()].sort(inOrder));
}

const inOrder = (a: RefusalRow, b: RefusalRow): number =>
  a.number - b.number || a.field - b.field || a.principal_id - b.principal_id;
