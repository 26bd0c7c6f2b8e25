/** Link: what a command does to the links of a pair, judged against the working set. Refusals change nothing. */
import type { Role } from '../../../model/catalogue.ts';
import type { DatedLink, LinkCommand } from '../../../model/commands.ts';
import type { LinkOutcome, StaleLink } from '../../../model/outcomes.ts';
import { ownedElsewhere } from '../../ownership.ts';
import { checkAttributes } from '../../values.ts';
import type { WorkingLink, WorkingSet, Writer } from '../working/working-set.ts';
import { mayWriteLink } from './give-way.ts';
import { linkAsOf } from './judge-stamped-link.ts';
import { findPair, isRejected, type Pair } from './link-pair.ts';
import { attributesAfter, changesAnything, choosePlace, findRole, slotOf } from './link-place.ts';
import { createLink } from './put-link.ts';
import { rejected, unknownRole } from './rejected.ts';

export function judgeLink(set: WorkingSet, writer: Writer, command: DatedLink): LinkOutcome | StaleLink {
  const pair = findPair(set, writer, command);
  if (isRejected(pair)) return pair;
  const { link } = pair.end;
  const role = findRole(link, command.role);
  const newRole = findRole(link, command.newRole);
  if (role === 'unknown') return rejected(unknownRole(pair.end, command.role?.value ?? ''));
  if (newRole === 'unknown') return rejected(unknownRole(pair.end, command.newRole?.value ?? ''));
  const unfit = command.attributes === undefined ? undefined : checkAttributes(command.attributes);
  if (unfit !== undefined) return rejected(unfit);
  if (pair.left === pair.right && link.cardinality !== 'many-to-many') {
    const message = `${link.key} cannot link a record to itself.`;
    return rejected({ code: 'link_to_self', link: link.key, message });
  }

  const existing = set.pairLinks(link, pair.left.number, pair.right.number);
  if (command.stamp !== undefined) return linkAsOf(set, writer, pair, role ?? null, command, command.stamp, existing);
  const place = choosePlace(link, existing, role, newRole);
  if (changesAnything(place, command) && !mayWriteLink(set, writer, link, pair.left.type)) {
    return rejected(ownedElsewhere(pair.end.name, link.owner));
  }
  return place.at === undefined
    ? createLink(set, writer, pair, place.role, command)
    : changeLink(set, writer, pair, place.at, place.role, command, existing);
}

function changeLink(
  set: WorkingSet,
  writer: Writer,
  pair: Pair,
  at: WorkingLink,
  role: Role | null,
  command: LinkCommand,
  existing: readonly WorkingLink[],
): LinkOutcome {
  const { link } = pair.end;
  const roleNumber = role?.number ?? null;
  // The pair has a link with the new role already: the two become one.
  const twin =
    link.oncePer === 'role' ? existing.find((other) => other !== at && other.row.role === roleNumber) : undefined;
  if (twin !== undefined) {
    set.removeLink(writer, at);
    const merged = attributesAfter(twin, command);
    if (merged !== null) {
      const before = twin.row;
      twin.row = { ...before, attributes: merged, updated_at: set.now };
      set.noteLink(writer, 'relinked', twin, before);
    }
    return { kind: 'updated', link: set.linkView(twin), replaced: [set.linkView(at)] };
  }
  const attributes = attributesAfter(at, command);
  if (at.row.role === roleNumber && attributes === null)
    return { kind: 'unchanged', link: set.linkView(at), replaced: [] };
  const before = at.row;
  at.row = {
    ...before,
    role: roleNumber,
    slot: slotOf(link, role),
    attributes: attributes ?? before.attributes,
    updated_at: set.now,
  };
  set.noteLink(writer, 'relinked', at, before);
  return { kind: 'updated', link: set.linkView(at), replaced: [] };
}
