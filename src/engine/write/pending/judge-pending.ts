/** Links before their records: what may wait, what a later write does to what waits. Refusals change nothing. */
import type { LinkType } from '../../../model/catalogue.ts';
import type { DatedLink, DatedUnlink } from '../../../model/commands.ts';
import type { LinkOutcome, Rejected, StaleLink, UnlinkOutcome } from '../../../model/outcomes.ts';
import type { Defer, DeferOutcome, WithdrawOutcome } from '../../../model/pending.ts';
import { type PendingRow, type PendingSide, pairOfRow } from '../../../store/links/pending-links.ts';
import { ownedElsewhere, owns } from '../../ownership.ts';
import { judgeLink } from '../judging/judge-link.ts';
import { judgeUnlink } from '../judging/judge-unlink.ts';
import { findRole, slotOf } from '../judging/link-place.ts';
import { rejected } from '../judging/rejected.ts';
import { raisedOver, saidOfRemoval } from '../working/link-stamps.ts';
import type { WorkingRow, WorkingSet, Writer } from '../working/working-set.ts';
import { deferAsOf } from './defer-as-of.ts';
import { deferLink, newestStamp } from './defer-link.ts';
import { type PendingLinks, pairOf, sideOfKey, sideOfNumber, stateOf } from './pending.ts';
import { endOf, viewOf, waitingRow } from './waiting.ts';

export function judgeLinkOrDefer(
  set: WorkingSet,
  pending: PendingLinks,
  writer: Writer,
  command: DatedLink & { readonly defer?: Defer },
): LinkOutcome | StaleLink | DeferOutcome {
  const outcome = judgeLink(set, writer, command);
  if (outcome.kind === 'rejected') {
    const { defer, stamp } = command;
    if (defer === undefined || !isOfMissing(outcome)) return outcome;
    return stamp === undefined
      ? deferLink(set, pending, writer, command, defer, outcome)
      : deferAsOf(set, pending, writer, command, stamp, defer, outcome);
  }
  if (outcome.kind === 'stale') return outcome;
  const { link, left, right, role } = outcome.link;
  const type = set.catalogue.links.get(link);
  if (type !== undefined) forget(set, pending, command, type, left.number, right.number, slotOf(type, role));
  return outcome;
}

export function judgeUnlinkOrWithdraw(
  set: WorkingSet,
  pending: PendingLinks,
  writer: Writer,
  command: DatedUnlink & { readonly withdraw?: boolean; readonly defer?: Defer },
): UnlinkOutcome | StaleLink | WithdrawOutcome | DeferOutcome {
  const outcome = judgeUnlink(set, writer, command);
  if (outcome.kind === 'stale') return outcome;
  const named = pairOf(set.catalogue, command);
  if (named === undefined) return outcome;
  const { link, side } = named.end;
  const role = findRole(link, command.role);
  if (role === 'unknown') return outcome;
  if (outcome.kind !== 'rejected') {
    const [left, right] = side === 'left' ? [outcome.from, outcome.to] : [outcome.to, outcome.from];
    if (role === undefined) forget(set, pending, command, link, left.number, right.number, null);
    else if (link.oncePer === 'role')
      forget(set, pending, command, link, left.number, right.number, slotOf(link, role));
    return outcome;
  }
  const { stamp, defer, withdraw } = command;
  if (!isOfMissing(outcome)) return outcome;
  const there = pending.of(named.pair).filter((row) => stateOf(row, set.now) !== 'expired');
  const matching = there
    .filter(({ removes }) => !removes)
    .filter((row) => role === undefined || row.role === (role?.number ?? null));
  const takesBack = withdraw && matching.length > 0;
  if (stamp !== undefined && (defer !== undefined || takesBack))
    return deferAsOf(set, pending, writer, command, stamp, defer ?? { expiresAt: null }, outcome);
  if (!takesBack) return outcome;
  if (!owns(link.owner, writer.interface)) return rejected(ownedElsewhere(named.end.name, link.owner));
  const newest = newestStamp(there);
  for (const row of matching) {
    pending.remove({ ...named.pair, slot: row.slot, removes: false });
    if (row.stamp !== null && newest !== null)
      leaveRemoval(set, pending, writer, row, { ...newest, at: raisedOver(newest, set.now) });
  }
  return { kind: 'withdrawn', pending: matching.map((row) => viewOf(set, row)) };
}

const isOfMissing = ({ violations }: Rejected): boolean => violations.every(({ code }) => code === 'record_not_found');

/** What says how old it is may come again, and is to be known as taken back then. */
function leaveRemoval(
  set: WorkingSet,
  pending: PendingLinks,
  writer: Writer,
  withdrawn: PendingRow,
  stamp: NonNullable<PendingRow['stamp']>,
): void {
  const pair = pairOfRow(withdrawn);
  const at = pending.of(pair).find((row) => row.removes && row.slot === withdrawn.slot);
  const row = waitingRow(set, writer, pair, {
    number: at?.number ?? withdrawn.number,
    slot: withdrawn.slot,
    role: withdrawn.role,
    attributes: null,
    expires_at: endOf(set, { expiresAt: null }),
    removes: true,
    stamp: { ...stamp, said: saidOfRemoval },
  });
  pending.put(row, at);
}

/**
 * What was asked before of a pair that is linked, or unlinked, now is settled by that. Where both say how old they are, that tells, and
 * what waits is done with the records that this batch may be making. `slot` null: in every role.
 */
function forget(
  set: WorkingSet,
  pending: PendingLinks,
  command: DatedLink | DatedUnlink,
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
    for (const right of sides(rightNumber))
      pending.remove({
        link_type: link.id,
        left,
        right,
        slot,
        removes: null,
        onlyUndated: command.stamp !== undefined,
      });
  }
}

const keysOf = (row: WorkingRow): PendingSide[] =>
  row.type.matchFields.flatMap((field) => {
    const value = row.values[field.id];
    return value === undefined ? [] : [sideOfKey(field, value)];
  });
