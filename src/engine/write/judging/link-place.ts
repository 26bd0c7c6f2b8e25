/** Which of the links of two records is meant, and what it shall be afterwards. */
import { isDeepStrictEqual } from 'node:util';
import type { LinkType, Role } from '../../../model/catalogue.ts';
import type { LinkCommand, RoleRef } from '../../../model/commands.ts';
import type { LinkRow } from '../../../store/links/links.ts';
import type { WorkingLink } from '../working/working-set.ts';

/** undefined: not given. null: no role. */
export type WantedRole = Role | null | undefined;

export function findRole(link: LinkType, ref: RoleRef | null | undefined): WantedRole | 'unknown' {
  if (ref === undefined || ref === null) return ref;
  const roles = namesOf(link.roles);
  const by = (kind: RoleRef['by']): boolean => ref.by === kind || ref.by === 'any';
  return (
    (by('number') ? roles.number.get(ref.value) : undefined) ??
    (by('external_id') ? roles.externalId.get(ref.value) : undefined) ??
    (by('name') ? (roles.name.get(ref.value) ?? roles.name.get(ref.value.toLowerCase())) : undefined) ??
    'unknown'
  );
}

type RolesByName = Readonly<Record<'number' | 'externalId' | 'name', ReadonlyMap<string, Role>>>;
const known = new WeakMap<readonly Role[], RolesByName>();

/** Of several with the same name, the first. An import asks for a role in each of its rows. */
function namesOf(roles: readonly Role[]): RolesByName {
  let names = known.get(roles);
  if (names === undefined) {
    const firstsBy = (nameOf: (role: Role) => string | null): Map<string, Role> => {
      const firsts = new Map<string, Role>();
      for (const role of roles) {
        const name = nameOf(role);
        if (name !== null && !firsts.has(name)) firsts.set(name, role);
      }
      return firsts;
    };
    const name = firstsBy((role) => role.name.toLowerCase());
    // As they are written, too, so that few names need to be put in small letters.
    for (const role of roles) name.set(role.name, name.get(role.name.toLowerCase()) ?? role);
    names = { name, number: firstsBy((role) => String(role.number)), externalId: firstsBy((role) => role.externalId) };
    known.set(roles, names);
  }
  return names;
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

export const slotOf = (link: LinkType, role: Role | null): number =>
  link.oncePer === 'role' ? (role?.number ?? 0) : 0;

export const changesAnything = (place: Place<WorkingLink>, command: LinkCommand): boolean =>
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
