/** Unlink: which links of a pair a command removes, judged against the working set. Refusals change nothing. */
import type { DatedUnlink } from '../../../model/commands.ts';
import type { StaleLink, UnlinkOutcome } from '../../../model/outcomes.ts';
import { ownedElsewhere } from '../../ownership.ts';
import type { WorkingSet, Writer } from '../working/working-set.ts';
import { mayWriteLink } from './give-way.ts';
import { unlinkAsOf } from './judge-stamped-link.ts';
import { findPair, isRejected } from './link-pair.ts';
import { findRole } from './link-place.ts';
import { noteLookup } from './put-link.ts';
import { rejected, unknownRole } from './rejected.ts';

export function judgeUnlink(set: WorkingSet, writer: Writer, command: DatedUnlink): UnlinkOutcome | StaleLink {
  const pair = findPair(set, writer, command);
  if (isRejected(pair)) return pair;
  const { link } = pair.end;
  const role = findRole(link, command.role);
  if (role === 'unknown') return rejected(unknownRole(pair.end, command.role?.value ?? ''));
  const matching = set
    .pairLinks(link, pair.left.number, pair.right.number)
    .filter((at) => role === undefined || at.row.role === (role?.number ?? null));
  if (command.stamp !== undefined) return unlinkAsOf(set, writer, pair, role, command, command.stamp, matching);
  const removed = command.which === 'first' ? matching.slice(0, 1) : matching;
  if (removed.length > 0 && !mayWriteLink(set, writer, link, pair.left.type))
    return rejected(ownedElsewhere(pair.end.name, link.owner));
  for (const at of removed) set.removeLink(writer, at);
  if (removed.length > 0) noteLookup(set, writer, link, pair.left, pair.right.number, null);
  return {
    kind: 'unlinked',
    removed: removed.map((at) => set.linkView(at)),
    from: set.pointer(pair.from),
    to: set.pointer(pair.to),
  };
}
