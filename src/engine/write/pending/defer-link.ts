/** A link that waits for its records, and does not say how old it is: what is asked last is what waits. */
import type { LinkCommand } from '../../../model/commands.ts';
import type { Rejected } from '../../../model/outcomes.ts';
import type { Defer, DeferOutcome } from '../../../model/pending.ts';
import type { PendingRow } from '../../../store/links/pending-links.ts';
import { attributesAfter, choosePlace, findRole, slotOf } from '../judging/link-place.ts';
import { rejected, unknownRole } from '../judging/rejected.ts';
import { raisedOver, saidOfLink } from '../working/link-stamps.ts';
import type { WorkingSet, Writer } from '../working/working-set.ts';
import { type PendingLinks, stateOf } from './pending.ts';
import { endOf, findWaitable, viewOf, waitingRow, waitOn } from './waiting.ts';

export function deferLink(
  set: WorkingSet,
  pending: PendingLinks,
  writer: Writer,
  command: LinkCommand,
  defer: Defer,
  notFound: Rejected,
): DeferOutcome | Rejected {
  const found = findWaitable(set, writer, command, notFound);
  if ('kind' in found) return found;
  const { end, pair, role } = found;
  const { link } = end;
  const newRole = findRole(link, command.newRole);
  if (newRole === 'unknown') return rejected(unknownRole(end, command.newRole?.value ?? ''));

  const existing = pending.of(pair).filter((row) => stateOf(row, set.now) !== 'expired');
  const links = existing.filter(({ removes }) => !removes).map((row) => ({ row }));
  const place = choosePlace(link, links, role, newRole);
  const at = place.at?.row;
  const changed = place.at === undefined ? null : attributesAfter(place.at, command);
  const roleNumber = place.role?.number ?? null;
  const isSame =
    at !== undefined &&
    at.refusal === null &&
    at.role === roleNumber &&
    changed === null &&
    (defer.expiresAt === null || defer.expiresAt.getTime() === at.expires_at.getTime());
  if (isSame) return waitOn(set, pending, at, endOf(set, defer));
  const attributes = changed ?? at?.attributes ?? command.attributes ?? null;
  const newest = newestStamp(existing);
  const row = waitingRow(set, writer, pair, {
    number: at?.number ?? pending.newNumber(),
    slot: slotOf(link, place.role),
    role: roleNumber,
    attributes,
    expires_at: endOf(set, defer),
    removes: false,
    stamp: newest && {
      kind: newest.kind,
      at: raisedOver(newest, set.now),
      said: saidOfLink(place.role, attributes ?? {}),
    },
  });
  pending.put(row, at);
  return { kind: 'deferred', pending: viewOf(set, row) };
}

/** Of all that waits: what says not how old it is counts as later than that. */
export const newestStamp = (rows: readonly PendingRow[]): PendingRow['stamp'] =>
  rows.reduce<PendingRow['stamp']>(
    (newest, { stamp }) => (stamp !== null && (newest === null || stamp.at > newest.at) ? stamp : newest),
    null,
  );
