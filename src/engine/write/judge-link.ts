/** Link and unlink: what a command does to the links of a pair, judged against the working set. Refusals change nothing. */
import { isDeepStrictEqual } from 'node:util';
import type { Field, LinkEnd, LinkType, RecordType, Role } from '../../model/catalogue.ts';
import type { DatedLink, DatedUnlink, LinkCommand, RoleRef, UnlinkCommand } from '../../model/commands.ts';
import type { LinkOutcome, Rejected, StaleLink, UnlinkOutcome, Violation } from '../../model/outcomes.ts';
import type { Stamp } from '../../model/stamp.ts';
import type { LinkRow } from '../../store/links.ts';
import { grantViolations } from '../access/grants.ts';
import { ownedElsewhere, owns } from '../ownership.ts';
import { checkAttributes } from '../values.ts';
import { linkAge, removalAge } from './link-stamps.ts';
import {
  matchFieldViolations,
  recordNotFound,
  rejected,
  rejectedFor,
  unknownLink,
  unknownRecordType,
  unknownRole,
} from './rejected.ts';
import { leftIsSingle, rightIsSingle } from './single-sides.ts';
import type { WorkingLink, WorkingRow, WorkingSet, Writer } from './working-set.ts';

type Pair = {
  readonly end: LinkEnd;
  readonly from: WorkingRow;
  readonly to: WorkingRow;
  readonly left: WorkingRow;
  readonly right: WorkingRow;
};

/** Names, grants and records of a command, in this order; the first stage that fails reports all its violations. */
function findPair(set: WorkingSet, writer: Writer, command: LinkCommand | UnlinkCommand): Pair | Rejected {
  const fromType = set.catalogue.types.get(command.from.type);
  if (fromType === undefined) return rejected(unknownRecordType(set.catalogue, command.from.type));
  const end = fromType.linkEnds.get(command.link);
  const toType = end && set.catalogue.types.get(end.other);
  if (end === undefined || toType === undefined) return rejected(unknownLink(fromType, command.link));
  const misnamed = rejectedFor([
    ...matchFieldViolations(fromType, command.from.ref, 'from'),
    ...matchFieldViolations(toType, command.to.ref, 'to'),
  ]);
  if (misnamed) return misnamed;
  if (writer.interface === null) {
    const { left, right } = end.link;
    const ungranted = rejectedFor(grantViolations(writer.caller.principal, `attach:${right}`, left));
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
  const missing: Violation[] = [];
  if (from === undefined || from.deletedAt !== null) missing.push(recordNotFound(fromType, command.from.ref, 'from'));
  if (to === undefined || to.deletedAt !== null) missing.push(recordNotFound(toType, command.to.ref, 'to'));
  const lost = rejectedFor(missing);
  if (lost || from === undefined || to === undefined)
    return lost ?? rejected(recordNotFound(fromType, command.from.ref, 'from'));
  return end.side === 'left' ? { end, from, to, left: from, right: to } : { end, from, to, left: to, right: from };
}

const isRejected = (value: Pair | Rejected): value is Rejected => 'kind' in value;

/** undefined: not given. null: no role. */
export type WantedRole = Role | null | undefined;

export function findRole(link: LinkType, ref: RoleRef | null | undefined): WantedRole | 'unknown' {
  if (ref === undefined || ref === null) return ref;
  const by = (kind: RoleRef['by']): boolean => ref.by === kind || ref.by === 'any';
  const name = ref.value.toLowerCase();
  return (
    (by('number') ? link.roles.find((role) => String(role.number) === ref.value) : undefined) ??
    (by('external_id') ? link.roles.find((role) => role.externalId === ref.value) : undefined) ??
    (by('name') ? link.roles.find((role) => role.name.toLowerCase() === name) : undefined) ??
    'unknown'
  );
}

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
  if (!owns(link.owner, writer.interface) && changesAnything(place, command)) {
    return rejected(ownedElsewhere(pair.end.name, link.owner));
  }
  return place.at === undefined
    ? createLink(set, writer, pair, place.role, command)
    : changeLink(set, writer, pair, place.at, place.role, command, existing);
}

/** Whether what a command says of a link can be ordered by its stamp; else why not. */
function stampUnfit(link: LinkType, command: LinkCommand | UnlinkCommand): Violation | undefined {
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

/** A link as of its stamp: it is made, or changed to be just so, unless something newer is known of the two. */
function linkAsOf(
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
  if (!owns(link.owner, writer.interface)) return rejected(ownedElsewhere(pair.end.name, link.owner));
  const slot = slotOf(link, role);
  const attributes = command.attributes ?? {};
  const named = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const age = linkAge(set, { link, left: pair.left, right: pair.right }, slot, stamp, [role?.number ?? null, named]);
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

/** The link that is meant, if there is one, and the role that it shall have: the one function that knows the table of
 *  Relationship and NewRelationship (Origami Risk, Link Upsert), which the native `role` and `newRole` follow too. */
type Place<At> = { readonly at: At | undefined; readonly role: Role | null };
type WithRole = { readonly row: { readonly role: number | null } };

export function choosePlace<At extends WithRole>(
  link: LinkType,
  existing: readonly At[],
  role: WantedRole,
  newRole: WantedRole,
): Place<At> {
  const [first] = existing;
  const wanted = newRole === undefined ? role : newRole;
  if (first === undefined) return { at: undefined, role: wanted ?? null };
  const roleOf = (at: At): Role | null => link.roles.find((known) => known.number === at.row.role) ?? null;
  if (link.oncePer === 'pair') return { at: first, role: wanted === undefined ? roleOf(first) : wanted };

  const withRole = (sought: Role | null): At | undefined =>
    existing.find((candidate) => candidate.row.role === (sought?.number ?? null));
  if (role === undefined) {
    if (newRole === undefined) return { at: first, role: roleOf(first) };
    // A repeated call must find its own result, not change another link of the pair.
    return { at: withRole(newRole) ?? first, role: newRole };
  }
  const at = withRole(role) ?? (newRole === undefined ? undefined : withRole(newRole));
  return { at, role: wanted ?? null };
}

const changesAnything = (place: Place<WorkingLink>, command: LinkCommand): boolean =>
  place.at === undefined ||
  place.at.row.role !== (place.role?.number ?? null) ||
  attributesAfter(place.at, command) !== null;

/** The merged attributes when they differ from what is stored, whatever the order of their members; null when nothing changes. */
export function attributesAfter(
  at: { readonly row: { readonly attributes: LinkRow['attributes'] } },
  command: Pick<LinkCommand, 'attributes'>,
): Record<string, unknown> | null {
  if (command.attributes === undefined) return null;
  const given = JSON.parse(JSON.stringify(command.attributes)) as Record<string, unknown>; // as it would be stored: no -0
  const merged = { ...at.row.attributes, ...given };
  return isDeepStrictEqual(merged, at.row.attributes ?? {}) ? null : merged;
}

function createLink(set: WorkingSet, writer: Writer, pair: Pair, role: Role | null, command: LinkCommand): LinkOutcome {
  const replaced = makeRoom(set, writer, pair.end.link, pair.left.number, pair.right.number);
  const made = putLink(set, writer, pair.end.link, pair.left, pair.right, role, command);
  noteLookup(set, writer, pair.end.link, pair.left, replaced[0]?.row.right_number ?? null, pair.right.number);
  return { kind: 'created', link: set.linkView(made), replaced: replaced.map((link) => set.linkView(link)) };
}

/** Linking a record whose one-side is taken replaces the old link. */
function makeRoom(set: WorkingSet, writer: Writer, link: LinkType, left: number, right: number): WorkingLink[] {
  const taken = [set.linkOfLeft(link, left), set.linkOfRight(link, right)].filter((at) => at !== undefined);
  const replaced = [...new Set(taken)];
  for (const at of replaced) set.removeLink(writer, at);
  return replaced;
}

export const slotOf = (link: LinkType, role: Role | null): number =>
  link.oncePer === 'role' ? (role?.number ?? 0) : 0;

export function putLink(
  set: WorkingSet,
  writer: Writer,
  link: LinkType,
  left: { readonly number: number },
  right: { readonly number: number },
  role: Role | null,
  options: { readonly attributes?: LinkCommand['attributes']; readonly number?: number },
): WorkingLink {
  const made = set.newLink(
    link,
    {
      left_number: left.number,
      right_number: right.number,
      slot: slotOf(link, role),
      role: role?.number ?? null,
      attributes: options.attributes ?? null,
      one_left: leftIsSingle(link) ? left.number : null,
      one_right: rightIsSingle(link) ? right.number : null,
    },
    options.number,
  );
  set.noteLink(writer, 'linked', made, null);
  return made;
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
  if (removed.length > 0 && !owns(link.owner, writer.interface))
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

function unlinkAsOf(
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
  if (!owns(link.owner, writer.interface)) return rejected(ownedElsewhere(pair.end.name, link.owner));
  const slot = link.oncePer === 'pair' ? 0 : role === undefined ? null : slotOf(link, role);
  const age = removalAge(set, { link, left: pair.left, right: pair.right }, slot, stamp, matching);
  if ('code' in age) return rejected(age);
  if (age.removed.length === 0 && age.stored !== undefined) return { kind: 'stale', sent: stamp, stored: age.stored };
  for (const at of age.removed) set.removeLink(writer, at);
  const removed = age.removed.map((at) => set.linkView(at));
  return { kind: 'unlinked', removed, from: set.pointer(pair.from), to: set.pointer(pair.to) };
}

/** A lookup field shows its link: when the link changes, so does the record that has the field. */
export function noteLookup(
  set: WorkingSet,
  writer: Writer,
  link: LinkType,
  left: WorkingRow,
  before: number | null,
  after: number | null,
): void {
  const field = link.lookupField === null ? undefined : left.type.fieldsByKey.get(link.lookupField);
  if (field === undefined) return;
  left.version += 1;
  left.updatedAt = set.now;
  left.updatedBy = writer.caller.principal.id;
  set.note(writer, {
    kind: 'updated',
    number: left.number,
    version: left.version,
    before: { [field.id]: before },
    after: { [field.id]: after },
  });
}

/** Removes a link because the record at one of its ends goes. */
export function removeLinkTo(set: WorkingSet, writer: Writer, at: WorkingLink, gone: WorkingRow): void {
  set.removeLink(writer, at);
  const link = set.catalogue.linksById.get(at.row.link_type);
  const left = set.rows.get(at.row.left_number);
  if (link !== undefined && left !== undefined && left !== gone) noteLookup(set, writer, link, left, gone.number, null);
}

/** Points a record's lookup at another record, or at none. The record itself is stamped by its upsert. */
export function setLookup(
  set: WorkingSet,
  writer: Writer,
  field: Field,
  row: WorkingRow,
  target: WorkingRow | null,
): void {
  if (field.link === null) return;
  if (target === null) {
    const old = set.linkOfLeft(field.link, row.number);
    if (old !== undefined) set.removeLink(writer, old);
    return;
  }
  makeRoom(set, writer, field.link, row.number, target.number);
  putLink(set, writer, field.link, row, target, null, {});
}

/** Makes the links of a record by one link type exactly those to `targets`, for a complete set. @returns whether anything changed. */
export function setRelation(
  set: WorkingSet,
  writer: Writer,
  end: LinkEnd,
  row: WorkingRow,
  targets: readonly WorkingRow[],
): boolean {
  const wanted = new Map(targets.map((target) => [target.number, target]));
  const missing = new Map(wanted);
  const removed: WorkingLink[] = [];
  for (const at of set.linksOfRecord(row.number)) {
    const [here, other] =
      end.side === 'left' ? [at.row.left_number, at.row.right_number] : [at.row.right_number, at.row.left_number];
    if (at.row.link_type !== end.link.id || here !== row.number) continue;
    missing.delete(other);
    if (wanted.has(other)) continue;
    if (end.side === 'right') removeLinkTo(set, writer, at, row);
    else set.removeLink(writer, at);
    removed.push(at);
  }
  for (const target of missing.values()) {
    const [left, right] = end.side === 'left' ? [row, target] : [target, row];
    const [old] = [...removed, ...makeRoom(set, writer, end.link, left.number, right.number)].filter(
      (at) => at.row.left_number === left.number,
    );
    putLink(set, writer, end.link, left, right, null, {});
    noteLookup(set, writer, end.link, left, old?.row.right_number ?? null, right.number);
  }
  const [emptied] = removed;
  if (end.side === 'left' && missing.size === 0 && emptied !== undefined)
    noteLookup(set, writer, end.link, row, emptied.row.right_number, null);
  return removed.length + missing.size > 0;
}
