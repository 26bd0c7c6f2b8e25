/** What a body of an interface may hold: the names of its type element, and which property or relation each member name means. */
import type { Catalogue, Field, Interface, LinkEnd, RecordType } from '../../../model/catalogue.ts';
import { labelOf } from '../../../model/names.ts';
import { dialectName, type RelaticsOptions } from '../options.ts';
import { unescapeName } from './names.ts';

export type Member =
  | { readonly kind: 'field'; readonly field: Field }
  /** `target` is the singular name of the type element at the other end. */
  | { readonly kind: 'relation'; readonly end: LinkEnd; readonly target: string };

export type TypeNames = { readonly singular: string; readonly plural: string };

/** `meaning` is undefined for a name that means nothing here, and one and the same object for all spellings of a member. */
export type NamedMember = { readonly name: string; readonly meaning: Member | undefined };

export type SetShape = TypeNames & {
  readonly emptyText: RelaticsOptions['emptyText'];
  /** What a target of a relation may have beside its id, as providing interfaces say it: it is ignored. */
  readonly displayName: string;
  /** What a field is called here, unescaped. */
  readonly nameOf: (field: string) => string;
  /** By the name as the body has it, escaped. */
  member(escaped: string): NamedMember;
};

/** Label and plural, unless the schema says `names: { relatics: Person }` or `extra: { relatics: { plural: Persons } }`. */
export function typeNames(type: RecordType): TypeNames {
  const extra = type.extra[dialectName];
  const plural = typeof extra === 'object' && extra !== null && 'plural' in extra ? extra.plural : undefined;
  return { singular: type.names[dialectName] ?? type.label, plural: typeof plural === 'string' ? plural : type.plural };
}

/**
 * A property is called by its label and a relation by the label of its link; the exact key of either means it too, where no label
 * is spelt so. A label that two members share means neither of them. The field that holds the external id is no property.
 */
export function shapeOf(
  catalogue: Catalogue,
  type: RecordType,
  interface_: Interface,
  { emptyText, membersByKey, providedMembers }: RelaticsOptions,
): SetShape {
  const named: { label: string; key: string; member: Member }[] = [];
  for (const field of type.fields) {
    if (field.key === interface_.key || field.type === 'lookup') continue;
    named.push({ label: field.names[dialectName] ?? field.label, key: field.key, member: { kind: 'field', field } });
  }
  for (const end of type.linkEnds.values()) {
    const target = catalogue.types.get(end.other);
    if (target === undefined) continue;
    const member: Member = { kind: 'relation', end, target: typeNames(target).singular };
    named.push({ label: relationLabel(type, end), key: end.name, member });
  }

  const byKey = new Map(membersByKey ? named.map(({ key, member }) => [key, member]) : []);
  const byLabel = new Map<string, Member | 'ambiguous'>();
  for (const { label, member } of named) byLabel.set(label, byLabel.has(label) ? 'ambiguous' : member);
  const meaningOf = (name: string): Member | undefined => {
    const labelled = byLabel.get(name);
    return labelled === undefined || labelled === 'ambiguous' ? byKey.get(name) : labelled;
  };

  const labels = new Map(named.map(({ label, key }) => [key, label]));
  // A body says the same few names in every element. Those that mean nothing may be any number.
  const known = new Map<string, NamedMember>();
  return {
    ...typeNames(type),
    emptyText,
    displayName: providedMembers.displayName,
    nameOf: (field) => labels.get(field) ?? field,
    member(escaped) {
      let member = known.get(escaped);
      if (member === undefined) {
        const name = unescapeName(escaped);
        member = { name, meaning: meaningOf(name) };
        if (member.meaning !== undefined) known.set(escaped, member);
      }
      return member;
    },
  };
}

/** A lookup is called as its field; other links by their label on the left, and by their inverse name on the right. */
function relationLabel(type: RecordType, end: LinkEnd): string {
  if (end.side === 'right') return labelOf(end.name);
  const lookup = end.link.lookupField === null ? undefined : type.fieldsByKey.get(end.link.lookupField);
  const source = lookup ?? end.link;
  return source.names[dialectName] ?? source.label;
}
