/**
 * Keeps who was refused a field or relation that somebody else owns, for `why`: one row per record, member and principal, counted up.
 * Written after the batch that refused, together with other refusals, so that accepted writes pay nothing for it; without the values, which
 * were not taken.
 */
import type { Catalogue, RecordType } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { LinkCommand, UnlinkCommand, UpsertCommand } from '../../model/commands.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { Ref } from '../../model/ref.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { readRecords } from '../../store/records/wanted-records.ts';
import { putRefusals, type RefusalRow } from '../../store/records/why.ts';
import { Wants } from './commands.ts';
import { WorkingSet } from './working/working-set.ts';

export type Refused = {
  readonly caller: Caller;
  readonly command: UpsertCommand | LinkCommand | UnlinkCommand;
  readonly outcome: Rejected;
};

export const isOfOwner = ({ violations }: Rejected): boolean =>
  violations.some(({ code }) => code === 'owned_elsewhere');

/** What somebody was refused: of a record, as its type calls it. */
type Member = { readonly type: RecordType; readonly ref: Ref | null; readonly name: string };

export async function keepRefusals(tx: Transaction, catalogue: Catalogue, refused: readonly Refused[]): Promise<void> {
  const wants = new Wants(catalogue);
  const members = refused.map((one) => ({ caller: one.caller, members: membersOf(catalogue, one) }));
  for (const { type, ref } of members.flatMap((one) => one.members)) wants.addRef(type, ref);
  const now = clock.now();
  const set = new WorkingSet(catalogue, now);
  for (const row of await readRecords(tx, catalogue.workspace, wants.wanted)) set.addStoredRow(row);
  const rows = new Map<string, RefusalRow>();
  for (const { caller, members: refusedTo } of members) {
    for (const { type, ref, name } of refusedTo) {
      const record = ref === null ? undefined : set.find(type, ref);
      const member = memberOf(type, name);
      if (record === undefined || member === undefined) continue;
      const { principal, via, requestId } = caller;
      const place = `${record.number} ${member} ${principal.id}`;
      const times = (rows.get(place)?.times ?? 0) + 1;
      const who = { principal_id: principal.id, via, request: requestId, at: now, times };
      rows.set(place, { number: record.number, member, ...who });
    }
  }
  if (rows.size === 0) return;
  putRefusals(tx, catalogue.workspace, [...rows.values()].sort(inOrder));
}

/** A link is refused to both of its records. */
function membersOf(catalogue: Catalogue, { command, outcome }: Refused): Member[] {
  const isLink = 'from' in command;
  const type = catalogue.types.get(isLink ? command.from.type : command.type);
  if (type === undefined) return [];
  if (!isLink)
    return outcome.violations.flatMap((violation) =>
      violation.code === 'owned_elsewhere' ? { type, ref: command.ref, name: violation.field } : [],
    );
  const end = type.linkEnds.get(command.link);
  const other = end && catalogue.types.get(end.other);
  if (end === undefined || other === undefined) return [];
  const back = [...other.linkEnds.values()].find(({ link, side }) => link === end.link && side !== end.side);
  return [
    { type, ref: command.from.ref, name: end.name },
    ...(back === undefined ? [] : [{ type: other, ref: command.to.ref, name: back.name }]),
  ];
}

const inOrder = (a: RefusalRow, b: RefusalRow): number =>
  a.number - b.number || a.member - b.member || a.principal_id - b.principal_id;

/** The number that stands for it where refusals are kept. A lookup is a field, though it be refused as a link. */
export function memberOf(type: RecordType, name: string): number | undefined {
  const field = type.fieldsByKey.get(name);
  if (field !== undefined) return field.id;
  const end = type.linkEnds.get(name);
  if (end === undefined) return undefined;
  const lookup = end.side === 'left' && type.lookups.find(({ link }) => link.id === end.link.id);
  return lookup ? lookup.id : -end.link.id;
}
