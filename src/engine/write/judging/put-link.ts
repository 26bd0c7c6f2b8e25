/** Makes and removes links in the working set, and tells the records whose lookup fields show them. */
import type { Field, LinkType, Role } from '../../../model/catalogue.ts';
import type { LinkCommand } from '../../../model/commands.ts';
import type { LinkOutcome } from '../../../model/outcomes.ts';
import type { WorkingLink, WorkingRow, WorkingSet, Writer } from '../working/working-set.ts';
import type { Pair } from './link-pair.ts';
import { slotOf } from './link-place.ts';
import { leftIsSingle, rightIsSingle } from './single-sides.ts';

export function createLink(
  set: WorkingSet,
  writer: Writer,
  pair: Pair,
  role: Role | null,
  command: LinkCommand,
): LinkOutcome {
  const replaced = makeRoom(set, writer, pair.end.link, pair.left.number, pair.right.number);
  const made = putLink(set, writer, pair.end.link, pair.left, pair.right, role, command);
  noteLookup(set, writer, pair.end.link, pair.left, replaced[0]?.row.right_number ?? null, pair.right.number);
  return { kind: 'created', link: set.linkView(made), replaced: replaced.map((link) => set.linkView(link)) };
}

/** Linking a record whose one-side is taken replaces the old link. */
export function makeRoom(set: WorkingSet, writer: Writer, link: LinkType, left: number, right: number): WorkingLink[] {
  if (link.cardinality === 'many-to-many') return [];
  const taken = [set.linkOfLeft(link, left), set.linkOfRight(link, right)].filter((at) => at !== undefined);
  const replaced = [...new Set(taken)];
  for (const at of replaced) set.removeLink(writer, at);
  return replaced;
}

export function putLink(
  set: WorkingSet,
  writer: Writer,
  link: LinkType,
  left: { readonly number: number },
  right: { readonly number: number },
  role: Role | null,
  options: { readonly attributes?: LinkCommand['attributes']; readonly number?: number },
): WorkingLink {
  const made = set.addNewLink({
    number: options.number ?? set.drawLinkNumber(),
    link_type: link.id,
    left_number: left.number,
    right_number: right.number,
    slot: slotOf(link, role),
    role: role?.number ?? null,
    attributes: options.attributes ?? null,
    one_left: leftIsSingle(link) ? left.number : null,
    one_right: rightIsSingle(link) ? right.number : null,
    created_at: set.now,
    updated_at: set.now,
  });
  set.noteLink(writer, 'linked', made, null);
  return made;
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
