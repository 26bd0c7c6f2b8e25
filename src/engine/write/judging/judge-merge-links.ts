/** The links of a duplicate go over to the survivor; those of the same pair become one, and a place that the survivor has taken stays its. */
import type { Field, LinkType } from '../../../model/catalogue.ts';
import type { MergeStep } from '../../../model/merge.ts';
import { owns } from '../../ownership.ts';
import { pointerTo } from '../../views.ts';
import type { WorkingLink } from '../working/working-set.ts';
import type { Merge } from './judge-merge.ts';
import { noteLookup, putLink } from './put-link.ts';

type LinkStep = Extract<MergeStep, { readonly link: string }>;
type Reason = LinkStep['reason'];

export function moveLinks(merge: Merge): void {
  const { set, duplicate } = merge;
  for (const at of set.linksOfRecord(duplicate.number).sort((a, b) => a.row.number - b.row.number)) {
    const link = set.catalogue.linksById.get(at.row.link_type);
    if (link !== undefined) moveLink(merge, link, at);
  }
}

function moveLink(merge: Merge, link: LinkType, at: WorkingLink): void {
  const { set, writer, survivor, duplicate } = merge;
  const swap = (number: number): number => (number === duplicate.number ? survivor.number : number);
  const [left, right] = [swap(at.row.left_number), swap(at.row.right_number)];
  const isLeft = at.row.left_number === duplicate.number;
  if (left === right) {
    remove(merge, link, at, null);
    return report(merge, link, at, 'drop', 'self');
  }
  const twin = set
    .pairLinks(link, left, right)
    .find((other) => link.oncePer === 'pair' || other.row.role === at.row.role);
  if (twin !== undefined) {
    remove(merge, link, at, null);
    joinInto(merge, twin, at);
    return report(merge, link, at, 'join', null);
  }
  const taken = new Set(
    [set.linkOfLeft(link, left), set.linkOfRight(link, right)].filter(
      (other): other is WorkingLink => other !== undefined && other !== at,
    ),
  );
  const reason = isLeft
    ? refusalOf(merge, lookupOf(merge, link), taken.size > 0)
    : taken.size > 0
      ? stays(merge)
      : null;
  if (reason !== null) {
    remove(merge, link, at, null);
    return report(merge, link, at, 'drop', reason);
  }
  const replaced = [...taken].find((other) => other.row.left_number === survivor.number);
  for (const other of taken) set.removeLink(writer, other);
  remove(merge, link, at, survivor.number);
  const role = link.roles.find((known) => known.number === at.row.role) ?? null;
  const attributes = at.row.attributes === null ? {} : { attributes: at.row.attributes };
  putLink(set, writer, link, { number: left }, { number: right }, role, attributes);
  if (isLeft) noteLookup(set, writer, link, survivor, replaced?.row.right_number ?? null, right);
  report(merge, link, at, 'move', null);
}

const lookupOf = ({ survivor }: Merge, link: LinkType): Field | undefined =>
  link.lookupField === null ? undefined : survivor.type.fieldsByKey.get(link.lookupField);

const stays = ({ policy }: Merge): Reason => (policy === 'duplicate' ? null : 'cardinality');

/** A lookup is a field: the policy and its owner decide. */
function refusalOf(merge: Merge, lookup: Field | undefined, isTaken: boolean): Reason {
  if (lookup !== undefined && !isTaken && merge.policy === 'keep') return 'kept';
  const reason = isTaken ? stays(merge) : null;
  if (reason !== null || lookup === undefined) return reason;
  return owns(lookup.owner, merge.writer.interface) ? null : 'owner';
}

/** @param now what a lookup of another record that showed the duplicate shows after it. */
function remove({ set, writer, duplicate }: Merge, link: LinkType, at: WorkingLink, now: number | null): void {
  set.removeLink(writer, at);
  const left = set.rows.get(at.row.left_number);
  if (left !== undefined && left !== duplicate) noteLookup(set, writer, link, left, duplicate.number, now);
}

/** What only the duplicate's link has goes on in the survivor's. */
function joinInto({ set, writer }: Merge, twin: WorkingLink, at: WorkingLink): void {
  const role = twin.row.role ?? at.row.role;
  const attributes =
    at.row.attributes === null ? twin.row.attributes : { ...at.row.attributes, ...twin.row.attributes };
  const gained = Object.keys(attributes ?? {}).length > Object.keys(twin.row.attributes ?? {}).length;
  if (role === twin.row.role && !gained) return;
  const before = twin.row;
  twin.row = { ...before, role, attributes, updated_at: set.now };
  set.noteLink(writer, 'relinked', twin, before);
}

function report(merge: Merge, link: LinkType, at: WorkingLink, action: LinkStep['action'], reason: Reason): void {
  const { set, duplicate, steps } = merge;
  const isLeft = at.row.left_number === duplicate.number;
  const [type, number] = isLeft ? [link.right, at.row.right_number] : [link.left, at.row.left_number];
  const other = pointerTo(set.catalogue, type, number);
  steps.push({
    action,
    link: link.key,
    other,
    role: link.roles.find((known) => known.number === at.row.role)?.name ?? null,
    reason,
  });
}
