/** Link and unlink as of a stamp: what is newer than all that is known of the two counts, whatever came first. */
import { isDeepStrictEqual } from 'node:util';
import type { LinkType, Role } from '../../../model/catalogue.ts';
import type { LinkCommand, UnlinkCommand } from '../../../model/commands.ts';
import type { LinkOutcome, StaleLink, UnlinkOutcome, Violation } from '../../../model/outcomes.ts';
import type { Stamp } from '../../../model/stamp.ts';
import { ownedElsewhere } from '../../ownership.ts';
import { linkAge, removalAge, saidOfLink } from '../working/link-stamps.ts';
import type { WorkingLink, WorkingSet, Writer } from '../working/working-set.ts';
import { mayWriteLink } from './give-way.ts';
import type { Pair } from './link-pair.ts';
import { slotOf, type WantedRole } from './link-place.ts';
import { createLink } from './put-link.ts';
import { rejected } from './rejected.ts';

/** A link as of its stamp: it is made, or changed to be just so, unless something newer is known of the two. */
export function linkAsOf(
  set: WorkingSet,
  writer: Writer,
  pair: Pair,
  role: Role | null,
  command: LinkCommand,
  stamp: Stamp,
  existing: readonly WorkingLink[],
): LinkOutcome | StaleLink {
  const { link } = pair.end;
  const unfit = stampUnfit(link, command);
  if (unfit) return rejected(unfit);
  if (!mayWriteLink(set, writer, link, pair.left.type)) return rejected(ownedElsewhere(pair.end.name, link.owner));
  const slot = slotOf(link, role);
  const attributes = command.attributes ?? {};
  const said = saidOfLink(role, attributes);
  const age = linkAge(set, { link, left: pair.left, right: pair.right }, slot, stamp, said);
  if ('code' in age) return rejected(age);
  if (age.stored !== undefined) {
    for (const at of age.pushedOut) set.removeLink(writer, at);
    return { kind: 'stale', sent: stamp, stored: age.stored };
  }
  const at = existing.find(({ row }) => row.slot === slot);
  if (at === undefined) return createLink(set, writer, pair, role, command);
  const before = at.row;
  if (before.role === (role?.number ?? null) && isDeepStrictEqual(before.attributes ?? {}, { ...attributes }))
    return { kind: 'unchanged', link: set.linkView(at), replaced: [] };
  at.row = { ...before, role: role?.number ?? null, attributes, updated_at: set.now };
  set.noteLink(writer, 'relinked', at, before);
  return { kind: 'updated', link: set.linkView(at), replaced: [] };
}

export function unlinkAsOf(
  set: WorkingSet,
  writer: Writer,
  pair: Pair,
  role: WantedRole,
  command: UnlinkCommand,
  stamp: Stamp,
  matching: readonly WorkingLink[],
): UnlinkOutcome | StaleLink {
  const { link } = pair.end;
  const unfit = stampUnfit(link, command);
  if (unfit) return rejected(unfit);
  if (!mayWriteLink(set, writer, link, pair.left.type)) return rejected(ownedElsewhere(pair.end.name, link.owner));
  const slot = link.oncePer === 'pair' ? 0 : role === undefined ? null : slotOf(link, role);
  const age = removalAge(set, { link, left: pair.left, right: pair.right }, slot, stamp, matching);
  if ('code' in age) return rejected(age);
  if (age.removed.length === 0 && age.stored !== undefined) return { kind: 'stale', sent: stamp, stored: age.stored };
  for (const at of age.removed) set.removeLink(writer, at);
  const removed = age.removed.map((at) => set.linkView(at));
  return { kind: 'unlinked', removed, from: set.pointer(pair.from), to: set.pointer(pair.to) };
}

/** Whether what a command says of a link can be ordered by its stamp; else why not. */
export function stampUnfit(link: LinkType, command: LinkCommand | UnlinkCommand): Violation | undefined {
  const unfit = (why: string): Violation => ({
    code: 'stamp_unfit',
    link: link.key,
    message: `${why} Leave the stamp out.`,
  });
  if (link.lookupField !== null)
    return {
      ...unfit(''),
      message: `${link.key} is the lookup field ${link.lookupField}: write it, with its stamp, as a field of the record.`,
    };
  if ('newRole' in command && command.newRole !== undefined)
    return unfit('A link with a stamp says its role by role alone: newRole depends on what there is.');
  if ('which' in command && command.role !== undefined && link.oncePer === 'pair')
    return unfit(`Two records have one link of ${link.key}: with a stamp it is removed whatever its role.`);
  return undefined;
}
