/** Links before their records: what may wait, what a later write does to what waits. Refusals change nothing. */
import type { LinkType, RecordType } from '../../model/catalogue.ts';
import type { DatedLink, DatedUnlink, LinkCommand } from '../../model/commands.ts';
import type { LinkOutcome, Rejected, StaleLink, UnlinkOutcome } from '../../model/outcomes.ts';
import { type DeferOutcome, type PendingLinkView, pendingDays, type WithdrawOutcome } from '../../model/pending.ts';
import type { Ref } from '../../model/ref.ts';
import { isStorableText } from '../../model/text.ts';
import type { PendingRow, PendingSide } from '../../store/pending-links.ts';
import { ownedElsewhere, owns } from '../ownership.ts';
import { checkAttributes, checkValue } from '../values.ts';
import { judgeLink } from './judge-link.ts';
import { judgeUnlink } from './judge-unlink.ts';
import { attributesAfter, choosePlace, findRole, slotOf } from './link-place.ts';
import { type PendingLinks, pairOf, pendingView, sideOfKey, sideOfNumber, stateOf } from './pending.ts';
import { recordNotFound, rejected, rejectedFor, unknownRole } from './rejected.ts';
import type { WorkingRow, WorkingSet, Writer } from './working-set.ts';

const dayMs = 86_400_000;

/** How a link waits, when it may. */
export type Defer = { readonly expiresAt: Date | null };

export function judgeLinkOrDefer(
  set: WorkingSet,
  pending: PendingLinks,
  writer: Writer,
  command: DatedLink & { readonly defer?: Defer },
): LinkOutcome | StaleLink | DeferOutcome {
  const outcome = judgeLink(set, writer, command);
  if (outcome.kind === 'rejected') {
    return command.defer !== undefined && command.stamp === undefined && isOfMissing(outcome)
      ? deferLink(set, pending, writer, command, command.defer, outcome)
      : outcome;
  }
  if (outcome.kind === 'stale') return outcome;
  const { link, left, right, role } = outcome.link;
  const type = set.catalogue.links.get(link);
  if (type !== undefined) forget(set, pending, type, left.number, right.number, slotOf(type, role));
  return outcome;
}

export function judgeUnlinkOrWithdraw(
  set: WorkingSet,
  pending: PendingLinks,
  writer: Writer,
  command: DatedUnlink & { readonly withdraw?: boolean },
): UnlinkOutcome | StaleLink | WithdrawOutcome {
  const outcome = judgeUnlink(set, writer, command);
  if (outcome.kind === 'stale') return outcome;
  const named = pairOf(set.catalogue, command);
  if (named === undefined) return outcome;
  const { link, side } = named.end;
  const role = findRole(link, command.role);
  if (role === 'unknown') return outcome;
  if (outcome.kind !== 'rejected') {
    const [left, right] = side === 'left' ? [outcome.from, outcome.to] : [outcome.to, outcome.from];
    if (role === undefined) forget(set, pending, link, left.number, right.number, null);
    else if (link.oncePer === 'role') forget(set, pending, link, left.number, right.number, slotOf(link, role));
    return outcome;
  }
  if (!command.withdraw || !isOfMissing(outcome)) return outcome;
  const matching = pending
    .of(named.pair)
    .filter((row) => stateOf(row, set.now) !== 'expired')
    .filter((row) => role === undefined || row.role === (role?.number ?? null));
  if (matching.length === 0) return outcome;
  if (!owns(link.owner, writer.interface)) return rejected(ownedElsewhere(named.end.name, link.owner));
  for (const row of matching) pending.remove({ ...named.pair, slot: row.slot });
  return { kind: 'withdrawn', pending: matching.map((row) => viewOf(set, row)) };
}

const isOfMissing = ({ violations }: Rejected): boolean => violations.every(({ code }) => code === 'record_not_found');

function deferLink(
  set: WorkingSet,
  pending: PendingLinks,
  writer: Writer,
  command: LinkCommand,
  { expiresAt }: Defer,
  notFound: Rejected,
): DeferOutcome | Rejected {
  const named = pairOf(set.catalogue, command);
  if (named === undefined) return notFound;
  const { end, pair } = named;
  const { link } = end;
  const impossible = rejectedFor([
    ...keyViolations(set, set.catalogue.types.get(command.from.type), command.from.ref, 'from'),
    ...keyViolations(set, set.catalogue.types.get(end.other), command.to.ref, 'to'),
  ]);
  if (impossible) return impossible;
  const role = findRole(link, command.role);
  const newRole = findRole(link, command.newRole);
  if (role === 'unknown') return rejected(unknownRole(end, command.role?.value ?? ''));
  if (newRole === 'unknown') return rejected(unknownRole(end, command.newRole?.value ?? ''));
  const unfit = command.attributes === undefined ? undefined : checkAttributes(command.attributes);
  if (unfit !== undefined) return rejected(unfit);
  if (!owns(link.owner, writer.interface)) return rejected(ownedElsewhere(end.name, link.owner));

  const existing = pending.of(pair).filter((row) => stateOf(row, set.now) !== 'expired');
  const place = choosePlace(
    link,
    existing.map((row) => ({ row })),
    role,
    newRole,
  );
  const at = place.at?.row;
  const attributes = place.at === undefined ? null : attributesAfter(place.at, command);
  const ends = expiresAt ?? new Date(set.now.getTime() + pendingDays * dayMs);
  const roleNumber = place.role?.number ?? null;
  const isSame =
    at !== undefined &&
    at.refusal === null &&
    at.role === roleNumber &&
    attributes === null &&
    (expiresAt === null || expiresAt.getTime() === at.expires_at.getTime());
  if (isSame) {
    // Whoever asks again every night does not want it to end; but not every repetition is worth a write.
    const prolonged = ends.getTime() - at.expires_at.getTime() > dayMs ? { ...at, expires_at: ends } : at;
    if (prolonged !== at) pending.put(prolonged, at);
    return { kind: 'waits', pending: viewOf(set, prolonged) };
  }
  const { principal, via, requestId } = writer.caller;
  const row: PendingRow = {
    number: at?.number ?? pending.newNumber(),
    link_type: link.id,
    slot: slotOf(link, place.role),
    ...columnsOf(pair.left, pair.right),
    role: roleNumber,
    attributes: attributes ?? at?.attributes ?? command.attributes ?? null,
    principal_id: principal.id,
    principal_name: principal.name,
    via,
    request: requestId,
    asked_at: set.now,
    expires_at: ends,
    refusal: null,
  };
  pending.put(row, at);
  return { kind: 'deferred', pending: viewOf(set, row) };
}

const columnsOf = (left: PendingSide, right: PendingSide) => ({
  left_field: left.field,
  left_value: left.value,
  left_spelling: left.spelling,
  right_field: right.field,
  right_value: right.value,
  right_spelling: right.spelling,
});

/** Only a key can be waited for, and only one that a record may come to have. */
function keyViolations(set: WorkingSet, type: RecordType | undefined, ref: Ref, side: 'from' | 'to') {
  const found = type && set.find(type, ref);
  if (type === undefined || found?.deletedAt === null) return [];
  const field = ref.by === 'key' ? type.fieldsByKey.get(ref.field) : undefined;
  if (ref.by !== 'key' || field === undefined) return [recordNotFound(type, ref, side)];
  const isInteger = field.type === 'integer' && String(Number(ref.value)) === ref.value;
  const checked = checkValue(field, isInteger ? Number(ref.value) : ref.value);
  return checked.ok && isStorableText(ref.value) && String(checked.value) === ref.value
    ? []
    : [recordNotFound(type, ref, side)];
}

/** What was asked before of a pair that is linked, or unlinked, now is settled by that. `slot` null: in every role. */
function forget(
  set: WorkingSet,
  pending: PendingLinks,
  link: LinkType,
  leftNumber: number,
  rightNumber: number,
  slot: number | null,
): void {
  if (!pending.marked.has(link.id)) return;
  const sides = (number: number): PendingSide[] => {
    const row = set.rows.get(number);
    return [sideOfNumber(number), ...(row === undefined ? [] : keysOf(row))];
  };
  for (const left of sides(leftNumber)) {
    for (const right of sides(rightNumber)) pending.remove({ link_type: link.id, left, right, slot });
  }
}

const keysOf = (row: WorkingRow): PendingSide[] =>
  row.type.matchFields.flatMap((field) => {
    const value = row.values[field.id];
    return value === undefined ? [] : [sideOfKey(field, value)];
  });

function viewOf(set: WorkingSet, row: PendingRow): PendingLinkView {
  const view = pendingView(set.catalogue, row, set.now, (type, ref) => set.find(type, ref)?.deletedAt !== null);
  if (view === undefined) throw new Error(`Pending link ${row.number} is of a type that the schema does not know`);
  return view;
}
