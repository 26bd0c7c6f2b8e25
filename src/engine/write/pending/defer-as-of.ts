/**
 * Links and removals that say how old they are, and wait for their records. They are done with their stamps when the records are there,
 * by the rules of judge-stamped-link.ts, so that it does not matter in which order they and the records came. Of what can no more
 * matter then, nothing waits.
 */
import type { LinkType } from '../../../model/catalogue.ts';
import type { DatedLink, DatedUnlink } from '../../../model/commands.ts';
import type { Rejected, StaleLink } from '../../../model/outcomes.ts';
import type { Defer, DeferOutcome } from '../../../model/pending.ts';
import type { Stamp } from '../../../model/stamp.ts';
import type { PendingRow } from '../../../store/links/pending-links.ts';
import { stampUnfit } from '../judging/judge-stamped-link.ts';
import { slotOf, type WantedRole } from '../judging/link-place.ts';
import { rejected } from '../judging/rejected.ts';
import { leftIsSingle, rightIsSingle } from '../judging/single-sides.ts';
import { everySlot, isLater, kindMismatch, saidOfLink, saidOfRemoval } from '../working/link-stamps.ts';
import { stampViolation } from '../working/stamps.ts';
import type { WorkingSet, Writer } from '../working/working-set.ts';
import { type PendingLinks, stateOf } from './pending.ts';
import { endOf, findWaitable, viewOf, waitingRow, waitOn } from './waiting.ts';

export function deferAsOf(
  set: WorkingSet,
  pending: PendingLinks,
  writer: Writer,
  command: DatedLink | DatedUnlink,
  stamp: Stamp,
  defer: Defer,
  notFound: Rejected,
): DeferOutcome | StaleLink | Rejected {
  const found = findWaitable(set, writer, command, notFound);
  if ('kind' in found) return found;
  const { link } = found.end;
  const { pair } = found;
  const unfit = stampUnfit(link, command) ?? stampViolation(stamp, set.now, undefined);
  if (unfit) return rejected(unfit);
  const rows = pending.of(pair);
  const waiting = rows.filter((row) => stateOf(row, set.now) === 'waiting');
  const other = waiting.find((row) => row.stamp !== null && row.stamp.kind !== stamp.kind)?.stamp;
  if (other) return rejected(kindMismatch(stamp, other.kind));

  const asked = 'which' in command ? removalOf(link, found.role) : linkOf(link, found.role, command);
  const mark = { ...stamp, said: asked.said };
  const newer = waiting.filter((row) => row.stamp !== null && overrules(row, asked) && isLater(row.stamp, mark));
  const isKnown = newer.some((row) => row.removes === asked.removes);
  const stored = newer[0]?.stamp;
  const stale: StaleLink | undefined = stored
    ? { kind: 'stale', sent: stamp, stored: { kind: stored.kind, at: stored.at } }
    : undefined;
  if (stale && (isKnown || !pushesOut(link))) return stale;

  const at = rows.find((row) => row.slot === asked.slot && row.removes === asked.removes);
  const isSame = at?.stamp?.at === stamp.at && at.stamp.said === mark.said && waiting.includes(at);
  if (isSame && !stale) return waitOn(set, pending, at, endOf(set, defer));
  for (const row of waiting) {
    const isOver = overrules(asked, row) && row !== at;
    if (isOver && (row.stamp === null || (isLater(mark, row.stamp) && !pushesOut(link))))
      pending.remove({ ...pair, slot: row.slot, removes: row.removes });
  }
  const { slot, role, attributes, removes } = asked;
  const number = at?.number ?? pending.newNumber();
  const ends = endOf(set, defer);
  const row = waitingRow(set, writer, pair, { number, slot, role, attributes, removes, stamp: mark, expires_at: ends });
  pending.put(row, at);
  return stale ?? { kind: 'deferred', pending: viewOf(set, row) };
}

type Asked = Pick<PendingRow, 'slot' | 'role' | 'attributes' | 'removes'> & { readonly said: string };

const linkOf = (link: LinkType, role: WantedRole, { attributes = {} }: DatedLink): Asked => ({
  slot: slotOf(link, role ?? null),
  role: role?.number ?? null,
  attributes,
  removes: false,
  said: saidOfLink(role ?? null, attributes),
});

const removalOf = (link: LinkType, role: WantedRole): Asked => ({
  slot: role === undefined && link.oncePer === 'role' ? everySlot : slotOf(link, role ?? null),
  role: role?.number ?? null,
  attributes: null,
  removes: true,
  said: saidOfRemoval,
});

type Place = Pick<PendingRow, 'slot' | 'removes'>;

/** Whether the one decides what the other is about, once it is the later of the two. */
const overrules = (one: Place, other: Place): boolean =>
  one.slot === other.slot ? one.removes || !other.removes : one.removes && one.slot === everySlot && !other.removes;

/** Such a link pushes out older ones of other records even when it does not last itself, so it must not be forgotten. */
const pushesOut = (link: LinkType): boolean => leftIsSingle(link) || rightIsSingle(link);
