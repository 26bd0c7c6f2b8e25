/**
 * Whether an element that was applied without an issue can be passed over while its record stays as it is. It cannot where another
 * element of the same set may take from its record what it says: passed over, it could not take that back, as it would were it judged.
 */
import type { LinkEnd, RecordType } from '../../../model/catalogue.ts';
import type { SetElement } from '../../../model/commands.ts';

export function isRepeatable(type: RecordType, element: SetElement): boolean {
  const said = new Set<number>();
  for (const member of element.members) {
    if (member.kind === 'unknown') continue;
    const end = type.linkEnds.get(member.kind === 'relation' ? member.link : member.field);
    if (end === undefined) continue;
    const isEmpty = member.kind === 'relation' ? member.targets.length === 0 : member.value === null;
    if (said.has(end.link.id) || joinsElements(end) || (isExclusive(end) && !isEmpty)) return false;
    said.add(end.link.id);
  }
  return true;
}

/** Both ends are elements of the set: each can change the other's. */
const joinsElements = ({ link }: LinkEnd): boolean => link.left === link.right;

/** The record at the other end has one link of this type at most: whoever links it last has it. */
const isExclusive = ({ link, side }: LinkEnd): boolean =>
  link.cardinality === 'one-to-one' || link.cardinality === (side === 'left' ? 'one-to-many' : 'many-to-one');
