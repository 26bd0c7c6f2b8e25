/** Which two records a link command is about: its names, the caller's grant, its records. */
import type { LinkEnd, RecordType } from '../../../model/catalogue.ts';
import type { LinkCommand, UnlinkCommand } from '../../../model/commands.ts';
import type { Rejected, Violation } from '../../../model/outcomes.ts';
import { grantViolations } from '../../access/grants.ts';
import type { WorkingRow, WorkingSet, Writer } from '../working/working-set.ts';
import {
  matchFieldViolations,
  recordNotFound,
  rejected,
  rejectedFor,
  unknownLink,
  unknownRecordType,
} from './rejected.ts';

export type Pair = {
  readonly end: LinkEnd;
  readonly from: WorkingRow;
  readonly to: WorkingRow;
  readonly left: WorkingRow;
  readonly right: WorkingRow;
};

/** Names, grants and records of a command, in this order; the first stage that fails reports all its violations. */
export function findPair(set: WorkingSet, writer: Writer, command: LinkCommand | UnlinkCommand): Pair | Rejected {
  const fromType = set.catalogue.types.get(command.from.type);
  if (fromType === undefined) return rejected(unknownRecordType(set.catalogue, command.from.type));
  const end = fromType.linkEnds.get(command.link);
  const toType = end && set.catalogue.types.get(end.other);
  if (end === undefined || toType === undefined) return rejected(unknownLink(fromType, command.link));
  const misnamedFrom = matchFieldViolations(fromType, command.from.ref, 'from');
  const misnamedTo = matchFieldViolations(toType, command.to.ref, 'to');
  const misnamed = rejectedFor(misnamedFrom.length > 0 ? [...misnamedFrom, ...misnamedTo] : misnamedTo);
  if (misnamed) return misnamed;
  if (writer.interface === null) {
    const { left, right } = end.link;
    const { principal } = writer.caller;
    const ungranted = rejectedFor([
      ...grantViolations(principal, `attach:${right}`, left),
      ...(writer.force ? grantViolations(principal, 'force', left) : []),
    ]);
    if (ungranted) return ungranted;
  }
  return findRows(set, command, end, fromType, toType);
}

function findRows(
  set: WorkingSet,
  command: LinkCommand | UnlinkCommand,
  end: LinkEnd,
  fromType: RecordType,
  toType: RecordType,
): Pair | Rejected {
  const from = set.find(fromType, command.from.ref);
  const to = set.find(toType, command.to.ref);
  if (!isThere(from) || !isThere(to)) {
    const missing: Violation[] = [];
    if (!isThere(from)) missing.push(recordNotFound(fromType, command.from.ref, 'from'));
    if (!isThere(to)) missing.push(recordNotFound(toType, command.to.ref, 'to'));
    return rejectedFor(missing) ?? rejected(recordNotFound(fromType, command.from.ref, 'from'));
  }
  return end.side === 'left' ? { end, from, to, left: from, right: to } : { end, from, to, left: to, right: from };
}

const isThere = (row: WorkingRow | undefined): row is WorkingRow => row !== undefined && row.deletedAt === null;

export const isRejected = (value: Pair | Rejected): value is Rejected => 'kind' in value;
