/**
 * What becomes of a record that its interface's set leaves out: it is deleted, or stays without the relations that the interface keeps, or
 * stays and is marked. One that stays is not the interface's any more, until it is sent again.
 */
import type { Field, Interface, RecordType } from '../../../model/catalogue.ts';
import type { SetMember } from '../../../model/commands.ts';
import { byNumber } from '../../../model/ref.ts';
import type { Stamp } from '../../../model/stamp.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { removeInterfaceRecords } from '../../../store/sync/interface-records.ts';
import { noteLeavers } from '../../../store/sync/leavers.ts';
import { owns } from '../../ownership.ts';
import { judgeDelete } from '../../write/judging/judge-delete.ts';
import { judgeUpsert } from '../../write/judging/judge-upsert.ts';
import { setRelation } from '../../write/judging/set-relation.ts';
import type { WorkingRow, WorkingSet, Writer } from '../../write/working/working-set.ts';
import type { RunContext } from './apply.ts';

/** `gone`: somebody else had deleted it. */
export type Departure =
  | { readonly kind: 'deleted' | 'unlinked' | 'kept' | 'gone' }
  | { readonly kind: 'stays'; readonly reason: string };

export function depart(
  set: WorkingSet,
  writer: Writer,
  { type, on }: Pick<RunContext, 'type' | 'on'>,
  number: number,
  stamp?: Stamp,
): Departure {
  const row = set.rows.get(number);
  if (row === undefined || row.deletedAt !== null) return { kind: 'gone' };
  switch (on.deletePolicy) {
    case 'delete': {
      const outcome = judgeDelete(set, writer, { type: type.key, ref: byNumber(number), ...(stamp && { stamp }) });
      if (outcome.kind === 'rejected') return { kind: 'stays', reason: outcome.violations[0].message };
      return { kind: outcome.kind === 'deleted' ? 'deleted' : 'gone' };
    }
    case 'unlink':
      for (const end of type.linkEnds.values()) if (owns(end.link.owner, on)) setRelation(set, writer, end, row, []);
      return { kind: 'unlinked' };
    case 'keep':
      return mark(set, writer, type, on, row);
  }
}

function mark(set: WorkingSet, writer: Writer, type: RecordType, on: Interface, row: WorkingRow): Departure {
  const field = markOf(type, on);
  if (field === undefined || isMarked(field, row)) return { kind: 'kept' };
  const time = set.now.toISOString();
  const value = field.type === 'boolean' ? true : field.type === 'date' ? time.slice(0, 10) : time;
  const command = {
    type: type.key,
    ref: byNumber(row.number),
    mode: 'update',
    fields: { [field.key]: value },
  } as const;
  const outcome = judgeUpsert(set, writer, command, () => null);
  return outcome.kind === 'rejected' ? { kind: 'stays', reason: outcome.violations[0].message } : { kind: 'kept' };
}

const markOf = (type: RecordType, on: Interface): Field | undefined =>
  on.markField === null ? undefined : type.fieldsByKey.get(on.markField);

const isMarked = (field: Field, row: WorkingRow): boolean => {
  const value = row.values[field.id] ?? null;
  return value !== null && value !== false;
};

/**
 * An element that is sent takes its mark away; nothing else of a set writes it.
 * @param fields the element's own, which are changed. @returns the member that is left out for that, if it has one.
 */
export function unmark(
  { type, on }: Pick<RunContext, 'type' | 'on'>,
  live: WorkingRow | undefined,
  fields: Map<string, SetMember & { kind: 'field' }>,
): SetMember | undefined {
  const field = markOf(type, on);
  if (field === undefined) return undefined;
  const { key } = field;
  const said = fields.get(key);
  fields.delete(key);
  const value = field.type === 'boolean' ? false : null;
  if (live !== undefined && isMarked(field, live)) fields.set(key, { name: key, kind: 'field', field: key, value });
  return said;
}

/** It stays, and is not the interface's any more. */
export const isReleased = ({ kind }: Departure): boolean => kind === 'unlinked' || kind === 'kept';

/** Once they are written: what is deleted, or stays without being the interface's, is not asked for in its next set. */
export function letGo(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  run: number,
  departures: readonly (Departure & { readonly number: number })[],
): void {
  const left = departures.filter(({ kind }) => kind !== 'stays').map(({ number }) => number);
  const staying = departures.filter(isReleased).map(({ number }) => number);
  removeInterfaceRecords(tx, workspace, interfaceId, left);
  if (staying.length > 0) noteLeavers(tx, workspace, run, staying);
}
